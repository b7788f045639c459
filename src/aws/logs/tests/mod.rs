//! What CloudWatch Logs promises, as sentences: groups, streams and events here, the rest beside.

mod metric_filters;
mod queries;
mod subscriptions;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    aws::{
        Delay, HopPath, Node, Parcel, Payload, PayloadKind, Send, ServiceName,
        call::{Input, InputKind},
        note::reasons,
        parcel::LogEvent,
        service::{Reception, Service as _},
        testing::Sandbox,
    },
    kernel::Cause,
};

/// 2026-11-20 09:00:00 UTC, where the sandbox's clock starts.
const EPOCH_MS: i64 = 1_795_165_200_000;

fn call(sandbox: &mut Sandbox, operation: &str, parameters: Value) -> Value {
    sandbox.ok(ServiceName::Logs, operation, parameters)
}

fn refused(sandbox: &mut Sandbox, operation: &str, parameters: Value) -> String {
    sandbox.error(ServiceName::Logs, operation, parameters)
}

fn with_stream() -> Sandbox {
    let mut sandbox = Sandbox::new();
    call(&mut sandbox, "CreateLogGroup", json!({ "logGroupName": "/ville/appli" }));
    let stream = json!({ "logGroupName": "/ville/appli", "logStreamName": "web" });
    call(&mut sandbox, "CreateLogStream", stream);
    sandbox
}

fn put(sandbox: &mut Sandbox, events: &[(i64, &str)]) -> Value {
    let events: Vec<Value> = events
        .iter()
        .map(|(offset, message)| json!({ "timestamp": EPOCH_MS + offset, "message": message }))
        .collect();
    let batch = json!({ "logGroupName": "/ville/appli", "logStreamName": "web", "logEvents": events });
    call(sandbox, "PutLogEvents", batch)
}

fn messages(answer: &Value) -> Vec<&str> {
    let events = answer["events"].as_array().expect("a list of events");
    events.iter().filter_map(|event| event["message"].as_str()).collect()
}

/// A service writes, as Lambda and CloudTrail do.
fn deliver(sandbox: &mut Sandbox, group: &str) {
    let region = sandbox.account.home().clone();
    let kind = InputKind::World { kind: "test", subject: group.into() };
    let input = sandbox.ledger.arrive(sandbox.now(), Input { step: None, kind });
    let events: Arc<[LogEvent]> = Arc::new([LogEvent { timestamp: EPOCH_MS, message: "START".into() }]);
    sandbox.with_outbox(Cause::Input(input), |_, out| {
        out.send(Send {
            path: HopPath::LambdaLogs,
            from: Node::new(ServiceName::Lambda, &region, "amende-email"),
            to: Node::new(ServiceName::Logs, &region, group),
            payload: Payload::json(PayloadKind::Mission, "START", json!({})),
            parcel: Parcel::LogEvents {
                group: group.into(),
                stream: "s".into(),
                events,
                by: "lambda".into(),
            },
            delay: Delay::None,
            reference: None,
        });
    });
    sandbox.wait(1);
}

#[test]
fn a_function_s_group_appears_with_its_first_line() {
    let mut sandbox = Sandbox::new();
    deliver(&mut sandbox, "/aws/lambda/amende-email");

    let found = call(&mut sandbox, "FilterLogEvents", json!({ "logGroupName": "/aws/lambda/amende-email" }));
    assert_eq!(messages(&found), ["START"]);
}

#[test]
fn any_other_group_must_exist() {
    let mut sandbox = Sandbox::new();
    let region = sandbox.account.home().clone();
    let input = sandbox.ledger.arrive(
        sandbox.now(),
        Input { step: None, kind: InputKind::World { kind: "test", subject: "trail".into() } },
    );
    let events: Arc<[LogEvent]> = Arc::new([LogEvent { timestamp: EPOCH_MS, message: "{}".into() }]);
    let parcel =
        Parcel::LogEvents { group: "CloudTrail/logs".into(), stream: "s".into(), events, by: "t".into() };
    let reception: Reception = sandbox.with_outbox(Cause::Input(input), |account, out| {
        let logs = account.services_mut().get_mut(ServiceName::Logs).expect("there are logs");
        logs.receive(&parcel, &region, out)
    });

    assert_eq!(reception.expect_err("there is no such group").code, reasons::NO_RESOURCE);
}

