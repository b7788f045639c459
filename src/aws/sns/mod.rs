//! SNS: topics, the people and machines subscribed to them, and one delivery per confirmed subscription.
//!
//! A message reaches a topic from somebody's `Publish`, or from a service whose right to publish the topic's
//! policy judges. Nothing is delivered before a subscription is confirmed, and nothing is kept for the gap. SNS
//! never picks a reader: every confirmed subscription whose filter policy wants the message gets its own delivery,
//! which counts as delivered when it is accepted.
//!
//! Refused by name: FIFO topics, the protocols `application` and `firehose`, texts to a number without a topic.
//!
//! Source: SNS developer guide and API reference, as gathered in `trail-config-lambda-sns.md` §4.

mod confirm;
mod deliver;
mod envelope;
mod errors;
mod feedback;
pub mod filter;
mod mail;
mod metrics;
mod permissions;
mod phones;
mod publish;
mod retry;
mod schedule;
mod state;
mod subscription_attributes;
mod subscriptions;
mod tagging;
#[cfg(test)]
mod tests;
mod topic;
mod topics;

use std::sync::Arc;

use serde_json::Value;

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Receipt, Region, Service,
    ServiceName,
    counters::PUBLISH_COUNTERS,
    key_use::KeyUse,
    note::{Reason, reasons},
    operation::operations,
    parcel::{Sender, Timer},
    service::{Admission, Reception},
};

pub use permissions::{AddPermission, RemovePermission};
pub use phones::{
    CreateSMSSandboxPhoneNumber, DeleteSMSSandboxPhoneNumber, GetSMSSandboxAccountStatus,
    ListSMSSandboxPhoneNumbers, VerifySMSSandboxPhoneNumber,
};
pub use publish::{Publish, PublishBatch};
pub use state::{Pending, Protocol, Sns, Subscription, Topic};
pub use subscription_attributes::{GetSubscriptionAttributes, SetSubscriptionAttributes};
pub use subscriptions::{
    ConfirmSubscription, ListSubscriptions, ListSubscriptionsByTopic, Subscribe, Unsubscribe,
};
pub use tagging::{ListTagsForResource, TagResource, UntagResource};
pub use topics::{CreateTopic, DeleteTopic, GetTopicAttributes, ListTopics, SetTopicAttributes};

/// The timer that stands for a visit of the link of a confirmation, which nobody signs and CloudTrail does not
/// record; its key is the token.
pub const CONFIRMATION_LINK: &str = "confirmation-link";
/// The timer that stands for the owner of a phone typing the code it got; its key is the number.
pub const PHONE_CODE: &str = "phone-code";

operations! { pub Sns:
    AddPermission: Write => add_permission;
    ConfirmSubscription: Write => confirm_subscription;
    CreateSMSSandboxPhoneNumber: Write => create_sms_sandbox_phone_number;
    CreateTopic: Write => create_topic;
    DeleteSMSSandboxPhoneNumber: Write => delete_sms_sandbox_phone_number;
    DeleteTopic: Write => delete_topic;
    GetSMSSandboxAccountStatus: Read => get_sms_sandbox_account_status;
    GetSubscriptionAttributes: Read => get_subscription_attributes;
    GetTopicAttributes: Read => get_topic_attributes;
    ListSMSSandboxPhoneNumbers: Read => list_sms_sandbox_phone_numbers;
    ListSubscriptions: Read => list_subscriptions;
    ListSubscriptionsByTopic: Read => list_subscriptions_by_topic;
    ListTagsForResource: Read => list_tags_for_resource;
    ListTopics: Read => list_topics;
    Publish: Write Data => publish;
    PublishBatch: Write Data => publish_batch;
    RemovePermission: Write => remove_permission;
    SetSubscriptionAttributes: Write => set_subscription_attributes;
    SetTopicAttributes: Write => set_topic_attributes;
    Subscribe: Write => subscribe;
    TagResource: Write => tag_resource;
    Unsubscribe: Write => unsubscribe;
    UntagResource: Write => untag_resource;
    VerifySMSSandboxPhoneNumber: Write => verify_sms_sandbox_phone_number;
}

impl Service for Sns {
    fn name(&self) -> ServiceName {
        ServiceName::Sns
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::Publish(message) => self.take(message, region, out),
            Parcel::Timer(Timer::Named { name, key }) => {
                match *name {
                    CONFIRMATION_LINK => {
                        self.confirm(key, false, out.moment().epoch_ms());
                    }
                    PHONE_CODE => self.phones.verify(region, key),
                    confirm::PATIENCE_ENDS => self.lose_patience(key),
                    retry::TRY_AGAIN => self.try_again(key, out),
                    PUBLISH_COUNTERS => self.counters.publish(region, out),
                    _ => {}
                }
                Ok(())
            }
            _ => Err(Reason::new(reasons::NO_RESOURCE, "SNS takes messages for topics")),
        }
    }

    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        let by = Sender::Service {
            principal: admission.principal.into(),
            source_arn: Arc::clone(&admission.source_arn),
        };
        admission.asks.iter().try_for_each(|(_, arn)| self.admit(self.topic_in(arn, region)?, &by))
    }

    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        self.learn(receipt, out);
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let text = |name: &str| call.parameters.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let named = || text("TopicArn").or_else(|| text("TargetArn")).or_else(|| text("ResourceArn"));
        let by_name = || text("Name").map(|name| super::arn::arn("sns", &call.region, account_id, &name));
        let of_subscription = || {
            text("SubscriptionArn").and_then(|arn| arn.rsplit_once(':').map(|(topic, _)| topic.to_owned()))
        };
        let arn = named().or_else(by_name).or_else(of_subscription);
        vec![arn.unwrap_or_else(|| "*".to_owned())]
    }

    fn key_for_parcel(&self, parcel: &Parcel) -> Option<KeyUse> {
        let Parcel::Publish(message) = parcel else { return None };
        let topic = self.topic(&message.topic_arn)?;
        self.admit(topic, &message.by).ok()?;
        topic.key_use()
    }

    fn key_for_call(&self, operation: &'static Operation, call: &ApiCall) -> Option<KeyUse> {
        let text = |name: &str| call.parameters.get(name).and_then(Value::as_str);
        let publishes = matches!(operation.name, "Publish" | "PublishBatch");
        let arn = text("TopicArn").or_else(|| text("TargetArn")).filter(|_| publishes)?;
        self.topic(arn)?.key_use()
    }

    fn resource_policy(&self, _operation: &'static Operation, call: &ApiCall) -> Option<Value> {
        let text = |name: &str| call.parameters.get(name).and_then(Value::as_str);
        let arn = text("TopicArn").or_else(|| text("TargetArn"))?;
        serde_json::from_str(&self.topic(arn)?.policy_text).ok()
    }
}
