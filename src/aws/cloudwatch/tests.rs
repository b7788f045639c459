//! What CloudWatch promises, as sentences.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{State, times};
use crate::{
    aws::{
        HopPath, Node, Note, Parcel, Payload, Send, ServiceName,
        call::{Input, InputKind},
        delays::Delay,
        note::reasons,
        payload::Datapoint,
        testing::Sandbox,
    },
    kernel::{Cause, HopId},
};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alertes-ville";

/// 2026-11-20 09:00:00 UTC, where the sandbox's clock starts.
const EPOCH_MS: i64 = 1_795_165_200_000;

fn call(sandbox: &mut Sandbox, operation: &str, parameters: Value) -> Value {
    sandbox.ok(ServiceName::CloudWatch, operation, parameters)
}

fn radar(changes: Value) -> Value {
    let mut alarm = json!({
        "AlarmName": "radar-110",
        "MetricName": "CPUUtilization",
        "Namespace": "AWS/EC2",
        "Dimensions": [{ "Name": "InstanceId", "Value": "i-rouge" }],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 5,
        "Threshold": 80,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC],
    });
    for (name, value) in changes.as_object().expect("changes are an object") {
        alarm[name] = value.clone();
    }
    alarm
}

fn with_radar(changes: Value) -> Sandbox {
    let mut sandbox = Sandbox::new();
    call(&mut sandbox, "PutMetricAlarm", radar(changes));
    sandbox
}

/// One datapoint per minute, arriving a second after its minute, and the clock run to the minute's 59th second.
fn drive(sandbox: &mut Sandbox, values: &[f64]) {
    for value in values {
        drive_slowly(sandbox, 1, *value);
    }
}

/// One datapoint for that many minutes, arriving a second after them.
fn drive_slowly(sandbox: &mut Sandbox, minutes: u64, value: f64) {
    let second = sandbox.now().as_millis() / 1_000;
    let start = second / 60 * 60;
    sandbox.wait(start + minutes * 60 + 1 - second);
    arrive(sandbox, EPOCH_MS + start as i64 * 1_000, value);
    sandbox.wait(58);
}

fn arrive(sandbox: &mut Sandbox, timestamp: i64, value: f64) {
    let datapoint = Arc::new(Datapoint {
        namespace: "AWS/EC2".into(),
        metric_name: "CPUUtilization".into(),
        dimensions: Arc::new([("InstanceId".into(), "i-rouge".into())]),
        timestamp,
        value,
        unit: "Percent",
    });
    let region = sandbox.account.home().clone();
    let kind = InputKind::World { kind: "load", subject: "i-rouge".into() };
    let input = sandbox.ledger.arrive(sandbox.now(), Input { step: None, kind });
    sandbox.with_outbox(Cause::Input(input), |_, out| {
        out.send(Send {
            path: HopPath::ResMetric,
            from: Node::new(ServiceName::Ec2, &region, "voiture-rouge"),
            to: Node::new(ServiceName::CloudWatch, &region, "CPUUtilization"),
            payload: Payload::Datapoint(Arc::clone(&datapoint)),
            parcel: Parcel::Datapoint(datapoint),
            delay: Delay::None,
            reference: None,
        });
    });
}

fn state(sandbox: &Sandbox) -> State {
    let region = sandbox.account.home();
    sandbox.services().cloudwatch.alarm(region, "radar-110").expect("the alarm exists").state()
}

/// `minute title` of each change of state.
fn changes(sandbox: &Sandbox) -> Vec<String> {
    sandbox
        .hops(HopPath::MetricAlarm)
        .into_iter()
        .map(|hop| format!("m{} {}", hop.sent_at.as_millis() / 60_000, hop.payload.title()))
        .collect()
}

fn described(sandbox: &mut Sandbox) -> Value {
    call(sandbox, "DescribeAlarms", json!({}))["MetricAlarms"][0].take()
}

