//! The configuration recorder: one per region, off until it is started.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Config;
use crate::aws::{ApiError, ApiOutcome, CallContext, parcel::ResourceChange, timestamps};

/// A configuration recorder.
#[derive(Clone, Debug)]
pub struct Recorder {
    pub name: Arc<str>,
    pub role_arn: Option<Arc<str>>,
    pub recorded: Recorded,
    pub is_recording: bool,
    pub started: Option<DateTime<Utc>>,
    pub stopped: Option<DateTime<Utc>>,
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

impl Recorder {
    /// Whether it is on and records that type.
    pub fn records(&self, resource_type: &str) -> bool {
        let is_global = resource_type.starts_with("AWS::IAM::");
        self.is_recording
            && match &self.recorded {
                Recorded::All { with_global } => *with_global || !is_global,
                Recorded::Only(types) => types.iter().any(|kept| **kept == *resource_type),
                Recorded::AllBut(types) => !types.iter().any(|left| **left == *resource_type),
            }
    }

    fn description(&self) -> Value {
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
        let mut recorder = Map::from_iter([("name".to_owned(), (*self.name).into())]);
        if let Some(role) = &self.role_arn {
            recorder.insert("roleARN".to_owned(), (**role).into());
        }
        recorder.insert("recordingGroup".to_owned(), group);
        Value::Object(recorder)
    }

    fn status(&self) -> Value {
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
        Value::Object(status)
    }
}

/// Creates or changes the configuration recorder of this region. It is off until it is started.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutConfigurationRecorder {
    configuration_recorder: RecorderInput,
}

/// A configuration recorder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecorderInput {
    /// `default` unless said otherwise.
    name: Option<String>,
    #[serde(rename = "roleARN")]
    role_arn: Option<String>,
    recording_group: Option<RecordingGroup>,
}

/// Which resource types to record.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordingGroup {
    all_supported: Option<bool>,
    #[serde(default)]
    include_global_resource_types: bool,
    #[serde(default)]
    resource_types: Vec<String>,
    exclusion_by_resource_types: Option<Exclusion>,
    recording_strategy: Option<Strategy>,
}

/// Types to leave out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exclusion {
    #[serde(default)]
    resource_types: Vec<String>,
}

/// How the lists of types are meant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Strategy {
    use_only: UseOnly,
}

/// The recording strategies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum UseOnly {
    #[serde(rename = "ALL_SUPPORTED_RESOURCE_TYPES")]
    AllSupported,
    #[serde(rename = "INCLUSION_BY_RESOURCE_TYPES")]
    Inclusion,
    #[serde(rename = "EXCLUSION_BY_RESOURCE_TYPES")]
    Exclusion,
}

/// Describes the configuration recorder of this region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeConfigurationRecorders {
    #[serde(default)]
    configuration_recorder_names: Vec<String>,
}

/// Tells whether the configuration recorder of this region is on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeConfigurationRecorderStatus {
    #[serde(default)]
    configuration_recorder_names: Vec<String>,
}

/// Turns the configuration recorder on. It needs a delivery channel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StartConfigurationRecorder {
    configuration_recorder_name: String,
}

/// Turns the configuration recorder off. Old items and results stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StopConfigurationRecorder {
    configuration_recorder_name: String,
}

impl Config {
    pub(super) fn put_configuration_recorder(
        &mut self,
        input: PutConfigurationRecorder,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let input = input.configuration_recorder;
        let name = input.name.unwrap_or_else(|| "default".to_owned());
        let recorded = recorded(input.recording_group)?;
        let state = self.state_mut(cx.region());
        if let Some(other) = state.recorder.as_ref().filter(|recorder| *recorder.name != *name) {
            let message = format!(
                "Failed to put configuration recorder '{name}' because the maximum number of configuration \
                 recorders: 1 is reached ('{}').",
                other.name
            );
            return Err(ApiError::client("MaxNumberOfConfigurationRecordersExceededException", message));
        }
        let recorder = state.recorder.get_or_insert_with(|| Recorder {
            name: name.into(),
            role_arn: None,
            recorded: Recorded::All { with_global: false },
            is_recording: false,
            started: None,
            stopped: None,
        });
        recorder.recorded = recorded;
        if let Some(role) = input.role_arn {
            recorder.role_arn = Some(role.into());
        }
        if recorder.is_recording {
            self.discover(cx); // Types that were left out until now.
        }
        Ok(json!({}))
    }

    pub(super) fn describe_configuration_recorders(
        &mut self,
        input: DescribeConfigurationRecorders,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let recorders = self.recorders(&input.configuration_recorder_names, cx)?;
        let described: Vec<Value> = recorders.into_iter().map(Recorder::description).collect();
        Ok(json!({ "ConfigurationRecorders": described }))
    }

