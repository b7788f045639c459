use serde_json::{Value, json};

use super::*;
use crate::aws::note::reasons;

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
fn the_bus_hears_of_an_alarm_made_changed_and_deleted() {
    let mut sandbox = with_radar(json!({ "AlarmDescription": "vitesse" }));
    call(&mut sandbox, "PutMetricAlarm", radar(json!({ "Threshold": 70 })));
    call(&mut sandbox, "DeleteAlarms", json!({ "AlarmNames": ["radar-110"] }));

    let events = sandbox.payloads(HopPath::ResBus);
    let told: Vec<_> =
        events.iter().map(|event| (&event["detail-type"], &event["detail"]["operation"])).collect();
    let kind = json!("CloudWatch Alarm Configuration Change");
    assert_eq!(told, [(&kind, &json!("create")), (&kind, &json!("update")), (&kind, &json!("delete"))]);
    let update = &events[1]["detail"];
    assert_eq!(update["state"]["value"], "INSUFFICIENT_DATA");
    assert_eq!(update["configuration"]["threshold"], 70.0);
    assert_eq!(update["previousConfiguration"]["threshold"], 80.0);
    assert_eq!(update["previousConfiguration"]["description"], "vitesse");
    assert_eq!(update["configuration"].get("description"), None);
    assert_eq!(
        update["configuration"]["metrics"][0]["metricStat"]["metric"],
        json!({ "name": "CPUUtilization", "namespace": "AWS/EC2", "dimensions": { "InstanceId": "i-rouge" } })
    );
    assert_eq!(update["configuration"]["alarmActions"], json!([TOPIC]));
}

/// An instance that runs, and its id.
fn with_instance(sandbox: &mut Sandbox) -> String {
    let launch = json!({ "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1 });
    let answer = sandbox.ok(ServiceName::Ec2, "RunInstances", launch);
    sandbox.wait(10);
    answer["Instances"][0]["InstanceId"].as_str().expect("an id").to_owned()
}

#[test]
fn an_alarm_stops_its_instance_by_a_call_of_a_service_that_cloudtrail_records() {
    let mut sandbox = Sandbox::new();
    let instance = with_instance(&mut sandbox);
    let alarm = radar(json!({
        "EvaluationPeriods": 1,
        "Dimensions": [{ "Name": "InstanceId", "Value": instance }],
        "AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"],
    }));
    call(&mut sandbox, "PutMetricAlarm", alarm);
    let set = json!({ "AlarmName": "radar-110", "StateValue": "ALARM", "StateReason": "drill" });
    call(&mut sandbox, "SetAlarmState", set);
    sandbox.wait(20);

    let asked = sandbox.ok(ServiceName::Ec2, "DescribeInstances", json!({ "InstanceIds": [instance] }));
    assert_eq!(asked.pointer("/Reservations/0/Instances/0/State/Name"), Some(&json!("stopped")));
    assert_eq!(sandbox.titles(HopPath::AlarmApi), ["StopInstances"]);
    let records = sandbox.payloads(HopPath::ApiTrail);
    let stop = records.iter().find(|record| record["eventName"] == "StopInstances").expect("it is recorded");
    assert_eq!(stop["userIdentity"], json!({ "type": "AWSService", "invokedBy": "events.amazonaws.com" }));
    let history = call(&mut sandbox, "DescribeAlarmHistory", json!({ "HistoryItemType": "Action" }));
    assert_eq!(
        history["AlarmHistoryItems"][0]["HistorySummary"],
        "Successfully executed action arn:aws:automate:us-east-1:ec2:stop"
    );
}

#[test]
fn an_action_the_account_refuses_is_in_the_history_with_the_reason() {
    let mut sandbox = Sandbox::new();
    let instance = with_instance(&mut sandbox);
    let alarm = radar(json!({
        "EvaluationPeriods": 1,
        "Dimensions": [{ "Name": "InstanceId", "Value": instance }],
        "AlarmActions": ["arn:aws:automate:us-east-1:ec2:reboot"],
    }));
    call(&mut sandbox, "PutMetricAlarm", alarm);
    sandbox.ok(ServiceName::Ec2, "TerminateInstances", json!({ "InstanceIds": [instance] }));
    sandbox.wait(20);
    let set = json!({ "AlarmName": "radar-110", "StateValue": "ALARM", "StateReason": "drill" });
    call(&mut sandbox, "SetAlarmState", set);
    sandbox.wait(5);

    let history = call(&mut sandbox, "DescribeAlarmHistory", json!({ "HistoryItemType": "Action" }));
    let failed = &history["AlarmHistoryItems"][0];
    assert_eq!(failed["HistorySummary"], "Failed to execute action arn:aws:automate:us-east-1:ec2:reboot");
    let data: Value = serde_json::from_str(failed["HistoryData"].as_str().expect("a text")).expect("JSON");
    assert_eq!(data["actionState"], "Failed");
    assert!(data["error"].as_str().is_some_and(|error| error.contains("IncorrectInstanceState")), "{data}");
}

#[test]
fn a_topic_that_does_not_let_alarms_in_shows_in_the_history_what_the_service_says() {
    let mut sandbox = with_radar(json!({ "EvaluationPeriods": 1 }));
    sandbox.ok(ServiceName::Sns, "CreateTopic", json!({ "Name": "alertes-ville" }));
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": "sns:Publish", "Resource": TOPIC,
    }] });
    let attribute =
        json!({ "TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": policy.to_string() });
    sandbox.ok(ServiceName::Sns, "SetTopicAttributes", attribute);
    drive(&mut sandbox, &[90.0]);

    let history = call(&mut sandbox, "DescribeAlarmHistory", json!({ "HistoryItemType": "Action" }));
    let failed = &history["AlarmHistoryItems"][0];
    let data: Value = serde_json::from_str(failed["HistoryData"].as_str().expect("a text")).expect("JSON");
    assert_eq!(
        data["error"],
        format!(
            "CloudWatch Alarms is not authorized to perform: SNS:Publish on resource: {TOPIC} because no \
             resource-based policy allows the SNS:Publish action"
        )
    );
    let published: Value =
        serde_json::from_str(data["publishedMessage"].as_str().expect("a text")).expect("JSON");
    assert_eq!(published["sms"], "ALARM: \"radar-110\" in US East (N. Virginia)");
}

#[test]
fn what_an_alarm_may_do_is_checked_when_it_is_put() {
    let mut sandbox = Sandbox::new();
    let mut refusal = |action: &str| {
        let alarm = radar(json!({ "AlarmActions": [action], "Dimensions": [] }));
        sandbox.error(ServiceName::CloudWatch, "PutMetricAlarm", alarm)
    };

    assert!(
        refusal("arn:aws:automate:us-east-1:ec2:stop")
            .contains("needs an alarm on one metric with the dimension")
    );
    assert!(
        refusal("arn:aws:automate:us-east-1:ec2:recover")
            .contains("Vigie does not simulate this alarm action")
    );
    assert!(refusal("arn:aws:ssm:us-east-1:123456789012:opsitem:1").contains("Vigie does not simulate"));
    assert!(refusal("arn:aws:sns:eu-west-3:123456789012:t").contains("Invalid region eu-west-3 specified"));
    assert!(refusal("arn:aws:sns:us-east-1:999999999999:t").contains("another account"));
    assert!(refusal("somebody@example.com").contains("Invalid arn syntax"));
}