#[test]
fn a_dip_breaks_five_in_a_row_so_the_radar_rings_at_the_eleventh_minute() {
    let mut sandbox = with_radar(json!({}));

    drive(&mut sandbox, &[35.0, 60.0, 82.0, 85.0, 84.0, 79.0, 83.0, 86.0, 88.0, 90.0, 91.0, 70.0, 65.0]);

    assert_eq!(changes(&sandbox), ["m1 INSUFFICIENT_DATA→OK", "m11 OK→ALARM", "m12 ALARM→OK"]);
}

#[test]
fn three_of_five_rings_at_the_fifth_minute_already() {
    let mut sandbox = with_radar(json!({ "DatapointsToAlarm": 3 }));

    drive(&mut sandbox, &[35.0, 60.0, 82.0, 85.0, 84.0, 79.0]);

    assert_eq!(changes(&sandbox)[1], "m5 OK→ALARM");
}

#[test]
fn five_minute_datapoints_of_basic_monitoring_are_found_by_a_window_that_slides_each_minute() {
    let mut sandbox = with_radar(json!({ "Period": 300, "EvaluationPeriods": 1 }));
    drive_slowly(&mut sandbox, 5, 69.0);
    drive_slowly(&mut sandbox, 5, 85.0);
    sandbox.wait(300);

    assert_eq!(changes(&sandbox), ["m5 INSUFFICIENT_DATA→OK", "m10 OK→ALARM"]);
}

#[test]
fn a_change_of_state_is_caused_by_the_newest_datapoint_and_causes_what_follows() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));

    drive(&mut sandbox, &[20.0, 90.0]);

    let newest = sandbox.hops(HopPath::ResMetric).last().copied().expect("two datapoints came").id;
    let change = sandbox.hops(HopPath::MetricAlarm).last().copied().expect("it changed");
    assert_eq!(change.cause, Cause::Hop(newest));
    let follow = |path| sandbox.hops(path).last().copied().map(|hop| hop.cause);
    assert_eq!(follow(HopPath::AlarmSns), Some(Cause::Hop(change.id)));
    assert_eq!(follow(HopPath::AlarmBus), Some(Cause::Hop(change.id)));
}

#[test]
fn actions_run_on_a_change_of_state_and_never_again_while_it_holds() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));

    drive(&mut sandbox, &[20.0, 90.0, 95.0, 99.0, 20.0]);

    assert_eq!(sandbox.hops(HopPath::AlarmSns).len(), 1);
    assert_eq!(sandbox.hops(HopPath::AlarmBus).len(), 3);
    let no_action: Vec<String> = sandbox
        .near_misses()
        .into_iter()
        .filter(|miss| miss.reason.code == reasons::NO_ACTION)
        .map(|miss| miss.reason.detail.to_string())
        .collect();
    assert_eq!(no_action, ["OK", "OK"]);
}

#[test]
fn disabled_actions_stay_silent_while_state_and_event_go_on() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    call(&mut sandbox, "DisableAlarmActions", json!({ "AlarmNames": ["radar-110"] }));

    drive(&mut sandbox, &[90.0]);

    assert_eq!(state(&sandbox), State::Alarm);
    assert_eq!(sandbox.hops(HopPath::AlarmBus).len(), 1);
    assert_eq!(sandbox.hops(HopPath::AlarmSns).len(), 0);
    assert!(sandbox.near_misses().iter().any(|miss| miss.reason.code == reasons::ACTIONS_DISABLED));
}

#[test]
fn an_account_without_alarms_sets_no_timer_and_the_last_alarm_deleted_ends_it() {
    let mut sandbox = Sandbox::new();
    assert_eq!(sandbox.waiting(), 0);

    call(&mut sandbox, "PutMetricAlarm", radar(json!({})));
    sandbox.wait(180);
    call(&mut sandbox, "DeleteAlarms", json!({ "AlarmNames": ["radar-110"] }));
    sandbox.wait(120);

    assert_eq!(sandbox.waiting(), 0);
}

