//! Basic event selectors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::invalid;
use crate::aws::{ApiError, record::Record};

/// The sources a basic selector may exclude (`EventSelector` in the service model).
const EXCLUDABLE: &[&str] = &["kms.amazonaws.com", "rdsdata.amazonaws.com"];

/// Which of the covered events, by whether they change anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ReadWriteType {
    #[default]
    All,
    ReadOnly,
    WriteOnly,
}

/// One basic event selector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EventSelector {
    #[serde(default)]
    pub read_write_type: ReadWriteType,
    /// Management events are the default.
    #[serde(default = "yes")]
    pub include_management_events: bool,
    #[serde(default)]
    pub data_resources: Vec<DataResource>,
    /// `kms.amazonaws.com` or `rdsdata.amazonaws.com`.
    #[serde(default)]
    pub exclude_management_event_sources: Vec<String>,
}

/// Resources whose data events a trail delivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DataResource {
    /// `AWS::S3::Object` or `AWS::Lambda::Function`.
    pub r#type: String,
    /// ARNs of functions; ARNs or beginnings of ARNs of objects; `arn:aws:s3` or `arn:aws:lambda` for all.
    #[serde(default)]
    pub values: Vec<String>,
}

const fn yes() -> bool {
    true
}

impl Default for EventSelector {
    fn default() -> Self {
        Self {
            read_write_type: ReadWriteType::All,
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }
    }
}

impl EventSelector {
    /// Which of its settings keeps a record out; `None` when it lets it through.
    pub fn keeps_out(&self, record: &Record) -> Option<String> {
        match self.read_write_type {
            ReadWriteType::ReadOnly if !record.read_only => return Some("ReadWriteType=ReadOnly".to_owned()),
            ReadWriteType::WriteOnly if record.read_only => {
                return Some("ReadWriteType=WriteOnly".to_owned());
            }
            _ => {}
        }
        if !record.management {
            let held = self.data_resources.iter().any(|resources| resources.holds(record));
            return (!held).then(|| "DataResources".to_owned());
        }
        let source = record.event_source;
        if !self.include_management_events {
            return Some("IncludeManagementEvents=false".to_owned());
        }
        let excluded = self.exclude_management_event_sources.iter().any(|excluded| excluded == source);
        excluded.then(|| format!("ExcludeManagementEventSources={source}"))
    }
}

impl DataResource {
    /// An object is meant by the beginning of its ARN; the ARN of a function is exact, but for `arn:aws:lambda`.
    fn holds(&self, record: &Record) -> bool {
        let means = |value: &str, arn: &str| {
            value == arn
                || arn.starts_with(value) && (self.r#type == "AWS::S3::Object" || value == "arn:aws:lambda")
        };
        record
            .resources()
            .filter(|(resource_type, _)| *resource_type == self.r#type)
            .any(|(_, arn)| self.values.iter().any(|value| means(value, arn)))
    }
}

/// Refuses selectors the service would not take, and types of data events that nothing here produces.
pub(super) fn validate(selectors: &[EventSelector]) -> Result<(), ApiError> {
    let data_values: usize =
        selectors.iter().flat_map(|selector| &selector.data_resources).map(|data| data.values.len()).sum();
    if selectors.is_empty() || selectors.len() > 5 {
        return Err(invalid(format!(
            "The number of event selectors must be from 1 to 5, not {}.",
            selectors.len()
        )));
    }
    if data_values > 250 {
        return Err(invalid(format!("A trail takes at most 250 data resources, not {data_values}.")));
    }
    selectors.iter().try_for_each(validate_one)
}

fn validate_one(selector: &EventSelector) -> Result<(), ApiError> {
    for data in &selector.data_resources {
        match &*data.r#type {
            "AWS::S3::Object" | "AWS::Lambda::Function" => {}
            "AWS::DynamoDB::Table" => return Err(super::advanced::not_simulated(&data.r#type)),
            other => return Err(invalid(format!("The type {other} is not one basic selectors know."))),
        }
    }
    if let Some(source) =
        selector.exclude_management_event_sources.iter().find(|source| !EXCLUDABLE.contains(&source.as_str()))
    {
        return Err(invalid(format!(
            "ExcludeManagementEventSources can be {}, not {source}.",
            EXCLUDABLE.join(" or ")
        )));
    }
    if !selector.include_management_events && selector.data_resources.is_empty() {
        return Err(invalid("An event selector must select management events or data resources."));
    }
    Ok(())
}
