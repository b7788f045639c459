//! The parameters of managed rules: what they are called, what they may hold, and what is taken when none is given.

use std::collections::BTreeMap;

/// The values of a rule's parameters, by name: always texts, whatever they stand for.
pub type Parameters = BTreeMap<String, String>;

/// What a parameter holds, as the rule's page calls its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// `CSV`, or a text that is described as comma-separated.
    List,
    Integer,
    /// `true` or `false`, in any case.
    Boolean,
    /// One of these words, in any case.
    OneOf(&'static [&'static str]),
}

/// A parameter of a managed rule.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub kind: Kind,
    /// It has no default and is not marked optional.
    pub required: bool,
    pub default: Option<&'static str>,
}

impl Parameter {
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false, default: None }
    }

    pub(super) const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    pub(super) const fn list(name: &'static str) -> Self {
        Self::new(name, Kind::List)
    }

    pub(super) const fn integer(name: &'static str) -> Self {
        Self::new(name, Kind::Integer)
    }

    pub(super) const fn boolean(name: &'static str) -> Self {
        Self::new(name, Kind::Boolean)
    }

    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) const fn default(self, value: &'static str) -> Self {
        Self { default: Some(value), ..self }
    }

    /// What is wrong with a value for it, if anything.
    pub fn objection(&self, value: &str) -> Option<String> {
        let expected = match self.kind {
            _ if value.trim().is_empty() => "a value that is not blank".to_owned(),
            Kind::Text | Kind::List => return None,
            Kind::Integer if value.trim().parse::<i64>().is_ok() => return None,
            Kind::Integer => "an integer".to_owned(),
            Kind::Boolean if is_one_of(value, &["true", "false"]) => return None,
            Kind::Boolean => "true or false".to_owned(),
            Kind::OneOf(words) if is_one_of(value, words) => return None,
            Kind::OneOf(words) => format!("one of {}", words.join(", ")),
        };
        Some(format!("Invalid value '{value}' for the input parameter {}: expected {expected}.", self.name))
    }
}

fn is_one_of(value: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(value.trim()))
}
