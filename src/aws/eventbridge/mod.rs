//! EventBridge: buses, the rules that watch them, and the targets a rule sends to.
//!
//! An event arrives on a bus of a region; every enabled rule of that bus looks at it, and each look is a hop with
//! a verdict and its reasons. A rule that matches sends the event, transformed as each target wants it, to all
//! its targets. EventBridge asks nobody for permission: the topic or the function decides, and its refusal comes
//! back as a failed invocation. It never reads a trail or calls a function itself.
//!
//! Source: EventBridge user guide and API reference, as gathered in `event-patterns.md` §§8–11 and
//! `trail-config-lambda-sns.md` §1.6.

mod buses;
mod errors;
mod events;
mod metrics;
pub mod pattern;
mod react;
mod rules;
mod send;
mod state;
mod targets;
pub mod transformer;

#[cfg(test)]
mod tests;

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Receipt, Region, Service,
    ServiceName, operation::operations, service::Reception,
};

pub use buses::{CreateEventBus, DeleteEventBus, DescribeEventBus, ListEventBuses};
pub use events::{PutEvents, TestEventPattern};
pub use rules::{DeleteRule, DescribeRule, DisableRule, EnableRule, ListRules, PutRule};
pub use state::{Bus, EventBridge, Rule, RuleState, Target};
pub use targets::{ListTargetsByRule, PutTargets, RemoveTargets};

/// The principal in whose name targets are invoked; what a topic's or a function's policy must let in.
pub const PRINCIPAL: &str = "events.amazonaws.com";

/// The bus every region has, the only one that AWS services write to.
pub const DEFAULT_BUS: &str = "default";

operations! { pub EventBridge:
    CreateEventBus: Write => create_event_bus;
    DeleteEventBus: Write => delete_event_bus;
    DeleteRule: Write => delete_rule;
    DescribeEventBus: Read => describe_event_bus;
    DescribeRule: Read => describe_rule;
    DisableRule: Write => disable_rule;
    EnableRule: Write => enable_rule;
    ListEventBuses: Read => list_event_buses;
    ListRules: Read => list_rules;
    ListTargetsByRule: Read => list_targets_by_rule;
    PutEvents: Write Data => put_events;
    PutRule: Write => put_rule;
    PutTargets: Write => put_targets;
    RemoveTargets: Write => remove_targets;
    TestEventPattern: Read => test_event_pattern;
}

impl Service for EventBridge {
    fn name(&self) -> ServiceName {
        ServiceName::EventBridge
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        self.take(parcel, region, out)
    }

    fn resources(&self, operation: &'static Operation, call: &ApiCall, _account_id: &str) -> Vec<String> {
        self.arns_touched(operation.name, call)
    }

    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        self.learn_fate(receipt, out);
    }
}
