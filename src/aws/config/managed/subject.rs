//! A resource before a managed rule: its configuration item, the rule's parameters, and the moment.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{ManagedRule, Parameters, Verdict};
use crate::aws::timestamps;

/// A resource as its last configuration item has it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    rule: &'a ManagedRule,
    item: &'a Value,
    parameters: &'a Parameters,
    now: DateTime<Utc>,
}

impl<'a> Subject<'a> {
    pub(super) const fn new(
        rule: &'a ManagedRule,
        item: &'a Value,
        parameters: &'a Parameters,
        now: DateTime<Utc>,
    ) -> Self {
        Self { rule, item, parameters, now }
    }

    /// A member of the item itself, such as `resourceName`.
    pub fn of_item(&self, member: &str) -> &'a str {
        self.item.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// What is at a place of the configuration, such as `/state/name`; `None` when there is nothing or null.
    pub fn get(&self, pointer: &str) -> Option<&'a Value> {
        self.item.get("configuration")?.pointer(pointer).filter(|value| !value.is_null())
    }

    /// The text at a place of the configuration; `None` when there is none, or an empty one.
    pub fn text(&self, pointer: &str) -> Option<&'a str> {
        self.get(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub fn number(&self, pointer: &str) -> Option<i64> {
        self.get(pointer).and_then(whole)
    }

    /// Whether the flag at a place of the configuration is set.
    pub fn is(&self, pointer: &str) -> bool {
        self.get(pointer).is_some_and(is_true)
    }

    /// The list at a place of the configuration; empty when there is none.
    pub fn list(&self, pointer: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.get(pointer).and_then(Value::as_array).into_iter().flatten()
    }

    /// The texts of the list at a place of the configuration.
    pub fn texts(&self, pointer: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(pointer).filter_map(Value::as_str)
    }

    /// A supplementary configuration, such as `BucketPolicy`; `None` when there is none. Config delivers some as JSON text:
    /// those are to be read with [`text_or_json`].
    pub fn supplementary(&self, name: &str) -> Option<&'a Value> {
        self.item.get("supplementaryConfiguration")?.get(name).filter(|value| !value.is_null())
    }

    pub fn tags(&self) -> Option<&'a serde_json::Map<String, Value>> {
        self.item.get("tags")?.as_object()
    }

    /// The value of a parameter: the one given, the rule's default, or none.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        let default = || self.rule.parameters.iter().find(|known| known.name == name)?.default;
        self.parameters.get(name).map(String::as_str).or_else(default).map(str::trim)
    }

    pub fn integer(&self, parameter: &str) -> Option<i64> {
        self.parameter(parameter)?.parse().ok()
    }

    /// The values of a parameter written as `a,b,c`; `None` when it is not given.
    pub fn listed(&self, parameter: &str) -> Option<Vec<&'a str>> {
        let text = self.parameter(parameter)?;
        Some(text.split(',').map(str::trim).filter(|value| !value.is_empty()).collect())
    }

    /// Whether a boolean parameter is given as true.
    pub fn wants(&self, parameter: &str) -> bool {
        self.parameter(parameter).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// How many whole days ago the moment in that text is.
    pub fn days_since(&self, moment: &str) -> Option<i64> {
        timestamps::parse(moment).map(|then| (self.now - then).num_days())
    }

    pub fn hours_since(&self, moment: &str) -> Option<i64> {
        timestamps::parse(moment).map(|then| (self.now - then).num_hours())
    }

    /// Compliant when there is a text there.
    pub fn present(&self, pointer: &str) -> Verdict {
        match self.text(pointer) {
            Some(_) => Verdict::compliant(),
            None => Verdict::non_compliant(field(pointer), "a value", Value::Null),
        }
    }

    /// Compliant when the text there is on the list of a parameter, or when that is not given and there is a text.
    pub fn on_list(&self, pointer: &str, parameter: &str) -> Verdict {
        match (self.text(pointer), self.listed(parameter)) {
            (Some(actual), Some(allowed)) if !allowed.contains(&actual) => {
                Verdict::non_compliant(field(pointer), format!("one of {}", allowed.join(", ")), actual)
            }
            _ => self.present(pointer),
        }
    }

    /// Compliant when the flag there is as it should be.
    pub fn flag(&self, pointer: &str, expected: bool) -> Verdict {
        if self.is(pointer) == expected {
            Verdict::compliant()
        } else {
            let actual = self.get(pointer).cloned().unwrap_or_default();
            Verdict::non_compliant(field(pointer), expected.to_string(), actual)
        }
    }
}

/// `/state/name` as a reader writes it: `state.name`.
pub(super) fn field(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

/// A flag, whether Config writes it as a boolean or as text.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")))
}

/// A whole number, whether it is written with a fraction or as text.
pub(super) fn whole(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64))
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// A value that Config delivers as JSON text, or as the object itself.
pub(super) fn text_or_json(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    }
}
