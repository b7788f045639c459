//! One scenario being watched: its session, its schedule, and where the playhead is.

use std::sync::Arc;

use super::{
    asking::Draft,
    facts::{self, Facts},
    keymap::Place,
    projection,
    schedule::{Item, Planned, Schedule},
    view::timeline::Mark,
};
use crate::{
    aws::{HopPath, PayloadKind},
    kernel::{Cause, HopId},
    lesson::{
        answers::{Answer, Answers},
        meters::Meters,
        response::Response,
        session::{BeatKind, Session},
    },
    text::Lang,
    tui::theme::Role,
};

/// Time to read a caption of the story before it goes on, milliseconds at ×1: a base and so much per character.
const READING_BASE_MS: f64 = 1_200.0;
const READING_PER_CHAR_MS: f64 = 22.0;

/// Which picture of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    City,
    Cloud,
    Split,
}

/// What lies over the picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Panel {
    None,
    /// A question of the story, by beat.
    Question(usize),
    /// A task of the story, by beat.
    Task(usize),
    Inspector {
        hop: HopId,
        json: bool,
        scroll: usize,
    },
    Mail(usize),
    Limits(usize),
    Console,
    Report,
}

/// A scenario being watched.
#[derive(Debug)]
pub struct Play {
    pub session: Session,
    pub schedule: Schedule,
    /// Facts of the account at each stop, and before the first.
    facts: Vec<Arc<Facts>>,
    /// The meters, in a lesson about what watching costs.
    pub meters: Option<Meters>,
    /// The playhead: screen time, milliseconds at ×1.
    pub screen: f64,
    /// The furthest it has been: what lies beyond is no past to anybody.
    pub furthest: f64,
    pub playing: bool,
    /// A single step ends here.
    pub until: Option<f64>,
    pub speed: f64,
    pub view: View,
    pub panel: Panel,
    pub draft: Draft,
    pub answers: Answers,
    /// Questions passed or answered, tasks done or passed: beats that no longer stop the playhead.
    pub passed: Vec<usize>,
    /// Hints read of the task at hand, and whether its solution is shown.
    pub task_hints: usize,
    pub show_solution: bool,
    pub selected: Option<HopId>,
    pub spotlight: bool,
    /// Only rows that failed or did not match.
    pub only_failures: bool,
    pub console: super::console::Console,
    /// Digits typed before `g`.
    pub count: usize,
    pub limit_opened: bool,
    /// Quit or restart was asked once while something was open.
    pub asked_to_leave: bool,
    pub asked_to_restart: bool,
    pub reported: bool,
}

impl Play {
    pub fn new(session: Session, view: View, speed: f64) -> Self {
        let mut play = Self {
            session,
            schedule: Schedule::default(),
            facts: Vec::new(),
            meters: None,
            screen: 0.0,
            furthest: 0.0,
            playing: false,
            until: None,
            speed,
            view,
            panel: Panel::None,
            draft: Draft::default(),
            answers: Answers::default(),
            passed: Vec::new(),
            task_hints: 0,
            show_solution: false,
            selected: None,
            spotlight: false,
            only_failures: false,
            console: super::console::Console::default(),
            count: 0,
            limit_opened: false,
            asked_to_leave: false,
            asked_to_restart: false,
            reported: false,
        };
        play.lay_out();
        play
    }

    /// Lays the known story out on screen time: at the start, and whenever the learner's act changed it.
    pub fn lay_out(&mut self) {
        let ledger = self.session.ledger();
        let start = self.session.story_start();
        let mut planned: Vec<((u64, usize, u8), Planned)> = ledger
            .hops()
            .iter()
            .filter(|hop| hop.sent_at >= start && !self.session.is_background(ledger, hop))
            .map(|hop| {
                let key = (hop.sent_at.as_millis(), hop.id.index(), 1);
                let after = match hop.cause {
                    Cause::Hop(id) => Some(id),
                    Cause::Input(_) => None,
                };
                let travels = projection::travels(ledger, hop);
                (key, Planned { item: Item::Hop(hop.id), at: hop.sent_at, after, travels, dwell: 0.0 })
            })
            .collect();
        for (index, beat) in self.session.beats().iter().enumerate() {
            let dwell = match &beat.kind {
                BeatKind::Say(caption) => {
                    let longest = caption.fr.city.chars().count().max(caption.en.city.chars().count());
                    READING_BASE_MS + READING_PER_CHAR_MS * longest as f64
                }
                BeatKind::Ask | BeatKind::Task => 0.0,
            };
            let key = (beat.at.as_millis(), beat.hops_before, 0);
            planned.push((
                key,
                Planned { item: Item::Beat(index), at: beat.at, after: None, travels: false, dwell },
            ));
        }
        planned.sort_by_key(|(key, _)| *key);
        let planned: Vec<Planned> = planned.into_iter().map(|(_, planned)| planned).collect();
        self.schedule = Schedule::new(start, &planned);
        self.facts = facts::along(&self.session, self.schedule.stops());
        self.meters = self.session.meters();
    }

    /// How many stops have departed.
    pub fn departed(&self) -> usize {
        self.schedule.departed(self.screen)
    }

    /// The facts of the account under the playhead.
    pub fn facts(&self) -> &Facts {
        let index = self.departed().min(self.facts.len().saturating_sub(1));
        &self.facts[index]
    }

