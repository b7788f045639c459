//! Where an asynchronous event goes in the end: the record of its invocation to a destination, the event itself to a
//! dead-letter queue or topic. Both are sent by the function's role, which needs the permission.
//!
//! Source: developer guide, "Capturing records of Lambda asynchronous invocations" and "Adding a dead-letter queue";
//! shape of the record: `samples/lambda-async-failure-record.json`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Function, Invocation, Lambda, Outbox};
use crate::aws::{
    ApiCall, Delay, HopPath, Node, Parcel, Payload, PayloadKind, Principal, Receipt, Region, ServiceName,
    Via,
    arn::Arn,
    message_attributes::{MessageAttribute, MessageAttributes},
    outbox::Send,
    parcel::{Forwarded, Invoke, Passed, Publish, QueueMessage, Sender},
    timestamps,
};

/// Marks what is sent, so that its receipt tells which metric counts a refusal.
const TO_DESTINATION: &str = "destination";
const TO_DEAD_LETTERS: &str = "dead-letters";

/// A dead letter's error message is cut here. Source: developer guide, "Adding a dead-letter queue": first kilobyte.
const MAX_MESSAGE_BYTES: usize = 1_024;

/// What the last try of an event was answered.
pub(super) struct Ending {
    /// `responseContext` of the record.
    pub response: Value,
    /// `responsePayload`, if the function ran.
    pub payload: Option<Value>,
    /// HTTP status and message, for dead letters.
    pub code: u16,
    pub message: String,
}

/// The record of an invocation.
pub(super) fn record(
    invocation: &Invocation,
    function: &Function,
    condition: &str,
    ending: &Ending,
    out: &Outbox<'_>,
) -> Value {
    let mut record = json!({
        "version": "1.0",
        "timestamp": timestamps::millis_z(out.moment().utc),
        "requestContext": {
            "requestId": &*invocation.request_id,
            "functionArn": format!("{}:$LATEST", function.arn),
            "condition": condition,
            "approximateInvokeCount": invocation.tries,
        },
        "requestPayload": invocation.event.as_ref(),
        "responseContext": ending.response,
    });
    if let Some(payload) = &ending.payload {
        record["responsePayload"] = payload.clone();
    }
    record
}

/// Sends the record of an invocation to a destination.
pub(super) fn send_record(
    invocation: &Invocation,
    function: &Function,
    target: &Arc<str>,
    path: HopPath,
    record: Value,
    out: &mut Outbox<'_>,
) {
    let outcome = if path == HopPath::DeadLetter { "Failure" } else { "Success" };
    // A hyphen, which the patterns of rules in use match; the developer guide prints a dash.
    let title = format!("Lambda Function Invocation Result - {outcome}");
    let Some(arn) = Arn::parse(target) else { return };
    let by = sender(function);
    let parcel = match arn.service {
        "lambda" => {
            let (function_arn, event) = (Arc::clone(target), Arc::new(record.clone()));
            Parcel::Invoke(Arc::new(Invoke { function_arn, event, by }))
        }
        "events" => {
            let event = json!({
                "version": "0",
                "id": out.uuid(),
                "detail-type": title,
                "source": "lambda",
                "account": arn.account_id,
                "time": timestamps::seconds_z(out.moment().utc),
                "region": arn.region,
                "resources": [&**target, record["requestContext"]["functionArn"]],
                "detail": record,
            });
            let (bus_arn, passed) = (Arc::clone(target), Passed::default());
            Parcel::Forwarded(Arc::new(Forwarded { bus_arn, event: Arc::new(event), by, passed }))
        }
        "sns" => publish(target, &record, MessageAttributes::default(), by),
        "s3" => put_object(invocation, function, arn.resource, &record, out),
        _ => message(target, &record, MessageAttributes::default(), by),
    };
    depart(invocation, (path, TO_DESTINATION), &arn, title, record, parcel, out);
}

