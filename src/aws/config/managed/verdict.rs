//! What a rule says of a resource, and which condition decided.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest annotation Config keeps (`PutEvaluations`).
pub(in crate::aws::config) const ANNOTATION_CAP: usize = 256;

/// What a rule says of a resource.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Compliance {
    Compliant,
    NonCompliant,
    NotApplicable,
    InsufficientData,
}

impl Compliance {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compliant => "COMPLIANT",
            Self::NonCompliant => "NON_COMPLIANT",
            Self::NotApplicable => "NOT_APPLICABLE",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// The condition that failed: where one looked, what it should have been, and what it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    pub field: String,
    pub expected: String,
    pub actual: Value,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found ", self.field, self.expected)?;
        match &self.actual {
            Value::Null => f.write_str("nothing"),
            Value::String(text) => f.write_str(text),
            other => write!(f, "{other}"),
        }
    }
}

/// What a rule says of a resource, and why it objects.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub compliance: Compliance,
    pub fault: Option<Fault>,
}

impl Verdict {
    pub const fn compliant() -> Self {
        Self { compliance: Compliance::Compliant, fault: None }
    }

    pub const fn not_applicable() -> Self {
        Self { compliance: Compliance::NotApplicable, fault: None }
    }

    pub fn non_compliant(
        field: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<Value>,
    ) -> Self {
        let fault = Fault { field: field.into(), expected: expected.into(), actual: actual.into() };
        Self { compliance: Compliance::NonCompliant, fault: Some(fault) }
    }

    /// Non-compliant if any of these is, for its reason; compliant otherwise.
    pub fn all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let mut verdicts = verdicts.into_iter();
        verdicts.find(|verdict| verdict.compliance == Compliance::NonCompliant).unwrap_or(Self::compliant())
    }

    /// The fault as a sentence that fits an evaluation's `Annotation`.
    pub fn annotation(&self) -> Option<String> {
        let sentence = self.fault.as_ref()?.to_string();
        Some(sentence.chars().take(ANNOTATION_CAP).collect())
    }
}
