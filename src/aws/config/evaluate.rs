//! How rules come to a verdict: a new item wakes those in whose scope it lies, a period or a call makes one look at
//! everything.
//!
//! A rule's verdict is known when it looks and stands when its hop arrives. Somebody is told only when it differs
//! from the verdict before; a first `NON_COMPLIANT` differs, a first `COMPLIANT` is no news.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    Compliance, Config, EvaluationResult, Item, custom, facts, item,
    managed::Verdict,
    notify,
    observe::ACCOUNT,
    remediation,
    rule::{Judge, Rule, Stance},
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

/// A resource before a rule.
pub(super) struct Judged {
    pub(super) resource: Arc<ResourceChange>,
    /// Its item, or what its item would be.
    pub(super) json: Arc<Value>,
    /// What is new since the item before, where a new item makes the rule look.
    pub(super) diff: Option<Arc<Value>>,
    pub(super) ordering: DateTime<Utc>,
}

impl Judged {
    /// A resource as its item has it.
    fn recorded(item: &Item, ordering: DateTime<Utc>) -> Self {
        Self { resource: Arc::clone(&item.resource), json: Arc::clone(&item.json), diff: None, ordering }
    }

    pub(super) fn key(&self) -> Key {
        (Arc::clone(&self.resource.resource_type), Arc::clone(&self.resource.resource_id))
    }

    /// Where it stands among Config's own records.
    pub(super) fn place(&self, region: &Region) -> Node {
        Node::new(ServiceName::Config, region, self.resource.shown_name())
    }
}

impl Config {
    /// Writes the resource's next item, as the resource is now: quick changes share one.
    pub(super) fn write_item(
        &mut self,
        change: &ResourceChange,
        region: &Region,
        out: &mut Outbox<'_>,
    ) -> Reception {
        let account_id = Arc::clone(&self.account_id);
        let state = self.state_mut(region);
        let key = (Arc::clone(&change.resource_type), Arc::clone(&change.resource_id));
        state.expected.remove(&key);
        if let Some(objection) = state.objection(&change.resource_type) {
            let detail = format!("{} ({objection})", change.resource_type);
            return Err(Reason::new(reasons::NOT_RECORDED, detail));
        }
        let Some(present) = state.present.get(&key).map(Arc::clone) else { return Ok(()) };
        let relationships = state.neighbours.relationships(&present);
        let before = state.last_item(&key).map(AsRef::as_ref);
        let utc = out.moment().utc;
        let Some(item) = Item::next((&account_id, region), &present, relationships, before, utc) else {
            return Ok(());
        };
        let item = Arc::new(item);
        let history = Arc::make_mut(&mut state.items).entry(key).or_default();
        Arc::make_mut(history).push(Arc::clone(&item));
        notify::item_changed(&account_id, region, &item, state.channel.as_ref(), out);
        self.wake(region, &item, out);
        Ok(())
    }

    /// Has every rule look that new items of this resource wake.
    fn wake(&mut self, region: &Region, item: &Arc<Item>, out: &mut Outbox<'_>) {
        let rules = self.state_mut(region).rules.clone();
        let diff = Some(Arc::clone(&item.diff));
        let judged = Judged { diff, ..Judged::recorded(item, item.captured) };
        let (place, key) = (judged.place(region), judged.key());
        let mut has_said_why = rules.is_empty();
        for rule in rules.iter().filter(|rule| rule.trigger().on_change()) {
            match rule.stance(&item.resource) {
                Stance::OtherType => continue,
                Stance::Judges => self.look(region, rule, &judged, out),
                Stance::LeavesOut(objection) => {
                    if self.state(region).is_some_and(|state| state.result(&rule.name, &key).is_some()) {
                        self.see_off(region, rule, &judged, out);
                    } else {
                        let to = Node::new(ServiceName::Config, region, Arc::clone(&rule.name));
                        let reason = Reason::new(reasons::NOT_IN_SCOPE, objection);
                        out.near_miss(HopPath::ConfigRule, place.clone(), to, reason);
                    }
                }
            }
            has_said_why = true;
        }
        if !has_said_why {
            let to = Node::new(ServiceName::Config, region, "default");
            let reason = Reason::new(reasons::NOT_IN_SCOPE, Arc::clone(&item.resource.resource_type));
            out.near_miss(HopPath::ConfigRule, place, to, reason);
        }
    }

