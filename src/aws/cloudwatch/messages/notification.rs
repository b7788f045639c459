//! The JSON text a topic gets.

use serde_json::{Map, Value, json};

use super::Change;
use crate::aws::cloudwatch::{
    alarm::Kind,
    composite::Composite,
    configuration::{Configuration, Threshold, Watched},
    math::{MetricStat, Queries, Query, Source},
    times,
};

impl Change<'_> {
    /// The JSON text a topic gets.
    pub fn notification(&self) -> String {
        let (alarm, reactions) = (self.alarm, &self.alarm.reactions);
        let mut message = json!({
            "AlarmName": &*alarm.name,
            "AlarmDescription": reactions.description,
            "AWSAccountId": self.account_id,
            "AlarmConfigurationUpdatedTimestamp": times::in_data(alarm.updated_at),
            "NewStateValue": alarm.current.state,
            "NewStateReason": &*alarm.current.reason,
            "StateChangeTime": times::in_data(alarm.current.at),
            "Region": self.region.display_name(),
            "AlarmArn": &*alarm.arn,
            "OldStateValue": self.previous.state,
            "OKActions": reactions.ok_actions,
            "AlarmActions": reactions.alarm_actions,
            "InsufficientDataActions": reactions.insufficient_data_actions,
            "ActionExecutedAfterMuteWindow": false,
        });
        match &alarm.kind {
            Kind::Metric(metric) => message["Trigger"] = trigger(&metric.configuration),
            Kind::Composite(composite) => self.add_rule(composite, &mut message),
        }
        message.to_string()
    }

    fn add_rule(&self, composite: &Composite, message: &mut Value) {
        message["AlarmRule"] = json!(&*composite.rule.text);
        let child = |alarm: &Value| {
            json!({
                "Arn": alarm["arn"],
                "State": { "Value": alarm["state"]["value"], "Timestamp": alarm["state"]["timestamp"] },
            })
        };
        message["TriggeringChildren"] = self.triggering_alarms().iter().map(child).collect();
    }
}

/// `Trigger`: statistic in upper case, dimensions with lower-case keys.
fn trigger(it: &Configuration) -> Value {
    let mut json = Map::new();
    if let Some(stat) = it.metric() {
        add_metric(stat, &mut json);
    }
    json.insert("EvaluationPeriods".into(), json!(it.evaluation_periods));
    if let Some(needed) = it.datapoints_to_alarm {
        json.insert("DatapointsToAlarm".into(), json!(needed));
    }
    json.insert("ComparisonOperator".into(), json!(it.comparison.as_str()));
    if let Some(threshold) = it.fixed_threshold() {
        json.insert("Threshold".into(), json!(threshold));
    }
    json.insert("TreatMissingData".into(), json!(it.treatment().as_str()));
    json.insert("EvaluateLowSampleCountPercentile".into(), json!(it.low_samples().unwrap_or_default()));
    if let Watched::Math { queries, .. } = &it.watched {
        json.insert("Metrics".into(), metrics(queries));
        if let Threshold::Band(band) = it.threshold {
            json.insert("ThresholdMetricId".into(), json!(&*queries.list()[band].id));
        }
    }
    json.into()
}

fn add_metric(stat: &MetricStat, json: &mut Map<String, Value>) {
    json.insert("MetricName".into(), json!(&*stat.metric.name));
    json.insert("Namespace".into(), json!(&*stat.metric.namespace));
    if let Some(plain) = stat.statistic.plain_name() {
        json.insert("StatisticType".into(), json!("Statistic"));
        json.insert("Statistic".into(), json!(upper_snake(plain)));
    } else {
        json.insert("StatisticType".into(), json!("ExtendedStatistic"));
        json.insert("ExtendedStatistic".into(), json!(stat.statistic.to_string()));
    }
    json.insert("Unit".into(), json!(stat.unit));
    json.insert("Dimensions".into(), dimensions(stat));
    json.insert("Period".into(), json!(stat.period_s));
}

/// `[{"value": …, "name": …}]`.
fn dimensions(stat: &MetricStat) -> Value {
    stat.metric
        .dimensions()
        .iter()
        .map(|(name, value)| json!({ "value": &**value, "name": &**name }))
        .collect()
}

/// `Metrics` of a math alarm.
fn metrics(queries: &Queries) -> Value {
    let one = |query: &Query| {
        let mut json = Map::new();
        match &query.source {
            Source::Expression { text, .. } => {
                json.insert("Expression".into(), json!(&**text));
                json.insert("Id".into(), json!(&*query.id));
            }
            Source::Metric(stat) => {
                json.insert("Id".into(), json!(&*query.id));
                json.insert("MetricStat".into(), metric_stat(stat));
            }
        }
        if let Some(label) = &query.given_label {
            json.insert("Label".into(), json!(&**label));
        }
        json.insert("ReturnData".into(), json!(query.returns_data));
        Value::Object(json)
    };
    queries.list().iter().map(one).collect()
}

fn metric_stat(stat: &MetricStat) -> Value {
    let mut json = json!({
        "Metric": {
            "Dimensions": dimensions(stat),
            "MetricName": &*stat.metric.name,
            "Namespace": &*stat.metric.namespace,
        },
        "Period": stat.period_s,
        "Stat": stat.statistic.to_string(),
    });
    if let Some(unit) = stat.unit {
        json["Unit"] = json!(unit);
    }
    json
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
