//! What a pattern makes of a line, and why it does not match.

use indexmap::IndexMap;
use serde::Serialize;

use super::line::Line;

/// Named parts of a line, such as `$ip`, in their order.
pub type Extracted = IndexMap<String, String>;

/// What a pattern makes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Match(Extracted),
    /// The conditions that failed: one if all had to hold, each of the alternatives if one would have done.
    NoMatch(Vec<Miss>),
}

/// A condition that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// A selector, the name of a place in the line, or `message`.
    pub field: String,
    pub expected: String,
    /// What was there; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
}

impl Miss {
    /// A condition on the whole line.
    pub fn of_message(expected: impl Into<String>, line: &Line<'_>) -> Self {
        Self { field: "message".to_owned(), expected: expected.into(), actual: Some(shown(line.text())) }
    }
}

/// A value short enough to be kept beside a condition.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 160;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
