//! A delivery that did not arrive: tried again while it may heal, then dead-lettered, or dropped.
//!
//! A missing permission and a missing target never heal and are not tried again. What heals is tried again with
//! growing waits until the attempts or the age of the event run out, whichever comes first. What is then left goes to
//! the target's dead-letter queue with attributes that say why, or is lost. The queue judges like any other
//! addressee, and its refusal is counted and kept too.
//!
//! Source: EventBridge user guide, "How EventBridge retries delivering events" and "Using dead-letter queues".

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::metrics::Metric;
use super::state::RuleKey;
use super::{EventBridge, PRINCIPAL, Receipt, Target};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, ServiceName,
    arn::Arn,
    message_attributes::{MessageAttribute, MessageAttributes},
    note::{Fate, reasons},
    outbox::Send,
    parcel::{QueueMessage, Sender, Timer},
};
use crate::kernel::{HopId, SimDuration, SimTime, Stream};

/// The name of the timer that ends a wait; its key is the number of the attempt.
pub(super) const TRY_AGAIN: &str = "try-again";

/// What the receipts of later tries and of dead letters begin with, where a first try has its target's reference.
const LATER_TRY: &str = "try ";
const DEAD_LETTER: &str = "dead-letter ";

/// A target without a retry policy. Source: EventBridge user guide.
const DEFAULT_ATTEMPTS: u32 = 185;
const DEFAULT_AGE_S: u32 = 86_400;

/// The first wait, and the longest. Teaching defaults, as AWS documents neither: doubling up to ten minutes with
/// half of each wait left to chance, 185 tries take about the 24 hours that the other default allows.
const FIRST_WAIT_MS: u64 = 1_000;
const LONGEST_WAIT_MS: u64 = 600_000;

/// A delivery that failed, with all that is needed to make it again.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub rule: RuleKey,
    pub rule_arn: Arc<str>,
    pub target: Target,
    pub path: HopPath,
    pub payload: Payload,
    /// None for what its target could not have taken, so that it was not even sent.
    pub parcel: Option<Parcel>,
    /// What the target was to receive.
    pub text: Arc<str>,
    /// How often it has been tried again.
    pub retries: u32,
    pub first_sent_at: SimTime,
}

impl EventBridge {
    /// Learns what became of a delivery: of a target's first try, of a later one, or of a dead letter.
    pub(super) fn learn_fate(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        let Some(reference) = &receipt.reference else { return };
        if let Some(rule_arn) = reference.strip_prefix(DEAD_LETTER) {
            self.learn_of_dead_letter(rule_arn, receipt, out);
            return;
        }
        let number = reference.strip_prefix(LATER_TRY).and_then(|number| number.parse().ok());
        let known = number.and_then(|number: u64| self.attempts.remove(&number));
        match (&receipt.refused, known) {
            (None, known) => {
                let rule = known.map(|attempt| attempt.rule.clone());
                let rule = rule.or_else(|| Some(self.sent_by(reference, receipt)?.0));
                if let Some(rule) = rule {
                    self.count(&rule, Metric::Invocations, out);
                }
            }
            (Some(reason), Some(attempt)) => {
                self.settle(Arc::unwrap_or_clone(attempt), Some(receipt.hop), reason, out);
            }
            (Some(reason), None) => {
                let Some(attempt) = self.first_try(reference, receipt, out) else { return };
                self.settle(attempt, Some(receipt.hop), reason, out);
            }
        }
    }

    /// The rule and the target that a first try's reference names, if they are still there.
    fn sent_by(&self, reference: &str, receipt: &Receipt) -> Option<(RuleKey, &Target)> {
        let (rule_arn, id) = reference.split_once(' ')?;
        let path = Arn::parse(rule_arn)?.resource.strip_prefix("rule/")?;
        let (bus, name) = path.rsplit_once('/').unwrap_or((super::DEFAULT_BUS, path));
        let region = &receipt.from.region;
        let rule = self.rule(region, bus, name)?;
        let target = rule.targets.iter().find(|target| *target.id == *id)?;
        Some((rule.key(region), target))
    }

