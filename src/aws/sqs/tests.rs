use std::sync::Arc;

use serde_json::{Value, json};

use crate::aws::{
    HopPath, Node, Parcel, Payload, PayloadKind, ServiceName,
    delays::Delay,
    message_attributes::MessageAttribute,
    note::reasons,
    outbox::Send,
    parcel::{QueueMessage, Sender},
    testing::Sandbox,
};
use crate::kernel::{Cause, InputId};

const SQS: ServiceName = ServiceName::Sqs;
const ARN: &str = "arn:aws:sqs:us-east-1:123456789012:file-atelier";
const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alertes-ville";

fn url(name: &str) -> String {
    format!("https://sqs.us-east-1.amazonaws.com/123456789012/{name}")
}

fn with_queue(attributes: Value) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.ok(SQS, "CreateQueue", json!({ "QueueName": "file-atelier", "Attributes": attributes }));
    sandbox
}

fn send(sandbox: &mut Sandbox, body: &str) -> Value {
    sandbox.ok(SQS, "SendMessage", json!({ "QueueUrl": url("file-atelier"), "MessageBody": body }))
}

fn receive(sandbox: &mut Sandbox) -> Vec<Value> {
    let asked =
        json!({ "QueueUrl": url("file-atelier"), "MaxNumberOfMessages": 10, "AttributeNames": ["All"] });
    let answer = sandbox.ok(SQS, "ReceiveMessage", asked);
    answer["Messages"].as_array().cloned().unwrap_or_default()
}

fn attribute(sandbox: &mut Sandbox, queue: &str, name: &str) -> String {
    let asked = json!({ "QueueUrl": url(queue), "AttributeNames": [name] });
    let answer = sandbox.ok(SQS, "GetQueueAttributes", asked);
    answer["Attributes"][name].as_str().unwrap_or_default().to_owned()
}

/// Lets a topic send a message, as the engine would deliver it.
fn deliver(sandbox: &mut Sandbox, queue_arn: &str) {
    let message = QueueMessage {
        queue_arn: queue_arn.into(),
        body: "bonjour".into(),
        attributes: Arc::new([("niveau".into(), MessageAttribute::text("haut"))].into()),
        by: Sender::Service { principal: "sns.amazonaws.com".into(), source_arn: TOPIC.into() },
    };
    let cause = Cause::Input(InputId::from_index(0));
    sandbox.with_outbox(cause, |account, out| {
        out.send(Send {
            path: HopPath::SnsSub,
            from: Node::new(ServiceName::Sns, account.home(), "alertes-ville"),
            to: Node::new(SQS, account.home(), "file-atelier"),
            payload: Payload::json(PayloadKind::Queue, "bonjour", json!({})),
            parcel: Parcel::QueueMessage(message.into()),
            delay: Delay::None,
            reference: None,
        });
    });
    sandbox.wait(1);
}

fn policy_for(source_arn: &str) -> Value {
    json!({ "Policy": json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Service": "sns.amazonaws.com" },
        "Action": "sqs:SendMessage",
        "Resource": ARN,
        "Condition": { "ArnEquals": { "aws:SourceArn": source_arn } },
    }] }).to_string() })
}

#[test]
fn a_received_message_is_hidden_until_its_visibility_timeout_has_passed() {
    let mut sandbox = with_queue(json!({ "VisibilityTimeout": "60" }));
    send(&mut sandbox, "un");

    assert_eq!(receive(&mut sandbox)[0]["Body"], "un");
    assert!(receive(&mut sandbox).is_empty());
    assert_eq!(attribute(&mut sandbox, "file-atelier", "ApproximateNumberOfMessagesNotVisible"), "1");
    sandbox.wait(60);
    assert_eq!(receive(&mut sandbox)[0]["Attributes"]["ApproximateReceiveCount"], "2");
}

#[test]
fn deleting_takes_a_message_out_and_an_old_receipt_does_not() {
    let mut sandbox = with_queue(json!({ "VisibilityTimeout": "1" }));
    send(&mut sandbox, "un");
    let old = receive(&mut sandbox)[0]["ReceiptHandle"].clone();
    sandbox.wait(2);
    let new = receive(&mut sandbox)[0]["ReceiptHandle"].clone();

    let delete = |handle: Value| json!({ "QueueUrl": url("file-atelier"), "ReceiptHandle": handle });
    sandbox.ok(SQS, "DeleteMessage", delete(old));
    assert_eq!(attribute(&mut sandbox, "file-atelier", "ApproximateNumberOfMessagesNotVisible"), "1");
    sandbox.ok(SQS, "DeleteMessage", delete(new));
    assert_eq!(attribute(&mut sandbox, "file-atelier", "ApproximateNumberOfMessagesNotVisible"), "0");
    let error = sandbox.error(SQS, "DeleteMessage", delete(json!("AQEB-nothing")));
    assert!(error.starts_with("ReceiptHandleIsInvalid"), "{error}");
}

