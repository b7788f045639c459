//! Throughput of the chain: what applications put on a bus, through a rule and a topic, into a queue.
//!
//! Goal: 100,000 events within 3 s, each with its hops in the ledger.

mod account;

use chrono::DateTime;
use divan::Bencher;
use serde_json::json;
use vigie::{
    aws::{HopPath, Profile, Region, ServiceName},
    engine::{Engine, Setup},
    kernel::SimDuration,
};

use self::account::ask;

const EVENTS: usize = 100_000;
/// `PutEvents` takes so many at once.
const ENTRIES: usize = 10;

fn main() {
    divan::main();
}

/// A rule that sends what parking meters report to a topic, with a queue behind it.
fn chain() -> Engine {
    let mut engine = Engine::new(Setup {
        account_id: "111122223333".into(),
        home: Region::new("eu-west-3"),
        epoch: DateTime::from_timestamp(1_795_165_200, 0).expect("2026-11-20 09:00 UTC exists"),
        seed: 1,
        profile: Profile::Classroom,
    });
    let all = |service: &str, action: &str| {
        let statement = json!({
            "Effect": "Allow", "Principal": { "Service": service }, "Action": action, "Resource": "*",
        });
        json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    };
    let topic =
        ask(&mut engine, ServiceName::Sns, "CreateTopic", json!({ "Name": "places" }))["TopicArn"].clone();
    let door = json!({
        "TopicArn": topic, "AttributeName": "Policy", "AttributeValue": all("events.amazonaws.com", "sns:Publish"),
    });
    ask(&mut engine, ServiceName::Sns, "SetTopicAttributes", door);
    let queue = json!({
        "QueueName": "places", "Attributes": { "Policy": all("sns.amazonaws.com", "sqs:SendMessage") },
    });
    ask(&mut engine, ServiceName::Sqs, "CreateQueue", queue);
    let subscription = json!({ "TopicArn": topic, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:eu-west-3:111122223333:places" });
    ask(&mut engine, ServiceName::Sns, "Subscribe", subscription);
    let rule = json!({
        "Name": "places",
        "EventPattern": r#"{"source":["ville.parking"],"detail":{"free":[{"numeric":["<",5]}]}}"#,
    });
    ask(&mut engine, ServiceName::EventBridge, "PutRule", rule);
    let target = json!({ "Rule": "places", "Targets": [{ "Id": "poste", "Arn": topic }] });
    ask(&mut engine, ServiceName::EventBridge, "PutTargets", target);
    let settled = engine.now().after(SimDuration::MINUTE);
    engine.run_until(settled);
    engine
}

#[divan::bench(sample_count = 5)]
fn a_hundred_thousand_events_to_a_queue(bencher: Bencher<'_, '_>) {
    let engine = chain();
    let entry = json!({
        "Source": "ville.parking", "DetailType": "Places", "Detail": r#"{"street":"rue du Port","free":3}"#,
    });
    let entries = json!({ "Entries": vec![entry; ENTRIES] });
    bencher.with_inputs(|| engine.clone()).bench_values(|mut engine| {
        for _ in 0..EVENTS / ENTRIES {
            ask(&mut engine, ServiceName::EventBridge, "PutEvents", entries.clone());
            let next = engine.now().after(SimDuration::from_millis(20));
            engine.run_until(next);
        }
        let end = engine.now().after(SimDuration::MINUTE);
        engine.run_until(end);
        let hops = engine.ledger().hops();
        assert_eq!(hops.iter().filter(|hop| hop.path == HopPath::SnsSub).count(), EVENTS);
        engine
    });
}
