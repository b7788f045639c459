//! Regular expressions between percent signs: which characters they may have, and matching in linear time.
//!
//! `regex-lite` runs in time proportional to the text whatever the expression, so a hostile pattern cannot hang.

use std::fmt;

use regex_lite::RegexBuilder;

use super::{
    cursor::Cursor,
    fault::Fault,
    line::Line,
    verdict::{Extracted, Miss, Verdict},
};

/// Symbols that stand for themselves. Source: user guide, "Supported regular expressions (regex) syntax".
const SYMBOLS: &str = ":_#=@/;,- ";
/// Characters with a meaning, which a backslash takes from them.
const OPERATORS: &str = "^$?[]{}|\\*+.";
/// Letters that mean a class of characters after a backslash.
const CLASSES: &str = "dDsSwW";
/// The memory a compiled expression may take, in bytes: keeps counted repetitions of repetitions small. Teaching
/// default.
const BUDGET: usize = 64 * 1024;

/// A regular expression that a filter pattern may use.
#[derive(Clone)]
pub struct Regex {
    text: String,
    compiled: regex_lite::Regex,
}

impl Regex {
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }

    pub fn judge(&self, line: &Line<'_>) -> Verdict {
        if self.is_match(line.text()) {
            return Verdict::Match(Extracted::new());
        }
        Verdict::NoMatch(vec![Miss::of_message(format!("a match of {self}"), line)])
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regex").field(&self.text).finish()
    }
}

impl fmt::Display for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}%", self.text)
    }
}

/// Reads `%expression%`.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Regex, Fault> {
    let start = cursor.at();
    cursor.eat("%");
    let inside = cursor.at();
    let Some(text) = cursor.take_until('%') else {
        let fault = cursor.fault_at(start, "a regular expression that ends with %");
        return Err(fault.with_help("close the expression with another %"));
    };
    if text.is_empty() {
        return Err(cursor.fault_at(inside, "a regular expression between the two %"));
    }
    check(cursor, text, inside)?;
    let built = RegexBuilder::new(text).size_limit(BUDGET).build();
    let compiled = built
        .map_err(|error| cursor.fault_at(inside, "a regular expression").with_help(error.to_string()))?;
    Ok(Regex { text: text.to_owned(), compiled })
}

/// Refuses what the service does not let into an expression, at its place.
fn check(cursor: &Cursor<'_>, text: &str, starts_at: usize) -> Result<(), Fault> {
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        let refused = |expected: &str| {
            let fault = cursor.fault_at(starts_at + at, expected);
            fault.saying(format!("Invalid character(s) in term '{letter}'"))
        };
        match letter {
            '\\' => match letters.next() {
                Some((_, escaped)) if CLASSES.contains(escaped) => {}
                Some((_, escaped)) if OPERATORS.contains(escaped) || SYMBOLS.contains(escaped) => {}
                Some((_, 'x')) => {
                    let digits = letters.as_str().bytes().take(2).filter(u8::is_ascii_hexdigit).count();
                    if digits < 2 {
                        return Err(refused("two hexadecimal digits after \\x"));
                    }
                }
                _ => return Err(refused("one of \\d \\D \\s \\S \\w \\W, \\xhh or an escaped operator")),
            },
            letter if letter.is_ascii_alphanumeric() => {}
            letter if SYMBOLS.contains(letter) || OPERATORS.contains(letter) => {}
            letter => {
                let fault = refused("a letter, a digit, a space, one of : _ # = @ / ; , - or an operator");
                return Err(if letter.is_ascii() {
                    fault.with_help(format!("write it as \\x{:02X}", u32::from(letter)))
                } else {
                    fault.with_help("only ASCII is supported; write . for any one character")
                });
            }
        }
    }
    Ok(())
}