#[test]
fn a_visibility_of_zero_gives_a_message_back_at_once() {
    let mut sandbox = with_queue(json!({}));
    send(&mut sandbox, "un");
    let handle = receive(&mut sandbox)[0]["ReceiptHandle"].clone();
    let change = json!({ "QueueUrl": url("file-atelier"), "ReceiptHandle": handle, "VisibilityTimeout": 0 });

    sandbox.ok(SQS, "ChangeMessageVisibility", change.clone());
    let error = sandbox.error(SQS, "ChangeMessageVisibility", change);
    assert!(error.contains("not available for visibility timeout change"), "{error}");
    assert_eq!(receive(&mut sandbox).len(), 1);
}

#[test]
fn a_delayed_message_is_seen_when_its_delay_has_passed() {
    let mut sandbox = with_queue(json!({ "DelaySeconds": "30" }));
    send(&mut sandbox, "un");

    assert!(receive(&mut sandbox).is_empty());
    assert_eq!(attribute(&mut sandbox, "file-atelier", "ApproximateNumberOfMessagesDelayed"), "1");
    sandbox.wait(30);
    assert_eq!(receive(&mut sandbox).len(), 1);
}

#[test]
fn a_message_is_gone_when_its_retention_period_has_passed() {
    let mut sandbox = with_queue(json!({ "MessageRetentionPeriod": "60" }));
    send(&mut sandbox, "un");
    sandbox.wait(61);

    assert!(receive(&mut sandbox).is_empty());
    assert_eq!(attribute(&mut sandbox, "file-atelier", "ApproximateNumberOfMessages"), "0");
}

