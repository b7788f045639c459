//! A question being answered: what lies under the learner's hand before it is committed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::Action;
use crate::{
    aws::HopPath,
    kernel::HopId,
    lesson::{
        response::{Response, number},
        session::Session,
    },
    scenario::model::AskKind,
};

/// The longest text of a field, and of a number, in characters.
const FIELD: usize = 80;
const DIGITS: usize = 12;

/// An answer in the making.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    pub kind: AskKind,
    /// The row the keys act on; of a choice, the option chosen.
    pub focus: Option<usize>,
    options: usize,
    /// Where each card was put, and how many places there are.
    pub places: Vec<Option<usize>>,
    places_there_are: usize,
    /// Cards in the order in which they were taken.
    pub order: Vec<usize>,
    /// What is being written: a number, or one text a field.
    pub typed: Vec<String>,
    /// Lines of the notebook to choose from, oldest first.
    pub lines: Vec<HopId>,
    pub confidence: u8,
    pub hints: usize,
}

impl Draft {
    /// Nothing answered yet; `departed` is what can be seen of the story.
    pub fn new(session: &Session, beat: usize, departed: &[HopId]) -> Self {
        let kind = session.kind(beat);
        let fields = session.fields(beat).len();
        let is_line = |hop: &HopId| session.ledger().hop(*hop).path == HopPath::ApiTrail;
        let picks_a_line = kind == AskKind::Record && fields == 0;
        let typed = if kind == AskKind::Number { 1 } else { fields };
        Self {
            kind,
            focus: (kind != AskKind::Choice).then_some(0),
            options: session.option_count(beat),
            places: vec![None; session.cards(beat).len()],
            places_there_are: session.places(beat).len(),
            order: Vec::new(),
            typed: vec![String::new(); typed],
            lines: departed.iter().copied().filter(|hop| picks_a_line && is_line(hop)).collect(),
            confidence: 2,
            hints: 0,
        }
    }

    /// Whether the answer is written rather than chosen: characters are then no commands.
    pub fn is_written(&self) -> bool {
        !self.typed.is_empty()
    }

    /// Rows that can be gone to. Below the fields there is one more, where letters are commands again.
    fn rows(&self) -> usize {
        match self.kind {
            AskKind::Choice => self.options,
            AskKind::Sort | AskKind::Rank => self.places.len(),
            AskKind::Number => 1,
            AskKind::Record if self.typed.is_empty() => self.lines.len(),
            AskKind::Record => self.typed.len() + 1,
        }
    }

    /// Whether there is more than one row to go to.
    pub fn has_choice_of_rows(&self) -> bool {
        self.rows() > 1
    }

    fn go(&mut self, forward: bool) {
        let rows = self.rows().max(1);
        self.focus = Some(match (self.focus, forward) {
            (None, true) => 0,
            (None, false) => rows - 1,
            (Some(at), true) => (at + 1) % rows,
            (Some(at), false) => (at + rows - 1) % rows,
        });
    }

    /// Does what an action says, if it is one of answering.
    pub fn act(&mut self, action: Action) -> bool {
        match action {
            Action::Up => self.go(false),
            Action::Down => self.go(true),
            Action::Choose(letter) => self.choose(usize::from(letter)),
            Action::Confidence(level) => self.confidence = level,
            Action::Slower => self.confidence = self.confidence.saturating_sub(1).max(1),
            Action::Faster => self.confidence = (self.confidence + 1).min(3),
            _ => return false,
        }
        true
    }

    fn choose(&mut self, letter: usize) {
        match self.kind {
            AskKind::Choice if letter < self.options => self.focus = Some(letter),
            AskKind::Sort if letter < self.places_there_are => {
                let card = self.focus.unwrap_or(0);
                if let Some(place) = self.places.get_mut(card) {
                    *place = Some(letter);
                }
                self.focus = Some((card + 1).min(self.places.len().saturating_sub(1)));
            }
            AskKind::Rank if letter < self.places.len() => {
                self.focus = Some(letter);
                match self.order.iter().position(|card| *card == letter) {
                    Some(taken) => drop(self.order.remove(taken)),
                    None => self.order.push(letter),
                }
            }
            _ => {}
        }
    }

    /// Takes a key as text, where something is being written. Answers whether it did.
    pub fn take(&mut self, key: KeyEvent) -> bool {
        let is_chord = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let focus = self.focus.unwrap_or(0);
        match (self.kind, key.code) {
            (AskKind::Rank, KeyCode::Backspace) => self.order.pop().is_some(),
            (AskKind::Number | AskKind::Record, KeyCode::Backspace) if focus < self.typed.len() => {
                self.typed[focus].pop();
                true
            }
            (AskKind::Number, KeyCode::Char(c)) if c.is_ascii_digit() || matches!(c, '-' | '.' | ',') => {
                if self.typed[0].len() < DIGITS {
                    self.typed[0].push(c);
                }
                true
            }
            (AskKind::Record, KeyCode::Tab | KeyCode::BackTab) => {
                self.go(key.code == KeyCode::Tab);
                true
            }
            (AskKind::Record, KeyCode::Char(c)) if focus < self.typed.len() && !is_chord => {
                if self.typed[focus].chars().count() < FIELD {
                    self.typed[focus].push(c);
                }
                true
            }
            _ => false,
        }
    }

    /// The answer, once it is whole.
    pub fn response(&self) -> Option<Response> {
        match self.kind {
            AskKind::Choice => self.focus.map(Response::Choice),
            AskKind::Sort => self.places.iter().copied().collect::<Option<_>>().map(Response::Places),
            AskKind::Rank => {
                (self.order.len() == self.places.len()).then(|| Response::Order(self.order.clone()))
            }
            AskKind::Number => number(self.typed.first()?).map(Response::Number),
            AskKind::Record if self.typed.is_empty() => {
                self.focus.and_then(|row| self.lines.get(row)).copied().map(Response::Line)
            }
            AskKind::Record => {
                let is_begun = self.typed.iter().any(|text| !text.trim().is_empty());
                is_begun.then(|| Response::Fields(self.typed.clone()))
            }
        }
    }
}
