//! Puts the kernel, the account and the world's load together: one event at a time, on a virtual clock.
//!
//! The engine pops the next due event, moves the clock to it, and delivers it; whatever the account then sends
//! is due later. Nothing here waits, draws or reads a clock: the same setup, seed and inputs give the same ledger,
//! byte for byte.

pub mod agenda;
mod deliver;
mod functions;
pub mod input;
pub mod metrics;
mod runaway;
pub mod timeline;

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

pub use input::{Answer, Stimulus};
pub use timeline::Timeline;

use crate::{
    aws::{
        Account, ApiCall, ApiOutcome, Delays, Faults, Ledger, Moment, Outbox, Profile, Region,
        call::{Input, InputKind},
        outbox::Delivery,
    },
    kernel::{Cause, Dice, EventQueue, InputId, SimDuration, SimTime},
    load::Load,
};

/// What an engine starts from; `scenario` builds it.
#[derive(Clone, Debug)]
pub struct Setup {
    pub account_id: Arc<str>,
    pub home: Region,
    /// The wall-clock moment of `SimTime::START`.
    pub epoch: DateTime<Utc>,
    pub seed: u64,
    pub profile: Profile,
}

/// How much may happen before a session counts as run away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Events of one call to `run_until`.
    pub events: u64,
    /// Hops in one chain of causes: beyond it the chain is cut, and the cut is a lesson (`runaway`).
    pub chain: u32,
    /// Runs of functions that answer their own acts, for one thing that came from outside.
    pub runs: u32,
}

impl Default for Budget {
    fn default() -> Self {
        // Generous for any lesson: thirty scenarios stay under 20,000 events, and the longest honest chain is a
        // dozen hops; a loop of rule, function and call adds seven hops a turn. Fifty runs show a loop (catalogue,
        // exp-02); where each run makes two calls they come within a few turns.
        Self { events: 5_000_000, chain: 400, runs: 50 }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Reached,
    /// The event budget ran out first.
    OutOfBudget,
}

/// Everything but the ledger: what a keyframe keeps.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) account: Account,
    pub(crate) queue: EventQueue<Delivery>,
    pub(crate) agenda: EventQueue<agenda::Entry>,
    pub(crate) dice: Dice,
    pub(crate) delays: Delays,
    pub(crate) faults: Faults,
    pub(crate) load: Load,
    /// Runs of loops so far, by what began them.
    pub(crate) loops: BTreeMap<InputId, u32>,
    pub(crate) clock: SimTime,
    pub(crate) next_minute: SimTime,
    pub(crate) epoch: DateTime<Utc>,
    pub(crate) story_start: SimTime,
    pub(crate) budget: Budget,
    pub(crate) events: u64,
}

/// A simulated account in time.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) state: State,
    pub(crate) ledger: Ledger,
}

impl Engine {
    pub fn new(setup: Setup) -> Self {
        let into_minute =
            u64::try_from(setup.epoch.timestamp_millis().rem_euclid(60_000)).unwrap_or_default();
        let state = State {
            account: Account::new(&setup.account_id, setup.home),
            queue: EventQueue::default(),
            agenda: EventQueue::default(),
            dice: Dice::new(setup.seed),
            delays: Delays { profile: setup.profile },
            faults: Faults::default(),
            load: Load::default(),
            loops: BTreeMap::new(),
            clock: SimTime::START,
            next_minute: SimTime::from_millis(60_000 - into_minute),
            epoch: setup.epoch,
            story_start: SimTime::START,
            budget: Budget::default(),
            events: 0,
        };
        Self { state, ledger: Ledger::default() }
    }

    pub fn now(&self) -> SimTime {
        self.state.clock
    }

    pub fn moment(&self) -> Moment {
        self.state.moment_at(self.state.clock)
    }

    /// The wall-clock moment of a simulated one.
    pub fn utc(&self, at: SimTime) -> DateTime<Utc> {
        self.state.moment_at(at).utc
    }