    pub(super) fn describe_configuration_recorder_status(
        &mut self,
        input: DescribeConfigurationRecorderStatus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let recorders = self.recorders(&input.configuration_recorder_names, cx)?;
        let statuses: Vec<Value> = recorders.into_iter().map(Recorder::status).collect();
        Ok(json!({ "ConfigurationRecordersStatus": statuses }))
    }

    pub(super) fn start_configuration_recorder(
        &mut self,
        input: StartConfigurationRecorder,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let utc = cx.moment().utc;
        let has_channel = self.state(cx.region()).is_some_and(|state| state.channel.is_some());
        let recorder = self.recorder_mut(&input.configuration_recorder_name, cx)?;
        if !has_channel {
            return Err(ApiError::client(
                "NoAvailableDeliveryChannelException",
                "Delivery channel is not available to start configuration recorder.",
            ));
        }
        if !recorder.is_recording {
            (recorder.is_recording, recorder.started) = (true, Some(utc));
            self.discover(cx);
        }
        Ok(json!({}))
    }

    pub(super) fn stop_configuration_recorder(
        &mut self,
        input: StopConfigurationRecorder,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let utc = cx.moment().utc;
        let recorder = self.recorder_mut(&input.configuration_recorder_name, cx)?;
        if recorder.is_recording {
            (recorder.is_recording, recorder.stopped) = (false, Some(utc));
        }
        Ok(json!({}))
    }

    /// Has an item written of every resource that is recorded and differs from its last item.
    fn discover(&mut self, cx: &mut CallContext<'_, '_>) {
        let Some(state) = self.state(cx.region()) else { return };
        let Some(recorder) = &state.recorder else { return };
        let unseen: Vec<Arc<ResourceChange>> = state
            .present
            .iter()
            .filter(|((resource_type, _), _)| recorder.records(resource_type))
            .filter(|(key, change)| match state.items.get(*key).and_then(|items| items.last()) {
                Some(item) => item.resource != **change,
                None => !change.deleted,
            })
            .map(|(_, change)| Arc::clone(change))
            .collect();
        for change in unseen {
            super::send_change(&cx.call.region, change, cx.out);
        }
    }

    fn recorders(&self, names: &[String], cx: &CallContext<'_, '_>) -> Result<Vec<&Recorder>, ApiError> {
        let recorder = self.state(cx.region()).and_then(|state| state.recorder.as_ref());
        match names.iter().find(|name| recorder.is_none_or(|recorder| *recorder.name != ***name)) {
            Some(name) => Err(no_such_recorder(name)),
            None => Ok(recorder.into_iter().collect()),
        }
    }

    fn recorder_mut(&mut self, name: &str, cx: &CallContext<'_, '_>) -> Result<&mut Recorder, ApiError> {
        let recorder = self.state_mut(cx.region()).recorder.as_mut();
        recorder.filter(|recorder| *recorder.name == *name).ok_or_else(|| no_such_recorder(name))
    }
}

fn no_such_recorder(name: &str) -> ApiError {
    let message = format!("Cannot find configuration recorder with the specified name '{name}'.");
    ApiError::client("NoSuchConfigurationRecorderException", message)
}

fn recorded(group: Option<RecordingGroup>) -> Result<Recorded, ApiError> {
    let invalid = |message: &str| Err(ApiError::client("InvalidRecordingGroupException", message));
    let Some(group) = group else { return Ok(Recorded::All { with_global: false }) };
    let with_global = group.include_global_resource_types;
    let included = group.resource_types;
    let excluded =
        group.exclusion_by_resource_types.map(|exclusion| exclusion.resource_types).unwrap_or_default();
    let guessed = if !excluded.is_empty() {
        UseOnly::Exclusion
    } else if included.is_empty() && group.all_supported.unwrap_or(true) {
        UseOnly::AllSupported
    } else {
        UseOnly::Inclusion
    };
    let strategy = group.recording_strategy.map_or(guessed, |strategy| strategy.use_only);
    let shared = |types: Vec<String>| types.into_iter().map(Into::into).collect();
    if group.all_supported == Some(true) && !(included.is_empty() && excluded.is_empty()) {
        return invalid("A recording group for all supported types must not list resource types.");
    }
    match strategy {
        UseOnly::AllSupported => Ok(Recorded::All { with_global }),
        UseOnly::Inclusion if included.is_empty() => {
            invalid("A recording group must list resource types or record all supported ones.")
        }
        UseOnly::Inclusion if with_global => {
            invalid("Global resource types can only be included with all supported types.")
        }
        UseOnly::Inclusion => Ok(Recorded::Only(shared(included))),
        UseOnly::Exclusion => Ok(Recorded::AllBut(shared(excluded))),
    }
}
