//! Samples of what is made of log lines.

use serde_json::json;
use vigie::{
    aws::{
        HopPath,
        ServiceName::{Lambda, Logs},
    },
    engine::Engine,
};

use crate::shapes::{assert_same_paths, assert_same_shape, sample};

use super::desk::{a_role, account, does, last, record};

fn a_log(engine: &mut Engine, group: &str) {
    does(engine, Logs, "CreateLogGroup", json!({ "logGroupName": group }));
    does(engine, Logs, "CreateLogStream", json!({ "logGroupName": group, "logStreamName": "web" }));
}

#[test]
fn making_a_metric_filter_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_log(&mut engine, "CloudTrail/logs");
    let counted =
        json!({ "metricName": "RootLoginCount", "metricNamespace": "Security", "metricValue": "1" });
    let filter = json!({
        "logGroupName": "CloudTrail/logs",
        "filterName": "root-login",
        "filterPattern": "{ $.userIdentity.type = \"Root\" && $.eventType != \"AwsServiceEvent\" }",
        "metricTransformations": [counted],
    });
    does(&mut engine, Logs, "PutMetricFilter", filter);

    assert_same_shape(&record(&engine), "ct-logs-PutMetricFilter", &[]);
}

#[test]
fn a_subscription_sends_lines_as_in_the_sample() {
    let mut engine = account();
    a_log(&mut engine, "/aws/lambda/remediate-ssh");
    let function = json!({
        "FunctionName": "triage",
        "Runtime": "nodejs22.x",
        "Role": a_role(&mut engine, "triage", "lambda.amazonaws.com"),
        "Handler": "index.handler",
        "Code": { "ZipFile": "exports.handler = async () => 'ok'" },
    });
    does(&mut engine, Lambda, "CreateFunction", function);
    let door = json!({
        "FunctionName": "triage", "StatementId": "logs", "Action": "lambda:InvokeFunction",
        "Principal": "logs.amazonaws.com",
    });
    does(&mut engine, Lambda, "AddPermission", door);
    let subscription = json!({
        "logGroupName": "/aws/lambda/remediate-ssh",
        "filterName": "errors-to-triage",
        "filterPattern": "ERROR",
        "destinationArn": "arn:aws:lambda:us-east-1:123456789012:function:triage",
    });
    does(&mut engine, Logs, "PutSubscriptionFilter", subscription);
    let line = json!({ "timestamp": engine.moment().epoch_ms(), "message": "[ERROR] KeyError: 'groupId'" });
    let batch =
        json!({ "logGroupName": "/aws/lambda/remediate-ssh", "logStreamName": "web", "logEvents": [line] });
    does(&mut engine, Logs, "PutLogEvents", batch);

    let expected = &sample("lambda-event-cwlogs")["decoded"];
    assert_same_paths(&last(&engine, HopPath::LogsLambda), expected, "lambda-event-cwlogs", &[]);
}
