use serde_json::{Value, json};

use super::*;

#[test]
fn history_tells_configurations_and_changes_newest_first() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    drive(&mut sandbox, &[90.0]);

    let history = call(&mut sandbox, "DescribeAlarmHistory", json!({}));
    let kinds: Vec<&str> = history["AlarmHistoryItems"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|item| item["HistoryItemType"].as_str())
        .collect();
    assert!(
        kinds.starts_with(&["Action", "StateUpdate"]) || kinds.starts_with(&["StateUpdate"]),
        "{kinds:?}"
    );
    assert_eq!(kinds.last(), Some(&"ConfigurationUpdate"));
}

fn items(sandbox: &mut Sandbox, asked: Value) -> Vec<Value> {
    call(sandbox, "DescribeAlarmHistory", asked)["AlarmHistoryItems"].as_array().cloned().expect("a list")
}

#[test]
fn a_configuration_is_kept_in_the_casing_of_the_history() {
    let mut sandbox = with_radar(json!({}));

    let item = items(&mut sandbox, json!({})).remove(0);
    assert_eq!(item["HistorySummary"], "Alarm \"radar-110\" created");
    let data: Value = serde_json::from_str(item["HistoryData"].as_str().expect("a text")).expect("JSON");
    assert_eq!(data["type"], "Create");
    let alarm = &data["createdAlarm"];
    assert_eq!(alarm["dimensions"], json!([{ "value": "i-rouge", "name": "InstanceId" }]));
    assert_eq!((&alarm["stateValue"], &alarm["okactions"]), (&json!("INSUFFICIENT_DATA"), &json!([])));
}

#[test]
fn history_comes_in_pages_and_outlives_the_alarm_for_thirty_days() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    drive(&mut sandbox, &[90.0, 20.0, 90.0]);
    call(&mut sandbox, "DeleteAlarms", json!({ "AlarmNames": ["radar-110"] }));

    let asked = json!({ "HistoryItemType": "StateUpdate", "MaxRecords": 2, "ScanBy": "TimestampAscending" });
    let first = call(&mut sandbox, "DescribeAlarmHistory", asked);
    let token = first["NextToken"].clone();
    let asked = json!({
        "HistoryItemType": "StateUpdate", "MaxRecords": 2, "ScanBy": "TimestampAscending", "NextToken": token,
    });
    let second = call(&mut sandbox, "DescribeAlarmHistory", asked);
    let summaries = |answer: &Value| -> Vec<Value> {
        let items = answer["AlarmHistoryItems"].as_array().expect("a list");
        items.iter().map(|item| item["HistorySummary"].clone()).collect()
    };
    assert_eq!(
        summaries(&first),
        ["Alarm updated from INSUFFICIENT_DATA to ALARM", "Alarm updated from ALARM to OK"]
    );
    assert_eq!(summaries(&second), ["Alarm updated from OK to ALARM"]);

    sandbox.wait(31 * 86_400);
    call(&mut sandbox, "PutMetricAlarm", radar(json!({})));
    assert_eq!(items(&mut sandbox, json!({})).len(), 1);
}

#[test]
fn alarms_are_found_by_name_state_action_metric_and_page() {
    let mut sandbox = with_radar(json!({}));
    for name in ["frein-1", "frein-2"] {
        let alarm = radar(json!({ "AlarmName": name, "AlarmActions": [], "MetricName": "DiskReadOps" }));
        call(&mut sandbox, "PutMetricAlarm", alarm);
    }
    let mut names = |operation: &str, asked: Value| -> Vec<String> {
        let answer = call(&mut sandbox, operation, asked);
        let alarms = answer["MetricAlarms"].as_array().expect("a list");
        alarms.iter().filter_map(|alarm| alarm["AlarmName"].as_str().map(Into::into)).collect()
    };

    assert_eq!(names("DescribeAlarms", json!({})), ["frein-1", "frein-2", "radar-110"]);
    assert_eq!(names("DescribeAlarms", json!({ "AlarmNamePrefix": "frein" })), ["frein-1", "frein-2"]);
    assert_eq!(names("DescribeAlarms", json!({ "ActionPrefix": "arn:aws:sns" })), ["radar-110"]);
    assert_eq!(names("DescribeAlarms", json!({ "StateValue": "OK" })), Vec::<String>::new());
    assert_eq!(names("DescribeAlarms", json!({ "MaxRecords": 1, "NextToken": "page-1" })), ["frein-2"]);
    let metric = json!({
        "Namespace": "AWS/EC2", "MetricName": "DiskReadOps",
        "Dimensions": [{ "Name": "InstanceId", "Value": "i-rouge" }],
    });
    assert_eq!(names("DescribeAlarmsForMetric", metric), ["frein-1", "frein-2"]);
}

#[test]
fn tags_of_an_alarm_are_those_of_its_creation_until_they_are_changed() {
    let mut sandbox = with_radar(json!({ "Tags": [{ "Key": "ville", "Value": "oui" }] }));
    call(&mut sandbox, "PutMetricAlarm", radar(json!({ "Tags": [{ "Key": "ville", "Value": "non" }] })));
    let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:radar-110";
    let tags = |sandbox: &mut Sandbox| {
        call(sandbox, "ListTagsForResource", json!({ "ResourceARN": arn }))["Tags"].take()
    };

    assert_eq!(tags(&mut sandbox), json!([{ "Key": "ville", "Value": "oui" }]));
    let set = json!({ "ResourceARN": arn, "Tags": [{ "Key": "rue", "Value": "1" }] });
    call(&mut sandbox, "TagResource", set);
    call(&mut sandbox, "UntagResource", json!({ "ResourceARN": arn, "TagKeys": ["ville"] }));
    assert_eq!(tags(&mut sandbox), json!([{ "Key": "rue", "Value": "1" }]));
}
