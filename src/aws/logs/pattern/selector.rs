//! `$.users[0].name`, `$.items[*].id`, `$['dotted.key']`: what part of a JSON document a condition looks at.

use std::fmt;

use serde_json::Value;

use super::{cursor::Cursor, fault::Fault};

/// A way down a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    /// `[*]`: every element of an array.
    Elements,
    /// `.*`: every member of an object.
    Members,
}

impl Selector {
    /// Reads a selector that stands alone, as a metric's value or dimension does.
    ///
    /// # Errors
    /// Where the text stops being a selector.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut cursor = Cursor::new(text);
        let selector = parse(&mut cursor)?;
        match cursor.peek() {
            None => Ok(selector),
            Some(_) => Err(cursor.fault("the end of the selector")),
        }
    }

    /// Every value it leads to.
    pub fn select<'v>(&self, document: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![document];
        for step in &self.steps {
            found = found.into_iter().flat_map(|value| step.from(value)).collect();
        }
        found
    }

    /// How many of its steps are wildcards.
    pub fn wildcards(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Elements | Step::Members)).count()
    }
}

impl Step {
    fn from<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match self {
            Self::Key(key) => value.as_object().and_then(|object| object.get(key)).into_iter().collect(),
            Self::Index(index) => value.as_array().and_then(|list| list.get(*index)).into_iter().collect(),
            Self::Elements => value.as_array().into_iter().flatten().collect(),
            Self::Members => value.as_object().into_iter().flat_map(serde_json::Map::values).collect(),
        }
    }
}

/// Reads `$` and the steps after it.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Selector, Fault> {
    let start = cursor.at();
    if !cursor.eat("$") {
        let word = cursor.take_while(|c| c.is_alphanumeric() || "_-.".contains(c));
        let fault = cursor.fault_at(start, "a selector such as $.eventName");
        return Err(if word.is_empty() {
            fault
        } else {
            fault.with_help(format!("did you mean `$.{word}`?"))
        });
    }
    let mut selector = Selector { steps: Vec::new() };
    loop {
        let step = if cursor.eat(".") {
            if cursor.peek() == Some('[') { bracket(cursor)? } else { member(cursor)? }
        } else if cursor.peek() == Some('[') {
            bracket(cursor)?
        } else {
            break;
        };
        selector.steps.push(step);
    }
    if selector.steps.is_empty() {
        return Err(cursor.fault("`.` and the name of a field"));
    }
    if selector.wildcards() > 1 {
        return Err(cursor.fault_at(start, "no more than one wildcard in a selector"));
    }
    Ok(selector)
}

fn member(cursor: &mut Cursor<'_>) -> Result<Step, Fault> {
    if cursor.eat("*") {
        return Ok(Step::Members);
    }
    let key = cursor.take_while(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if key.is_empty() {
        return Err(cursor.fault("the name of a field").with_help("write other characters as $['a name']"));
    }
    Ok(Step::Key(key.to_owned()))
}

fn bracket(cursor: &mut Cursor<'_>) -> Result<Step, Fault> {
    cursor.eat("[");
    let step = if cursor.eat("*") {
        Step::Elements
    } else if let Some(quote @ ('\'' | '"')) = cursor.peek() {
        let start = cursor.at();
        cursor.eat(quote.encode_utf8(&mut [0; 4]));
        let key = cursor.take_until(quote).map(str::to_owned);
        Step::Key(key.ok_or_else(|| cursor.fault_at(start, format!("a name that ends with {quote}")))?)
    } else {
        let digits = cursor.take_while(|c| c.is_ascii_digit());
        let index = digits.parse().ok();
        Step::Index(index.ok_or_else(|| cursor.fault("a number from 0, `*` or 'a name'"))?)
    };
    if cursor.eat("]") { Ok(step) } else { Err(cursor.fault("`]`")) }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.steps {
            match step {
                Step::Key(key)
                    if key.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
                        && !key.is_empty() =>
                {
                    write!(f, ".{key}")?;
                }
                Step::Key(key) if key.contains('\'') => write!(f, "[\"{key}\"]")?,
                Step::Key(key) => write!(f, "['{key}']")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Elements => f.write_str("[*]")?,
                Step::Members => f.write_str(".*")?,
            }
        }
        Ok(())
    }
}