#[test]
fn events_are_found_by_plain_terms_and_phrases_all_of_which_must_be_there() {
    let mut sandbox = with_stream();
    put(&mut sandbox, &[(0, "ERROR bus timed out"), (1, "INFO bus"), (2, "ERROR tram timed out")]);
    let mut find = |pattern: &str| {
        let query = json!({ "logGroupName": "/ville/appli", "filterPattern": pattern });
        let found = call(&mut sandbox, "FilterLogEvents", query);
        messages(&found).len()
    };

    assert_eq!(find(""), 3);
    assert_eq!(find("ERROR"), 2);
    assert_eq!(find("ERROR bus"), 1);
    assert_eq!(find("\"timed out\""), 2);
    assert_eq!(find("error"), 0);
}

#[test]
fn a_search_takes_every_syntax_and_refuses_a_pattern_where_it_is_wrong() {
    let mut sandbox = with_stream();
    put(&mut sandbox, &[(0, r#"{"level":"ERROR","ms":30}"#), (1, "INFO tram 12")]);
    let mut find = |pattern: &str| {
        let query = json!({ "logGroupName": "/ville/appli", "filterPattern": pattern });
        messages(&call(&mut sandbox, "FilterLogEvents", query)).len()
    };
    assert_eq!(find("{ $.level = ERROR && $.ms > 20 }"), 1);
    assert_eq!(find("[level = INFO, vehicle, line > 10]"), 1);
    assert_eq!(find("?ERROR ?INFO"), 2);
    assert_eq!(find("%tr[ao]m%"), 1);

    let query = json!({ "logGroupName": "/ville/appli", "filterPattern": "{ level = ERROR }" });
    let refusal = refused(&mut sandbox, "FilterLogEvents", query);
    assert!(
        refusal.starts_with("InvalidParameterException: Invalid filter pattern: at character 3"),
        "{refusal}"
    );
}

#[test]
fn pages_follow_each_other_until_no_token_is_left() {
    let mut sandbox = with_stream();
    put(&mut sandbox, &[(0, "a"), (1, "b"), (2, "c")]);
    let first = call(&mut sandbox, "FilterLogEvents", json!({ "logGroupName": "/ville/appli", "limit": 2 }));
    assert_eq!(messages(&first), ["a", "b"]);

    let next = json!({ "logGroupName": "/ville/appli", "limit": 2, "nextToken": first["nextToken"] });
    let second = call(&mut sandbox, "FilterLogEvents", next);
    assert_eq!((messages(&second), second.get("nextToken")), (vec!["c"], None));
}

#[test]
fn a_stream_is_read_from_its_end_unless_asked_from_its_head() {
    let mut sandbox = with_stream();
    put(&mut sandbox, &[(0, "a"), (1, "b"), (2, "c")]);
    let query = |from_head: bool| {
        json!({
            "logGroupName": "/ville/appli", "logStreamName": "web", "limit": 2, "startFromHead": from_head,
        })
    };

    let newest = call(&mut sandbox, "GetLogEvents", query(false));
    assert_eq!(messages(&newest), ["b", "c"]);
    let oldest = call(&mut sandbox, "GetLogEvents", query(true));
    assert_eq!(messages(&oldest), ["a", "b"]);
    let mut next = query(true);
    next["nextToken"] = oldest["nextForwardToken"].clone();
    let rest = call(&mut sandbox, "GetLogEvents", next);
    assert_eq!(messages(&rest), ["c"]);
}

#[test]
fn events_too_old_or_too_far_ahead_are_reported_while_the_rest_is_stored() {
    let mut sandbox = with_stream();
    let two_hours = 2 * 3_600_000;
    let answer = put(&mut sandbox, &[(0, "now"), (two_hours + 1, "later")]);
    assert_eq!(answer["rejectedLogEventsInfo"], json!({ "tooNewLogEventStartIndex": 1 }));

    let answer = put(&mut sandbox, &[(-15 * 86_400_000, "long ago")]);
    assert_eq!(answer["rejectedLogEventsInfo"], json!({ "tooOldLogEventEndIndex": 1 }));
    let found = call(&mut sandbox, "FilterLogEvents", json!({ "logGroupName": "/ville/appli" }));
    assert_eq!(messages(&found), ["now"]);
}

#[test]
fn a_batch_must_be_chronological_and_its_stream_must_exist() {
    let mut sandbox = with_stream();
    let batch = |stream: &str| {
        json!({
            "logGroupName": "/ville/appli", "logStreamName": stream,
            "logEvents": [
                { "timestamp": EPOCH_MS + 1, "message": "b" }, { "timestamp": EPOCH_MS, "message": "a" },
            ],
        })
    };
    assert!(refused(&mut sandbox, "PutLogEvents", batch("web")).contains("chronological order"));

    let mut sorted = batch("nowhere");
    sorted["logEvents"] = json!([{ "timestamp": EPOCH_MS, "message": "a" }]);
    assert_eq!(
        refused(&mut sandbox, "PutLogEvents", sorted),
        "ResourceNotFoundException: The specified log stream does not exist."
    );
}

#[test]
fn retention_is_one_of_the_service_s_own_numbers_and_shows_in_the_group() {
    let mut sandbox = with_stream();
    let policy = |days: u32| json!({ "logGroupName": "/ville/appli", "retentionInDays": days });
    assert!(refused(&mut sandbox, "PutRetentionPolicy", policy(2)).contains("enum value set"));
    call(&mut sandbox, "PutRetentionPolicy", policy(7));

    let groups = call(&mut sandbox, "DescribeLogGroups", json!({ "logGroupNamePrefix": "/ville" }));
    assert_eq!(groups["logGroups"][0]["retentionInDays"], 7);
    assert_eq!(groups["logGroups"][0]["arn"], "arn:aws:logs:us-east-1:123456789012:log-group:/ville/appli:*");
}

#[test]
fn lines_past_the_retention_of_their_group_are_gone_and_nothing_expires_without_one() {
    let mut sandbox = with_stream();
    put(&mut sandbox, &[(-3 * 86_400_000, "old")]);
    put(&mut sandbox, &[(0, "new")]);
    let found = |sandbox: &mut Sandbox| {
        let query = json!({ "logGroupName": "/ville/appli" });
        messages(&call(sandbox, "FilterLogEvents", query)).join(" ")
    };
    assert_eq!(found(&mut sandbox), "old new");

    let policy = json!({ "logGroupName": "/ville/appli", "retentionInDays": 3 });
    call(&mut sandbox, "PutRetentionPolicy", policy);
    sandbox.wait(1);
    assert_eq!(found(&mut sandbox), "new");
    let stream = json!({ "logGroupName": "/ville/appli", "logStreamName": "web" });
    assert_eq!(messages(&call(&mut sandbox, "GetLogEvents", stream)), ["new"]);

    call(&mut sandbox, "DeleteRetentionPolicy", json!({ "logGroupName": "/ville/appli" }));
    sandbox.wait(4 * 86_400);
    assert!(found(&mut sandbox).ends_with("new"));
}

#[test]
fn a_stream_goes_with_its_events() {
    let mut sandbox = with_stream();
    put(&mut sandbox, &[(0, "a")]);
    let stream = json!({ "logGroupName": "/ville/appli", "logStreamName": "web" });
    call(&mut sandbox, "DeleteLogStream", stream.clone());

    assert!(
        messages(&call(&mut sandbox, "FilterLogEvents", json!({ "logGroupName": "/ville/appli" })))
            .is_empty()
    );
    assert!(refused(&mut sandbox, "DeleteLogStream", stream).contains("log stream does not exist"));
}

#[test]
fn a_group_has_tags_by_its_arn() {
    let mut sandbox = Sandbox::new();
    let group = json!({ "logGroupName": "/ville/appli", "tags": { "Equipe": "rouge" } });
    call(&mut sandbox, "CreateLogGroup", group);
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/ville/appli";
    call(&mut sandbox, "TagResource", json!({ "resourceArn": arn, "tags": { "Cout": "12" } }));
    call(&mut sandbox, "UntagResource", json!({ "resourceArn": arn, "tagKeys": ["Equipe"] }));

    let tags = call(&mut sandbox, "ListTagsForResource", json!({ "resourceArn": format!("{arn}:*") }));
    assert_eq!(tags, json!({ "tags": { "Cout": "12" } }));
}

#[test]
fn rules_that_ask_what_is_there_hear_of_groups_and_their_retention() {
    let mut sandbox = with_stream();
    let policy = json!({ "logGroupName": "/ville/appli", "retentionInDays": 30 });
    call(&mut sandbox, "PutRetentionPolicy", policy);
    let facts = sandbox.services().logs.facts(sandbox.account.home());

    assert_eq!((facts.len(), &*facts[0].resource_type), (1, "AWS::Logs::LogGroup"));
    assert_eq!(facts[0].configuration["retentionInDays"], 30);
}

#[test]
fn what_a_group_cannot_have_here_is_refused_by_name() {
    let mut sandbox = Sandbox::new();
    let mut refusal = |member: &str, value: Value| {
        let mut group = json!({ "logGroupName": "/ville/appli" });
        group[member] = value;
        refused(&mut sandbox, "CreateLogGroup", group)
    };
    assert!(
        refusal("kmsKeyId", json!("alias/k"))
            .contains("kmsKeyId of CreateLogGroup is not simulated by Vigie")
    );
    assert!(refusal("logGroupClass", json!("DELIVERY")).contains("Vigie does not simulate logGroupClass"));
}

#[test]
fn a_group_counts_the_lines_and_bytes_it_takes_in() {
    let mut sandbox = with_stream();
    put(&mut sandbox, &[(0, "a"), (1, "bc")]);
    sandbox.wait(70);
    let mut sum = |metric: &str| {
        let asked = json!({
            "Namespace": "AWS/Logs", "MetricName": metric, "Period": 60, "Statistics": ["Sum"],
            "Dimensions": [{ "Name": "LogGroupName", "Value": "/ville/appli" }],
            "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:01:00Z",
        });
        sandbox.ok(ServiceName::CloudWatch, "GetMetricStatistics", asked)["Datapoints"][0]["Sum"].clone()
    };
    assert_eq!((sum("IncomingLogEvents"), sum("IncomingBytes")), (json!(2.0), json!(55.0)));
}

#[test]
fn a_group_is_created_once_and_gone_once_deleted() {
    let mut sandbox = with_stream();
    let name = json!({ "logGroupName": "/ville/appli" });
    assert!(refused(&mut sandbox, "CreateLogGroup", name.clone()).contains("already exists"));
    call(&mut sandbox, "DeleteLogGroup", name.clone());

    assert!(refused(&mut sandbox, "DeleteLogGroup", name).contains("does not exist"));
    assert!(refused(&mut sandbox, "CreateLogGroup", json!({ "logGroupName": "a b" })).contains("pattern"));
}

#[test]
fn streams_are_listed_by_name_or_by_their_newest_event() {
    let mut sandbox = with_stream();
    call(&mut sandbox, "CreateLogStream", json!({ "logGroupName": "/ville/appli", "logStreamName": "api" }));
    put(&mut sandbox, &[(0, "a")]);
    let mut names = |order: Value| -> Vec<String> {
        let listed = call(&mut sandbox, "DescribeLogStreams", order);
        let streams = listed["logStreams"].as_array().expect("a list").iter();
        streams.filter_map(|stream| stream["logStreamName"].as_str().map(Into::into)).collect()
    };

    assert_eq!(names(json!({ "logGroupName": "/ville/appli" })), ["api", "web"]);
    let by_time = json!({ "logGroupName": "/ville/appli", "orderBy": "LastEventTime", "descending": true });
    assert_eq!(names(by_time), ["web", "api"]);
}
