//! Query text -> tokens, one at a time: whether `/` divides or opens a regular expression, only the parser knows.

use std::ops::Range;

use super::{fault::Fault, period};
use crate::aws::advice::closest;

/// A piece of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub kind: Kind,
    /// Bytes of the query.
    pub at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A keyword, or the name of a field or function.
    Word(String),
    /// A name between backticks.
    Name(String),
    /// A text between quotes.
    Text(String),
    Number(f64),
    Period(period::Period),
    Symbol(&'static str),
    End,
}

/// Longest first.
const SYMBOLS: [&str; 19] =
    ["=~", "!=", "<=", ">=", "|", ",", "(", ")", "[", "]", "=", "<", ">", "+", "-", "*", "/", "%", "^"];

/// A place in a query's text.
#[derive(Clone, Debug)]
pub struct Lexer<'q> {
    pub query: &'q str,
    at: usize,
}

impl<'q> Lexer<'q> {
    pub const fn new(query: &'q str) -> Self {
        Self { query, at: 0 }
    }

    /// Reads the next token.
    pub fn token(&mut self) -> Result<Token, Fault> {
        self.skip_blanks_and_comments();
        let start = self.at;
        let rest = &self.query[start..];
        let Some(first) = rest.chars().next() else {
            return Ok(Token { kind: Kind::End, at: start..start });
        };
        let kind = match first {
            '"' | '\'' => Kind::Text(self.quoted(first)?),
            '`' => Kind::Name(self.name()?),
            first if first.is_ascii_digit() => self.number()?,
            first if is_name(first) => Kind::Word(self.take_while(is_name).to_owned()),
            _ => self.symbol()?,
        };
        Ok(Token { kind, at: start..self.at })
    }

    /// Reads the regular expression whose opening `/` has just been read; `\/` stands for a slash.
    pub fn regex(&mut self, opening: &Range<usize>) -> Result<String, Fault> {
        let rest = &self.query[opening.end..];
        let mut escaped = false;
        let end = rest.char_indices().find(|(_, letter)| {
            let ends = *letter == '/' && !escaped;
            escaped = *letter == '\\' && !escaped;
            ends
        });
        let Some((end, _)) = end else {
            let at = opening.start..self.query.len();
            return Err(Fault::new(self.query, at, "a regular expression that ends with /"));
        };
        self.at = opening.end + end + 1;
        Ok(rest[..end].replace("\\/", "/"))
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if !self.query[self.at..].starts_with('#') {
                return;
            }
            self.take_while(|letter| letter != '\n');
        }
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'q str {
        let rest = &self.query[self.at..];
        let end = rest.find(|letter| !fits(letter)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let start = self.at;
        let mut text = String::new();
        let mut letters = self.query[start + 1..].chars();
        while let Some(letter) = letters.next() {
            match letter {
                letter if letter == quote => {
                    self.at = self.query.len() - letters.as_str().len();
                    return Ok(text);
                }
                '\\' if letters.as_str().starts_with(['"', '\'', '\\']) => text.extend(letters.next()),
                letter => text.push(letter),
            }
        }
        Err(Fault::new(self.query, start..self.query.len(), format!("a text that ends with {quote}")))
    }

    fn name(&mut self) -> Result<String, Fault> {
        let start = self.at;
        match self.query[start + 1..].split_once('`') {
            Some((name, _)) if !name.is_empty() => {
                self.at = start + name.len() + 2;
                Ok(name.to_owned())
            }
            _ => Err(Fault::new(self.query, start..self.query.len(), "a field name between two backticks")),
        }
    }

    fn number(&mut self) -> Result<Kind, Fault> {
        let start = self.at;
        self.take_while(|letter| letter.is_ascii_digit() || letter == '.');
        let mantissa = self.at;
        let exponent = self.query[mantissa..].strip_prefix(['e', 'E']);
        if exponent
            .is_some_and(|rest| rest.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit()))
        {
            self.at += 1;
            self.take_while(|letter| matches!(letter, '+' | '-'));
            self.take_while(|letter| letter.is_ascii_digit());
        }
        let end = self.at;
        let unit = self.take_while(is_name);
        let written = &self.query[start..end];
        let wrong = |at: Range<usize>, expected: &str| Err(Fault::new(self.query, at, expected));
        if unit.is_empty() {
            return written
                .parse()
                .map_or_else(|_| wrong(start..end, "a number"), |number| Ok(Kind::Number(number)));
        }
        let Ok(count) = written.parse() else {
            return wrong(start..self.at, "a whole number of a unit of time");
        };
        period::Period::new(count, unit).map(Kind::Period).ok_or_else(|| {
            let fault =
                Fault::new(self.query, end..self.at, "a unit of time such as s, m, h, d, w, mo, q or y");
            match closest(unit, period::unit_names()) {
                Some(name) => fault.with_help(format!("did you mean `{written}{name}`?")),
                None => fault.with_help("a field name that starts with a digit goes between backticks"),
            }
        })
    }

    fn symbol(&mut self) -> Result<Kind, Fault> {
        let rest = &self.query[self.at..];
        let known = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
        let Some(symbol) = known else {
            let fault =
                Fault::new(self.query, self.at..self.query.len(), "a field, a text, a number or an operator");
            return Err(if rest.starts_with("&&") {
                fault.with_help("write `and`")
            } else {
                fault.with_help("field names with other characters go between backticks")
            });
        };
        self.at += symbol.len();
        Ok(Kind::Symbol(symbol))
    }
}

/// What field names may have without backticks. Source: user guide, "Log fields".
fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '@' | '.' | '_')
}
