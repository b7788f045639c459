//! What an alarm says when its state changes: to a topic, in a mail, to the bus, to a function; and what the bus hears
//! when its configuration does.
//!
//! Shapes: notifications, mails and invocations as recorded from the service, events as in the samples and the CloudWatch
//! User Guide, "Alarm events and EventBridge".

mod event;
mod mail;
mod notification;

use serde_json::{Value, json};

pub use event::{ConfigurationChange, full_configuration};

use super::{
    alarm::{Alarm, StateReason},
    times,
};
use crate::aws::Region;

/// The longest subject SNS takes: it must stay below 100 characters.
const SUBJECT_LIMIT: usize = 99;

/// An alarm that just changed state; `alarm` already has the new one.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    pub alarm: &'a Alarm,
    pub previous: &'a StateReason,
    pub account_id: &'a str,
    pub region: &'a Region,
}

impl Change<'_> {
    /// `ALARM: "name" in EU (Paris)`.
    pub fn subject(&self) -> String {
        let state = self.alarm.current.state;
        let subject = format!("{state}: \"{}\" in {}", self.alarm.name, self.region.display_name());
        subject.chars().take(SUBJECT_LIMIT).collect()
    }

    /// What a function gets.
    pub fn invocation(&self) -> Value {
        json!({
            "source": "aws.cloudwatch",
            "alarmArn": &*self.alarm.arn,
            "accountId": self.account_id,
            "time": times::in_data(self.alarm.current.at),
            "region": self.region,
            "alarmData": {
                "alarmName": &*self.alarm.name,
                "state": self.alarm.current.json(),
                "previousState": self.previous.json(),
                "configuration": self.configuration(),
            },
        })
    }

    /// The children a composite alarm's reason names: `[{"arn": …, "state": {"value": …, "timestamp": …}}]`.
    fn triggering_alarms(&self) -> Vec<Value> {
        let data = self.alarm.current.data.as_deref().unwrap_or("null");
        let mut data: Value = serde_json::from_str(data).unwrap_or_default();
        match data.get_mut("triggeringAlarms").map(Value::take) {
            Some(Value::Array(alarms)) => alarms,
            _ => Vec::new(),
        }
    }
}
