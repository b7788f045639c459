//! SNS: topics, the people and machines subscribed to them, and one delivery per confirmed subscription.
//!
//! A message reaches a topic from somebody's `Publish`, or from a service whose right to publish the topic's
//! policy judges. Nothing is delivered before a subscription is confirmed, and nothing is kept for the gap. SNS
//! never picks a reader: every confirmed subscription gets its own delivery.
//!
//! Source: SNS developer guide and API reference, as gathered in `trail-config-lambda-sns.md` §4.

mod deliver;
mod mail;
mod metrics;
mod publish;
mod state;
mod subscriptions;
#[cfg(test)]
mod tests;
mod topics;

use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Region, Service, ServiceName,
    note::{Reason, reasons},
    operation::operations,
    parcel::Timer,
    service::{Admission, Reception, TrailShape},
};

pub use publish::Publish;
pub use state::{Protocol, Sns, Subscription, Topic};
pub use subscriptions::{
    ConfirmSubscription, GetSubscriptionAttributes, ListSubscriptions, ListSubscriptionsByTopic, Subscribe,
    Unsubscribe,
};
pub use topics::{CreateTopic, DeleteTopic, GetTopicAttributes, ListTopics, SetTopicAttributes};

/// The timer that stands for a click on the link of a confirmation mail, which nobody signs and CloudTrail does
/// not record; its key is the token.
pub const EMAIL_LINK: &str = "email-link";
const COUNTERS: &str = "publish-counters";

operations! { pub Sns:
    ConfirmSubscription: Write => confirm_subscription;
    CreateTopic: Write => create_topic;
    DeleteTopic: Write => delete_topic;
    GetSubscriptionAttributes: Read => get_subscription_attributes;
    GetTopicAttributes: Read => get_topic_attributes;
    ListSubscriptions: Read => list_subscriptions;
    ListSubscriptionsByTopic: Read => list_subscriptions_by_topic;
    ListTopics: Read => list_topics;
    Publish: Write Data => publish;
    SetTopicAttributes: Write => set_topic_attributes;
    Subscribe: Write => subscribe;
    Unsubscribe: Write => unsubscribe;
}

impl Service for Sns {
    fn name(&self) -> ServiceName {
        ServiceName::Sns
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::Publish(message) => self.take(message, region, out),
            Parcel::Timer(Timer::Named { name, key }) if *name == EMAIL_LINK => {
                self.open_link(key);
                Ok(())
            }
            Parcel::Timer(Timer::Named { name, .. }) if *name == COUNTERS => {
                self.publish_counters(region, out);
                Ok(())
            }
            _ => Err(Reason::new(reasons::NO_RESOURCE, "SNS takes messages for topics")),
        }
    }

    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        admission.asks.iter().try_for_each(|(_, arn)| {
            let topic = self.topic_in(arn, region)?;
            self.admit(topic, admission.principal, &admission.source_arn)
        })
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let text = |name: &str| call.parameters.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let arn = text("TopicArn").or_else(|| {
            let name = text("Name")?;
            Some(super::arn::arn("sns", &call.region, account_id, &name))
        });
        let of_subscription = || {
            text("SubscriptionArn").and_then(|arn| arn.rsplit_once(':').map(|(topic, _)| topic.to_owned()))
        };
        vec![arn.or_else(of_subscription).unwrap_or_else(|| "*".to_owned())]
    }

    fn resource_policy(&self, _operation: &'static Operation, call: &ApiCall) -> Option<Value> {
        let arn = call.parameters.get("TopicArn")?.as_str()?;
        serde_json::from_str(&self.topic(arn)?.policy).ok()
    }

    fn trail_shape(&self, operation: &'static Operation, call: &ApiCall, outcome: &ApiOutcome) -> TrailShape {
        const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";
        let field = |name: &str| call.parameters.get(name).cloned();
        let answer = |name: &str| outcome.as_ref().ok().and_then(|answer| answer.get(name)).cloned();
        match operation.name {
            // An address is personal: CloudTrail masks it.
            "Subscribe" => TrailShape {
                request: Some(json!({
                    "topicArn": field("TopicArn"), "protocol": field("Protocol"), "endpoint": HIDDEN,
                })),
                response: answer("SubscriptionArn").map(|arn| json!({ "subscriptionArn": arn })),
                ..TrailShape::default()
            },
            "Publish" => TrailShape {
                request: Some(json!({ "topicArn": field("TopicArn"), "message": HIDDEN, "subject": HIDDEN })),
                response: answer("MessageId").map(|id| json!({ "messageId": id })),
                ..TrailShape::default()
            },
            _ => TrailShape::default(),
        }
    }
}
