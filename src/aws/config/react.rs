//! What Config does when something arrives: items of changed resources, verdicts of rules, periods that end.
//!
//! A rule's verdict is known when it looks and stands when its hop arrives. Somebody is told only when it differs
//! from the verdict before; a first `NON_COMPLIANT` differs, a first `COMPLIANT` is no news.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{
    Compliance, Config, EvaluationResult, Item, notify,
    rules::{self, PERIODIC},
    state::Key,
};
use crate::{
    aws::{
        Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, Region, ServiceName,
        note::reasons,
        outbox::Send,
        parcel::{ResourceChange, Timer},
        service::Reception,
    },
    kernel::{Cause, HopId},
};

impl Config {
    /// Remembers a resource as it now is, whether it is recorded or not: a recorder that starts later must know.
    pub fn observe(&mut self, region: &Region, change: &Arc<ResourceChange>) {
        let key = (Arc::clone(&change.resource_type), Arc::clone(&change.resource_id));
        self.state_mut(region).present.insert(key, Arc::clone(change));
    }

    pub(super) fn take(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::Resource(change) => self.write_item(change, region, out),
            Parcel::Timer(Timer::EvaluateRule { rule, .. }) => return self.conclude(rule, region, out),
            Parcel::Timer(Timer::Named { name: PERIODIC, key }) => self.end_period(key, region, out),
            _ => {}
        }
        Ok(())
    }

    /// Writes the resource's next item, as the resource is now: quick changes share one.
    fn write_item(&mut self, change: &ResourceChange, region: &Region, out: &mut Outbox<'_>) {
        let account_id = Arc::clone(&self.account_id);
        let utc = out.moment().utc;
        let state = self.state_mut(region);
        let key = (Arc::clone(&change.resource_type), Arc::clone(&change.resource_id));
        let Some(present) = state.present.get(&key) else { return };
        let items = state.items.entry(key).or_default();
        let before = items.last().map(AsRef::as_ref);
        let Some(item) = Item::next((&account_id, region), present, before, utc) else { return };
        let item = Arc::new(item);
        items.push(Arc::clone(&item));

        notify::item_changed(&account_id, region, &item, state.channel.as_ref(), out);
        let looking: Vec<Arc<str>> = state
            .rules
            .iter()
            .filter(|rule| rule.wakes_on(&item))
            .map(|rule| Arc::clone(&rule.name))
            .collect();
        if looking.is_empty() && !state.rules.is_empty() {
            let to = Node::new(ServiceName::Config, region, "default");
            let reason = Reason::new(reasons::NOT_IN_SCOPE, Arc::clone(&change.resource_type));
            out.near_miss(HopPath::ConfigRule, place_of(&item, region), to, reason);
        }
        for rule in looking {
            self.evaluate(region, &rule, &item, item.captured, out);
        }
    }

    /// Has a rule judge everything in its scope.
    pub(super) fn evaluate_all(&mut self, region: &Region, rule: &str, out: &mut Outbox<'_>) {
        let Some(state) = self.state(region) else { return };
        let Some(definition) = state.rule(rule) else { return };
        let items: Vec<Arc<Item>> =
            state.current_items().filter(|item| definition.looks_at(item)).cloned().collect();
        let now = out.moment().utc;
        for item in items {
            self.evaluate(region, rule, &item, now, out);
        }
    }

    /// Sends a rule to look at an item.
    fn evaluate(
        &mut self,
        region: &Region,
        rule: &str,
        item: &Item,
        ordering: DateTime<Utc>,
        out: &mut Outbox<'_>,
    ) {
        let state = self.state_mut(region);
        let Some(rule) = state.rule(rule) else { return };
        let verdict = rule.managed.evaluate(&item.json, &rule.parameters, out.moment().utc);
        let annotation = verdict.annotation();
        let resource = &item.resource;
        let body = json!({
            "configRuleName": &*rule.name,
            "sourceIdentifier": rule.managed.identifier,
            "ruleParameters": &rule.parameters,
            "resourceType": &*resource.resource_type,
            "resourceId": &*resource.resource_id,
            "resourceName": resource.resource_name.as_deref(),
            "configurationStateId": item.json.get("configurationStateId"),
            "complianceType": verdict.compliance.as_str(),
            "annotation": annotation.as_deref(),
            "condition": &verdict.fault,
        });
        let result = EvaluationResult {
            rule: Arc::clone(&rule.name),
            rule_arn: Arc::clone(&rule.arn),
            resource_type: Arc::clone(&resource.resource_type),
            resource_id: Arc::clone(&resource.resource_id),
            compliance: verdict.compliance,
            annotation: annotation.map(Into::into),
            ordering,
            invoked: out.moment().utc,
            recorded: out.moment().utc,
            asked_at: out.now(),
        };
        let hop = out.send(Send {
            path: HopPath::ConfigRule,
            from: place_of(item, region),
            to: Node::new(ServiceName::Config, region, Arc::clone(&rule.name)),
            payload: Payload::json(PayloadKind::Compliance, verdict.compliance.as_str(), body),
            parcel: Parcel::Timer(Timer::EvaluateRule {
                rule: Arc::clone(&rule.name),
                resource: Some(result.key()),
            }),
            delay: Delay::ConfigEvaluation,
            reference: None,
        });
        state.pending.insert(hop, result);
    }

    /// A verdict has arrived: it stands, and is told if it is news.
    fn conclude(&mut self, rule: &Arc<str>, region: &Region, out: &mut Outbox<'_>) -> Reception {
        let account_id = Arc::clone(&self.account_id);
        let state = self.state_mut(region);
        let Some(mut result) = arrived(out).and_then(|hop| state.pending.remove(&hop)) else { return Ok(()) };
        if state.rule(rule).is_none() {
            return Err(Reason::new(reasons::NO_RESOURCE, Arc::clone(rule)));
        }
        result.recorded = out.moment().utc;
        let key = result.key();
        let before = state.results.get(&(Arc::clone(rule), key.clone())).cloned();
        if before.as_ref().is_some_and(|before| before.asked_at > result.asked_at) {
            return Ok(()); // A later look has been answered already.
        }
        let is_news = match &before {
            Some(before) => before.compliance != result.compliance,
            None => result.compliance == Compliance::NonCompliant,
        };
        if is_news {
            notify::compliance_changed(
                &account_id,
                region,
                (&result, before.as_deref()),
                state.channel.as_ref(),
                out,
            );
        } else if before.is_some() {
            let from = Node::new(ServiceName::Config, region, Arc::clone(rule));
            let bus = Node::new(ServiceName::EventBridge, region, "default");
            let reason = Reason::new(reasons::UNCHANGED_VERDICT, result.compliance.as_str());
            out.near_miss(HopPath::ConfigBus, from, bus, reason);
        }
        let is_gone =
            state.items.get(&key).and_then(|items| items.last()).is_some_and(|item| item.is_deletion());
        if is_gone {
            state.results.remove(&(Arc::clone(rule), key));
        } else {
            state.results.insert((Arc::clone(rule), key), Arc::new(result));
        }
        Ok(())
    }

    /// A periodic rule looks again, unless it was changed or deleted since.
    fn end_period(&mut self, key: &str, region: &Region, out: &mut Outbox<'_>) {
        let Some((version, name)) = key.split_once(':') else { return };
        let Some(rule) = self.state(region).and_then(|state| state.rule(name)) else { return };
        if rule.version.to_string() == version {
            rules::arm_again(rule, region, out);
            self.evaluate_all(region, name, out);
        }
    }

    /// The last result of every rule on every resource.
    pub(super) fn results(&self, region: &Region) -> impl Iterator<Item = &Arc<EvaluationResult>> {
        self.state(region).into_iter().flat_map(|state| state.results.values())
    }

    /// The items of a resource, oldest first.
    pub(super) fn items_of(&self, region: &Region, key: &Key) -> &[Arc<Item>] {
        self.state(region).and_then(|state| state.items.get(key)).map_or(&[], Vec::as_slice)
    }
}

/// The hop being delivered.
fn arrived(out: &Outbox<'_>) -> Option<HopId> {
    match out.cause() {
        Cause::Hop(hop) => Some(hop),
        Cause::Input(_) => None,
    }
}

/// Where an item stands: its resource, among Config's own records.
pub(super) fn place_of(item: &Item, region: &Region) -> Node {
    Node::new(ServiceName::Config, region, item.resource.shown_name())
}
