//! What the learner is asked: predictions and tasks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Duration, Line, Right, step::Runs};
use crate::scenario::{spanned::Spanned, words::Text};

/// A prediction; the clock stops until it is made.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub id: Spanned<String>,
    #[serde(default)]
    pub kind: AskKind,
    pub prompt: Text,
    /// Three or four; two only for a plain yes or no. Exactly one is `right`.
    #[serde(default)]
    pub options: Vec<Spanned<Choice>>,
    /// Cards to sort or to rank.
    #[serde(default)]
    pub cards: Vec<Text>,
    /// Places to sort cards into.
    #[serde(default)]
    pub places: Vec<Text>,
    /// The right number, places, order, line or fields; or `{from: <condition>}`, counted or found in the run.
    pub right: Option<Spanned<Right>>,
    /// How far a number may be off.
    pub within: Option<f64>,
    /// What is explained afterwards, where options do not explain themselves.
    pub because: Option<Text>,
    /// Conditions that hold when the marked answer is true.
    #[serde(default)]
    pub proof: Vec<Spanned<Condition>>,
    /// Where the answer comes from, for a question that the engine cannot verify.
    pub source: Option<String>,
    #[serde(default)]
    pub hints: Vec<Text>,
}

/// How a question is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum AskKind {
    #[default]
    Choice,
    Sort,
    Rank,
    Number,
    Record,
}

impl AskKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Choice => "choice",
            Self::Sort => "sort",
            Self::Rank => "rank",
            Self::Number => "number",
            Self::Record => "record",
        }
    }
}

/// One option of a question: the short answer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub fr: String,
    pub en: String,
    /// The right one.
    #[serde(default)]
    pub right: bool,
    /// The belief a wrong option betrays: `M14`.
    pub misconception: Option<Spanned<String>>,
    /// Why it is right or wrong: the mechanism first, at most sixty words, ending with a pointer to a hop.
    pub because: Text,
    /// Conditions that would hold if this wrong option were true: they must not.
    #[serde(default)]
    pub proof: Vec<Spanned<Condition>>,
}

impl Choice {
    pub fn text(&self) -> Text {
        Text::new(self.fr.clone(), self.en.clone())
    }
}

/// Something for the learner to do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub id: Spanned<String>,
    pub prompt: Text,
    /// What must be true once it is done, and is not before.
    pub check: Vec<Spanned<Condition>>,
    /// Three: where to look, which idea, nearly there.
    #[serde(default)]
    pub hints: Vec<Text>,
    /// Lines that do it: they prove it can be done.
    #[serde(default)]
    pub solution: Vec<Spanned<Line>>,
    /// Nobody needs to do it when nobody plays.
    #[serde(default)]
    pub optional: bool,
    /// The story goes on at this time, done or not.
    pub by: Option<Spanned<Duration>>,
    /// Said once it is done.
    pub because: Option<Text>,
    /// Stretches in which the learner's setting is tried, each in a copy of the world.
    #[serde(default)]
    pub runs: Runs,
}
