//! What goes wrong on purpose: faults that a scenario switches on, for a while.
//!
//! A road may deliver twice or hold something back, an addressee may be down, a function may throw, hang or be
//! throttled. Whoever sends, delivers or runs asks here. A fault ends by itself, after its time or its number of
//! strikes; nothing else in the account knows that it was one. Lost permission is no fault: take the permission away.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{HopPath, Node, Region, ServiceName};
use crate::kernel::{SimDuration, SimTime};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// A function throws, whatever its code says.
    Throws,
    /// A function runs until its timeout.
    TimesOut,
    /// Lambda has no room for a function.
    Throttled,
    /// An addressee answers with a server error, which its sender may retry.
    Down,
    /// What is sent arrives once more, a little later: the same event, on a hop of its own.
    Duplicates,
    /// What is sent first arrives last: it is held back until the fault ends, while others pass.
    Reorders,
}

impl FaultKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Throws => "throws",
            Self::TimesOut => "times-out",
            Self::Throttled => "throttled",
            Self::Down => "down",
            Self::Duplicates => "duplicates",
            Self::Reorders => "reorders",
        }
    }

    /// Whether it is of the road, so that either end of a journey may name it.
    const fn is_of_a_road(self) -> bool {
        matches!(self, Self::Duplicates | Self::Reorders)
    }
}

/// A fault to switch on. What is left out matches anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// The function, the addressee, or one end of the road, as AWS shows it: `amende-email`, `r-alarme`, an address.
    pub resource: Option<Arc<str>>,
    pub service: Option<ServiceName>,
    pub region: Option<Region>,
    /// Only journeys of that kind, such as `bus>lambda`.
    pub path: Option<HopPath>,
    /// How long it lasts.
    pub lasts: SimDuration,
    /// How often it strikes at most: deliveries doubled or held back, runs that throw. `Reorders` holds one back if
    /// left out, the others strike every time.
    pub times: Option<u32>,
}

impl Fault {
    fn concerns(&self, journey: Journey<'_>) -> bool {
        let is_end = |node: &Node| {
            self.resource.as_ref().is_none_or(|resource| *resource == node.resource)
                && self.service.is_none_or(|service| service == node.service)
                && self.region.as_ref().is_none_or(|region| *region == node.region)
        };
        self.path.is_none_or(|path| journey.path == Some(path))
            && (is_end(journey.to) || (self.kind.is_of_a_road() && journey.from.is_some_and(is_end)))
    }
}

/// What a fault may strike: something on its way, or a function about to run.
#[derive(Clone, Copy, Debug)]
pub struct Journey<'a> {
    pub path: Option<HopPath>,
    pub from: Option<&'a Node>,
    pub to: &'a Node,
}

#[derive(Clone, Debug)]
struct Active {
    fault: Fault,
    until: SimTime,
    strikes_left: Option<u32>,
}

/// The faults that are on.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    active: Vec<Active>,
}

impl Faults {
    /// Switches a fault on.
    pub fn switch_on(&mut self, fault: Fault, now: SimTime) {
        let once = (fault.kind == FaultKind::Reorders).then_some(1);
        self.active.push(Active { until: now.after(fault.lasts), strikes_left: fault.times.or(once), fault });
    }

    /// Lets a fault of that kind strike a journey, if one is on; answers when it ends.
    pub fn strike(&mut self, kind: FaultKind, journey: Journey<'_>, now: SimTime) -> Option<SimTime> {
        self.strikes(kind, journey, now).next()
    }

