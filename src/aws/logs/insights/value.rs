//! What a field or an expression is worth.

use std::{borrow::Cow, sync::Arc};

use super::period;
use crate::aws::logs::number::number;

/// A value. Fields have no type of their own: a text that writes a number counts as that number.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The field is not there.
    Null,
    Text(Arc<str>),
    Number(f64),
    /// Epoch milliseconds.
    Moment(i64),
}

impl Value {
    pub fn of_text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A number, or nothing where arithmetic has no answer.
    pub fn of_number(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Null }
    }

    /// What holds is 1, what does not is 0.
    pub const fn of_truth(holds: bool) -> Self {
        Self::Number(if holds { 1.0 } else { 0.0 })
    }

    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// As it is shown; nothing for what is not there.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Moment(ms) => Some(Cow::Owned(period::shown(*ms))),
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Null => None,
            Self::Text(text) => number(text),
            Self::Number(number) => Some(*number),
            Self::Moment(ms) => Some(*ms as f64),
        }
    }

    /// Epoch milliseconds: of a moment, a number, or a text written as moments are shown.
    pub fn moment(&self) -> Option<i64> {
        match self {
            Self::Moment(ms) => Some(*ms),
            Self::Text(text) => period::read(text).or_else(|| number(text).map(|ms| ms as i64)),
            other => other.number().map(|ms| ms as i64),
        }
    }

    /// Whether a condition that is worth this lets an event through.
    pub fn is_true(&self) -> bool {
        self.number().is_some_and(|number| number != 0.0)
    }
}
