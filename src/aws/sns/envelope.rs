//! The envelopes machines receive: the JSON notification, and the HTTP requests that carry it.
//!
//! Shapes: `samples/sns-sqs-envelope.json`, `samples/sns-http-notification.json`,
//! `samples/sns-http-subscription-confirmation.json`, `samples/lambda-event-sns.json`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Outbox, Topic, state::Subscription};
use crate::aws::{
    message_attributes::enveloped,
    parcel::{HttpPost, Publish},
    timestamps,
};

/// Who the requests to web endpoints say they come from.
const USER_AGENT: &str = "Amazon Simple Notification Service Agent";
const CONTENT_TYPE: &str = "text/plain; charset=UTF-8";

/// A message on its way to one subscriber.
#[derive(Clone, Copy)]
pub(super) struct Letter<'a> {
    pub topic: &'a Topic,
    pub subscriber: &'a Subscription,
    pub message: &'a Publish,
    pub id: &'a str,
}

impl Letter<'_> {
    /// What this subscriber reads: the text for its protocol, if there is one.
    pub fn text(&self) -> &Arc<str> {
        self.message.by_protocol.get(self.subscriber.protocol.as_str()).unwrap_or(&self.message.message)
    }

    /// The JSON notification.
    pub fn envelope(&self, out: &Outbox<'_>) -> Value {
        let mut envelope = self.signed(out);
        if self.message.subject.is_none() {
            envelope.as_object_mut().map(|members| members.shift_remove("Subject"));
        }
        envelope["SigningCertURL"] = certificate(self.topic).into();
        envelope["UnsubscribeURL"] = self.unsubscribe_url().into();
        if !self.message.attributes.is_empty() {
            envelope["MessageAttributes"] = enveloped(&self.message.attributes);
        }
        envelope
    }

    /// The event a function gets, which spells two keys its own way and leaves nothing out.
    pub fn function_event(&self, out: &Outbox<'_>) -> Value {
        let mut notification = self.signed(out);
        notification["SigningCertUrl"] = certificate(self.topic).into();
        notification["UnsubscribeUrl"] = self.unsubscribe_url().into();
        notification["MessageAttributes"] = enveloped(&self.message.attributes);
        json!({ "Records": [{
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": self.subscriber.arn,
            "Sns": notification,
        }] })
    }

    /// The request to a web endpoint.
    pub fn post(&self, out: &Outbox<'_>) -> HttpPost {
        let mut headers = headers("Notification", self.id, self.topic);
        headers["x-amz-sns-subscription-arn"] = json!(self.subscriber.arn);
        if self.subscriber.is_raw {
            headers["x-amz-sns-rawdelivery"] = "true".into();
        }
        let body = if self.subscriber.is_raw {
            Arc::clone(self.text())
        } else {
            self.envelope(out).to_string().into()
        };
        HttpPost {
            url: Arc::clone(&self.subscriber.endpoint),
            headers: ending(headers),
            body,
            confirms: None,
        }
    }

    fn signed(&self, out: &Outbox<'_>) -> Value {
        json!({
            "Type": "Notification",
            "MessageId": self.id,
            "TopicArn": self.topic.arn,
            "Subject": self.message.subject,
            "Message": self.text(),
            "Timestamp": timestamps::millis_z(out.moment().utc),
            "SignatureVersion": self.topic.signature_version.to_string(),
            "Signature": SIGNATURE,
        })
    }

    fn unsubscribe_url(&self) -> String {
        format!(
            "https://sns.{}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={}",
            self.topic.region, self.subscriber.arn
        )
    }
}

/// The request that asks a web endpoint to confirm.
pub(super) fn confirmation_post(
    topic: &Topic,
    subscription: &Subscription,
    token: &Arc<str>,
    out: &mut Outbox<'_>,
) -> HttpPost {
    let id = out.uuid();
    let text = format!(
        "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL included \
         in this message.",
        topic.arn
    );
    let visit = format!(
        "https://sns.{}.amazonaws.com/?Action=ConfirmSubscription&TopicArn={}&Token={token}",
        topic.region, topic.arn
    );
    let body = json!({
        "Type": "SubscriptionConfirmation",
        "MessageId": id,
        "Token": token,
        "TopicArn": topic.arn,
        "Message": text,
        "SubscribeURL": visit,
        "Timestamp": timestamps::millis_z(out.moment().utc),
        "SignatureVersion": topic.signature_version.to_string(),
        "Signature": SIGNATURE,
        "SigningCertURL": certificate(topic),
    });
    HttpPost {
        url: Arc::clone(&subscription.endpoint),
        headers: ending(headers("SubscriptionConfirmation", &id, topic)),
        body: body.to_string().into(),
        confirms: Some((Arc::clone(&topic.arn), Arc::clone(token))),
    }
}

/// Vigie has no key to sign with.
const SIGNATURE: &str = "EXAMPLE";

fn headers(message_type: &str, id: &str, topic: &Topic) -> Value {
    json!({
        "x-amz-sns-message-type": message_type,
        "x-amz-sns-message-id": id,
        "x-amz-sns-topic-arn": topic.arn,
    })
}

fn ending(mut headers: Value) -> Value {
    headers["Content-Type"] = CONTENT_TYPE.into();
    headers["User-Agent"] = USER_AGENT.into();
    headers
}

fn certificate(topic: &Topic) -> String {
    format!(
        "https://sns.{}.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem",
        topic.region
    )
}
