//! Samples of what arrives at the ends: queues, web endpoints, destinations of functions.

use serde_json::{Value, json};
use vigie::{
    aws::{
        HopPath,
        ServiceName::{Kms, Lambda, Sns, Sqs},
    },
    engine::Engine,
};

use crate::shapes::{assert_same_paths, assert_same_shape, sample};

use super::desk::{a_role, account, does, last, record, wait};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:security-alerts";

fn a_topic(engine: &mut Engine) {
    does(engine, Sns, "CreateTopic", json!({ "Name": "security-alerts" }));
}

fn publishes(engine: &mut Engine) {
    let severity = json!({ "DataType": "String", "StringValue": "high" });
    let message = json!({
        "TopicArn": TOPIC,
        "Subject": "ALARM: root-login",
        "Message": "Root account used",
        "MessageAttributes": { "severity": severity },
    });
    does(engine, Sns, "Publish", message);
    wait(engine, 10);
}

#[test]
fn a_queue_behind_a_topic_gets_the_envelope_of_the_sample() {
    let mut engine = account();
    a_topic(&mut engine);
    does(&mut engine, Sqs, "CreateQueue", json!({ "QueueName": "alerts" }));
    let queue = "arn:aws:sqs:us-east-1:123456789012:alerts";
    does(&mut engine, Sns, "Subscribe", json!({ "TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": queue }));
    publishes(&mut engine);

    let expected = &sample("sns-sqs-envelope")["delivered_body_raw_off"];
    assert_same_paths(&last(&engine, HopPath::SnsSub), expected, "sns-sqs-envelope", &[]);
}

#[test]
fn a_web_endpoint_gets_the_requests_of_the_samples() {
    let mut engine = account();
    a_topic(&mut engine);
    let endpoint =
        json!({ "TopicArn": TOPIC, "Protocol": "https", "Endpoint": "https://garde.ville.example/sns" });
    does(&mut engine, Sns, "Subscribe", endpoint);
    let request = last(&engine, HopPath::SnsSub);
    assert_same_shape(&request["body"], "sns-http-subscription-confirmation", &[]);

    let token = request["body"]["Token"].clone();
    does(&mut engine, Sns, "ConfirmSubscription", json!({ "TopicArn": TOPIC, "Token": token }));
    publishes(&mut engine);
    assert_same_shape(
        &last(&engine, HopPath::SnsSub),
        "sns-http-notification",
        &[
            ("to", "where it was sent, for the reader"),
            ("confirms", "what it would confirm, for the reader"),
            ("body.MessageAttributes", "the sample's message has none"),
        ],
    );
}

#[test]
fn a_failed_invocation_is_told_as_in_the_sample() {
    let mut engine = account();
    does(&mut engine, Sqs, "CreateQueue", json!({ "QueueName": "failures" }));
    let function = json!({
        "FunctionName": "remediate-ssh",
        "Runtime": "nodejs22.x",
        "Role": a_role(&mut engine, "sg-remediator", "lambda.amazonaws.com"),
        "Handler": "index.handler",
        "Code": { "ZipFile": "exports.handler = async () => { throw new Error('groupId'); };" },
    });
    does(&mut engine, Lambda, "CreateFunction", function);
    let queue = json!({ "Destination": "arn:aws:sqs:us-east-1:123456789012:failures" });
    let told = json!({ "FunctionName": "remediate-ssh", "DestinationConfig": { "OnFailure": queue } });
    does(&mut engine, Lambda, "PutFunctionEventInvokeConfig", told);
    wait(&mut engine, 60);
    let event = json!({ "detail": { "requestParameters": {} } }).to_string();
    let invocation = json!({ "FunctionName": "remediate-ssh", "InvocationType": "Event", "Payload": event });
    does(&mut engine, Lambda, "Invoke", invocation);
    wait(&mut engine, 600);

    assert_same_shape(
        &last(&engine, HopPath::DeadLetter),
        "lambda-async-failure-record",
        &[("responsePayload", "an error of JavaScript, not of Python")],
    );
}

#[test]
fn a_key_that_shall_go_is_recorded_as_in_the_sample() {
    let mut engine = account();
    let key: Value = does(&mut engine, Kms, "CreateKey", json!({}))["KeyMetadata"]["KeyId"].clone();
    does(&mut engine, Kms, "ScheduleKeyDeletion", json!({ "KeyId": key, "PendingWindowInDays": 7 }));

    assert_same_shape(&record(&engine), "ct-kms-ScheduleKeyDeletion", &[]);
}
