//! Why a pattern was refused: the service's words, the place, what was expected and what was probably meant.

use crate::aws::ApiError;

/// What is wrong with a pattern, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: at character {at}, expected {expected}, found {found}{}", Help(.help.as_deref()))]
pub struct Fault {
    /// The service's own sentence.
    pub message: String,
    /// Which character, counted from 1.
    pub at: usize,
    pub expected: String,
    pub found: String,
    /// What was probably meant.
    pub help: Option<String>,
}

impl Fault {
    /// Puts the service's sentence for this kind of fault in front.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Adds what was probably meant.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The help, as the tail of the sentence.
struct Help<'a>(Option<&'a str>);

impl std::fmt::Display for Help<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self::client("InvalidParameterException", fault.to_string())
    }
}
