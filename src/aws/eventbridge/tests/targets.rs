//! What a rule may send to, and how.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{TOPIC, Tower, api_call, security_group_edits};
use crate::aws::{
    Parcel, Reason,
    note::reasons,
    parcel::{Forwarded, Passed, Sender},
};

const STREAM: &str = "arn:aws:kinesis:eu-west-3:111122223333:stream/flux";
const BUS: &str = "arn:aws:events:us-east-1:111122223333:event-bus/default";
const GROUP: &str = "arn:aws:logs:eu-west-3:111122223333:log-group:/aws/events/ville";
const ROLE: &str = "arn:aws:iam::111122223333:role/tour";

fn tower() -> Tower {
    Tower::new().with_rule("r-sg", &security_group_edits(), &[])
}

fn put(tower: &mut Tower, target: Value) -> Result<Value, String> {
    tower
        .call("PutTargets", json!({ "Rule": "r-sg", "Targets": [target] }))
        .map_err(|error| error.message.to_string())
}

fn record(tower: &mut Tower, event: Value) -> (String, String) {
    tower.arrives(event).unwrap();
    let on_the_way = tower.on_the_way();
    let [Parcel::KinesisRecord { partition_key, data, .. }] = &on_the_way[..] else {
        panic!("{on_the_way:?}")
    };
    (partition_key.to_string(), data.to_string())
}

#[test]
fn streams_and_buses_are_reached_in_the_name_of_a_role_and_log_groups_are_not() {
    let mut tower = tower();

    for arn in [STREAM, BUS] {
        let refusal = put(&mut tower, json!({ "Id": "a", "Arn": arn })).unwrap_err();
        assert_eq!(refusal, format!("RoleArn is required for target {arn}."));
        put(&mut tower, json!({ "Id": "a", "Arn": arn, "RoleArn": ROLE })).unwrap();
    }
    let refusal = put(&mut tower, json!({ "Id": "a", "Arn": GROUP, "RoleArn": ROLE })).unwrap_err();
    assert_eq!(refusal, format!("RoleArn is not supported for target {GROUP}."));
    put(&mut tower, json!({ "Id": "a", "Arn": GROUP })).unwrap();
    put(&mut tower, json!({ "Id": "a", "Arn": TOPIC, "RoleArn": ROLE })).unwrap();
}

#[test]
fn only_a_bus_may_be_in_another_region() {
    let mut tower = tower();

    for arn in [
        "arn:aws:sns:us-east-1:111122223333:alertes",
        "arn:aws:sqs:us-east-1:111122223333:parking",
        "arn:aws:lambda:us-east-1:111122223333:function:corrige",
    ] {
        let refusal = put(&mut tower, json!({ "Id": "a", "Arn": arn })).unwrap_err();
        assert!(refusal.contains("must be in the same Region"), "{refusal}");
    }
    put(&mut tower, json!({ "Id": "a", "Arn": BUS, "RoleArn": ROLE })).unwrap();
}

#[test]
fn a_bus_takes_events_as_they_are_and_never_its_own() {
    let mut tower = tower();
    let with = |key: &str, value: Value| {
        let mut target = json!({ "Id": "a", "Arn": BUS, "RoleArn": ROLE });
        target[key] = value;
        target
    };

    for (key, value) in [("Input", json!("{}")), ("InputPath", json!("$.detail"))] {
        let refusal = put(&mut tower, with(key, value)).unwrap_err();
        assert_eq!(refusal, "Modifying the input for target a is not supported.");
    }
    let refusal = put(&mut tower, with("RetryPolicy", json!({ "MaximumRetryAttempts": 1 }))).unwrap_err();
    assert_eq!(refusal, "Retry policy is not supported for Event bus targets.");
    let itself = "arn:aws:events:eu-west-3:111122223333:event-bus/default";
    let refusal = put(&mut tower, with("Arn", json!(itself))).unwrap_err();
    assert_eq!(refusal, "Source EventBus and Target EventBus must not be the same.");
}

