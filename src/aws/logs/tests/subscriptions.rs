//! What subscription filters promise.

use serde_json::{Value, json};

use super::{call, put, refused, with_stream};
use crate::{
    aws::{
        Fault, HopPath, Parcel, ServiceName, faults::FaultKind, logs::subscription::decode, testing::Sandbox,
    },
    kernel::SimDuration,
};

const GROUP: &str = "/ville/appli";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:triage";

fn subscription(name: &str) -> Value {
    json!({ "logGroupName": GROUP, "filterName": name, "filterPattern": "ERROR", "destinationArn": FUNCTION })
}

/// A function that lets CloudWatch Logs in, for the group.
fn function(sandbox: &mut Sandbox) {
    let function = json!({
        "FunctionName": "triage", "Runtime": "nodejs22.x", "Handler": "index.handler",
        "Role": "arn:aws:iam::123456789012:role/triage",
        "Code": { "ZipFile": "exports.handler = async () => 'ok'" },
    });
    sandbox.ok(ServiceName::Lambda, "CreateFunction", function);
    let permission = json!({
        "FunctionName": "triage", "StatementId": "logs", "Action": "lambda:InvokeFunction",
        "Principal": "logs.amazonaws.com",
        "SourceArn": format!("arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:*"),
    });
    sandbox.ok(ServiceName::Lambda, "AddPermission", permission);
}

fn take_permission_away(sandbox: &mut Sandbox) {
    let statement = json!({ "FunctionName": "triage", "StatementId": "logs" });
    sandbox.ok(ServiceName::Lambda, "RemovePermission", statement);
}

/// A group whose errors go to a function.
fn subscribed() -> Sandbox {
    let mut sandbox = with_stream();
    function(&mut sandbox);
    call(&mut sandbox, "PutSubscriptionFilter", subscription("erreurs"));
    sandbox.wait(10);
    sandbox
}

#[test]
fn lines_that_match_go_to_the_function_zipped_and_in_base64() {
    let mut sandbox = subscribed();
    put(&mut sandbox, &[(0, "ERROR a"), (1, "INFO b"), (2, "ERROR c")]);
    sandbox.wait(5);

    let events: Vec<Value> = sandbox
        .delivered
        .iter()
        .filter_map(|(_, parcel)| match parcel {
            Parcel::Invoke(invoke) => decode(&invoke.event),
            _ => None,
        })
        .collect();
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(event["messageType"], "DATA_MESSAGE");
    assert_eq!((&event["logGroup"], &event["logStream"]), (&json!(GROUP), &json!("web")));
    assert_eq!(
        (&event["owner"], &event["subscriptionFilters"]),
        (&json!("123456789012"), &json!(["erreurs"]))
    );
    assert_eq!(event["logEvents"][1]["message"], "ERROR c");
    assert_eq!(event["logEvents"].as_array().map(Vec::len), Some(2));
    assert_eq!(sandbox.payloads(HopPath::LogsLambda), events);
    assert!(sandbox.refusals().is_empty());
}

#[test]
fn a_filter_is_made_only_if_the_function_is_there_and_lets_the_service_in() {
    let mut sandbox = with_stream();
    let refusal = refused(&mut sandbox, "PutSubscriptionFilter", subscription("erreurs"));
    assert!(
        refusal.starts_with("InvalidParameterException: Could not execute the lambda function."),
        "{refusal}"
    );

    function(&mut sandbox);
    take_permission_away(&mut sandbox);
    let refusal = refused(&mut sandbox, "PutSubscriptionFilter", subscription("erreurs"));
    assert!(
        refusal.starts_with("InvalidParameterException: Could not execute the lambda function."),
        "{refusal}"
    );
}

#[test]
fn when_the_function_s_permission_is_lost_the_lines_are_refused_and_counted_as_an_error() {
    let mut sandbox = subscribed();
    take_permission_away(&mut sandbox);
    put(&mut sandbox, &[(0, "ERROR a")]);
    sandbox.wait(70);

    assert!(sandbox.refusals().iter().any(|why| why.contains("logs.amazonaws.com is not authorized")));
    let asked = json!({
        "Namespace": "AWS/Logs", "MetricName": "DeliveryErrors", "Period": 60, "Statistics": ["Sum"],
        "Dimensions": [
            { "Name": "DestinationType", "Value": "Lambda" }, { "Name": "FilterName", "Value": "erreurs" },
            { "Name": "LogGroupName", "Value": GROUP },
        ],
        "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:05:00Z",
    });
    let answer = sandbox.ok(ServiceName::CloudWatch, "GetMetricStatistics", asked);
    assert_eq!(answer["Datapoints"][0]["Sum"], 1.0);
    assert_eq!(sandbox.hops(HopPath::Retry).len(), 0);
}

#[test]
fn what_a_function_cannot_take_for_the_moment_is_sent_again_until_it_can() {
    let mut sandbox = subscribed();
    sandbox.break_down(Fault {
        kind: FaultKind::Down,
        resource: Some("triage".into()),
        service: Some(ServiceName::Lambda),
        region: None,
        path: None,
        lasts: SimDuration::from_secs(90),
        times: None,
    });
    put(&mut sandbox, &[(0, "ERROR a")]);
    sandbox.wait(300);

    let attempts = sandbox.payloads(HopPath::LogsLambda);
    assert_eq!((attempts.len(), &attempts[2]), (3, &attempts[0]));
    assert_eq!(sandbox.titles(HopPath::Retry), ["erreurs", "erreurs"]);
    assert_eq!(sandbox.refusals().len(), 2);
}

#[test]
fn lines_that_do_not_match_do_not_travel_and_say_why() {
    let mut sandbox = subscribed();
    put(&mut sandbox, &[(0, "INFO a")]);

    assert_eq!(sandbox.missed(HopPath::LogsLambda), ["pattern-not-matched"]);
    assert_eq!(sandbox.hops(HopPath::LogsLambda).len(), 0);
}

#[test]
fn a_group_has_two_subscriptions_at_most_and_only_functions_take_them() {
    let mut sandbox = with_stream();
    function(&mut sandbox);
    call(&mut sandbox, "PutSubscriptionFilter", subscription("a"));
    call(&mut sandbox, "PutSubscriptionFilter", subscription("b"));
    call(&mut sandbox, "PutSubscriptionFilter", subscription("b"));
    assert!(refused(&mut sandbox, "PutSubscriptionFilter", subscription("c")).starts_with("LimitExceeded"));

    let mut firehose = subscription("b");
    firehose["destinationArn"] = "arn:aws:firehose:us-east-1:123456789012:deliverystream/x".into();
    assert!(
        refused(&mut sandbox, "PutSubscriptionFilter", firehose)
            .contains("does not simulate subscriptions to firehose")
    );

    let name = json!({ "logGroupName": GROUP, "filterName": "a" });
    call(&mut sandbox, "DeleteSubscriptionFilter", name);
    let listed = call(&mut sandbox, "DescribeSubscriptionFilters", json!({ "logGroupName": GROUP }));
    assert_eq!(listed["subscriptionFilters"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["subscriptionFilters"][0]["destinationArn"], FUNCTION);
}
