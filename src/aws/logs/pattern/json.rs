//! `{ $.field = value && … }`: conditions on the fields of a JSON line.

use std::{borrow::Cow, fmt};

use serde_json::Value;

use super::{
    comparison::{self, Comparison},
    cursor::Cursor,
    expression::{self, Expression},
    fault::Fault,
    line::Line,
    selector::{self, Selector},
    verdict::{Extracted, Miss, Verdict, shown},
};

/// Source: user guide, quotas of regular expressions and of wildcard selectors.
pub(super) const MOST_REGEXES: usize = 2;
const MOST_WILDCARDS: usize = 3;

/// A pattern of conditions on JSON fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Json {
    expression: Expression<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
struct Condition {
    selector: Selector,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Compares(Comparison),
    IsNull,
    Is(bool),
    NotExists,
}

impl Json {
    pub fn judge(&self, line: &Line<'_>) -> Verdict {
        let Some(document) = line.json().filter(|document| document.is_object() || document.is_array())
        else {
            return Verdict::NoMatch(vec![Miss::of_message("a JSON document", line)]);
        };
        let misses = self.expression.misses(&|condition| condition.check(document));
        if misses.is_empty() { Verdict::Match(Extracted::new()) } else { Verdict::NoMatch(misses) }
    }

    pub fn regexes(&self) -> usize {
        self.expression.count(&|condition| condition.has_regex())
    }
}

impl Condition {
    /// A wildcard's condition holds if any of the selected values satisfies it.
    fn check(&self, document: &Value) -> Result<(), Miss> {
        let selected = self.selector.select(document);
        let holds = match &self.test {
            Test::NotExists => selected.is_empty(),
            Test::IsNull => selected.iter().any(|value| value.is_null()),
            Test::Is(wanted) => selected.iter().any(|value| value.as_bool() == Some(*wanted)),
            Test::Compares(comparison) => {
                selected.iter().any(|value| written(value).is_some_and(|text| comparison.holds(&text)))
            }
        };
        if holds {
            return Ok(());
        }
        let actual = match selected.as_slice() {
            [] => None,
            values => Some(values.iter().map(|value| seen(value)).collect::<Vec<_>>().join(", ")),
        };
        Err(Miss {
            field: self.selector.to_string(),
            expected: self.test.to_string(),
            actual: actual.map(|actual| shown(&actual)),
        })
    }

    const fn has_regex(&self) -> bool {
        matches!(&self.test, Test::Compares(comparison) if comparison.has_regex())
    }
}

/// How a value is written, where it may be compared: objects, arrays and null never satisfy `=` or `!=`.
///
/// The guide speaks of texts and numbers only; that true and false compare as written is our inference.
pub(super) fn written(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn seen(value: &Value) -> String {
    match value {
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        value => value.to_string(),
    }
}

/// Reads `{ conditions }`.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Json, Fault> {
    let start = cursor.at();
    if !cursor.rest().trim_end().ends_with('}') {
        let fault = cursor.fault_at(start, "a pattern that ends with `}`");
        return Err(fault.saying("If a filter pattern starts with '{' it must end with '}'"));
    }
    cursor.eat("{");
    let (mut regexes, mut wildcards) = (0, 0);
    let mut test = |cursor: &mut Cursor<'_>| {
        let start = cursor.at();
        let condition = condition(cursor)?;
        regexes += usize::from(condition.has_regex());
        wildcards += condition.selector.wildcards();
        if regexes > MOST_REGEXES {
            return Err(cursor.fault_at(start, format!("no more than {MOST_REGEXES} regular expressions")));
        }
        if wildcards > MOST_WILDCARDS {
            return Err(cursor.fault_at(start, format!("no more than {MOST_WILDCARDS} wildcard selectors")));
        }
        Ok(condition)
    };
    let expression = expression::parse(cursor, &mut test)?;
    cursor.skip_spaces();
    if cursor.eat("}") { Ok(Json { expression }) } else { Err(cursor.fault("`&&`, `||` or `}`")) }
}

fn condition(cursor: &mut Cursor<'_>) -> Result<Condition, Fault> {
    let selector = selector::parse(cursor)?;
    cursor.skip_spaces();
    let test = if cursor.eat_word("IS") {
        cursor.skip_spaces();
        if cursor.eat_word("NULL") {
            Test::IsNull
        } else if cursor.eat_word("TRUE") {
            Test::Is(true)
        } else if cursor.eat_word("FALSE") {
            Test::Is(false)
        } else {
            return Err(cursor.fault("NULL, TRUE or FALSE").with_help("IS NOT is not supported"));
        }
    } else if cursor.eat_word("NOT") {
        cursor.skip_spaces();
        if !cursor.eat_word("EXISTS") {
            return Err(cursor.fault("EXISTS"));
        }
        Test::NotExists
    } else {
        comparison::parse(cursor).map(Test::Compares).map_err(|fault| with_hint(fault, cursor))?
    };
    Ok(Condition { selector, test })
}

/// Where a word stands for an operator, what was probably meant.
fn with_hint(fault: Fault, cursor: &Cursor<'_>) -> Fault {
    if !fault.expected.starts_with("one of =") {
        return fault;
    }
    let fault = Fault { expected: "one of = != < <= > >=, IS or NOT EXISTS".to_owned(), ..fault };
    let word = cursor.rest().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    match word.to_ascii_uppercase().as_str() {
        "EXISTS" => fault.with_help("EXISTS is not supported; write = \"*\""),
        "IS" | "NOT" => fault.with_help("IS and NOT EXISTS are written in capitals"),
        _ => fault,
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{ {} }}", self.expression)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.selector, self.test)
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compares(comparison) => comparison.fmt(f),
            Self::IsNull => f.write_str("IS NULL"),
            Self::Is(true) => f.write_str("IS TRUE"),
            Self::Is(false) => f.write_str("IS FALSE"),
            Self::NotExists => f.write_str("NOT EXISTS"),
        }
    }
}