#[test]
fn limits_of_tries_and_the_dead_letter_queue_are_checked() {
    let mut tower = tower();
    let with = |key: &str, value: Value| {
        let mut target = json!({ "Id": "a", "Arn": TOPIC });
        target[key] = value;
        target
    };

    for policy in [
        json!({ "MaximumRetryAttempts": 186 }),
        json!({ "MaximumEventAgeInSeconds": 59 }),
        json!({ "MaximumEventAgeInSeconds": 86_401 }),
    ] {
        let refusal = put(&mut tower, with("RetryPolicy", policy)).unwrap_err();
        assert!(refusal.contains("failed to satisfy constraint"), "{refusal}");
    }
    for queue in
        ["arn:aws:sqs:us-east-1:111122223333:rebut", "arn:aws:sqs:eu-west-3:111122223333:rebut.fifo", TOPIC]
    {
        let refusal = put(&mut tower, with("DeadLetterConfig", json!({ "Arn": queue }))).unwrap_err();
        assert!(refusal.contains(queue), "{refusal}");
    }
}

#[test]
fn kinds_of_target_that_vigie_leaves_out_are_refused_by_name() {
    let mut tower = tower();

    for arn in [
        "arn:aws:states:eu-west-3:111122223333:stateMachine:tri",
        "arn:aws:events:eu-west-3:111122223333:api-destination/mairie/1",
        "arn:aws:sqs:eu-west-3:111122223333:parking.fifo",
    ] {
        let refusal = put(&mut tower, json!({ "Id": "a", "Arn": arn })).unwrap_err();
        assert!(refusal.contains("not simulated by Vigie"), "{refusal}");
    }
}

#[test]
fn a_record_is_keyed_by_a_value_of_the_event_as_json() {
    let mut tower = tower();
    let target = json!({
        "Id": "flux",
        "Arn": STREAM,
        "RoleArn": ROLE,
        "InputPath": "$.detail.eventName",
        "KinesisParameters": { "PartitionKeyPath": "$.detail.eventName" },
    });
    put(&mut tower, target).unwrap();

    let (key, data) = record(&mut tower, api_call("RevokeSecurityGroupIngress"));

    assert_eq!(key, "\"RevokeSecurityGroupIngress\"");
    assert_eq!(data, "\"RevokeSecurityGroupIngress\"");
}

#[test]
fn a_record_without_a_key_path_is_keyed_by_its_event() {
    let mut tower = tower();
    put(&mut tower, json!({ "Id": "flux", "Arn": STREAM, "RoleArn": ROLE })).unwrap();

    let (key, data) = record(&mut tower, api_call("RevokeSecurityGroupIngress"));

    assert!(key.starts_with("bcd580d1-4810-44bc-a619-cfd617eacf37_"), "{key}");
    assert_eq!(data, api_call("RevokeSecurityGroupIngress").to_string());
}

#[test]
fn a_log_line_bears_the_time_of_its_event() {
    let mut tower = tower();
    put(&mut tower, json!({ "Id": "journal", "Arn": GROUP })).unwrap();
    let mut event = api_call("RevokeSecurityGroupIngress");
    event["time"] = "2026-11-20T08:15:00Z".into();

    tower.arrives(event.clone()).unwrap();

    let on_the_way = tower.on_the_way();
    let [Parcel::LogEvents { group, events, .. }] = &on_the_way[..] else { panic!() };
    assert_eq!(&**group, "/aws/events/ville");
    assert_eq!(events[0].timestamp, 1_795_162_500_000);
    assert_eq!(*events[0].message, *event.to_string());
}

#[test]
fn a_log_group_takes_its_line_from_a_template_only() {
    let mut tower = tower();
    let refusal = put(&mut tower, json!({ "Id": "journal", "Arn": GROUP, "Input": "{}" })).unwrap_err();
    assert!(refusal.contains("The only valid form of input is InputTransformer."), "{refusal}");
    let template = "{\"timestamp\": <t>, \"message\": <m>}";
    let transformer = json!({
        "InputPathsMap": { "t": "$.time", "m": "$.detail.eventName" },
        "InputTemplate": template,
    });
    put(&mut tower, json!({ "Id": "journal", "Arn": GROUP, "InputTransformer": transformer })).unwrap();
    let mut event = api_call("RevokeSecurityGroupIngress");
    event["time"] = "2026-11-20T08:15:00Z".into();

    tower.arrives(event).unwrap();

    let on_the_way = tower.on_the_way();
    let [Parcel::LogEvents { events, .. }] = &on_the_way[..] else { panic!() };
    assert_eq!(&*events[0].message, "RevokeSecurityGroupIngress");
    assert_eq!(events[0].timestamp, 1_795_162_500_000);
}