    /// A delivery whose rule or target has been taken away meanwhile is not pursued.
    fn first_try(&self, reference: &str, receipt: &Receipt, out: &Outbox<'_>) -> Option<Attempt> {
        let (rule, target) = self.sent_by(reference, receipt)?;
        let hop = out.hop(receipt.hop);
        Some(Attempt {
            rule_arn: reference.split_once(' ')?.0.into(),
            rule,
            target: target.clone(),
            path: hop.path,
            payload: hop.payload.clone(),
            text: text_of(&receipt.parcel),
            parcel: Some(receipt.parcel.clone()),
            retries: 0,
            first_sent_at: hop.sent_at,
        })
    }

    /// Tries again, dead-letters or drops. `hop` is the journey that failed; none for what could not be sent at all.
    pub(super) fn settle(
        &mut self,
        attempt: Attempt,
        hop: Option<HopId>,
        reason: &Reason,
        out: &mut Outbox<'_>,
    ) {
        let exhausted = match attempt.next_wait(reason, out) {
            Ok(wait) => return self.try_later(attempt, wait, hop, reason, out),
            Err(exhausted) => exhausted,
        };
        self.count(&attempt.rule, Metric::Invocations, out);
        self.count(&attempt.rule, Metric::FailedInvocations, out);
        match attempt.target.given.dead_letter_config.as_ref().and_then(|config| config.arn.as_deref()) {
            Some(queue_arn) => attempt.dead_letter(queue_arn, hop, reason, exhausted, out),
            None => attempt.drop(hop, reason, exhausted, out),
        }
    }

    fn try_later(
        &mut self,
        mut attempt: Attempt,
        wait: SimDuration,
        hop: Option<HopId>,
        reason: &Reason,
        out: &mut Outbox<'_>,
    ) {
        attempt.retries += 1;
        if reason.code == reasons::THROTTLED {
            self.count(&attempt.rule, Metric::ThrottledRules, out);
        }
        if let Some(hop) = hop {
            out.fate(hop, Fate::Retried { attempt: attempt.retries, reason: reason.clone() });
        }
        let number = self.new_number();
        let node = attempt.node();
        let send = Send {
            path: HopPath::Retry,
            from: node.clone(),
            to: node,
            payload: attempt.told(reason, None),
            parcel: Parcel::Timer(Timer::Named { name: TRY_AGAIN, key: number.to_string().into() }),
            delay: Delay::None,
            reference: None,
        };
        out.send_in(send, wait);
        self.attempts.insert(number, Arc::new(attempt));
    }

    /// Makes a delivery again, at the end of its wait.
    pub(super) fn try_again(&mut self, number: &str, out: &mut Outbox<'_>) {
        let known = number.parse().ok().and_then(|number: u64| self.attempts.get(&number)).cloned();
        let Some((attempt, parcel)) =
            known.and_then(|attempt| Some((attempt.clone(), attempt.parcel.clone()?)))
        else {
            return;
        };
        self.count(&attempt.rule, Metric::RetryInvocationAttempts, out);
        let addressee = &attempt.target.addressee;
        out.send(Send {
            path: attempt.path,
            from: attempt.node(),
            to: Node::new(addressee.service, &addressee.region, Arc::clone(&addressee.name)),
            payload: attempt.payload.clone(),
            parcel,
            delay: Delay::BusToTarget,
            reference: Some(format!("{LATER_TRY}{number}").into()),
        });
    }

