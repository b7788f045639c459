use super::*;
use crate::aws::{Note, note::reasons};

/// Two alarms that stay where they are put, `frein` and `pneu`, and a maintenance alarm `travaux`.
fn city() -> Sandbox {
    let mut sandbox = Sandbox::new();
    for name in ["frein", "pneu", "travaux"] {
        let alarm = radar(json!({ "AlarmName": name, "AlarmActions": [], "TreatMissingData": "ignore" }));
        call(&mut sandbox, "PutMetricAlarm", alarm);
        set(&mut sandbox, name, "OK");
    }
    sandbox.wait(10);
    sandbox
}

fn set(sandbox: &mut Sandbox, name: &str, state: &str) {
    let asked = json!({ "AlarmName": name, "StateValue": state, "StateReason": "drill" });
    call(sandbox, "SetAlarmState", asked);
}

fn put(sandbox: &mut Sandbox, name: &str, rule: &str, changes: Value) {
    let mut alarm =
        json!({ "AlarmName": name, "AlarmRule": rule, "AlarmActions": [TOPIC], "OKActions": [TOPIC] });
    for (name, value) in changes.as_object().expect("changes are an object") {
        alarm[name] = value.clone();
    }
    call(sandbox, "PutCompositeAlarm", alarm);
    sandbox.wait(10);
}

fn composite(sandbox: &mut Sandbox, name: &str) -> Value {
    let asked = json!({ "AlarmNames": [name], "AlarmTypes": ["CompositeAlarm"] });
    call(sandbox, "DescribeAlarms", asked)["CompositeAlarms"][0].take()
}

fn state_of(sandbox: &mut Sandbox, name: &str) -> Value {
    composite(sandbox, name)["StateValue"].take()
}

/// How many notifications a composite alarm sent.
fn told(sandbox: &Sandbox) -> Vec<String> {
    sandbox.titles(HopPath::AlarmSns)
}

#[test]
fn a_composite_alarm_is_evaluated_when_made_and_whenever_a_child_changes() {
    let mut sandbox = city();
    put(&mut sandbox, "voiture", "ALARM(frein) OR ALARM(pneu)", json!({}));
    let made = composite(&mut sandbox, "voiture");
    assert_eq!(
        made["StateReason"],
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:voiture was created and its alarm rule evaluates to OK"
    );

    set(&mut sandbox, "pneu", "ALARM");
    let rung = composite(&mut sandbox, "voiture");
    assert_eq!(rung["StateValue"], "ALARM");
    assert_eq!(
        rung["StateReason"],
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:pneu transitioned to ALARM at Friday 20 November, 2026 09:00:20 \
         UTC"
    );
    set(&mut sandbox, "frein", "ALARM");
    set(&mut sandbox, "pneu", "OK");
    assert_eq!(state_of(&mut sandbox, "voiture"), "ALARM");
    set(&mut sandbox, "frein", "OK");
    assert_eq!(state_of(&mut sandbox, "voiture"), "OK");
}

#[test]
fn its_change_is_caused_by_the_childs_and_both_are_on_the_bus() {
    let mut sandbox = city();
    put(&mut sandbox, "voiture", "ALARM(frein)", json!({ "ActionsEnabled": false }));
    set(&mut sandbox, "frein", "ALARM");

    let changes = sandbox.hops(HopPath::MetricAlarm);
    let [.., child, parent] = changes.as_slice() else { panic!("two alarms changed") };
    assert_eq!(parent.cause, Cause::Hop(child.id));
    assert_eq!(&*sandbox.ledger.node(parent.from).resource, "frein");
    let event = sandbox.payloads(HopPath::AlarmBus).pop().expect("the bus heard");
    assert_eq!(event["detail"]["alarmName"], "voiture");
    assert_eq!(event["detail"]["configuration"], json!({ "alarmRule": "ALARM(frein)" }));
    let data = event.pointer("/detail/state/reasonData").and_then(Value::as_str).expect("a JSON text");
    let data: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(data["triggeringAlarms"][0]["arn"], "arn:aws:cloudwatch:us-east-1:123456789012:alarm:frein");
    assert_eq!(data["triggeringAlarms"][0]["state"]["value"], "ALARM");
}

