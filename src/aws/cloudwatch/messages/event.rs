//! What the bus hears.

use serde_json::{Map, Value, json};

use super::Change;
use crate::aws::{
    Region,
    cloudwatch::{
        alarm::{Alarm, Kind, MetricAlarm},
        composite::Composite,
        configuration::Watched,
        math::{MetricStat, Source},
        times,
    },
    timestamps,
};

impl Change<'_> {
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

    /// `configuration` of events and invocations.
    pub(super) fn configuration(&self) -> Value {
        let mut json = Map::new();
        if let Some(description) = &self.alarm.reactions.description {
            json.insert("description".into(), json!(description));
        }
        watched(self.alarm, &mut json);
        json.into()
    }
}

/// Adds what an alarm watches.
fn watched(alarm: &Alarm, to: &mut Map<String, Value>) {
    match &alarm.kind {
        Kind::Metric(metric) => {
            to.insert("metrics".into(), metrics(metric));
        }
        Kind::Composite(composite) => rule(composite, to),
    }
}

fn metrics(metric: &MetricAlarm) -> Value {
    match &metric.configuration.watched {
        Watched::Metric(stat) => {
            json!([{ "id": &*metric.metric_id, "metricStat": metric_stat(stat), "returnData": true }])
        }
        Watched::Math { queries, .. } => queries
            .list()
            .iter()
            .map(|query| {
                let mut json = Map::new();
                json.insert("id".into(), json!(&*query.id));
                match &query.source {
                    Source::Metric(stat) => json.insert("metricStat".into(), metric_stat(stat)),
                    Source::Expression { text, .. } => json.insert("expression".into(), json!(&**text)),
                };
                if let Some(label) = &query.given_label {
                    json.insert("label".into(), json!(&**label));
                }
                json.insert("returnData".into(), json!(query.returns_data));
                Value::Object(json)
            })
            .collect(),
    }
}

/// A metric with its dimensions as a map.
fn metric_stat(stat: &MetricStat) -> Value {
    let dimensions: Map<String, Value> =
        stat.metric.dimensions().iter().map(|(name, value)| (name.to_string(), json!(&**value))).collect();
    let mut json = json!({
        "metric": {
            "name": &*stat.metric.name,
            "namespace": &*stat.metric.namespace,
            "dimensions": dimensions,
        },
        "period": stat.period_s,
        "stat": stat.statistic.to_string(),
    });
    if let Some(unit) = stat.unit {
        json["unit"] = json!(unit);
    }
    json
}

fn rule(composite: &Composite, to: &mut Map<String, Value>) {
    to.insert("alarmRule".into(), json!(&*composite.rule.text));
    if let Some(suppressor) = &composite.suppressor {
        to.insert("actionsSuppressor".into(), json!(&*suppressor.given));
        to.insert("actionsSuppressorWaitPeriod".into(), json!(suppressor.wait_s));
        to.insert("actionsSuppressorExtensionPeriod".into(), json!(suppressor.extension_s));
    }
}

/// An alarm that was created, updated or deleted.
#[derive(Clone, Copy, Debug)]
pub struct ConfigurationChange<'a> {
    /// `create`, `update` or `delete`.
    pub operation: &'static str,
    pub alarm: &'a Alarm,
    /// What it was before an update.
    pub previous: Option<&'a Value>,
    pub account_id: &'a str,
    pub region: &'a Region,
}

impl ConfigurationChange<'_> {
    /// The `CloudWatch Alarm Configuration Change` event; `time` is the moment of the call.
    pub fn event(&self, id: &str, time: &str) -> Value {
        let state = &self.alarm.current;
        let mut detail = json!({
            "alarmName": &*self.alarm.name,
            "operation": self.operation,
            "state": { "value": state.state, "timestamp": times::in_data(state.at) },
            "configuration": full_configuration(self.alarm),
        });
        if let Some(suppression) = self.alarm.composite().and_then(|composite| composite.suppressed_by) {
            detail["state"]["actionsSuppressedBy"] = json!(suppression.as_str());
        }
        if let Some(previous) = self.previous {
            detail["previousConfiguration"] = previous.clone();
        }
        json!({
            "version": "0",
            "id": id,
            "detail-type": "CloudWatch Alarm Configuration Change",
            "source": "aws.cloudwatch",
            "account": self.account_id,
            "time": time,
            "region": self.region,
            "resources": [&*self.alarm.arn],
            "detail": detail,
        })
    }
}

/// Everything an alarm is configured to be.
pub fn full_configuration(alarm: &Alarm) -> Value {
    let mut json = Map::new();
    if let Kind::Metric(metric) = &alarm.kind {
        let it = &metric.configuration;
        json.insert("evaluationPeriods".into(), json!(it.evaluation_periods));
        if let Some(needed) = it.datapoints_to_alarm {
            json.insert("datapointsToAlarm".into(), json!(needed));
        }
        if let Some(threshold) = it.fixed_threshold() {
            json.insert("threshold".into(), json!(threshold));
        }
        json.insert("comparisonOperator".into(), json!(it.comparison.as_str()));
        json.insert("treatMissingData".into(), json!(it.treatment().as_str()));
    }
    watched(alarm, &mut json);
    json.insert("alarmName".into(), json!(&*alarm.name));
    let reactions = &alarm.reactions;
    if let Some(description) = &reactions.description {
        json.insert("description".into(), json!(description));
    }
    json.insert("actionsEnabled".into(), json!(reactions.actions_enabled));
    json.insert("timestamp".into(), json!(times::in_data(alarm.updated_at)));
    json.insert("okActions".into(), json!(reactions.ok_actions));
    json.insert("alarmActions".into(), json!(reactions.alarm_actions));
    json.insert("insufficientDataActions".into(), json!(reactions.insufficient_data_actions));
    json.into()
}
