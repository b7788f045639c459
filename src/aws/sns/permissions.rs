//! Statements of a topic's policy, added and removed by their label.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiOutcome, CallContext, Sns,
    errors::{invalid, no_topic},
};

/// Lets other accounts use a topic: adds a statement to its policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AddPermission {
    pub topic_arn: String,
    /// The statement's name.
    pub label: String,
    #[serde(rename = "AWSAccountId")]
    pub aws_account_id: Vec<String>,
    /// Such as `Publish` or `Subscribe`.
    pub action_name: Vec<String>,
}

/// Removes a statement from a topic's policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RemovePermission {
    pub topic_arn: String,
    pub label: String,
}

/// The actions a topic's policy may speak of. Source: SNS developer guide, "Amazon SNS API permissions".
const ACTIONS: &[&str] = &[
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
    "Receive",
];

impl Sns {
    pub(super) fn add_permission(
        &mut self,
        input: AddPermission,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if let Some(unknown) = input.action_name.iter().find(|action| !ACTIONS.contains(&action.as_str())) {
            return Err(invalid(format_args!("Policy statement action out of service scope! ({unknown})")));
        }
        let is_account = |id: &String| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        if input.action_name.is_empty()
            || input.aws_account_id.is_empty()
            || !input.aws_account_id.iter().all(is_account)
        {
            return Err(invalid("AWSAccountId, ActionName: at least one of each, account ids of 12 digits"));
        }
        let mut document = self.document(&input.topic_arn)?;
        let statements = document["Statement"].as_array_mut().ok_or_else(no_topic)?;
        if statements.iter().any(|statement| statement["Sid"] == *input.label) {
            return Err(invalid("Statement already exists"));
        }
        let accounts: Vec<String> =
            input.aws_account_id.iter().map(|id| format!("arn:aws:iam::{id}:root")).collect();
        let actions: Vec<String> = input.action_name.iter().map(|action| format!("SNS:{action}")).collect();
        statements.push(json!({
            "Sid": input.label,
            "Effect": "Allow",
            "Principal": { "AWS": one_or_all(accounts) },
            "Action": one_or_all(actions),
            "Resource": input.topic_arn,
        }));
        self.rewrite(&input.topic_arn, &document, cx)
    }

    pub(super) fn remove_permission(
        &mut self,
        input: RemovePermission,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let mut document = self.document(&input.topic_arn)?;
        if let Some(statements) = document["Statement"].as_array_mut() {
            statements.retain(|statement| statement["Sid"] != *input.label);
        }
        self.rewrite(&input.topic_arn, &document, cx)
    }

    /// The policy, its statements in a list.
    fn document(&self, topic_arn: &str) -> Result<Value, super::ApiError> {
        let topic = self.topic(topic_arn).ok_or_else(no_topic)?;
        let mut document: Value = serde_json::from_str(&topic.policy_text).unwrap_or_default();
        if document["Statement"].is_object() {
            document["Statement"] = json!([document["Statement"].take()]);
        }
        Ok(document)
    }

    fn rewrite(&mut self, topic_arn: &str, document: &Value, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.topic_mut(topic_arn)?.set_policy(document)?;
        self.announce(topic_arn, cx);
        Ok(Value::Null)
    }
}

/// A single value stands alone, as the service writes it.
fn one_or_all(mut values: Vec<String>) -> Value {
    if values.len() == 1 { values.remove(0).into() } else { values.into() }
}
