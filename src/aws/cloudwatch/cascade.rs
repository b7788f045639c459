//! Composite alarms follow their children, and their suppressors hold their actions back.
//!
//! A rule that leads back to its own alarm stops evaluation of it; CloudWatch accepts such rules and does the same. Source:
//! CloudWatch User Guide, "Create a composite alarm", the note on cycles.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    Alarm, Regional,
    alarm::{Kind, StateReason},
    change::{Actions, Origin, Telling},
    composite::{Suppression, rule},
    evaluation::State,
    messages::Change,
    times,
};
use crate::{
    aws::{Note, Outbox, Region, parcel::Timer},
    kernel::{HopId, SimDuration},
};

/// Timers of a composite alarm: its first look, its look after an update, and the end of a wait or an extension.
pub(super) const CREATED: &str = "composite-created";
pub(super) const UPDATED: &str = "composite-updated";
pub(super) const HOLD_ENDS: &str = "actions-hold-ends";

/// Why a composite alarm is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trigger<'a> {
    Created,
    Updated,
    Child(&'a str),
}

impl Regional {
    /// Lets the composite alarms above each changed alarm follow it, and those above them.
    pub(super) fn cascade(
        &mut self,
        changed: Vec<(Arc<str>, HopId)>,
        account_id: &str,
        region: &Region,
        out: &mut Outbox<'_>,
    ) {
        let mut changed = VecDeque::from(changed);
        while let Some((child, hop)) = changed.pop_front() {
            out.caused_by(hop, |out| {
                self.suppressor_changed(&child, account_id, region, out);
                for parent in self.parents(&child) {
                    let hop =
                        self.look_at_composite(&parent, Trigger::Child(&child), account_id, region, out);
                    changed.extend(hop.map(|hop| (parent, hop)));
                }
            });
        }
    }

    /// The composite alarms whose rule names an alarm.
    pub(super) fn parents(&self, child: &str) -> Vec<Arc<str>> {
        let names_it = |alarm: &&Alarm| alarm.composite().is_some_and(|it| it.rule.looks_at(child));
        self.alarms.values().filter(names_it).map(|alarm| Arc::clone(&alarm.name)).collect()
    }

    /// Whether a rule leads back to its own alarm.
    fn is_in_cycle(&self, name: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![name.to_owned()];
        while let Some(current) = next.pop() {
            let Some(composite) = self.alarms.get(&*current).and_then(Alarm::composite) else { continue };
            for child in composite.rule.children() {
                let child = rule::name_of(child);
                if child == name {
                    return true;
                }
                if seen.insert(child.to_owned()) {
                    next.push(child.to_owned());
                }
            }
        }
        false
    }

    /// Evaluates a composite alarm's rule.
    pub(super) fn look_at_composite(
        &mut self,
        name: &str,
        trigger: Trigger<'_>,
        account_id: &str,
        region: &Region,
        out: &mut Outbox<'_>,
    ) -> Option<HopId> {
        let alarm = self.alarms.get(name)?;
        let rule = Arc::clone(&alarm.composite()?.rule);
        let is_in_cycle = self.is_in_cycle(name);
        let holds = rule.holds(&|child| self.state_of(child));
        let state = match (is_in_cycle, holds) {
            (true, _) => alarm.state(),
            (false, true) => State::Alarm,
            (false, false) => State::Ok,
        };
        out.note(Note::Remark {
            kind: "composite-evaluation",
            about: alarm.node.clone(),
            body: Arc::new(json!({
                "alarmRule": &*rule.text,
                "children": self.children(&rule),
                "holds": holds,
                "inCycle": is_in_cycle,
                "state": state,
            })),
        });
        if state == alarm.state() {
            return None;
        }
        let suppressed_by = self.suppression_of(name, state);
        let new = StateReason {
            state,
            reason: self.reason(name, state, trigger).into(),
            data: Some(self.reason_data(&rule, trigger).to_string().into()),
            suppressed_by,
            at: out.moment().utc,
        };
        let children = self.children(&rule);
        let from = match trigger {
            Trigger::Child(child) => self.alarms.get(child)?.node.clone(),
            Trigger::Created | Trigger::Updated => alarm.node.clone(),
        };
        let origin = Origin { from, cause: out.cause(), evidence: ("children", children) };
        let mut telling = Telling { account_id, region, history: &mut self.history, out };
        let alarm = self.alarms.get_mut(name)?;
        let actions = telling.hold(alarm, suppressed_by);
        telling.become_state(alarm, new, origin, actions)
    }

