//! The counters SNS publishes about itself in `AWS/SNS`, once a minute and per topic; no hop, as for EventBridge.

use std::{collections::BTreeMap, sync::Arc};

use super::{COUNTERS, Outbox, Region, Sns, Topic};
use crate::{
    aws::{Delay, Node, Parcel, ServiceName, parcel::Timer, payload::Datapoint},
    kernel::SimDuration,
};

pub(super) const PUBLISHED: &str = "NumberOfMessagesPublished";
pub(super) const DELIVERED: &str = "NumberOfNotificationsDelivered";

/// Region -> (topic, metric) -> count since the minute began.
pub(super) type Counters = BTreeMap<Region, BTreeMap<(Arc<str>, &'static str), u32>>;

const PERIOD_MS: i64 = 60_000;

impl Sns {
    pub(super) fn count(&mut self, topic: &Topic, metric: &'static str, out: &mut Outbox<'_>) {
        let counters = self.counters.entry(topic.region.clone()).or_default();
        if counters.is_empty() {
            let left = PERIOD_MS - out.moment().epoch_ms().rem_euclid(PERIOD_MS);
            let node = Node::new(ServiceName::Sns, &topic.region, "AWS/SNS");
            let timer = Timer::Named { name: COUNTERS, key: "AWS/SNS".into() };
            out.timer(node, timer, SimDuration::from_millis(left.unsigned_abs()));
        }
        *counters.entry((Arc::clone(&topic.name), metric)).or_default() += 1;
    }

    pub(super) fn publish_counters(&mut self, region: &Region, out: &mut Outbox<'_>) {
        let timestamp = out.moment().epoch_ms().div_euclid(PERIOD_MS) * PERIOD_MS - PERIOD_MS;
        for ((topic, metric), count) in self.counters.remove(region).unwrap_or_default() {
            let datapoint = Datapoint {
                namespace: "AWS/SNS".into(),
                metric_name: metric.into(),
                dimensions: Arc::new([("TopicName".into(), topic)]),
                timestamp,
                value: f64::from(count),
                unit: "Count",
            };
            let to = Node::new(ServiceName::CloudWatch, region, metric);
            out.hand_over(to, Parcel::Datapoint(Arc::new(datapoint)), Delay::ResourceToMetric);
        }
    }
}