    pub fn is_moving(&self) -> bool {
        self.playing || self.until.is_some()
    }

    /// The last hop that has departed.
    pub fn last_hop(&self) -> Option<HopId> {
        self.schedule.stops()[..self.departed()].iter().rev().find_map(|stop| match stop.item {
            Item::Hop(id) => Some(id),
            Item::Beat(_) => None,
        })
    }

    /// The hop the learner looks at: the one selected, or the last.
    pub fn focus(&self) -> Option<HopId> {
        self.selected.or_else(|| self.last_hop())
    }

    /// The caption beat in force, if the last stop was one.
    pub fn beat_in_force(&self) -> Option<usize> {
        self.schedule.stops()[..self.departed()].iter().rev().take(1).find_map(|stop| match stop.item {
            Item::Beat(index) => Some(index),
            Item::Hop(_) => None,
        })
    }

    /// Beats passed and beats in all, for "step 4/10".
    pub fn progress(&self) -> (usize, usize) {
        let is_beat = |stop: &&super::schedule::Stop| matches!(stop.item, Item::Beat(_));
        let passed = self.schedule.stops()[..self.departed()].iter().filter(is_beat).count();
        (passed, self.schedule.stops().iter().filter(is_beat).count())
    }

    /// Commits an answer to the question that is open; none passes it.
    pub fn commit(&mut self, beat: usize, response: Option<Response>) {
        let Some(id) = self.session.question_id(beat) else { return };
        if let Some(response) = &response {
            self.session.answered(&id, response);
        }
        let answer = Answer { response, confidence: self.draft.confidence.max(1), hints: self.draft.hints };
        self.answers.commit(&id, answer);
        self.passed.push(beat);
    }

    /// Where the keyboard is.
    pub fn place(&self) -> Place {
        match &self.panel {
            Panel::None | Panel::Console => Place::Story,
            Panel::Question(beat) if self.is_answered(*beat) => Place::Feedback,
            Panel::Question(_) if self.draft.is_written() => Place::Writing,
            Panel::Question(_) => Place::Prediction,
            Panel::Task(beat) if self.session.task_done(*beat) => Place::Feedback,
            Panel::Task(_) => Place::Task,
            Panel::Inspector { .. } => Place::Inspector,
            Panel::Mail(_) => Place::Mail,
            Panel::Limits(_) => Place::Limits,
            Panel::Report => Place::Report,
        }
    }

    pub fn is_answered(&self, beat: usize) -> bool {
        self.session.question_id(beat).is_some_and(|id| self.answers.of(&id).is_some())
    }

    /// The marks of what has passed.
    pub fn marks(&self) -> Vec<Mark> {
        let ledger = self.session.ledger();
        self.schedule.stops()[..self.departed()]
            .iter()
            .enumerate()
            .filter_map(|(stop, passed)| {
                let (letter, role) = match passed.item {
                    Item::Beat(beat) => match self.session.beats()[beat].kind {
                        BeatKind::Ask => ('◆', Role::HudKey),
                        BeatKind::Task => ('▪', Role::Do),
                        BeatKind::Say(_) => return None,
                    },
                    Item::Hop(id) => {
                        let hop = ledger.hop(id);
                        match hop.path {
                            HopPath::ApiTrail => ('t', Role::Act),
                            HopPath::ResMetric => ('m', Role::Measure),
                            HopPath::MetricAlarm => ('a', Role::Measure),
                            HopPath::ConfigRule => ('c', Role::State),
                            HopPath::SnsSub | HopPath::LambdaEmail => ('n', Role::Deliver),
                            HopPath::BusLambda | HopPath::LambdaApi => ('λ', Role::Do),
                            _ if hop.payload.kind() == PayloadKind::Failed => ('x', Role::Bad),
                            _ => return None,
                        }
                    }
                };
                Some(Mark { stop, letter, role })
            })
            .collect()
    }

    /// What the questions came to, for the report.
    pub fn question_beats(&self) -> impl Iterator<Item = usize> + '_ {
        self.session.beats().iter().enumerate().filter_map(|(index, beat)| match beat.kind {
            BeatKind::Ask => Some(index),
            BeatKind::Say(_) | BeatKind::Task => None,
        })
    }

    /// The clock under the playhead, as story time.
    pub fn clock_ms(&self) -> u64 {
        let start = self.session.story_start();
        self.schedule.clock(start, self.screen).since(start).as_millis()
    }

    /// The clock at the end of what is known.
    pub fn end_ms(&self) -> u64 {
        let start = self.session.story_start();
        self.schedule.stops().last().map_or(0, |stop| stop.at.since(start).as_millis())
    }

    pub fn title(&self, lang: Lang) -> String {
        let introduction = self.session.introduction();
        format!("{} {}", introduction.id(), introduction.title(lang))
    }
}

impl Play {
    /// The hops that have departed, in order.
    pub fn departed_hops(&self) -> Vec<HopId> {
        self.schedule.stops()[..self.departed()]
            .iter()
            .filter_map(|stop| match stop.item {
                Item::Hop(id) => Some(id),
                Item::Beat(_) => None,
            })
            .collect()
    }

    /// The simulated moment under the playhead.
    pub fn clock(&self) -> crate::kernel::SimTime {
        self.schedule.clock(self.session.story_start(), self.screen)
    }
}
