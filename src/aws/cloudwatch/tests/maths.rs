use super::*;
use crate::aws::{Note, cloudwatch::look::Reading};

fn stat(name: &str, stat: &str) -> Value {
    json!({ "Metric": { "Namespace": "Ville", "MetricName": name }, "Period": 60, "Stat": stat })
}

/// An alarm on the share of errors, in percent.
fn errors_alarm(changes: Value) -> Value {
    let mut alarm = json!({
        "AlarmName": "part-erreurs",
        "Metrics": [
            { "Id": "e1", "Expression": "100*erreurs/appels", "Label": "Part des erreurs" },
            { "Id": "erreurs", "MetricStat": stat("Erreurs", "Sum"), "ReturnData": false },
            { "Id": "appels", "MetricStat": stat("Appels", "Sum"), "ReturnData": false },
        ],
        "EvaluationPeriods": 1,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC],
    });
    for (name, value) in changes.as_object().expect("changes are an object") {
        alarm[name] = value.clone();
    }
    alarm
}

fn publish(sandbox: &mut Sandbox, name: &str, value: f64) {
    let datum = json!({ "MetricName": name, "Value": value });
    call(sandbox, "PutMetricData", json!({ "Namespace": "Ville", "MetricData": [datum] }));
}

#[test]
fn an_alarm_on_an_expression_follows_what_it_comes_to() {
    let mut sandbox = Sandbox::new();
    call(&mut sandbox, "PutMetricAlarm", errors_alarm(json!({})));
    publish(&mut sandbox, "Appels", 40.0);
    publish(&mut sandbox, "Erreurs", 5.0);
    sandbox.wait(70);

    let alarm = described(&mut sandbox);
    assert_eq!(alarm["StateValue"], "ALARM");
    assert_eq!(
        alarm["StateReason"],
        "Threshold Crossed: 1 datapoint [12.5 (20/11/26 09:00:00)] was greater than the threshold (10.0)."
    );
    assert_eq!((alarm.get("MetricName"), alarm.get("Period")), (None, None));
    assert_eq!(alarm["Metrics"][0]["Expression"], "100*erreurs/appels");
    let data: Value = serde_json::from_str(alarm["StateReasonData"].as_str().expect("a text")).expect("JSON");
    assert_eq!((data.get("statistic"), &data["period"]), (None, &json!(60)));
    assert_eq!(data["recentDatapoints"], json!([12.5]));
}

#[test]
fn the_newest_datapoint_of_any_metric_is_what_a_change_is_caused_by() {
    let mut sandbox = Sandbox::new();
    call(&mut sandbox, "PutMetricAlarm", errors_alarm(json!({})));
    publish(&mut sandbox, "Erreurs", 5.0);
    publish(&mut sandbox, "Appels", 40.0);
    sandbox.wait(70);

    let newest = sandbox.hops(HopPath::ResMetric).last().copied().expect("a datum").id;
    let change = sandbox.hops(HopPath::MetricAlarm).last().copied().expect("it changed");
    assert_eq!(change.cause, Cause::Hop(newest));
    assert_eq!(&*sandbox.ledger.node(change.from).resource, "Part des erreurs");
}

#[test]
fn event_and_notification_of_such_an_alarm_name_its_expression_and_its_metrics() {
    let mut sandbox = Sandbox::new();
    call(&mut sandbox, "PutMetricAlarm", errors_alarm(json!({})));
    publish(&mut sandbox, "Appels", 40.0);
    publish(&mut sandbox, "Erreurs", 5.0);
    sandbox.wait(70);

    let event = sandbox.payloads(HopPath::AlarmBus).pop().expect("the bus heard");
    let metrics = &event["detail"]["configuration"]["metrics"];
    assert_eq!(
        metrics[0],
        json!({ "id": "e1", "expression": "100*erreurs/appels", "label": "Part des erreurs", "returnData": true })
    );
    assert_eq!(metrics[1]["metricStat"]["metric"]["name"], "Erreurs");
    let notice = sandbox.payloads(HopPath::AlarmSns).pop().expect("the topic was told");
    let message: Value = serde_json::from_str(notice["Message"].as_str().expect("a text")).expect("JSON");
    assert_eq!(message["Trigger"]["Metrics"][0]["Expression"], "100*erreurs/appels");
    assert_eq!(message["Trigger"].get("MetricName"), None);
}

