//! What happens around a running function, as sentences.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::{
    aws::{
        ApiCall, ApiError, ApiOutcome, HopPath, Note, Principal, Profile, Region, ServiceName, Via, hop::Hop,
        note::Fate,
    },
    engine::{Engine, Setup},
    kernel::SimDuration,
};

pub(super) const LAMBDA: ServiceName = ServiceName::Lambda;

/// An engine in Paris with a role `atelier` that may write logs, and one function of that code.
pub(super) struct Bench {
    pub(super) engine: Engine,
}

impl Bench {
    pub(super) fn new(code: &str) -> Self {
        Self::with(code, json!({}))
    }

    pub(super) fn with(code: &str, settings: Value) -> Self {
        let epoch = DateTime::from_timestamp_millis(1_772_442_000_000).expect("2026-03-02T09:00:00Z exists");
        let setup = Setup {
            account_id: "123456789012".into(),
            home: Region::new("eu-west-3"),
            epoch,
            seed: 1,
            profile: Profile::Classroom,
        };
        let mut bench = Self { engine: Engine::new(setup) };
        let trust = json!({ "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole",
        }]});
        bench.ok(
            ServiceName::Iam,
            "CreateRole",
            json!({
                "RoleName": "atelier", "AssumeRolePolicyDocument": trust.to_string(),
            }),
        );
        bench.allow(&["logs:*"]);
        let mut function = json!({
            "FunctionName": "corrige-sg", "Runtime": "nodejs22.x", "Handler": "index.handler",
            "Role": "arn:aws:iam::123456789012:role/atelier", "Code": { "ZipFile": code },
        });
        for (key, value) in settings.as_object().into_iter().flatten() {
            function[key.as_str()] = value.clone();
        }
        bench.ok(LAMBDA, "CreateFunction", function);
        bench
    }

    /// What the role may do, from here on.
    pub(super) fn allow(&mut self, actions: &[&str]) {
        let policy = json!({ "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }] });
        self.ok(
            ServiceName::Iam,
            "PutRolePolicy",
            json!({
                "RoleName": "atelier", "PolicyName": "droits", "PolicyDocument": policy.to_string(),
            }),
        );
    }

    pub(super) fn ok(&mut self, service: ServiceName, operation: &str, parameters: Value) -> Value {
        self.call(service, operation, parameters).unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    pub(super) fn refused(&mut self, service: ServiceName, operation: &str, parameters: Value) -> ApiError {
        self.call(service, operation, parameters).expect_err("it must be refused")
    }

    fn call(&mut self, service: ServiceName, operation: &str, parameters: Value) -> ApiOutcome {
        let call = ApiCall {
            by: Principal::role("installateur", "deploy"),
            via: Via::cli("203.0.113.24"),
            region: Region::new("eu-west-3"),
            service,
            operation: operation.into(),
            parameters,
        };
        self.engine.call(call, None).1
    }

    /// Sends an event nobody waits for, and lets time pass.
    pub(super) fn send(&mut self, seconds: u64) {
        self.ok(
            LAMBDA,
            "Invoke",
            json!({
                "FunctionName": "corrige-sg", "InvocationType": "Event", "Payload": { "porte": "22" },
            }),
        );
        self.wait(seconds);
    }

    /// Waits for the answer.
    fn ask(&mut self) -> Value {
        self.ok(LAMBDA, "Invoke", json!({ "FunctionName": "corrige-sg", "Payload": "{\"porte\": \"22\"}" }))
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        let until = self.engine.now().after(SimDuration::from_secs(seconds));
        self.engine.run_until(until);
    }

    pub(super) fn hops(&self, path: HopPath) -> Vec<&Hop> {
        self.engine.ledger().hops().iter().filter(|hop| hop.path == path).collect()
    }

    /// The log lines so far.
    pub(super) fn log(&self) -> Vec<String> {
        let bodies = self.hops(HopPath::LambdaLogs).into_iter().map(|hop| hop.payload.body().into_owned());
        let events = bodies.flat_map(|body| body["events"].as_array().cloned().unwrap_or_default());
        events.filter_map(|event| event["message"].as_str().map(str::to_owned)).collect()
    }

    /// What became of hops so far.
    pub(super) fn fates(&self) -> Vec<String> {
        let notes = self.engine.ledger().notes().iter();
        notes
            .filter_map(|note| match &note.body {
                Note::Fate { fate: Fate::Retried { attempt, .. }, .. } => Some(format!("retried {attempt}")),
                Note::Fate { fate: Fate::Dropped(reason), .. } => Some(format!("dropped: {}", reason.code)),
                Note::Fate { fate: Fate::DeadLettered(reason), .. } => {
                    Some(format!("dead-lettered: {}", reason.code))
                }
                _ => None,
            })
            .collect()
    }
}

#[test]
fn whoever_waits_gets_the_answer() {
    let mut bench = Bench::new("exports.handler = async (event) => ({ porte: event.porte })");
    assert_eq!(
        bench.ask(),
        json!({ "StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": "{\"porte\":\"22\"}" })
    );
}

#[test]
fn whoever_waits_is_told_of_an_error_and_it_is_not_tried_again() {
    let mut bench = Bench::new("exports.handler = async () => { throw new Error('boom') }");
    let answer = bench.ask();
    assert_eq!(answer["FunctionError"], "Unhandled");
    assert!(
        answer["Payload"]
            .as_str()
            .is_some_and(|text| text.starts_with("{\"errorType\":\"Error\",\"errorMessage\":\"boom\""))
    );
    bench.wait(600);
    assert_eq!(bench.hops(HopPath::Retry).len(), 0);
}

#[test]
fn a_run_leaves_its_lines_in_the_log_group() {
    let mut bench = Bench::new("exports.handler = async () => { console.log('revoked') }");
    bench.send(60);
    bench.send(60);

    let log = bench.log();
    let starts: Vec<&str> = log.iter().filter_map(|line| line.split([' ', '\t']).next()).collect();
    assert_eq!(
        starts,
        [
            "INIT_START",
            "START",
            "2026-03-02T09:00:00.302Z",
            "END",
            "REPORT",
            "START",
            "2026-03-02T09:01:00.002Z",
            "END",
            "REPORT"
        ],
        "{log:#?}"
    );
    assert!(log[0].contains("Runtime Version: nodejs:22") && log[0].ends_with('\n'));
    assert!(
        log[4].contains("\tMemory Size: 128 MB\t") && log[4].contains("\tInit Duration: 300.00 ms\t"),
        "{}",
        log[4]
    );
    assert!(!log[8].contains("Init Duration"), "the second run is warm: {}", log[8]);
}

#[test]
fn without_the_right_to_write_logs_there_are_none() {
    let mut bench = Bench::new("exports.handler = async () => { console.log('lost') }");
    bench.allow(&["ec2:*"]);
    bench.send(60);
    assert_eq!(bench.log(), Vec::<String>::new());
}

#[test]
fn an_event_that_fails_is_tried_twice_more_after_one_and_two_minutes_and_then_lost() {
    let mut bench = Bench::new("exports.handler = async () => { throw new Error('boom') }");
    bench.send(600);

    let seconds: Vec<u64> =
        bench.hops(HopPath::Retry).iter().map(|hop| hop.due_at.since(hop.sent_at).as_secs()).collect();
    assert_eq!(seconds, [60, 120]);
    assert_eq!(bench.fates(), ["retried 1", "retried 2", "dropped: retries-exhausted"]);
    assert_eq!(bench.hops(HopPath::Drop).len(), 1);
    let ids: std::collections::BTreeSet<String> = bench
        .log()
        .iter()
        .filter_map(|line| line.strip_prefix("START RequestId: ")?.split(' ').next().map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 1, "every try has the same request id");
}

#[test]
fn an_event_that_is_not_to_be_retried_goes_to_its_destination_at_once() {
    let mut bench = Bench::new("exports.handler = async () => { throw new RangeError('boom') }");
    bench.allow(&["logs:*", "sqs:SendMessage"]);
    bench.ok(ServiceName::Sqs, "CreateQueue", json!({ "QueueName": "rebut" }));
    bench.ok(LAMBDA, "PutFunctionEventInvokeConfig", json!({
        "FunctionName": "corrige-sg", "MaximumRetryAttempts": 0,
        "DestinationConfig": { "OnFailure": { "Destination": "arn:aws:sqs:eu-west-3:123456789012:rebut" } },
    }));
    bench.send(600);

    let record = bench.hops(HopPath::DeadLetter)[0].payload.body().into_owned();
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 1);
    assert_eq!(record["requestPayload"], json!({ "porte": "22" }));
    assert_eq!(record["responsePayload"]["errorType"], "RangeError");
    assert_eq!(bench.fates(), ["dead-lettered: retries-exhausted"]);
}

#[test]
fn the_calls_of_a_function_go_through_the_door_as_its_role() {
    let mut bench = Bench::new(
        "const { SNSClient, CreateTopicCommand } = require('@aws-sdk/client-sns');
         exports.handler = async () => (await new SNSClient().send(new CreateTopicCommand({ Name: 'alertes' }))).TopicArn",
    );
    bench.allow(&["logs:*", "sns:*"]);
    let answer = bench.ask();
    assert_eq!(answer["Payload"], "\"arn:aws:sns:eu-west-3:123456789012:alertes\"");

    let call = bench.hops(HopPath::LambdaApi)[0];
    let record = bench
        .hops(HopPath::ApiTrail)
        .into_iter()
        .find(|hop| hop.payload.title() == "CreateTopic")
        .expect("a record");
    assert_eq!(record.cause, crate::kernel::Cause::Hop(call.id));
    let identity = &record.payload.body()["userIdentity"];
    assert_eq!(identity["arn"], "arn:aws:sts::123456789012:assumed-role/atelier/corrige-sg");
}

#[test]
fn a_refused_call_is_recorded_too_and_the_function_may_catch_it() {
    let mut bench = Bench::new(
        "const { SNSClient, CreateTopicCommand } = require('@aws-sdk/client-sns');
         exports.handler = async () => {
           try { await new SNSClient().send(new CreateTopicCommand({ Name: 'alertes' })) } catch (e) { return [e.name, e.$metadata.httpStatusCode] }
         }",
    );
    let answer = bench.ask();
    assert!(answer["Payload"].as_str().is_some_and(|text| text.contains("403")), "{answer}");
    let hop = bench.hops(HopPath::LambdaApi)[0];
    assert!(hop.payload.body()["errorCode"].is_string());
    let record = bench.hops(HopPath::ApiTrail).into_iter().find(|hop| hop.payload.title() == "CreateTopic");
    assert!(record.is_some_and(|hop| hop.payload.body()["errorCode"].is_string()));
}

#[test]
fn a_mail_from_a_function_is_one_journey() {
    let mut bench = Bench::new(
        "const { SESv2Client, SendEmailCommand } = require('@aws-sdk/client-sesv2');
         exports.handler = async () => new SESv2Client().send(new SendEmailCommand({
           FromEmailAddress: 'amende@ville.example', Destination: { ToAddresses: ['conducteur@rue.example'] },
           Content: { Simple: { Subject: { Data: 'Amende' }, Body: { Text: { Data: '117 km/h' } } } } }))",
    );
    bench.allow(&["logs:*", "ses:*"]);
    bench.send(60);
    // Nobody verified the addresses: the call is seen, the mail is not.
    assert_eq!((bench.hops(HopPath::LambdaEmail).len(), bench.hops(HopPath::LambdaApi).len()), (0, 1));
    assert_eq!(bench.hops(HopPath::LambdaApi)[0].payload.body()["errorCode"], "MessageRejected");
}

#[test]
fn a_function_may_wait_for_another_and_a_loop_of_them_is_stopped() {
    let mut bench = Bench::new(
        "const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
         exports.handler = async (event) => {
           const answer = await new LambdaClient().send(new InvokeCommand({ FunctionName: 'corrige-sg', Payload: '{}' }));
           return 1 + JSON.parse(answer.Payload);
         }",
    );
    bench.allow(&["logs:*", "lambda:*"]);
    let answer = bench.ask();
    assert_eq!(answer["StatusCode"], 200);
    assert!(bench.hops(HopPath::LambdaApi).len() <= 17);
    assert!(bench.log().iter().any(|line| line.contains("RecursiveInvocationException")));
}

#[test]
fn a_timeout_starts_afresh() {
    let mut bench = Bench::with("exports.handler = async () => { for (;;); }", json!({ "Timeout": 1 }));
    bench.ok(
        LAMBDA,
        "PutFunctionEventInvokeConfig",
        json!({ "FunctionName": "corrige-sg", "MaximumRetryAttempts": 0 }),
    );
    bench.send(60);
    bench.send(60);

    let log = bench.log();
    assert_eq!(log.iter().filter(|line| line.starts_with("INIT_START")).count(), 2);
    assert!(log.iter().any(|line| line.ends_with("Task timed out after 1.00 seconds\n")), "{log:#?}");
    assert!(log.iter().any(|line| line.ends_with("Status: timeout\n")), "{log:#?}");
}

#[test]
fn two_events_at_once_need_two_environments() {
    let mut bench = Bench::with(
        "exports.handler = async () => new Promise((r) => setTimeout(r, 1000))",
        json!({ "Timeout": 5 }),
    );
    bench.ok(LAMBDA, "Invoke", json!({ "FunctionName": "corrige-sg", "InvocationType": "Event" }));
    bench.send(60);
    assert_eq!(bench.log().iter().filter(|line| line.starts_with("INIT_START")).count(), 2);
}

#[test]
fn the_same_story_is_written_twice_alike() {
    let story = || {
        let mut bench = Bench::new(
            "exports.handler = async () => { console.log(Math.random(), new Date()); if (Math.random() < 0.5) throw new Error('tails') }",
        );
        for _ in 0..5 {
            bench.send(30);
        }
        bench.wait(600);
        let hops = bench.engine.ledger().hops();
        hops.iter()
            .map(|hop| format!("{:?} {:?} {:?} {}", hop.path, hop.sent_at, hop.due_at, hop.payload.body()))
            .collect::<Vec<_>>()
    };
    assert_eq!(story(), story());
}

#[test]
fn counters_reach_cloudwatch() {
    let mut bench = Bench::new("exports.handler = async () => { throw new Error('boom') }");
    bench.ok(
        LAMBDA,
        "PutFunctionEventInvokeConfig",
        json!({ "FunctionName": "corrige-sg", "MaximumRetryAttempts": 0 }),
    );
    bench.send(180);
    for (metric, expected) in [("Invocations", 1.0), ("Errors", 1.0), ("AsyncEventsDropped", 1.0)] {
        let answer = bench.ok(
            ServiceName::CloudWatch,
            "GetMetricStatistics",
            json!({
                "Namespace": "AWS/Lambda", "MetricName": metric, "Period": 60, "Statistics": ["Sum"],
                "Dimensions": [{ "Name": "FunctionName", "Value": "corrige-sg" }],
                "StartTime": "2026-03-02T09:00:00Z", "EndTime": "2026-03-02T09:05:00Z",
            }),
        );
        assert_eq!(answer["Datapoints"][0]["Sum"], expected, "{metric}");
    }
}

#[test]
fn a_rule_hands_its_event_to_a_function_that_lets_it_in_and_the_function_acts() {
    let mut bench = Bench::new(
        "import { SNSClient, CreateTopicCommand } from '@aws-sdk/client-sns';
         export const handler = async (event) => {
           await new SNSClient({}).send(new CreateTopicCommand({ Name: event.detail.sujet }));
         };",
    );
    bench.allow(&["logs:*", "sns:CreateTopic"]);
    let pattern = json!({ "source": ["ville.parking"] }).to_string();
    let rule = bench.ok(
        ServiceName::EventBridge,
        "PutRule",
        json!({ "Name": "r-parking", "EventPattern": pattern }),
    );
    bench.ok(ServiceName::EventBridge, "PutTargets", json!({
        "Rule": "r-parking",
        "Targets": [{ "Id": "depot", "Arn": "arn:aws:lambda:eu-west-3:123456789012:function:corrige-sg" }],
    }));
    let entry = json!({ "Entries": [{
        "Source": "ville.parking", "DetailType": "Barrière levée", "Detail": "{\"sujet\": \"parking\"}",
    }]});
    bench.ok(ServiceName::EventBridge, "PutEvents", entry.clone());
    bench.wait(60);
    assert_eq!(bench.fates(), ["dropped: not-authorised"]);

    bench.ok(
        LAMBDA,
        "AddPermission",
        json!({
            "FunctionName": "corrige-sg", "StatementId": "regle", "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com", "SourceArn": rule["RuleArn"],
        }),
    );
    bench.ok(ServiceName::EventBridge, "PutEvents", entry);
    bench.wait(60);

    let record = bench.hops(HopPath::ApiTrail).pop().expect("the function's act is recorded");
    assert_eq!(record.payload.title(), "CreateTopic");
    let ledger = bench.engine.ledger();
    let chain: Vec<&str> = ledger
        .causes(record.id)
        .filter_map(|cause| match cause {
            crate::kernel::Cause::Hop(hop) => Some(ledger.hop(hop).path.as_str()),
            crate::kernel::Cause::Input(_) => None,
        })
        .collect();
    assert_eq!(chain, ["lambda>api", "bus>lambda", "bus>rule", "app>bus"]);
}
