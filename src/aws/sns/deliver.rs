//! One delivery per confirmed subscription that wants the message; every other one is a near miss that says why.

use std::sync::Arc;

use serde_json::json;

use super::{
    Outbox, Sns, Topic,
    envelope::Letter,
    mail, metrics,
    retry::{InFlight, Reference},
    state::{Protocol, Subscription},
};
use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, Reason, Region, ServiceName,
    arn::Arn,
    key_use::KeyUse,
    message_attributes::MessageAttributes,
    note::reasons,
    outbox::Send,
    parcel::{Invoke, Publish, QueueMessage, Sender, Sms},
};

/// The principal in whose name functions and queues are reached.
pub(super) const PRINCIPAL: &str = "sns.amazonaws.com";

/// The longest text of an SMS, in characters. Source: SNS API reference, `Publish`.
const LONGEST_SMS: usize = 1_600;
/// How much of a topic's display name leads its SMS. Source: SNS developer guide, "Publishing to a topic" (SMS).
const SMS_PREFIX: usize = 10;

impl Sns {
    /// Gives a message to everybody it is for.
    pub(super) fn fan_out(&mut self, topic: &Topic, message: &Publish, out: &mut Outbox<'_>) {
        let message_id = out.uuid();
        self.count(topic, metrics::PUBLISHED, out);
        let subscribers: Vec<Arc<Subscription>> = self.subscriptions_of(&topic.arn).cloned().collect();
        if subscribers.is_empty() {
            let nobody = Node::new(ServiceName::Outside, &topic.region, "");
            let reason = Reason::new(reasons::NO_SUBSCRIBER, Arc::clone(&topic.name));
            out.near_miss(HopPath::SnsSub, topic.node(), nobody, reason);
        }
        for subscriber in subscribers {
            let letter = Letter { topic, subscriber: &subscriber, message, id: &message_id };
            match self.withheld(letter, out) {
                Some(reason) => {
                    out.near_miss(HopPath::SnsSub, topic.node(), subscriber.node(&topic.region), reason);
                }
                None => self.deliver(letter, out),
            }
        }
    }

    /// Why a subscriber does not get a message at all.
    fn withheld(&mut self, letter: Letter<'_>, out: &mut Outbox<'_>) -> Option<Reason> {
        let Letter { topic, subscriber, message, .. } = letter;
        if subscriber.is_pending() {
            return Some(Reason::new(reasons::PENDING_CONFIRMATION, Arc::clone(&subscriber.endpoint)));
        }
        if let Some(filter) = &subscriber.filter
            && let Err(left) = filter.judge(letter.text(), &message.attributes)
        {
            self.count(topic, metrics::FILTERED_OUT, out);
            self.count(topic, left.metric, out);
            return Some(left.reason);
        }
        if subscriber.protocol == Protocol::Sms
            && !self.phones.is_verified(&topic.region, &subscriber.endpoint)
        {
            self.count(topic, metrics::FAILED, out);
            return Some(Reason::new(reasons::PHONE_NOT_VERIFIED, Arc::clone(&subscriber.endpoint)));
        }
        None
    }

    fn deliver(&mut self, letter: Letter<'_>, out: &mut Outbox<'_>) {
        let Letter { topic, subscriber, .. } = letter;
        let (parcel, payload) = parcel(letter, out);
        let hop = out.send(Send {
            path: HopPath::SnsSub,
            from: topic.node(),
            to: subscriber.node(&topic.region),
            payload,
            parcel,
            delay: delay(subscriber.protocol),
            reference: Some(Reference::delivery(&subscriber.arn, 1)),
        });
        if subscriber.dead_letter_arn.is_some() || topic.logs(subscriber.protocol) {
            let in_flight = InFlight {
                message_id: letter.id.into(),
                message: Arc::clone(letter.text()),
                published_ms: out.moment().epoch_ms(),
                dead_letter: dead_letter(letter, out).map(Arc::new),
            };
            self.waiting.remember(hop, in_flight);
        }
    }
}

impl Topic {
    /// What publishing to an encrypted topic needs of its key.
    pub(super) fn key_use(&self) -> Option<KeyUse> {
        let key = Arc::clone(self.kms_key.as_ref()?);
        Some(KeyUse { key, operations: &["GenerateDataKey", "Decrypt"] })
    }

    pub(super) fn node(&self) -> Node {
        Node::new(ServiceName::Sns, &self.region, Arc::clone(&self.name))
    }
}

