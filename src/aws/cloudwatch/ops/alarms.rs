//! Operations on alarms that exist: looking, forcing a state, switching actions, deleting.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::not_in_enum;
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    cloudwatch::{
        CloudWatch,
        alarm::Alarm,
        evaluation::State,
        history::{Item, ItemType},
    },
    timestamps::Timestamp,
};

/// Lists alarms with their configuration and state.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeAlarms {
    #[serde(default)]
    pub alarm_names: Vec<String>,
    pub alarm_name_prefix: Option<String>,
    #[serde(default)]
    pub alarm_types: Vec<String>,
    #[schemars(extend("enum" = ["OK", "ALARM", "INSUFFICIENT_DATA"]))]
    pub state_value: Option<String>,
    pub action_prefix: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    pub max_records: Option<usize>,
}

/// Lists what happened to alarms: configurations, changes of state, actions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeAlarmHistory {
    pub alarm_name: Option<String>,
    #[serde(default)]
    pub alarm_types: Vec<String>,
    #[schemars(extend("enum" = ["ConfigurationUpdate", "StateUpdate", "Action"]))]
    pub history_item_type: Option<String>,
    pub start_date: Option<Timestamp>,
    pub end_date: Option<Timestamp>,
    #[schemars(range(min = 1, max = 100))]
    pub max_records: Option<usize>,
    #[schemars(extend("enum" = ["TimestampDescending", "TimestampAscending"]))]
    pub scan_by: Option<String>,
}

/// Deletes alarms; their history stays.
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
    pub(super) fn describe_alarms(
        &mut self,
        input: DescribeAlarms,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let state = input.state_value.as_deref().map(state).transpose()?;
        let wanted = |alarm: &&Alarm| {
            let names = &input.alarm_names;
            (names.is_empty() || names.iter().any(|name| **name == *alarm.name))
                && input.alarm_name_prefix.as_deref().is_none_or(|prefix| alarm.name.starts_with(prefix))
                && state.is_none_or(|state| alarm.state() == state)
                && input.action_prefix.as_deref().is_none_or(|prefix| has_action(alarm, prefix))
        };
        let metric_alarms = wants_metric_alarms(&input.alarm_types);
        let alarms: Vec<Value> = self
            .alarms(cx.region())
            .filter(|_| metric_alarms)
            .filter(wanted)
            .take(input.max_records.unwrap_or(usize::MAX))
            .map(Alarm::describe)
            .collect();
        Ok(json!({ "MetricAlarms": alarms, "CompositeAlarms": [] }))
    }

    pub(super) fn describe_alarm_history(
        &mut self,
        input: DescribeAlarmHistory,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let kind = input.history_item_type.as_deref().map(item_type).transpose()?;
        let wanted = |item: &&Item| {
            input.alarm_name.as_deref().is_none_or(|name| *item.alarm == *name)
                && kind.is_none_or(|kind| item.kind == kind)
                && input.start_date.is_none_or(|start| item.at >= start.0)
                && input.end_date.is_none_or(|end| item.at <= end.0)
        };
        let metric_alarms = wants_metric_alarms(&input.alarm_types);
        let mut items: Vec<Value> =
            self.history(cx.region()).filter(|_| metric_alarms).filter(wanted).map(Item::describe).collect();
        if input.scan_by.as_deref() != Some("TimestampAscending") {
            items.reverse();
        }
        items.truncate(input.max_records.unwrap_or(usize::MAX));
        Ok(json!({ "AlarmHistoryItems": items }))
    }

    pub(super) fn delete_alarms(&mut self, input: DeleteAlarms, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let region = cx.region().clone();
        if let Some(unknown) = input.alarm_names.iter().find(|name| self.alarm(&region, name).is_none()) {
            return Err(unknown_alarm(unknown));
        }
        for name in &input.alarm_names {
            self.remove(cx, name);
        }
        Ok(Value::Null)
    }

    pub(super) fn set_alarm_state(
        &mut self,
        input: SetAlarmState,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let state = state(&input.state_value)?;
        if let Some(data) = &input.state_reason_data
            && serde_json::from_str::<Value>(data).is_err()
        {
            return Err(ApiError::client("InvalidFormat", "StateReasonData was not valid JSON"));
        }
        let region = cx.region().clone();
        if self.alarm(&region, &input.alarm_name).is_none() {
            return Err(unknown_alarm(&input.alarm_name));
        }
        self.force(cx, &input.alarm_name, state, &input.state_reason, input.state_reason_data.as_deref());
        Ok(Value::Null)
    }

    pub(super) fn enable_alarm_actions(
        &mut self,
        input: EnableAlarmActions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.switch_actions(cx, &input.alarm_names, true);
        Ok(Value::Null)
    }

    pub(super) fn disable_alarm_actions(
        &mut self,
        input: DisableAlarmActions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.switch_actions(cx, &input.alarm_names, false);
        Ok(Value::Null)
    }
}

fn state(text: &str) -> Result<State, ApiError> {
    State::parse(text).ok_or_else(|| not_in_enum(text, "stateValue", &["INSUFFICIENT_DATA", "ALARM", "OK"]))
}

fn item_type(text: &str) -> Result<ItemType, ApiError> {
    ItemType::parse(text)
        .ok_or_else(|| not_in_enum(text, "historyItemType", &ItemType::ALL.map(ItemType::as_str)))
}

/// Composite alarms do not exist here, so asking for those alone finds nothing.
fn wants_metric_alarms(types: &[String]) -> bool {
    types.is_empty() || types.iter().any(|kind| kind == "MetricAlarm")
}

fn has_action(alarm: &Alarm, prefix: &str) -> bool {
    State::ALL
        .into_iter()
        .flat_map(|state| alarm.configuration.actions(state))
        .any(|action| action.starts_with(prefix))
}

fn unknown_alarm(name: &str) -> ApiError {
    ApiError::not_found("ResourceNotFound", format!("Unknown alarm: {name}"))
}
