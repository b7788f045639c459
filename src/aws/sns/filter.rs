//! Subscription filter policies: which messages a subscriber wants, by their attributes or by their body.
//!
//! The language is that of event patterns with fewer operators and limits of its own; a policy is compiled into a
//! pattern once, and a message is shown to it as one JSON object.
//!
//! Source: SNS developer guide, "Amazon SNS message filtering"; corners in `event-patterns.md` §9.

use std::{fmt::Write, sync::Arc};

use serde_json::Value;

use crate::aws::{
    eventbridge::pattern::{FieldOutcome, Pattern},
    message_attributes::{MessageAttribute, MessageAttributes},
    note::{Condition, Reason, reasons},
};

/// The most keys a policy may name. Source: SNS developer guide, "Filter policy constraints".
const MOST_KEYS: usize = 5;
/// The most combinations of its values. Source: the same.
const MOST_COMBINATIONS: usize = 150;
/// The longest policy, in bytes. Source: the same.
const MOST_BYTES: usize = 262_144;

const OPERATORS: &[&str] =
    &["anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"];

/// What a policy looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    MessageAttributes,
    MessageBody,
}

impl Scope {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "MessageAttributes" => Some(Self::MessageAttributes),
            "MessageBody" => Some(Self::MessageBody),
            _ => None,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MessageAttributes => "MessageAttributes",
            Self::MessageBody => "MessageBody",
        }
    }
}

/// Why a policy is not one; its `Display` is what AWS says after `Invalid parameter: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("FilterPolicy: {0}")]
    Language(String),
    #[error("FilterPolicy: Filter policy can not have more than 5 keys")]
    TooManyKeys,
    #[error("FilterPolicy: Filter policy is too complex")]
    TooComplex,
    #[error("Filter policy scope MessageAttributes does not support nested filter policy")]
    Nested,
}

/// Why a message was not wanted: what the metric is called, and what to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilteredOut {
    /// The variant of `NumberOfNotificationsFilteredOut` that names the cause.
    pub metric: &'static str,
    pub reason: Reason,
}

/// A filter policy, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterPolicy {
    pub text: Arc<str>,
    pub scope: Scope,
    pattern: Pattern,
}

impl FilterPolicy {
    /// Compiles a policy; `None` for `{}`, which wants everything.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, scope: Scope) -> Result<Option<Self>, FilterError> {
        if text.len() > MOST_BYTES {
            return Err(FilterError::TooComplex);
        }
        let policy = serde_json::from_str::<Value>(text);
        if policy.as_ref().is_ok_and(|policy| policy.as_object().is_some_and(serde_json::Map::is_empty)) {
            return Ok(None);
        }
        let pattern = Pattern::parse(text)
            .map_err(|error| FilterError::Language(format!("{}\n at {}", error.reason, place(&error))))?;
        let policy = policy.unwrap_or_default();
        if policy.as_object().is_some_and(|keys| keys.len() > MOST_KEYS) {
            return Err(FilterError::TooManyKeys);
        }
        let walk = Walk { scope };
        if walk.object(&policy, 1, 1)? > MOST_COMBINATIONS {
            return Err(FilterError::TooComplex);
        }
        Ok(Some(Self { text: text.into(), scope, pattern }))
    }

    /// Whether the subscriber wants a message.
    ///
    /// # Errors
    /// Why not: the first key that failed, what it wants and what the message has.
    pub fn judge(&self, body: &str, attributes: &MessageAttributes) -> Result<(), Box<FilteredOut>> {
        match self.scope {
            Scope::MessageAttributes if attributes.is_empty() => Err(filtered(
                "NumberOfNotificationsFilteredOut-NoMessageAttributes",
                "MessageAttributes",
                &self.text,
                None,
            )),
            Scope::MessageAttributes => {
                self.ask(&as_object(attributes), "NumberOfNotificationsFilteredOut-MessageAttributes")
            }
            // A body that is no JSON object cannot have the keys.
            Scope::MessageBody
                if !body.trim_start().starts_with('{') || serde_json::from_str::<Value>(body).is_err() =>
            {
                Err(filtered(
                    "NumberOfNotificationsFilteredOut-InvalidMessageBody",
                    "Message",
                    &self.text,
                    Some(body),
                ))
            }
            Scope::MessageBody => self.ask(body, "NumberOfNotificationsFilteredOut-MessageBody"),
        }
    }

    fn ask(&self, shown: &str, metric: &'static str) -> Result<(), Box<FilteredOut>> {
        if self.pattern.matches_text(shown).unwrap_or_default() {
            return Ok(());
        }
        let explanation = self.pattern.explain_text(shown);
        let failed = explanation.as_ref().ok().and_then(|explanation| explanation.failed().next());
        Err(match failed {
            None => filtered(metric, "FilterPolicy", &self.text, None),
            Some(field) => {
                let has = field.has.as_deref().filter(|_| field.outcome != FieldOutcome::Absent);
                filtered(metric, &field.path, &field.wants, has)
            }
        })
    }
}

