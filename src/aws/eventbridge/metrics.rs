//! The counters EventBridge publishes about itself in `AWS/Events`, once a minute and per rule.
//!
//! They are handed to CloudWatch without a hop: the account's story is made of what its resources do, and a
//! counter of that story is not one more event in it.
//!
//! Source: EventBridge user guide, "Monitoring"; names in `event-patterns.md` §11.

use std::{collections::BTreeMap, sync::Arc};

use super::{EventBridge, Region};
use crate::aws::{Delay, Node, Outbox, Parcel, ServiceName, parcel::Timer, payload::Datapoint};
use crate::kernel::SimDuration;

/// What happened since the minute began: region -> (rule, metric) -> count.
pub(super) type Counters = BTreeMap<Region, BTreeMap<(Arc<str>, &'static str), u32>>;

/// The period of the counters. Source: EventBridge user guide, "Monitoring".
const PERIOD_MS: i64 = 60_000;

impl EventBridge {
    /// Counts one more of `metric` for a rule, and sees to it that the minute's counts are published.
    pub(super) fn count(
        &mut self,
        region: &Region,
        rule: &Arc<str>,
        metric: &'static str,
        out: &mut Outbox<'_>,
    ) {
        let counters = self.counters.entry(region.clone()).or_default();
        if counters.is_empty() {
            let left = PERIOD_MS - out.moment().epoch_ms().rem_euclid(PERIOD_MS);
            let node = Node::new(ServiceName::EventBridge, region, "AWS/Events");
            let timer = Timer::Named { name: "publish-counters", key: "AWS/Events".into() };
            out.timer(node, timer, SimDuration::from_millis(left as u64));
        }
        *counters.entry((Arc::clone(rule), metric)).or_default() += 1;
    }

    /// Hands the counts of the minute that ended to CloudWatch.
    pub(super) fn publish_counters(&mut self, region: &Region, out: &mut Outbox<'_>) {
        let timestamp = out.moment().epoch_ms().div_euclid(PERIOD_MS) * PERIOD_MS - PERIOD_MS;
        for ((rule, metric), count) in self.counters.remove(region).unwrap_or_default() {
            let datapoint = Datapoint {
                namespace: "AWS/Events".into(),
                metric_name: metric.into(),
                dimensions: Arc::new([("RuleName".into(), rule)]),
                timestamp,
                value: f64::from(count),
                unit: "Count",
            };
            let to = Node::new(ServiceName::CloudWatch, region, metric);
            out.hand_over(to, Parcel::Datapoint(Arc::new(datapoint)), Delay::ResourceToMetric);
        }
    }
}
