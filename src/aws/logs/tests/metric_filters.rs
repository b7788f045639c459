//! What metric filters promise.

use serde_json::{Value, json};

use super::{call, put, refused, with_stream};
use crate::aws::{HopPath, ServiceName, note::reasons, testing::Sandbox};

const GROUP: &str = "/ville/appli";

fn filter(pattern: &str, transformation: Value) -> Value {
    let mut transformation = transformation;
    transformation["metricName"] = "Echecs".into();
    transformation["metricNamespace"] = "Ville".into();
    json!({
        "logGroupName": GROUP, "filterName": "echecs", "filterPattern": pattern,
        "metricTransformations": [transformation],
    })
}

fn counting(pattern: &str) -> Sandbox {
    let mut sandbox = with_stream();
    call(&mut sandbox, "PutMetricFilter", filter(pattern, json!({ "metricValue": "1" })));
    sandbox
}

/// Sum and number of samples of each minute, from 09:00 on.
fn minutes(sandbox: &mut Sandbox, dimensions: Value) -> Vec<(Value, Value)> {
    let asked = json!({
        "Namespace": "Ville", "MetricName": "Echecs", "Period": 60, "Statistics": ["Sum", "SampleCount"],
        "Dimensions": dimensions, "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T10:00:00Z",
    });
    let answer = sandbox.ok(ServiceName::CloudWatch, "GetMetricStatistics", asked);
    let mut points = answer["Datapoints"].as_array().cloned().unwrap_or_default();
    points.sort_by_key(|point| point["Timestamp"].to_string());
    points.iter().map(|point| (point["Sum"].clone(), point["SampleCount"].clone())).collect()
}

/// Why something was seen and not counted, each time.
fn why_not(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let misses = sandbox.near_misses().into_iter().filter(|miss| miss.path == HopPath::LogsMetric);
    misses.map(|miss| (miss.reason.code, miss.reason.detail.to_string())).collect()
}

#[test]
fn each_line_that_matches_is_a_sample_and_a_delivery_is_one_hop() {
    let mut sandbox = counting("ERROR");
    put(&mut sandbox, &[(0, "ERROR a"), (1, "INFO b"), (2, "ERROR c")]);
    sandbox.wait(1);

    assert_eq!(sandbox.titles(HopPath::LogsMetric), ["Echecs 2"]);
    assert_eq!(minutes(&mut sandbox, json!([])), [(json!(2.0), json!(2.0))]);
}

#[test]
fn lines_stored_before_the_filter_are_not_counted_and_one_is_told_so() {
    let mut sandbox = with_stream();
    put(&mut sandbox, &[(0, "ERROR a"), (1, "ERROR b"), (2, "INFO c")]);
    call(&mut sandbox, "PutMetricFilter", filter("ERROR", json!({ "metricValue": "1" })));
    sandbox.wait(120);

    assert_eq!(sandbox.hops(HopPath::LogsMetric).len(), 0);
    assert_eq!(why_not(&sandbox), [(reasons::ALREADY_STORED, "echecs: 2".to_owned())]);
}

