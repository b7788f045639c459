//! EventBridge: buses, the rules that watch them, and the targets a rule sends to.
//!
//! An event arrives on a bus of a region; every enabled rule of that bus looks at it, and each look is a hop with
//! a verdict and its reasons. A rule that matches sends the event, transformed as each target wants it, to all
//! its targets. EventBridge asks nobody for permission: the topic, the function or IAM decides, and the refusal comes
//! back, to be tried again, dead-lettered or dropped. A rule may also ring by a schedule; an archive keeps what a bus
//! heard and replays it; a partner's source has a bus of its own. It never reads a trail or calls a function itself.
//!
//! Source: EventBridge user guide and API reference, as gathered in `event-patterns.md` §§8–13 and
//! `trail-config-lambda-sns.md` §1.6; recorded answers of the service where a comment says so.

mod addressee;
mod archive;
mod archives;
mod attempt;
mod authorisation;
mod buses;
mod errors;
mod events;
mod look;
mod metrics;
mod paging;
mod partner;
pub mod pattern;
mod permissions;
mod react;
mod replay;
mod replays;
mod rules;
mod schedule;
mod scheduled;
mod send;
mod state;
mod tagging;
mod target;
mod targets;
pub mod transformer;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Receipt, Region, Service,
    ServiceName, operation::operations, service::Reception,
};

pub use addressee::Addressee;
pub use archive::Archive;
pub use archives::{
    ArchiveState, CreateArchive, DeleteArchive, DescribeArchive, ListArchives, UpdateArchive,
};
pub use buses::{CreateEventBus, DeleteEventBus, DescribeEventBus, ListEventBuses, UpdateEventBus};
pub use events::{PutEvents, TestEventPattern};
pub use partner::{
    ActivateEventSource, DeactivateEventSource, DescribeEventSource, ListEventSources, PartnerAct,
    PartnerSource, PutPartnerEvents, SourceState,
};
pub use permissions::{BusPolicy, PutPermission, RemovePermission};
pub use replay::{Replay, ReplayState};
pub use replays::{CancelReplay, DescribeReplay, ListReplays, StartReplay};
pub use rules::{DeleteRule, DescribeRule, DisableRule, EnableRule, ListRules, PutRule};
pub use schedule::Schedule;
pub use state::{Bus, EventBridge, Rule, RuleState, Target};
pub use tagging::{ListTagsForResource, TagResource, UntagResource};
pub use targets::{ListRuleNamesByTarget, ListTargetsByRule, PutTargets, RemoveTargets};

/// The principal in whose name targets are invoked; what a topic's or a function's policy must let in.
pub const PRINCIPAL: &str = "events.amazonaws.com";

/// The bus every region has, the only one that AWS services write to.
pub const DEFAULT_BUS: &str = "default";

operations! { pub EventBridge:
    ActivateEventSource: Write => activate_event_source;
    CancelReplay: Write => cancel_replay;
    CreateArchive: Write => create_archive;
    CreateEventBus: Write => create_event_bus;
    DeactivateEventSource: Write => deactivate_event_source;
    DeleteArchive: Write => delete_archive;
    DeleteEventBus: Write => delete_event_bus;
    DeleteRule: Write => delete_rule;
    DescribeArchive: Read => describe_archive;
    DescribeEventBus: Read => describe_event_bus;
    DescribeEventSource: Read => describe_event_source;
    DescribeReplay: Read => describe_replay;
    DescribeRule: Read => describe_rule;
    DisableRule: Write => disable_rule;
    EnableRule: Write => enable_rule;
    ListArchives: Read => list_archives;
    ListEventBuses: Read => list_event_buses;
    ListEventSources: Read => list_event_sources;
    ListReplays: Read => list_replays;
    ListRuleNamesByTarget: Read => list_rule_names_by_target;
    ListRules: Read => list_rules;
    ListTagsForResource: Read => list_tags_for_resource;
    ListTargetsByRule: Read => list_targets_by_rule;
    PutEvents: Write Data => put_events;
    PutPartnerEvents: Write Data => put_partner_events;
    PutPermission: Write => put_permission;
    PutRule: Write => put_rule;
    PutTargets: Write => put_targets;
    RemovePermission: Write => remove_permission;
    RemoveTargets: Write => remove_targets;
    StartReplay: Write => start_replay;
    TagResource: Write => tag_resource;
    TestEventPattern: Read => test_event_pattern;
    UntagResource: Write => untag_resource;
    UpdateArchive: Write => update_archive;
    UpdateEventBus: Write => update_event_bus;
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

    fn resource_policy(&self, operation: &'static Operation, call: &ApiCall) -> Option<Value> {
        self.policy_of_call(operation.name, call)
    }

    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        self.learn_fate(receipt, out);
    }
}
