//! The metrics of one region: every distinct set of namespace, name and dimensions is a metric of its own.

use std::{fmt, sync::Arc};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{sample::Sample, series::Series};
use crate::aws::payload::Dimensions;

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

    /// `{Namespace, MetricName, Dimensions}`, as the API answers.
    pub fn describe(&self) -> Value {
        json!({
            "Namespace": &*self.namespace,
            "MetricName": &*self.name,
            "Dimensions": self.dimensions_json(),
        })
    }
}

impl fmt::Display for MetricKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.namespace, self.name)
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