    /// Has a rule judge everything in its scope: it is new, was changed, or somebody asks.
    pub(super) fn look_at_all(&mut self, region: &Region, rule: &Arc<Rule>, out: &mut Outbox<'_>) {
        let trigger = rule.trigger();
        if trigger.on_period() {
            self.look_periodically(region, rule, out);
        }
        let is_done = trigger.on_period() && matches!(rule.judge, Judge::Managed(_));
        if trigger.on_change() && !is_done {
            let now = out.moment().utc;
            let items = self.state(region).into_iter().flat_map(super::state::RegionState::current_items);
            let items: Vec<Judged> = items
                .filter(|item| rule.looks_at(&item.resource))
                .map(|item| Judged::recorded(item, now))
                .collect();
            for judged in &items {
                self.look(region, rule, judged, out);
            }
        }
    }

    /// Has a periodic rule judge what is there, recorded or not.
    pub(super) fn look_periodically(&mut self, region: &Region, rule: &Arc<Rule>, out: &mut Outbox<'_>) {
        if let Judge::Function(function) = &rule.judge {
            custom::ask(self, (region, rule, function), custom::About::Schedule, out);
            return;
        }
        let now = out.moment().utc;
        let account_id = Arc::clone(&self.account_id);
        let account = facts::account(self, region);
        let Some(state) = self.state(region) else { return };
        let there =
            state.present.values().filter(|change| &*change.resource_type != ACCOUNT && !change.deleted);
        let judged: Vec<Judged> = there
            .chain(account.as_ref())
            .filter(|change| rule.looks_at(change))
            .map(|change| {
                let key = (Arc::clone(&change.resource_type), Arc::clone(&change.resource_id));
                let item = state.last_item(&key).filter(|item| Arc::ptr_eq(&item.resource, change));
                item.map_or_else(
                    || {
                        let relationships = state.neighbours.relationships(change);
                        let json = item::json((&account_id, region), change, relationships, "OK", now);
                        let resource = Arc::clone(change);
                        Judged { resource, json: Arc::new(json), diff: None, ordering: now }
                    },
                    |item| Judged::recorded(item, now),
                )
            })
            .collect();
        for judged in &judged {
            self.look(region, rule, judged, out);
        }
    }

    /// Sends a rule to look at a resource.
    fn look(&mut self, region: &Region, rule: &Arc<Rule>, judged: &Judged, out: &mut Outbox<'_>) {
        match &rule.judge {
            Judge::Managed(managed) => {
                let supplemented =
                    self.state(region).and_then(|state| facts::supplement(state, managed, judged));
                let json = supplemented.as_ref().unwrap_or(&judged.json);
                let verdict = managed.evaluate(json, &rule.parameters, out.moment().utc);
                self.send_verdict(region, rule, judged, (verdict, judged.resource.deleted), out);
            }
            Judge::Function(function) => {
                let about = custom::About::Resource { judged, left_scope: false };
                custom::ask(self, (region, rule, function), about, out);
            }
        }
    }

    /// A resource has left the scope of a rule, which has judged it before.
    fn see_off(&mut self, region: &Region, rule: &Arc<Rule>, judged: &Judged, out: &mut Outbox<'_>) {
        match &rule.judge {
            Judge::Managed(_) => {
                self.send_verdict(region, rule, judged, (Verdict::not_applicable(), true), out);
            }
            Judge::Function(function) => {
                let about = custom::About::Resource { judged, left_scope: true };
                custom::ask(self, (region, rule, function), about, out);
            }
        }
    }

