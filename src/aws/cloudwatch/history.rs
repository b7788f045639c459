//! What `DescribeAlarmHistory` tells; it outlives the alarm.

use std::{collections::VecDeque, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::{
    alarm::{Alarm, Kind, StateReason},
    configuration::{Configuration, Watched},
    describe, times,
};
use crate::aws::timestamps;

/// Source: CloudWatch API reference, `DescribeAlarmHistory`.
const KEPT: TimeDelta = TimeDelta::days(30);
/// The most characters of `HistoryData`. Source: service model.
const LONGEST_DATA: usize = 4_095;

/// The kinds of items this account writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemType {
    ConfigurationUpdate,
    StateUpdate,
    Action,
}

impl ItemType {
    pub const ALL: [Self; 3] = [Self::ConfigurationUpdate, Self::StateUpdate, Self::Action];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConfigurationUpdate => "ConfigurationUpdate",
            Self::StateUpdate => "StateUpdate",
            Self::Action => "Action",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One item.
#[derive(Clone, Debug)]
pub struct Item {
    pub alarm: Arc<str>,
    /// `MetricAlarm` or `CompositeAlarm`.
    pub alarm_type: &'static str,
    pub at: DateTime<Utc>,
    pub kind: ItemType,
    pub summary: String,
    /// A JSON text.
    pub data: String,
}

impl Item {
    /// As `DescribeAlarmHistory` answers.
    pub fn describe(&self) -> Value {
        json!({
            "AlarmName": &*self.alarm,
            "AlarmType": self.alarm_type,
            "Timestamp": timestamps::cli(self.at),
            "HistoryItemType": self.kind.as_str(),
            "HistorySummary": self.summary,
            "HistoryData": self.data,
        })
    }
}

/// What became of an action.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    /// Its ARN.
    pub action: &'a str,
    /// What a topic was told, in every form it has.
    pub published: Option<&'a Value>,
    /// In the words of whoever refused it.
    pub error: Option<&'a str>,
}

/// The history of a region's alarms, oldest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    items: VecDeque<Arc<Item>>,
}

impl History {
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.items.iter().map(AsRef::as_ref)
    }

    fn push(&mut self, alarm: &Alarm, at: DateTime<Utc>, kind: ItemType, summary: String, data: &Value) {
        let is_old = |item: &Arc<Item>| item.at + KEPT < at;
        while self.items.front().is_some_and(is_old) {
            self.items.pop_front();
        }
        let (name, alarm_type) = (Arc::clone(&alarm.name), alarm.type_name());
        self.items.push_back(Arc::new(Item {
            alarm: name,
            alarm_type,
            at,
            kind,
            summary,
            data: data.to_string(),
        }));
    }

    /// `change` is `created`, `updated` or `deleted`.
    pub fn configured(&mut self, alarm: &Alarm, at: DateTime<Utc>, change: &str) {
        let kind = match change {
            "created" => "Create",
            "deleted" => "Delete",
            _ => "Update",
        };
        let mut data = Map::new();
        data.insert("version".into(), json!("1.0"));
        data.insert("type".into(), json!(kind));
        data.insert(format!("{change}Alarm"), configured(alarm));
        let summary = format!("Alarm \"{}\" {change}", alarm.name);
        self.push(alarm, at, ItemType::ConfigurationUpdate, summary, &data.into());
    }

    /// The alarm already has its new state.
    pub fn state_changed(&mut self, alarm: &Alarm, old: &StateReason) {
        let new = &alarm.current;
        let data = json!({ "version": "1.0", "oldState": state(old), "newState": state(new) });
        let summary = format!("Alarm updated from {} to {}", old.state, new.state);
        self.push(alarm, new.at, ItemType::StateUpdate, summary, &data);
    }

    pub fn acted(&mut self, alarm: &Alarm, at: DateTime<Utc>, outcome: Outcome<'_>) {
        let action = outcome.action;
        let (status, summary) = match outcome.error {
            None => ("Succeeded", format!("Successfully executed action {action}")),
            Some(_) => ("Failed", format!("Failed to execute action {action}")),
        };
        let mut data = json!({
            "actionState": status,
            "stateUpdateTimestamp": alarm.current.at.timestamp_millis(),
            "notificationResource": action,
            "publishedMessage": outcome.published.map(Value::to_string),
            "error": outcome.error,
        });
        if data.to_string().chars().count() > LONGEST_DATA {
            data["publishedMessage"] = Value::Null;
        }
        self.push(alarm, at, ItemType::Action, summary, &data);
    }
}

/// `{stateValue, stateReason[, stateReasonData]}`, the data parsed back into an object.
fn state(of: &StateReason) -> Value {
    let mut json = Map::new();
    json.insert("stateValue".into(), json!(of.state));
    json.insert("stateReason".into(), json!(&*of.reason));
    if let Some(data) = &of.data {
        let parsed = serde_json::from_str(data).unwrap_or_else(|_| json!(&**data));
        json.insert("stateReasonData".into(), parsed);
    }
    json.into()
}

/// An alarm's configuration in the history's own casing, `okactions` included.
fn configured(alarm: &Alarm) -> Value {
    let mut json = Map::new();
    json.insert("alarmName".into(), json!(&*alarm.name));
    if let Some(description) = &alarm.reactions.description {
        json.insert("alarmDescription".into(), json!(description));
    }
    json.insert("alarmArn".into(), json!(&*alarm.arn));
    json.insert("alarmConfigurationUpdatedTimestamp".into(), json!(times::in_data(alarm.updated_at)));
    match &alarm.kind {
        Kind::Metric(metric) => watched(&metric.configuration, &mut json),
        Kind::Composite(composite) => {
            json.insert("alarmRule".into(), json!(&*composite.rule.text));
        }
    }
    json.insert("stateValue".into(), json!(alarm.state()));
    json.insert("stateUpdatedTimestamp".into(), json!(times::in_data(alarm.current.at)));
    json.insert("actionsEnabled".into(), json!(alarm.reactions.actions_enabled));
    json.insert("alarmActions".into(), json!(alarm.reactions.alarm_actions));
    json.insert("insufficientDataActions".into(), json!(alarm.reactions.insufficient_data_actions));
    json.insert("okactions".into(), json!(alarm.reactions.ok_actions));
    json.into()
}

fn watched(it: &Configuration, json: &mut Map<String, Value>) {
    if let Some(stat) = it.metric() {
        json.insert("namespace".into(), json!(&*stat.metric.namespace));
        json.insert("metricName".into(), json!(&*stat.metric.name));
        let key = if stat.statistic.is_extended() { "extendedStatistic" } else { "statistic" };
        json.insert(key.into(), json!(stat.statistic.to_string()));
        json.insert("period".into(), json!(it.period_s));
        if let Some(unit) = stat.unit {
            json.insert("unit".into(), json!(unit));
        }
        let dimensions = stat.metric.dimensions().iter();
        json.insert(
            "dimensions".into(),
            dimensions.map(|(name, value)| json!({ "value": &**value, "name": &**name })).collect(),
        );
    }
    if let Watched::Math { queries, .. } = &it.watched {
        json.insert("metrics".into(), describe::queries_json(queries));
    }
    if let Some(threshold) = it.fixed_threshold() {
        json.insert("threshold".into(), json!(threshold));
    }
    json.insert("comparisonOperator".into(), json!(it.comparison.as_str()));
    json.insert("evaluationPeriods".into(), json!(it.evaluation_periods));
    if let Some(needed) = it.datapoints_to_alarm {
        json.insert("datapointsToAlarm".into(), json!(needed));
    }
    json.insert("treatMissingData".into(), json!(it.treatment().as_str()));
}
