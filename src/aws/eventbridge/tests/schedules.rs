//! Rules that ring by themselves.

use serde_json::json;

use super::{TOPIC, Tower};
use crate::aws::Parcel;
use crate::kernel::SimDuration;

fn rings(tower: &Tower) -> Vec<String> {
    let rings = tower.ledger.hops().iter().filter(|hop| hop.path.as_str() == "res>bus");
    rings.map(|hop| hop.payload.body()["time"].as_str().unwrap()[11..].to_owned()).collect()
}

fn put(tower: &mut Tower, rule: serde_json::Value) -> Result<(), String> {
    tower.call("PutRule", rule).map(|_| ()).map_err(|error| error.message.to_string())
}

#[test]
fn a_schedule_puts_its_event_on_the_bus_and_reaches_the_rules_targets() {
    let mut tower = Tower::new();
    put(&mut tower, json!({ "Name": "ronde", "ScheduleExpression": "rate(5 minutes)" })).unwrap();
    let targets = json!([{ "Id": "poste", "Arn": TOPIC }]);
    tower.call("PutTargets", json!({ "Rule": "ronde", "Targets": targets })).unwrap();

    tower.run_for(SimDuration::from_mins(6));

    assert_eq!(
        tower.hops(),
        ["res>bus ronde → default", "bus>rule default → ronde match", "bus>sns ronde → alertes-ville"]
    );
    let event = tower.ledger.hops()[0].payload.body().into_owned();
    assert_eq!(event["source"], "aws.events");
    assert_eq!(event["detail-type"], "Scheduled Event");
    assert_eq!(event["resources"], json!(["arn:aws:events:eu-west-3:111122223333:rule/ronde"]));
    assert_eq!(event["detail"], json!({}));
    assert_eq!(tower.ledger.hops()[1].payload.body()["schedule"], "rate(5 minutes)");
}

#[test]
fn a_rule_with_a_pattern_too_hears_both_and_others_hear_its_ringing() {
    let mut tower = Tower::new()
        .with_rule("r-tout", &json!({ "source": [{ "prefix": "" }] }), &[])
        .with_rule("r-ville", &json!({ "source": ["ville"] }), &[]);
    let rule = json!({
        "Name": "ronde",
        "ScheduleExpression": "rate(1 hour)",
        "EventPattern": r#"{"source":["ville"]}"#,
    });
    put(&mut tower, rule).unwrap();
    tower.arrives(json!({ "source": "ville", "detail-type": "Pluie" })).unwrap();
    tower.run_for(SimDuration::from_mins(61));

    assert_eq!(
        tower.hops(),
        [
            "bus>rule default → r-tout match",
            "bus>rule default → r-ville match",
            "bus>rule default → ronde match",
            "res>bus ronde → default",
            "bus>rule default → r-tout match",
            "bus>rule default → r-ville nomatch",
            "bus>rule default → ronde match",
        ]
    );
}

#[test]
fn another_rules_schedule_does_not_trigger_a_rule_that_has_but_its_own() {
    let mut tower = Tower::new();
    put(&mut tower, json!({ "Name": "jour", "ScheduleExpression": "rate(1 day)" })).unwrap();
    put(&mut tower, json!({ "Name": "heure", "ScheduleExpression": "rate(1 hour)" })).unwrap();

    tower.run_for(SimDuration::from_mins(61));

    assert_eq!(tower.hops(), ["res>bus heure → default", "bus>rule default → heure match"]);
}

#[test]
fn a_schedule_keeps_its_times_while_its_expression_stays_and_the_rule_is_enabled() {
    let mut tower = Tower::new();
    let rule = |expression: &str| json!({ "Name": "ronde", "ScheduleExpression": expression });
    put(&mut tower, rule("rate(10 minutes)")).unwrap();
    tower.run_for(SimDuration::from_mins(4));
    put(&mut tower, rule("rate(10 minutes)")).unwrap();
    tower.run_for(SimDuration::from_mins(7));
    let before = rings(&tower);
    assert_eq!(before.len(), 1, "ten minutes after it was first put");

    tower.call("DisableRule", json!({ "Name": "ronde" })).unwrap();
    tower.run_for(SimDuration::from_mins(30));
    assert_eq!(rings(&tower), before);

    tower.call("EnableRule", json!({ "Name": "ronde" })).unwrap();
    tower.run_for(SimDuration::from_mins(9));
    assert_eq!(rings(&tower), before, "it counts anew from when it was enabled");
    tower.run_for(SimDuration::from_mins(2));
    assert_eq!(rings(&tower).len(), 2);
}

#[test]
fn a_deleted_rule_rings_no_more() {
    let mut tower = Tower::new();
    put(&mut tower, json!({ "Name": "ronde", "ScheduleExpression": "rate(1 minute)" })).unwrap();
    tower.call("DeleteRule", json!({ "Name": "ronde" })).unwrap();

    tower.run_for(SimDuration::from_mins(10));

    assert!(tower.hops().is_empty());
}

#[test]
fn schedules_are_refused_where_the_service_refuses_them() {
    let mut tower = Tower::new();
    tower.call("CreateEventBus", json!({ "Name": "capteurs" })).unwrap();
    let mut refusal = |rule: serde_json::Value| put(&mut tower, rule).unwrap_err();

    assert_eq!(
        refusal(json!({ "Name": "r", "ScheduleExpression": "rate(1 minutes)" })),
        "Parameter ScheduleExpression is not valid."
    );
    assert_eq!(
        refusal(json!({ "Name": "r", "EventBusName": "capteurs", "ScheduleExpression": "rate(1 minute)" })),
        "ScheduleExpression is supported only on the default event bus."
    );
    let state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    let rule = json!({ "Name": "r", "ScheduleExpression": "rate(1 minute)", "State": state });
    assert!(refusal(rule).contains(state));
}

#[test]
fn a_rule_shows_its_schedule() {
    let mut tower = Tower::new();
    put(&mut tower, json!({ "Name": "midi", "ScheduleExpression": "cron(0 12 * * ? *)" })).unwrap();

    let shown = tower.call("DescribeRule", json!({ "Name": "midi" })).unwrap();

    assert_eq!(shown["ScheduleExpression"], "cron(0 12 * * ? *)");
    assert!(shown.get("EventPattern").is_none());
    assert!(tower.on_the_way().iter().all(|parcel| matches!(parcel, Parcel::Timer(_))));
}
