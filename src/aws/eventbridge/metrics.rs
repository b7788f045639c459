//! The counters EventBridge publishes about itself in `AWS/Events`, once a minute. A count that is zero is not
//! published.
//!
//! A rule of the default bus is known by `RuleName`, one of another bus by `EventBusName` and `RuleName`; a bus by
//! `EventBusName`; a few counters exist for the whole Region, without a dimension.
//!
//! Source: `EventBridge` user guide, "Monitoring"; names in `event-patterns.md` §11 and `cloudwatch.md`.

use std::sync::Arc;

use super::state::RuleKey;
use super::{DEFAULT_BUS, EventBridge, Region};
use crate::aws::{Outbox, payload::Dimensions};

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A counter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Metric { $($(#[$doc])* $name,)* }

        impl Metric {
            const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

metrics! {
    /// Events of a partner that came in.
    Events,
    /// Invocations that failed for good.
    FailedInvocations,
    /// Invocations that succeeded or failed for good.
    Invocations,
    /// Invocations that a dead-letter queue did not take.
    InvocationsFailedToBeSentToDlq,
    InvocationsSentToDlq,
    MatchedEvents,
    RetryInvocationAttempts,
    /// A rule's invocations that were held back, because its target was throttled.
    ThrottledRules,
    TriggeredRules,
}

impl EventBridge {
    /// Counts one more of `metric` for a rule, and for its bus and Region where these have it.
    pub(super) fn count(&mut self, rule: &RuleKey, metric: Metric, out: &mut Outbox<'_>) {
        let by_name = (Arc::from("RuleName"), Arc::clone(&rule.name));
        let of_rule: Dimensions = if &*rule.bus == DEFAULT_BUS {
            Arc::new([by_name])
        } else {
            Arc::new([bus_dimension(&rule.bus), by_name])
        };
        self.add(&rule.region, of_rule, metric, out);
        // An event that two rules match is still one matched event of their bus, counted where it arrives.
        if metric != Metric::MatchedEvents {
            self.add(&rule.region, Arc::new([bus_dimension(&rule.bus)]), metric, out);
        }
        if matches!(metric, Metric::Invocations | Metric::TriggeredRules) {
            self.add(&rule.region, Arc::new([]), metric, out);
        }
    }

    /// Counts an event that some rule of a bus matched, once however many did.
    pub(super) fn count_matched(&mut self, region: &Region, bus: &Arc<str>, out: &mut Outbox<'_>) {
        self.add(region, Arc::new([]), Metric::MatchedEvents, out);
        self.add(region, Arc::new([bus_dimension(bus)]), Metric::MatchedEvents, out);
    }

    /// Counts an event that a partner sent.
    pub(super) fn count_partner_event(&mut self, region: &Region, source: &Arc<str>, out: &mut Outbox<'_>) {
        let of_source = Arc::new([("EventSourceName".into(), Arc::clone(source))]);
        self.add(region, of_source, Metric::Events, out);
    }

    fn add(&mut self, region: &Region, dimensions: Dimensions, metric: Metric, out: &mut Outbox<'_>) {
        self.counters.add_to(region, dimensions, metric.name(), (1.0, "Count"), out);
    }
}

fn bus_dimension(bus: &Arc<str>) -> (Arc<str>, Arc<str>) {
    ("EventBusName".into(), Arc::clone(bus))
}
