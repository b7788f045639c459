//! Reads an alarm rule, character by character.

use std::sync::Arc;

use super::rule::{Condition, Quorum};
use crate::aws::cloudwatch::evaluation::State;

/// What a rule or a part of it may begin with, in the service's words.
const START: &str = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA";
/// Shallow enough for the stack.
const DEEPEST: usize = 100;

/// A condition, and how many elements it is made of.
pub(super) struct Whole {
    pub condition: Condition,
    pub elements: usize,
}

pub(super) struct Reader {
    letters: Vec<char>,
    position: usize,
    elements: usize,
    depth: usize,
}

impl Reader {
    pub(super) fn new(text: &str) -> Self {
        Self { letters: text.chars().collect(), position: 0, elements: 0, depth: 0 }
    }

    pub(super) fn whole(mut self) -> Result<Whole, String> {
        let condition = self.any()?;
        if self.peek().is_some() {
            return Err(self.unsupported("'AND', 'OR' or end of rule"));
        }
        Ok(Whole { condition, elements: self.elements })
    }

    /// The next letter that is not a space.
    fn peek(&mut self) -> Option<char> {
        while self.letters.get(self.position).is_some_and(|letter| letter.is_whitespace()) {
            self.position += 1;
        }
        self.letters.get(self.position).copied()
    }

    /// The word that begins here, which may be a sign.
    fn word(&mut self) -> String {
        let Some(first) = self.peek() else { return String::new() };
        if !is_of_word(first) {
            return first.to_string();
        }
        self.letters[self.position..].iter().take_while(|letter| is_of_word(**letter)).collect()
    }

    /// Steps over a word or sign if it is there.
    fn takes(&mut self, word: &str) -> bool {
        let is_there = self.word() == word;
        if is_there {
            self.position += word.chars().count();
        }
        is_there
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(self.unsupported(&format!("'{sign}'"))) }
    }

    fn unsupported(&mut self, wanted: &str) -> String {
        let token = match self.word() {
            word if word.is_empty() => "end of rule".to_owned(),
            word => word,
        };
        format!(
            "Error in AlarmRule [Unsupported token '{token}' at char {}, must be: {wanted}]",
            self.position
        )
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.takes("OR") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.negation()?];
        while self.takes("AND") {
            parts.push(self.negation()?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn negation(&mut self) -> Result<Condition, String> {
        if self.takes("NOT") {
            return Ok(Condition::Not(Box::new(self.primary()?)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Condition, String> {
        let word = self.word();
        if let Some(state) = State::parse(&word) {
            self.takes(&word);
            self.expect("(")?;
            let alarm = self.alarm()?;
            self.expect(")")?;
            return Ok(Condition::Is { state, alarm });
        }
        match word.as_str() {
            "(" => self.group(),
            "TRUE" | "FALSE" => {
                self.elements += 1;
                self.takes(&word);
                Ok(Condition::Constant(word == "TRUE"))
            }
            "AT_LEAST" => {
                self.takes("AT_LEAST");
                self.at_least()
            }
            _ => Err(self.unsupported(START)),
        }
    }

    fn group(&mut self) -> Result<Condition, String> {
        self.takes("(");
        self.elements += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("Error in AlarmRule [parentheses are nested more than {DEEPEST} deep]"));
        }
        let inside = self.any()?;
        self.depth -= 1;
        self.expect(")")?;
        Ok(inside)
    }

    /// What follows `AT_LEAST`.
    fn at_least(&mut self) -> Result<Condition, String> {
        self.expect("(")?;
        let number: String = self.word().chars().take_while(char::is_ascii_digit).collect();
        let Ok(count) = number.parse::<usize>() else {
            return Err(self.unsupported("a number or a percentage"));
        };
        self.position += number.len();
        let quorum = if self.takes("%") { Quorum::Percent(count) } else { Quorum::Count(count) };
        self.expect(",")?;
        let negated = self.takes("NOT");
        let word = self.word();
        let Some(state) = State::parse(&word) else {
            return Err(self.unsupported("ALARM, OK, or INSUFFICIENT_DATA"));
        };
        self.takes(&word);
        self.expect(",")?;
        self.expect("(")?;
        let mut alarms = vec![self.alarm()?];
        while self.takes(",") {
            alarms.push(self.alarm()?);
        }
        self.expect(")")?;
        self.expect(")")?;
        Ok(Condition::AtLeast { quorum, negated, state, alarms })
    }

    /// A name or ARN: between quotes, or up to a space, a parenthesis or a comma.
    fn alarm(&mut self) -> Result<Arc<str>, String> {
        self.elements += 1;
        let name = if self.peek() == Some('"') { self.quoted() } else { Some(self.bare()) };
        match name {
            Some(name) if !name.is_empty() => Ok(name.into()),
            _ => Err(self.unsupported("an alarm name or ARN")),
        }
    }

    fn bare(&mut self) -> String {
        let ends = |letter: &char| letter.is_whitespace() || matches!(letter, '(' | ')' | ',');
        let name: String = self.letters[self.position..].iter().take_while(|letter| !ends(letter)).collect();
        self.position += name.chars().count();
        name
    }

    fn quoted(&mut self) -> Option<String> {
        let mut name = String::new();
        let mut position = self.position + 1;
        loop {
            match self.letters.get(position)? {
                '"' => break,
                '\\' => {
                    position += 1;
                    name.push(*self.letters.get(position)?);
                }
                letter => name.push(*letter),
            }
            position += 1;
        }
        self.position = position + 1;
        Some(name)
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':' | '/')
}

fn one_or(mut parts: Vec<Condition>, joined: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1 { parts.remove(0) } else { joined(parts) }
}
