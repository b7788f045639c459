//! One delivery per confirmed subscription; a pending one is a near miss.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Outbox, Sns, Topic, mail, metrics,
    state::{Protocol, Subscription},
};
use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, Reason, ServiceName,
    arn::Arn,
    message_attributes::enveloped,
    note::reasons,
    outbox::Send,
    parcel::{Invoke, Publish, QueueMessage, Sender},
    timestamps,
};

/// The principal in whose name functions and queues are reached.
const PRINCIPAL: &str = "sns.amazonaws.com";

impl Sns {
    pub(super) fn fan_out(&mut self, topic: &Topic, message: &Publish, out: &mut Outbox<'_>) {
        let message_id = out.uuid();
        self.count(topic, metrics::PUBLISHED, out);
        let subscribers: Vec<Subscription> = self.subscriptions_of(&topic.arn).cloned().collect();
        let from = Node::new(ServiceName::Sns, &topic.region, Arc::clone(&topic.name));
        if subscribers.is_empty() {
            let nobody = Node::new(ServiceName::Outside, &topic.region, "");
            out.near_miss(
                HopPath::SnsSub,
                from,
                nobody,
                Reason::new(reasons::NO_SUBSCRIBER, Arc::clone(&topic.name)),
            );
            return;
        }
        for subscriber in subscribers {
            if subscriber.is_pending() {
                let to = Node::new(ServiceName::Outside, &topic.region, Arc::clone(&subscriber.endpoint));
                let reason = Reason::new(reasons::PENDING_CONFIRMATION, Arc::clone(&subscriber.endpoint));
                out.near_miss(HopPath::SnsSub, from.clone(), to, reason);
                continue;
            }
            self.deliver(topic, &from, &subscriber, message, &message_id, out);
        }
    }

    fn deliver(
        &mut self,
        topic: &Topic,
        from: &Node,
        subscriber: &Subscription,
        message: &Publish,
        message_id: &str,
        out: &mut Outbox<'_>,
    ) {
        let name_in_arn: Arc<str> = Arn::parse(&subscriber.endpoint)
            .map_or_else(|| Arc::clone(&subscriber.endpoint), |arn| arn.name().into());
        let (to, payload, parcel, delay) = match subscriber.protocol {
            Protocol::Email => {
                let mail = Arc::new(mail::notification(topic, subscriber, message));
                let shown =
                    Payload::json(PayloadKind::Notice, Arc::clone(&mail.subject), json!(mail.as_ref()));
                let to = Node::new(ServiceName::Outside, &topic.region, Arc::clone(&subscriber.endpoint));
                (to, shown, Parcel::Mail(mail), Delay::SnsToEmail)
            }
            Protocol::Lambda => {
                let event = Arc::new(json!({ "Records": [{
                    "EventSource": "aws:sns",
                    "EventVersion": "1.0",
                    "EventSubscriptionArn": subscriber.arn,
                    "Sns": notification(topic, subscriber, message, message_id, out, true),
                }] }));
                let invoke = Invoke {
                    function_arn: Arc::clone(&subscriber.endpoint),
                    event: Arc::clone(&event),
                    by: Sender::Service { principal: PRINCIPAL.into(), source_arn: Arc::clone(&topic.arn) },
                };
                let to = Node::new(ServiceName::Lambda, &topic.region, name_in_arn);
                let shown = Payload::json(PayloadKind::Mission, title(message), event);
                (to, shown, Parcel::Invoke(Arc::new(invoke)), Delay::SnsToMachine)
            }
            Protocol::Sqs => {
                let body = notification(topic, subscriber, message, message_id, out, false);
                let parcel = Parcel::QueueMessage(Arc::new(QueueMessage {
                    queue_arn: Arc::clone(&subscriber.endpoint),
                    body: body.to_string().into(),
                    attributes: Arc::default(),
                    by: Sender::Service { principal: PRINCIPAL.into(), source_arn: Arc::clone(&topic.arn) },
                }));
                let to = Node::new(ServiceName::Sqs, &topic.region, name_in_arn);
                (to, Payload::json(PayloadKind::Queue, title(message), body), parcel, Delay::SnsToMachine)
            }
        };
        out.send(Send {
            path: HopPath::SnsSub,
            from: from.clone(),
            to,
            payload,
            parcel,
            delay,
            reference: None,
        });
        self.count(topic, metrics::DELIVERED, out);
    }
}

fn title(message: &Publish) -> Arc<str> {
    message.subject.clone().unwrap_or_else(|| mail::DEFAULT_SUBJECT.into())
}

/// The envelope machines receive; Lambda spells two of its keys its own way.
///
/// Shapes: `samples/lambda-event-sns.json`, `samples/sns-sqs-envelope.json`.
fn notification(
    topic: &Topic,
    subscriber: &Subscription,
    message: &Publish,
    message_id: &str,
    out: &Outbox<'_>,
    for_lambda: bool,
) -> Value {
    let region = &topic.region;
    let cert = format!("https://sns.{region}.amazonaws.com/SimpleNotificationService-0000000000000000.pem");
    let leave =
        format!("https://sns.{region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={}", subscriber.arn);
    let (cert_key, leave_key) =
        if for_lambda { ("SigningCertUrl", "UnsubscribeUrl") } else { ("SigningCertURL", "UnsubscribeURL") };
    let mut envelope = json!({
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic.arn,
        "Subject": message.subject,
        "Message": message.message,
        "Timestamp": timestamps::millis_z(out.moment().utc),
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
    });
    envelope[cert_key] = cert.into();
    envelope[leave_key] = leave.into();
    if for_lambda || !message.attributes.is_empty() {
        envelope["MessageAttributes"] = enveloped(&message.attributes);
    }
    envelope
}
