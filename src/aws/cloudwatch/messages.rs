//! What an alarm says when its state changes: to a topic, in a mail, to the bus, to a function.
//!
//! Shapes: notifications and invocations as recorded from the service, the event as in the samples.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{
    alarm::{Alarm, Configuration, StateReason},
    times,
};
use crate::aws::{Region, timestamps};

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
    /// The JSON text a topic gets.
    pub fn notification(&self) -> String {
        let (alarm, it) = (self.alarm, &self.alarm.configuration);
        json!({
            "AlarmName": &*alarm.name,
            "AlarmDescription": it.description,
            "AWSAccountId": self.account_id,
            "AlarmConfigurationUpdatedTimestamp": times::in_data(alarm.updated_at),
            "NewStateValue": alarm.current.state,
            "NewStateReason": &*alarm.current.reason,
            "StateChangeTime": times::in_data(alarm.current.at),
            "Region": self.region.display_name(),
            "AlarmArn": &*alarm.arn,
            "OldStateValue": self.previous.state,
            "OKActions": it.ok_actions,
            "AlarmActions": it.alarm_actions,
            "InsufficientDataActions": it.insufficient_data_actions,
            "ActionExecutedAfterMuteWindow": false,
            "Trigger": trigger(it),
        })
        .to_string()
    }

    /// `ALARM: "name" in EU (Paris)`.
    pub fn subject(&self) -> String {
        let state = self.alarm.current.state;
        let subject = format!("{state}: \"{}\" in {}", self.alarm.name, self.region.display_name());
        subject.chars().take(SUBJECT_LIMIT).collect()
    }

    /// What an email subscriber reads.
    pub fn mail(&self) -> String {
        let (alarm, it) = (self.alarm, &self.alarm.configuration);
        let state = alarm.current.state;
        let (region, code, name) = (self.region.display_name(), self.region, &alarm.name);
        let at = times::in_mail(alarm.current.at);
        let reason = &alarm.current.reason;
        let mut text = format!(
            "You are receiving this email because your Amazon CloudWatch Alarm \"{name}\" in the {region} region \
             has entered the {state} state, because \"{reason}\" at \"{at}\".\n\n\
             View this alarm in the AWS Management Console:\n\
             https://{code}.console.aws.amazon.com/cloudwatch/deeplink.js?region={code}#alarmsV2:alarm/{name}\n\n\
             Alarm Details:\n"
        );
        let mut line = |label: &str, value: &str| {
            let _ = writeln!(text, "{:<28}{value}", format!("- {label}:"));
        };
        line("Name", name);
        line("Description", it.description.as_deref().unwrap_or_default());
        line("State Change", &format!("{} -> {state}", self.previous.state));
        line("Reason for State Change", reason);
        line("Timestamp", &at);
        line("AWS Account", self.account_id);
        line("Alarm Arn", &alarm.arn);
        let (needed, window) = (it.settings().needed, it.evaluation_periods);
        let (operator, threshold) = (it.comparison.as_str(), times::number(it.threshold));
        let _ = write!(
            text,
            "\nThreshold:\n- The alarm is in the ALARM state when the metric is {operator} {threshold} for at \
             least {needed} of the last {window} period(s) of {} seconds.\n\nMonitored Metric:\n",
            it.period_s
        );
        let mut line = |label: &str, value: &str| {
            let _ = writeln!(text, "{:<28}{value}", format!("- {label}:"));
        };
        line("MetricNamespace", &it.metric.namespace);
        line("MetricName", &it.metric.name);
        line("Dimensions", &dimensions_text(it));
        line("Period", &format!("{} seconds", it.period_s));
        line("Statistic", &it.statistic.to_string());
        line("Unit", it.unit.map_or("not specified", super::unit::Unit::as_str));
        line("TreatMissingData", it.treatment().as_str());
        text.push_str("\nState Change Actions:\n");
        for (label, actions) in [
            ("OK", &it.ok_actions),
            ("ALARM", &it.alarm_actions),
            ("INSUFFICIENT_DATA", &it.insufficient_data_actions),
        ] {
            let list = if actions.is_empty() { String::new() } else { format!("[{}]", actions.join(", ")) };
            let _ = writeln!(text, "- {label}: {list}");
        }
        text
    }

    /// The `CloudWatch Alarm State Change` event.
    pub fn event(&self, id: &str) -> Value {
        json!({
            "version": "0",
            "id": id,
            "detail-type": "CloudWatch Alarm State Change",
            "source": "aws.cloudwatch",
            "account": self.account_id,
            "time": timestamps::seconds_z(self.alarm.current.at),
            "region": self.region,
            "resources": [&*self.alarm.arn],
            "detail": self.detail(),
        })
    }

    /// The event's `detail`.
    pub fn detail(&self) -> Value {
        json!({
            "alarmName": &*self.alarm.name,
            "configuration": self.configuration(),
            "previousState": self.previous.json(),
            "state": self.alarm.current.json(),
        })
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

    fn configuration(&self) -> Value {
        let it = &self.alarm.configuration;
        let dimensions: Map<String, Value> =
            it.metric.dimensions().iter().map(|(name, value)| (name.to_string(), json!(&**value))).collect();
        let mut stat = json!({
            "metric": {
                "name": &*it.metric.name,
                "namespace": &*it.metric.namespace,
                "dimensions": dimensions,
            },
            "period": it.period_s,
            "stat": it.statistic.to_string(),
        });
        if let Some(unit) = it.unit {
            stat["unit"] = json!(unit);
        }
        let metrics = json!([{ "id": &*self.alarm.metric_id, "metricStat": stat, "returnData": true }]);
        match &it.description {
            Some(description) => json!({ "description": description, "metrics": metrics }),
            None => json!({ "metrics": metrics }),
        }
    }
}