#[test]
fn a_topic_is_told_the_rule_and_the_children_that_triggered() {
    let mut sandbox = city();
    put(
        &mut sandbox,
        "voiture",
        "ALARM(frein)",
        json!({ "OKActions": [], "AlarmDescription": "la voiture" }),
    );
    set(&mut sandbox, "frein", "ALARM");

    let notice = sandbox.payloads(HopPath::AlarmSns).pop().expect("the topic was told");
    let message: Value = serde_json::from_str(notice["Message"].as_str().expect("a text")).expect("JSON");
    assert_eq!((&message["AlarmRule"], message.get("Trigger")), (&json!("ALARM(frein)"), None));
    assert_eq!(
        message["TriggeringChildren"],
        json!([{
            "Arn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:frein",
            "State": { "Value": "ALARM", "Timestamp": "2026-11-20T09:00:20.000+0000" },
        }])
    );
    sandbox.wait(5);
    let mail = sandbox.delivered.iter().rev().find_map(|(_, parcel)| match parcel {
        Parcel::Publish(publish) => publish.by_protocol.get("email").cloned(),
        _ => None,
    });
    let mail = mail.expect("a mail was worded");
    assert!(
        mail.contains("has transitioned to ALARM state on Friday 20 November, 2026 09:00:20 UTC"),
        "{mail}"
    );
    assert!(mail.contains("- Alarm Rule:                 ALARM(frein)"), "{mail}");
    assert!(mail.contains("Triggering children (max. 10):\n- arn:aws:cloudwatch:us-east-1"), "{mail}");
}

#[test]
fn composite_alarms_stand_on_composite_alarms_and_a_cycle_stops_their_evaluation() {
    let mut sandbox = city();
    put(&mut sandbox, "voiture", "ALARM(frein)", json!({}));
    put(&mut sandbox, "ville", "ALARM(voiture) AND NOT ALARM(travaux)", json!({}));
    set(&mut sandbox, "frein", "ALARM");
    assert_eq!(state_of(&mut sandbox, "ville"), "ALARM");

    put(&mut sandbox, "voiture", "ALARM(frein) OR ALARM(ville)", json!({}));
    set(&mut sandbox, "frein", "OK");
    assert_eq!(state_of(&mut sandbox, "voiture"), "ALARM");
    let in_cycle = sandbox.ledger.notes().iter().rev().find_map(|note| match &note.body {
        Note::Remark { kind: "composite-evaluation", body, .. } => Some(body["inCycle"].clone()),
        _ => None,
    });
    assert_eq!(in_cycle, Some(json!(true)));
    let refused =
        sandbox.error(ServiceName::CloudWatch, "DeleteAlarms", json!({ "AlarmNames": ["voiture"] }));
    assert_eq!(
        refused,
        "ValidationError: Cannot delete voiture as there are composite alarm(s) depending on it."
    );

    put(&mut sandbox, "voiture", "FALSE", json!({}));
    assert_eq!(
        composite(&mut sandbox, "voiture")["StateReason"],
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:voiture was updated and its new alarm rule evaluates to OK"
    );
    assert_eq!(state_of(&mut sandbox, "ville"), "OK");
    call(&mut sandbox, "DeleteAlarms", json!({ "AlarmNames": ["ville"] }));
    call(&mut sandbox, "DeleteAlarms", json!({ "AlarmNames": ["voiture"] }));
}

fn suppressed_by_works(wait_s: u32, extension_s: u32) -> Value {
    json!({
        "ActionsSuppressor": "travaux",
        "ActionsSuppressorWaitPeriod": wait_s,
        "ActionsSuppressorExtensionPeriod": extension_s,
    })
}

#[test]
fn a_suppressor_that_is_in_alarm_holds_the_actions_back_while_the_state_moves() {
    let mut sandbox = city();
    put(&mut sandbox, "voiture", "ALARM(frein)", suppressed_by_works(0, 60));
    let before = told(&sandbox).len();
    set(&mut sandbox, "travaux", "ALARM");
    set(&mut sandbox, "frein", "ALARM");
    sandbox.wait(30);

    let held = composite(&mut sandbox, "voiture");
    assert_eq!((&held["StateValue"], &held["ActionsSuppressedBy"]), (&json!("ALARM"), &json!("Alarm")));
    assert_eq!(told(&sandbox).len(), before);
    assert!(sandbox.missed(HopPath::AlarmSns).contains(&reasons::ACTIONS_SUPPRESSED));
    let event = sandbox.payloads(HopPath::AlarmBus).pop().expect("the bus heard");
    assert_eq!(event["detail"]["state"]["actionsSuppressedBy"], "Alarm");

    set(&mut sandbox, "travaux", "OK");
    assert_eq!(composite(&mut sandbox, "voiture")["ActionsSuppressedBy"], "ExtensionPeriod");
    sandbox.wait(59);
    assert_eq!(told(&sandbox).len(), before);
    sandbox.wait(1);
    assert_eq!(told(&sandbox)[before..], ["ALARM: \"voiture\" in US East (N. Virginia)"]);
    assert_eq!(composite(&mut sandbox, "voiture").get("ActionsSuppressedBy"), None);
}

