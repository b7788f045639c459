//! Which events a trail delivers: basic selectors or advanced ones, never both.
//!
//! Source: `PutEventSelectors` in the service model; CloudTrail User Guide, "Logging management events", "Logging
//! data events".

mod advanced;
mod basic;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub use advanced::{AdvancedEventSelector, FieldSelector};
pub use basic::{DataResource, EventSelector, ReadWriteType};

use crate::aws::{ApiError, record::Record};

/// The selectors of a trail.
#[derive(Clone, Debug, PartialEq)]
pub enum Selectors {
    Basic(Vec<EventSelector>),
    Advanced(Vec<AdvancedEventSelector>),
}

impl Default for Selectors {
    /// What a new trail has: every management event, no data event.
    fn default() -> Self {
        Self::Basic(vec![EventSelector::default()])
    }
}

impl Selectors {
    /// Takes what `PutEventSelectors` was given.
    ///
    /// # Errors
    /// What the service would not take, and what Vigie does not simulate, by name.
    pub(super) fn new(
        basic: Option<Vec<EventSelector>>,
        advanced: Option<Vec<AdvancedEventSelector>>,
    ) -> Result<Self, ApiError> {
        match (basic, advanced) {
            (Some(basic), None) => basic::validate(&basic).map(|()| Self::Basic(basic)),
            (None, Some(advanced)) => advanced::validate(&advanced).map(|()| Self::Advanced(advanced)),
            (Some(_), Some(_)) => {
                Err(invalid("Event selectors and advanced event selectors cannot be used together."))
            }
            (None, None) => Err(invalid("Either event selectors or advanced event selectors must be given.")),
        }
    }

    /// Why such a record is not selected; `None` when it is.
    pub fn keeps_out(&self, record: &Record) -> Option<String> {
        let faults: Option<Vec<String>> = match self {
            Self::Basic(selectors) => selectors.iter().map(|selector| selector.keeps_out(record)).collect(),
            Self::Advanced(selectors) => {
                selectors.iter().map(|selector| selector.keeps_out(record)).collect()
            }
        };
        faults.map(|faults| faults.join("; "))
    }

    /// Whether any data event may pass.
    pub fn ask_for_data(&self) -> bool {
        match self {
            Self::Basic(selectors) => selectors.iter().any(|selector| !selector.data_resources.is_empty()),
            Self::Advanced(selectors) => selectors.iter().any(AdvancedEventSelector::is_for_data),
        }
    }

    /// Whether a trail still has the selectors it was born with.
    pub(super) fn are_default(&self) -> bool {
        *self == Self::default()
    }

    /// The answer's member, under the name of its kind.
    pub(super) fn answer(&self, answer: &mut Map<String, Value>) {
        let (name, list) = match self {
            Self::Basic(selectors) => ("EventSelectors", serde_json::to_value(selectors)),
            Self::Advanced(selectors) => ("AdvancedEventSelectors", serde_json::to_value(selectors)),
        };
        answer.insert(name.to_owned(), list.unwrap_or_default());
    }
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidEventSelectorsException", message.into())
}