    fn learn_of_dead_letter(&mut self, rule_arn: &str, receipt: &Receipt, out: &mut Outbox<'_>) {
        let region = &receipt.from.region;
        let bus = rule_arn.split_once(":rule/").and_then(|(_, path)| path.rsplit_once('/'));
        let bus = bus.map_or(super::DEFAULT_BUS, |(bus, _)| bus).into();
        let rule = RuleKey { region: region.clone(), bus, name: Arc::clone(&receipt.from.resource) };
        let Some(reason) = &receipt.refused else {
            self.count(&rule, Metric::InvocationsSentToDlq, out);
            return;
        };
        self.count(&rule, Metric::InvocationsFailedToBeSentToDlq, out);
        let body = json!({ "RULE_ARN": rule_arn, "DEAD_LETTER_QUEUE": receipt.to.resource, "ERROR_MESSAGE": reason.detail });
        let payload = Payload::json(PayloadKind::Failed, &*receipt.to.resource, body);
        let node = receipt.from.clone();
        out.mark(HopPath::Drop, node.clone(), node, payload, Delay::None);
    }
}

impl Attempt {
    fn node(&self) -> Node {
        Node::new(ServiceName::EventBridge, &self.rule.region, Arc::clone(&self.rule.name))
    }

    /// How long until the next try; else the condition that has run out, or none for what is not worth a try.
    fn next_wait(&self, reason: &Reason, out: &mut Outbox<'_>) -> Result<SimDuration, Option<&'static str>> {
        if !reason.is_transient() {
            return Err(None);
        }
        let policy = self.target.given.retry_policy.unwrap_or_default();
        if self.retries >= policy.maximum_retry_attempts.unwrap_or(DEFAULT_ATTEMPTS) {
            return Err(Some("MaximumRetryAttempts"));
        }
        let most =
            SimDuration::from_secs(policy.maximum_event_age_in_seconds.unwrap_or(DEFAULT_AGE_S).into());
        let left = self.first_sent_at.after(most).since(out.now());
        if left == SimDuration::ZERO {
            return Err(Some("MaximumEventAgeInSeconds"));
        }
        Ok(backoff(self.retries, out.bits(Stream::Latency)).min(left))
    }

    /// Sends what did not arrive to the target's dead-letter queue.
    fn dead_letter(
        &self,
        queue_arn: &str,
        hop: Option<HopId>,
        reason: &Reason,
        exhausted: Option<&'static str>,
        out: &mut Outbox<'_>,
    ) {
        if let Some(hop) = hop {
            out.fate(hop, Fate::DeadLettered(self.last_word(reason, exhausted)));
        }
        let attributes: MessageAttributes = self
            .attributes(reason, exhausted)
            .into_iter()
            .map(|(name, value)| (name.into(), MessageAttribute::text(value)))
            .collect();
        let message = QueueMessage {
            queue_arn: queue_arn.into(),
            body: Arc::clone(&self.text),
            attributes: Arc::new(attributes),
            by: Sender::Service { principal: PRINCIPAL.into(), source_arn: Arc::clone(&self.rule_arn) },
        };
        let queue = Arn::parse(queue_arn).map_or(queue_arn, |arn| arn.resource);
        out.send(Send {
            path: HopPath::DeadLetter,
            from: self.node(),
            to: Node::new(ServiceName::Sqs, &self.rule.region, queue),
            payload: self.told(reason, exhausted),
            parcel: Parcel::QueueMessage(Arc::new(message)),
            delay: Delay::BusToTarget,
            reference: Some(format!("{DEAD_LETTER}{}", self.rule_arn).into()),
        });
    }

    /// Loses what did not arrive.
    fn drop(
        &self,
        hop: Option<HopId>,
        reason: &Reason,
        exhausted: Option<&'static str>,
        out: &mut Outbox<'_>,
    ) {
        if let Some(hop) = hop {
            out.fate(hop, Fate::Dropped(self.last_word(reason, exhausted)));
        }
        let node = self.node();
        out.mark(HopPath::Drop, node.clone(), node, self.told(reason, exhausted), Delay::None);
    }

    /// The reason as it stands at the end: the last refusal, or that the tries are used up, and on what.
    fn last_word(&self, reason: &Reason, exhausted: Option<&'static str>) -> Reason {
        exhausted.map_or_else(
            || reason.clone(),
            |condition| {
                let detail = format!("{condition}, after {} retries: {}", self.retries, reason.detail);
                Reason::new(reasons::RETRIES_EXHAUSTED, detail)
            },
        )
    }

    /// What a dead letter says of itself. The last two are there only when tries were made and ran out.
    fn attributes(&self, reason: &Reason, exhausted: Option<&'static str>) -> Vec<(&'static str, String)> {
        let mut attributes = vec![
            ("RULE_ARN", self.rule_arn.to_string()),
            ("TARGET_ARN", self.target.arn.to_string()),
            ("ERROR_CODE", self.error_code(reason).to_owned()),
            ("ERROR_MESSAGE", reason.detail.to_string()),
        ];
        if let Some(condition) = exhausted {
            attributes.push(("EXHAUSTED_RETRY_CONDITION", condition.to_owned()));
            attributes.push(("RETRY_ATTEMPTS", self.retries.to_string()));
        }
        attributes
    }

    /// The same for a reader, with the event's own title.
    fn told(&self, reason: &Reason, exhausted: Option<&'static str>) -> Payload {
        let attributes = self.attributes(reason, exhausted).into_iter();
        let body: Map<String, Value> =
            attributes.map(|(name, value)| (name.to_owned(), value.into())).collect();
        Payload::json(PayloadKind::Failed, self.payload.title(), Value::Object(body))
    }

    /// The code of a dead letter. Source: EventBridge user guide, "Using dead-letter queues"; recorded dead letters.
    fn error_code(&self, reason: &Reason) -> &'static str {
        let to_bus = self.target.addressee.service == ServiceName::EventBridge;
        match reason.code {
            reasons::NOT_AUTHORISED | reasons::KMS_DENIED => "NO_PERMISSIONS",
            reasons::ROLE_NOT_ASSUMED if to_bus => "NO_PERMISSIONS",
            reasons::ROLE_NOT_ASSUMED => "FAILED_TO_ASSUME_ROLE",
            reasons::NO_RESOURCE => "NO_RESOURCE",
            reasons::INVALID_INPUT => "INVALID_JSON",
            reasons::THIRD_HOP if self.target.addressee.region == self.rule.region => {
                "THIRD_ACCOUNT_HOP_DETECTED"
            }
            reasons::THIRD_HOP => "THIRD_REGION_HOP_DETECTED",
            reasons::THROTTLED => "THROTTLING",
            reasons::ENDPOINT_DOWN => "CONNECTION_FAILURE",
            _ => "ERROR_FROM_TARGET",
        }
    }
}

