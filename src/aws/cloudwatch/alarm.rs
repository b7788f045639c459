//! A metric alarm: its configuration, its state, and how both are shown.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    evaluation::{AlarmSettings, Comparison, State, TreatMissingData},
    metrics::MetricKey,
    statistic::Statistic,
    unit::Unit,
};
use crate::{
    aws::{Node, note::Evaluation, timestamps},
    kernel::Cause,
};

/// What `PutMetricAlarm` sets; an update replaces all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    pub description: Option<String>,
    pub actions_enabled: bool,
    pub ok_actions: Vec<String>,
    pub alarm_actions: Vec<String>,
    pub insufficient_data_actions: Vec<String>,
    pub metric: MetricKey,
    pub statistic: Statistic,
    /// Seconds.
    pub period_s: u32,
    pub unit: Option<Unit>,
    /// N.
    pub evaluation_periods: u32,
    /// M, when it is set.
    pub datapoints_to_alarm: Option<u32>,
    pub threshold: f64,
    pub comparison: Comparison,
    pub treat_missing_data: Option<TreatMissingData>,
    /// `EvaluateLowSampleCountPercentile` is `ignore`; absent when the setting is.
    pub ignores_low_samples: Option<bool>,
}

impl Configuration {
    /// What its evaluation depends on.
    pub fn settings(&self) -> AlarmSettings {
        AlarmSettings {
            comparison: self.comparison,
            threshold: Some(self.threshold),
            window: self.evaluation_periods,
            needed: self.datapoints_to_alarm.unwrap_or(self.evaluation_periods),
            treat_missing_data: self.treatment(),
        }
    }

    /// `TreatMissingData`, with its default: `missing`, except that `DynamoDB`'s alarms ignore missing data.
    pub fn treatment(&self) -> TreatMissingData {
        let default = if &*self.metric.namespace == "AWS/DynamoDB" {
            TreatMissingData::Ignore
        } else {
            TreatMissingData::Missing
        };
        self.treat_missing_data.unwrap_or(default)
    }

    /// Action ARNs for a state.
    pub fn actions(&self, state: State) -> &[String] {
        match state {
            State::Ok => &self.ok_actions,
            State::Alarm => &self.alarm_actions,
            State::InsufficientData => &self.insufficient_data_actions,
        }
    }

    /// How often the alarm is evaluated, in milliseconds: every minute; every 10 s below a period of a minute; hourly
    /// when the window is longer than a day.
    pub const fn cadence_ms(&self) -> i64 {
        if self.period_s < 60 {
            10_000
        } else if self.period_s as u64 * self.evaluation_periods as u64 > 86_400 {
            3_600_000
        } else {
            60_000
        }
    }
}

/// A state with the reason for it.
#[derive(Clone, Debug, PartialEq)]
pub struct StateReason {
    pub state: State,
    pub reason: Arc<str>,
    /// A JSON text.
    pub data: Option<Arc<str>>,
    /// When it was written.
    pub at: DateTime<Utc>,
}

impl StateReason {
    /// `{value, reason, reasonData, timestamp}`, as events and invocations carry it.
    pub fn json(&self) -> Value {
        let mut json = Map::new();
        json.insert("value".into(), json!(self.state));
        json.insert("reason".into(), json!(&*self.reason));
        if let Some(data) = &self.data {
            json.insert("reasonData".into(), json!(&**data));
        }
        json.insert("timestamp".into(), json!(super::times::in_data(self.at)));
        json.into()
    }
}

/// A metric alarm.
#[derive(Clone, Debug)]
pub struct Alarm {
    pub name: Arc<str>,
    pub arn: Arc<str>,
    pub node: Node,
    pub configuration: Arc<Configuration>,
    pub updated_at: DateTime<Utc>,
    pub current: StateReason,
    /// When the state last became another.
    pub transitioned_at: DateTime<Utc>,
    /// The id its metric goes by in events: a UUID drawn when the alarm was created.
    pub metric_id: Arc<str>,
    /// The call that last configured it: what a change of state without any datapoint is caused by.
    pub cause: Cause,
    /// What it last looked at.
    pub last_evaluation: Option<Arc<Evaluation>>,
    /// Where its metric is, once there is one.
    pub(super) series: Option<usize>,
}

impl Alarm {
    pub fn state(&self) -> State {
        self.current.state
    }

    /// As `DescribeAlarms` answers.
    pub fn describe(&self) -> Value {
        let it = &self.configuration;
        let mut json = Map::new();
        let mut set = |key: &str, value: Value| {
            if !value.is_null() {
                json.insert(key.to_owned(), value);
            }
        };
        set("AlarmName", json!(&*self.name));
        set("AlarmArn", json!(&*self.arn));
        set("AlarmDescription", json!(it.description));
        set("AlarmConfigurationUpdatedTimestamp", json!(timestamps::cli(self.updated_at)));
        set("ActionsEnabled", json!(it.actions_enabled));
        set("OKActions", json!(it.ok_actions));
        set("AlarmActions", json!(it.alarm_actions));
        set("InsufficientDataActions", json!(it.insufficient_data_actions));
        set("StateValue", json!(self.current.state));
        set("StateReason", json!(&*self.current.reason));
        set("StateReasonData", json!(self.current.data.as_deref()));
        set("StateUpdatedTimestamp", json!(timestamps::cli(self.current.at)));
        set("MetricName", json!(&*it.metric.name));
        set("Namespace", json!(&*it.metric.namespace));
        set("Statistic", json!(it.statistic.plain_name()));
        set("ExtendedStatistic", json!(it.statistic.is_percentile().then(|| it.statistic.to_string())));
        set("Dimensions", it.metric.dimensions_json());
        set("Period", json!(it.period_s));
        set("Unit", json!(it.unit));
        set("EvaluationPeriods", json!(it.evaluation_periods));
        set("DatapointsToAlarm", json!(it.datapoints_to_alarm));
        set("Threshold", json!(it.threshold));
        set("ComparisonOperator", json!(it.comparison.as_str()));
        set("TreatMissingData", json!(it.treatment().as_str()));
        set("EvaluateLowSampleCountPercentile", json!(it.low_samples()));
        set("StateTransitionedTimestamp", json!(timestamps::cli(self.transitioned_at)));
        json.into()
    }
}

impl Configuration {
    /// `EvaluateLowSampleCountPercentile` as it was set.
    pub fn low_samples(&self) -> Option<&'static str> {
        self.ignores_low_samples.map(|ignores| if ignores { "ignore" } else { "evaluate" })
    }
}
