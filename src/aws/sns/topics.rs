//! Operations on topics.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Sns, Topic,
    errors::{invalid, no_topic, not_simulated},
    feedback::Feedback,
    schedule,
};
use crate::aws::{
    arn,
    policy::PolicyDocument,
    tags::{Tag, Tags},
};

/// Creates a topic, or answers the one of that name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateTopic {
    pub name: String,
    /// `DisplayName`, `Policy`, `KmsMasterKeyId`, `DeliveryPolicy`, `SignatureVersion`, as texts.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
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

/// Changes one attribute of a topic, such as its policy; without a value it takes its default.
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

impl Sns {
    pub(super) fn create_topic(&mut self, input: CreateTopic, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        if input.name.ends_with(".fifo") {
            return Err(not_simulated("A FIFO topic"));
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if input.name.is_empty() || input.name.len() > 256 || !input.name.chars().all(fits) {
            return Err(invalid("Topic Name"));
        }
        let topic_arn: Arc<str> = arn::arn("sns", cx.region(), cx.account_id, &input.name).into();
        let known = self.topics.get(&topic_arn).cloned();
        let mut topic = Topic {
            arn: Arc::clone(&topic_arn),
            name: input.name.as_str().into(),
            region: cx.region().clone(),
            display_name: "".into(),
            policy_text: "".into(),
            policy: Arc::new(PolicyDocument::default()),
            kms_key: None,
            delivery_policy: None,
            http_retries: schedule::WEB,
            signature_version: 1,
            feedback: Feedback::new(),
            tags: Tags::from(input.tags.as_slice()),
            deleted_subscriptions: 0,
        };
        topic.set("Policy", "", cx.account_id)?;
        for (name, value) in &input.attributes {
            topic.set(name, value, cx.account_id)?;
        }
        if let Some(known) = known {
            let differs = |name: &String| known.get(name) != topic.get(name);
            if input.attributes.keys().any(differs) {
                return Err(invalid("Attributes Reason: Topic already exists with different attributes"));
            }
            if !input.tags.is_empty() && known.tags != topic.tags {
                return Err(invalid("Tags Reason: Topic already exists with different tags"));
            }
            return Ok(json!({ "TopicArn": topic_arn }));
        }
        self.topics.insert(Arc::clone(&topic_arn), Arc::new(topic));
        self.announce(&topic_arn, cx);
        Ok(json!({ "TopicArn": topic_arn }))
    }

    pub(super) fn delete_topic(&mut self, input: DeleteTopic, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        // Deleting what is not there succeeds, as in AWS.
        if let Some(topic) = self.topics.remove(input.topic_arn.as_str()) {
            self.subscriptions.retain(|_, subscription| subscription.topic_arn != topic.arn);
            cx.out.changed(&topic.region, topic.resource(true));
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
        let effective = json!({ "http": {
            "defaultHealthyRetryPolicy": topic.http_retries.shown(),
            "disableSubscriptionOverrides": false,
            "defaultRequestPolicy": { "headerContentType": "text/plain; charset=UTF-8" },
        } });
        let mut attributes = json!({
            "Policy": topic.policy_text,
            "Owner": cx.account_id,
            "SubscriptionsPending": count(true),
            "TopicArn": topic.arn,
            "EffectiveDeliveryPolicy": effective.to_string(),
            "SubscriptionsConfirmed": count(false),
            "SubscriptionsDeleted": topic.deleted_subscriptions.to_string(),
            "DisplayName": topic.display_name,
        });
        if let Some(key) = &topic.kms_key {
            attributes["KmsMasterKeyId"] = json!(key);
        }
        if let Some(policy) = &topic.delivery_policy {
            attributes["DeliveryPolicy"] = json!(policy);
        }
        for (name, value) in &topic.feedback {
            attributes[&**name] = json!(value);
        }
        if topic.signature_version != 1 {
            attributes["SignatureVersion"] = topic.signature_version.to_string().into();
        }
        Ok(json!({ "Attributes": attributes }))
    }

    pub(super) fn set_topic_attributes(
        &mut self,
        input: SetTopicAttributes,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let topic = self.topic_mut(&input.topic_arn)?;
        topic.set(&input.attribute_name, &input.attribute_value, cx.account_id)?;
        self.announce(&input.topic_arn, cx);
        Ok(Value::Null)
    }

    pub(super) fn list_topics(&mut self, _input: ListTopics, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let here = self.topics().filter(|topic| topic.region == *cx.region());
        Ok(json!({ "Topics": here.map(|topic| json!({ "TopicArn": topic.arn })).collect::<Vec<_>>() }))
    }

    pub(super) fn topic_mut(&mut self, arn: &str) -> Result<&mut Topic, ApiError> {
        self.topics.get_mut(arn).map(Arc::make_mut).ok_or_else(no_topic)
    }

    pub(super) fn announce(&self, topic_arn: &str, cx: &mut CallContext<'_, '_>) {
        if let Some(topic) = self.topic(topic_arn) {
            cx.out.changed(&topic.region, topic.resource(false));
        }
    }
}
