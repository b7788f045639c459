//! What `PutMetricAlarm` sets; an update replaces all of it.

use std::sync::Arc;

use super::{
    evaluation::{AlarmSettings, Comparison, TreatMissingData},
    math::{MetricStat, Queries},
    statistic::Statistic,
};

/// A day: an alarm that looks further back is evaluated hourly.
const DAY_S: u64 = 86_400;

/// What a metric alarm watches, and when it goes off.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    pub watched: Watched,
    /// Seconds; the same for all metrics it watches.
    pub period_s: u32,
    /// N.
    pub evaluation_periods: u32,
    /// M, when it is set.
    pub datapoints_to_alarm: Option<u32>,
    pub threshold: Threshold,
    pub comparison: Comparison,
    pub treat_missing_data: Option<TreatMissingData>,
    /// `EvaluateLowSampleCountPercentile` is `ignore`; absent when the setting is.
    pub ignores_low_samples: Option<bool>,
}

/// One metric, or what expressions make of several.
#[derive(Clone, Debug, PartialEq)]
pub enum Watched {
    Metric(MetricStat),
    Math {
        queries: Arc<Queries>,
        /// Which of them is compared.
        compared: usize,
    },
}

/// What the watched value is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    Fixed(f64),
    /// The band of anomaly detection, by its place among the queries.
    Band(usize),
}

impl Configuration {
    /// What its evaluation depends on.
    pub fn settings(&self) -> AlarmSettings {
        AlarmSettings {
            comparison: self.comparison,
            threshold: self.fixed_threshold(),
            window: self.evaluation_periods,
            needed: self.datapoints_to_alarm.unwrap_or(self.evaluation_periods),
            treat_missing_data: self.treatment(),
        }
    }

    /// The threshold, unless it is a band.
    pub const fn fixed_threshold(&self) -> Option<f64> {
        match self.threshold {
            Threshold::Fixed(threshold) => Some(threshold),
            Threshold::Band(_) => None,
        }
    }

    /// The metric of an alarm that watches one by itself.
    pub const fn metric(&self) -> Option<&MetricStat> {
        match &self.watched {
            Watched::Metric(stat) => Some(stat),
            Watched::Math { .. } => None,
        }
    }

    /// Every metric it reads.
    pub fn metrics(&self) -> Vec<&MetricStat> {
        match &self.watched {
            Watched::Metric(stat) => vec![stat],
            Watched::Math { queries, .. } => queries.metrics().collect(),
        }
    }

    /// What it watches, in a word: the metric's name or the expression's label.
    pub fn subject(&self) -> Arc<str> {
        match &self.watched {
            Watched::Metric(stat) => Arc::clone(&stat.metric.name),
            Watched::Math { queries, compared } => queries.list()[*compared].label().into(),
        }
    }

    /// The percentile it watches, for an alarm that ignores those of too few samples.
    pub fn percentile_of_enough_samples(&self) -> Option<f64> {
        match self.metric()?.statistic {
            Statistic::Percentile(p) if self.ignores_low_samples == Some(true) => Some(p),
            _ => None,
        }
    }

    /// `TreatMissingData`, with its default: `missing`, except that `DynamoDB`'s alarms ignore missing data.
    pub fn treatment(&self) -> TreatMissingData {
        let is_dynamo = |stat: &&MetricStat| &*stat.metric.namespace == "AWS/DynamoDB";
        let default = if self.metric().iter().any(is_dynamo) {
            TreatMissingData::Ignore
        } else {
            TreatMissingData::Missing
        };
        self.treat_missing_data.unwrap_or(default)
    }

    /// `EvaluateLowSampleCountPercentile` as it was set.
    pub fn low_samples(&self) -> Option<&'static str> {
        self.ignores_low_samples.map(|ignores| if ignores { "ignore" } else { "evaluate" })
    }

    /// How often the alarm is evaluated, in milliseconds: every minute; every 10 s below a period of a minute; hourly
    /// when the window is longer than a day.
    pub const fn cadence_ms(&self) -> i64 {
        if self.period_s < 60 {
            10_000
        } else if self.period_s as u64 * self.evaluation_periods as u64 > DAY_S {
            3_600_000
        } else {
            60_000
        }
    }
}
