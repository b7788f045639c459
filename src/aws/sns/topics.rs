//! Operations on topics.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Sns, Topic,
    state::{Subscription, default_policy},
};
use crate::aws::{
    arn,
    parcel::ResourceChange,
    policy::{PolicyDocument, PolicyKind},
};

/// Creates a topic, or answers the one of that name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateTopic {
    pub name: String,
    /// `DisplayName` and `Policy`, as texts.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// A label on a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// Deletes a topic and its subscriptions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteTopic {
    pub topic_arn: String,
}

/// Shows the policy and the counts of a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetTopicAttributes {
    pub topic_arn: String,
}

/// Changes one attribute of a topic, such as its policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SetTopicAttributes {
    pub topic_arn: String,
    pub attribute_name: String,
    #[serde(default)]
    pub attribute_value: String,
}

/// Lists the topics of the region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListTopics {}

/// What SNS answers of a topic that is not there.
pub(super) fn no_topic() -> ApiError {
    ApiError::not_found("NotFound", "Topic does not exist")
}

impl Sns {
    pub(super) fn create_topic(&mut self, input: CreateTopic, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if input.name.is_empty() || input.name.len() > 256 || !input.name.chars().all(fits) {
            return Err(ApiError::client("InvalidParameter", "Invalid parameter: Topic Name"));
        }
        let topic_arn: Arc<str> = arn::arn("sns", cx.region(), cx.account_id, &input.name).into();
        if !self.topics.contains_key(&topic_arn) {
            let policy = default_policy(&topic_arn, cx.account_id).to_string();
            let topic = Topic {
                arn: Arc::clone(&topic_arn),
                name: input.name.as_str().into(),
                region: cx.region().clone(),
                display_name: "".into(),
                policy: policy.into(),
                has_default_policy: true,
            };
            self.topics.insert(Arc::clone(&topic_arn), topic);
        }
        for (name, value) in &input.attributes {
            self.set_attribute(&topic_arn, name, value)?;
        }
        self.announce(&topic_arn, cx);
        Ok(json!({ "TopicArn": topic_arn }))
    }

    pub(super) fn delete_topic(&mut self, input: DeleteTopic, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        // Deleting what is not there succeeds, as in AWS.
        if let Some(topic) = self.topics.remove(input.topic_arn.as_str()) {
            self.subscriptions.retain(|_, subscription| subscription.topic_arn != topic.arn);
            cx.out.changed(&topic.region, resource(&topic, true));
        }
        Ok(Value::Null)
    }

    pub(super) fn get_topic_attributes(
        &mut self,
        input: GetTopicAttributes,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let topic = self.topic(&input.topic_arn).ok_or_else(no_topic)?;
        let count = |pending: bool| {
            let of_topic = self.subscriptions_of(&topic.arn);
            of_topic.filter(|subscription| subscription.is_pending() == pending).count().to_string()
        };
        Ok(json!({ "Attributes": {
            "Policy": topic.policy,
            "Owner": cx.account_id,
            "SubscriptionsPending": count(true),
            "TopicArn": topic.arn,
            "SubscriptionsConfirmed": count(false),
            "SubscriptionsDeleted": "0",
            "DisplayName": topic.display_name,
        } }))
    }

    pub(super) fn set_topic_attributes(
        &mut self,
        input: SetTopicAttributes,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let topic_arn = Arc::clone(&self.topic(&input.topic_arn).ok_or_else(no_topic)?.arn);
        self.set_attribute(&topic_arn, &input.attribute_name, &input.attribute_value)?;
        self.announce(&topic_arn, cx);
        Ok(Value::Null)
    }

    pub(super) fn list_topics(&mut self, _input: ListTopics, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let here = self.topics.values().filter(|topic| topic.region == *cx.region());
        Ok(json!({ "Topics": here.map(|topic| json!({ "TopicArn": topic.arn })).collect::<Vec<_>>() }))
    }

    fn set_attribute(&mut self, topic_arn: &str, name: &str, value: &str) -> Result<(), ApiError> {
        let account_id = Arc::clone(&self.account_id);
        let topic = self.topics.get_mut(topic_arn).ok_or_else(no_topic)?;
        match name {
            "DisplayName" => topic.display_name = value.into(),
            "Policy" if value.is_empty() => {
                topic.policy = default_policy(topic_arn, &account_id).to_string().into();
                topic.has_default_policy = true;
            }
            "Policy" => {
                let invalid = |detail: &str| {
                    ApiError::client("InvalidParameter", format!("Invalid parameter: Policy Error: {detail}"))
                };
                let document: Value = serde_json::from_str(value).map_err(|_| invalid("null"))?;
                PolicyDocument::parse_as(PolicyKind::Resource, &document)
                    .map_err(|error| invalid(&error.to_string()))?;
                topic.policy = document.to_string().into();
                topic.has_default_policy = false;
            }
            other => {
                let message = format!("Invalid parameter: AttributeName ({other} is not simulated by Vigie)");
                return Err(ApiError::client("InvalidParameter", message));
            }
        }
        Ok(())
    }

    fn announce(&self, topic_arn: &str, cx: &mut CallContext<'_, '_>) {
        if let Some(topic) = self.topic(topic_arn) {
            cx.out.changed(&topic.region, resource(topic, false));
        }
    }

    pub(super) fn subscription_listing(&self, subscription: &Subscription) -> Value {
        let arn: &str = if subscription.is_pending() { "PendingConfirmation" } else { &subscription.arn };
        json!({
            "SubscriptionArn": arn,
            "Owner": self.account_id,
            "Protocol": subscription.protocol.as_str(),
            "Endpoint": subscription.endpoint,
            "TopicArn": subscription.topic_arn,
        })
    }
}

/// A topic as Config records it.
fn resource(topic: &Topic, deleted: bool) -> ResourceChange {
    ResourceChange {
        resource_type: "AWS::SNS::Topic".into(),
        resource_id: Arc::clone(&topic.arn),
        resource_name: Some(Arc::clone(&topic.name)),
        arn: Arc::clone(&topic.arn),
        availability_zone: "Not Applicable".into(),
        created_at: None,
        tags: json!({}),
        relationships: json!([]),
        configuration: if deleted {
            Value::Null
        } else {
            json!({ "TopicArn": topic.arn, "DisplayName": topic.display_name, "Policy": topic.policy })
        },
        supplementary: json!({}),
        deleted,
    }
}
