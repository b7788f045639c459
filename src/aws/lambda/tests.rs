//! Lambda's behaviour, as sentences; what a run does around itself is tested with the engine.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, Region, ServiceName,
    outbox::Send,
    parcel::{Invoke, Sender},
    testing::Sandbox,
};
use crate::kernel::Cause;

const LAMBDA: ServiceName = ServiceName::Lambda;
const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:remediate-ssh";
const RULE: &str = "arn:aws:events:us-east-1:123456789012:rule/r-sg";

fn bench() -> Sandbox {
    let mut bench = Sandbox::new();
    bench.ok(LAMBDA, "CreateFunction", function());
    bench
}

fn function() -> Value {
    json!({
        "FunctionName": "remediate-ssh", "Runtime": "nodejs22.x", "Handler": "index.handler", "Timeout": 30,
        "Role": "arn:aws:iam::123456789012:role/sg-remediator", "Environment": { "Variables": { "A": "1" } },
        "Code": { "ZipFile": "exports.handler = async () => 'ok'" },
    })
}

/// A service sends an event for one of its resources; says what became of it.
fn sent_by(bench: &mut Sandbox, principal: &str, source_arn: &str) -> usize {
    let region = Region::new("us-east-1");
    let cause = Cause::Input(bench.ledger.inputs().last().expect("the bench made a call").id);
    let invoke = Invoke {
        function_arn: ARN.into(),
        event: Arc::new(json!({})),
        by: Sender::Service { principal: principal.into(), source_arn: source_arn.into() },
    };
    bench.with_outbox(cause, |_, out| {
        out.send(Send {
            path: HopPath::BusLambda,
            from: Node::new(ServiceName::EventBridge, &region, "r-sg"),
            to: Node::new(LAMBDA, &region, "remediate-ssh"),
            payload: Payload::json(PayloadKind::Mission, "test", json!({})),
            parcel: Parcel::Invoke(Arc::new(invoke)),
            delay: Delay::BusToTarget,
            reference: None,
        });
    });
    bench.wait(5);
    bench.services().lambda.ready.len()
}