#[test]
fn the_wait_gives_the_suppressor_time_and_then_the_actions_of_the_present_state_run() {
    let mut sandbox = city();
    put(&mut sandbox, "voiture", "ALARM(frein)", suppressed_by_works(120, 0));
    let before = told(&sandbox).len();
    set(&mut sandbox, "frein", "ALARM");
    assert_eq!(
        composite(&mut sandbox, "voiture")["ActionsSuppressedReason"],
        "Actions suppressed by WaitPeriod"
    );
    sandbox.wait(119);
    assert_eq!(told(&sandbox).len(), before);
    sandbox.wait(1);
    assert_eq!(told(&sandbox)[before..], ["ALARM: \"voiture\" in US East (N. Virginia)"]);

    set(&mut sandbox, "frein", "OK");
    let before = told(&sandbox).len();
    set(&mut sandbox, "frein", "ALARM");
    set(&mut sandbox, "travaux", "ALARM");
    sandbox.wait(300);
    assert_eq!(told(&sandbox).len(), before, "the suppressor came in time");
    set(&mut sandbox, "frein", "OK");
    set(&mut sandbox, "travaux", "OK");
    assert_eq!(told(&sandbox)[before..], ["OK: \"voiture\" in US East (N. Virginia)"]);
}

#[test]
fn what_a_composite_alarm_may_not_be_is_said() {
    let mut sandbox = city();
    put(&mut sandbox, "voiture", "ALARM(frein)", json!({}));
    put(&mut sandbox, "autre", "ALARM(frein) OR ALARM(pneu)", json!({}));
    let mut refusal = |changes: Value| {
        let mut alarm = json!({ "AlarmName": "ville", "AlarmRule": "ALARM(frein)" });
        for (name, value) in changes.as_object().expect("an object") {
            alarm[name] = value.clone();
        }
        sandbox.error(ServiceName::CloudWatch, "PutCompositeAlarm", alarm)
    };

    assert_eq!(
        refusal(json!({ "AlarmRule": "ALARM(frein) OR ALARM(volant) OR OK(porte)" })),
        "ValidationError: Could not save the composite alarm as alarms [volant, porte] in the alarm rule do not exist"
    );
    assert_eq!(
        refusal(json!({ "AlarmRule": "ALARM(frein" })),
        "ValidationError: Error in AlarmRule [Unsupported token 'end of rule' at char 11, must be: ')']"
    );
    assert!(
        refusal(json!({ "AlarmRule": "ALARM(arn:aws:cloudwatch:eu-west-3:123456789012:alarm:frein)" }))
            .contains("do not exist")
    );
    assert!(
        refusal(json!({ "AlarmName": "frein" }))
            .contains("A metric alarm with the name frein already exists")
    );
    assert!(refusal(json!({ "ActionsSuppressor": "travaux" })).contains("must be specified together"));
    assert!(
        refusal(json!({ "AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"] }))
            .contains("do not support")
    );
    let mut refused =
        |names: Value| sandbox.error(ServiceName::CloudWatch, "DeleteAlarms", json!({ "AlarmNames": names }));
    assert_eq!(
        refused(json!(["frein", "pneu"])),
        "ValidationError: Cannot delete frein,pneu as there are composite alarm(s) depending on them."
    );
    assert!(refused(json!(["voiture", "autre"])).contains("at most one composite alarm"));
    assert_eq!(refused(json!(["volant"])), "ResourceNotFound: Unknown alarm: volant");
}

#[test]
fn alarms_are_found_by_kinship_and_composites_only_when_asked_for() {
    let mut sandbox = city();
    put(&mut sandbox, "voiture", "ALARM(frein) OR ALARM(pneu)", json!({}));
    put(&mut sandbox, "ville", "ALARM(voiture)", json!({}));
    let mut names = |asked: Value| -> Vec<String> {
        let answer = call(&mut sandbox, "DescribeAlarms", asked);
        let of = |kind: &str| answer[kind].as_array().cloned().unwrap_or_default();
        let all = of("MetricAlarms").into_iter().chain(of("CompositeAlarms"));
        all.filter_map(|alarm| alarm["AlarmName"].as_str().map(Into::into)).collect()
    };

    assert_eq!(names(json!({})), ["frein", "pneu", "travaux"]);
    assert_eq!(names(json!({ "AlarmTypes": ["CompositeAlarm"] })), ["ville", "voiture"]);
    assert_eq!(names(json!({ "ChildrenOfAlarmName": "voiture" })), ["frein", "pneu"]);
    assert_eq!(names(json!({ "ParentsOfAlarmName": "voiture" })), ["ville"]);
}
