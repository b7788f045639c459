//! Why a template cannot be deployed, and where.

use std::fmt;

use super::node::Location;
use crate::aws::Advice;

/// A template, a resource or a property that cannot be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployError {
    /// The word to underline; unknown when the template has no source.
    pub at: Location,
    /// The resource it is about.
    pub logical_id: Option<String>,
    pub message: String,
    /// Boxed, because most results are not errors.
    pub help: Option<Box<Advice>>,
}

impl DeployError {
    pub fn new(at: Location, message: impl Into<String>) -> Self {
        Self { at, logical_id: None, message: message.into(), help: None }
    }

    #[must_use]
    pub fn of(mut self, logical_id: &str) -> Self {
        self.logical_id.get_or_insert_with(|| logical_id.to_owned());
        self
    }

    #[must_use]
    pub fn with_help(mut self, help: impl Into<Option<Advice>>) -> Self {
        self.help = help.into().map(Box::new);
        self
    }
}

impl fmt::Display for DeployError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_known() {
            write!(f, "{}: ", self.at)?;
        }
        if let Some(logical_id) = &self.logical_id {
            write!(f, "{logical_id}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for DeployError {}