/// `Trigger` of a notification: statistic in upper case, dimensions with lower-case keys.
fn trigger(it: &Configuration) -> Value {
    let mut json = Map::new();
    json.insert("MetricName".into(), json!(&*it.metric.name));
    json.insert("Namespace".into(), json!(&*it.metric.namespace));
    if let Some(plain) = it.statistic.plain_name() {
        json.insert("StatisticType".into(), json!("Statistic"));
        json.insert("Statistic".into(), json!(upper_snake(plain)));
    } else {
        json.insert("StatisticType".into(), json!("ExtendedStatistic"));
        json.insert("ExtendedStatistic".into(), json!(it.statistic.to_string()));
    }
    json.insert("Unit".into(), json!(it.unit));
    let dimensions: Vec<Value> = it
        .metric
        .dimensions()
        .iter()
        .map(|(name, value)| json!({ "value": &**value, "name": &**name }))
        .collect();
    json.insert("Dimensions".into(), dimensions.into());
    json.insert("Period".into(), json!(it.period_s));
    json.insert("EvaluationPeriods".into(), json!(it.evaluation_periods));
    if let Some(needed) = it.datapoints_to_alarm {
        json.insert("DatapointsToAlarm".into(), json!(needed));
    }
    json.insert("ComparisonOperator".into(), json!(it.comparison.as_str()));
    json.insert("Threshold".into(), json!(it.threshold));
    json.insert("TreatMissingData".into(), json!(it.treatment().as_str()));
    json.insert("EvaluateLowSampleCountPercentile".into(), json!(it.low_samples().unwrap_or_default()));
    json.into()
}

/// `SampleCount` is `SAMPLE_COUNT` there.
fn upper_snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 1);
    for (index, letter) in name.chars().enumerate() {
        if index > 0 && letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

fn dimensions_text(it: &Configuration) -> String {
    let list: Vec<String> =
        it.metric.dimensions().iter().map(|(name, value)| format!("{name} = {value}")).collect();
    format!("[{}]", list.join(", "))
}
