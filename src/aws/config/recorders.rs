//! The operations on the configuration recorder.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Config, observe,
    recorder::{Recorded, Recorder, RecordingMode},
    recording_group::{RecordingGroup, recorded},
    timers,
};
use crate::aws::{ApiError, ApiOutcome, CallContext, arn::arn};

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
    /// The role by which Config reads resources and writes to the bucket and the topic.
    #[serde(rename = "roleARN")]
    role_arn: Option<String>,
    recording_group: Option<RecordingGroup>,
    recording_mode: Option<RecordingMode>,
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

/// Deletes the configuration recorder of this region. What it recorded stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteConfigurationRecorder {
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
        let id = cx.out.base32(16).to_lowercase();
        let own = arn("config", cx.region(), cx.account_id, &format!("configuration-recorder/{name}/{id}"));
        let region = cx.region().clone();
        let state = self.state_mut(&region);
        if let Some(other) = state.recorder.as_ref().filter(|recorder| *recorder.name != *name) {
            let message = format!(
                "Failed to put configuration recorder '{name}' because the maximum number of configuration \
                 recorders: 1 is reached ('{}').",
                other.name
            );
            return Err(ApiError::client("MaxNumberOfConfigurationRecordersExceededException", message));
        }
        let kept = state.recorder.as_ref().map(|recorder| Arc::clone(&recorder.role_arn));
        let Some(role_arn) = input.role_arn.filter(|role| !role.is_empty()).map(Into::into).or(kept) else {
            return Err(ApiError::client("InvalidRoleException", "You have provided a null or empty role."));
        };
        let recorder = state.recorder.get_or_insert_with(|| Recorder {
            name: name.into(),
            arn: own.into(),
            role_arn: Arc::clone(&role_arn),
            recorded: Recorded::All { with_global: false },
            mode: RecordingMode::default(),
            is_recording: false,
            started: None,
            stopped: None,
            run: 0,
        });
        recorder.recorded = recorded;
        recorder.role_arn = role_arn;
        recorder.mode = input.recording_mode.unwrap_or_default();
        if recorder.is_recording {
            observe::discover(state, &region, cx.out); // Types that were left out until now.
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
        let region = cx.region().clone();
        let has_channel = self.state(&region).is_some_and(|state| state.channel.is_some());
        let recorder = self.recorder_mut(&input.configuration_recorder_name, cx)?;
        if !has_channel {
            return Err(ApiError::client(
                "NoAvailableDeliveryChannelException",
                "Delivery channel is not available to start configuration recorder.",
            ));
        }
        if !recorder.is_recording {
            (recorder.is_recording, recorder.started) = (true, Some(utc));
            recorder.run += 1;
            let run = recorder.run;
            let state = self.state_mut(&region);
            if let Some(channel) = &mut state.channel {
                channel.history.delivered_until = utc;
            }
            observe::discover(state, &region, cx.out);
            timers::arm_history(&region, run, cx.out);
            timers::arm_daily(&region, run, cx.out);
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
            self.state_mut(cx.region()).waiting.clear();
        }
        Ok(json!({}))
    }

    pub(super) fn delete_configuration_recorder(
        &mut self,
        input: DeleteConfigurationRecorder,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.recorder_mut(&input.configuration_recorder_name, cx)?;
        let state = self.state_mut(cx.region());
        state.recorder = None;
        state.waiting.clear();
        Ok(json!({}))
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
