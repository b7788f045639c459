//! Operations on subscriptions, and the confirmation that people owe.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Sns,
    mail::confirmation,
    state::{Protocol, Subscription},
    topics::no_topic,
};
use crate::aws::{Delay, HopPath, Node, Parcel, Payload, PayloadKind, ServiceName, outbox::Send};

/// Subscribes an endpoint to a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Subscribe {
    pub topic_arn: String,
    /// `email`, `lambda` or `sqs`.
    pub protocol: String,
    /// The address, or the ARN of the function or queue.
    pub endpoint: Option<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Answer the ARN even while the subscription is pending.
    #[serde(default)]
    pub return_subscription_arn: bool,
}

/// Confirms a subscription with the token of its mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ConfirmSubscription {
    pub topic_arn: String,
    pub token: String,
    pub authenticate_on_unsubscribe: Option<String>,
}

/// Ends a subscription.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Unsubscribe {
    pub subscription_arn: String,
}

/// Shows one subscription.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetSubscriptionAttributes {
    pub subscription_arn: String,
}

/// Lists the subscriptions of the region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListSubscriptions {}

/// Lists the subscriptions of a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListSubscriptionsByTopic {
    pub topic_arn: String,
}

impl Sns {
    pub(super) fn subscribe(&mut self, input: Subscribe, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let invalid = |what: &str| ApiError::client("InvalidParameter", format!("Invalid parameter: {what}"));
        let topic = self.topic(&input.topic_arn).ok_or_else(no_topic)?;
        let topic_arn = Arc::clone(&topic.arn);
        let topic_node = Node::new(ServiceName::Sns, &topic.region, Arc::clone(&topic.name));
        let Some(protocol) = Protocol::parse(&input.protocol) else {
            let known = matches!(
                input.protocol.as_str(),
                "http" | "https" | "email-json" | "sms" | "application" | "firehose"
            );
            let why = if known { " (not simulated by Vigie yet)" } else { "" };
            return Err(invalid(&format!(
                "Amazon SNS does not support this protocol string: {}{why}",
                input.protocol
            )));
        };
        if let Some(name) = input.attributes.keys().next() {
            return Err(invalid(&format!("AttributeName ({name} is not simulated by Vigie yet)")));
        }
        let endpoint = input.endpoint.unwrap_or_default();
        let suits = match protocol {
            Protocol::Email => endpoint.contains('@'),
            Protocol::Lambda => endpoint.starts_with("arn:aws:lambda:"),
            Protocol::Sqs => endpoint.starts_with("arn:aws:sqs:"),
        };
        if !suits {
            return Err(invalid(match protocol {
                Protocol::Email => "Email address",
                Protocol::Lambda => "Lambda endpoint ARN",
                Protocol::Sqs => "SQS endpoint ARN",
            }));
        }
        // Subscribing twice answers the subscription there is.
        let known = self
            .subscriptions_of(&topic_arn)
            .find(|known| known.protocol == protocol && *known.endpoint == *endpoint)
            .cloned();
        let subscription = known.unwrap_or_else(|| {
            let arn: Arc<str> = format!("{topic_arn}:{}", cx.out.uuid()).into();
            let token = protocol.needs_confirmation().then(|| Arc::from(cx.out.hex(64)));
            let made = Subscription {
                arn,
                topic_arn: Arc::clone(&topic_arn),
                protocol,
                endpoint: endpoint.into(),
                token,
            };
            self.subscriptions.insert(Arc::clone(&made.arn), made.clone());
            made
        });
        if let Some(token) = &subscription.token {
            let mail = Arc::new(confirmation(&topic_arn, &subscription.endpoint, token));
            cx.out.send(Send {
                path: HopPath::SnsSub,
                from: topic_node,
                to: Node::new(ServiceName::Outside, cx.region(), Arc::clone(&subscription.endpoint)),
                payload: Payload::json(PayloadKind::Notice, Arc::clone(&mail.subject), json!(mail.as_ref())),
                parcel: Parcel::Mail(mail),
                delay: Delay::SnsToEmail,
                reference: None,
            });
        }
        let shown: &str = if subscription.is_pending() && !input.return_subscription_arn {
            "pending confirmation"
        } else {
            &subscription.arn
        };
        Ok(json!({ "SubscriptionArn": shown }))
    }

    pub(super) fn confirm_subscription(
        &mut self,
        input: ConfirmSubscription,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.topic(&input.topic_arn).ok_or_else(no_topic)?;
        self.open_link(&input.token)
            .map(|arn| json!({ "SubscriptionArn": arn }))
            .ok_or_else(|| ApiError::client("InvalidParameter", "Invalid parameter: Token"))
    }

    /// Confirms the subscription of that token; answers its ARN.
    pub(super) fn open_link(&mut self, token: &str) -> Option<Arc<str>> {
        let waiting = self.subscriptions.values_mut().find(|known| known.token.as_deref() == Some(token))?;
        waiting.token = None;
        Some(Arc::clone(&waiting.arn))
    }

    pub(super) fn unsubscribe(&mut self, input: Unsubscribe, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        if self.subscriptions.shift_remove(input.subscription_arn.as_str()).is_none() {
            let malformed = !input.subscription_arn.starts_with("arn:aws:sns:");
            if malformed {
                return Err(ApiError::client("InvalidParameter", "Invalid parameter: SubscriptionArn"));
            }
        }
        Ok(Value::Null)
    }

    pub(super) fn get_subscription_attributes(
        &mut self,
        input: GetSubscriptionAttributes,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let found = self.subscriptions.get(input.subscription_arn.as_str());
        let subscription =
            found.ok_or_else(|| ApiError::not_found("NotFound", "Subscription does not exist"))?;
        Ok(json!({ "Attributes": {
            "SubscriptionArn": subscription.arn,
            "TopicArn": subscription.topic_arn,
            "Protocol": subscription.protocol.as_str(),
            "Endpoint": subscription.endpoint,
            "Owner": self.account_id,
            "PendingConfirmation": subscription.is_pending().to_string(),
            "RawMessageDelivery": "false",
        } }))
    }

    pub(super) fn list_subscriptions(
        &mut self,
        _input: ListSubscriptions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let here = self.subscriptions.values().filter(|subscription| {
            self.topic(&subscription.topic_arn).is_some_and(|topic| topic.region == *cx.region())
        });
        let listed: Vec<Value> = here.map(|subscription| self.subscription_listing(subscription)).collect();
        Ok(json!({ "Subscriptions": listed }))
    }

    pub(super) fn list_subscriptions_by_topic(
        &mut self,
        input: ListSubscriptionsByTopic,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let topic = self.topic(&input.topic_arn).ok_or_else(no_topic)?;
        let listed: Vec<Value> = self
            .subscriptions_of(&topic.arn)
            .map(|subscription| self.subscription_listing(subscription))
            .collect();
        Ok(json!({ "Subscriptions": listed }))
    }
}
