//! The statements of a policy document as they are written, for rules that judge the wording.
//!
//! Whether a policy lets somebody in is a question for `aws::policy`; that it says a certain thing is one for here.

use serde_json::Value;

use super::subject::is_true;
use crate::aws::policy::glob;

/// One statement of a policy document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement<'a>(&'a Value);

/// The statements of a document given as JSON text or as an object; none when it is no document.
pub(super) fn parse(document: &Value) -> Value {
    super::subject::text_or_json(document).get("Statement").cloned().unwrap_or_default()
}

/// The statements of what [`parse`] gave: AWS lets a single one stand without a list.
pub(super) fn each(statements: &Value) -> impl Iterator<Item = Statement<'_>> {
    let list = statements.as_array().map_or(std::slice::from_ref(statements), Vec::as_slice);
    list.iter().filter(|statement| statement.is_object()).map(Statement)
}

/// A text or a list of texts.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let list = value.map_or(&[][..], |value| match value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    });
    list.iter().filter_map(Value::as_str)
}

impl<'a> Statement<'a> {
    pub(super) fn allows(self) -> bool {
        self.0.get("Effect").and_then(Value::as_str) == Some("Allow")
    }

    pub(super) fn denies(self) -> bool {
        self.0.get("Effect").and_then(Value::as_str) == Some("Deny")
    }

    pub(super) fn actions(self) -> impl Iterator<Item = &'a str> {
        texts(self.0.get("Action"))
    }

    pub(super) fn resources(self) -> impl Iterator<Item = &'a str> {
        texts(self.0.get("Resource"))
    }

    /// Whether it speaks of everybody: `"*"` or `{"AWS": "*"}`.
    pub(super) fn concerns_everybody(self) -> bool {
        let Some(principal) = self.0.get("Principal") else { return false };
        texts(Some(principal)).any(|name| name == "*") || texts(principal.get("AWS")).any(|name| name == "*")
    }

    /// Whether one of its service principals is that one.
    pub(super) fn concerns_service(self, service: &str) -> bool {
        texts(self.0.get("Principal").and_then(|principal| principal.get("Service")))
            .any(|name| name == service)
    }

    /// Whether its principal is empty, which names nobody and so excludes nobody.
    pub(super) fn has_empty_principal(self) -> bool {
        let Some(principal) = self.0.get("Principal") else { return false };
        texts(Some(principal)).chain(texts(principal.get("AWS"))).any(str::is_empty)
    }

    /// Whether one of its actions covers that one.
    pub(super) fn covers_action(self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.actions().any(|pattern| glob::matches(&pattern.to_ascii_lowercase(), &action))
    }

    /// Whether one of its resources covers that one, wildcards and all.
    pub(super) fn covers_resource(self, arn: &str) -> bool {
        self.resources().any(|pattern| glob::matches(pattern, arn))
    }

    /// Its conditions: operator, key, values.
    pub(super) fn conditions(self) -> Vec<(&'a str, &'a str, &'a Value)> {
        let operators = self.0.get("Condition").and_then(Value::as_object).into_iter().flatten();
        operators
            .flat_map(|(operator, keys)| {
                let keys = keys.as_object().into_iter().flatten();
                keys.map(move |(key, values)| (operator.as_str(), key.as_str(), values))
            })
            .collect()
    }

    /// Whether some condition is on that key.
    pub(super) fn has_condition_on(self, key: &str) -> bool {
        self.conditions().iter().any(|(_, named, _)| named.eq_ignore_ascii_case(key))
    }
}

/// Whether a condition's values are one flag, as text or as a boolean.
pub(super) fn is_flag(values: &Value, wanted: bool) -> bool {
    let one = match values {
        Value::Array(list) => match list.as_slice() {
            [one] => one,
            _ => return false,
        },
        one => one,
    };
    (one.is_boolean() || one.is_string()) && is_true(one) == wanted
}

/// The values of a condition.
pub(super) fn values(values: &Value) -> impl Iterator<Item = &str> {
    texts(Some(values))
}
