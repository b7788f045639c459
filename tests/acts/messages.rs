//! Samples of rules, topics, alarms and functions.

use serde_json::{Value, json};
use vigie::{
    aws::{
        HopPath, Principal,
        ServiceName::{CloudWatch, EventBridge, Lambda, Logs, Sns},
    },
    engine::Engine,
};

use crate::shapes::{assert_same_shape, sample};

use super::desk::{a_logging_trail, a_role, account, asks, does, last, record, wait};

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

    assert_same_shape(&last(&engine, HopPath::SnsSub), "lambda-event-sns", &[]);
}

/// A function that does nothing, and its ARN.
fn a_function(engine: &mut Engine) -> Value {
    let role = a_role(engine, "sg-remediator", "lambda.amazonaws.com");
    let function = json!({
        "FunctionName": "remediate-ssh",
        "Runtime": "nodejs22.x",
        "Role": role,
        "Handler": "index.handler",
        "Code": { "ZipFile": "exports.handler = async () => 'ok';" },
        "Timeout": 30,
        "MemorySize": 128,
        "Publish": false,
        "PackageType": "Zip",
        "Environment": { "Variables": { "TOPIC": "alerts" } },
    });
    does(engine, Lambda, "CreateFunction", function)["FunctionArn"].clone()
}

#[test]
fn making_a_function_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_function(&mut engine);

    assert_same_shape(&record(&engine), "ct-lambda-CreateFunction20150331", &[]);
}

#[test]
fn a_rule_that_invokes_a_function_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_logging_trail(&mut engine, Some("AWS::Lambda::Function"));
    let function = a_function(&mut engine);
    let rule = json!({ "Name": "r", "EventPattern": r#"{"source":["ville.parking"]}"# });
    let rule_arn = does(&mut engine, EventBridge, "PutRule", rule)["RuleArn"].clone();
    let door = json!({
        "FunctionName": "remediate-ssh", "StatementId": "r", "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com", "SourceArn": rule_arn,
    });
    does(&mut engine, Lambda, "AddPermission", door);
    does(
        &mut engine,
        EventBridge,
        "PutTargets",
        json!({ "Rule": "r", "Targets": [{ "Id": "f", "Arn": function }] }),
    );
    wait(&mut engine, 60);
    let entry = json!({ "Source": "ville.parking", "DetailType": "Arrival", "Detail": "{}" });
    does(&mut engine, EventBridge, "PutEvents", json!({ "Entries": [entry] }));
    wait(&mut engine, 10);

    let hops = engine.ledger().hops().iter();
    let invocation = hops.rev().find(|hop| hop.path == HopPath::ApiTrail && hop.payload.title() == "Invoke");
    let record = invocation.expect("the trail asks for it").payload.body().into_owned();
    assert_same_shape(&record, "ct-lambda-Invoke-data", &[]);
}

#[test]
fn a_run_leaves_the_log_lines_of_the_sample() {
    let mut engine = account();
    a_function(&mut engine);
    let invocation = json!({ "FunctionName": "remediate-ssh", "InvocationType": "Event", "Payload": "{}" });
    does(&mut engine, Lambda, "Invoke", invocation);
    wait(&mut engine, 60);

    let wish = json!({ "logGroupName": "/aws/lambda/remediate-ssh" });
    let ours = does(&mut engine, Logs, "FilterLogEvents", wish);
    let labels = |events: &Value| -> Vec<String> {
        let lines = events.as_array().into_iter().flatten().filter_map(|event| event["message"].as_str());
        let known =
            |line: &&str| ["INIT_START", "START", "END", "REPORT"].iter().any(|word| line.starts_with(word));
        lines.filter(known).flat_map(|line| line.split('\t').map(label).collect::<Vec<_>>()).collect()
    };
    assert_eq!(labels(&ours["events"]), labels(&sample("lambda-log-lines")["events"]));
}

/// The words of a log line up to the first value: `REPORT RequestId`, `Billed Duration`.
fn label(part: &str) -> String {
    part.split(':').next().unwrap_or_default().trim_end().to_owned()
}
