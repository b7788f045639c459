//! Message attributes, which SNS and SQS share: named, typed values that travel beside a message's text.
//!
//! Source: SQS developer guide, "Amazon SQS message attributes"; API models `sns` and `sqs` in botocore.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The attributes of one message, by name.
pub type MessageAttributes = BTreeMap<Arc<str>, MessageAttribute>;

/// A typed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, with a label of one's own after a dot if wanted; SNS also knows `String.Array`.
    pub data_type: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_value: Option<Arc<str>>,
    /// Bytes in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<Arc<str>>,
}

impl MessageAttribute {
    pub fn text(value: impl Into<Arc<str>>) -> Self {
        Self { data_type: "String".into(), string_value: Some(value.into()), binary_value: None }
    }

    pub fn number(value: impl ToString) -> Self {
        let value = Some(value.to_string().into());
        Self { data_type: "Number".into(), string_value: value, binary_value: None }
    }

    /// The value as it is written, base64 if it is bytes.
    pub fn value(&self) -> Option<&Arc<str>> {
        self.string_value.as_ref().or(self.binary_value.as_ref())
    }

    /// The type without its label: `Number` of `Number.degrees`.
    pub fn base_type(&self) -> &str {
        self.data_type.split('.').next().unwrap_or_default()
    }

    /// What is wrong with it, in the services' words; `name` is how they name it.
    pub fn fault(&self, name: &str) -> Option<String> {
        let base = self.base_type();
        if !matches!(base, "String" | "Number" | "Binary") {
            return Some(format!("The type of message (user) attribute '{name}' is invalid."));
        }
        let given = if base == "Binary" { &self.binary_value } else { &self.string_value };
        if given.as_ref().is_none_or(|value| value.is_empty()) {
            return Some(format!(
                "The message attribute '{name}' must contain non-empty message attribute value for message attribute \
                 type '{base}'."
            ));
        }
        let is_number = |text: &Arc<str>| text.parse::<f64>().is_ok_and(f64::is_finite);
        if base == "Number" && !given.as_ref().is_some_and(is_number) {
            return Some(format!("Could not cast message attribute '{name}' value to number."));
        }
        None
    }
}

/// `{name: {"Type": …, "Value": …}}`, as an SNS envelope carries attributes.
pub fn enveloped(attributes: &MessageAttributes) -> Value {
    let entries = attributes.iter().map(|(name, attribute)| {
        (name.to_string(), json!({ "Type": attribute.data_type, "Value": attribute.value() }))
    });
    Value::Object(entries.collect())
}
