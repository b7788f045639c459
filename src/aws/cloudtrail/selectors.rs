//! Basic event selectors: which events a trail delivers.
//!
//! Source: `PutEventSelectors` in the service model; CloudTrail User Guide, "Logging data events".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{ApiError, record::Record};

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
    /// Such as `kms.amazonaws.com`.
    #[serde(default)]
    pub exclude_management_event_sources: Vec<String>,
}

/// Resources whose data events a trail delivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DataResource {
    /// `AWS::S3::Object`, `AWS::Lambda::Function` or `AWS::DynamoDB::Table`.
    pub r#type: String,
    /// ARNs, or beginnings of ARNs.
    #[serde(default)]
    pub values: Vec<String>,
}

const fn yes() -> bool {
    true
}

impl Default for EventSelector {
    /// What a new trail has: every management event, no data event.
    fn default() -> Self {
        Self {
            read_write_type: ReadWriteType::All,
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }
    }
}

/// Whether a trail still has the selectors it was born with.
pub(super) fn are_default(selectors: &[EventSelector]) -> bool {
    matches!(selectors, [only] if *only == EventSelector::default())
}

impl EventSelector {
    /// Whether the selector lets such a record through.
    pub fn selects(&self, record: &Record) -> bool {
        let kind = match self.read_write_type {
            ReadWriteType::All => true,
            ReadWriteType::ReadOnly => record.read_only,
            ReadWriteType::WriteOnly => !record.read_only,
        };
        let covered = if record.management {
            let excluded =
                self.exclude_management_event_sources.iter().any(|source| source == record.event_source);
            self.include_management_events && !excluded
        } else {
            self.data_resources.iter().any(|resources| resources.holds(record))
        };
        kind && covered
    }
}

impl DataResource {
    fn holds(&self, record: &Record) -> bool {
        let resources = record.json.get("resources").and_then(|resources| resources.as_array());
        resources.into_iter().flatten().any(|resource| {
            let text = |key: &str| resource.get(key).and_then(|value| value.as_str()).unwrap_or_default();
            text("type") == self.r#type
                && self.values.iter().any(|value| text("ARN").starts_with(value.as_str()))
        })
    }
}

/// Refuses selectors the service would not take.
pub(super) fn validate(selectors: &[EventSelector]) -> Result<(), ApiError> {
    let invalid = |message: String| Err(ApiError::client("InvalidEventSelectorsException", message));
    let data_values: usize =
        selectors.iter().flat_map(|selector| &selector.data_resources).map(|data| data.values.len()).sum();
    if selectors.is_empty() || selectors.len() > 5 {
        return invalid(format!(
            "The number of event selectors must be from 1 to 5, not {}.",
            selectors.len()
        ));
    }
    if data_values > 250 {
        return invalid(format!("A trail takes at most 250 data resources, not {data_values}."));
    }
    for selector in selectors {
        for data in &selector.data_resources {
            if !matches!(&*data.r#type, "AWS::S3::Object" | "AWS::Lambda::Function" | "AWS::DynamoDB::Table")
            {
                return invalid(format!("The type {} is not one basic selectors know.", data.r#type));
            }
        }
        if !selector.include_management_events && selector.data_resources.is_empty() {
            return invalid("An event selector must select management events or data resources.".to_owned());
        }
    }
    Ok(())
}
