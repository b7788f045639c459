//! What queries of Logs Insights promise as operations; the language has its own tests.

use serde_json::{Value, json};

use super::{EPOCH_MS, call, put, refused, with_stream};
use crate::aws::testing::Sandbox;

fn with_lines() -> Sandbox {
    let mut sandbox = with_stream();
    put(
        &mut sandbox,
        &[
            (0, r#"{"level":"INFO","n":1}"#),
            (1_000, r#"{"level":"ERROR","n":2}"#),
            (61_000, r#"{"level":"ERROR","n":3}"#),
        ],
    );
    sandbox.wait(120);
    sandbox
}

fn start(sandbox: &mut Sandbox, query: &str) -> Value {
    let asked = json!({
        "logGroupName": "/ville/appli", "queryString": query,
        "startTime": EPOCH_MS / 1_000, "endTime": EPOCH_MS / 1_000 + 3_600,
    });
    json!({ "queryId": call(sandbox, "StartQuery", asked)["queryId"] })
}

#[test]
fn a_query_runs_for_a_while_and_then_has_its_results() {
    let mut sandbox = with_lines();
    let id =
        start(&mut sandbox, "filter level = \"ERROR\" | stats count(*) as errors by bin(1m) | sort errors");
    let running = call(&mut sandbox, "GetQueryResults", id.clone());
    assert_eq!((&running["status"], &running["results"]), (&json!("Running"), &json!([])));

    sandbox.wait(5);
    let done = call(&mut sandbox, "GetQueryResults", id);
    assert_eq!(done["status"], "Complete");
    assert_eq!(done["results"].as_array().map(Vec::len), Some(2));
    assert_eq!(done["results"][0][1], json!({ "field": "errors", "value": "1" }));
    let statistics = &done["statistics"];
    assert_eq!((&statistics["recordsMatched"], &statistics["recordsScanned"]), (&json!(2.0), &json!(3.0)));
}

#[test]
fn a_row_that_stands_for_an_event_points_to_it() {
    let mut sandbox = with_lines();
    let id = start(&mut sandbox, "fields n, nothing | sort n | limit 1");
    sandbox.wait(5);
    let row = call(&mut sandbox, "GetQueryResults", id)["results"][0].clone();
    assert_eq!((&row[0], &row[1]["field"]), (&json!({ "field": "n", "value": "1" }), &json!("@ptr")));

    let record = call(&mut sandbox, "GetLogRecord", json!({ "logRecordPointer": row[1]["value"] }));
    assert_eq!(record["logRecord"]["level"], "INFO");
    assert_eq!(record["logRecord"]["@logStream"], "web");
    assert_eq!(record["logRecord"]["@log"], "123456789012:/ville/appli");
}

#[test]
fn a_query_that_is_none_is_refused_at_its_place_and_nothing_runs() {
    let mut sandbox = with_lines();
    let asked = json!({ "logGroupName": "/ville/appli", "queryString": "fields a | fliter b", "startTime": 0, "endTime": 1 });
    let refusal = refused(&mut sandbox, "StartQuery", asked);

    assert!(
        refusal
            .starts_with("MalformedQueryException: unexpected symbol found fliter at line 1 and position 12")
    );
    assert_eq!(call(&mut sandbox, "DescribeQueries", json!({}))["queries"], json!([]));
}

#[test]
fn a_query_names_its_groups_in_one_way_and_they_exist() {
    let mut sandbox = with_lines();
    let mut refusal = |groups: Value| {
        let mut asked = json!({ "queryString": "fields a", "startTime": 0, "endTime": 1 });
        for (member, value) in groups.as_object().into_iter().flatten() {
            asked[member] = value.clone();
        }
        refused(&mut sandbox, "StartQuery", asked)
    };
    assert!(refusal(json!({})).contains("Exactly one of"));
    assert!(refusal(json!({ "logGroupName": "a", "logGroupNames": ["b"] })).contains("Exactly one of"));
    assert_eq!(
        refusal(json!({ "logGroupNames": ["/nulle/part"] })),
        "ResourceNotFoundException: Log group '/nulle/part' does not exist for account ID '123456789012'"
    );
}

#[test]
fn a_query_can_be_stopped_while_it_runs_and_not_after() {
    let mut sandbox = with_lines();
    let id = start(&mut sandbox, "fields n");
    assert_eq!(call(&mut sandbox, "StopQuery", id.clone())["success"], true);
    sandbox.wait(5);
    assert_eq!(call(&mut sandbox, "GetQueryResults", id.clone())["status"], "Cancelled");
    assert!(refused(&mut sandbox, "StopQuery", id).contains("is not running"));

    let listed = call(&mut sandbox, "DescribeQueries", json!({ "status": "Cancelled" }));
    assert_eq!(listed["queries"][0]["queryString"], "fields n");
}

#[test]
fn the_results_of_a_query_come_in_pages_when_asked() {
    let mut sandbox = with_lines();
    let mut asked = start(&mut sandbox, "fields n | sort n");
    sandbox.wait(5);
    asked["maxItems"] = 2.into();
    let first = call(&mut sandbox, "GetQueryResults", asked.clone());
    assert_eq!(first["results"].as_array().map(Vec::len), Some(2));
    asked["nextToken"] = first["nextToken"].clone();
    let second = call(&mut sandbox, "GetQueryResults", asked);
    assert_eq!((second["results"].as_array().map(Vec::len), second.get("nextToken")), (Some(1), None));
}