#[allow(clippy::unnecessary_box_returns, reason = "it is the error of a result, which is kept small")]
fn filtered(metric: &'static str, field: &str, wants: &str, has: Option<&str>) -> Box<FilteredOut> {
    let condition = Condition::new(field, wants, has);
    let detail = format!("{field}: {wants} ≠ {}", has.unwrap_or("∅"));
    Box::new(FilteredOut { metric, reason: Reason::new(reasons::FILTERED_OUT, detail).because(condition) })
}

/// Where in the text a mistake is, as AWS prints it.
fn place(error: &crate::aws::eventbridge::pattern::PatternError) -> String {
    format!("[Source: (String)\"{}\"; line: {}, column: {}]", error.excerpt, error.line, error.column)
}

/// The attributes as one JSON object: texts, numbers as they are spelt, and the elements of arrays. Bytes are not
/// compared, and an array that is none is not there.
fn as_object(attributes: &MessageAttributes) -> String {
    let mut object = String::from("{");
    for (name, attribute) in attributes {
        let Some(value) = comparable(attribute) else { continue };
        if object.len() > 1 {
            object.push(',');
        }
        // Writing to a string cannot fail.
        let _ = write!(object, "{}:{value}", Value::from(&**name));
    }
    object.push('}');
    object
}

fn comparable(attribute: &MessageAttribute) -> Option<String> {
    let text = attribute.string_value.as_deref()?;
    match &*attribute.data_type {
        "String.Array" => {
            let is_array = serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_array());
            is_array.then(|| text.to_owned())
        }
        _ if attribute.base_type() == "String" => Some(Value::from(text).to_string()),
        _ if attribute.base_type() == "Number" => {
            let spelt = text.trim();
            let is_json = serde_json::from_str::<serde_json::Number>(spelt).is_ok();
            let value = || spelt.parse::<f64>().ok().filter(|value| value.is_finite());
            if is_json { Some(spelt.to_owned()) } else { value().map(|value| value.to_string()) }
        }
        _ => None,
    }
}

/// The rules that are the policies' own, over a text that is a pattern already.
struct Walk {
    scope: Scope,
}

impl Walk {
    /// How many combinations an object makes of those before it: each list multiplies by its length, in the body by
    /// its depth as well, and the branches of `$or` add up.
    fn object(&self, object: &Value, depth: usize, before: usize) -> Result<usize, FilterError> {
        let mut combinations = before;
        for (key, value) in object.as_object().into_iter().flatten() {
            combinations = match value {
                Value::Array(branches) if key == "$or" => {
                    let mut sum: usize = 0;
                    for branch in branches {
                        sum = sum.saturating_add(self.object(branch, depth, combinations)?);
                    }
                    sum
                }
                Value::Array(entries) => {
                    entries.iter().try_for_each(check_entry)?;
                    combinations.saturating_mul(entries.len()).saturating_mul(depth)
                }
                _ if self.scope == Scope::MessageAttributes => return Err(FilterError::Nested),
                nested => self.object(nested, depth + 1, combinations)?,
            };
        }
        Ok(combinations)
    }
}

