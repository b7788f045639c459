//! Alarms as `DescribeAlarms` answers.

use serde_json::{Map, Value, json};

use super::{
    Alarm,
    alarm::Kind,
    composite::Composite,
    configuration::{Configuration, Threshold, Watched},
    math::{MetricStat, Queries, Source},
};
use crate::aws::timestamps;

/// An object whose absent members are left out.
struct Described(Map<String, Value>);

impl Described {
    fn set(&mut self, key: &str, value: Value) {
        if !value.is_null() {
            self.0.insert(key.to_owned(), value);
        }
    }
}

impl Alarm {
    /// As `DescribeAlarms` answers.
    pub fn describe(&self) -> Value {
        let mut described = Described(Map::new());
        match &self.kind {
            Kind::Metric(metric) => self.describe_metric(&metric.configuration, &mut described),
            Kind::Composite(composite) => self.describe_composite(composite, &mut described),
        }
        described.0.into()
    }

    fn describe_metric(&self, it: &Configuration, to: &mut Described) {
        to.set("AlarmName", json!(&*self.name));
        to.set("AlarmArn", json!(&*self.arn));
        to.set("AlarmDescription", json!(self.reactions.description));
        to.set("AlarmConfigurationUpdatedTimestamp", json!(timestamps::cli(self.updated_at)));
        to.set("ActionsEnabled", json!(self.reactions.actions_enabled));
        self.describe_actions(to);
        self.describe_state(to);
        if let Some(stat) = it.metric() {
            to.set("MetricName", json!(&*stat.metric.name));
            to.set("Namespace", json!(&*stat.metric.namespace));
            to.set("Statistic", json!(stat.statistic.plain_name()));
            to.set(
                "ExtendedStatistic",
                json!(stat.statistic.is_extended().then(|| stat.statistic.to_string())),
            );
            to.set("Dimensions", stat.metric.dimensions_json());
            to.set("Period", json!(it.period_s));
            to.set("Unit", json!(stat.unit));
        }
        to.set("EvaluationPeriods", json!(it.evaluation_periods));
        to.set("DatapointsToAlarm", json!(it.datapoints_to_alarm));
        to.set("Threshold", json!(it.fixed_threshold()));
        to.set("ComparisonOperator", json!(it.comparison.as_str()));
        to.set("TreatMissingData", json!(it.treatment().as_str()));
        to.set("EvaluateLowSampleCountPercentile", json!(it.low_samples()));
        if let Watched::Math { queries, .. } = &it.watched {
            to.set("Metrics", queries_json(queries));
            if let Threshold::Band(band) = it.threshold {
                to.set("ThresholdMetricId", json!(&*queries.list()[band].id));
            }
        }
        to.set("StateTransitionedTimestamp", json!(timestamps::cli(self.transitioned_at)));
    }

    fn describe_composite(&self, it: &Composite, to: &mut Described) {
        to.set("ActionsEnabled", json!(self.reactions.actions_enabled));
        to.set("AlarmActions", json!(self.reactions.alarm_actions));
        to.set("AlarmArn", json!(&*self.arn));
        to.set("AlarmConfigurationUpdatedTimestamp", json!(timestamps::cli(self.updated_at)));
        to.set("AlarmDescription", json!(self.reactions.description));
        to.set("AlarmName", json!(&*self.name));
        to.set("AlarmRule", json!(&*it.rule.text));
        to.set("InsufficientDataActions", json!(self.reactions.insufficient_data_actions));
        to.set("OKActions", json!(self.reactions.ok_actions));
        self.describe_state(to);
        to.set("StateTransitionedTimestamp", json!(timestamps::cli(self.transitioned_at)));
        if let Some(suppression) = it.suppressed_by {
            to.set("ActionsSuppressedBy", json!(suppression.as_str()));
            to.set("ActionsSuppressedReason", json!(suppression.reason()));
        }
        if let Some(suppressor) = &it.suppressor {
            to.set("ActionsSuppressor", json!(&*suppressor.given));
            to.set("ActionsSuppressorWaitPeriod", json!(suppressor.wait_s));
            to.set("ActionsSuppressorExtensionPeriod", json!(suppressor.extension_s));
        }
    }

    fn describe_actions(&self, to: &mut Described) {
        to.set("OKActions", json!(self.reactions.ok_actions));
        to.set("AlarmActions", json!(self.reactions.alarm_actions));
        to.set("InsufficientDataActions", json!(self.reactions.insufficient_data_actions));
    }

    fn describe_state(&self, to: &mut Described) {
        to.set("StateValue", json!(self.current.state));
        to.set("StateReason", json!(&*self.current.reason));
        to.set("StateReasonData", json!(self.current.data.as_deref()));
        to.set("StateUpdatedTimestamp", json!(timestamps::cli(self.current.at)));
    }
}

/// `Metrics`, as the API takes and gives it.
pub(super) fn queries_json(queries: &Queries) -> Value {
    queries
        .list()
        .iter()
        .map(|query| {
            let mut described = Described(Map::new());
            described.set("Id", json!(&*query.id));
            match &query.source {
                Source::Metric(stat) => described.set("MetricStat", stat_json(stat)),
                Source::Expression { text, .. } => described.set("Expression", json!(&**text)),
            }
            described.set("Label", json!(query.given_label.as_deref()));
            described.set("ReturnData", json!(query.returns_data));
            Value::Object(described.0)
        })
        .collect()
}

fn stat_json(stat: &MetricStat) -> Value {
    let mut described = Described(Map::new());
    described.set("Metric", stat.metric.describe());
    described.set("Period", json!(stat.period_s));
    described.set("Stat", json!(stat.statistic.to_string()));
    described.set("Unit", json!(stat.unit));
    described.0.into()
}