    fn send_verdict(
        &mut self,
        region: &Region,
        rule: &Arc<Rule>,
        judged: &Judged,
        (verdict, is_last): (Verdict, bool),
        out: &mut Outbox<'_>,
    ) {
        let annotation = verdict.annotation();
        let resource = &judged.resource;
        let body = json!({
            "configRuleName": &*rule.name,
            "sourceIdentifier": rule.source_identifier(),
            "ruleParameters": &*rule.parameters,
            "resourceType": &*resource.resource_type,
            "resourceId": &*resource.resource_id,
            "resourceName": resource.resource_name.as_deref(),
            "configurationStateId": judged.json.get("configurationStateId"),
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
            ordering: judged.ordering,
            invoked: out.moment().utc,
            recorded: out.moment().utc,
            asked_at: out.now(),
            is_last,
        };
        let hop = out.send(Send {
            path: HopPath::ConfigRule,
            from: judged.place(region),
            to: Node::new(ServiceName::Config, region, Arc::clone(&rule.name)),
            payload: Payload::json(PayloadKind::Compliance, verdict.compliance.as_str(), body),
            parcel: Parcel::Timer(Timer::EvaluateRule {
                rule: Arc::clone(&rule.name),
                resource: Some(result.key()),
            }),
            delay: Delay::ConfigEvaluation,
            reference: None,
        });
        let state = self.state_mut(region);
        state.status_mut(&rule.name).invoked = Some(result.invoked);
        state.pending.insert(hop, result);
    }

    /// A verdict has arrived.
    pub(super) fn conclude(&mut self, rule: &Arc<str>, region: &Region, out: &mut Outbox<'_>) -> Reception {
        let state = self.state_mut(region);
        let Some(result) = arrived(out).and_then(|hop| state.pending.remove(&hop)) else { return Ok(()) };
        if state.rule(rule).is_none() {
            return Err(Reason::new(reasons::NO_RESOURCE, Arc::clone(rule)));
        }
        self.settle(region, EvaluationResult { recorded: out.moment().utc, ..result }, out);
        Ok(())
    }

    /// A verdict stands: it is kept, told if it is news, and has the resource repaired if that is wanted.
    pub(super) fn settle(&mut self, region: &Region, result: EvaluationResult, out: &mut Outbox<'_>) {
        let account_id = Arc::clone(&self.account_id);
        let state = self.state_mut(region);
        let key = result.key();
        let before = state.result(&result.rule, &key).map(Arc::clone);
        if before.as_ref().is_some_and(|before| before.asked_at > result.asked_at) {
            return; // A later look has been answered already.
        }
        let is_news = match &before {
            Some(before) => before.compliance != result.compliance,
            None => result.compliance == Compliance::NonCompliant,
        };
        if is_news {
            let both = (&result, before.as_deref());
            notify::compliance_changed(&account_id, region, both, state.channel.as_ref(), out);
        } else if before.is_some() {
            let from = Node::new(ServiceName::Config, region, Arc::clone(&result.rule));
            let bus = Node::new(ServiceName::EventBridge, region, "default");
            let reason = Reason::new(reasons::UNCHANGED_VERDICT, result.compliance.as_str());
            out.near_miss(HopPath::ConfigBus, from, bus, reason);
        }
        state.status_mut(&result.rule).evaluated = Some(result.recorded);
        let is_gone = state.last_item(&key).is_some_and(|item| item.is_deletion());
        let results = Arc::make_mut(&mut state.results);
        let result = Arc::new(result);
        if result.is_last || is_gone {
            results.remove(&(Arc::clone(&result.rule), key));
        } else {
            results.insert((Arc::clone(&result.rule), key), Arc::clone(&result));
        }
        remediation::run::react(self, region, &result, out);
    }
}

/// The hop being delivered.
fn arrived(out: &Outbox<'_>) -> Option<HopId> {
    match out.cause() {
        Cause::Hop(hop) => Some(hop),
        Cause::Input(_) => None,
    }
}
