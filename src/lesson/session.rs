//! A scenario being lived: its story, its questions and tasks, and what the learner does to the account.

use std::sync::Arc;

use crate::{
    aws::{Ledger, hop::Hop},
    kernel::{HopId, SimTime},
    lesson::narration::Caption,
    text::Lang,
};

/// A caption in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captions {
    pub fr: Caption,
    pub en: Caption,
}

impl Captions {
    pub fn get(&self, lang: Lang) -> &Caption {
        match lang {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }
}

/// A beat of the lesson, at its place in the story.
#[derive(Clone, Debug)]
pub struct Beat {
    pub at: SimTime,
    /// How many hops the ledger had when the story reached it.
    pub hops_before: usize,
    pub kind: BeatKind,
}