impl Subscription {
    /// Where it is reached: a queue or function, in its own Region, or somebody outside.
    pub(super) fn node(&self, topic_region: &Region) -> Node {
        let service = match self.protocol {
            Protocol::Sqs => ServiceName::Sqs,
            Protocol::Lambda => ServiceName::Lambda,
            _ => ServiceName::Outside,
        };
        match Arn::parse(&self.endpoint).filter(|_| service != ServiceName::Outside) {
            Some(arn) => Node::new(service, &Region::new(arn.region), arn.name()),
            None => Node::new(service, topic_region, Arc::clone(&self.endpoint)),
        }
    }
}

/// How long a delivery takes.
pub(super) const fn delay(protocol: Protocol) -> Delay {
    match protocol {
        Protocol::Email | Protocol::EmailJson => Delay::SnsToEmail,
        Protocol::Sms => Delay::SnsToPhone,
        Protocol::Http | Protocol::Https => Delay::SnsToWeb,
        Protocol::Lambda | Protocol::Sqs => Delay::SnsToMachine,
    }
}

/// What travels to a subscriber, and how a reader sees it.
fn parcel(letter: Letter<'_>, out: &Outbox<'_>) -> (Parcel, Payload) {
    let Letter { topic, subscriber, message, .. } = letter;
    let title: Arc<str> = message.subject.clone().unwrap_or_else(|| mail::DEFAULT_SUBJECT.into());
    let by = || Sender::Service { principal: PRINCIPAL.into(), source_arn: Arc::clone(&topic.arn) };
    match subscriber.protocol {
        Protocol::Email | Protocol::EmailJson => {
            let mail = Arc::new(mail::notification(letter, out));
            let shown = Payload::json(PayloadKind::Notice, title, json!(mail.as_ref()));
            (Parcel::Mail(mail), shown)
        }
        Protocol::Sms => {
            let sms = Arc::new(text_message(letter));
            let shown = Payload::json(PayloadKind::Notice, title, json!(sms.as_ref()));
            (Parcel::Sms(sms), shown)
        }
        Protocol::Http | Protocol::Https => {
            let post = Arc::new(letter.post(out));
            let shown = Payload::json(PayloadKind::Notice, title, post.shown());
            (Parcel::HttpPost(post), shown)
        }
        Protocol::Lambda => {
            let event = Arc::new(letter.function_event(out));
            let invoke = Invoke {
                function_arn: Arc::clone(&subscriber.endpoint),
                event: Arc::clone(&event),
                by: by(),
            };
            let shown = Payload::json(PayloadKind::Mission, title, event);
            (Parcel::Invoke(Arc::new(invoke)), shown)
        }
        Protocol::Sqs if subscriber.is_raw => {
            let body = Arc::clone(letter.text());
            let shown = json!({ "Body": body, "MessageAttributes": *message.attributes });
            let parcel = queue_message(&subscriber.endpoint, body, Arc::clone(&message.attributes), by());
            (parcel, Payload::json(PayloadKind::Queue, title, shown))
        }
        Protocol::Sqs => {
            let envelope: Arc<str> = letter.envelope(out).into();
            let parcel = queue_message(&subscriber.endpoint, Arc::clone(&envelope), Arc::default(), by());
            (parcel, Payload::text(PayloadKind::Queue, title, envelope))
        }
    }
}

fn queue_message(
    queue_arn: &Arc<str>,
    body: Arc<str>,
    attributes: Arc<MessageAttributes>,
    by: Sender,
) -> Parcel {
    Parcel::QueueMessage(Arc::new(QueueMessage { queue_arn: Arc::clone(queue_arn), body, attributes, by }))
}

/// What goes to the dead-letter queue if this cannot be delivered: what a queue would have got.
fn dead_letter(letter: Letter<'_>, out: &Outbox<'_>) -> Option<QueueMessage> {
    let Letter { topic, subscriber, message, .. } = letter;
    let queue_arn = Arc::clone(subscriber.dead_letter_arn.as_ref()?);
    let (body, attributes) = if subscriber.is_raw {
        (Arc::clone(letter.text()), Arc::clone(&message.attributes))
    } else {
        (letter.envelope(out).into(), Arc::default())
    };
    let by = Sender::Service { principal: PRINCIPAL.into(), source_arn: Arc::clone(&topic.arn) };
    Some(QueueMessage { queue_arn, body, attributes, by })
}

/// `Topic name> text`, cut where a phone would cut it.
fn text_message(letter: Letter<'_>) -> Sms {
    let name: String = letter.topic.display_name.chars().take(SMS_PREFIX).collect();
    let prefix = if name.is_empty() { name } else { format!("{name}> ") };
    let text: String = prefix.chars().chain(letter.text().chars()).take(LONGEST_SMS).collect();
    Sms { to: Arc::clone(&letter.subscriber.endpoint), message: text.into(), code: None }
}