    /// Lets every fault of that kind strike a journey; answers when each ends.
    pub fn strikes(
        &mut self,
        kind: FaultKind,
        journey: Journey<'_>,
        now: SimTime,
    ) -> impl Iterator<Item = SimTime> {
        self.active.retain(|active| now < active.until && active.strikes_left != Some(0));
        self.active.iter_mut().filter(move |active| active.fault.kind == kind).filter_map(move |active| {
            if !active.fault.concerns(journey) {
                return None;
            }
            if let Some(left) = &mut active.strikes_left {
                *left -= 1;
            }
            Some(active.until)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::Sandbox;

    fn node(service: ServiceName, name: &str) -> Node {
        Node::new(service, &Region::new("eu-west-3"), name)
    }

    fn fault(kind: FaultKind, resource: &str) -> Fault {
        Fault {
            kind,
            resource: Some(resource.into()),
            service: None,
            region: None,
            path: None,
            lasts: SimDuration::from_mins(2),
            times: None,
        }
    }

    fn strikes(faults: &mut Faults, kind: FaultKind, to: &Node, minute: u64) -> bool {
        let now = SimTime::START.after(SimDuration::from_mins(minute));
        faults.strike(kind, Journey { path: None, from: None, to }, now).is_some()
    }

    #[test]
    fn a_fault_ends_by_itself() {
        let mut faults = Faults::default();
        let queue = node(ServiceName::Sqs, "file-atelier");
        faults.switch_on(fault(FaultKind::Down, "file-atelier"), SimTime::START);

        assert!(strikes(&mut faults, FaultKind::Down, &queue, 0));
        assert!(strikes(&mut faults, FaultKind::Down, &queue, 1));
        assert!(!strikes(&mut faults, FaultKind::Down, &queue, 2));
    }

    #[test]
    fn a_fault_may_strike_a_number_of_times_only() {
        let mut faults = Faults::default();
        let function = node(ServiceName::Lambda, "amende-email");
        faults
            .switch_on(Fault { times: Some(1), ..fault(FaultKind::Throws, "amende-email") }, SimTime::START);

        assert!(strikes(&mut faults, FaultKind::Throws, &function, 0));
        assert!(!strikes(&mut faults, FaultKind::Throws, &function, 0));
    }

    #[test]
    fn a_fault_strikes_nobody_else_and_in_no_other_way() {
        let mut faults = Faults::default();
        faults.switch_on(fault(FaultKind::Throws, "amende-email"), SimTime::START);

        let other = node(ServiceName::Lambda, "corrige-sg");
        assert!(!strikes(&mut faults, FaultKind::Throws, &other, 0));
        let function = node(ServiceName::Lambda, "amende-email");
        assert!(!strikes(&mut faults, FaultKind::TimesOut, &function, 0));
    }

    #[test]
    fn a_fault_of_a_road_may_be_named_by_either_end_and_narrowed_to_a_path() {
        let (rule, function) =
            (node(ServiceName::EventBridge, "r-alarme"), node(ServiceName::Lambda, "amende-email"));
        let mut faults = Faults::default();
        let doubled = Fault { path: Some(HopPath::BusLambda), ..fault(FaultKind::Duplicates, "r-alarme") };
        faults.switch_on(doubled, SimTime::START);

        let mut copies = |path| {
            let journey = Journey { path: Some(path), from: Some(&rule), to: &function };
            faults.strikes(FaultKind::Duplicates, journey, SimTime::START).count()
        };
        assert_eq!(copies(HopPath::BusLambda), 1);
        assert_eq!(copies(HopPath::BusSns), 0);
    }

    /// A rule `tous` that writes every event of `ville.parking` to the topic `alertes-ville`.
    fn rule_to_topic() -> Sandbox {
        let mut sandbox = Sandbox::new();
        let topic = sandbox.ok(ServiceName::Sns, "CreateTopic", json!({ "Name": "alertes-ville" }));
        let policy = json!({ "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
            "Action": "sns:Publish", "Resource": topic["TopicArn"],
        }]});
        let open = json!({
            "TopicArn": topic["TopicArn"], "AttributeName": "Policy", "AttributeValue": policy.to_string(),
        });
        sandbox.ok(ServiceName::Sns, "SetTopicAttributes", open);
        let pattern = r#"{"source":["ville.parking"]}"#;
        sandbox.ok(ServiceName::EventBridge, "PutRule", json!({ "Name": "tous", "EventPattern": pattern }));
        let target = json!({ "Rule": "tous", "Targets": [{ "Id": "poste", "Arn": topic["TopicArn"] }] });
        sandbox.ok(ServiceName::EventBridge, "PutTargets", target);
        sandbox
    }

    fn tell(sandbox: &mut Sandbox, what: &str) {
        let entry = json!({ "Source": "ville.parking", "DetailType": what, "Detail": "{}" });
        sandbox.ok(ServiceName::EventBridge, "PutEvents", json!({ "Entries": [entry] }));
    }

    #[test]
    fn a_duplicate_is_a_hop_of_its_own_with_the_same_event_and_the_same_cause() {
        let mut sandbox = rule_to_topic();
        let doubled =
            Fault { path: Some(HopPath::BusSns), times: Some(1), ..fault(FaultKind::Duplicates, "tous") };
        sandbox.break_down(doubled);

        tell(&mut sandbox, "levée");
        tell(&mut sandbox, "baissée");
        sandbox.wait(30);

        assert_eq!(sandbox.titles(HopPath::BusSns), ["levée", "levée", "baissée"]);
        let letters = sandbox.payloads(HopPath::BusSns);
        assert_eq!(letters[0]["id"], letters[1]["id"]);
        let causes: Vec<_> = sandbox.hops(HopPath::BusSns).iter().map(|hop| hop.cause).collect();
        assert_eq!(causes[0], causes[1]);
    }

    #[test]
    fn what_is_held_back_arrives_after_what_was_sent_later() {
        let mut sandbox = rule_to_topic();
        sandbox.break_down(Fault { path: Some(HopPath::BusSns), ..fault(FaultKind::Reorders, "tous") });

        tell(&mut sandbox, "levée");
        sandbox.wait(10);
        tell(&mut sandbox, "baissée");
        sandbox.wait(300);

        let hops = sandbox.hops(HopPath::BusSns);
        assert_eq!(hops.len(), 2);
        assert!(hops[0].due_at > hops[1].due_at);
    }

    #[test]
    fn an_addressee_that_is_down_refuses_with_a_reason_that_may_heal() {
        let mut sandbox = rule_to_topic();
        sandbox.break_down(fault(FaultKind::Down, "alertes-ville"));

        tell(&mut sandbox, "levée");
        sandbox.wait(30);

        let refusals = sandbox.refusals();
        assert!(!refusals.is_empty());
        assert!(refusals.iter().all(|refusal| refusal == "alertes-ville"), "{refusals:?}");
        assert!(!sandbox.hops(HopPath::Retry).is_empty(), "the rule tries again");
    }
}
