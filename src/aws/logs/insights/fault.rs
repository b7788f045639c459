//! Why a query was refused: the line, the position, what was expected and what was probably meant.

use std::ops::Range;

use crate::aws::ApiError;

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unexpected symbol found {found} at line {line} and position {position}: expected {expected}{}",
    .help.as_deref().map(|help| format!("; {help}")).unwrap_or_default()
)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// Which character of the line, counted from 1.
    pub position: usize,
    pub found: String,
    pub expected: String,
    /// What was probably meant.
    pub help: Option<String>,
}

impl Fault {
    /// A fault at a range of bytes of the query.
    pub fn new(query: &str, at: Range<usize>, expected: impl Into<String>) -> Self {
        let before = &query[..at.start];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let found = match query[at].split_whitespace().next() {
            Some(word) => word.chars().take(24).collect(),
            None => "end of query".to_owned(),
        };
        Self {
            line: before.matches('\n').count() + 1,
            position: before[line_start..].chars().count() + 1,
            found,
            expected: expected.into(),
            help: None,
        }
    }

    /// Adds what was probably meant.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self::client("MalformedQueryException", fault.to_string())
    }
}