#[test]
fn a_new_alarm_is_unchecked_and_then_looks_at_datapoints_older_than_itself() {
    let mut sandbox = Sandbox::new();
    drive(&mut sandbox, &[90.0]);
    call(&mut sandbox, "PutMetricAlarm", radar(json!({ "EvaluationPeriods": 1 })));
    let before = described(&mut sandbox);
    sandbox.wait(10);

    assert_eq!(before["StateValue"], "INSUFFICIENT_DATA");
    assert_eq!(before["StateReason"], "Unchecked: Initial alarm creation");
    assert_eq!(state(&sandbox), State::Alarm);
}

#[test]
fn an_update_keeps_the_state_and_replaces_the_configuration() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1, "AlarmDescription": "speed" }));
    drive(&mut sandbox, &[90.0]);

    call(&mut sandbox, "PutMetricAlarm", radar(json!({ "EvaluationPeriods": 1, "Threshold": 85 })));

    let alarm = described(&mut sandbox);
    assert_eq!(alarm["StateValue"], "ALARM");
    assert_eq!(alarm["AlarmDescription"], Value::Null);
    assert_eq!(alarm["Threshold"], 85.0);
}

#[test]
fn silence_becomes_insufficient_data_once_the_whole_range_is_empty() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    drive(&mut sandbox, &[20.0]);
    sandbox.wait(240);

    assert_eq!(changes(&sandbox), ["m1 INSUFFICIENT_DATA→OK", "m4 OK→INSUFFICIENT_DATA"]);
    let alarm = described(&mut sandbox);
    assert_eq!(alarm["StateReason"], "Insufficient Data: 1 datapoint was unknown.");
}

#[test]
fn reasons_read_as_the_service_words_them() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    drive(&mut sandbox, &[90.0]);
    assert_eq!(
        described(&mut sandbox)["StateReason"],
        "Threshold Crossed: 1 datapoint [90.0 (20/11/26 09:00:00)] was greater than the threshold (80.0)."
    );

    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 3, "DatapointsToAlarm": 2 }));
    drive(&mut sandbox, &[20.0, 90.0, 95.5, 10.0, 10.0]);
    let reasons: Vec<String> = sandbox
        .hops(HopPath::MetricAlarm)
        .into_iter()
        .filter_map(|hop| hop.payload.body().pointer("/state/reason").and_then(Value::as_str).map(Into::into))
        .collect();
    assert_eq!(
        reasons[1..],
        [
            "Threshold Crossed: 2 out of the last 3 datapoints [95.5 (20/11/26 09:02:00), 90.0 (20/11/26 09:01:00)] \
             were greater than the threshold (80.0) (minimum 2 datapoints for OK -> ALARM transition).",
            "Threshold Crossed: 2 out of the last 3 datapoints [10.0 (20/11/26 09:04:00), 10.0 (20/11/26 09:03:00)] \
             were not greater than the threshold (80.0) (minimum 2 datapoints for ALARM -> OK transition).",
        ]
    );
}

#[test]
fn missing_data_treated_as_breaching_says_so() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 2, "TreatMissingData": "breaching" }));
    sandbox.wait(60);

    assert_eq!(
        described(&mut sandbox)["StateReason"],
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as \
         [Breaching]."
    );
}