#[test]
fn an_event_for_another_region_gets_a_new_id_and_time_and_keeps_where_it_came_from() {
    let mut tower = tower();
    put(&mut tower, json!({ "Id": "capitale", "Arn": BUS, "RoleArn": ROLE })).unwrap();

    tower.arrives(api_call("RevokeSecurityGroupIngress")).unwrap();

    let on_the_way = tower.on_the_way();
    let [Parcel::Forwarded(sent)] = &on_the_way[..] else { panic!() };
    let before = api_call("RevokeSecurityGroupIngress");
    assert_ne!(sent.event["id"], before["id"]);
    assert_eq!(sent.event["detail"], before["detail"]);
    assert_eq!(sent.passed, Passed { bus: false, region: true });
    assert!(matches!(&sent.by, Sender::Role { role_arn, .. } if **role_arn == *ROLE));
}

#[test]
fn an_event_is_sent_on_once_within_a_region_and_once_across() {
    let near = "arn:aws:events:eu-west-3:111122223333:event-bus/quartier";
    let mut tower = tower();
    tower.call("CreateEventBus", json!({ "Name": "quartier" })).unwrap();
    put(&mut tower, json!({ "Id": "near", "Arn": near, "RoleArn": ROLE })).unwrap();
    put(&mut tower, json!({ "Id": "far", "Arn": BUS, "RoleArn": ROLE })).unwrap();
    let arrival = |passed: Passed| {
        Parcel::Forwarded(Arc::new(Forwarded {
            bus_arn: "arn:aws:events:eu-west-3:111122223333:event-bus/default".into(),
            event: Arc::new(api_call("RevokeSecurityGroupIngress")),
            by: Sender::Authorised,
            passed,
        }))
    };

    tower.receives(&arrival(Passed { bus: true, region: false })).unwrap();
    assert_eq!(tower.near_misses(), ["bus>bus → quartier: third-hop"]);
    tower.receives(&arrival(Passed { bus: false, region: true })).unwrap();
    assert_eq!(tower.near_misses()[1..], ["bus>bus → default: third-hop"]);
}

#[test]
fn an_event_sent_on_to_a_bus_that_does_not_exist_is_taken_and_lost() {
    let mut tower = tower();
    let sent = |bus_arn: &str| {
        Parcel::Forwarded(Arc::new(Forwarded {
            bus_arn: bus_arn.into(),
            event: Arc::new(api_call("RevokeSecurityGroupIngress")),
            by: Sender::Authorised,
            passed: Passed::default(),
        }))
    };

    tower.receives(&sent("arn:aws:events:eu-west-3:111122223333:event-bus/nulle-part")).unwrap();
    assert_eq!(tower.near_misses(), ["bus>rule → nulle-part: no-resource"]);
    let elsewhere = tower.receives(&sent("arn:aws:events:eu-west-3:999999999999:event-bus/default"));
    let refusal = Reason::new(reasons::NOT_AUTHORISED, "Lack of permissions to invoke cross account target.");
    assert_eq!(elsewhere, Err(refusal));
}

#[test]
fn rules_are_found_by_their_targets() {
    let mut tower = Tower::new()
        .with_rule("r-b", &security_group_edits(), &[TOPIC])
        .with_rule("r-a", &security_group_edits(), &[TOPIC])
        .with_rule("r-c", &security_group_edits(), &[]);

    let first = tower.call("ListRuleNamesByTarget", json!({ "TargetArn": TOPIC, "Limit": 1 })).unwrap();
    assert_eq!(first["RuleNames"], json!(["r-a"]));
    let next = json!({ "TargetArn": TOPIC, "NextToken": first["NextToken"] });
    assert_eq!(tower.call("ListRuleNamesByTarget", next).unwrap(), json!({ "RuleNames": ["r-b"] }));
}
