//! What a queue publishes about itself in `AWS/SQS`, every minute while it is active; no hop, as for SNS.
//!
//! An active queue reports every metric, zeros included; it stays active for six hours after its last message or
//! call. `SentMessageSize` is not published: one datapoint per message would say little at that price.
//!
//! Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS".

use std::{collections::BTreeMap, sync::Arc};

use super::{Region, Sqs};
use crate::{
    aws::{
        Delay, Node, Outbox, Parcel, ServiceName, counters::dimensions, parcel::Timer, payload::Datapoint,
    },
    kernel::{Cause, SimDuration},
};

const PERIOD_MS: i64 = 60_000;
/// How long a queue reports after it was last used.
const ACTIVE_MS: i64 = 6 * 3_600_000;

/// The timer on which the queues of a Region report; its key says nothing.
pub(super) const REPORT: &str = "report-queues";

pub(super) const SENT: &str = "NumberOfMessagesSent";
pub(super) const RECEIVED: &str = "NumberOfMessagesReceived";
pub(super) const EMPTY: &str = "NumberOfEmptyReceives";
pub(super) const DELETED: &str = "NumberOfMessagesDeleted";
const COUNTED: [&str; 4] = [SENT, RECEIVED, EMPTY, DELETED];

/// What happened to a queue in the minute, when it was last used, and by what: the cause of its datapoints.
#[derive(Clone, Debug, Default)]
pub(super) struct Activity {
    counts: BTreeMap<&'static str, usize>,
    last: Option<(i64, Cause)>,
}

impl Activity {
    fn is_active(&self, now_ms: i64) -> bool {
        self.last.is_some_and(|(last_ms, _)| now_ms - last_ms <= ACTIVE_MS)
    }
}

impl Sqs {
    /// Counts, notes that the queue is in use, and sees to it that its Region reports.
    pub(super) fn count(
        &mut self,
        queue_arn: &str,
        metric: Option<&'static str>,
        amount: usize,
        out: &mut Outbox<'_>,
    ) {
        let now_ms = out.moment().epoch_ms();
        let Some(queue) = self.queues.get_mut(queue_arn) else { return };
        queue.activity.last = Some((now_ms, out.cause()));
        if let Some(metric) = metric {
            *queue.activity.counts.entry(metric).or_default() += amount;
        }
        let region = queue.region.clone();
        if self.reporting.insert(region.clone()) {
            arm(&region, out);
        }
    }

    /// Reports the minute that ended, and again in a minute while any queue is active.
    pub(super) fn report(&mut self, region: &Region, out: &mut Outbox<'_>) {
        let now_ms = out.moment().epoch_ms();
        let timestamp = now_ms.div_euclid(PERIOD_MS) * PERIOD_MS - PERIOD_MS;
        let mut is_any_active = false;
        for queue in self.queues.values_mut().filter(|queue| queue.region == *region) {
            let Some((_, cause)) = queue.activity.last.filter(|_| queue.activity.is_active(now_ms)) else {
                continue;
            };
            is_any_active = true;
            let counts = std::mem::take(&mut queue.activity.counts);
            let depth = queue.depth(now_ms);
            let counted = COUNTED
                .map(|metric| (metric, counts.get(metric).copied().unwrap_or_default() as f64, "Count"));
            let gauges = [
                ("ApproximateNumberOfMessagesVisible", depth.visible as f64, "Count"),
                ("ApproximateNumberOfMessagesNotVisible", depth.in_flight as f64, "Count"),
                ("ApproximateNumberOfMessagesDelayed", depth.delayed as f64, "Count"),
                ("ApproximateAgeOfOldestMessage", queue.age_of_oldest_s(now_ms) as f64, "Seconds"),
            ];
            for (metric, value, unit) in counted.into_iter().chain(gauges) {
                let datapoint = Datapoint {
                    namespace: "AWS/SQS".into(),
                    metric_name: metric.into(),
                    dimensions: dimensions(&[("QueueName", &queue.name)]),
                    timestamp,
                    value,
                    unit,
                };
                let to = Node::new(ServiceName::CloudWatch, region, metric);
                out.with_cause(cause, |out| {
                    out.hand_over(to, Parcel::Datapoint(Arc::new(datapoint)), Delay::ResourceToMetric);
                });
            }
        }
        if is_any_active {
            arm(region, out);
        } else {
            self.reporting.remove(region);
        }
    }
}

fn arm(region: &Region, out: &mut Outbox<'_>) {
    let left = PERIOD_MS - out.moment().epoch_ms().rem_euclid(PERIOD_MS);
    let timer = Timer::Named { name: REPORT, key: "AWS/SQS".into() };
    out.timer(
        Node::new(ServiceName::Sqs, region, "AWS/SQS"),
        timer,
        SimDuration::from_millis(left.unsigned_abs()),
    );
}