/// An entry of a list: a value, or one of the operators that filter policies have.
fn check_entry(entry: &Value) -> Result<(), FilterError> {
    let Some((operator, operand)) = entry.as_object().and_then(|entry| entry.iter().next()) else {
        return Ok(());
    };
    let no = |message: String| Err(FilterError::Language(message));
    if !OPERATORS.contains(&operator.as_str()) {
        return no(format!("Unrecognized match type {operator}"));
    }
    match (operator.as_str(), operand) {
        ("prefix" | "suffix", operand) if !operand.is_string() => {
            no(format!("{operator} match pattern must be a string"))
        }
        ("anything-but", Value::Object(inner)) => match inner.iter().next() {
            Some((name, Value::String(_))) if name == "prefix" => Ok(()),
            Some((name, _)) if name == "prefix" => no("prefix match pattern must be a string".to_owned()),
            Some((name, _)) => no(format!("Unsupported anything-but pattern: {name}")),
            None => no("Empty expressions are not allowed".to_owned()),
        },
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(list: &[(&str, &str, &str)]) -> MessageAttributes {
        let entry = |&(name, data_type, value): &(&str, &str, &str)| {
            let attribute = MessageAttribute {
                data_type: data_type.into(),
                string_value: Some(value.into()),
                binary_value: None,
            };
            (name.into(), attribute)
        };
        list.iter().map(entry).collect()
    }

    fn policy(text: &str, scope: Scope) -> FilterPolicy {
        FilterPolicy::parse(text, scope).unwrap().unwrap()
    }

    #[test]
    fn a_message_left_aside_names_the_key_that_failed_and_what_it_had() {
        let policy = policy(r#"{"etat": ["ALARM"], "lieu": ["pont"]}"#, Scope::MessageAttributes);
        let message = attributes(&[("etat", "String", "ALARM"), ("lieu", "String", "gare")]);

        let left = policy.judge("texte", &message).unwrap_err();
        assert_eq!(left.metric, "NumberOfNotificationsFilteredOut-MessageAttributes");
        assert_eq!(
            left.reason.condition,
            Some(Condition::new("lieu", r#"["pont"]"#, Some(r#""gare""#)).into())
        );
    }

    #[test]
    fn a_message_without_attributes_suits_no_policy_on_attributes() {
        let policy = policy(r#"{"etat": [{"exists": false}]}"#, Scope::MessageAttributes);

        let left = policy.judge("texte", &MessageAttributes::new()).unwrap_err();
        assert_eq!(left.metric, "NumberOfNotificationsFilteredOut-NoMessageAttributes");
    }

    #[test]
    fn a_body_that_is_no_object_suits_no_policy_on_the_body() {
        let policy = policy(r#"{"etat": ["ALARM"]}"#, Scope::MessageBody);

        for body in ["texte", "[1]", "{\"etat\": \"ALARM\""] {
            let left = policy.judge(body, &MessageAttributes::new()).unwrap_err();
            assert_eq!(left.metric, "NumberOfNotificationsFilteredOut-InvalidMessageBody");
        }
        assert!(policy.judge(r#"{"etat": "ALARM"}"#, &MessageAttributes::new()).is_ok());
    }

    #[test]
    fn an_array_that_is_broken_matches_nothing() {
        let policy = policy(r#"{"lieux": ["pont"]}"#, Scope::MessageAttributes);

        assert!(policy.judge("", &attributes(&[("lieux", "String.Array", r#"["gare", "pont"]"#)])).is_ok());
        assert!(policy.judge("", &attributes(&[("lieux", "String.Array", r#"["pont""#)])).is_err());
    }

    #[test]
    fn the_body_counts_the_depth_of_its_lists_among_the_combinations() {
        let deep = |values: usize| {
            let list: Vec<String> = (0..values).map(|value| format!("\"v{value}\"")).collect();
            format!(r#"{{"a": {{"b": {{"c": [{}]}}}}}}"#, list.join(","))
        };

        assert!(FilterPolicy::parse(&deep(50), Scope::MessageBody).is_ok());
        assert_eq!(FilterPolicy::parse(&deep(51), Scope::MessageBody), Err(FilterError::TooComplex));
    }

    #[test]
    fn an_empty_policy_wants_everything() {
        assert_eq!(FilterPolicy::parse("{}", Scope::MessageBody), Ok(None));
    }

    #[test]
    fn a_mistake_is_said_in_the_words_of_the_service() {
        let wrong = |text: &str| FilterPolicy::parse(text, Scope::MessageAttributes).unwrap_err().to_string();

        assert!(
            wrong(r#"{"a": "b"}"#)
                .starts_with("FilterPolicy: \"a\" must be an object or an array\n at [Source")
        );
        assert_eq!(wrong(r#"{"a": [{"wildcard": "x*"}]}"#), "FilterPolicy: Unrecognized match type wildcard");
        assert!(wrong(r#"{"a": {"b": ["c"]}}"#).ends_with("does not support nested filter policy"));
    }
}
