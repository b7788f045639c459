//! The envelopes machines receive: the JSON notification, and the HTTP requests that carry it.
//!
//! Shapes: `samples/sns-sqs-envelope.json`, `samples/sns-http-notification.json`,
//! `samples/sns-http-subscription-confirmation.json`, `samples/lambda-event-sns.json`.

use std::sync::Arc;

use serde::Serialize;
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

/// The notification's fields, in AWS's order.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<'a> {
    r#type: &'a str,
    message_id: &'a str,
    topic_arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    message: &'a str,
    timestamp: String,
    signature_version: String,
    signature: &'a str,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
    #[serde(rename = "UnsubscribeURL")]
    unsubscribe_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_attributes: Option<Value>,
}

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

    /// The JSON notification, as text.
    pub fn envelope(&self, out: &Outbox<'_>) -> String {
        let attributes = &self.message.attributes;
        let envelope = Envelope {
            r#type: "Notification",
            message_id: self.id,
            topic_arn: &self.topic.arn,
            subject: self.message.subject.as_deref(),
            message: self.text(),
            timestamp: timestamps::millis_z(out.moment().utc),
            signature_version: self.topic.signature_version.to_string(),
            signature: SIGNATURE,
            signing_cert_url: certificate(self.topic),
            unsubscribe_url: self.unsubscribe_url(),
            message_attributes: (!attributes.is_empty()).then(|| enveloped(attributes)),
        };
        serde_json::to_string(&envelope).expect("texts and maps with text keys are JSON")
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
        let body = if self.subscriber.is_raw { Arc::clone(self.text()) } else { self.envelope(out).into() };
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