#[test]
fn what_the_metrics_of_an_alarm_may_not_be_is_said() {
    let mut sandbox = Sandbox::new();
    let mut refusal =
        |changes: Value| sandbox.error(ServiceName::CloudWatch, "PutMetricAlarm", errors_alarm(changes));
    let metric = |id: &str| json!({ "Id": id, "MetricStat": stat("Erreurs", "Sum"), "ReturnData": false });
    let expression = |text: &str| json!({ "Id": "e1", "Expression": text });

    assert_eq!(
        refusal(json!({ "Metrics": [metric("m1"), metric("m2")] })),
        "ValidationError: Exactly one element of the metrics list should return data."
    );
    assert_eq!(
        refusal(json!({ "Metrics": [metric("m1"), expression("m1 + m9")] })),
        "ValidationError: Error in expression 'e1': there is no query with the id 'm9' at char 6"
    );
    assert!(
        refusal(json!({ "Metrics": [metric("m1"), expression("[m1, m1]")] })).contains("multi time series")
    );
    assert!(
        refusal(json!({ "Metrics": [metric("m1"), expression("SUM(m1)")] })).contains("comes to a number")
    );
    assert!(
        refusal(json!({ "Metrics": [metric("m1"), expression("SEARCH(\"x\")")] }))
            .contains("does not simulate")
    );
    assert!(refusal(json!({ "Metrics": [metric("m1"), metric("m1")] })).contains("are not unique"));
    assert!(refusal(json!({ "Metrics": [metric("M1")] })).contains("not matching the expected pattern"));
    assert!(
        refusal(json!({ "MetricName": "Erreurs" })).contains("MetricName and Metrics are mutually exclusive")
    );
    let hour = json!({ "Id": "m2", "MetricStat": {
        "Metric": { "Namespace": "Ville", "MetricName": "Appels" }, "Period": 3600, "Stat": "Sum",
    }, "ReturnData": false });
    assert!(
        refusal(json!({ "Metrics": [metric("m1"), hour, expression("m1/m2")] })).contains("the same Period")
    );
    assert!(
        refusal(json!({ "ComparisonOperator": "LessThanLowerThreshold" }))
            .contains("ThresholdMetricId is required")
    );
}