/// How long to wait before the next try: doubled each time, and half of it left to chance.
fn backoff(retries: u32, chance: u64) -> SimDuration {
    let doubled = FIRST_WAIT_MS.saturating_mul(1 << retries.min(32));
    let longest = doubled.min(LONGEST_WAIT_MS);
    SimDuration::from_millis(longest - chance % (longest / 2))
}

/// What the target would have received, as text.
fn text_of(parcel: &Parcel) -> Arc<str> {
    match parcel {
        Parcel::Publish(message) => Arc::clone(&message.message),
        Parcel::Invoke(invoke) => invoke.event.to_string().into(),
        Parcel::QueueMessage(message) => Arc::clone(&message.body),
        Parcel::KinesisRecord { data, .. } => Arc::clone(data),
        Parcel::LogEvents { events, .. } => {
            events.first().map_or_else(Arc::default, |line| Arc::clone(&line.message))
        }
        Parcel::Forwarded(forwarded) => forwarded.event.to_string().into(),
        _ => Arc::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_ten_minutes_and_half_of_each_is_chance() {
        let bounds = |retries| (backoff(retries, 0).as_millis(), backoff(retries, u64::MAX).as_millis());

        assert_eq!(bounds(0).0, 1_000);
        assert!(bounds(0).1 > 500);
        assert_eq!(backoff(3, 0).as_millis(), 8_000);
        assert_eq!(backoff(184, 0).as_millis(), 600_000);
        assert!(bounds(184).1 > 300_000);
    }
}
