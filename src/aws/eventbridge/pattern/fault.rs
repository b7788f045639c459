//! What can be wrong with a pattern, and where.
//!
//! AWS answers `InvalidEventPatternException` with a fixed lead-in, a reason and an excerpt with line and
//! column. The class of the fault is ours: it lets a lesson or a hint speak about the mistake without reading
//! English text.

use super::json::JsonError;

/// The kind of mistake, as `event-patterns.md` §6 and the conformance corpus name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    MalformedJson,
    NotAnObject,
    EmptyObject,
    EmptyArray,
    LeafNotArray,
    NestedArrayValue,
    EmptyExpression,
    UnknownOperator,
    UnsupportedInnerOperator,
    ExtraOperatorKey,
    OperandNotString,
    ExistsNotBoolean,
    AnythingButBadType,
    WildcardConsecutive,
    WildcardBadEscape,
    WildcardTooComplex,
    NumericBad,
    CidrBad,
    OrBad,
    TooManyBranches,
}

impl Fault {
    /// The stable name of the class: `leaf-not-array`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed-json",
            Self::NotAnObject => "not-an-object",
            Self::EmptyObject => "empty-object",
            Self::EmptyArray => "empty-array",
            Self::LeafNotArray => "leaf-not-array",
            Self::NestedArrayValue => "nested-array-value",
            Self::EmptyExpression => "empty-expression",
            Self::UnknownOperator => "unknown-operator",
            Self::UnsupportedInnerOperator => "unsupported-inner-operator",
            Self::ExtraOperatorKey => "extra-operator-key",
            Self::OperandNotString => "operand-not-string",
            Self::ExistsNotBoolean => "exists-not-boolean",
            Self::AnythingButBadType => "anything-but-bad-type",
            Self::WildcardConsecutive => "wildcard-consecutive",
            Self::WildcardBadEscape => "wildcard-bad-escape",
            Self::WildcardTooComplex => "wildcard-too-complex",
            Self::NumericBad => "numeric-bad",
            Self::CidrBad => "cidr-bad",
            Self::OrBad => "or-bad",
            Self::TooManyBranches => "too-many-branches",
        }
    }
}

/// A pattern that cannot be compiled.
///
/// Its `Display` is the message of AWS's `InvalidEventPatternException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Event pattern is not valid. Reason: {reason}\n at [Source: (String)\"{excerpt}\"; line: {line}, column: {column}]"
)]
pub struct PatternError {
    pub fault: Fault,
    /// What is wrong, in AWS's manner and in English like all of AWS's errors.
    pub reason: String,
    /// First line is 1.
    pub line: usize,
    /// First character of a line is column 1; counted in characters.
    pub column: usize,
    /// Byte offset in the pattern text, for underlining.
    pub offset: usize,
    /// The beginning of the source, at most [`EXCERPT_CHARS`] characters.
    pub excerpt: String,
}

/// How much of the source an error message quotes, in characters.
///
/// Teaching default.
pub const EXCERPT_CHARS: usize = 500;

/// A fault and its byte offset, before the source is at hand to count lines.
#[derive(Debug)]
pub(super) struct Refusal {
    pub fault: Fault,
    pub at: usize,
    pub reason: String,
}

impl Refusal {
    pub fn new(fault: Fault, at: usize, reason: impl Into<String>) -> Self {
        Self { fault, at, reason: reason.into() }
    }

    /// Adds what a person needs to find the place.
    pub fn locate(self, source: &str) -> PatternError {
        let before = source.get(..self.at).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        PatternError {
            fault: self.fault,
            reason: self.reason,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            offset: before.len(),
            excerpt: excerpt(source),
        }
    }
}

impl From<JsonError> for Refusal {
    fn from(error: JsonError) -> Self {
        Self::new(Fault::MalformedJson, error.at, error.reason)
    }
}

fn excerpt(source: &str) -> String {
    match source.char_indices().nth(EXCERPT_CHARS) {
        None => source.to_owned(),
        Some((end, _)) => format!("{}[truncated {} chars]", &source[..end], source[end..].chars().count()),
    }
}
