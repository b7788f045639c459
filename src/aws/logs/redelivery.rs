//! Sends again what a function could not take for the moment.
//!
//! A refusal that may heal is tried again for a day; a missing permission or function is not. Source: user guide,
//! "Log group-level subscription filters": retryable errors are retried for up to 24 hours.

use std::sync::Arc;

use serde_json::Value;

use super::{Logs, subscription};
use crate::{
    aws::{
        Delay, Fate, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Receipt, Send, note::reasons,
        parcel::Timer,
    },
    kernel::{SimDuration, SimTime},
};

/// The timer of the next attempt; its key is the attempt's number in [`Logs::pending`].
pub(super) const TRIES_AGAIN: &str = "subscription-attempt";
/// Source: user guide.
const GIVEN_UP_AFTER: SimDuration = SimDuration::from_secs(24 * 3_600);
/// The wait before the second attempt; it doubles each time, up to an hour. Teaching defaults: the guide has no figures.
const FIRST_WAIT_S: u64 = 60;
const LONGEST_WAIT_S: u64 = 3_600;

/// A message that waits for its next attempt.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    from: Node,
    to: Node,
    parcel: Parcel,
    /// The reference of the next attempt.
    reference: Arc<str>,
}

/// What the reference of a message says: whose it is, how often it was tried, and since when.
struct Attempt<'r> {
    filter: &'r str,
    number: u32,
    since: SimTime,
}

/// The reference of a first attempt.
pub(super) fn first_attempt(filter: &str, now: SimTime) -> Arc<str> {
    Attempt { filter, number: 1, since: now }.reference()
}

impl<'r> Attempt<'r> {
    /// Filter names have no colon.
    fn read(reference: &'r str) -> Option<Self> {
        let mut parts = reference.splitn(3, ':');
        let filter = parts.next()?;
        let number = parts.next()?.parse().ok()?;
        let since = SimTime::from_millis(parts.next()?.parse().ok()?);
        Some(Self { filter, number, since })
    }

    fn reference(&self) -> Arc<str> {
        format!("{}:{}:{}", self.filter, self.number, self.since.as_millis()).into()
    }

    fn next(&self) -> Self {
        Self { number: self.number.saturating_add(1), ..*self }
    }

    fn wait(&self) -> SimDuration {
        let doubled = FIRST_WAIT_S.saturating_mul(1 << (self.number - 1).min(16));
        SimDuration::from_secs(doubled.min(LONGEST_WAIT_S))
    }
}

impl Logs {
    /// A function refused lines: counts it, and tries again if that may help.
    pub(super) fn hear_refusal(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        let (Some(reference), Some(reason)) = (&receipt.reference, &receipt.refused) else { return };
        let Some(attempt) = Attempt::read(reference) else { return };
        let metric = if reason.code == reasons::THROTTLED { "DeliveryThrottling" } else { "DeliveryErrors" };
        self.count_refused(&receipt.from, attempt.filter, metric, out);
        let wait = attempt.wait();
        if !reason.is_transient() || out.now().after(wait).since(attempt.since) > GIVEN_UP_AFTER {
            return;
        }
        out.fate(receipt.hop, Fate::Retried { attempt: attempt.number, reason: reason.clone() });
        let node = receipt.from.clone();
        let payload = Payload::json(PayloadKind::Failed, attempt.filter, message(&receipt.parcel));
        let mark = out.mark(HopPath::Retry, node.clone(), node.clone(), payload, Delay::None);
        let id = self.next_pending;
        self.next_pending += 1;
        let pending = Pending {
            from: receipt.from.clone(),
            to: receipt.to.clone(),
            parcel: receipt.parcel.clone(),
            reference: attempt.next().reference(),
        };
        self.pending.insert(id, pending);
        let timer = Timer::Named { name: TRIES_AGAIN, key: id.to_string().into() };
        out.caused_by(mark, |out| out.timer(node, timer, wait));
    }

    /// The time of an attempt has come.
    pub(super) fn try_again(&mut self, id: &str, out: &mut Outbox<'_>) {
        let Some(pending) = id.parse().ok().and_then(|id: u64| self.pending.remove(&id)) else { return };
        let title = pending.reference.split(':').next().unwrap_or_default();
        let payload = Payload::json(PayloadKind::Mission, title, message(&pending.parcel));
        out.send(Send {
            path: HopPath::LogsLambda,
            from: pending.from,
            to: pending.to,
            payload,
            parcel: pending.parcel,
            delay: Delay::LogsToLambda,
            reference: Some(pending.reference),
        });
    }
}

/// The message in a parcel for a function.
fn message(parcel: &Parcel) -> Value {
    match parcel {
        Parcel::Invoke(invoke) => subscription::decode(&invoke.event).unwrap_or_default(),
        _ => Value::Null,
    }
}
