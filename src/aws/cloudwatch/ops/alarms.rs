//! Operations on alarms that exist: forcing a state, switching actions, deleting.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{constraint, not_in_enum, validation};
use crate::aws::{
    ApiError, ApiOutcome, CallContext, Region,
    cloudwatch::{
        CloudWatch,
        alarm::{Alarm, StateReason},
        evaluation::State,
    },
};

/// The most alarms one call may delete or switch. Source: service model.
const MOST_NAMES: usize = 100;

/// Deletes alarms; their history stays. At most one of them may be a composite alarm.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteAlarms {
    pub alarm_names: Vec<String>,
}

/// Sets an alarm's state until its next evaluation, to try its actions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SetAlarmState {
    pub alarm_name: String,
    #[schemars(extend("enum" = ["OK", "ALARM", "INSUFFICIENT_DATA"]))]
    pub state_value: String,
    pub state_reason: String,
    /// A JSON text.
    pub state_reason_data: Option<String>,
}

/// Lets alarms run their actions again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EnableAlarmActions {
    pub alarm_names: Vec<String>,
}

/// Stops alarms from running actions; their state goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DisableAlarmActions {
    pub alarm_names: Vec<String>,
}

impl CloudWatch {
    /// Names that do not exist are passed over, unless none does.
    pub(super) fn delete_alarms(&mut self, input: DeleteAlarms, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let region = cx.region().clone();
        check_count(&input.alarm_names)?;
        let known: Vec<&Alarm> =
            input.alarm_names.iter().filter_map(|name| self.alarm(&region, name)).collect();
        if let (Some(unknown), true) = (input.alarm_names.first(), known.is_empty()) {
            return Err(unknown_alarm(unknown));
        }
        if known.iter().filter(|alarm| alarm.composite().is_some()).count() > 1 {
            return Err(validation("You can delete at most one composite alarm in one operation."));
        }
        self.check_unwatched(&input.alarm_names, &region)?;
        let names: Vec<Arc<str>> = known.into_iter().map(|alarm| Arc::clone(&alarm.name)).collect();
        for name in &names {
            self.remove(cx, name);
        }
        Ok(Value::Null)
    }

    /// An alarm that a composite alarm needs stays, unless that one goes with it.
    fn check_unwatched(&self, names: &[String], region: &Region) -> Result<(), ApiError> {
        let goes = |alarm: &Alarm| names.iter().any(|name| **name == *alarm.name);
        let needs = |alarm: &Alarm, name: &str| {
            alarm.composite().is_some_and(|composite| {
                let suppressor = composite.suppressor.as_ref();
                composite.rule.looks_at(name)
                    || suppressor.is_some_and(|suppressor| suppressor.name() == name)
            })
        };
        let is_needed = |name: &&String| self.alarms(region).any(|alarm| !goes(alarm) && needs(alarm, name));
        let needed: Vec<&str> = names.iter().filter(is_needed).map(String::as_str).collect();
        let pronoun = match needed.len() {
            0 => return Ok(()),
            1 => "it",
            _ => "them",
        };
        let names = needed.join(",");
        Err(validation(format!(
            "Cannot delete {names} as there are composite alarm(s) depending on {pronoun}."
        )))
    }

    pub(super) fn set_alarm_state(
        &mut self,
        input: SetAlarmState,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let state = state(&input.state_value)?;
        if input.state_reason.chars().count() > 1_023 {
            return Err(constraint(
                &input.state_reason,
                "stateReason",
                "have length less than or equal to 1023",
            ));
        }
        if let Some(data) = &input.state_reason_data
            && serde_json::from_str::<Value>(data).is_err()
        {
            return Err(ApiError::client("InvalidFormat", "StateReasonData was not valid JSON"));
        }
        let (account_id, region) = (Arc::clone(&self.account_id), cx.region().clone());
        if self.alarm(&region, &input.alarm_name).is_none() {
            return Err(unknown_alarm(&input.alarm_name));
        }
        let new = StateReason {
            state,
            reason: input.state_reason.into(),
            data: input.state_reason_data.map(Into::into),
            suppressed_by: None,
            at: cx.moment().utc,
        };
        self.regional(&region).force(&input.alarm_name, new, &account_id, &region, cx.out);
        Ok(Value::Null)
    }

    pub(super) fn enable_alarm_actions(
        &mut self,
        input: EnableAlarmActions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_count(&input.alarm_names)?;
        self.switch_actions(cx, &input.alarm_names, true);
        Ok(Value::Null)
    }

    pub(super) fn disable_alarm_actions(
        &mut self,
        input: DisableAlarmActions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_count(&input.alarm_names)?;
        self.switch_actions(cx, &input.alarm_names, false);
        Ok(Value::Null)
    }
}

fn check_count(names: &[String]) -> Result<(), ApiError> {
    if names.len() <= MOST_NAMES {
        return Ok(());
    }
    let list = format!("[{}]", names.join(", "));
    Err(constraint(&list, "alarmNames", &format!("have length less than or equal to {MOST_NAMES}")))
}

pub(super) fn state(text: &str) -> Result<State, ApiError> {
    State::parse(text).ok_or_else(|| not_in_enum(text, "stateValue", &["INSUFFICIENT_DATA", "ALARM", "OK"]))
}

fn unknown_alarm(name: &str) -> ApiError {
    ApiError::not_found("ResourceNotFound", format!("Unknown alarm: {name}"))
}
