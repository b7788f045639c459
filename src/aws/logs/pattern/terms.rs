//! Terms: words and quoted phrases that a line has, has one of, or has not.
//!
//! Plain terms must all be there, `-terms` must not; of `?terms` one must be there, unless there are others beside
//! them: then, says the user guide, the `?terms` are ignored.

use std::fmt;

use super::{
    cursor::Cursor,
    fault::Fault,
    line::Line,
    verdict::{Extracted, Miss, Verdict},
};

/// A pattern of terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    kind: Kind,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Required,
    Optional,
    Excluded,
}

impl Terms {
    pub fn judge(&self, line: &Line<'_>) -> Verdict {
        let misses = if self.terms.iter().all(|term| term.kind == Kind::Optional) {
            self.none_of_the_optional(line)
        } else {
            self.first_that_fails(line).into_iter().collect()
        };
        if misses.is_empty() { Verdict::Match(Extracted::new()) } else { Verdict::NoMatch(misses) }
    }

    fn none_of_the_optional(&self, line: &Line<'_>) -> Vec<Miss> {
        if self.terms.iter().any(|term| line.text().contains(&term.text)) {
            return Vec::new();
        }
        self.terms.iter().map(|term| Miss::of_message(format!("{term}"), line)).collect()
    }

    fn first_that_fails(&self, line: &Line<'_>) -> Option<Miss> {
        let fails = |term: &&Term| match term.kind {
            Kind::Required => !line.text().contains(&term.text),
            Kind::Excluded => line.text().contains(&term.text),
            Kind::Optional => false,
        };
        let term = self.terms.iter().find(fails)?;
        Some(Miss::of_message(format!("{term}"), line))
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(f, "{space}{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Required => "",
            Kind::Optional => "?",
            Kind::Excluded => "-",
        })?;
        super::comparison::write_quoted(f, &self.text)
    }
}

/// Reads terms up to the end; nothing when they let everything through.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Option<Terms>, Fault> {
    let mut terms = Vec::new();
    while cursor.peek().is_some() {
        terms.push(term(cursor)?);
        let end = cursor.at();
        cursor.skip_spaces();
        if cursor.at() == end && cursor.peek().is_some() {
            return Err(cursor.fault("a space before the next term"));
        }
    }
    let is_blank = |term: &Term| term.kind == Kind::Required && term.text.trim().is_empty();
    if matches!(terms.as_slice(), [only] if is_blank(only)) {
        return Ok(None);
    }
    Ok(Some(Terms { terms }))
}

fn term(cursor: &mut Cursor<'_>) -> Result<Term, Fault> {
    let start = cursor.at();
    let kind = if cursor.eat("?") {
        Kind::Optional
    } else if cursor.eat("-") {
        Kind::Excluded
    } else {
        Kind::Required
    };
    if cursor.peek() == Some('"') {
        return Ok(Term { kind, text: cursor.quoted()? });
    }
    let text = cursor.take_while(|c| c.is_alphanumeric() || c == '_');
    let ends = cursor.peek().is_none_or(char::is_whitespace);
    if text.is_empty() || !ends {
        let word = cursor.rest().split_whitespace().next().unwrap_or_default();
        let whole = format!("{text}{word}");
        let fault =
            cursor.fault_at(if ends { start } else { cursor.at() }, "a letter, a digit, _ or a space");
        return Err(fault
            .saying(format!("Invalid character(s) in term '{whole}'"))
            .with_help(suggestion(&whole)));
    }
    Ok(Term { kind, text: text.to_owned() })
}

fn suggestion(word: &str) -> String {
    match word.trim_matches('"') {
        "" => "put a word or a quoted phrase after the sign".to_owned(),
        word => format!("put it between double quotes: \"{word}\""),
    }
}
