//! The counters a service publishes about itself once a minute, such as `AWS/SNS` and `AWS/Lambda`.
//!
//! They are handed to CloudWatch without a hop: the account's story is made of what its resources do, and a
//! counter of that story is not one more event in it.

use std::{collections::BTreeMap, sync::Arc};

use super::{Delay, Node, Outbox, Parcel, Region, ServiceName, parcel::Timer, payload::Datapoint};
use crate::kernel::SimDuration;

/// The period of the counters.
const PERIOD_MS: i64 = 60_000;

/// The name of the timer that publishes them; give it to [`Counters::publish`].
pub const PUBLISH_COUNTERS: &str = "publish-counters";

/// What happened since the minute began: region -> (resource, metric) -> count.
#[derive(Clone, Debug)]
pub struct Counters {
    service: ServiceName,
    namespace: &'static str,
    /// The dimension that names the resource, such as `TopicName`.
    dimension: &'static str,
    counts: BTreeMap<Region, BTreeMap<(Arc<str>, &'static str), f64>>,
}

impl Counters {
    pub const fn new(service: ServiceName, namespace: &'static str, dimension: &'static str) -> Self {
        Self { service, namespace, dimension, counts: BTreeMap::new() }
    }

    /// Adds to a count, and sees to it that the minute's counts are published. Adding 0 makes the metric be there.
    pub fn add(
        &mut self,
        region: &Region,
        resource: &Arc<str>,
        metric: &'static str,
        amount: f64,
        out: &mut Outbox<'_>,
    ) {
        let counts = self.counts.entry(region.clone()).or_default();
        if counts.is_empty() {
            let left = PERIOD_MS - out.moment().epoch_ms().rem_euclid(PERIOD_MS);
            let timer = Timer::Named { name: PUBLISH_COUNTERS, key: self.namespace.into() };
            let node = Node::new(self.service, region, self.namespace);
            out.timer(node, timer, SimDuration::from_millis(left.unsigned_abs()));
        }
        *counts.entry((Arc::clone(resource), metric)).or_default() += amount;
    }

    /// Hands the counts of the minute that ended to CloudWatch.
    pub fn publish(&mut self, region: &Region, out: &mut Outbox<'_>) {
        let timestamp = out.moment().epoch_ms().div_euclid(PERIOD_MS) * PERIOD_MS - PERIOD_MS;
        for ((resource, metric), value) in self.counts.remove(region).unwrap_or_default() {
            self.sample(region, &resource, metric, (value, "Count"), timestamp, out);
        }
    }

    /// Hands over one sample of its own, such as a duration, at a moment in epoch milliseconds.
    pub fn sample(
        &self,
        region: &Region,
        resource: &Arc<str>,
        metric: &'static str,
        (value, unit): (f64, &'static str),
        timestamp: i64,
        out: &mut Outbox<'_>,
    ) {
        let datapoint = Datapoint {
            namespace: self.namespace.into(),
            metric_name: metric.into(),
            dimensions: Arc::new([(self.dimension.into(), Arc::clone(resource))]),
            timestamp,
            value,
            unit,
        };
        let to = Node::new(ServiceName::CloudWatch, region, metric);
        out.hand_over(to, Parcel::Datapoint(Arc::new(datapoint)), Delay::ResourceToMetric);
    }
}