/// Sends an event that failed for good to its dead-letter queue or topic: the event, and why in its attributes.
pub(super) fn send_event(
    invocation: &Invocation,
    function: &Function,
    target: &Arc<str>,
    ending: &Ending,
    out: &mut Outbox<'_>,
) {
    let Some(arn) = Arn::parse(target) else { return };
    let event = invocation.event.as_ref().clone();
    let mut cut = ending.message.len().min(MAX_MESSAGE_BYTES);
    while !ending.message.is_char_boundary(cut) {
        cut -= 1;
    }
    let message_text = &ending.message[..cut];
    let attributes = MessageAttributes::from([
        ("RequestID".into(), MessageAttribute::text(&*invocation.request_id)),
        ("ErrorCode".into(), MessageAttribute::number(ending.code)),
        ("ErrorMessage".into(), MessageAttribute::text(message_text)),
    ]);
    let by = sender(function);
    let parcel = match arn.service {
        "sns" => publish(target, &event, attributes, by),
        _ => message(target, &event, attributes, by),
    };
    let title = message_text.to_owned();
    depart(invocation, (HopPath::DeadLetter, TO_DEAD_LETTERS), &arn, title, event, parcel, out);
}

impl Lambda {
    /// Counts what a destination or a dead-letter queue did not take.
    pub(super) fn learn_of(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        if receipt.refused.is_none() {
            return;
        }
        let metric = match receipt.reference.as_deref() {
            Some(TO_DESTINATION) => "DestinationDeliveryFailures",
            Some(TO_DEAD_LETTERS) => "DeadLetterErrors",
            _ => return,
        };
        self.count(&receipt.from.region, &receipt.from.resource, metric, 1.0, out);
    }
}

/// Lambda in the function's role.
fn sender(function: &Function) -> Sender {
    Sender::Role {
        role_arn: Arc::clone(&function.role),
        principal: "lambda.amazonaws.com".into(),
        source_arn: Arc::clone(&function.arn),
    }
}

fn depart(
    invocation: &Invocation,
    (path, reference): (HopPath, &'static str),
    arn: &Arn<'_>,
    title: String,
    body: Value,
    parcel: Parcel,
    out: &mut Outbox<'_>,
) {
    let (service, name) = match arn.service {
        "lambda" => (ServiceName::Lambda, arn.name()),
        "events" => (ServiceName::EventBridge, arn.name()),
        "sns" => (ServiceName::Sns, arn.resource),
        "s3" => (ServiceName::S3, arn.resource),
        _ => (ServiceName::Sqs, arn.resource),
    };
    // A bucket's ARN has no Region: it is here, as this account is.
    let region = if arn.region.is_empty() { invocation.region.clone() } else { Region::new(arn.region) };
    let kind = if path == HopPath::DeadLetter { PayloadKind::Failed } else { PayloadKind::Mission };
    out.send(Send {
        path,
        from: Node::new(ServiceName::Lambda, &invocation.region, Arc::clone(&invocation.function)),
        to: Node::new(service, &region, name),
        payload: Payload::json(kind, title, body),
        parcel,
        delay: Delay::SnsToMachine,
        reference: Some(reference.into()),
    });
}

fn publish(topic: &Arc<str>, body: &Value, attributes: MessageAttributes, by: Sender) -> Parcel {
    Parcel::Publish(Arc::new(Publish {
        topic_arn: Arc::clone(topic),
        subject: None,
        message: body.to_string().into(),
        by_protocol: Arc::default(),
        attributes: Arc::new(attributes),
        by,
    }))
}

fn message(queue: &Arc<str>, body: &Value, attributes: MessageAttributes, by: Sender) -> Parcel {
    Parcel::QueueMessage(Arc::new(QueueMessage {
        queue_arn: Arc::clone(queue),
        body: body.to_string().into(),
        attributes: Arc::new(attributes),
        by,
    }))
}

/// Source of the key: developer guide, "Capturing records of Lambda asynchronous invocations".
fn put_object(
    invocation: &Invocation,
    function: &Function,
    bucket: &str,
    record: &Value,
    out: &mut Outbox<'_>,
) -> Parcel {
    let (utc, id) = (out.moment().utc, out.uuid());
    let key = format!(
        "aws/lambda/async/{}/{}/{}-{id}",
        function.name,
        utc.format("%Y/%m/%d"),
        utc.format("%Y-%m-%dT%H.%M.%S")
    );
    Parcel::Call(Arc::new(ApiCall {
        by: Principal::role(function.role_name(), &function.name),
        via: Via::service("lambda.amazonaws.com"),
        region: invocation.region.clone(),
        service: ServiceName::S3,
        operation: "PutObject".into(),
        parameters: json!({ "Bucket": bucket, "Key": key, "Body": record.to_string() }),
    }))
}
