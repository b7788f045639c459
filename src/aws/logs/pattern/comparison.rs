//! `= value`, `> 5`, `!= 4*`, `= %re%`: comparing one value of a line with what a pattern wants.

use std::fmt;

use super::{
    cursor::Cursor,
    fault::Fault,
    glob::Glob,
    regex::{self, Regex},
};
use crate::aws::logs::number::number;

/// An operator and what stands right of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    operator: Operator,
    operand: Operand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    /// A word or a quoted text, with `*` for anything.
    Text(Glob),
    Number {
        value: f64,
        written: String,
    },
    Regex(Regex),
}

/// Longest first, so that `<=` is not read as `<`.
const OPERATORS: [(&str, Operator); 6] = [
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

impl Comparison {
    /// Whether it holds for a value, of which `text` is how it is written.
    pub fn holds(&self, text: &str) -> bool {
        match self.operator {
            Operator::Equal => self.equals(text),
            Operator::NotEqual => !self.equals(text),
            order => {
                let (Operand::Number { value, .. }, Some(actual)) = (&self.operand, number(text)) else {
                    return false;
                };
                match order {
                    Operator::Less => actual < *value,
                    Operator::LessOrEqual => actual <= *value,
                    Operator::Greater => actual > *value,
                    _ => actual >= *value,
                }
            }
        }
    }

    fn equals(&self, text: &str) -> bool {
        match &self.operand {
            Operand::Text(glob) => glob.matches(text),
            Operand::Number { value, written } => match number(text) {
                Some(actual) => same(actual, *value),
                None => text == written,
            },
            Operand::Regex(regex) => regex.is_match(text),
        }
    }

    pub const fn has_regex(&self) -> bool {
        matches!(self.operand, Operand::Regex(_))
    }
}

/// Equal as numbers are written: nothing was computed, so the bits agree when the values do.
#[expect(clippy::float_cmp, reason = "both were read from text, neither was computed")]
fn same(left: f64, right: f64) -> bool {
    left == right
}

/// Reads an operator and its value.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Comparison, Fault> {
    let Some((_, operator)) = OPERATORS.into_iter().find(|(sign, _)| cursor.eat(sign)) else {
        return Err(cursor.fault("one of = != < <= > >="));
    };
    if operator == Operator::Equal && cursor.peek() == Some('=') {
        return Err(cursor.fault("a value").with_help("write a single ="));
    }
    cursor.skip_spaces();
    let start = cursor.at();
    let operand = operand(cursor)?;
    let is_number = matches!(operand, Operand::Number { .. });
    if !is_number && !matches!(operator, Operator::Equal | Operator::NotEqual) {
        let fault = cursor.fault_at(start, "a number such as 500, -1.5 or 1e3");
        return Err(fault.with_help("only = and != compare texts"));
    }
    Ok(Comparison { operator, operand })
}

fn operand(cursor: &mut Cursor<'_>) -> Result<Operand, Fault> {
    match cursor.peek() {
        Some('"') => return Ok(Operand::Text(Glob::new(cursor.quoted()?))),
        Some('%') => return regex::parse(cursor).map(Operand::Regex),
        _ => {}
    }
    // The guide lets plain words go without quotes; dots, dashes, slashes and colons are unquoted in its samples.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.*:/+".contains(c);
    let word = cursor.take_while(is_plain);
    let next = cursor.peek();
    if word.is_empty() || next.is_some_and(|c| !c.is_whitespace() && !"&|)}],".contains(c)) {
        let fault = cursor.fault("a word, a number, \"a text\" or %a regular expression%");
        return Err(if next.is_none_or(|c| "&|)}],".contains(c)) {
            fault
        } else {
            fault.with_help("put a text with other characters between double quotes")
        });
    }
    Ok(match number(word) {
        Some(value) => Operand::Number { value, written: word.to_owned() },
        None => Operand::Text(Glob::new(word)),
    })
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign =
            OPERATORS.iter().find(|(_, operator)| *operator == self.operator).map_or("", |(sign, _)| sign);
        write!(f, "{sign} ")?;
        match &self.operand {
            Operand::Text(glob) => write_quoted(f, glob.as_str()),
            Operand::Number { written, .. } => f.write_str(written),
            Operand::Regex(regex) => regex.fmt(f),
        }
    }
}

/// Writes a text between double quotes, as [`Cursor::quoted`] reads it.
pub(super) fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
