//! A text in both languages: what authors write, and what we answer them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::Lang;

/// A text in French and in English. Both are required: a missing one is an error, never a fallback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// French, written first.
    pub fr: String,
    /// English.
    pub en: String,
}

impl Text {
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }

    pub fn get(&self, language: Lang) -> &str {
        match language {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }
}
