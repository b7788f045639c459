//! Questions about recorded resources: their past items, what they are now, and which there are.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Config, page::page, state::RegionState};
use crate::aws::{ApiError, ApiOutcome, CallContext, timestamps, timestamps::Timestamp};

/// The most resources one call may ask about (API reference).
const MOST_KEYS: usize = 100;

/// Gives the configuration items of a resource, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetResourceConfigHistory {
    resource_type: String,
    resource_id: String,
    later_time: Option<Timestamp>,
    earlier_time: Option<Timestamp>,
    chronological_order: Option<Order>,
    /// From 0 (the default, all) to 100.
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

/// Gives the last item of several resources, without tags and relationships.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BatchGetResourceConfig {
    /// At most 100.
    resource_keys: Vec<ResourceKey>,
}

/// A resource: its type and id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceKey {
    pub(super) resource_type: String,
    pub(super) resource_id: String,
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
    /// From 0 (the default, all) to 100.
    limit: Option<usize>,
    next_token: Option<String>,
}

/// Counts the recorded resources of each type, most first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetDiscoveredResourceCounts {
    #[serde(default)]
    resource_types: Vec<String>,
    /// From 0 (the default, all) to 100.
    limit: Option<usize>,
    next_token: Option<String>,
}

impl ResourceKey {
    pub(super) fn key(&self) -> super::state::Key {
        (self.resource_type.as_str().into(), self.resource_id.as_str().into())
    }
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
        let items = self.items(cx.region(), &input.resource_type, &input.resource_id);
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
        let names = ("configurationItems", "nextToken");
        page(names, entries, (input.limit, 100), input.next_token.as_deref())
    }

    pub(super) fn batch_get_resource_config(
        &mut self,
        input: BatchGetResourceConfig,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if !(1..=MOST_KEYS).contains(&input.resource_keys.len()) {
            let message = format!("From 1 to {MOST_KEYS} resource keys must be given.");
            return Err(ApiError::client("ValidationException", message));
        }
        let state = self.recorded_state(cx)?;
        let mode = state.recorder.as_ref().map(|recorder| &recorder.mode);
        let mut found = Vec::new();
        let mut unprocessed = Vec::new();
        for key in input.resource_keys {
            let frequency = mode.map(|mode| mode.of(&key.resource_type)).unwrap_or_default();
            match state.last_item(&key.key()) {
                Some(item) => found.push(item.base_entry_of(frequency)),
                None => unprocessed.push(key),
            }
        }
        Ok(json!({ "baseConfigurationItems": found, "unprocessedResourceKeys": unprocessed }))
    }

    pub(super) fn list_discovered_resources(
        &mut self,
        input: ListDiscoveredResources,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let entries: Vec<Value> = self
            .recorded_state(cx)?
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
        let names = ("resourceIdentifiers", "nextToken");
        page(names, entries, (input.limit, 100), input.next_token.as_deref())
    }

    pub(super) fn get_discovered_resource_counts(
        &mut self,
        input: GetDiscoveredResourceCounts,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for item in self.state(cx.region()).into_iter().flat_map(RegionState::current_items) {
            *counts.entry(&item.resource.resource_type).or_default() += 1;
        }
        let total: usize = counts.values().sum();
        let is_wanted = |name: &str| {
            input.resource_types.is_empty() || input.resource_types.iter().any(|one| one == name)
        };
        let mut counts: Vec<(&str, usize)> = counts.into_iter().filter(|(name, _)| is_wanted(name)).collect();
        counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        let entries =
            counts.into_iter().map(|(name, count)| json!({ "resourceType": name, "count": count })).collect();
        let names = ("resourceCounts", "nextToken");
        let mut answer = page(names, entries, (input.limit, 100), input.next_token.as_deref())?;
        answer["totalDiscoveredResources"] = total.into();
        Ok(answer)
    }

    fn recorded_state(&self, cx: &CallContext<'_, '_>) -> Result<&RegionState, ApiError> {
        self.state(cx.region()).filter(|state| state.recorder.is_some()).ok_or_else(|| {
            ApiError::client(
                "NoAvailableConfigurationRecorderException",
                "There are no configuration recorders available to provide the role needed to describe your resources.",
            )
        })
    }
}
