//! What is wrong with a line, where, and what to do about it.

use std::{fmt, ops::Range};

use super::line::Word;
use crate::aws::Advice;

/// What sort of mistake a line has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseErrorKind {
    /// A quote that is never closed.
    Quoting,
    /// Something only a real shell would do: a pipe, a redirection.
    Shell,
    /// No such service, or none was named.
    Service,
    /// No such operation, or none was named.
    Operation,
    /// An option of the AWS CLI itself that Vigie does not have, or a bad value for one.
    Global,
    /// Options that are needed and are not there.
    Missing,
    /// Options or words nobody asked for.
    Unknown,
    /// A value that is not of its option's type.
    Value,
    /// A file that is not among those given.
    File,
    /// Parameters that do not fit the operation.
    Validation,
}

/// A line that is no command. `message` is the AWS CLI's own text wherever it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub kind: ParseErrorKind,
    /// Bytes of the line to underline; empty at the end of the line when something is missing there.
    pub range: Range<usize>,
    pub message: String,
    pub help: Option<Advice>,
}

impl ParseError {
    pub fn new(kind: ParseErrorKind, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { kind, range, message: message.into(), help: None }
    }

    #[must_use]
    pub fn with_help(mut self, help: impl Into<Option<Advice>>) -> Self {
        self.help = help.into();
        self
    }

    /// The first line of the message that says something: what fits beside an underlined word.
    pub fn headline(&self) -> &str {
        self.message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

/// Options or words that are needed and are not there.
pub(super) fn required(range: Range<usize>, names: &str) -> ParseError {
    let message = format!("aws: error: the following arguments are required: {names}");
    ParseError::new(ParseErrorKind::Missing, range, message)
}

/// Options or words nobody asked for.
pub(super) fn unknown(words: &[&Word]) -> ParseError {
    let list: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    let range = words.first().map_or(0..0, |word| word.range.clone());
    ParseError::new(ParseErrorKind::Unknown, range, format!("Unknown options: {}", list.join(", ")))
}
