//! From a matching rule to its targets: which parcel, what it says, in whose name.

use std::sync::Arc;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::attempt::Attempt;
use super::transformer::{Circumstances, TargetInput};
use super::{EventBridge, PRINCIPAL, Region, Rule, Target};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, ServiceName,
    note::reasons,
    outbox::Send,
    parcel::{Forwarded, Invoke, LogEvent, Passed, Publish, QueueMessage, Sender},
    timestamps,
};

/// An event that a rule matched, on its way to the rule's targets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matched<'a> {
    pub region: &'a Region,
    pub rule: &'a Rule,
    pub event: &'a Arc<Value>,
    /// What a reader calls the event.
    pub title: &'a Arc<str>,
    pub passed: Passed,
}

/// What travels to a target, and how a reader sees it.
struct Made {
    parcel: Parcel,
    kind: PayloadKind,
    body: Arc<Value>,
}

impl EventBridge {
    /// Sends an event to all targets of a rule that matched it.
    pub(super) fn send_to_targets(&mut self, matched: Matched<'_>, out: &mut Outbox<'_>) {
        let Matched { region, rule, event, title, .. } = matched;
        let ingestion_time = out.moment().utc.to_rfc3339_opts(SecondsFormat::Secs, true);
        let circumstances =
            Circumstances { rule_arn: &rule.arn, rule_name: &rule.name, ingestion_time: &ingestion_time };
        for target in &rule.targets {
            if target.addressee.path == HopPath::BusArchive {
                self.archive(matched, target, out);
                continue;
            }
            let text = target.input.render(event, circumstances);
            let from = Node::new(ServiceName::EventBridge, region, Arc::clone(&rule.name));
            let addressee = &target.addressee;
            let to = Node::new(addressee.service, &addressee.region, Arc::clone(&addressee.name));
            match matched.make(target, &text, out) {
                Ok(made) => {
                    out.send(Send {
                        path: addressee.path,
                        from,
                        to,
                        payload: Payload::json(made.kind, Arc::clone(title), made.body),
                        parcel: made.parcel,
                        delay: Delay::BusToTarget,
                        reference: Some(Arc::clone(&target.reference)),
                    });
                }
                Err(reason) => {
                    out.near_miss(addressee.path, from, to, reason.clone());
                    let attempt = matched.unsent(target, text, out);
                    self.settle(attempt, None, &reason, out);
                }
            }
        }
    }
}

