//! A story that somebody is in: acts at any instant, and what lies ahead is told anew from there.

use super::Player;
use crate::{
    aws::{ApiCall, ApiOutcome},
    engine::{Stimulus, input::Logged},
    kernel::SimTime,
    scenario::cast::Letterbox,
};

impl Player {
    /// The learner calls at `at`. Acting before the end of what is known forgets what lay ahead; the answer says
    /// how many inputs that were.
    pub fn act_at(&mut self, at: SimTime, call: ApiCall) -> (ApiOutcome, usize) {
        self.rewind(at);
        let (answer, forgotten) = self.timeline.submit(Logged::Call(call), None);
        (answer.outcome.expect("a call is always answered"), forgotten)
    }

    /// The learner does something at `at` that is no call: opens a letter's link.
    pub fn push_at(&mut self, at: SimTime, stimulus: Stimulus) -> usize {
        self.rewind(at);
        self.timeline.submit(Logged::Stimulus(stimulus), None).1
    }

    /// Goes back to `at`, if that is the past: the steps after it are still to be played.
    fn rewind(&mut self, at: SimTime) {
        if at >= self.engine().now() {
            return;
        }
        self.timeline.seek(at);
        let ahead = self.times.iter().position(|time| time.is_none_or(|time| time > at));
        let ahead = ahead.unwrap_or(self.times.len());
        for reached in &mut self.times[ahead..] {
            *reached = None;
        }
        self.next = self.next.min(ahead);
        self.run.letterbox = Letterbox::default();
        self.ended = false;
    }
}
