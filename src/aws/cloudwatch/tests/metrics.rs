use serde_json::{Value, json};

use super::*;

#[test]
fn what_the_service_would_refuse_is_refused_in_its_words() {
    let mut sandbox = Sandbox::new();
    let mut refusal =
        |changes: Value| sandbox.error(ServiceName::CloudWatch, "PutMetricAlarm", radar(changes));

    assert_eq!(
        refusal(json!({ "Period": 45 })),
        "ValidationError: Period must be 10, 20, 30 or a multiple of 60"
    );
    assert_eq!(
        refusal(json!({ "DatapointsToAlarm": 6 })),
        "ValidationError: DatapointsToAlarm must be less than or equal to EvaluationPeriods"
    );
    assert_eq!(
        refusal(json!({ "TreatMissingData": "maybe" })),
        "ValidationError: The value maybe is not supported for TreatMissingData parameter. Supported values are [breaching, \
         notBreaching, ignore, missing]."
    );
    assert!(refusal(json!({ "Period": 86_400 * 2 })).contains("must be <= 604800"));
    assert!(refusal(json!({ "ComparisonOperator": "Above" })).contains("at 'comparisonOperator'"));
    assert!(refusal(json!({ "EvaluationPeriods": 0 })).contains("at 'evaluationPeriods'"));
    assert!(refusal(json!({ "ExtendedStatistic": "p95" })).starts_with("InvalidParameterCombination"));
    assert!(
        refusal(json!({ "Statistic": null, "ExtendedStatistic": "p101" }))
            .starts_with("InvalidParameterValue")
    );
}

#[test]
fn statistics_come_back_by_period_for_a_metric_somebody_published() {
    let mut sandbox = Sandbox::new();
    let data = json!({
        "Namespace": "Ville",
        "MetricData": [
            { "MetricName": "Passages", "Value": 3, "Unit": "Count" },
            { "MetricName": "Passages", "Values": [1, 5], "Counts": [2, 1], "Unit": "Count" },
        ],
    });
    call(&mut sandbox, "PutMetricData", data);

    let answer = call(
        &mut sandbox,
        "GetMetricStatistics",
        json!({
            "Namespace": "Ville", "MetricName": "Passages", "Period": 60,
            "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:01:00Z",
            "Statistics": ["Sum", "SampleCount", "Maximum"],
        }),
    );
    assert_eq!(
        answer["Datapoints"],
        json!([{
            "Timestamp": "2026-11-20T09:00:00+00:00",
            "Sum": 10.0, "SampleCount": 4.0, "Maximum": 5.0, "Unit": "Count",
        }])
    );
    let listed = call(&mut sandbox, "ListMetrics", json!({ "Namespace": "Ville" }));
    assert_eq!(listed["Metrics"].as_array().map(Vec::len), Some(1));
}

fn publish(sandbox: &mut Sandbox, data: Value) {
    call(sandbox, "PutMetricData", json!({ "Namespace": "Ville", "MetricData": data }));
}

#[test]
fn a_published_datum_is_a_hop_that_an_alarm_can_name_as_its_cause() {
    let mut sandbox = with_radar(
        json!({ "EvaluationPeriods": 1, "Namespace": "Ville", "MetricName": "Passages", "Dimensions": [] }),
    );
    publish(&mut sandbox, json!([{ "MetricName": "Passages", "Value": 90 }]));
    sandbox.wait(120);

    let change = sandbox.hops(HopPath::MetricAlarm).first().copied().expect("it changed");
    let datum = sandbox.hops(HopPath::ResMetric).first().copied().expect("a datum").id;
    assert_eq!(change.cause, Cause::Hop(datum));
}

#[test]
fn extended_statistics_come_from_the_values_and_stand_apart() {
    let mut sandbox = Sandbox::new();
    publish(
        &mut sandbox,
        json!([{ "MetricName": "Latency", "Values": [10, 20, 1000], "Counts": [50, 45, 5] }]),
    );

    let asked = json!({
        "Namespace": "Ville", "MetricName": "Latency", "Period": 60,
        "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:01:00Z",
        "Statistics": ["Average"], "ExtendedStatistics": ["p95", "tm95", "PR(:20)"],
    });
    assert_eq!(
        call(&mut sandbox, "GetMetricStatistics", asked)["Datapoints"],
        json!([{
            "Timestamp": "2026-11-20T09:00:00+00:00", "Average": 64.0, "Unit": "None",
            "ExtendedStatistics": { "p95": 20.0, "tm95": 14.736_842_105_263_158, "PR(:20)": 95.0 },
        }])
    );
}

#[test]
fn units_of_one_metric_are_streams_of_their_own() {
    let mut sandbox = Sandbox::new();
    publish(
        &mut sandbox,
        json!([
            { "MetricName": "Volume", "Value": 3, "Unit": "Bytes" },
            { "MetricName": "Volume", "Value": 5, "Unit": "Kilobytes" },
        ]),
    );
    let asked = |unit: Option<&str>| {
        json!({
            "Namespace": "Ville", "MetricName": "Volume", "Period": 60, "Statistics": ["Sum"], "Unit": unit,
            "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:01:00Z",
        })
    };
    let sums = |answer: Value| -> Vec<(Value, Value)> {
        let points = answer["Datapoints"].as_array().cloned().unwrap_or_default();
        points.into_iter().map(|point| (point["Sum"].clone(), point["Unit"].clone())).collect()
    };

    let both = sums(call(&mut sandbox, "GetMetricStatistics", asked(None)));
    assert_eq!(both, [(json!(3.0), json!("Bytes")), (json!(5.0), json!("Kilobytes"))]);
    let one = sums(call(&mut sandbox, "GetMetricStatistics", asked(Some("Kilobytes"))));
    assert_eq!(one, [(json!(5.0), json!("Kilobytes"))]);

    let query = json!({
        "Id": "m1",
        "MetricStat": {
            "Metric": { "Namespace": "Ville", "MetricName": "Volume" }, "Period": 60, "Stat": "Sum",
        },
    });
    let asked = json!({
        "MetricDataQueries": [query], "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:01:00Z",
    });
    let answer = call(&mut sandbox, "GetMetricData", asked);
    assert_eq!(answer["Messages"][0]["Code"], "MultipleUnits");
}

