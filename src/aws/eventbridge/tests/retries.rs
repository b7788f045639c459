//! What becomes of a delivery that its target refuses.

use serde_json::json;

use super::{TOPIC, Tower, api_call, security_group_edits};
use crate::aws::{
    Note, Parcel, Reason,
    note::{Fate, reasons},
};

const QUEUE: &str = "arn:aws:sqs:eu-west-3:111122223333:rebut";

fn tower(target: serde_json::Value) -> Tower {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[]);
    let mut whole = json!({ "Id": "poste", "Arn": TOPIC });
    for (key, value) in target.as_object().into_iter().flatten() {
        whole[key] = value.clone();
    }
    tower.call("PutTargets", json!({ "Rule": "r-sg", "Targets": [whole] })).unwrap();
    tower.arrives(api_call("RevokeSecurityGroupIngress")).unwrap();
    tower
}

fn throttled() -> Option<Reason> {
    Some(Reason::new(reasons::THROTTLED, "Rate exceeded"))
}

fn not_allowed() -> Option<Reason> {
    let detail =
        format!("events.amazonaws.com is not authorized to perform: SNS:Publish on resource: {TOPIC}");
    Some(Reason::new(reasons::NOT_AUTHORISED, detail))
}

/// Every fate as `hop: what, detail`.
fn fates(tower: &Tower) -> Vec<String> {
    let notes = tower.ledger.notes().iter().filter_map(|note| match &note.body {
        Note::Fate { hop, fate } => {
            let path = tower.ledger.hop(*hop).path;
            Some(match fate {
                Fate::Retried { attempt, .. } => format!("{path}: retry {attempt}"),
                Fate::DeadLettered(reason) => format!("{path}: dead letter, {}", reason.code),
                Fate::Dropped(reason) => format!("{path}: dropped, {}", reason.code),
            })
        }
        _ => None,
    });
    notes.collect()
}

#[test]
fn what_may_heal_is_tried_again_until_it_does() {
    let mut tower = tower(json!({}));

    let mut refusals = 2;
    tower.run(|_| {
        refusals -= 1;
        if refusals >= 0 { throttled() } else { None }
    });

    assert_eq!(
        tower.hops(),
        [
            "bus>rule default → r-sg match",
            "bus>sns r-sg → alertes-ville",
            "x>retry r-sg → r-sg",
            "bus>sns r-sg → alertes-ville",
            "x>retry r-sg → r-sg",
            "bus>sns r-sg → alertes-ville",
        ]
    );
    assert_eq!(fates(&tower), ["bus>sns: retry 1", "bus>sns: retry 2"]);
    let counted = tower.counted();
    assert_eq!(counted["RetryInvocationAttempts r-sg"], 2);
    assert_eq!(counted["ThrottledRules r-sg"], 2);
    assert_eq!(counted["Invocations r-sg"], 1);
    assert!(!counted.contains_key("FailedInvocations r-sg"), "a count that is zero is not published");
}

#[test]
fn a_missing_permission_is_not_tried_again_and_the_drop_names_it() {
    let mut tower = tower(json!({}));

    tower.run(|_| not_allowed());

    assert_eq!(
        tower.hops(),
        ["bus>rule default → r-sg match", "bus>sns r-sg → alertes-ville", "x>drop r-sg → r-sg"]
    );
    assert_eq!(fates(&tower), ["bus>sns: dropped, not-authorised"]);
    let drop = tower.ledger.hops()[2].payload.body().into_owned();
    assert_eq!(drop["ERROR_CODE"], "NO_PERMISSIONS");
    assert!(drop["ERROR_MESSAGE"].as_str().unwrap().contains("SNS:Publish"));
    assert_eq!(tower.counted()["FailedInvocations r-sg"], 1);
}

