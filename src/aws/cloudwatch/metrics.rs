//! The metrics of one region: every distinct set of namespace, name and dimensions is a metric of its own.

use std::{fmt, sync::Arc};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{
    sample::Sample,
    statistic::{Aggregate, Statistic},
    unit::Unit,
};
use crate::aws::chunks::Chunks;

/// How long datapoints are kept: one-minute datapoints stay 15 days. CloudWatch then keeps coarser roll-ups up to
/// 455 days; no lesson lasts that long, so we keep none.
const RETENTION_MS: i64 = 15 * 86_400_000;

/// Names and values of dimensions.
pub type Dimensions = Arc<[(Arc<str>, Arc<str>)]>;

/// What identifies a metric; dimensions are sorted by name, because their order does not tell metrics apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetricKey {
    pub namespace: Arc<str>,
    pub name: Arc<str>,
    dimensions: Dimensions,
}

impl MetricKey {
    pub fn new(namespace: Arc<str>, name: Arc<str>, dimensions: Dimensions) -> Self {
        let dimensions = if dimensions.is_sorted() {
            dimensions
        } else {
            let mut sorted = dimensions.to_vec();
            sorted.sort();
            sorted.into()
        };
        Self { namespace, name, dimensions }
    }

    pub fn dimensions(&self) -> &[(Arc<str>, Arc<str>)] {
        &self.dimensions
    }

    pub fn dimension(&self, name: &str) -> Option<&str> {
        self.dimensions.iter().find(|(key, _)| &**key == name).map(|(_, value)| &**value)
    }

    /// `[{"Name": …, "Value": …}]`, as the API answers.
    pub fn dimensions_json(&self) -> Value {
        self.dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
    }
}

impl fmt::Display for MetricKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.namespace, self.name)
    }
}

/// One metric's samples.
#[derive(Clone, Debug, Default)]
pub struct Series {
    samples: Chunks<Sample>,
}

impl Series {
    pub fn add(&mut self, sample: Sample) {
        let newest = self.samples.last().map_or(sample.at, |last| last.at.max(sample.at));
        self.samples.insert(sample);
        self.samples.forget_before(newest.saturating_sub(RETENTION_MS));
    }

    pub fn newest(&self) -> Option<&Sample> {
        self.samples.last()
    }

    /// The samples of `from..until` (epoch milliseconds), of one unit if it is given.
    pub fn samples(&self, from: i64, until: i64, unit: Option<Unit>) -> impl Iterator<Item = &Sample> {
        self.samples.between(from, until).filter(move |sample| unit.is_none_or(|unit| sample.unit == unit))
    }

    /// The statistic of each period that has a sample, with the period's start, oldest first.
    pub fn by_period(
        &self,
        from: i64,
        until: i64,
        period_ms: i64,
        statistic: Statistic,
        unit: Option<Unit>,
    ) -> Vec<(i64, f64)> {
        let period_ms = period_ms.max(1);
        let mut periods: Vec<(i64, Aggregate)> = Vec::new();
        for sample in self.samples(from, until, unit) {
            let start = sample.at.div_euclid(period_ms) * period_ms;
            match periods.last_mut() {
                Some((last, aggregate)) if *last == start => aggregate.add(sample, statistic.is_percentile()),
                _ => {
                    let mut aggregate = Aggregate::default();
                    aggregate.add(sample, statistic.is_percentile());
                    periods.push((start, aggregate));
                }
            }
        }
        periods
            .into_iter()
            .filter_map(|(start, aggregate)| Some((start, aggregate.value(statistic)?)))
            .collect()
    }
}

/// Every metric of a region, in the order each was first heard of.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    all: IndexMap<MetricKey, Series>,
}

impl Metrics {
    pub fn add(&mut self, key: MetricKey, sample: Sample) {
        self.all.entry(key).or_default().add(sample);
    }

    pub fn get(&self, key: &MetricKey) -> Option<&Series> {
        self.all.get(key)
    }

    /// Where a metric is: positions never change, so an alarm may remember its own.
    pub fn position(&self, key: &MetricKey) -> Option<usize> {
        self.all.get_index_of(key)
    }

    pub fn at(&self, position: usize) -> Option<&Series> {
        self.all.get_index(position).map(|(_, series)| series)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&MetricKey, &Series)> {
        self.all.iter()
    }
}
