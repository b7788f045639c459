//! What EventBridge does when an event arrives, when a minute of counting ends, and when a target answers.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{DEFAULT_BUS, EventBridge, Receipt, Region, Rule, RuleState};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, ServiceName, note::reasons,
    service::Reception,
};

impl EventBridge {
    pub(super) fn take(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::BusEvent { bus, event, read_only } => {
                if !self.has_bus(region, bus) {
                    return Err(Reason::new(reasons::NO_RESOURCE, Arc::clone(bus)));
                }
                let is_read = *read_only || is_read_via_cloudtrail(event);
                self.offer(region, bus, event, is_read, out);
            }
            Parcel::Timer(_) => self.publish_counters(region, out),
            _ => {}
        }
        Ok(())
    }

    /// Shows an event to every rule of a bus.
    fn offer(&mut self, region: &Region, bus: &str, event: &Arc<Value>, is_read: bool, out: &mut Outbox<'_>) {
        let rules: Vec<Arc<Rule>> = self.rules(region, bus).cloned().collect();
        let bus_node = Node::new(ServiceName::EventBridge, region, bus);
        let title = title_of(event);
        let (mut matched, mut looked) = (false, false);
        for rule in rules {
            let rule_node = Node::new(ServiceName::EventBridge, region, Arc::clone(&rule.name));
            let kept_from = match rule.state {
                RuleState::Enabled if is_read => Some(reasons::READ_ONLY_NOT_OFFERED),
                RuleState::Disabled if rule.pattern.matches(event) => Some(reasons::RULE_DISABLED),
                RuleState::Disabled => continue,
                _ => None,
            };
            if let Some(code) = kept_from {
                let reason = Reason::new(code, title.as_str());
                out.near_miss(HopPath::BusRule, bus_node.clone(), rule_node, reason);
                continue;
            }
            looked = true;
            let (holds, body) = look(&rule, event);
            let payload = Payload::json(PayloadKind::Event, title.as_str(), body);
            let hop = out.mark(HopPath::BusRule, bus_node.clone(), rule_node, payload, Delay::None);
            if holds {
                matched = true;
                out.caused_by(hop, |out| {
                    self.count(region, &rule.name, "MatchedEvents", out);
                    self.count(region, &rule.name, "TriggeredRules", out);
                    self.send_to_targets(region, &rule, event, &title, out);
                });
            }
        }
        if !matched && (looked || !is_read) {
            let reason = Reason::new(reasons::NO_RULE_MATCHED, title);
            out.near_miss(HopPath::BusRule, bus_node.clone(), bus_node, reason);
        }
    }

    /// A target that refused counts as a failed invocation; permission and absence are never retried.
    pub(super) fn learn_fate(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        if receipt.refused.is_some() && receipt.reference.is_some() {
            let rule = Arc::clone(&receipt.from.resource);
            out.caused_by(receipt.hop, |out| {
                self.count(&receipt.from.region, &rule, "FailedInvocations", out);
            });
        }
    }
}

/// A rule's verdict on an event, and the body of the hop that says it: the pattern's fields one by one.
fn look(rule: &Rule, event: &Value) -> (bool, Arc<Value>) {
    let explanation = rule.pattern.explain(event);
    let holds = explanation.as_ref().is_ok_and(|explanation| explanation.matches);
    let fields = explanation.map(|explanation| json!(explanation.fields)).unwrap_or_default();
    let field = |name: &str| event.get(name).cloned().unwrap_or_default();
    let body = json!({
        "rule": &*rule.name,
        "ruleArn": &*rule.arn,
        "eventBusName": &*rule.bus,
        "verdict": if holds { "match" } else { "nomatch" },
        "fields": fields,
        "event": { "id": field("id"), "source": field("source"), "detail-type": field("detail-type") },
    });
    (holds, Arc::new(body))
}

/// What a reader calls an event: the API call it tells of, or its detail-type.
fn title_of(event: &Value) -> String {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let is_call = text("/detail-type").is_some_and(|kind| kind.ends_with("via CloudTrail"));
    let name = text("/detail/eventName").filter(|_| is_call).or_else(|| text("/detail-type"));
    name.unwrap_or(DEFAULT_BUS).to_owned()
}

/// Whether an event is the record of a call that `ENABLED` rules are not offered: named like a read, with the two
/// exceptions the user guide makes.
fn is_read_via_cloudtrail(event: &Value) -> bool {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let name = text("/detail/eventName");
    text("/detail-type") == "AWS API Call via CloudTrail"
        && ["Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb))
        && !matches!(name, "GetFederationToken" | "GetSessionToken")
}