#[test]
fn a_new_function_is_pending_and_then_active() {
    let mut bench = Sandbox::new();
    let answer = bench.ok(LAMBDA, "CreateFunction", function());
    assert_eq!((&answer["State"], &answer["StateReasonCode"]), (&json!("Pending"), &json!("Creating")));
    assert_eq!(answer["LastModified"], "2026-11-20T09:00:00.000+0000");
    assert_eq!((&answer["MemorySize"], &answer["Version"]), (&json!(128), &json!("$LATEST")));

    bench.wait(5);
    for name in ["remediate-ssh", ARN, "123456789012:remediate-ssh", "remediate-ssh:$LATEST"] {
        let shown = bench.ok(LAMBDA, "GetFunctionConfiguration", json!({ "FunctionName": name }));
        assert_eq!(shown["State"], "Active", "{name}");
    }
    assert_eq!(bench.ok(LAMBDA, "ListFunctions", json!({}))["Functions"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_record_of_a_creation_has_aws_s_name_and_hides_code_and_variables() {
    let bench = bench();
    let record = bench.payloads(HopPath::ApiTrail).pop().expect("one record");
    assert_eq!(record["eventName"], "CreateFunction20150331");
    assert_eq!(record["requestParameters"]["code"], json!({}));
    assert_eq!(record["requestParameters"]["environment"], json!({}));
    assert_eq!(record["responseElements"]["environment"], json!({}));
    assert_eq!(record["responseElements"]["state"], "Pending");
}

#[test]
fn what_lambda_would_refuse_is_refused_in_its_words() {
    let mut bench = bench();
    assert_eq!(
        bench.error(LAMBDA, "CreateFunction", function()),
        "ResourceConflictException: Function already exist: remediate-ssh"
    );
    for (key, value, expected) in [
        ("Runtime", json!("python3.13"), "Value python3.13 at 'runtime' failed to satisfy constraint"),
        (
            "Timeout",
            json!(901),
            "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
        ),
        ("MemorySize", json!(64), "Member must have value greater than or equal to 128"),
        ("Role", json!("admin"), "Value 'admin' at 'role'"),
        ("FunctionName", json!("no spaces"), "Value 'no spaces' at 'functionName'"),
        (
            "Environment",
            json!({ "Variables": { "AWS_REGION": "x" } }),
            "Reserved keys used in this request: AWS_REGION",
        ),
    ] {
        let mut input = function();
        input["FunctionName"] = "other".into();
        input[key] = value;
        let error = bench.error(LAMBDA, "CreateFunction", input);
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(
        bench.error(LAMBDA, "GetFunction", json!({ "FunctionName": "nobody" })),
        "ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody"
    );
}

#[test]
fn new_code_is_another_revision() {
    let mut bench = bench();
    bench.wait(5);
    let before =
        bench.ok(LAMBDA, "GetFunction", json!({ "FunctionName": "remediate-ssh" }))["Configuration"].clone();
    let after = bench.ok(
        LAMBDA,
        "UpdateFunctionCode",
        json!({ "FunctionName": "remediate-ssh", "ZipFile": "exports.handler = 1" }),
    );
    assert_ne!(before["CodeSha256"], after["CodeSha256"]);
    assert_ne!(before["RevisionId"], after["RevisionId"]);
    let after = bench.ok(
        LAMBDA,
        "UpdateFunctionConfiguration",
        json!({ "FunctionName": "remediate-ssh", "Timeout": 10 }),
    );
    assert_eq!((&after["Timeout"], &after["Handler"]), (&json!(10), &json!("index.handler")));
}

#[test]
fn a_service_needs_permission_and_the_refusal_is_its_own_to_bear() {
    let mut bench = bench();
    assert_eq!(sent_by(&mut bench, "events.amazonaws.com", RULE), 0);

    let statement = bench.ok(
        LAMBDA,
        "AddPermission",
        json!({
            "FunctionName": "remediate-ssh", "StatementId": "regle", "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com", "SourceArn": RULE,
        }),
    );
    assert_eq!(
        statement["Statement"],
        format!(
            "{{\"Sid\":\"regle\",\"Effect\":\"Allow\",\"Principal\":{{\"Service\":\"events.amazonaws.com\"}},\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"{ARN}\",\"Condition\":{{\"ArnLike\":{{\"AWS:SourceArn\":\"{RULE}\"}}}}}}"
        )
    );
    assert_eq!(sent_by(&mut bench, "events.amazonaws.com", RULE), 1);
    assert_eq!(
        sent_by(&mut bench, "events.amazonaws.com", "arn:aws:events:us-east-1:123456789012:rule/other"),
        1
    );
    assert_eq!(sent_by(&mut bench, "sns.amazonaws.com", RULE), 1);
}

#[test]
fn permissions_are_listed_added_once_and_taken_back() {
    let mut bench = bench();
    assert_eq!(
        bench.error(LAMBDA, "GetPolicy", json!({ "FunctionName": "remediate-ssh" })),
        "ResourceNotFoundException: The resource you requested does not exist."
    );
    let permission = json!({
        "FunctionName": "remediate-ssh", "StatementId": "sujet", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com",
    });
    bench.ok(LAMBDA, "AddPermission", permission.clone());
    assert!(
        bench
            .error(LAMBDA, "AddPermission", permission)
            .contains("The statement id (sujet) provided already exists")
    );
    let policy = bench.ok(LAMBDA, "GetPolicy", json!({ "FunctionName": "remediate-ssh" }));
    assert!(policy["Policy"].as_str().is_some_and(|text| text.contains("\"Sid\":\"sujet\"")));
    bench.ok(LAMBDA, "RemovePermission", json!({ "FunctionName": "remediate-ssh", "StatementId": "sujet" }));
    assert_eq!(
        bench.error(
            LAMBDA,
            "RemovePermission",
            json!({ "FunctionName": "remediate-ssh", "StatementId": "sujet" })
        ),
        "ResourceNotFoundException: Statement sujet is not found in resource policy."
    );
}

#[test]
fn a_deleted_function_takes_nothing_any_more() {
    let mut bench = bench();
    bench.ok(LAMBDA, "DeleteFunction", json!({ "FunctionName": "remediate-ssh" }));
    assert_eq!(sent_by(&mut bench, "events.amazonaws.com", RULE), 0);
    assert!(
        bench
            .error(LAMBDA, "Invoke", json!({ "FunctionName": "remediate-ssh" }))
            .starts_with("ResourceNotFoundException")
    );
}

#[test]
fn an_event_must_be_json() {
    let mut bench = bench();
    for payload in [json!("{\"a\":1}"), json!("eyJhIjoxfQ=="), json!({ "a": 1 }), json!("")] {
        bench.ok(
            LAMBDA,
            "Invoke",
            json!({ "FunctionName": "remediate-ssh", "InvocationType": "Event", "Payload": payload }),
        );
    }
    assert!(
        bench
            .error(LAMBDA, "Invoke", json!({ "FunctionName": "remediate-ssh", "Payload": "{oops" }))
            .starts_with("InvalidRequestContentException: Could not parse")
    );
    assert_eq!(
        bench.ok(LAMBDA, "Invoke", json!({ "FunctionName": "remediate-ssh", "InvocationType": "DryRun" })),
        json!({ "StatusCode": 204 })
    );
    let events = bench.payloads(HopPath::AppLambda);
    assert_eq!(events, [json!({ "a": 1 }), json!({ "a": 1 }), json!({ "a": 1 }), json!({})]);
}

#[test]
fn the_settings_of_asynchronous_events_have_bounds() {
    let mut bench = bench();
    let settings = bench.ok(
        LAMBDA,
        "PutFunctionEventInvokeConfig",
        json!({ "FunctionName": "remediate-ssh", "MaximumRetryAttempts": 1 }),
    );
    assert_eq!(
        (&settings["MaximumRetryAttempts"], &settings["MaximumEventAgeInSeconds"]),
        (&json!(1), &json!(21_600))
    );
    let error = bench.error(
        LAMBDA,
        "PutFunctionEventInvokeConfig",
        json!({ "FunctionName": "remediate-ssh", "MaximumRetryAttempts": 3 }),
    );
    assert!(error.contains("Member must have value less than or equal to 2"), "{error}");
}
