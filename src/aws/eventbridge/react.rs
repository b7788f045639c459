//! What EventBridge does when an event arrives, and when a timer of its own ends.

use std::sync::Arc;

use serde_json::Value;

use super::attempt::TRY_AGAIN;
use super::look::Look;
use super::metrics::Metric;
use super::send::Matched;
use super::{DEFAULT_BUS, EventBridge, Region, Rule, RuleState, replay, scheduled};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, Reason, ServiceName,
    arn::Arn,
    counters::PUBLISH_COUNTERS,
    note::{Condition, reasons},
    parcel::{Forwarded, Passed, Timer},
    service::Reception,
};

/// An event that a bus has received.
#[derive(Clone, Copy, Debug)]
struct Arrival<'a> {
    region: &'a Region,
    bus: &'a Arc<str>,
    event: &'a Arc<Value>,
    /// Whether it tells of a call that `ENABLED` rules are not offered.
    is_read: bool,
    passed: Passed,
}

impl EventBridge {
    pub(super) fn take(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::BusEvent { bus, event, read_only } => {
                self.check_source(region, bus, event, out)?;
                if !self.has_bus(region, bus) {
                    return Err(Reason::new(reasons::NO_RESOURCE, Arc::clone(bus)));
                }
                let is_read = *read_only || is_read_via_cloudtrail(event);
                let passed = Passed::default();
                self.offer(Arrival { region, bus, event, is_read, passed }, out);
            }
            Parcel::Forwarded(forwarded) => return self.take_forwarded(forwarded, region, out),
            Parcel::Timer(Timer::Named { name, key }) => match *name {
                PUBLISH_COUNTERS => self.counters.publish(region, out),
                TRY_AGAIN => self.try_again(key, out),
                scheduled::RING => self.ring(key, region, out),
                replay::NEXT_STEP => self.step_replay(key, region, out),
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }

    /// Takes an event from another bus. What is sent to a bus of this account that does not exist is taken and lost.
    fn take_forwarded(&mut self, forwarded: &Forwarded, region: &Region, out: &mut Outbox<'_>) -> Reception {
        let arn = Arn::parse(&forwarded.bus_arn);
        let Some(bus) = arn.and_then(|arn| arn.resource.strip_prefix("event-bus/")).map(Arc::<str>::from)
        else {
            return Err(Reason::new(reasons::NO_RESOURCE, Arc::clone(&forwarded.bus_arn)));
        };
        if arn.is_none_or(|arn| *arn.account_id != *self.account_id) {
            let detail = "Lack of permissions to invoke cross account target.";
            return Err(Reason::new(reasons::NOT_AUTHORISED, detail));
        }
        if !self.has_bus(region, &bus) {
            let node = Node::new(ServiceName::EventBridge, region, Arc::clone(&bus));
            out.near_miss(HopPath::BusRule, node.clone(), node, Reason::new(reasons::NO_RESOURCE, bus));
            return Ok(());
        }
        let event = &forwarded.event;
        let is_read = is_read_via_cloudtrail(event);
        self.offer(Arrival { region, bus: &bus, event, is_read, passed: forwarded.passed }, out);
        Ok(())
    }

    /// Shows an event to every rule of a bus.
    fn offer(&mut self, arrival: Arrival<'_>, out: &mut Outbox<'_>) {
        let Arrival { region, bus, event, is_read, passed } = arrival;
        let chosen = self.chosen_by_replay(region, event);
        let rules: Vec<Arc<Rule>> = self.rules(region, bus).cloned().collect();
        let bus_node = Node::new(ServiceName::EventBridge, region, Arc::clone(bus));
        let title: Arc<str> = title_of(event).into();
        let (mut matched, mut looked) = (false, false);
        for rule in rules {
            if chosen.as_ref().is_some_and(|chosen| !chosen.contains(&rule.arn)) {
                continue;
            }
            let rule_node = Node::new(ServiceName::EventBridge, region, Arc::clone(&rule.name));
            if let Some((code, condition)) = kept_from(rule.state, is_read) {
                if rule.pattern.as_ref().is_some_and(|pattern| pattern.matches(event)) {
                    let reason = Reason::new(code, Arc::clone(&title)).because(condition);
                    out.near_miss(HopPath::BusRule, bus_node.clone(), rule_node, reason);
                }
                continue;
            }
            let Some(look) = Look::at(&rule, event, &title) else { continue };
            looked = true;
            let holds = look.holds;
            let payload = Payload::Told(Arc::new(look));
            let hop = out.mark(HopPath::BusRule, bus_node.clone(), rule_node, payload, Delay::None);
            if holds {
                matched = true;
                let key = rule.key(region);
                out.caused_by(hop, |out| {
                    self.count(&key, Metric::MatchedEvents, out);
                    self.count(&key, Metric::TriggeredRules, out);
                    let matched = Matched { region, rule: &rule, event, title: &title, passed };
                    self.send_to_targets(matched, out);
                });
            }
        }
        if matched {
            self.count_matched(region, bus, out);
        } else if looked || !is_read {
            let reason = Reason::new(reasons::NO_RULE_MATCHED, title);
            out.near_miss(HopPath::BusRule, bus_node.clone(), bus_node, reason);
        }
    }
}

/// Why a rule in that state is not shown an event, and the state in which it would be.
fn kept_from(state: RuleState, is_read: bool) -> Option<(&'static str, Condition)> {
    let (code, needed) = match state {
        RuleState::Disabled => (reasons::RULE_DISABLED, RuleState::Enabled),
        RuleState::Enabled if is_read => {
            (reasons::READ_ONLY_NOT_OFFERED, RuleState::EnabledWithAllCloudTrailManagementEvents)
        }
        _ => return None,
    };
    Some((code, Condition::new("State", needed.as_str(), Some(state.as_str()))))
}

/// What a reader calls an event: the API call it tells of, or its detail-type.
fn title_of(event: &Value) -> &str {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let is_call = text("/detail-type").is_some_and(|kind| kind.ends_with("via CloudTrail"));
    text("/detail/eventName").filter(|_| is_call).or_else(|| text("/detail-type")).unwrap_or(DEFAULT_BUS)
}

/// Whether an event is the record of a call that `ENABLED` rules are not offered: a management call named like a
/// read, with the two exceptions the user guide makes. Data events that a trail asked for are offered, reads too.
fn is_read_via_cloudtrail(event: &Value) -> bool {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let name = text("/detail/eventName");
    text("/detail-type") == "AWS API Call via CloudTrail"
        && text("/detail/eventCategory") != "Data"
        && ["Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb))
        && !matches!(name, "GetFederationToken" | "GetSessionToken")
}