    pub fn account(&self) -> &Account {
        &self.state.account
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub fn load_mut(&mut self) -> &mut Load {
        &mut self.state.load
    }

    /// What `metric` of `resource` is now.
    pub fn level(&self, resource: &str, metric: &str) -> Option<f64> {
        self.state.load.at(resource, metric, self.state.clock).map(|level| level.value)
    }

    pub fn delays(&self) -> Delays {
        self.state.delays
    }

    /// When the story's clock shows 0:00; everything before is preparation.
    pub fn story_start(&self) -> SimTime {
        self.state.story_start
    }

    /// Declares that the story starts now.
    pub fn start_story(&mut self) {
        self.state.story_start = self.state.clock;
    }

    /// How many events have been handled.
    pub fn events(&self) -> u64 {
        self.state.events
    }

    pub fn budget(&self) -> Budget {
        self.state.budget
    }

    pub fn set_budget(&mut self, budget: Budget) {
        self.state.budget = budget;
    }

    /// Whether anything but the passing of minutes and timers is still under way.
    pub fn is_quiet(&self) -> bool {
        self.state.agenda.is_empty() && !self.state.queue.iter().any(|(_, delivery)| delivery.hop.is_some())
    }

    /// When the next event is due; a minute always comes.
    pub fn next_due(&self) -> SimTime {
        let due = [self.state.queue.next_due(), self.next_on_agenda()];
        due.into_iter().flatten().fold(self.state.next_minute, SimTime::min)
    }

    /// Makes a call now: the one door, with the answer.
    pub fn call(&mut self, call: ApiCall, step: Option<Arc<str>>) -> (InputId, ApiOutcome) {
        self.call_many(call, 1, step)
    }

    /// Makes a call that stands for many alike.
    pub(crate) fn call_many(
        &mut self,
        call: ApiCall,
        count: u64,
        step: Option<Arc<str>>,
    ) -> (InputId, ApiOutcome) {
        let call = Arc::new(call);
        let kind = InputKind::Call { call: Arc::clone(&call), count, outcome: None };
        let id = self.ledger.arrive(self.state.clock, Input { step, kind });
        let mut outcome =
            self.with_outbox(Cause::Input(id), |account, out| account.call_many(&call, count, out));
        self.run_functions_for(&call, &mut outcome);
        if let InputKind::Call { outcome: kept, .. } = &mut self.ledger.input_mut(id).body.kind {
            *kept = Some(Arc::new(outcome.clone()));
        }
        (id, outcome)
    }

    /// Handles exactly one event and returns its moment.
    pub fn step(&mut self) -> SimTime {
        let minute = self.state.next_minute;
        let next = self.next_due();
        if minute <= next {
            self.state.clock = minute;
            self.state.next_minute = minute.after(SimDuration::MINUTE);
            self.publish_metrics();
        } else if self.next_on_agenda() == Some(next) {
            self.keep_agenda();
        } else if let Some((due, delivery)) = self.state.queue.pop() {
            self.state.clock = due;
            self.deliver(delivery);
        }
        self.state.events += 1;
        self.state.clock
    }

    /// Handles everything due up to and including `moment`, and leaves the clock there.
    pub fn run_until(&mut self, moment: SimTime) -> Progress {
        let mut left = self.state.budget.events;
        while self.next_due() <= moment {
            if left == 0 {
                return Progress::OutOfBudget;
            }
            left -= 1;
            self.step();
        }
        self.state.clock = self.state.clock.max(moment);
        Progress::Reached
    }

    pub(crate) fn with_outbox<T>(
        &mut self,
        cause: Cause,
        act: impl FnOnce(&mut Account, &mut Outbox<'_>) -> T,
    ) -> T {
        self.with_outbox_at(self.state.clock, cause, act)
    }

    /// Acts as of `now`, which a function's own calls push a little past the clock.
    pub(crate) fn with_outbox_at<T>(
        &mut self,
        now: SimTime,
        cause: Cause,
        act: impl FnOnce(&mut Account, &mut Outbox<'_>) -> T,
    ) -> T {
        let moment = self.state.moment_at(now);
        let State { account, queue, dice, delays, faults, .. } = &mut self.state;
        let mut out = Outbox::new(&mut self.ledger, queue, dice, delays, faults, moment, cause);
        act(account, &mut out)
    }
}

impl State {
    fn moment_at(&self, now: SimTime) -> Moment {
        let passed = TimeDelta::milliseconds(i64::try_from(now.as_millis()).unwrap_or(i64::MAX / 2));
        Moment { now, utc: self.epoch.checked_add_signed(passed).unwrap_or(DateTime::<Utc>::MAX_UTC) }
    }
}
