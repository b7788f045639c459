//! The operations on buses.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::paging::{Limit, page};
use super::partner::{self, SourceState};
use super::state::bus_of;
use super::{ApiError, ApiOutcome, Bus, CallContext, DEFAULT_BUS, EventBridge, Region, errors};
use crate::aws::{
    tags::{Tag, Tags},
    timestamps,
};

/// How many buses an account may have in a region. Source: quotas, user guide.
const MAX_BUSES: usize = 100;
/// Characters of a name and of a description. Source: service model.
const MAX_NAME_CHARS: usize = 256;
const MAX_DESCRIPTION_CHARS: usize = 512;

/// Creates a custom bus, or the bus of a partner's event source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateEventBus {
    /// For a partner's event source, exactly the name of the source.
    pub name: String,
    /// The partner's event source to listen to.
    pub event_source_name: Option<String>,
    pub description: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// Changes the description of a bus.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateEventBus {
    /// The default bus if left out.
    pub name: Option<String>,
    pub description: Option<String>,
}

/// Deletes a bus that has no rules any more.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteEventBus {
    pub name: String,
}

/// Shows a bus and its policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeEventBus {
    /// Name or ARN; the default bus if left out.
    pub name: Option<String>,
}

/// Lists the buses of a region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListEventBuses {
    pub name_prefix: Option<String>,
    /// How many to answer at once, at most 100.
    pub limit: Option<Limit>,
    pub next_token: Option<String>,
}

impl EventBridge {
    pub(super) fn create_event_bus(
        &mut self,
        input: CreateEventBus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let (region, name) = (cx.region().clone(), input.name.as_str());
        errors::check_length(name, "name", MAX_NAME_CHARS)?;
        let description = input.description.unwrap_or_default();
        errors::check_length(&description, "description", MAX_DESCRIPTION_CHARS)?;
        check_bus_name(name, input.event_source_name.as_deref())?;
        if self.has_bus(&region, name) {
            return Err(errors::already_exists("Event bus", name));
        }
        if self.bus_names(&region).len() >= MAX_BUSES {
            return Err(errors::limit_exceeded());
        }
        if input.event_source_name.is_some() {
            self.match_source(&region, name, SourceState::Active)?;
        }
        let created = Some(cx.moment().utc);
        let bus = Bus {
            description: (!description.is_empty()).then(|| description.as_str().into()),
            tags: Tags::from(&*input.tags),
            created,
            modified: created,
            ..Bus::default()
        };
        self.regional(&region).buses.insert(name.into(), bus);
        let mut answer = json!({ "EventBusArn": self.bus_arn(&region, name) });
        if !description.is_empty() {
            answer["Description"] = description.into();
        }
        Ok(answer)
    }

    pub(super) fn update_event_bus(
        &mut self,
        input: UpdateEventBus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = bus_of(input.name.as_deref(), cx.region())?;
        let description = input.description.unwrap_or_default();
        errors::check_length(&description, "description", MAX_DESCRIPTION_CHARS)?;
        let modified = Some(cx.moment().utc);
        let bus = self.bus_mut(cx.region(), name)?;
        bus.description = (!description.is_empty()).then(|| description.as_str().into());
        bus.modified = modified;
        let mut answer = json!({ "Arn": self.bus_arn(cx.region(), name), "Name": name });
        if !description.is_empty() {
            answer["Description"] = description.into();
        }
        Ok(answer)
    }

    pub(super) fn delete_event_bus(
        &mut self,
        input: DeleteEventBus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = bus_of(Some(&input.name), cx.region())?;
        if name == DEFAULT_BUS {
            return Err(errors::validation("Cannot delete event bus default."));
        }
        if self.rules(cx.region(), name).next().is_some() {
            return Err(errors::validation("EventBus can't be deleted since it has rules."));
        }
        // Deleting a bus that is not there is no error.
        if self.regional(cx.region()).buses.remove(name).is_some() && partner::is_source(name) {
            // A source that the partner has withdrawn stays so.
            self.match_source(cx.region(), name, SourceState::Pending).ok();
        }
        Ok(Value::Null)
    }

    pub(super) fn describe_event_bus(
        &mut self,
        input: DescribeEventBus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = bus_of(input.name.as_deref(), cx.region())?;
        if !self.has_bus(cx.region(), name) {
            return Err(errors::no_such_bus(name));
        }
        Ok(self.show_bus(cx.region(), name))
    }

    pub(super) fn list_event_buses(
        &mut self,
        input: ListEventBuses,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let prefix = input.name_prefix.unwrap_or_default();
        let names = self.bus_names(cx.region());
        let names = names.iter().filter(|name| name.starts_with(&prefix));
        let buses = names.map(|name| (name.as_ref(), self.show_bus(cx.region(), name)));
        page("EventBuses", buses, input.limit, input.next_token.as_deref())
    }

    fn show_bus(&self, region: &Region, name: &str) -> Value {
        let mut shown = Map::new();
        let mut field = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                shown.insert(name.to_owned(), value.into());
            }
        };
        let bus = self.bus(region, name);
        field("Name", Some(name.to_owned()));
        field("Arn", Some(self.bus_arn(region, name)));
        field("Description", bus.and_then(|bus| bus.description.as_deref()).map(str::to_owned));
        field("Policy", bus.and_then(|bus| bus.policy.text()));
        field("CreationTime", bus.and_then(|bus| bus.created).map(timestamps::cli));
        field("LastModifiedTime", bus.and_then(|bus| bus.modified).map(timestamps::cli));
        Value::Object(shown)
    }
}

/// A custom bus has no slash in its name; a partner's bus has the name of its source.
fn check_bus_name(name: &str, source: Option<&str>) -> Result<(), ApiError> {
    match source {
        Some(source) if source != name => {
            Err(errors::validation("Event bus name must be the same as the event source name."))
        }
        Some(_) => Ok(()),
        None if name.contains('/') => Err(errors::validation("Event bus name must not contain '/'.")),
        None => errors::check_short_name(name, "name", MAX_NAME_CHARS),
    }
}
