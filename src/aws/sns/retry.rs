//! What becomes of a delivery: accepted, tried again, put in the subscription's dead-letter queue, or lost.
//!
//! A refusal that may heal is tried again as the protocol's schedule says. A client error, such as a permission or an
//! endpoint that is not there, is not: it goes to the dead-letter queue at once, or is lost.
//!
//! Source: SNS developer guide, "Amazon SNS message delivery retries" and "Amazon SNS dead-letter queues".

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use super::{
    Outbox, Sns, Topic, metrics,
    schedule::Schedule,
    state::{Protocol, Subscription},
};
use crate::{
    aws::{
        Delay, Fate, HopPath, Node, Parcel, Payload, PayloadKind, Reason, Receipt, Region, ServiceName,
        arn::Arn,
        note::reasons,
        outbox::Send,
        parcel::{QueueMessage, Timer},
    },
    kernel::HopId,
};

/// The timer on which a delivery is tried again; its key is its number among those that wait.
pub(super) const TRY_AGAIN: &str = "try-again";

/// A delivery that failed for now, and what would go to the dead-letter queue.
type Kept = (Send, Option<Arc<QueueMessage>>);

/// Deliveries that may still fail, or wait for their next try.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    next: u64,
    sends: BTreeMap<u64, Kept>,
    /// What would go to the dead-letter queue, by the hop that may fail.
    dead_letters: BTreeMap<HopId, Arc<QueueMessage>>,
}

impl Waiting {
    pub(super) fn remember(&mut self, hop: HopId, dead_letter: QueueMessage) {
        self.dead_letters.insert(hop, Arc::new(dead_letter));
    }
}

/// What a parcel's reference says: whose delivery it is, and which try.
pub(super) struct Reference<'a> {
    subscription_arn: &'a str,
    /// From 1; 0 for a dead letter.
    attempt: u32,
}

impl<'a> Reference<'a> {
    pub fn delivery(subscription_arn: &str, attempt: u32) -> Arc<str> {
        format!("{attempt} {subscription_arn}").into()
    }

    fn read(text: &'a str) -> Option<Self> {
        let (attempt, subscription_arn) = text.split_once(' ')?;
        Some(Self { subscription_arn, attempt: attempt.parse().ok()? })
    }
}

impl Sns {
    /// Learns what became of a delivery.
    pub(super) fn learn(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        let Some(reference) = receipt.reference.as_deref().and_then(Reference::read) else { return };
        let dead_letter = self.waiting.dead_letters.remove(&receipt.hop);
        let Some(subscription) = self.subscriptions.get(reference.subscription_arn).cloned() else { return };
        let Some(topic) = self.topics.get(&subscription.topic_arn).cloned() else { return };
        match (&receipt.refused, reference.attempt) {
            (None, 0) => self.count(&topic, metrics::REDRIVEN, out),
            (None, _) => self.count(&topic, metrics::DELIVERED, out),
            (Some(reason), 0) => {
                self.count(&topic, metrics::FAILED_TO_REDRIVE, out);
                lose(&topic, receipt.hop, reason.clone(), out);
            }
            (Some(reason), attempt) => {
                let wait = schedule(&topic, &subscription).wait(attempt).filter(|_| reason.is_transient());
                match wait {
                    Some(wait) => {
                        out.fate(receipt.hop, Fate::Retried { attempt, reason: reason.clone() });
                        let number = self.keep(receipt, attempt, dead_letter, out);
                        let payload = failed(reason, out.payload_of(receipt.hop));
                        let timer = Timer::Named { name: TRY_AGAIN, key: number.to_string().into() };
                        let again = Send {
                            path: HopPath::Retry,
                            from: topic.node(),
                            to: topic.node(),
                            payload,
                            parcel: Parcel::Timer(timer),
                            delay: Delay::None,
                            reference: None,
                        };
                        out.send_in(again, wait);
                    }
                    None => self.give_up(&topic, receipt, reason, dead_letter, out),
                }
            }
        }
    }

    /// Keeps a delivery for its next try, and answers its number.
    fn keep(
        &mut self,
        receipt: &Receipt,
        attempt: u32,
        dead_letter: Option<Arc<QueueMessage>>,
        out: &Outbox<'_>,
    ) -> u64 {
        let arn = receipt.reference.as_deref().and_then(Reference::read).map_or("", |it| it.subscription_arn);
        let number = self.waiting.next;
        self.waiting.next += 1;
        let send = Send {
            path: HopPath::SnsSub,
            from: receipt.from.clone(),
            to: receipt.to.clone(),
            payload: out.payload_of(receipt.hop),
            parcel: receipt.parcel.clone(),
            delay: Delay::SnsToMachine,
            reference: Some(Reference::delivery(arn, attempt + 1)),
        };
        self.waiting.sends.insert(number, (send, dead_letter));
        number
    }

    /// Sends once more what waited.
    pub(super) fn try_again(&mut self, number: &str, out: &mut Outbox<'_>) {
        let kept = number.parse().ok().and_then(|number: u64| self.waiting.sends.remove(&number));
        let Some((send, dead_letter)) = kept else { return };
        let hop = out.send(send);
        if let Some(dead_letter) = dead_letter {
            self.waiting.dead_letters.insert(hop, dead_letter);
        }
    }

    /// The last try has failed: the dead-letter queue takes it, or nobody does.
    fn give_up(
        &mut self,
        topic: &Topic,
        receipt: &Receipt,
        reason: &Reason,
        dead_letter: Option<Arc<QueueMessage>>,
        out: &mut Outbox<'_>,
    ) {
        self.count(topic, metrics::FAILED, out);
        let reason = if reason.is_transient() {
            Reason::new(reasons::RETRIES_EXHAUSTED, Arc::clone(&reason.detail))
        } else {
            reason.clone()
        };
        let Some(dead_letter) = dead_letter else { return lose(topic, receipt.hop, reason, out) };
        out.fate(receipt.hop, Fate::DeadLettered(reason.clone()));
        let Some(queue) = Arn::parse(&dead_letter.queue_arn) else { return };
        let subscription_arn =
            receipt.reference.as_deref().and_then(Reference::read).map_or("", |it| it.subscription_arn);
        out.send(Send {
            path: HopPath::DeadLetter,
            from: topic.node(),
            to: Node::new(ServiceName::Sqs, &Region::new(queue.region), queue.resource),
            payload: failed(&reason, out.payload_of(receipt.hop)),
            parcel: Parcel::QueueMessage(Arc::clone(&dead_letter)),
            delay: Delay::SnsToMachine,
            reference: Some(Reference::delivery(subscription_arn, 0)),
        });
    }
}

/// How a subscriber's failures are tried again: a web endpoint has a policy of its own, or its topic's.
fn schedule(topic: &Topic, subscription: &Subscription) -> Schedule {
    match subscription.protocol {
        Protocol::Http | Protocol::Https => {
            subscription.delivery_policy.as_ref().map_or(topic.http_retries, |(_, retries)| *retries)
        }
        protocol => Schedule::of(protocol),
    }
}

/// Nobody takes it: it is gone.
fn lose(topic: &Topic, hop: HopId, reason: Reason, out: &mut Outbox<'_>) {
    let payload = failed(&reason, out.payload_of(hop));
    out.fate(hop, Fate::Dropped(reason));
    out.mark(HopPath::Drop, topic.node(), topic.node(), payload, Delay::None);
}

/// A message that failed, and why.
fn failed(reason: &Reason, payload: Payload) -> Payload {
    let body = json!({ "reason": reason, "message": payload.body() });
    Payload::json(PayloadKind::Failed, Arc::<str>::from(payload.title()), body)
}
