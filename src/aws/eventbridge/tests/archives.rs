//! Archives and replays.

use serde_json::{Value, json};

use super::{TOPIC, Tower};
use crate::kernel::SimDuration;

const BUS: &str = "arn:aws:events:eu-west-3:111122223333:event-bus/default";
const ARCHIVE: &str = "arn:aws:events:eu-west-3:111122223333:archive/memoire";

fn archived() -> Tower {
    let mut tower = Tower::new();
    tower.call("CreateArchive", json!({ "ArchiveName": "memoire", "EventSourceArn": BUS })).unwrap();
    tower
}

fn event(time: &str) -> Value {
    json!({
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "Pluie",
        "source": "ville",
        "account": "111122223333",
        "time": time,
        "region": "eu-west-3",
        "resources": [],
        "detail": { "mm": 3 },
    })
}

fn replay(name: &str, from: &str, until: &str) -> Value {
    json!({
        "ReplayName": name,
        "EventSourceArn": ARCHIVE,
        "EventStartTime": from,
        "EventEndTime": until,
        "Destination": { "Arn": BUS },
    })
}

fn refusal(tower: &mut Tower, operation: &str, parameters: Value) -> String {
    tower.call(operation, parameters).unwrap_err().to_string()
}

#[test]
fn an_archive_is_filled_by_a_rule_that_eventbridge_keeps() {
    let mut tower = archived();

    let rules = tower.call("ListRules", json!({})).unwrap();
    assert_eq!(
        rules["Rules"],
        json!([{
            "Name": "Events-Archive-memoire",
            "Arn": "arn:aws:events:eu-west-3:111122223333:rule/Events-Archive-memoire",
            "EventPattern": r#"{"replay-name":[{"exists":false}]}"#,
            "State": "ENABLED",
            "ManagedBy": "prod.vhs.events.aws.internal",
            "EventBusName": "default",
        }])
    );
    for operation in ["DeleteRule", "DisableRule"] {
        let refused = refusal(&mut tower, operation, json!({ "Name": "Events-Archive-memoire" }));
        assert!(refused.starts_with("ManagedRuleException"), "{refused}");
    }

    tower.arrives(event("2026-11-20T08:00:30Z")).unwrap();
    assert_eq!(
        tower.hops(),
        ["bus>rule default → Events-Archive-memoire match", "bus>archive Events-Archive-memoire → memoire"]
    );
    let shown = tower.call("DescribeArchive", json!({ "ArchiveName": "memoire" })).unwrap();
    assert_eq!(shown["EventCount"], 1);
    assert_eq!(shown["State"], "ENABLED");
    assert_eq!(shown["ArchiveArn"], ARCHIVE);
    assert_eq!(shown["SizeBytes"], event("2026-11-20T08:00:30Z").to_string().len());
}