#[test]
fn a_dead_letter_carries_the_event_and_why_it_did_not_arrive() {
    let mut tower = tower(json!({ "DeadLetterConfig": { "Arn": QUEUE } }));

    let mut letters = Vec::new();
    tower.run(|delivery| match &delivery.parcel {
        Parcel::QueueMessage(letter) => {
            letters.push(std::sync::Arc::clone(letter));
            None
        }
        _ => not_allowed(),
    });

    let [letter] = &letters[..] else { panic!("one letter") };
    assert_eq!(*letter.body, *api_call("RevokeSecurityGroupIngress").to_string());
    let text = |name: &str| letter.attributes[name].string_value.as_deref().unwrap().to_owned();
    assert_eq!(text("RULE_ARN"), "arn:aws:events:eu-west-3:111122223333:rule/r-sg");
    assert_eq!(text("TARGET_ARN"), TOPIC);
    assert_eq!(text("ERROR_CODE"), "NO_PERMISSIONS");
    assert!(text("ERROR_MESSAGE").contains("SNS:Publish"));
    assert_eq!(letter.attributes.len(), 4, "nothing was tried again, so nothing is said of tries");
    assert_eq!(fates(&tower), ["bus>sns: dead letter, not-authorised"]);
    assert_eq!(tower.hops()[2], "x>dlq r-sg → rebut");
    let counted = tower.counted();
    assert_eq!(counted["InvocationsSentToDlq r-sg"], 1);
    assert_eq!(counted["FailedInvocations r-sg"], 1);
}

#[test]
fn tries_that_run_out_say_on_what() {
    let policy = json!({ "MaximumRetryAttempts": 2 });
    let mut tower = tower(json!({ "RetryPolicy": policy, "DeadLetterConfig": { "Arn": QUEUE } }));

    let mut letters = Vec::new();
    tower.run(|delivery| match &delivery.parcel {
        Parcel::QueueMessage(letter) => {
            letters.push(std::sync::Arc::clone(letter));
            None
        }
        _ => throttled(),
    });

    let text = |name: &str| letters[0].attributes[name].string_value.as_deref().unwrap().to_owned();
    assert_eq!(text("ERROR_CODE"), "THROTTLING");
    assert_eq!(text("EXHAUSTED_RETRY_CONDITION"), "MaximumRetryAttempts");
    assert_eq!(text("RETRY_ATTEMPTS"), "2");
    assert_eq!(
        fates(&tower),
        ["bus>sns: retry 1", "bus>sns: retry 2", "bus>sns: dead letter, retries-exhausted"]
    );
}

#[test]
fn an_event_grows_too_old_to_be_tried_again() {
    let policy = json!({ "MaximumEventAgeInSeconds": 60 });
    let mut tower = tower(json!({ "RetryPolicy": policy }));

    tower.run(|_| throttled());

    let last = tower.ledger.hops().last().unwrap();
    assert_eq!(last.payload.body()["EXHAUSTED_RETRY_CONDITION"], "MaximumEventAgeInSeconds");
    assert!((60_000..62_000).contains(&last.sent_at.as_millis()), "{:?}", last.sent_at);
}

#[test]
fn by_default_tries_go_on_for_about_a_day() {
    let mut tower = tower(json!({}));

    tower.run(|_| throttled());

    let tries = tower.hops().iter().filter(|hop| hop.starts_with("bus>sns")).count();
    assert!((150..=186).contains(&tries), "{tries}");
    let hours = tower.ledger.hops().last().unwrap().sent_at.as_millis() / 3_600_000;
    assert!((20..=24).contains(&hours), "{hours}");
}

#[test]
fn a_queue_that_refuses_a_dead_letter_is_counted_and_the_event_is_lost() {
    let mut tower = tower(json!({ "DeadLetterConfig": { "Arn": QUEUE } }));

    tower.run(|_| not_allowed());

    assert_eq!(tower.hops()[2..], ["x>dlq r-sg → rebut", "x>drop r-sg → r-sg"]);
    let counted = tower.counted();
    assert_eq!(counted["InvocationsFailedToBeSentToDlq r-sg"], 1);
    assert!(!counted.contains_key("InvocationsSentToDlq r-sg"));
}

#[test]
fn what_could_not_even_be_sent_is_dead_lettered_too() {
    let function = "arn:aws:lambda:eu-west-3:111122223333:function:corrige-sg";
    let target = json!({
        "Arn": function,
        "InputTransformer": { "InputTemplate": "{\"a\": }" },
        "DeadLetterConfig": { "Arn": QUEUE },
    });
    let mut tower = tower(target);

    let mut letters = Vec::new();
    tower.run(|delivery| {
        if let Parcel::QueueMessage(letter) = &delivery.parcel {
            letters.push(std::sync::Arc::clone(letter));
        }
        None
    });

    assert_eq!(tower.near_misses(), ["bus>lambda → corrige-sg: invalid-input"]);
    assert_eq!(*letters[0].body, *"{\"a\": }");
    assert_eq!(letters[0].attributes["ERROR_CODE"].string_value.as_deref(), Some("INVALID_JSON"));
}
