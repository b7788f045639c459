//! What `DescribeAlarmHistory` tells; it outlives the alarm.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::alarm::StateReason;
use crate::aws::timestamps;

/// How many items are kept: far more than a lesson makes. CloudWatch keeps 30 days of them.
const KEPT: usize = 10_000;

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
            "AlarmType": "MetricAlarm",
            "Timestamp": timestamps::cli(self.at),
            "HistoryItemType": self.kind.as_str(),
            "HistorySummary": self.summary,
            "HistoryData": self.data,
        })
    }
}

/// The history of a region's alarms, oldest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    items: Vec<Arc<Item>>,
}

impl History {
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.items.iter().map(AsRef::as_ref)
    }

    fn push(&mut self, item: Item) {
        if self.items.len() == KEPT {
            self.items.remove(0);
        }
        self.items.push(Arc::new(item));
    }

    pub fn configured(&mut self, alarm: &Arc<str>, at: DateTime<Utc>, change: &str, configuration: &Value) {
        let kind = match change {
            "created" => "Create",
            "deleted" => "Delete",
            _ => "Update",
        };
        let data = json!({ "version": "1.0", "type": kind, "updatedAlarm": configuration });
        self.push(Item {
            alarm: Arc::clone(alarm),
            at,
            kind: ItemType::ConfigurationUpdate,
            summary: format!("Alarm \"{alarm}\" {change}"),
            data: data.to_string(),
        });
    }

    pub fn state_changed(
        &mut self,
        alarm: &Arc<str>,
        at: DateTime<Utc>,
        old: &StateReason,
        new: &StateReason,
    ) {
        let data = json!({ "version": "1.0", "oldState": state(old), "newState": state(new) });
        self.push(Item {
            alarm: Arc::clone(alarm),
            at,
            kind: ItemType::StateUpdate,
            summary: format!("Alarm updated from {} to {}", old.state, new.state),
            data: data.to_string(),
        });
    }

    pub fn acted(&mut self, alarm: &Arc<str>, at: DateTime<Utc>, action: &str, failure: Option<&str>) {
        let summary = match failure {
            None => format!("Successfully executed action {action}"),
            Some(error) => format!("Failed to execute action {action}. Received error: \"{error}\""),
        };
        let status = if failure.is_none() { "Succeeded" } else { "Failed" };
        let data = json!({
            "actionState": status,
            "notificationResource": action,
            "error": failure,
        });
        self.push(Item {
            alarm: Arc::clone(alarm),
            at,
            kind: ItemType::Action,
            summary,
            data: data.to_string(),
        });
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
