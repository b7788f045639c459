//! What a story is played on: a timeline when somebody plays, a bare engine for what is only tried.

use std::sync::Arc;

use crate::{
    aws::ApiOutcome,
    engine::{Engine, Progress, Timeline, input::Logged},
    kernel::SimTime,
};

/// Takes inputs, and lets time run.
pub(super) trait Boards {
    fn engine(&self) -> &Engine;
    fn submit(&mut self, input: Logged, step: Option<Arc<str>>) -> Option<ApiOutcome>;
    fn run_until(&mut self, moment: SimTime) -> Progress;
}

impl Boards for Engine {
    fn engine(&self) -> &Engine {
        self
    }

    fn submit(&mut self, input: Logged, step: Option<Arc<str>>) -> Option<ApiOutcome> {
        Self::submit(self, input, step).outcome
    }

    fn run_until(&mut self, moment: SimTime) -> Progress {
        Self::run_until(self, moment)
    }
}

impl Boards for Timeline {
    fn engine(&self) -> &Engine {
        Self::engine(self)
    }

    fn submit(&mut self, input: Logged, step: Option<Arc<str>>) -> Option<ApiOutcome> {
        Self::submit(self, input, step).0.outcome
    }

    fn run_until(&mut self, moment: SimTime) -> Progress {
        Self::run_until(self, moment)
    }
}
