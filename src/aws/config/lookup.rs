//! Questions about recorded resources: their past items, and which there are.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Config;
use crate::aws::{ApiError, ApiOutcome, CallContext, timestamps, timestamps::Timestamp};

/// Gives the configuration items of a resource, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetResourceConfigHistory {
    resource_type: String,
    resource_id: String,
    later_time: Option<Timestamp>,
    earlier_time: Option<Timestamp>,
    chronological_order: Option<Order>,
    /// From 0 (the default, 10) to 100.
    limit: Option<usize>,
    next_token: Option<String>,
}

/// Which item comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Order {
    #[default]
    Reverse,
    Forward,
}

/// Lists the recorded resources of a type.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListDiscoveredResources {
    resource_type: String,
    #[serde(default)]
    resource_ids: Vec<String>,
    resource_name: Option<String>,
    #[serde(default)]
    include_deleted_resources: bool,
    /// From 0 (the default, 100) to 100.
    limit: Option<usize>,
    next_token: Option<String>,
}

impl Config {
    pub(super) fn get_resource_config_history(
        &mut self,
        input: GetResourceConfigHistory,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.later_time.zip(input.earlier_time).is_some_and(|(later, earlier)| later < earlier) {
            let message = "The specified time range is invalid: the later time is before the earlier time.";
            return Err(ApiError::client("InvalidTimeRangeException", message));
        }
        let key = (input.resource_type.as_str().into(), input.resource_id.as_str().into());
        let items = self.items_of(cx.region(), &key);
        if items.is_empty() {
            let message = format!(
                "Resource {} of resourceType:{} is unknown or has not been discovered",
                input.resource_id, input.resource_type
            );
            return Err(ApiError::client("ResourceNotDiscoveredException", message));
        }
        let mut entries: Vec<Value> = items
            .iter()
            .filter(|item| input.later_time.is_none_or(|later| item.captured <= later.0))
            .filter(|item| input.earlier_time.is_none_or(|earlier| item.captured >= earlier.0))
            .map(|item| item.history_entry())
            .collect();
        if input.chronological_order.unwrap_or_default() == Order::Reverse {
            entries.reverse();
        }
        page("configurationItems", entries, (input.limit, 10), input.next_token.as_deref())
    }

    pub(super) fn list_discovered_resources(
        &mut self,
        input: ListDiscoveredResources,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let Some(state) = self.state(cx.region()).filter(|state| state.recorder.is_some()) else {
            return Err(ApiError::client(
                "NoAvailableConfigurationRecorderException",
                "There are no configuration recorders available to provide the role needed to describe your resources.",
            ));
        };
        let entries: Vec<Value> = state
            .items
            .iter()
            .filter(|((resource_type, _), _)| **resource_type == *input.resource_type)
            .filter_map(|(_, items)| items.last())
            .filter(|item| input.include_deleted_resources || !item.is_deletion())
            .filter(|item| {
                let resource = &item.resource;
                let id_fits = input.resource_ids.is_empty()
                    || input.resource_ids.iter().any(|id| **id == *resource.resource_id);
                let name = resource.resource_name.as_deref();
                id_fits && input.resource_name.as_deref().is_none_or(|wanted| name == Some(wanted))
            })
            .map(|item| {
                let mut entry = Map::new();
                entry.insert("resourceType".to_owned(), (*item.resource.resource_type).into());
                entry.insert("resourceId".to_owned(), (*item.resource.resource_id).into());
                if let Some(name) = &item.resource.resource_name {
                    entry.insert("resourceName".to_owned(), (**name).into());
                }
                if item.is_deletion() {
                    entry.insert("resourceDeletionTime".to_owned(), timestamps::cli(item.captured).into());
                }
                Value::Object(entry)
            })
            .collect();
        page("resourceIdentifiers", entries, (input.limit, 100), input.next_token.as_deref())
    }
}

/// One page of a list; the token is where the next one begins.
fn page(
    name: &str,
    entries: Vec<Value>,
    (limit, default): (Option<usize>, usize),
    token: Option<&str>,
) -> ApiOutcome {
    let from = match token.map(str::parse::<usize>) {
        None => 0,
        Some(Ok(from)) => from,
        Some(Err(_)) => {
            return Err(ApiError::client(
                "InvalidNextTokenException",
                "The specified next token is not valid.",
            ));
        }
    };
    let size = match limit {
        None | Some(0) => default,
        Some(size @ 1..=100) => size,
        Some(_) => return Err(ApiError::client("InvalidLimitException", "The limit must be from 0 to 100.")),
    };
    let count = entries.len();
    let entries: Vec<Value> = entries.into_iter().skip(from).take(size).collect();
    let mut answer = json!({ name: entries });
    if from.saturating_add(size) < count {
        answer["nextToken"] = (from + size).to_string().into();
    }
    Ok(answer)
}