/// An alarm on leaving the band of a metric's own past.
fn with_band_alarm(history: &[f64]) -> Sandbox {
    let mut sandbox = Sandbox::new();
    let alarm = json!({
        "AlarmName": "hors-bande",
        "Metrics": [
            { "Id": "m1", "MetricStat": stat("Passages", "Average") },
            { "Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "Label": "attendu" },
        ],
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ThresholdMetricId": "ad1",
        "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
    });
    for value in history {
        publish(&mut sandbox, "Passages", *value);
        sandbox.wait(60);
    }
    call(&mut sandbox, "PutMetricAlarm", alarm);
    sandbox
}

#[test]
fn an_alarm_on_a_band_goes_off_outside_of_the_metrics_own_past() {
    let past: Vec<f64> = (0..40).map(|minute| if minute % 2 == 0 { 10.0 } else { 20.0 }).collect();
    let mut sandbox = with_band_alarm(&past);
    publish(&mut sandbox, "Passages", 90.0);
    sandbox.wait(70);

    let alarm = described(&mut sandbox);
    assert_eq!((&alarm["StateValue"], &alarm["ThresholdMetricId"]), (&json!("ALARM"), &json!("ad1")));
    let reason = alarm["StateReason"].as_str().expect("a text");
    assert!(
        reason.starts_with(
            "Thresholds Crossed: 1 out of the last 1 datapoints [90.0 (20/11/26 09:40:00)] was less than"
        ),
        "{reason}"
    );
    assert!(reason.ends_with("(minimum 1 datapoint for OK -> ALARM transition)."), "{reason}");
    let data: Value = serde_json::from_str(alarm["StateReasonData"].as_str().expect("a text")).expect("JSON");
    assert!(
        data["recentUpperThresholds"][0].as_f64().is_some_and(|bound| (24.0..27.0).contains(&bound)),
        "{data}"
    );
    assert_eq!(data.get("threshold"), None);
}

#[test]
fn a_metric_without_a_past_has_no_band_and_so_nothing_to_compare_with() {
    let mut sandbox = with_band_alarm(&[10.0, 20.0]);
    publish(&mut sandbox, "Passages", 90.0);
    sandbox.wait(70);

    assert_eq!(described(&mut sandbox)["StateValue"], "INSUFFICIENT_DATA");
    let look = sandbox.ledger.notes().iter().rev().find_map(|note| match &note.body {
        Note::Evaluation(look) => Some(look),
        _ => None,
    });
    let readings: Vec<_> = look.expect("it looked").slots().map(|slot| slot.reading).collect();
    assert_eq!(readings, [Reading::LeftMissing]);
}

#[test]
fn several_metrics_and_expressions_are_read_at_once_newest_first() {
    let mut sandbox = Sandbox::new();
    for (calls, errors) in [(10.0, 1.0), (20.0, 4.0), (0.0, 0.0)] {
        publish(&mut sandbox, "Appels", calls);
        publish(&mut sandbox, "Erreurs", errors);
        sandbox.wait(60);
    }
    let asked = |scan_by: &str| {
        json!({
            "MetricDataQueries": [
                { "Id": "appels", "MetricStat": stat("Appels", "Sum") },
                { "Id": "erreurs", "MetricStat": stat("Erreurs", "Sum"), "ReturnData": false },
                { "Id": "part", "Expression": "erreurs / appels", "Label": "Part" },
                { "Id": "tous", "Expression": "METRICS() * 2", "Label": "Double" },
            ],
            "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:03:00Z", "ScanBy": scan_by,
        })
    };
    let answer = call(&mut sandbox, "GetMetricData", asked("TimestampDescending"));
    let shown: Vec<(Value, Value, Value)> = answer["MetricDataResults"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| (it["Id"].clone(), it["Label"].clone(), it["Values"].clone()))
        .collect();
    assert_eq!(
        shown,
        [
            (json!("appels"), json!("Appels"), json!([0.0, 20.0, 10.0])),
            (json!("part"), json!("Part"), json!([0.2, 0.1])),
            (json!("tous"), json!("Double Appels"), json!([0.0, 40.0, 20.0])),
            (json!("tous"), json!("Double Erreurs"), json!([0.0, 8.0, 2.0])),
        ]
    );
    let answer = call(&mut sandbox, "GetMetricData", asked("TimestampAscending"));
    assert_eq!(answer["MetricDataResults"][1]["Timestamps"][0], "2026-11-20T09:00:00+00:00");
}

#[test]
fn an_answer_too_long_for_one_page_goes_on_in_the_next() {
    let mut sandbox = Sandbox::new();
    for value in [1.0, 2.0, 3.0] {
        publish(&mut sandbox, "Appels", value);
        publish(&mut sandbox, "Erreurs", value * 10.0);
        sandbox.wait(60);
    }
    let mut asked = json!({
        "MetricDataQueries": [
            { "Id": "m1", "MetricStat": stat("Appels", "Sum") }, { "Id": "m2", "MetricStat": stat("Erreurs", "Sum") },
        ],
        "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:03:00Z", "ScanBy": "TimestampAscending",
        "MaxDatapoints": 4,
    });
    let values = |answer: &Value| -> Vec<(Value, Value, Value)> {
        let results = answer["MetricDataResults"].as_array().expect("a list");
        results.iter().map(|it| (it["Id"].clone(), it["Values"].clone(), it["StatusCode"].clone())).collect()
    };
    let first = call(&mut sandbox, "GetMetricData", asked.clone());
    asked["NextToken"] = first["NextToken"].clone();
    let second = call(&mut sandbox, "GetMetricData", asked);

    assert_eq!(
        values(&first),
        [
            (json!("m1"), json!([1.0, 2.0, 3.0]), json!("Complete")),
            (json!("m2"), json!([10.0]), json!("PartialData")),
        ]
    );
    assert_eq!(values(&second), [(json!("m2"), json!([20.0, 30.0]), json!("Complete"))]);
    assert_eq!(second.get("NextToken"), None);
}

#[test]
fn an_expression_over_metrics_of_several_periods_has_the_period_they_share() {
    let mut sandbox = Sandbox::new();
    for _ in 0..4 {
        publish(&mut sandbox, "Appels", 1.0);
        sandbox.wait(60);
    }
    let every = |seconds: u32| json!({ "Metric": { "Namespace": "Ville", "MetricName": "Appels" }, "Period": seconds, "Stat": "Sum" });
    let asked = json!({
        "MetricDataQueries": [
            { "Id": "m1", "MetricStat": every(60), "ReturnData": false },
            { "Id": "m2", "MetricStat": every(120), "ReturnData": false },
            { "Id": "e1", "Expression": "m1 + m2" },
        ],
        "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T09:04:00Z",
    });
    assert_eq!(
        call(&mut sandbox, "GetMetricData", asked)["MetricDataResults"][0]["Values"],
        json!([4.0, 4.0])
    );
}
