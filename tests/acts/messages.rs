//! Samples of rules, topics, alarms and functions.

use serde_json::{Value, json};
use vigie::{
    aws::{
        HopPath, Principal,
        ServiceName::{CloudWatch, EventBridge, Lambda, Logs, Sns},
    },
    engine::Engine,
};

use crate::shapes::{assert_same_paths, assert_same_shape, sample};

use super::{
    desk::{a_logging_trail, a_role, account, asks, does, last, record, wait},
    functions::a_function,
};

#[test]
fn rules_topics_and_alarms_are_recorded_as_in_the_samples() {
    let mut engine = account();
    let cases = [
        (Sns, "CreateTopic", json!({ "Name": "security-alerts" }), "ct-sns-CreateTopic"),
        (
            Sns,
            "Subscribe",
            json!({
                "TopicArn": "arn:aws:sns:us-east-1:123456789012:security-alerts",
                "Protocol": "email",
                "Endpoint": "garde@ville.example",
            }),
            "ct-sns-Subscribe",
        ),
        (
            EventBridge,
            "PutRule",
            json!({
                "Name": "sg-open-ssh",
                "EventBusName": "default",
                "State": "ENABLED",
                "EventPattern": "{\"source\":[\"aws.ec2\"]}",
            }),
            "ct-events-PutRule",
        ),
        (
            EventBridge,
            "PutTargets",
            json!({
                "Rule": "sg-open-ssh",
                "EventBusName": "default",
                "Targets": [{
                    "Id": "remediate",
                    "Arn": "arn:aws:lambda:us-east-1:123456789012:function:remediate-ssh",
                }],
            }),
            "ct-events-PutTargets",
        ),
        (
            CloudWatch,
            "PutMetricAlarm",
            json!({
                "AlarmName": "root-login",
                "AlarmDescription": "root account used",
                "ActionsEnabled": true,
                "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:security-alerts"],
                "MetricName": "RootLoginCount",
                "Namespace": "Security",
                "Statistic": "Sum",
                "Dimensions": [],
                "Period": 300,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
            }),
            "ct-monitoring-PutMetricAlarm",
        ),
    ];
    for (service, operation, parameters, sample) in cases {
        does(&mut engine, service, operation, parameters);
        assert_same_shape(&record(&engine), sample, &[]);
    }
}

#[test]
fn an_alarm_tells_the_bus_as_in_the_sample() {
    let mut engine = account();
    does(
        &mut engine,
        CloudWatch,
        "PutMetricAlarm",
        json!({
            "AlarmName": "root-login",
            "AlarmDescription": "root account used",
            "MetricName": "RootLoginCount",
            "Namespace": "Security",
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        }),
    );
    wait(&mut engine, 60);
    let datum = json!({ "MetricName": "RootLoginCount", "Value": 1 });
    let data = json!({ "Namespace": "Security", "MetricData": [datum] });
    does(&mut engine, CloudWatch, "PutMetricData", data);
    wait(&mut engine, 120);

    let event = last(&engine, HopPath::AlarmBus);
    assert_same_shape(&event, "eb-cloudwatch-alarm-state-change", &[]);
    let reason = event["detail"]["state"]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("Threshold Crossed: 1 datapoint [1.0 ("), "{reason}");
    assert!(reason.ends_with(")] was greater than or equal to the threshold (1.0)."), "{reason}");
}

#[test]
fn a_published_message_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_logging_trail(&mut engine, Some("AWS::SNS::Topic"));
    let topic = does(&mut engine, Sns, "CreateTopic", json!({ "Name": "security-alerts" }));
    let message = json!({ "TopicArn": topic["TopicArn"], "Subject": "port 22", "Message": "it is open" });
    let by = Principal::role("installateur", "notify");
    asks(&mut engine, by, Sns, "Publish", message).expect("the installer may");

    assert_same_shape(&record(&engine), "ct-sns-Publish-data", &[]);
}

#[test]
fn a_function_behind_a_topic_gets_the_event_of_the_sample() {
    let mut engine = account();
    let function = a_function(&mut engine);
    let topic =
        does(&mut engine, Sns, "CreateTopic", json!({ "Name": "security-alerts" }))["TopicArn"].clone();
    let door = json!({
        "FunctionName": "remediate-ssh", "StatementId": "t", "Action": "lambda:InvokeFunction",
        "Principal": "sns.amazonaws.com", "SourceArn": topic,
    });
    does(&mut engine, Lambda, "AddPermission", door);
    let subscription = json!({ "TopicArn": topic, "Protocol": "lambda", "Endpoint": function });
    does(&mut engine, Sns, "Subscribe", subscription);
    let message = json!({ "TopicArn": topic, "Subject": "port 22", "Message": "it is open" });
    does(&mut engine, Sns, "Publish", message);
    wait(&mut engine, 10);

    assert_same_shape(&last(&engine, HopPath::SnsSub), "lambda-event-sns", &[]);
}