#[test]
fn the_event_on_the_bus_has_the_shape_of_the_sample() {
    let mut sandbox = with_radar(json!({
        "EvaluationPeriods": 1, "AlarmDescription": "speed", "TreatMissingData": "notBreaching",
    }));
    drive(&mut sandbox, &[90.0]);

    let hop = sandbox.hops(HopPath::AlarmBus).last().copied().expect("the bus heard");
    let event = hop.payload.body().into_owned();
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().expect("an object").keys().cloned().collect() };
    assert_eq!(
        keys(&event),
        ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"]
    );
    assert_eq!(keys(&event["detail"]), ["alarmName", "configuration", "previousState", "state"]);
    assert_eq!(event["detail-type"], "CloudWatch Alarm State Change");
    assert_eq!(event["resources"][0], "arn:aws:cloudwatch:us-east-1:123456789012:alarm:radar-110");
    assert_eq!(event.pointer("/detail/state/value"), Some(&json!("ALARM")));
    assert_eq!(
        event.pointer("/detail/configuration/metrics/0/metricStat/metric/dimensions"),
        Some(&json!({ "InstanceId": "i-rouge" }))
    );
    let data = event.pointer("/detail/state/reasonData").and_then(Value::as_str).expect("a JSON text");
    let data: Value = serde_json::from_str(data).expect("it is JSON");
    assert_eq!(data["recentDatapoints"], json!([90.0]));
    assert_eq!(data["startDate"], "2026-11-20T09:00:00.000+0000");
    assert_eq!(
        data["evaluatedDatapoints"],
        json!([{ "timestamp": "2026-11-20T09:00:00.000+0000", "sampleCount": 1.0, "value": 90.0 }])
    );
}

#[test]
fn a_topic_gets_the_notification_its_subject_and_a_mail_to_read() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    drive(&mut sandbox, &[90.0]);

    let hop = sandbox.hops(HopPath::AlarmSns).last().copied().expect("the topic was told");
    let body = hop.payload.body().into_owned();
    assert_eq!(body["Subject"], "ALARM: \"radar-110\" in US East (N. Virginia)");
    let message: Value =
        body["Message"].as_str().and_then(|text| serde_json::from_str(text).ok()).expect("JSON");
    assert_eq!(message["NewStateValue"], "ALARM");
    assert_eq!(message["Trigger"]["Statistic"], "AVERAGE");
    assert_eq!(message["Trigger"]["Dimensions"], json!([{ "value": "i-rouge", "name": "InstanceId" }]));
}

#[test]
fn a_state_set_by_hand_runs_actions_and_lasts_until_the_next_look() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    drive(&mut sandbox, &[20.0]);
    let set = json!({ "AlarmName": "radar-110", "StateValue": "ALARM", "StateReason": "drill" });
    call(&mut sandbox, "SetAlarmState", set);
    assert_eq!((state(&sandbox), sandbox.hops(HopPath::AlarmSns).len()), (State::Alarm, 1));

    drive(&mut sandbox, &[20.0]);
    assert_eq!(state(&sandbox), State::Ok);
}

#[test]
fn every_look_is_noted_with_what_it_saw() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 2, "DatapointsToAlarm": 1 }));
    drive(&mut sandbox, &[20.0, 90.0]);

    let looks: Vec<_> = sandbox
        .ledger
        .notes()
        .iter()
        .filter_map(|note| match &note.body {
            Note::Evaluation(evaluation) => Some(evaluation),
            _ => None,
        })
        .collect();
    let last = looks.last().expect("it looked");
    assert_eq!((last.breaching, last.needed, last.window, last.state), (1, 1, 2, "ALARM"));
    assert_eq!(last.datapoints.iter().map(|(_, value)| *value).collect::<Vec<_>>(), [Some(20.0), Some(90.0)]);
}

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
    assert!(refusal(json!({ "Metrics": [] })).contains("Metrics"));
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

#[test]
fn a_published_datum_is_a_hop_that_an_alarm_can_name_as_its_cause() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    let data = json!({
        "Namespace": "AWS/EC2",
        "MetricData": [{
            "MetricName": "CPUUtilization", "Value": 90,
            "Dimensions": [{ "Name": "InstanceId", "Value": "i-rouge" }],
        }],
    });
    call(&mut sandbox, "PutMetricData", data);
    sandbox.wait(120);

    let change = sandbox.hops(HopPath::MetricAlarm).first().copied().expect("it changed");
    let datum: HopId = sandbox.hops(HopPath::ResMetric).first().copied().expect("a datum").id;
    assert_eq!(change.cause, Cause::Hop(datum));
    assert_eq!(times::number(90.0), "90.0");
}
