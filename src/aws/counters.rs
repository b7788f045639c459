//! The counters a service publishes about itself once a minute, such as `AWS/SNS`, `AWS/Events` and `AWS/Lambda`.
//!
//! They are handed to CloudWatch without a hop: the account's story is made of what its resources do, and a
//! counter of that story is not one more event in it. What an alarm on a counter is caused by is still told: the
//! last thing that was counted.
//!
//! A service keeps one [`Counters`], adds to it whatever happens, and calls [`Counters::publish`] when its timer
//! [`PUBLISH_COUNTERS`] fires.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Delay, Node, Outbox, Parcel, Region, ServiceName,
    parcel::Timer,
    payload::{Datapoint, Dimensions},
};
use crate::kernel::{Cause, SimDuration};

/// The period of the counters.
const PERIOD_MS: i64 = 60_000;

/// The name of the timer that publishes them; give it to [`Counters::publish`].
pub const PUBLISH_COUNTERS: &str = "publish-counters";

/// One counter: a metric of a set of dimensions, and its unit.
type Counter = (Dimensions, &'static str, &'static str);

/// What happened since the minute began: region -> counter -> how much, and what was counted last.
#[derive(Clone, Debug)]
pub struct Counters {
    service: ServiceName,
    namespace: &'static str,
    /// The dimension that names the resource, such as `TopicName`.
    dimension: &'static str,
    counts: BTreeMap<Region, BTreeMap<Counter, (f64, Cause)>>,
}

/// Dimensions in the order of their names; none for a metric of the whole account and region.
pub fn dimensions(pairs: &[(&str, &str)]) -> Dimensions {
    pairs.iter().map(|(name, value)| (Arc::from(*name), Arc::from(*value))).collect()
}

impl Counters {
    pub const fn new(service: ServiceName, namespace: &'static str, dimension: &'static str) -> Self {
        Self { service, namespace, dimension, counts: BTreeMap::new() }
    }

    /// Adds to a count of a resource. Adding 0 makes the metric be there.
    pub fn add(
        &mut self,
        region: &Region,
        resource: &Arc<str>,
        metric: &'static str,
        amount: f64,
        out: &mut Outbox<'_>,
    ) {
        let dimensions = Arc::new([(self.dimension.into(), Arc::clone(resource))]);
        self.add_to(region, dimensions, metric, (amount, "Count"), out);
    }

    /// Adds to a sum under any dimensions and in any unit, and sees to it that the minute's sums are published.
    pub fn add_to(
        &mut self,
        region: &Region,
        dimensions: Dimensions,
        metric: &'static str,
        (amount, unit): (f64, &'static str),
        out: &mut Outbox<'_>,
    ) {
        let counts = self.counts.entry(region.clone()).or_default();
        if counts.is_empty() {
            let left = PERIOD_MS - out.moment().epoch_ms().rem_euclid(PERIOD_MS);
            let timer = Timer::Named { name: PUBLISH_COUNTERS, key: self.namespace.into() };
            let node = Node::new(self.service, region, self.namespace);
            out.timer(node, timer, SimDuration::from_millis(left.unsigned_abs()));
        }
        let (sum, last) = counts.entry((dimensions, metric, unit)).or_insert((0.0, out.cause()));
        *sum += amount;
        *last = out.cause();
    }

    /// Hands the sums of the minute that ended to CloudWatch.
    pub fn publish(&mut self, region: &Region, out: &mut Outbox<'_>) {
        let timestamp = out.moment().epoch_ms().div_euclid(PERIOD_MS) * PERIOD_MS - PERIOD_MS;
        for ((dimensions, metric, unit), (sum, last)) in self.counts.remove(region).unwrap_or_default() {
            out.with_cause(last, |out| {
                self.sample_of(region, dimensions, metric, (sum, unit), timestamp, out);
            });
        }
    }

    /// Hands over one sample of a resource, such as a duration, at a moment in epoch milliseconds.
    pub fn sample(
        &self,
        region: &Region,
        resource: &Arc<str>,
        metric: &'static str,
        measure: (f64, &'static str),
        timestamp: i64,
        out: &mut Outbox<'_>,
    ) {
        let dimensions = Arc::new([(self.dimension.into(), Arc::clone(resource))]);
        self.sample_of(region, dimensions, metric, measure, timestamp, out);
    }

    /// The same under any dimensions.
    pub fn sample_of(
        &self,
        region: &Region,
        dimensions: Dimensions,
        metric: &'static str,
        (value, unit): (f64, &'static str),
        timestamp: i64,
        out: &mut Outbox<'_>,
    ) {
        let datapoint = Datapoint {
            namespace: self.namespace.into(),
            metric_name: metric.into(),
            dimensions,
            timestamp,
            value,
            unit,
        };
        let to = Node::new(ServiceName::CloudWatch, region, metric);
        out.hand_over(to, Parcel::Datapoint(Arc::new(datapoint)), Delay::ResourceToMetric);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::Sandbox;

    #[test]
    fn a_minutes_counts_are_summed_by_dimensions_and_name_what_was_counted_last() {
        let mut sandbox = Sandbox::new();
        let region = sandbox.account.home().clone();
        let mut counters = Counters::new(ServiceName::Lambda, "AWS/Lambda", "FunctionName");
        let input = |sandbox: &mut Sandbox| {
            sandbox.call(ServiceName::CloudWatch, "ListMetrics", json!({})).expect("it may list");
            Cause::Input(sandbox.ledger.inputs().last().expect("it called").id)
        };
        let (first, second) = (input(&mut sandbox), input(&mut sandbox));
        for cause in [first, second] {
            sandbox.with_outbox(cause, |_, out| {
                counters.add(&region, &"amende".into(), "Errors", 1.0, out);
                counters.add_to(&region, dimensions(&[]), "Errors", (1.0, "Count"), out);
            });
        }
        sandbox.with_outbox(first, |_, out| counters.publish(&region, out));
        sandbox.wait(2);

        let listed = sandbox.ok(ServiceName::CloudWatch, "ListMetrics", json!({ "Namespace": "AWS/Lambda" }));
        assert_eq!(listed["Metrics"].as_array().map(Vec::len), Some(2));
        let cloudwatch = &sandbox.services().cloudwatch;
        for (_, series) in cloudwatch.metrics(&region) {
            let newest = series.newest().expect("a sample");
            assert_eq!(
                (&newest.observed, newest.cause),
                (&crate::aws::cloudwatch::sample::Observed::One(2.0), second)
            );
        }
    }
}