impl Matched<'_> {
    /// In whose name a target is reached: the role it was given, or EventBridge's own.
    fn sender(&self, target: &Target) -> Sender {
        let (principal, source_arn) = (PRINCIPAL.into(), Arc::clone(&self.rule.arn));
        match &target.role_arn {
            Some(role_arn) => Sender::Role { role_arn: Arc::clone(role_arn), principal, source_arn },
            None => Sender::Service { principal, source_arn },
        }
    }

    /// What could not even be sent, to be settled like what was refused.
    fn unsent(&self, target: &Target, text: String, out: &Outbox<'_>) -> Attempt {
        Attempt {
            rule: self.rule.key(self.region),
            rule_arn: Arc::clone(&self.rule.arn),
            target: target.clone(),
            path: target.addressee.path,
            payload: Payload::json(PayloadKind::Failed, Arc::clone(self.title), Arc::clone(self.event)),
            parcel: None,
            text: text.into(),
            retries: 0,
            first_sent_at: out.now(),
        }
    }

    /// The parcel for a target, or why there is none: the target wants JSON and the text is not, or the event has
    /// been sent on before.
    fn make(&self, target: &Target, text: &str, out: &mut Outbox<'_>) -> Result<Made, Reason> {
        // The whole event needs no reading back.
        let json = match target.input {
            TargetInput::Event => Some(Arc::clone(self.event)),
            _ => serde_json::from_str::<Value>(text).ok().map(Arc::new),
        };
        let shown = || json.clone().unwrap_or_else(|| Arc::new(text.into()));
        let wants_json = || json.clone().ok_or_else(|| Reason::new(reasons::INVALID_INPUT, text));
        let (arn, by) = (Arc::clone(&target.arn), self.sender(target));
        let (parcel, kind, body) = match target.addressee.service {
            ServiceName::Sns => {
                let publish = Publish {
                    topic_arn: arn,
                    subject: None,
                    message: text.into(),
                    by_protocol: Arc::default(),
                    attributes: Arc::default(),
                    by,
                };
                (Parcel::Publish(Arc::new(publish)), PayloadKind::Notice, shown())
            }
            ServiceName::Lambda => {
                let event = wants_json()?;
                let invoke = Invoke { function_arn: arn, event: Arc::clone(&event), by };
                (Parcel::Invoke(Arc::new(invoke)), PayloadKind::Mission, event)
            }
            ServiceName::Sqs => {
                let message =
                    QueueMessage { queue_arn: arn, body: text.into(), attributes: Arc::default(), by };
                (Parcel::QueueMessage(Arc::new(message)), PayloadKind::Queue, shown())
            }
            ServiceName::Kinesis => {
                let partition_key = self.partition_key(target, out);
                let parcel = Parcel::KinesisRecord { stream_arn: arn, partition_key, data: text.into(), by };
                (parcel, PayloadKind::Queue, shown())
            }
            ServiceName::Logs => {
                let line = self.log_line(target, json.as_deref(), text, out)?;
                let events: Arc<[LogEvent]> = Arc::new([line]);
                let (group, stream) = (Arc::clone(&target.addressee.name), out.uuid().into());
                let parcel = Parcel::LogEvents { group, stream, events, by: PRINCIPAL.into() };
                (parcel, PayloadKind::Event, shown())
            }
            _ => {
                let forwarded = self.forwarded(target, by, out)?;
                let event = Arc::clone(&forwarded.event);
                (Parcel::Forwarded(Arc::new(forwarded)), PayloadKind::Event, event)
            }
        };
        Ok(Made { parcel, kind, body })
    }

    /// The record's partition key: a value of the event as JSON, strings in their quotes, or else the event's id and
    /// something opaque. Source: recorded records.
    fn partition_key(&self, target: &Target, out: &mut Outbox<'_>) -> Arc<str> {
        let Some(path) = &target.partition_key else {
            let id = self.event.get("id").and_then(Value::as_str).unwrap_or_default();
            return format!("{id}_{}", out.uuid()).into();
        };
        match path.find(self.event) {
            None | Some(Value::Null) => "{}".into(),
            Some(value) => value.to_string().into(),
        }
    }

    /// The line for a log group: the whole event at the event's own time, or what the template says, which is an
    /// object with a `timestamp` and a `message`.
    fn log_line(
        &self,
        target: &Target,
        json: Option<&Value>,
        text: &str,
        out: &Outbox<'_>,
    ) -> Result<LogEvent, Reason> {
        let at = |time: Option<&str>| {
            time.and_then(timestamps::parse).map_or(out.moment().epoch_ms(), |utc| utc.timestamp_millis())
        };
        if target.given.input_transformer.is_none() {
            let time = self.event.get("time").and_then(Value::as_str);
            return Ok(LogEvent { timestamp: at(time), message: text.into() });
        }
        let message = json.and_then(|json| json.get("message")).and_then(Value::as_str);
        let message = message.ok_or_else(|| Reason::new(reasons::INVALID_INPUT, text))?;
        let timestamp = match json.and_then(|json| json.get("timestamp")) {
            Some(Value::Number(millis)) => millis.as_i64().unwrap_or_else(|| at(None)),
            Some(Value::String(time)) => at(Some(time)),
            _ => at(None),
        };
        Ok(LogEvent { timestamp, message: message.into() })
    }

    /// The event for another bus. Within the Region it goes on as it is; in another it gets an id and a time of its
    /// own, and keeps the account and Region it came from. It is sent on once each way. Source: recorded events.
    fn forwarded(&self, target: &Target, by: Sender, out: &mut Outbox<'_>) -> Result<Forwarded, Reason> {
        let crosses = target.addressee.region != *self.region;
        let was_there = if crosses { self.passed.region } else { self.passed.bus };
        if was_there {
            let detail = "Events received from another event bus cannot be forwarded to this event bus.";
            return Err(Reason::new(reasons::THIRD_HOP, detail));
        }
        let event = if crosses {
            let mut event = self.event.as_ref().clone();
            event["id"] = json!(out.uuid());
            event["time"] = json!(timestamps::seconds_z(out.moment().utc));
            Arc::new(event)
        } else {
            Arc::clone(self.event)
        };
        let passed = Passed { bus: !crosses, region: crosses || self.passed.region };
        Ok(Forwarded { bus_arn: Arc::clone(&target.arn), event, by, passed })
    }
}
