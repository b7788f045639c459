//! From a matching rule to its targets: which road, which parcel, what it says.

use std::sync::Arc;

use chrono::SecondsFormat;
use serde_json::Value;

use super::transformer::Circumstances;
use super::{EventBridge, PRINCIPAL, Region, Rule, Target};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, ServiceName,
    arn::Arn,
    note::reasons,
    outbox::Send,
    parcel::{Invoke, LogEvent, Publish, QueueMessage, Sender},
};

/// A target's ARN, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addressee {
    pub service: ServiceName,
    pub region: Region,
    /// What AWS shows: the topic's, function's, queue's, log group's or bus's name.
    pub name: Arc<str>,
    path: HopPath,
}

impl Addressee {
    /// `None` for what is no ARN, or no kind of target that exists here.
    pub fn of(text: &str) -> Option<Self> {
        let arn = Arn::parse(text)?;
        let (service, path, name) = match arn.service {
            "sns" => (ServiceName::Sns, HopPath::BusSns, arn.resource),
            "sqs" => (ServiceName::Sqs, HopPath::BusSqs, arn.resource),
            "lambda" => (ServiceName::Lambda, HopPath::BusLambda, arn.resource.strip_prefix("function:")?),
            "logs" => {
                let group = arn.resource.strip_prefix("log-group:")?;
                (ServiceName::Logs, HopPath::BusLogs, group.strip_suffix(":*").unwrap_or(group))
            }
            "events" => (ServiceName::EventBridge, HopPath::BusBus, arn.resource.strip_prefix("event-bus/")?),
            _ => return None,
        };
        let is_complete = !name.is_empty() && !arn.region.is_empty() && !arn.account_id.is_empty();
        is_complete.then(|| Self { service, region: Region::new(arn.region), name: name.into(), path })
    }

    /// Only a bus may be in another region than the rule. Source: EventBridge user guide, "Targets".
    pub fn may_be_elsewhere(&self) -> bool {
        self.service == ServiceName::EventBridge
    }
}

impl EventBridge {
    /// Sends an event to all targets of a rule that matched it.
    pub(super) fn send_to_targets(
        &mut self,
        region: &Region,
        rule: &Rule,
        event: &Arc<Value>,
        title: &str,
        out: &mut Outbox<'_>,
    ) {
        let ingestion_time = out.moment().utc.to_rfc3339_opts(SecondsFormat::Secs, true);
        let circumstances =
            Circumstances { rule_arn: &rule.arn, rule_name: &rule.name, ingestion_time: &ingestion_time };
        for target in &rule.targets {
            self.count(region, &rule.name, "Invocations", out);
            let Some(addressee) = Addressee::of(&target.arn) else { continue };
            let from = Node::new(ServiceName::EventBridge, region, Arc::clone(&rule.name));
            let to = Node::new(addressee.service, &addressee.region, Arc::clone(&addressee.name));
            let text = target.input.render(event, circumstances);
            let Some((parcel, kind, body)) = parcel(&addressee, rule, target, &text, out) else {
                self.count(region, &rule.name, "FailedInvocations", out);
                out.near_miss(addressee.path, from, to, Reason::new(reasons::INVALID_INPUT, text));
                continue;
            };
            out.send(Send {
                path: addressee.path,
                from,
                to,
                payload: Payload::json(kind, title, body),
                parcel,
                delay: Delay::BusToTarget,
                reference: Some(Arc::clone(&target.id)),
            });
        }
    }
}

/// What travels to a target, and how a reader sees it. `None`: the target wants JSON and the text is not.
fn parcel(
    addressee: &Addressee,
    rule: &Rule,
    target: &Target,
    text: &str,
    out: &mut Outbox<'_>,
) -> Option<(Parcel, PayloadKind, Arc<Value>)> {
    let json = serde_json::from_str::<Value>(text).ok().map(Arc::new);
    let shown = || json.clone().unwrap_or_else(|| Arc::new(text.into()));
    let by = || Sender::Service { principal: PRINCIPAL.into(), source_arn: Arc::clone(&rule.arn) };
    let arn = Arc::clone(&target.arn);
    Some(match addressee.service {
        ServiceName::Sns => {
            let publish = Publish {
                topic_arn: arn,
                subject: None,
                message: text.into(),
                by_protocol: Arc::default(),
                attributes: Arc::default(),
                by: by(),
            };
            (Parcel::Publish(Arc::new(publish)), PayloadKind::Notice, shown())
        }
        ServiceName::Lambda => {
            let event = json.clone()?;
            let invoke = Invoke { function_arn: arn, event: Arc::clone(&event), by: by() };
            (Parcel::Invoke(Arc::new(invoke)), PayloadKind::Mission, event)
        }
        ServiceName::Sqs => {
            let message =
                QueueMessage { queue_arn: arn, body: text.into(), attributes: Arc::default(), by: by() };
            (Parcel::QueueMessage(Arc::new(message)), PayloadKind::Queue, shown())
        }
        ServiceName::Logs => {
            let line = LogEvent { timestamp: out.moment().epoch_ms(), message: text.into() };
            let (group, stream) = (Arc::clone(&addressee.name), out.uuid().into());
            let events: Arc<[LogEvent]> = Arc::new([line]);
            (Parcel::LogEvents { group, stream, events, by: PRINCIPAL.into() }, PayloadKind::Event, shown())
        }
        ServiceName::EventBridge => {
            let event = json.clone().filter(|json| json.is_object())?;
            let bus = Arc::clone(&addressee.name);
            let parcel = Parcel::BusEvent { bus, event: Arc::clone(&event), read_only: false };
            (parcel, PayloadKind::Event, event)
        }
        _ => return None,
    })
}
