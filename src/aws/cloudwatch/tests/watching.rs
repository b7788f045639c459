use serde_json::{Value, json};

use super::*;
use crate::aws::{
    Note,
    cloudwatch::look::{Look, Reading},
};

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
fn a_long_list_of_datapoints_is_cut_to_the_five_newest() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 6, "DatapointsToAlarm": 6 }));
    drive(&mut sandbox, &[81.0, 82.0, 83.0, 84.0, 85.0, 86.0]);

    assert_eq!(
        described(&mut sandbox)["StateReason"],
        "Threshold Crossed: 6 out of the last 6 datapoints were greater than the threshold (80.0). The most recent \
         datapoints which crossed the threshold: [86.0 (20/11/26 09:05:00), 85.0 (20/11/26 09:04:00), 84.0 (20/11/26 \
         09:03:00), 83.0 (20/11/26 09:02:00), 82.0 (20/11/26 09:01:00)] (minimum 6 datapoints for OK -> ALARM \
         transition)."
    );
}

/// Every look of an alarm, oldest first.
fn looks(sandbox: &Sandbox) -> Vec<&Look> {
    let looks = sandbox.ledger.notes().iter().filter_map(|note| match &note.body {
        Note::Evaluation(look) => Some(look),
        _ => None,
    });
    looks.collect()
}

#[test]
fn every_look_is_noted_with_what_it_saw_what_it_filled_and_why() {
    let mut sandbox = with_radar(
        json!({ "EvaluationPeriods": 2, "DatapointsToAlarm": 1, "TreatMissingData": "breaching" }),
    );
    drive(&mut sandbox, &[20.0, 90.0]);

    let looks = looks(&sandbox);
    let last = looks.last().expect("it looked");
    let seen: Vec<_> = last.slots().map(|slot| (slot.value, slot.reading)).collect();
    assert_eq!(seen, [(Some(20.0), Reading::NotBreaching), (Some(90.0), Reading::Breaching)]);
    let shown = serde_json::to_value(looks[1]).expect("it is JSON");
    assert_eq!(shown["state"], "ALARM");
    assert_eq!(shown["why"], "filled");
    assert_eq!((&shown["evaluationPeriods"], &shown["datapointsToAlarm"]), (&json!(2), &json!(1)));
    assert_eq!(shown["treatMissingData"], "breaching");
    assert_eq!(
        shown["periods"],
        json!([
            { "start": EPOCH_MS - 60_000, "value": null, "reading": "filled-breaching" },
            { "start": EPOCH_MS, "value": 20.0, "reading": "not-breaching" },
        ])
    );
}

#[test]
fn an_alarm_with_a_period_under_a_minute_is_looked_at_every_ten_seconds_even_beside_a_slower_one() {
    let mut sandbox = with_radar(json!({}));
    sandbox.wait(7);
    let fine = json!({
        "AlarmName": "fine", "Namespace": "Ville", "MetricName": "Passages", "Statistic": "Sum", "Period": 10,
        "EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold",
    });
    call(&mut sandbox, "PutMetricAlarm", fine);
    sandbox.wait(14);
    let datum = json!({ "MetricName": "Passages", "Value": 1, "StorageResolution": 1 });
    call(&mut sandbox, "PutMetricData", json!({ "Namespace": "Ville", "MetricData": [datum] }));
    sandbox.wait(16);

    let rang: Vec<String> = sandbox
        .hops(HopPath::MetricAlarm)
        .into_iter()
        .map(|hop| format!("{} s {}", hop.sent_at.as_millis() / 1_000, hop.payload.title()))
        .collect();
    assert_eq!(rang, ["36 s INSUFFICIENT_DATA→ALARM"]);
    let of_the_slow_one =
        looks(&sandbox).iter().filter(|look| &*look.criteria.alarm.resource == "radar-110").count();
    assert_eq!(of_the_slow_one, 1, "the slow one still waits for its minute");
}

#[test]
fn an_alarm_that_looks_back_more_than_a_day_is_looked_at_hourly() {
    let mut sandbox = with_radar(json!({ "Period": 3_600, "EvaluationPeriods": 48 }));
    sandbox.wait(4 * 3_600);

    let hours: Vec<i64> = looks(&sandbox).iter().map(|look| (look.newest - EPOCH_MS) / 3_600_000).collect();
    assert_eq!(hours, [-1, 0, 1, 2]);
}

#[test]
fn a_percentile_of_too_few_samples_changes_nothing_when_the_alarm_ignores_those() {
    let alarm = |treatment: &str| {
        json!({
            "AlarmName": "lenteur", "Namespace": "Ville/Appli", "MetricName": "Latency", "ExtendedStatistic": "p90",
            "Period": 60, "EvaluationPeriods": 1, "Threshold": 500, "ComparisonOperator": "GreaterThanThreshold",
            "EvaluateLowSampleCountPercentile": treatment,
        })
    };
    let state_with = |treatment: &str, count: usize| {
        let mut sandbox = Sandbox::new();
        call(&mut sandbox, "PutMetricAlarm", alarm(treatment));
        let datum = json!({ "MetricName": "Latency", "Values": [900], "Counts": [count] });
        call(&mut sandbox, "PutMetricData", json!({ "Namespace": "Ville/Appli", "MetricData": [datum] }));
        sandbox.wait(70);
        described(&mut sandbox)["StateValue"].take()
    };

    assert_eq!(state_with("evaluate", 5), "ALARM");
    assert_eq!(state_with("ignore", 5), "INSUFFICIENT_DATA");
    assert_eq!(state_with("ignore", 100), "ALARM");
}
