//! Operations on instances that are already there.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext},
    Ec2, Place,
    errors::{invalid_value, is_well_formed, malformed_instance, no_instances, stop_if_dry, wrong_state},
    instance::InstanceState,
    launch::check_type,
};

/// Starts stopped instances.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StartInstances {
    pub instance_ids: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Stops running instances.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StopInstances {
    pub instance_ids: Vec<String>,
    #[expect(dead_code, reason = "no instance here hangs, so force only shows in the record")]
    pub force: Option<bool>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Restarts running instances.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RebootInstances {
    pub instance_ids: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Ends instances for good.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TerminateInstances {
    pub instance_ids: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Turns detailed monitoring on: a datapoint a minute.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MonitorInstances {
    pub instance_ids: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Turns detailed monitoring off: a datapoint every five minutes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UnmonitorInstances {
    pub instance_ids: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Changes one attribute of an instance.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ModifyInstanceAttribute {
    pub instance_id: String,
    /// Needs the instance to be stopped.
    pub instance_type: Option<TextAttribute>,
    /// Ids of the security groups it shall have, all of them.
    pub groups: Option<Vec<String>>,
    pub disable_api_termination: Option<FlagAttribute>,
    pub disable_api_stop: Option<FlagAttribute>,
    pub ebs_optimized: Option<FlagAttribute>,
    pub source_dest_check: Option<FlagAttribute>,
    /// Base64 text; needs the instance to be stopped.
    pub user_data: Option<TextAttribute>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// A new text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TextAttribute {
    pub value: String,
}

/// A new yes or no.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct FlagAttribute {
    pub value: bool,
}

impl Place {
    /// The ids as they are kept, if every one of them exists.
    pub(super) fn known(&self, ids: &[String]) -> Result<Vec<Arc<str>>, ApiError> {
        if let Some(odd) = ids.iter().find(|id| !is_well_formed("i-", id)) {
            return Err(malformed_instance(odd));
        }
        let missing: Vec<&str> =
            ids.iter().map(String::as_str).filter(|id| !self.instances.contains_key(*id)).collect();
        if !missing.is_empty() {
            return Err(no_instances(&missing));
        }
        Ok(ids
            .iter()
            .filter_map(|id| self.instances.get_key_value(id.as_str()))
            .map(|(id, _)| Arc::clone(id))
            .collect())
    }
}

impl Ec2 {
    pub(super) fn start_instances(
        &mut self,
        input: StartInstances,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let change = |id: &str, state: InstanceState| match state {
            InstanceState::Stopped => Ok(Some(InstanceState::Pending)),
            InstanceState::Pending | InstanceState::Running => Ok(None),
            _ => Err(wrong_state(format!(
                "The instance '{id}' is not in a state from which it can be started."
            ))),
        };
        Ok(json!({ "StartingInstances": self.change_states(&input.instance_ids, change, cx)? }))
    }

    pub(super) fn stop_instances(
        &mut self,
        input: StopInstances,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        for id in place.known(&input.instance_ids)? {
            if place.instances[&id].stop_protected {
                return Err(protected(&id, "stopped", "disableApiStop"));
            }
        }
        let change = |id: &str, state: InstanceState| match state {
            InstanceState::Running => Ok(Some(InstanceState::Stopping)),
            InstanceState::Stopping | InstanceState::Stopped => Ok(None),
            _ => Err(wrong_state(format!(
                "The instance '{id}' is not in a state from which it can be stopped."
            ))),
        };
        Ok(json!({ "StoppingInstances": self.change_states(&input.instance_ids, change, cx)? }))
    }

    pub(super) fn terminate_instances(
        &mut self,
        input: TerminateInstances,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        for id in place.known(&input.instance_ids)? {
            if place.instances[&id].termination_protected {
                return Err(protected(&id, "terminated", "disableApiTermination"));
            }
        }
        let change = |_: &str, state: InstanceState| match state {
            InstanceState::ShuttingDown | InstanceState::Terminated => Ok(None),
            _ => Ok(Some(InstanceState::ShuttingDown)),
        };
        Ok(json!({ "TerminatingInstances": self.change_states(&input.instance_ids, change, cx)? }))
    }

    pub(super) fn reboot_instances(
        &mut self,
        input: RebootInstances,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        for id in place.known(&input.instance_ids)? {
            if !place.instances[&id].state.is_running() {
                return Err(wrong_state(format!("This instance '{id}' is not in the 'running' state.")));
            }
        }
        Ok(Value::Null)
    }

    /// Decides for all before it changes any.
    fn change_states(
        &mut self,
        ids: &[String],
        change: impl Fn(&str, InstanceState) -> Result<Option<InstanceState>, ApiError>,
        cx: &mut CallContext<'_, '_>,
    ) -> Result<Vec<Value>, ApiError> {
        let region = cx.region().clone();
        let place = self.place(&region);
        let mut decided = Vec::new();
        for id in place.known(ids)? {
            let before = place.instances[&id].state;
            let after = change(&id, before)?;
            decided.push((id, before, after));
        }
        let mut shown = Vec::new();
        for (id, before, after) in decided {
            if let Some(after) = after {
                if after == InstanceState::Pending
                    && let Some(instance) = self.place(&region).instances.get_mut(&id)
                {
                    instance.launched = cx.moment().utc;
                }
                self.enter(&region, &id, after, cx.out);
            }
            shown.push(json!({
                "InstanceId": id.as_ref(),
                "CurrentState": after.unwrap_or(before).describe(),
                "PreviousState": before.describe(),
            }));
        }
        Ok(shown)
    }

    pub(super) fn monitor_instances(
        &mut self,
        input: MonitorInstances,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        self.set_monitoring(&input.instance_ids, true, cx)
    }

    pub(super) fn unmonitor_instances(
        &mut self,
        input: UnmonitorInstances,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        self.set_monitoring(&input.instance_ids, false, cx)
    }

    fn set_monitoring(&mut self, ids: &[String], detailed: bool, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let region = cx.region().clone();
        let mut shown = Vec::new();
        for id in self.place(&region).known(ids)? {
            let Some(instance) = self.place(&region).instances.get_mut(&id) else { continue };
            let state = match (instance.detailed_monitoring, detailed) {
                (false, true) => "pending",
                (true, false) => "disabling",
                _ => instance.monitoring_state(),
            };
            let changed = instance.detailed_monitoring != detailed;
            instance.detailed_monitoring = detailed;
            shown.push(json!({ "InstanceId": id.as_ref(), "Monitoring": { "State": state } }));
            if changed {
                self.announce_instance(&region, &id, cx);
            }
        }
        Ok(json!({ "InstanceMonitorings": shown }))
    }

    pub(super) fn modify_instance_attribute(
        &mut self,
        input: ModifyInstanceAttribute,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let given = [
            input.instance_type.is_some(),
            input.groups.is_some(),
            input.disable_api_termination.is_some(),
            input.disable_api_stop.is_some(),
            input.ebs_optimized.is_some(),
            input.source_dest_check.is_some(),
            input.user_data.is_some(),
        ];
        match given.into_iter().filter(|given| *given).count() {
            0 => return Err(ApiError::client("InvalidParameterCombination", "No attributes specified.")),
            1 => {}
            _ => {
                return Err(ApiError::client(
                    "InvalidParameterCombination",
                    "Fields for multiple attribute types specified",
                ));
            }
        }
        let region = cx.region().clone();
        let place = self.place(&region);
        let id = place.known(std::slice::from_ref(&input.instance_id))?.remove(0);
        let groups = match &input.groups {
            Some(wanted) if wanted.is_empty() => {
                return Err(invalid_value("You must specify at least one security group"));
            }
            Some(wanted) => {
                let found: Result<Vec<_>, _> =
                    wanted.iter().map(|id| place.group_id(Some(id), None)).collect();
                Some(found?)
            }
            None => None,
        };
        let instance = place.instances.get_mut(&id).expect("it has just been found");
        let needs_rest =
            input.instance_type.is_some() || input.user_data.is_some() || input.ebs_optimized.is_some();
        if needs_rest && instance.state != InstanceState::Stopped {
            return Err(wrong_state(format!("The instance '{id}' is not in the 'stopped' state.")));
        }
        if let Some(wanted) = input.instance_type {
            check_type(&wanted.value)?;
            instance.instance_type = wanted.value.into();
        }
        if let Some(groups) = groups {
            instance.groups = groups;
        }
        if let Some(flag) = input.disable_api_termination {
            instance.termination_protected = flag.value;
        }
        if let Some(flag) = input.disable_api_stop {
            instance.stop_protected = flag.value;
        }
        if let Some(flag) = input.ebs_optimized {
            instance.ebs_optimized = flag.value;
        }
        if let Some(flag) = input.source_dest_check {
            instance.source_dest_check = flag.value;
        }
        self.announce_instance(&region, &id, cx);
        Ok(Value::Null)
    }
}

fn protected(id: &str, what: &str, attribute: &str) -> ApiError {
    let message = format!(
        "The instance '{id}' may not be {what}. Modify its '{attribute}' instance attribute and try again."
    );
    ApiError::client("OperationNotPermitted", message)
}
