//! What becomes of deliveries that are refused.

use super::*;
use crate::{
    aws::{
        Note,
        faults::{Fault, FaultKind},
        note::Fate,
    },
    kernel::SimDuration,
};

fn down(resource: &str, seconds: u64) -> Fault {
    Fault {
        kind: FaultKind::Down,
        resource: Some(resource.into()),
        service: None,
        region: None,
        path: None,
        lasts: SimDuration::from_secs(seconds),
        times: None,
    }
}

fn fates(sandbox: &Sandbox) -> Vec<String> {
    let notes = sandbox.ledger.notes().iter();
    notes
        .filter_map(|note| match &note.body {
            Note::Fate { fate: Fate::Retried { attempt, reason }, .. } => {
                Some(format!("retried {attempt}: {}", reason.code))
            }
            Note::Fate { fate: Fate::Dropped(reason), .. } => Some(format!("dropped: {}", reason.code)),
            Note::Fate { fate: Fate::DeadLettered(reason), .. } => {
                Some(format!("dead letter: {}", reason.code))
            }
            _ => None,
        })
        .collect()
}

fn dead_letters_to(name: &str) -> Value {
    let arn = format!("arn:aws:sqs:us-east-1:123456789012:{name}");
    json!({ "RedrivePolicy": json!({ "deadLetterTargetArn": arn }).to_string() })
}

#[test]
fn a_missing_permission_is_not_tried_again_and_the_message_is_lost() {
    let (mut sandbox, topic, _) = subscribed("sqs", QUEUE, json!({}));
    sandbox.ok(ServiceName::Sqs, "CreateQueue", json!({ "QueueName": "file-atelier" }));
    publish(&mut sandbox, &topic, json!({ "Message": "texte" }));

    assert_eq!(fates(&sandbox), ["dropped: not-authorised"]);
    assert_eq!(sandbox.hops(HopPath::Retry).len(), 0);
    assert_eq!(sandbox.hops(HopPath::Drop).len(), 1);
    assert_eq!(counted(&mut sandbox, "NumberOfNotificationsFailed"), 1.0);
    assert_eq!(counted(&mut sandbox, "NumberOfNotificationsDelivered"), 0.0);
}

#[test]
fn a_dead_letter_queue_keeps_what_its_subscription_could_not_get() {
    let (mut sandbox, topic, _) = subscribed("sqs", QUEUE, dead_letters_to("rebut"));
    queue(&mut sandbox, "rebut");
    publish(&mut sandbox, &topic, json!({ "Message": "texte" }));

    assert_eq!(fates(&sandbox), ["dead letter: no-resource"]);
    let kept: Value = serde_json::from_str(&bodies(&sandbox, "rebut")[0]).unwrap();
    assert_eq!(kept["Message"], "texte");
    assert_eq!(counted(&mut sandbox, "NumberOfNotificationsRedrivenToDlq"), 1.0);
}

#[test]
fn a_dead_letter_queue_that_does_not_let_the_topic_in_loses_the_message() {
    let (mut sandbox, topic, _) = subscribed("sqs", QUEUE, dead_letters_to("rebut"));
    sandbox.ok(ServiceName::Sqs, "CreateQueue", json!({ "QueueName": "rebut" }));
    publish(&mut sandbox, &topic, json!({ "Message": "texte" }));

    assert_eq!(fates(&sandbox), ["dead letter: no-resource", "dropped: not-authorised"]);
    assert_eq!(counted(&mut sandbox, "NumberOfNotificationsFailedToRedriveToDlq"), 1.0);
}

#[test]
fn an_endpoint_that_is_down_is_tried_again_until_it_is_back() {
    let url = "https://garage.example/alertes";
    let (mut sandbox, topic, _) = subscribed("https", url, json!({}));
    confirm(&mut sandbox, &topic);
    sandbox.break_down(down(url, 30));
    publish(&mut sandbox, &topic, json!({ "Message": "texte" }));
    sandbox.wait(60);

    assert_eq!(fates(&sandbox), ["retried 1: endpoint-down", "retried 2: endpoint-down"]);
    let waits: Vec<u64> =
        sandbox.hops(HopPath::Retry).iter().map(|hop| hop.due_at.since(hop.sent_at).as_secs()).collect();
    assert_eq!(waits, [20, 20]);
    assert_eq!(counted(&mut sandbox, "NumberOfNotificationsDelivered"), 1.0);
    assert_eq!(counted(&mut sandbox, "NumberOfNotificationsFailed"), 0.0);
}

#[test]
fn an_endpoint_that_stays_down_uses_up_its_retries() {
    let url = "https://garage.example/alertes";
    let (mut sandbox, topic, _) = subscribed("https", url, dead_letters_to("rebut"));
    queue(&mut sandbox, "rebut");
    confirm(&mut sandbox, &topic);
    sandbox.break_down(down(url, 3_600));
    publish(&mut sandbox, &topic, json!({ "Message": "texte" }));
    sandbox.wait(120);

    assert_eq!(fates(&sandbox).last().map(String::as_str), Some("dead letter: retries-exhausted"));
    assert_eq!(sandbox.hops(HopPath::Retry).len(), 3);
    assert_eq!(bodies(&sandbox, "rebut").len(), 1);
}
