//! Filter patterns: which log events a metric filter, a subscription filter or a search is about.
//!
//! The first character decides the syntax: `{` conditions on JSON fields ([`json`]), `[` conditions on words by their
//! place ([`delimited`]), `%` one regular expression ([`regex`]), anything else terms ([`terms`]). A pattern is refused
//! with the place, what was expected there and what was probably meant ([`Fault`]); a line that does not match says
//! which conditions failed ([`Miss`]).
//!
//! Source: CloudWatch Logs user guide, "Filter pattern syntax", as gathered in the project's reference.

mod comparison;
mod cursor;
mod delimited;
mod expression;
mod fault;
mod glob;
mod json;
mod line;
mod regex;
mod selector;
mod terms;
#[cfg(test)]
mod tests;
mod verdict;

use std::fmt;

use self::{cursor::Cursor, delimited::Delimited, json::Json, regex::Regex, terms::Terms};
pub use self::{
    fault::Fault,
    line::Line,
    selector::Selector,
    verdict::{Extracted, Miss, Verdict},
};

/// Characters a pattern may have. Source: the service model's `FilterPattern`.
const LONGEST: usize = 1024;

/// A filter pattern that was understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    Everything,
    Terms(Terms),
    Regex(Regex),
    Json(Json),
    Delimited(Delimited),
}

impl Pattern {
    /// Reads a pattern; an empty one, or a blank phrase, matches everything.
    ///
    /// # Errors
    /// Where the text stops being a pattern, and what was expected there.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if let Some((past_end, _)) = text.char_indices().nth(LONGEST) {
            let fault = Cursor::new(text).fault_at(past_end, format!("no more than {LONGEST} characters"));
            return Err(fault.saying("Filter pattern is too long"));
        }
        let mut cursor = Cursor::new(text);
        cursor.skip_spaces();
        let pattern = match cursor.peek() {
            None => Self::Everything,
            Some('{') => Self::Json(json::parse(&mut cursor)?),
            Some('[') => Self::Delimited(delimited::parse(&mut cursor)?),
            Some('%') => Self::Regex(regex::parse(&mut cursor)?),
            Some(_) => terms::parse(&mut cursor)?.map_or(Self::Everything, Self::Terms),
        };
        cursor.skip_spaces();
        match cursor.peek() {
            None => Ok(pattern),
            Some(_) => Err(cursor.fault("the end of the pattern")),
        }
    }

    /// Looks at one line: what was extracted from it, or which conditions it fails.
    pub fn judge(&self, line: &Line<'_>) -> Verdict {
        match self {
            Self::Everything => Verdict::Match(Extracted::new()),
            Self::Terms(terms) => terms.judge(line),
            Self::Regex(regex) => regex.judge(line),
            Self::Json(json) => json.judge(line),
            Self::Delimited(delimited) => delimited.judge(line),
        }
    }

    pub fn matches(&self, line: &Line<'_>) -> bool {
        matches!(self.judge(line), Verdict::Match(_))
    }

    /// How many regular expressions it holds.
    pub fn regexes(&self) -> usize {
        match self {
            Self::Everything | Self::Terms(_) => 0,
            Self::Regex(_) => 1,
            Self::Json(json) => json.regexes(),
            Self::Delimited(delimited) => delimited.regexes(),
        }
    }

    /// Whether it gives names to parts of a line: only then may a metric have dimensions.
    pub const fn names_fields(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Delimited(_))
    }
}

/// The pattern as it was understood; reads back as the same pattern.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => Ok(()),
            Self::Terms(terms) => terms.fmt(f),
            Self::Regex(regex) => regex.fmt(f),
            Self::Json(json) => json.fmt(f),
            Self::Delimited(delimited) => delimited.fmt(f),
        }
    }
}