#[test]
fn a_message_received_too_often_moves_to_the_dead_letter_queue_with_its_age() {
    let mut sandbox = Sandbox::new();
    sandbox.ok(SQS, "CreateQueue", json!({ "QueueName": "rebut" }));
    let redrive =
        json!({ "deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:rebut", "maxReceiveCount": 2 });
    let attributes = json!({ "RedrivePolicy": redrive.to_string(), "VisibilityTimeout": "1" });
    sandbox.ok(SQS, "CreateQueue", json!({ "QueueName": "file-atelier", "Attributes": attributes }));
    send(&mut sandbox, "poison");
    for _ in 0..3 {
        receive(&mut sandbox);
        sandbox.wait(2);
    }

    let moved = sandbox.payloads(HopPath::DeadLetter);
    assert_eq!(moved.len(), 1);
    assert_eq!(
        (&moved[0]["field"], &moved[0]["expected"], &moved[0]["actual"]),
        (&json!("maxReceiveCount"), &json!(2), &json!(2))
    );
    let asked = json!({ "QueueUrl": url("rebut"), "MessageSystemAttributeNames": ["All"] });
    let message = sandbox.ok(SQS, "ReceiveMessage", asked)["Messages"][0].clone();
    assert_eq!(message["Body"], "poison");
    assert_eq!(message["Attributes"]["DeadLetterQueueSourceArn"], ARN);
    assert_eq!(message["Attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(message["Attributes"]["SentTimestamp"], "1795165200000");
}

#[test]
fn a_dead_letter_queue_must_exist_and_agree() {
    let mut sandbox = Sandbox::new();
    let refuse = json!({ "RedriveAllowPolicy": json!({ "redrivePermission": "denyAll" }).to_string() });
    sandbox.ok(SQS, "CreateQueue", json!({ "QueueName": "rebut", "Attributes": refuse }));
    let mut redrive_to = |name: &str, count: Value| {
        let arn = format!("arn:aws:sqs:us-east-1:123456789012:{name}");
        let redrive = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": count }).to_string();
        let asked = json!({ "QueueName": "file-atelier", "Attributes": { "RedrivePolicy": redrive } });
        sandbox.error(SQS, "CreateQueue", asked)
    };

    assert!(redrive_to("absent", json!(3)).contains("Dead letter target does not exist."));
    assert!(redrive_to("rebut", json!("3")).contains("does not have permission"));
    assert!(redrive_to("rebut", json!(0)).contains("from 1 to 1000"));
}

#[test]
fn a_service_enters_only_if_the_policy_lets_it_in_for_that_topic() {
    for (attributes, expected) in
        [(json!({}), 0), (policy_for("arn:aws:sns:us-east-1:123456789012:autre"), 0), (policy_for(TOPIC), 1)]
    {
        let mut sandbox = with_queue(attributes);
        deliver(&mut sandbox, ARN);
        assert_eq!(receive(&mut sandbox).len(), expected);
        let refusals = sandbox.refusals();
        assert_eq!(refusals.len(), 1 - expected);
        assert!(refusals.iter().all(|why| why.contains("sqs:sendmessage")), "{refusals:?}");
    }
}

#[test]
fn a_message_for_a_queue_that_is_not_there_is_refused() {
    let mut sandbox = with_queue(json!({}));
    deliver(&mut sandbox, "arn:aws:sqs:us-east-1:123456789012:absente");

    assert_eq!(sandbox.refusals(), ["arn:aws:sqs:us-east-1:123456789012:absente"]);
    assert!(reasons::ALL.contains(&reasons::NO_RESOURCE));
}

#[test]
fn the_digests_are_those_a_client_computes() {
    let mut sandbox = with_queue(json!({}));
    let attributes = json!({ "timestamp": { "DataType": "Number", "StringValue": "1493147359900" } });
    let asked = json!({
        "QueueUrl": url("file-atelier"), "MessageBody": "This is a test message", "MessageAttributes": attributes,
    });
    let answer = sandbox.ok(SQS, "SendMessage", asked);

    assert_eq!(answer["MD5OfMessageBody"], "fafb00f5732ab283681e124bf8747ed1");
    assert_eq!(answer["MD5OfMessageAttributes"], "235c5c510d26fb653d073faed50ae77c");
}

#[test]
fn a_queue_of_the_same_name_must_have_the_same_attributes() {
    let mut sandbox = with_queue(json!({ "VisibilityTimeout": "60" }));
    let again = |timeout: &str| json!({ "QueueName": "file-atelier", "Attributes": { "VisibilityTimeout": timeout } });

    assert_eq!(sandbox.ok(SQS, "CreateQueue", again("60"))["QueueUrl"], url("file-atelier"));
    let error = sandbox.error(SQS, "CreateQueue", again("61"));
    assert!(error.starts_with("QueueAlreadyExists"), "{error}");
    sandbox.ok(SQS, "DeleteQueue", json!({ "QueueUrl": url("file-atelier") }));
    let error = sandbox.error(SQS, "CreateQueue", again("60"));
    assert!(error.contains("You must wait 60 seconds"), "{error}");
}

#[test]
fn what_is_not_simulated_is_refused_by_name() {
    let mut sandbox = with_queue(json!({}));

    let fifo = sandbox.error(SQS, "CreateQueue", json!({ "QueueName": "file.fifo" }));
    let wait =
        json!({ "QueueUrl": url("file-atelier"), "Attributes": { "ReceiveMessageWaitTimeSeconds": "10" } });
    let wait = sandbox.error(SQS, "SetQueueAttributes", wait);
    assert!(fifo.contains("A FIFO queue is not simulated by Vigie."), "{fifo}");
    assert!(wait.contains("Long polling"), "{wait}");
}

#[test]
fn an_active_queue_reports_its_depth_every_minute() {
    let mut sandbox = with_queue(json!({}));
    send(&mut sandbox, "un");
    sandbox.wait(125);

    let asked = json!({
        "Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{ "Name": "QueueName", "Value": "file-atelier" }], "Statistics": ["Maximum"], "Period": 60,
        "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:02:00Z",
    });
    let points = sandbox.ok(ServiceName::CloudWatch, "GetMetricStatistics", asked)["Datapoints"].clone();
    let maxima: Vec<&Value> = points.as_array().unwrap().iter().map(|point| &point["Maximum"]).collect();
    assert_eq!(maxima, [1.0, 1.0]);
}

#[test]
fn the_trail_hides_what_a_message_says() {
    let mut sandbox = with_queue(json!({}));
    send(&mut sandbox, "secret");

    let record =
        sandbox.payloads(HopPath::ApiTrail).into_iter().find(|record| record["eventName"] == "CreateQueue");
    assert_eq!(record.unwrap()["responseElements"]["queueUrl"], url("file-atelier"));
}