#[test]
fn a_line_that_is_seen_and_not_counted_says_which_condition_failed() {
    let mut sandbox = counting("{ $.event = ConsoleLogin && $.result = Failure }");
    put(&mut sandbox, &[(0, r#"{"event":"ConsoleLogin","result":"Success"}"#)]);

    let detail = "echecs: 1/1, $.result = \"Failure\" ≠ \"Success\"".to_owned();
    assert_eq!(why_not(&sandbox), [(reasons::PATTERN_NOT_MATCHED, detail)]);
}

#[test]
fn a_delivery_leaves_one_near_miss_however_many_lines_and_filters() {
    let mut sandbox = counting("ERROR");
    let mut other = filter("FATAL", json!({ "metricValue": "1" }));
    other["filterName"] = "fatales".into();
    call(&mut sandbox, "PutMetricFilter", other);
    put(&mut sandbox, &[(0, "INFO a"), (1, "INFO b")]);

    let told = why_not(&sandbox);
    assert_eq!(told.len(), 1);
    assert!(told[0].1.contains("echecs: 2/2") && told[0].1.contains("fatales: 2/2"), "{}", told[0].1);
}

#[test]
fn the_default_value_is_for_minutes_in_which_lines_came_and_none_matched() {
    let mut sandbox = with_stream();
    let with_default = filter("ERROR", json!({ "metricValue": "1", "defaultValue": 0.0 }));
    call(&mut sandbox, "PutMetricFilter", with_default);
    put(&mut sandbox, &[(0, "INFO a"), (1, "INFO b")]);
    sandbox.wait(60);
    put(&mut sandbox, &[(60_000, "INFO c"), (60_001, "ERROR d")]);
    sandbox.wait(240);

    assert_eq!(minutes(&mut sandbox, json!([])), [(json!(0.0), json!(1.0)), (json!(1.0), json!(1.0))]);
}

#[test]
fn without_a_default_value_a_minute_without_match_has_no_datapoint() {
    let mut sandbox = counting("ERROR");
    put(&mut sandbox, &[(0, "INFO a")]);
    sandbox.wait(120);

    assert_eq!(minutes(&mut sandbox, json!([])), []);
}

#[test]
fn a_value_comes_from_a_field_or_a_word_and_a_line_that_lacks_it_says_so() {
    let mut sandbox = with_stream();
    call(&mut sandbox, "PutMetricFilter", filter("{ $.ms = * }", json!({ "metricValue": "$.ms" })));
    put(&mut sandbox, &[(0, r#"{"ms":30}"#), (1, r#"{"ms":"12.5"}"#), (2, r#"{"ms":"slow"}"#)]);
    sandbox.wait(1);
    assert_eq!(minutes(&mut sandbox, json!([])), [(json!(42.5), json!(2.0))]);
    assert_eq!(why_not(&sandbox), [(reasons::NO_METRIC_VALUE, "echecs: $.ms = slow".to_owned())]);

    call(&mut sandbox, "PutMetricFilter", filter("[verb, bytes > 0]", json!({ "metricValue": "$bytes" })));
    put(&mut sandbox, &[(3, "GET 100")]);
    sandbox.wait(1);
    assert_eq!(minutes(&mut sandbox, json!([])), [(json!(142.5), json!(3.0))]);
}

#[test]
fn dimensions_take_their_values_from_the_line() {
    let mut sandbox = with_stream();
    let by_user = json!({ "metricValue": "1", "unit": "Count", "dimensions": { "Utilisateur": "$.user" } });
    call(&mut sandbox, "PutMetricFilter", filter("{ $.user = * }", by_user));
    put(&mut sandbox, &[(0, r#"{"user":"bruno"}"#), (1, r#"{"user":"amina"}"#), (2, r#"{"user":"bruno"}"#)]);
    sandbox.wait(1);

    let of = |user: &str| json!([{ "Name": "Utilisateur", "Value": user }]);
    assert_eq!(minutes(&mut sandbox, of("bruno")), [(json!(2.0), json!(2.0))]);
    assert_eq!(minutes(&mut sandbox, of("amina")), [(json!(1.0), json!(1.0))]);
    assert_eq!(minutes(&mut sandbox, json!([])), []);
}

#[test]
fn what_a_filter_cannot_be_is_refused_in_the_service_s_words() {
    let mut sandbox = with_stream();
    let mut refusal = |pattern: &str, transformation: Value| {
        refused(&mut sandbox, "PutMetricFilter", filter(pattern, transformation))
    };
    let one = json!({ "Utilisateur": "$.user" });

    let text = refusal("ERROR", json!({ "metricValue": "1", "dimensions": one }));
    assert_eq!(text, "InvalidParameterException: The specified filter pattern does not support dimensions");
    let text = refusal("{ $.user = * }", json!({ "metricValue": "1", "defaultValue": 0, "dimensions": one }));
    assert!(text.contains("mutually exclusive properties"), "{text}");
    let four = json!({ "a": "$.a", "b": "$.b", "c": "$.c", "d": "$.d" });
    let text = refusal("{ $.user = * }", json!({ "metricValue": "1", "dimensions": four }));
    assert!(text.starts_with("LimitExceededException"), "{text}");
    assert!(refusal("ERROR", json!({ "metricValue": "$.ms" })).contains("does not give $.ms"));
    assert!(refusal("ERROR", json!({ "metricValue": "1", "unit": "Cars" })).contains("enum value set"));
    assert!(refusal("{ $.a = }", json!({ "metricValue": "1" })).contains("at character 9"));
}

#[test]
fn filters_are_listed_replaced_and_deleted_by_name() {
    let mut sandbox = counting("ERROR");
    call(
        &mut sandbox,
        "PutMetricFilter",
        filter("FATAL", json!({ "metricValue": "2", "defaultValue": 0.0 })),
    );
    let listed = call(&mut sandbox, "DescribeMetricFilters", json!({ "logGroupName": GROUP }));
    let shown = &listed["metricFilters"];
    assert_eq!((shown.as_array().map(Vec::len), &shown[0]["filterPattern"]), (Some(1), &json!("FATAL")));
    assert_eq!(
        shown[0]["metricTransformations"][0],
        json!({
            "metricName": "Echecs", "metricNamespace": "Ville", "metricValue": "2", "defaultValue": 0.0,
        })
    );
    let groups = call(&mut sandbox, "DescribeLogGroups", json!({}));
    assert_eq!(groups["logGroups"][0]["metricFilterCount"], 1);

    let name = json!({ "logGroupName": GROUP, "filterName": "echecs" });
    call(&mut sandbox, "DeleteMetricFilter", name.clone());
    assert!(refused(&mut sandbox, "DeleteMetricFilter", name).contains("metric filter does not exist"));
}

#[test]
fn a_pattern_is_tried_on_sample_lines() {
    let mut sandbox = Sandbox::new();
    let tried = call(
        &mut sandbox,
        "TestMetricFilter",
        json!({
            "filterPattern": "[ip, ..., status = 4*]", "logEventMessages": ["10.0.0.1 - 200", "10.0.0.2 - 404"],
        }),
    );

    assert_eq!(
        tried["matches"],
        json!([{
            "eventNumber": 2,
            "eventMessage": "10.0.0.2 - 404",
            "extractedValues": { "$ip": "10.0.0.2", "$2": "-", "$status": "404" },
        }])
    );
}

#[test]
fn a_group_has_five_filters_with_regular_expressions_at_most() {
    let mut sandbox = with_stream();
    let numbered = |number: usize| {
        let mut filter = filter("%ERR%", json!({ "metricValue": "1" }));
        filter["filterName"] = format!("f{number}").into();
        filter
    };
    for number in 0..5 {
        call(&mut sandbox, "PutMetricFilter", numbered(number));
    }
    assert!(refused(&mut sandbox, "PutMetricFilter", numbered(5)).starts_with("LimitExceededException"));
}