#[test]
fn a_pattern_says_which_events_are_kept() {
    let mut tower = archived();
    let update =
        json!({ "ArchiveName": "memoire", "EventPattern": r#"{"source":["tram"]}"#, "RetentionDays": 1 });
    tower.call("UpdateArchive", update).unwrap();

    tower.arrives(event("2026-11-20T08:00:30Z")).unwrap();

    assert_eq!(tower.hops(), ["bus>rule default → Events-Archive-memoire nomatch"]);
    let shown = tower.call("DescribeArchive", json!({ "ArchiveName": "memoire" })).unwrap();
    assert_eq!((&shown["EventCount"], &shown["RetentionDays"]), (&json!(0), &json!(1)));
    assert_eq!(shown["EventPattern"], r#"{"source":["tram"]}"#);
}

#[test]
fn retention_counts_from_when_the_bus_received_an_event() {
    let mut tower = archived();
    tower.call("UpdateArchive", json!({ "ArchiveName": "memoire", "RetentionDays": 1 })).unwrap();
    tower.arrives(event("2020-01-01T00:00:00Z")).unwrap();
    let mut count = || {
        let shown = tower.call("DescribeArchive", json!({ "ArchiveName": "memoire" })).unwrap();
        let count = shown["EventCount"].clone();
        tower.run_for(SimDuration::from_mins(24 * 60));
        count
    };

    assert_eq!(count(), 1);
    assert_eq!(count(), 0);
}

#[test]
fn a_replay_goes_minute_by_minute_under_its_name_and_is_not_archived_again() {
    let mut tower = archived().with_rule("r-ville", &json!({ "source": ["ville"] }), &[TOPIC]);
    for time in
        ["2026-11-20T08:02:10Z", "2026-11-20T08:00:30Z", "2026-11-20T08:00:10Z", "2026-11-20T08:03:00Z"]
    {
        tower.arrives(event(time)).unwrap();
    }
    let before = tower.ledger.hops().len();

    let answer = tower.call("StartReplay", replay("rejeu", "2026-11-20T08:00:00Z", "2026-11-20T08:03:00Z"));
    assert_eq!(answer.unwrap()["State"], "STARTING");
    tower.run_for(SimDuration::from_mins(10));

    let replayed: Vec<_> =
        tower.ledger.hops()[before..].iter().filter(|hop| hop.path.as_str() == "res>bus").collect();
    let times: Vec<String> =
        replayed.iter().map(|hop| hop.payload.body()["time"].as_str().unwrap()[14..19].to_owned()).collect();
    assert_eq!(times, ["00:10", "00:30", "02:10"]);
    assert!(replayed[1].sent_at < replayed[2].sent_at);
    let first = replayed[0].payload.body().into_owned();
    assert_eq!(first["replay-name"], "rejeu");
    assert_ne!(first["id"], event("")["id"]);
    let keys: Vec<&str> = first.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys[6..8], ["region", "replay-name"]);
    let shown = tower.call("DescribeReplay", json!({ "ReplayName": "rejeu" })).unwrap();
    assert_eq!(shown["State"], "COMPLETED");
    assert_eq!(shown["EventLastReplayedTime"], "2026-11-20T08:02:00+00:00");
    let archive = tower.call("DescribeArchive", json!({ "ArchiveName": "memoire" })).unwrap();
    assert_eq!(archive["EventCount"], 4);
}

#[test]
fn a_replay_may_be_for_some_rules_only() {
    let mut tower = archived().with_rule("r-a", &json!({ "source": ["ville"] }), &[]).with_rule(
        "r-b",
        &json!({ "source": ["ville"] }),
        &[],
    );
    tower.arrives(event("2026-11-20T08:00:30Z")).unwrap();
    let before = tower.hops().len();
    let mut wanted = replay("rejeu", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z");
    wanted["Destination"]["FilterArns"] = json!(["arn:aws:events:eu-west-3:111122223333:rule/r-b"]);

    tower.call("StartReplay", wanted).unwrap();
    tower.run_for(SimDuration::from_mins(10));

    assert_eq!(tower.hops()[before..], ["res>bus rejeu → default", "bus>rule default → r-b match"]);
}

#[test]
fn a_replay_that_is_cancelled_sends_no_further_minute() {
    let mut tower = archived();
    tower.arrives(event("2026-11-20T08:00:30Z")).unwrap();
    tower.call("StartReplay", replay("rejeu", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")).unwrap();

    assert_eq!(
        tower.call("CancelReplay", json!({ "ReplayName": "rejeu" })).unwrap(),
        json!({
            "ReplayArn": "arn:aws:events:eu-west-3:111122223333:replay/rejeu",
            "State": "CANCELLING",
        })
    );
    tower.run_for(SimDuration::from_mins(10));

    assert!(!tower.hops().iter().any(|hop| hop.starts_with("res>bus")));
    let shown = tower.call("DescribeReplay", json!({ "ReplayName": "rejeu" })).unwrap();
    assert_eq!(shown["State"], "CANCELLED");
    let again = refusal(&mut tower, "CancelReplay", json!({ "ReplayName": "rejeu" }));
    assert!(again.starts_with("IllegalStatusException"), "{again}");
}

#[test]
fn a_replay_whose_archive_is_deleted_fails() {
    let mut tower = archived();
    tower.call("StartReplay", replay("rejeu", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")).unwrap();
    tower.call("DeleteArchive", json!({ "ArchiveName": "memoire" })).unwrap();

    tower.run_for(SimDuration::from_mins(10));

    let shown = tower.call("DescribeReplay", json!({ "ReplayName": "rejeu" })).unwrap();
    assert_eq!(shown["State"], "FAILED");
    assert_eq!(shown["StateReason"], "Archive resource not found.");
    assert_eq!(tower.call("ListRules", json!({})).unwrap(), json!({ "Rules": [] }));
}

#[test]
fn what_the_service_refuses_of_archives_and_replays() {
    let mut tower = archived();
    tower.call("CreateEventBus", json!({ "Name": "capteurs" })).unwrap();
    let nowhere = "arn:aws:events:eu-west-3:111122223333:event-bus/nulle-part";
    let mut refused = |operation: &str, parameters: Value| refusal(&mut tower, operation, parameters);

    assert_eq!(
        refused("CreateArchive", json!({ "ArchiveName": "a", "EventSourceArn": nowhere })),
        "ResourceNotFoundException: Event bus nulle-part does not exist."
    );
    assert_eq!(
        refused("CreateArchive", json!({ "ArchiveName": "memoire", "EventSourceArn": BUS })),
        "ResourceAlreadyExistsException: Archive memoire already exists."
    );
    assert_eq!(
        refused("DescribeArchive", json!({ "ArchiveName": "oubli" })),
        "ResourceNotFoundException: Archive oubli does not exist."
    );
    let pattern = json!({ "ArchiveName": "a", "EventSourceArn": BUS, "EventPattern": "{}" });
    assert!(refused("CreateArchive", pattern).starts_with("InvalidEventPatternException"));

    let good = replay("rejeu", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z");
    let with = |pointer: &str, value: &str| {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value.into();
        changed
    };
    let oblivion = "arn:aws:events:eu-west-3:111122223333:archive/oubli";
    assert_eq!(
        refused("StartReplay", with("/EventSourceArn", oblivion)),
        "ValidationException: Parameter EventSourceArn is not valid. Reason: Archive oubli does not exist."
    );
    assert_eq!(
        refused("StartReplay", with("/Destination/Arn", nowhere)),
        "ResourceNotFoundException: Event bus nulle-part does not exist."
    );
    let other = "arn:aws:events:eu-west-3:111122223333:event-bus/capteurs";
    assert_eq!(
        refused("StartReplay", with("/Destination/Arn", other)),
        "ValidationException: Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted."
    );
    assert_eq!(
        refused("StartReplay", with("/EventEndTime", "2026-11-20T08:00:00Z")),
        "ValidationException: Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."
    );
}

#[test]
fn ten_replays_may_run_at_once_and_names_are_unique() {
    let mut tower = archived();
    let start = |name: &str| replay(name, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z");
    for number in 0..10 {
        tower.call("StartReplay", start(&format!("r-{number}"))).unwrap();
    }

    let eleventh = refusal(&mut tower, "StartReplay", start("r-10"));
    assert!(eleventh.starts_with("LimitExceededException"), "{eleventh}");
    tower.run_for(SimDuration::from_mins(10));
    tower.call("StartReplay", start("r-10")).unwrap();
    assert_eq!(
        refusal(&mut tower, "StartReplay", start("r-0")),
        "ResourceAlreadyExistsException: Replay r-0 already exists."
    );
    let listed = tower.call("ListReplays", json!({ "State": "COMPLETED", "Limit": 3 })).unwrap();
    assert_eq!(listed["Replays"].as_array().unwrap().len(), 3);
    assert!(listed["NextToken"].is_string());
}