    fn states<'a>(&self, names: impl Iterator<Item = &'a str>) -> Value {
        let one = |name: &str| {
            let alarm = self.alarms.get(name)?;
            Some(json!({
                "arn": &*alarm.arn,
                "state": { "value": alarm.state(), "timestamp": times::in_data(alarm.transitioned_at) },
            }))
        };
        names.filter_map(one).collect()
    }

    fn children(&self, rule: &rule::Rule) -> Value {
        self.states(rule.children().iter().map(|child| rule::name_of(child)))
    }

    fn reason(&self, name: &str, state: State, trigger: Trigger<'_>) -> String {
        let arn =
            |name: &str| self.alarms.get(name).map_or_else(|| name.to_owned(), |alarm| alarm.arn.to_string());
        match trigger {
            Trigger::Created => format!("{} was created and its alarm rule evaluates to {state}", arn(name)),
            Trigger::Updated => {
                format!("{} was updated and its new alarm rule evaluates to {state}", arn(name))
            }
            Trigger::Child(child) => {
                let (child_state, at) = self
                    .alarms
                    .get(child)
                    .map(|alarm| (alarm.state(), times::in_mail(alarm.transitioned_at)))
                    .unwrap_or((state, String::new()));
                format!("{} transitioned to {child_state} at {at}", arn(child))
            }
        }
    }

    /// The child that changed, or all of them after a change of the rule.
    fn reason_data(&self, rule: &rule::Rule, trigger: Trigger<'_>) -> Value {
        let triggering = match trigger {
            Trigger::Child(child) => self.states(std::iter::once(child)),
            Trigger::Created | Trigger::Updated => self.children(rule),
        };
        json!({ "triggeringAlarms": triggering })
    }

    /// What holds an alarm's actions back as it takes a state.
    pub(super) fn suppression_of(&self, name: &str, state: State) -> Option<Suppression> {
        let composite = self.alarms.get(name)?.composite()?;
        let suppressor = composite.suppressor.as_ref()?;
        if self.state_of(suppressor.name()) == Some(State::Alarm) {
            return Some(Suppression::Alarm);
        }
        let waits = state == State::Alarm && suppressor.wait_s > 0;
        composite.suppressed_by.or_else(|| waits.then_some(Suppression::WaitPeriod))
    }

    /// The suppressor of some composite alarms may have come or gone.
    fn suppressor_changed(
        &mut self,
        suppressor: &str,
        account_id: &str,
        region: &Region,
        out: &mut Outbox<'_>,
    ) {
        let Some(state) = self.state_of(suppressor) else { return };
        for alarm in self.alarms.values_mut() {
            let Kind::Composite(composite) = &mut alarm.kind else { continue };
            let Some(by) = composite.suppressor.clone().filter(|by| by.name() == suppressor) else {
                continue;
            };
            if state == State::Alarm {
                composite.suppressed_by = Some(Suppression::Alarm);
                composite.held_until = None;
            } else if composite.suppressed_by == Some(Suppression::Alarm) {
                let mut telling = Telling { account_id, region, history: &mut self.history, out: &mut *out };
                if by.extension_s > 0 {
                    telling.hold_for(alarm, Suppression::ExtensionPeriod, by.extension_s);
                } else {
                    telling.release(alarm);
                }
            }
        }
    }

    /// A wait or an extension may have ended.
    pub(super) fn hold_ended(&mut self, name: &str, account_id: &str, region: &Region, out: &mut Outbox<'_>) {
        let now = out.now();
        let Some(alarm) = self.alarms.get_mut(name) else { return };
        if alarm.composite().is_some_and(|composite| composite.held_until == Some(now)) {
            Telling { account_id, region, history: &mut self.history, out }.release(alarm);
        }
    }
}

impl Telling<'_, '_> {
    /// Starts to hold an alarm's actions back, if something does, and says what becomes of them.
    pub(super) fn hold(&mut self, alarm: &mut Alarm, by: Option<Suppression>) -> Actions {
        let Kind::Composite(composite) = &mut alarm.kind else { return Actions::Run };
        let Some(by) = by else { return Actions::Run };
        let is_new = composite.suppressed_by != Some(by);
        composite.suppressed_by = Some(by);
        let wait_s = composite.suppressor.as_ref().map_or(0, |suppressor| suppressor.wait_s);
        if is_new && by == Suppression::WaitPeriod {
            self.hold_for(alarm, by, wait_s);
        }
        Actions::Withheld
    }

    fn hold_for(&mut self, alarm: &mut Alarm, by: Suppression, seconds: u32) {
        let wait = SimDuration::from_secs(u64::from(seconds));
        let Kind::Composite(composite) = &mut alarm.kind else { return };
        composite.suppressed_by = Some(by);
        composite.held_until = Some(self.out.now().after(wait));
        let timer = Timer::Named { name: HOLD_ENDS, key: Arc::clone(&alarm.name) };
        self.out.timer(alarm.node.clone(), timer, wait);
    }

    /// Nothing holds the actions back any longer: those of the present state run, if some were withheld.
    fn release(&mut self, alarm: &mut Alarm) {
        let Kind::Composite(composite) = &mut alarm.kind else { return };
        composite.suppressed_by = None;
        composite.held_until = None;
        if let Some(previous) = composite.withheld.take() {
            let change =
                Change { alarm, previous: &previous, account_id: self.account_id, region: self.region };
            change.run_actions(self.out);
        }
    }
}
