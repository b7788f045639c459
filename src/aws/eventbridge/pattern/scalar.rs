//! A leaf value of an event, as the operators see it.

use std::borrow::Cow;

/// A number of an event: as written, or already read by a JSON library.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number<'e> {
    Text(&'e str),
    Value(f64),
}

impl Number<'_> {
    /// The value in binary64, in which the matcher compares; infinite when the text is out of range.
    pub fn value(self) -> f64 {
        match self {
            Self::Text(text) => text.parse().unwrap_or(f64::INFINITY),
            Self::Value(value) => value,
        }
    }
}

/// A string, number or literal of an event. Objects and arrays are not leaves.
#[derive(Clone, Debug)]
pub(super) enum Scalar<'e> {
    String(Cow<'e, str>),
    Number(Number<'e>),
    Bool(bool),
    Null,
}

impl Scalar<'_> {
    /// The value as JSON text, for explanations.
    pub fn to_json(&self) -> String {
        match self {
            Self::String(text) => serde_json::Value::from(text.as_ref()).to_string(),
            Self::Number(Number::Text(text)) => (*text).to_owned(),
            Self::Number(Number::Value(value)) if value.fract() == 0.0 && value.abs() < 1e15 => {
                format!("{value:.0}")
            }
            Self::Number(Number::Value(value)) => value.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Null => "null".to_owned(),
        }
    }
}
