//! Time travel: keyframes plus re-simulation.
//!
//! The truth of a session is its setup and its inputs. A keyframe is the engine without its ledger, kept every
//! few hundred events and at every input; the past is the keyframe before it, run forward. A keyframe stores only
//! the ledger's length, because the ledger is a prefix.

use std::sync::Arc;

use super::{
    Engine, Progress, State,
    input::{Answer, LogEntry, Logged},
};
use crate::{
    aws::{ApiCall, Ledger},
    kernel::{SimTime, ledger::Length},
};

/// A keyframe every so many events: re-simulating that many stays far under a frame.
const EVENTS_PER_KEYFRAME: u64 = 512;

#[derive(Clone, Debug)]
struct Keyframe {
    state: State,
    length: Length,
    /// How many inputs of the log it contains.
    inputs: usize,
}

/// An engine that can go back.
#[derive(Clone, Debug)]
pub struct Timeline {
    engine: Engine,
    keyframes: Vec<Keyframe>,
    log: Vec<LogEntry>,
    /// How many inputs of the log the engine has applied.
    applied: usize,
    since_keyframe: u64,
}

impl Timeline {
    /// Starts the history at the engine's present: nothing before it can be reached.
    pub fn new(engine: Engine) -> Self {
        let mut timeline =
            Self { engine, keyframes: Vec::new(), log: Vec::new(), applied: 0, since_keyframe: 0 };
        timeline.keep();
        timeline
    }

    /// The same history at its start, with all its inputs ahead: to run through it once more beside this one.
    #[must_use]
    pub fn rewound(&self) -> Self {
        let first = self.keyframes.first().expect("a timeline keeps a keyframe from its start on").clone();
        let engine = Engine { state: first.state.clone(), ledger: self.engine.ledger.prefix(first.length) };
        Self {
            engine,
            applied: first.inputs,
            keyframes: vec![first],
            log: self.log.clone(),
            since_keyframe: 0,
        }
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    pub fn ledger(&self) -> &Ledger {
        self.engine.ledger()
    }

    pub fn now(&self) -> SimTime {
        self.engine.now()
    }

    /// The inputs so far, including those of a future that was stepped back from.
    pub fn log(&self) -> &[LogEntry] {
        &self.log
    }

    /// Acts now. Acting in the past forks: what lay ahead is forgotten, and the answer says how many inputs.
    pub fn submit(&mut self, input: Logged, step: Option<Arc<str>>) -> (Answer, usize) {
        let forgotten = self.log.len() - self.applied;
        self.log.truncate(self.applied);
        self.log.push(LogEntry { at: self.engine.now(), step: step.clone(), input: input.clone() });
        self.applied += 1;
        let answer = self.engine.submit(input, step);
        self.keep();
        (answer, forgotten)
    }

    /// Calls now; see [`Timeline::submit`].
    pub fn call(&mut self, call: ApiCall, step: Option<Arc<str>>) -> Answer {
        self.submit(Logged::Call(call), step).0
    }

    /// Runs forward to `moment`, replaying logged inputs as they come.
    pub fn run_until(&mut self, moment: SimTime) -> Progress {
        let mut left = self.engine.state.budget.events;
        loop {
            let next_input = self.log.get(self.applied).map(|entry| entry.at).filter(|at| *at <= moment);
            let horizon = next_input.unwrap_or(moment);
            while self.engine.next_due() <= horizon {
                if left == 0 {
                    return Progress::OutOfBudget;
                }
                left -= 1;
                self.engine.step();
                self.since_keyframe += 1;
                if self.since_keyframe >= EVENTS_PER_KEYFRAME {
                    self.keep();
                }
            }
            self.engine.run_until(horizon);
            if next_input.is_none() {
                return Progress::Reached;
            }
            let LogEntry { step, input, .. } = self.log[self.applied].clone();
            self.applied += 1;
            self.engine.submit(input, step);
            self.keep();
        }
    }

    /// Goes to `moment`, back or forward. Going back keeps the inputs ahead, so that going forward replays them.
    pub fn seek(&mut self, moment: SimTime) -> Progress {
        if moment < self.engine.now() {
            let from =
                self.keyframes.iter().rposition(|keyframe| keyframe.state.clock <= moment).unwrap_or(0);
            self.keyframes.truncate(from + 1);
            let keyframe = &self.keyframes[from];
            self.engine.state = keyframe.state.clone();
            self.engine.ledger.truncate(keyframe.length);
            self.applied = keyframe.inputs;
            self.since_keyframe = 0;
        }
        self.run_until(moment)
    }

    fn keep(&mut self) {
        self.since_keyframe = 0;
        self.keyframes.push(Keyframe {
            state: self.engine.state.clone(),
            length: self.engine.ledger.length(),
            inputs: self.applied,
        });
    }
}