#[test]
fn a_datum_that_cannot_be_is_refused_and_none_of_its_request_is_kept() {
    let mut sandbox = Sandbox::new();
    let mut refusal = |namespace: &str, datum: Value| {
        let data = json!([{ "MetricName": "Passages", "Value": 1 }, datum]);
        let request = json!({ "Namespace": namespace, "MetricData": data });
        sandbox.error(ServiceName::CloudWatch, "PutMetricData", request)
    };
    let name = "Passages";

    assert_eq!(
        refusal("AWS/EC2", json!({ "MetricName": name, "Value": 1 })),
        "InvalidParameterValue: The value AWS/ for parameter Namespace is invalid."
    );
    assert!(refusal(":ville", json!({ "MetricName": name, "Value": 1 })).contains("parameter Namespace"));
    assert_eq!(
        refusal("Ville", json!({ "MetricName": name, "Value": 1, "Values": [1] })),
        "InvalidParameterCombination: The parameters MetricData.member.2.Value and MetricData.member.2.Values are \
         mutually exclusive and you have specified both."
    );
    assert_eq!(
        refusal("Ville", json!({ "MetricName": name, "Values": [1, 2], "Counts": [1] })),
        "InvalidParameterValue: The parameters MetricData.member.2.Values and MetricData.member.2.Counts must be of the \
         same size."
    );
    assert!(refusal("Ville", json!({ "MetricName": name })).starts_with("MissingParameter"));
    assert!(
        refusal("Ville", json!({ "MetricName": name, "Value": 1e300 })).contains("member.2.Value is invalid")
    );
    assert!(
        refusal("Ville", json!({ "MetricName": name, "Values": vec![1; 151] })).contains("greater than 150")
    );
    assert!(
        refusal("Ville", json!({ "MetricName": name, "Value": 1, "StorageResolution": 5 }))
            .contains("1 or 60")
    );
    let late = json!({ "MetricName": name, "Value": 1, "Timestamp": "2026-11-01T00:00:00Z" });
    assert!(refusal("Ville", late).contains("within the past two weeks"));
    let set = json!({ "SampleCount": 2, "Sum": 3, "Minimum": 5, "Maximum": 1 });
    assert!(
        refusal("Ville", json!({ "MetricName": name, "StatisticValues": set }))
            .contains("must be greater than")
    );

    let listed = call(&mut sandbox, "ListMetrics", json!({}));
    assert_eq!(listed["Metrics"], json!([]));
}

#[test]
fn what_nobody_may_ask_for_is_refused() {
    let mut sandbox = Sandbox::new();
    let mut refusal = |changes: Value| {
        let mut asked = json!({
            "Namespace": "Ville", "MetricName": "Passages", "Period": 60, "Statistics": ["Sum"],
            "StartTime": "2026-11-20T08:00:00Z", "EndTime": "2026-11-20T09:00:00Z",
        });
        for (name, value) in changes.as_object().expect("an object") {
            asked[name] = value.clone();
        }
        sandbox.error(ServiceName::CloudWatch, "GetMetricStatistics", asked)
    };

    assert!(refusal(json!({ "StartTime": "2026-11-18T08:00:00Z" })).contains("exceeds the limit of 1,440"));
    assert!(refusal(json!({ "EndTime": "2026-11-20T08:00:00Z" })).contains("StartTime must be less than"));
    assert!(refusal(json!({ "Period": 45 })).contains("Period must be"));
    assert!(refusal(json!({ "Statistics": ["Median"] })).contains("at 'statistics'"));
    assert!(
        refusal(json!({ "Statistics": [] })).contains("Must specify either Statistics or ExtendedStatistics")
    );
}

#[test]
fn metrics_are_listed_by_page_and_by_dimension() {
    let mut sandbox = Sandbox::new();
    for start in [0, 300] {
        let data: Vec<Value> = (start..start + 300)
            .map(|car| {
                let dimensions = json!([{ "Name": "Voiture", "Value": format!("v{car}") }]);
                json!({ "MetricName": "Passages", "Value": 1, "Dimensions": dimensions })
            })
            .collect();
        publish(&mut sandbox, data.into());
    }
    let first = call(&mut sandbox, "ListMetrics", json!({ "Namespace": "Ville" }));
    let second = call(&mut sandbox, "ListMetrics", json!({ "NextToken": first["NextToken"] }));
    let count = |answer: &Value| answer["Metrics"].as_array().map(Vec::len);
    assert_eq!((count(&first), count(&second), second.get("NextToken")), (Some(500), Some(100), None));
    let asked = json!({ "Dimensions": [{ "Name": "Voiture", "Value": "v7" }] });
    assert_eq!(count(&call(&mut sandbox, "ListMetrics", asked)), Some(1));
    assert!(
        sandbox
            .error(ServiceName::CloudWatch, "ListMetrics", json!({ "NextToken": "page-9000" }))
            .starts_with("InvalidNextToken")
    );
}
