//! Deliveries between services that all are there: queues that keep what a target refused, and streams.

use serde_json::{Value, json};

use super::roles::{ROLE, TOPIC, account, dropped, put_event, target};
use crate::aws::{HopPath, ServiceName, testing::Sandbox};

const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:refuses";
const QUEUE_URL: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/refuses";
const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/trafic";

/// The rule's topic lets nobody in, and what it refuses goes to a queue that lets `principal` send.
fn with_dead_letters(principal: &str) -> Sandbox {
    let mut account = account("events.amazonaws.com", Value::Null);
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Service": principal },
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
        "Condition": { "ArnEquals": { "aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/r-ville" } },
    }] });
    let queue = json!({ "QueueName": "refuses", "Attributes": { "Policy": policy.to_string() } });
    account.ok(ServiceName::Sqs, "CreateQueue", queue);
    let target = json!({ "Id": "poste", "Arn": TOPIC, "DeadLetterConfig": { "Arn": QUEUE } });
    account.ok(ServiceName::EventBridge, "PutTargets", json!({ "Rule": "r-ville", "Targets": [target] }));
    account
}

fn kept(account: &mut Sandbox) -> Vec<Value> {
    let asked = json!({ "QueueUrl": QUEUE_URL, "MessageAttributeNames": ["All"] });
    let answer = account.ok(ServiceName::Sqs, "ReceiveMessage", asked);
    answer["Messages"].as_array().cloned().unwrap_or_default()
}

#[test]
fn what_a_topic_refuses_waits_in_the_dead_letter_queue_with_the_reason() {
    let mut account = with_dead_letters("events.amazonaws.com");

    put_event(&mut account);

    let [letter] = &kept(&mut account)[..] else { panic!("one letter") };
    let event: Value = serde_json::from_str(letter["Body"].as_str().unwrap()).unwrap();
    assert_eq!(event["detail-type"], "Pluie");
    let attributes = letter["MessageAttributes"].as_object().unwrap();
    let names: Vec<&str> = attributes.keys().map(String::as_str).collect();
    assert_eq!(names, ["ERROR_CODE", "ERROR_MESSAGE", "RULE_ARN", "TARGET_ARN"]);
    assert_eq!(attributes["ERROR_CODE"]["StringValue"], "NO_PERMISSIONS");
    assert_eq!(attributes["TARGET_ARN"]["StringValue"], TOPIC);
}

#[test]
fn a_dead_letter_queue_that_lets_eventbridge_not_in_loses_the_event_and_says_so() {
    let mut account = with_dead_letters("sns.amazonaws.com");

    put_event(&mut account);

    assert!(kept(&mut account).is_empty());
    let lost = account.payloads(HopPath::Drop);
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0]["DEAD_LETTER_QUEUE"], "refuses");
}

#[test]
fn an_event_becomes_a_record_of_a_stream() {
    let mut account = account("events.amazonaws.com", json!("kinesis:PutRecord"));
    account.ok(ServiceName::Kinesis, "CreateStream", json!({ "StreamName": "trafic", "ShardCount": 1 }));
    account.wait(10);
    target(&mut account, STREAM, Some(ROLE));

    put_event(&mut account);

    assert_eq!(dropped(&account), Vec::<String>::new());
    let from = json!({
        "StreamName": "trafic",
        "ShardId": "shardId-000000000000",
        "ShardIteratorType": "TRIM_HORIZON",
    });
    let iterator = account.ok(ServiceName::Kinesis, "GetShardIterator", from)["ShardIterator"].clone();
    let read = account.ok(ServiceName::Kinesis, "GetRecords", json!({ "ShardIterator": iterator }));
    assert_eq!(read["Records"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_stream_is_not_written_to_by_a_role_that_may_only_read() {
    let mut account = account("events.amazonaws.com", json!("kinesis:GetRecords"));
    account.ok(ServiceName::Kinesis, "CreateStream", json!({ "StreamName": "trafic", "ShardCount": 1 }));
    account.wait(10);
    target(&mut account, STREAM, Some(ROLE));

    put_event(&mut account);

    let [refusal] = &dropped(&account)[..] else { panic!("one drop") };
    assert!(refusal.contains("is not authorized to perform: kinesis:PutRecord"), "{refusal}");
}

#[test]
fn a_queue_is_written_to_in_the_name_of_a_role_that_may() {
    let mut account = account("events.amazonaws.com", json!("sqs:SendMessage"));
    account.ok(ServiceName::Sqs, "CreateQueue", json!({ "QueueName": "refuses" }));
    target(&mut account, QUEUE, Some(ROLE));

    put_event(&mut account);

    assert_eq!(dropped(&account), Vec::<String>::new());
    assert_eq!(kept(&mut account).len(), 1);
}