#[test]
fn a_queue_behind_a_topic_gets_the_envelope_of_the_sample_or_the_message_alone() {
    let mut engine = account();
    let topic =
        does(&mut engine, Sns, "CreateTopic", json!({ "Name": "security-alerts" }))["TopicArn"].clone();
    for (name, raw) in [("enveloped", "false"), ("raw", "true")] {
        let queue = format!("arn:aws:sqs:us-east-1:123456789012:{name}");
        let subscription = json!({
            "TopicArn": topic, "Protocol": "sqs", "Endpoint": queue, "Attributes": { "RawMessageDelivery": raw },
        });
        does(&mut engine, Sns, "Subscribe", subscription);
    }
    let message = json!({
        "TopicArn": topic, "Subject": "ALARM: root-login", "Message": "Root account used",
        "MessageAttributes": { "severity": { "DataType": "String", "StringValue": "high" } },
    });
    does(&mut engine, Sns, "Publish", message);
    wait(&mut engine, 10);

    let expected = sample("sns-sqs-envelope");
    let sent: Vec<Value> = deliveries(&engine);
    assert_same_paths(&sent[0], &expected["delivered_body_raw_off"], "sns-sqs-envelope", &[]);
    assert_eq!(sent[1]["Body"], expected["delivered_body_raw_on"]);
}

#[test]
fn a_web_endpoint_is_asked_and_told_as_in_the_samples() {
    let mut engine = account();
    let topic =
        does(&mut engine, Sns, "CreateTopic", json!({ "Name": "security-alerts" }))["TopicArn"].clone();
    let subscription =
        json!({ "TopicArn": topic, "Protocol": "https", "Endpoint": "https://garage.example/" });
    does(&mut engine, Sns, "Subscribe", subscription);
    let asked = last(&engine, HopPath::SnsSub);
    assert_same_shape(&asked["body"], "sns-http-subscription-confirmation", &[]);

    let token = &asked["body"]["Token"];
    does(&mut engine, Sns, "ConfirmSubscription", json!({ "TopicArn": topic, "Token": token }));
    let message =
        json!({ "TopicArn": topic, "Subject": "ALARM: root-login", "Message": "Root account used" });
    does(&mut engine, Sns, "Publish", message);
    wait(&mut engine, 10);
    let beside = "who it is for, and what it would confirm: beside the request";
    let told = last(&engine, HopPath::SnsSub);
    assert_same_shape(&told, "sns-http-notification", &[("to", beside), ("confirms", beside)]);
}

#[test]
fn a_topic_logs_what_became_of_a_delivery_as_in_the_sample() {
    let mut engine = account();
    let role = a_role(&mut engine, "sns-writes-logs", "sns.amazonaws.com");
    let function = a_function(&mut engine);
    let attributes = json!({ "LambdaSuccessFeedbackRoleArn": role, "LambdaFailureFeedbackRoleArn": role });
    let topic = json!({ "Name": "security-alerts", "Attributes": attributes });
    let topic = does(&mut engine, Sns, "CreateTopic", topic)["TopicArn"].clone();
    let subscription = json!({ "TopicArn": topic, "Protocol": "lambda", "Endpoint": function });
    does(&mut engine, Sns, "Subscribe", subscription);
    let message = json!({ "TopicArn": topic, "Message": "a" });

    does(&mut engine, Sns, "Publish", message.clone());
    wait(&mut engine, 10);
    let refused = last(&engine, HopPath::SnsLogs);
    assert_eq!((&refused["status"], &refused["delivery"]["statusCode"]), (&json!("FAILURE"), &json!(403)));

    let door = json!({
        "FunctionName": "remediate-ssh", "StatementId": "t", "Action": "lambda:InvokeFunction",
        "Principal": "sns.amazonaws.com", "SourceArn": topic,
    });
    does(&mut engine, Lambda, "AddPermission", door);
    does(&mut engine, Sns, "Publish", message);
    wait(&mut engine, 10);
    let accepted = last(&engine, HopPath::SnsLogs);
    assert_same_shape(&accepted, "sns-delivery-status-log", &[]);
    assert_eq!(accepted["notification"]["messageMD5Sum"], "0cc175b9c0f1b6a831c399e269772661");
    let kept = json!({ "logGroupName": "sns/us-east-1/123456789012/security-alerts" });
    let events = does(&mut engine, Logs, "FilterLogEvents", kept)["events"].clone();
    assert_eq!(events.as_array().map(Vec::len), Some(1));
}

/// What a topic has sent to its subscribers.
fn deliveries(engine: &Engine) -> Vec<Value> {
    let hops = engine.ledger().hops().iter().filter(|hop| hop.path == HopPath::SnsSub);
    hops.map(|hop| hop.payload.body().into_owned()).collect()
}
