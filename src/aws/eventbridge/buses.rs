//! The operations on buses.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::state::bus_name;
use super::{ApiError, ApiOutcome, Bus, CallContext, DEFAULT_BUS, EventBridge, Region, errors};

/// How many buses an account may have in a region. Source: quotas, user guide.
const MAX_BUSES: usize = 100;

/// Creates a custom bus.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateEventBus {
    pub name: String,
    pub description: Option<String>,
}

/// Deletes a custom bus that has no rules any more.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteEventBus {
    pub name: String,
}

/// Shows a bus.
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
}

impl EventBridge {
    pub(super) fn create_event_bus(
        &mut self,
        input: CreateEventBus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let (region, name) = (cx.region(), input.name.as_str());
        errors::check_length(name, "name", 256)?;
        if name.contains('/') {
            // Only partner buses have a slash in their names.
            return Err(errors::validation("Event bus name must not contain '/'."));
        }
        // Apart from its length, a bus is named as a rule is.
        errors::check_name(&name.chars().take(64).collect::<String>(), "name")?;
        if self.has_bus(region, name) {
            let message = format!("Event bus {name} already exists.");
            return Err(ApiError::client("ResourceAlreadyExistsException", message));
        }
        if self.bus_names(region).len() >= MAX_BUSES {
            return Err(errors::limit_exceeded());
        }
        let description = input.description.map(Into::into);
        let bus = Bus { description, ..Bus::default() };
        self.regions.entry(region.clone()).or_default().insert(name.into(), bus);
        Ok(json!({ "EventBusArn": self.bus_arn(region, name) }))
    }

    pub(super) fn delete_event_bus(
        &mut self,
        input: DeleteEventBus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = input.name.as_str();
        if name == DEFAULT_BUS {
            return Err(errors::validation("Cannot delete event bus default."));
        }
        if self.rules(cx.region(), name).next().is_some() {
            return Err(errors::validation(format!("Event bus {name} can't be deleted since it has rules.")));
        }
        // Deleting a bus that is not there is no error.
        if let Some(buses) = self.regions.get_mut(cx.region()) {
            buses.remove(name);
        }
        Ok(Value::Null)
    }

    pub(super) fn describe_event_bus(
        &mut self,
        input: DescribeEventBus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = bus_name(input.name.as_deref());
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
        let names = self.bus_names(cx.region()).into_iter().filter(|name| name.starts_with(&prefix));
        Ok(json!({ "EventBuses": names.map(|name| self.show_bus(cx.region(), &name)).collect::<Vec<_>>() }))
    }

    fn show_bus(&self, region: &Region, name: &str) -> Value {
        let mut shown = Map::new();
        shown.insert("Name".to_owned(), name.into());
        shown.insert("Arn".to_owned(), self.bus_arn(region, name).into());
        if let Some(description) = self.bus(region, name).and_then(|bus| bus.description.as_deref()) {
            shown.insert("Description".to_owned(), description.into());
        }
        Value::Object(shown)
    }
}
