//! The configuration recorder: one per region, off until it is started.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::aws::timestamps;

/// A configuration recorder.
#[derive(Clone, Debug)]
pub struct Recorder {
    pub name: Arc<str>,
    pub arn: Arc<str>,
    pub role_arn: Arc<str>,
    pub recorded: Recorded,
    pub mode: RecordingMode,
    pub is_recording: bool,
    pub started: Option<DateTime<Utc>>,
    pub stopped: Option<DateTime<Utc>>,
    /// Grows with each start, so that a timer of an earlier run knows that it is stale.
    pub(super) run: u64,
}

/// Which resource types are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Every type; IAM's only when global types are included.
    All {
        with_global: bool,
    },
    Only(Vec<Arc<str>>),
    AllBut(Vec<Arc<str>>),
}

/// How often changes of a type become items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordingFrequency {
    /// With each change.
    #[default]
    Continuous,
    /// Once a day, if there was a change.
    Daily,
}

impl RecordingFrequency {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Continuous => "CONTINUOUS",
            Self::Daily => "DAILY",
        }
    }
}

/// How often, and for which types it is otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordingMode {
    pub recording_frequency: RecordingFrequency,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recording_mode_overrides: Vec<RecordingModeOverride>,
}

/// Types that are recorded at another frequency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordingModeOverride {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub resource_types: Vec<String>,
    pub recording_frequency: RecordingFrequency,
}

impl RecordingMode {
    /// How often changes of that type become items.
    pub fn of(&self, resource_type: &str) -> RecordingFrequency {
        let mut overrides = self.recording_mode_overrides.iter();
        overrides
            .find(|one| one.resource_types.iter().any(|named| named == resource_type))
            .map_or(self.recording_frequency, |one| one.recording_frequency)
    }
}

/// Types of resources that have no Region.
pub(super) fn is_global(resource_type: &str) -> bool {
    resource_type.starts_with("AWS::IAM::")
}

impl Recorder {
    /// Whether it is on and records that type.
    pub fn records(&self, resource_type: &str) -> bool {
        self.objection(resource_type).is_none()
    }

    /// Why it does not record that type: the setting, what it should be, and what it is.
    pub(super) fn objection(&self, resource_type: &str) -> Option<String> {
        if !self.is_recording {
            return Some("recording: expected true, found false".to_owned());
        }
        match &self.recorded {
            Recorded::All { with_global: false } if is_global(resource_type) => {
                Some("recordingGroup.includeGlobalResourceTypes: expected true, found false".to_owned())
            }
            Recorded::Only(types) if !types.iter().any(|kept| **kept == *resource_type) => {
                Some(format!("recordingGroup.resourceTypes: expected {resource_type}"))
            }
            Recorded::AllBut(types) if types.iter().any(|left| **left == *resource_type) => {
                Some(format!("recordingGroup.exclusionByResourceTypes: found {resource_type}"))
            }
            _ => None,
        }
    }

    pub(super) fn description(&self) -> Value {
        let (all, global, types, strategy) = match &self.recorded {
            Recorded::All { with_global } => (true, *with_global, None, "ALL_SUPPORTED_RESOURCE_TYPES"),
            Recorded::Only(types) => (false, false, Some(types), "INCLUSION_BY_RESOURCE_TYPES"),
            Recorded::AllBut(types) => (false, false, Some(types), "EXCLUSION_BY_RESOURCE_TYPES"),
        };
        let types: Vec<&str> = types.into_iter().flatten().map(AsRef::as_ref).collect();
        let mut group = json!({ "allSupported": all, "includeGlobalResourceTypes": global });
        if let Recorded::AllBut(_) = self.recorded {
            group["resourceTypes"] = json!([]);
            group["exclusionByResourceTypes"] = json!({ "resourceTypes": types });
        } else {
            group["resourceTypes"] = json!(types);
        }
        group["recordingStrategy"] = json!({ "useOnly": strategy });
        json!({
            "arn": &*self.arn,
            "name": &*self.name,
            "roleARN": &*self.role_arn,
            "recordingGroup": group,
            "recordingMode": &self.mode,
            "recordingScope": "PAID",
        })
    }

    pub(super) fn status(&self) -> Value {
        let mut status = Map::from_iter([("name".to_owned(), (*self.name).into())]);
        let times = [("lastStartTime", self.started), ("lastStopTime", self.stopped)];
        for (key, time) in times {
            if let Some(time) = time {
                status.insert(key.to_owned(), timestamps::cli(time).into());
            }
        }
        status.insert("recording".to_owned(), self.is_recording.into());
        let latest = self.started.max(self.stopped);
        status.insert("lastStatus".to_owned(), if latest.is_some() { "SUCCESS" } else { "PENDING" }.into());
        if let Some(latest) = latest {
            status.insert("lastStatusChangeTime".to_owned(), timestamps::cli(latest).into());
        }
        status.insert("arn".to_owned(), (*self.arn).into());
        Value::Object(status)
    }
}
