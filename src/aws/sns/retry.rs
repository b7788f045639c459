//! What becomes of a delivery: accepted, tried again, put in the subscription's dead-letter queue, or lost.
//!
//! A refusal that may heal is tried again as the protocol's schedule says. A client error, such as a permission or an
//! endpoint that is not there, is not: it goes to the dead-letter queue at once, or is lost.
//!
//! Source: SNS developer guide, "Amazon SNS message delivery retries" and "Amazon SNS dead-letter queues".

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use super::{
    Outbox, Sns, Topic,
    deliver::delay,
    feedback::Outcome,
    metrics,
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
    kernel::{HopId, SimDuration},
};

/// The timer on which a delivery is tried again; its key is its number among those that wait.
pub(super) const TRY_AGAIN: &str = "try-again";

/// What is known of a delivery until it is accepted or given up, where somebody may ask: a dead-letter queue, a log.
#[derive(Clone, Debug)]
pub(super) struct InFlight {
    pub message_id: Arc<str>,
    pub message: Arc<str>,
    /// Epoch milliseconds.
    pub published_ms: i64,
    /// What goes to the dead-letter queue, if there is one.
    pub dead_letter: Option<Arc<QueueMessage>>,
}

/// A delivery that failed for now.
type Kept = (Send, Option<Arc<InFlight>>);

/// Deliveries that may still fail, or wait for their next try.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    next: u64,
    sends: BTreeMap<u64, Kept>,
    /// By the hop that may fail.
    in_flight: BTreeMap<HopId, Arc<InFlight>>,
}

impl Waiting {
    pub(super) fn remember(&mut self, hop: HopId, letter: InFlight) {
        self.in_flight.insert(hop, Arc::new(letter));
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
        let letter = self.waiting.in_flight.remove(&receipt.hop);
        let Some(subscription) = self.subscriptions.get(reference.subscription_arn).cloned() else { return };
        let Some(topic) = self.topics.get(&subscription.topic_arn).cloned() else { return };
        let case = Case { topic: &topic, subscription: &subscription, receipt, attempt: reference.attempt };
        match (&receipt.refused, reference.attempt) {
            (None, 0) => self.count(&topic, metrics::REDRIVEN, out),
            (None, attempts) => {
                self.count(&topic, metrics::DELIVERED, out);
                if let Some(letter) = letter {
                    topic.log(&subscription, &letter, &Outcome { attempts, refused: None }, out);
                }
            }
            (Some(reason), 0) => {
                self.count(&topic, metrics::FAILED_TO_REDRIVE, out);
                lose(&topic, receipt.hop, reason.clone(), out);
            }
            (Some(reason), attempt) => {
                let wait = schedule(&topic, &subscription).wait(attempt).filter(|_| reason.is_transient());
                match wait {
                    Some(wait) => self.wait_and_try_again(&case, reason, wait, letter, out),
                    None => self.give_up(&case, reason, letter.as_deref(), out),
                }
            }
        }
    }

    /// Keeps a delivery, and sets the timer of its next try.
    fn wait_and_try_again(
        &mut self,
        case: &Case<'_>,
        reason: &Reason,
        wait: SimDuration,
        letter: Option<Arc<InFlight>>,
        out: &mut Outbox<'_>,
    ) {
        let Case { topic, subscription, receipt, attempt } = *case;
        out.fate(receipt.hop, Fate::Retried { attempt, reason: reason.clone() });
        let number = self.waiting.next;
        self.waiting.next += 1;
        let send = Send {
            path: HopPath::SnsSub,
            from: receipt.from.clone(),
            to: receipt.to.clone(),
            payload: out.payload_of(receipt.hop),
            parcel: receipt.parcel.clone(),
            delay: delay(subscription.protocol),
            reference: Some(Reference::delivery(&subscription.arn, attempt + 1)),
        };
        let again = Send {
            path: HopPath::Retry,
            from: topic.node(),
            to: topic.node(),
            payload: failed(reason, &send.payload),
            parcel: Parcel::Timer(Timer::Named { name: TRY_AGAIN, key: number.to_string().into() }),
            delay: Delay::None,
            reference: None,
        };
        self.waiting.sends.insert(number, (send, letter));
        out.send_in(again, wait);
    }

    /// Sends once more what waited.
    pub(super) fn try_again(&mut self, number: &str, out: &mut Outbox<'_>) {
        let kept = number.parse().ok().and_then(|number: u64| self.waiting.sends.remove(&number));
        let Some((send, letter)) = kept else { return };
        let hop = out.send(send);
        if let Some(letter) = letter {
            self.waiting.in_flight.insert(hop, letter);
        }
    }

    /// The last try has failed: the dead-letter queue takes it, or nobody does.
    fn give_up(&mut self, case: &Case<'_>, reason: &Reason, letter: Option<&InFlight>, out: &mut Outbox<'_>) {
        let Case { topic, subscription, receipt, attempt } = *case;
        self.count(topic, metrics::FAILED, out);
        let reason = if reason.is_transient() {
            Reason::new(reasons::RETRIES_EXHAUSTED, Arc::clone(&reason.detail))
        } else {
            reason.clone()
        };
        if let Some(letter) = letter {
            topic.log(subscription, letter, &Outcome { attempts: attempt, refused: Some(&reason) }, out);
        }
        let Some(dead_letter) = letter.and_then(|letter| letter.dead_letter.as_ref()) else {
            return lose(topic, receipt.hop, reason, out);
        };
        let Some(queue) = Arn::parse(&dead_letter.queue_arn) else { return };
        let payload = failed(&reason, &out.payload_of(receipt.hop));
        out.fate(receipt.hop, Fate::DeadLettered(reason));
        out.send(Send {
            path: HopPath::DeadLetter,
            from: topic.node(),
            to: Node::new(ServiceName::Sqs, &Region::new(queue.region), queue.resource),
            payload,
            parcel: Parcel::QueueMessage(Arc::clone(dead_letter)),
            delay: Delay::SnsToMachine,
            reference: Some(Reference::delivery(&subscription.arn, 0)),
        });
    }
}

/// A delivery whose receipt has come.
#[derive(Clone, Copy)]
struct Case<'a> {
    topic: &'a Topic,
    subscription: &'a Subscription,
    receipt: &'a Receipt,
    attempt: u32,
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
    let payload = failed(&reason, &out.payload_of(hop));
    out.fate(hop, Fate::Dropped(reason));
    out.mark(HopPath::Drop, topic.node(), topic.node(), payload, Delay::None);
}

/// A message that failed, and why.
fn failed(reason: &Reason, payload: &Payload) -> Payload {
    let body = json!({ "reason": reason, "message": payload.body() });
    Payload::json(PayloadKind::Failed, Arc::<str>::from(payload.title()), body)
}
