//! The operations on archives.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::archive::Archive;
use super::paging::{Limit, page};
use super::pattern::Pattern;
use super::rules::compile_in_quota;
use super::{ApiError, ApiOutcome, CallContext, EventBridge, Region, errors};
use crate::aws::{arn::Arn, timestamps};

/// Characters of a name and of a description. Source: service model.
const MAX_NAME_CHARS: usize = 48;
const MAX_DESCRIPTION_CHARS: usize = 512;

/// Whether an archive takes events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ArchiveState {
    Enabled,
    Disabled,
    Creating,
    Updating,
    CreateFailed,
    UpdateFailed,
}

/// Keeps the events of a bus, so that they can be replayed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateArchive {
    pub archive_name: String,
    /// ARN of the bus.
    pub event_source_arn: String,
    pub description: Option<String>,
    /// Which events to keep, as JSON text; all of them if left out.
    pub event_pattern: Option<String>,
    /// How many days to keep them; for ever if left out or 0.
    pub retention_days: Option<u32>,
}

/// Changes what an archive keeps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateArchive {
    pub archive_name: String,
    pub description: Option<String>,
    pub event_pattern: Option<String>,
    pub retention_days: Option<u32>,
}

/// Shows an archive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeArchive {
    pub archive_name: String,
}

/// Deletes an archive and all it has kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteArchive {
    pub archive_name: String,
}

/// Lists the archives of a Region, by at most one of name, bus and state.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListArchives {
    pub name_prefix: Option<String>,
    /// ARN of a bus.
    pub event_source_arn: Option<String>,
    pub state: Option<ArchiveState>,
    /// How many to answer at once, at most 100.
    pub limit: Option<Limit>,
    pub next_token: Option<String>,
}

impl EventBridge {
    pub(super) fn create_archive(
        &mut self,
        input: CreateArchive,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        errors::check_short_name(&input.archive_name, "archiveName", MAX_NAME_CHARS)?;
        let bus = self.bus_by_arn(&input.event_source_arn, "EventSourceArn", &region)?;
        if self.regional(&region).archives.contains_key(input.archive_name.as_str()) {
            return Err(errors::already_exists("Archive", &input.archive_name));
        }
        let archive = Archive::new(&input.archive_name, &bus, cx.moment().utc);
        let what = (input.description, input.event_pattern, input.retention_days);
        self.put_archive(archive, what, &region)
    }

    pub(super) fn update_archive(
        &mut self,
        input: UpdateArchive,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        let archive = self.find_archive(&region, &input.archive_name)?.clone();
        self.put_archive(archive, (input.description, input.event_pattern, input.retention_days), &region)
    }

    /// What is left out stays as it is. The rule that fills the archive is made anew.
    fn put_archive(
        &mut self,
        mut archive: Archive,
        (description, pattern, retention_days): (Option<String>, Option<String>, Option<u32>),
        region: &Region,
    ) -> ApiOutcome {
        if let Some(description) = description {
            errors::check_length(&description, "description", MAX_DESCRIPTION_CHARS)?;
            archive.description = (!description.is_empty()).then(|| description.into());
        }
        if let Some(text) = pattern {
            archive.pattern = if text.is_empty() { None } else { Some(compile_in_quota(&text)?) };
        }
        if let Some(days) = retention_days {
            archive.retention_days = days;
        }
        let rule = self.managed_rule(region, &archive)?;
        self.bus_mut(region, &archive.bus)?.rules.insert(Arc::clone(&rule.name), Arc::new(rule));
        let answer = json!({
            "ArchiveArn": self.archive_arn(region, &archive.name),
            "State": "ENABLED",
            "CreationTime": timestamps::cli(archive.created),
        });
        self.regional(region).archives.insert(Arc::clone(&archive.name), archive);
        Ok(answer)
    }

    pub(super) fn describe_archive(
        &mut self,
        input: DescribeArchive,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let archive = self.find_archive(cx.region(), &input.archive_name)?;
        let mut shown = self.listed_archive(archive, cx);
        shown["ArchiveArn"] = self.archive_arn(cx.region(), &archive.name).into();
        if let Some(description) = &archive.description {
            shown["Description"] = description.as_ref().into();
        }
        if let Some(pattern) = archive.pattern.as_ref().map(Pattern::text) {
            shown["EventPattern"] = pattern.into();
        }
        Ok(shown)
    }

    pub(super) fn delete_archive(
        &mut self,
        input: DeleteArchive,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let archive = self.find_archive(cx.region(), &input.archive_name)?;
        let (bus, rule) = (Arc::clone(&archive.bus), archive.rule_name());
        self.bus_mut(cx.region(), &bus)?.rules.remove(rule.as_str());
        self.regional(cx.region()).archives.remove(input.archive_name.as_str());
        Ok(Value::Null)
    }

    pub(super) fn list_archives(&mut self, input: ListArchives, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let filters = [input.name_prefix.is_some(), input.event_source_arn.is_some(), input.state.is_some()];
        if filters.into_iter().filter(|is_set| *is_set).count() > 1 {
            let message = "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.";
            return Err(errors::validation(message));
        }
        let bus = input.event_source_arn.as_deref();
        let bus = bus.map(|arn| self.bus_by_arn(arn, "EventSourceArn", cx.region())).transpose()?;
        let prefix = input.name_prefix.as_deref().unwrap_or_default();
        let state = input.state.map(|state| json!(state));
        let archives =
            self.regions.get(cx.region()).into_iter().flat_map(|regional| regional.archives.values());
        let wanted = archives.filter(|archive| {
            archive.name.starts_with(prefix) && bus.as_ref().is_none_or(|bus| archive.bus == *bus)
        });
        let shown = wanted.map(|archive| (archive.name.as_ref(), self.listed_archive(archive, cx)));
        let shown = shown.filter(|(_, shown)| state.as_ref().is_none_or(|state| shown["State"] == *state));
        page("Archives", shown, input.limit, input.next_token.as_deref())
    }

    fn listed_archive(&self, archive: &Archive, cx: &CallContext<'_, '_>) -> Value {
        let region = cx.region();
        let state = self.archive_state(region, archive);
        archive.listed(self.bus_arn(region, &archive.bus), state, cx.moment().epoch_ms())
    }

    fn find_archive(&self, region: &Region, name: &str) -> Result<&Archive, ApiError> {
        let archive = self.regions.get(region).and_then(|regional| regional.archives.get(name));
        archive.ok_or_else(|| errors::no_such("Archive", name))
    }

    /// The name of a bus that is there, by its ARN.
    pub(super) fn bus_by_arn(
        &self,
        arn: &str,
        parameter: &str,
        region: &Region,
    ) -> Result<Arc<str>, ApiError> {
        let parsed = Arn::parse(arn).filter(|arn| arn.service == "events");
        let Some(name) = parsed.and_then(|arn| arn.resource.strip_prefix("event-bus/")) else {
            let reason = "Must contain an ARN of an event bus.";
            return Err(errors::invalid_parameter(parameter, reason));
        };
        if parsed.is_none_or(|arn| arn.region != region.as_str()) {
            return Err(errors::invalid_parameter(parameter, "Cross-region api call is not allowed."));
        }
        if !self.has_bus(region, name) {
            return Err(errors::no_such_bus(name));
        }
        Ok(name.into())
    }
}
