//! Samples of functions: making them, running them, and what is told when a run fails.

use serde_json::{Value, json};
use vigie::{
    aws::{
        HopPath,
        ServiceName::{EventBridge, Lambda, Logs, Sqs},
    },
    engine::Engine,
};

use crate::shapes::{assert_same_shape, sample};

use super::desk::{a_logging_trail, a_role, account, does, last, record, wait};

/// A function that does nothing, and its ARN.
pub fn a_function(engine: &mut Engine) -> Value {
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

    let later = "the sample is older than the setting, which every function has today";
    assert_same_shape(
        &record(&engine),
        "ct-lambda-CreateFunction20150331",
        &[("responseElements.loggingConfig", later)],
    );
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
