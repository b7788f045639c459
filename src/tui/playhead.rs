//! The playhead: how it moves with time and by hand, and what stops it.

use super::{
    asking::Draft,
    play::{Panel, Play},
    schedule::Item,
};
use crate::lesson::session::BeatKind;

impl Play {
    fn move_to(&mut self, screen: f64) {
        self.screen = screen;
        self.furthest = self.furthest.max(screen);
    }

    /// Lets wall time pass: `millis` since the last frame.
    pub fn advance(&mut self, millis: f64) {
        if !self.is_moving() {
            return;
        }
        let before = self.screen;
        let mut to = before + millis * self.speed;
        if let Some(until) = self.until
            && to >= until
        {
            to = until;
            self.until = None;
        }
        let end = self.schedule.end();
        if to >= end {
            to = end;
            self.playing = false;
            self.until = None;
        }
        // A question or a task stops the clock as it is reached.
        let from = self.schedule.departed(before);
        for stop in &self.schedule.stops()[from.min(self.schedule.len())..] {
            if stop.starts > to {
                break;
            }
            if let Item::Beat(beat) = stop.item
                && self.stops_clock(beat)
            {
                to = stop.starts;
                self.playing = false;
                self.until = None;
                self.open_beat(beat);
                break;
            }
        }
        self.move_to(to);
        if to >= end && self.panel == Panel::None && !self.reported && self.session.is_over() {
            self.reported = true;
            self.panel = Panel::Report;
        }
    }

    fn stops_clock(&self, beat: usize) -> bool {
        let waits = match self.session.beats().get(beat).map(|beat| &beat.kind) {
            Some(BeatKind::Ask) => true,
            Some(BeatKind::Task) => !self.session.task_done(beat),
            Some(BeatKind::Say(_)) | None => false,
        };
        waits && !self.passed.contains(&beat)
    }

    fn open_beat(&mut self, beat: usize) {
        match self.session.beats().get(beat).map(|beat| &beat.kind) {
            Some(BeatKind::Ask) => {
                self.draft = Draft::new(&self.session, beat, &self.departed_hops());
                self.panel = Panel::Question(beat);
            }
            Some(BeatKind::Task) => self.panel = Panel::Task(beat),
            Some(BeatKind::Say(_)) | None => {}
        }
    }

    /// The unanswered question or open task that the playhead stands at.
    pub fn waiting_beat(&self) -> Option<usize> {
        self.beat_in_force().filter(|beat| self.stops_clock(*beat))
    }

    /// Opens what the playhead waits for; answers whether there was anything.
    pub fn open_waiting(&mut self) -> bool {
        let Some(beat) = self.waiting_beat() else { return false };
        self.open_beat(beat);
        true
    }

    pub fn toggle(&mut self) {
        self.until = None;
        self.selected = None;
        if self.playing {
            self.playing = false;
        } else if !self.open_waiting() {
            if self.screen >= self.schedule.end() && self.session.is_over() {
                self.panel = Panel::Report;
                return;
            }
            self.playing = true;
        }
    }

    /// One stop forward: its flight is shown, then the playhead rests. Answers whether there was one.
    pub fn step_forward(&mut self) -> bool {
        self.selected = None;
        if self.open_waiting() {
            return true;
        }
        self.playing = false;
        if let Some(until) = self.until.take() {
            self.move_to(until);
        }
        let next = self.departed();
        if next >= self.schedule.len() {
            return false;
        }
        self.move_to(self.screen.max(self.schedule.stops()[next].starts - 1.0));
        self.until = Some(self.schedule.rest(next));
        self.advance(0.0);
        self.stop_at(next);
        true
    }

    /// Steps without motion: the playhead rests at once.
    pub fn jump_forward(&mut self) -> bool {
        let moved = self.step_forward();
        if let Some(until) = self.until.take() {
            self.move_to(until);
        }
        moved
    }

    /// A question reached by a step opens at once.
    fn stop_at(&mut self, next: usize) {
        if let Item::Beat(beat) = self.schedule.stops()[next].item {
            self.move_to(self.schedule.stops()[next].starts);
            self.until = None;
            if self.stops_clock(beat) {
                self.open_beat(beat);
            }
        }
    }

    /// One stop back, at rest, exactly as it was.
    pub fn step_back(&mut self) -> bool {
        self.playing = false;
        self.until = None;
        self.selected = None;
        let departed = self.departed();
        if departed == 0 {
            self.move_to(0.0);
            return false;
        }
        self.rest_at(departed - 1);
        true
    }

    /// Rests with `count` stops departed.
    pub fn rest_at(&mut self, count: usize) {
        self.playing = false;
        self.until = None;
        let screen = match count.checked_sub(1) {
            None => 0.0,
            Some(last) => match self.schedule.stops().get(last).map(|stop| stop.item) {
                Some(Item::Beat(_)) => self.schedule.stops()[last].starts,
                _ => self.schedule.rest(last),
            },
        };
        self.move_to(screen);
    }

    /// The next or previous beat: caption, question, task.
    pub fn to_beat(&mut self, forward: bool) -> bool {
        let departed = self.departed();
        let is_beat = |index: &usize| matches!(self.schedule.stops()[*index].item, Item::Beat(_));
        let found = if forward {
            (departed..self.schedule.len()).find(is_beat)
        } else {
            (0..departed.saturating_sub(1)).rev().find(is_beat)
        };
        match found {
            Some(index) => {
                // Never past a question that waits.
                let barrier = (departed..index).find(|at| match self.schedule.stops()[*at].item {
                    Item::Beat(beat) => self.stops_clock(beat),
                    Item::Hop(_) => false,
                });
                if forward && self.open_waiting() {
                    return true;
                }
                let index = barrier.unwrap_or(index);
                self.rest_at(index + 1);
                self.stop_at(index);
                true
            }
            None if forward && !self.open_waiting() => {
                self.rest_at(self.schedule.len());
                false
            }
            None => {
                self.rest_at(0);
                forward
            }
        }
    }

    /// As far as the playhead may go: the end, or the first question that waits.
    pub fn to_latest(&mut self) {
        let departed = self.departed();
        if self.open_waiting() {
            return;
        }
        let barrier = (departed..self.schedule.len()).find(|at| match self.schedule.stops()[*at].item {
            Item::Beat(beat) => self.stops_clock(beat),
            Item::Hop(_) => false,
        });
        match barrier {
            Some(index) => {
                self.rest_at(index + 1);
                self.stop_at(index);
            }
            None => self.rest_at(self.schedule.len()),
        }
    }
}
