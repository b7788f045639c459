//! Partners' event sources and their buses.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Tower, region};
use crate::aws::{Parcel, eventbridge::PartnerAct};

const SOURCE: &str = "aws.partner/parking.example/ville";

fn offered() -> Tower {
    let mut tower = Tower::new();
    tower.hears(&PartnerAct::Offer { source: SOURCE.into() });
    tower
}

fn event() -> PartnerAct {
    PartnerAct::Event {
        source: SOURCE.into(),
        detail_type: "Barrière levée".into(),
        detail: Arc::new(json!({ "place": 12 })),
    }
}

fn state(tower: &mut Tower) -> Value {
    tower.call("DescribeEventSource", json!({ "Name": SOURCE })).unwrap()["State"].clone()
}

fn with_bus(mut tower: Tower) -> Tower {
    let bus = json!({ "Name": SOURCE, "EventSourceName": SOURCE });
    tower.call("CreateEventBus", bus).unwrap();
    tower
}

#[test]
fn a_source_waits_for_a_bus_of_its_name() {
    let mut tower = offered();
    assert_eq!(
        tower.call("DescribeEventSource", json!({ "Name": SOURCE })).unwrap(),
        json!({
            "Arn": format!("arn:aws:events:eu-west-3::event-source/{SOURCE}"),
            "CreatedBy": "aws.partner/parking.example",
            "CreationTime": "2026-11-18T11:06:40+00:00",
            "ExpirationTime": "2026-12-02T11:06:40+00:00",
            "Name": SOURCE,
            "State": "PENDING",
        })
    );

    let other = json!({ "Name": "parking", "EventSourceName": SOURCE });
    assert_eq!(&*tower.call("CreateEventBus", other).unwrap_err().code, "ValidationException");
    let mut tower = with_bus(tower);
    assert_eq!(state(&mut tower), "ACTIVE");
    tower.call("DeleteEventBus", json!({ "Name": SOURCE })).unwrap();
    assert_eq!(state(&mut tower), "PENDING");
}

#[test]
fn a_source_that_nobody_offers_has_no_bus() {
    let bus = json!({ "Name": SOURCE, "EventSourceName": SOURCE });

    let refusal = Tower::new().call("CreateEventBus", bus).unwrap_err();

    assert_eq!(
        refusal.to_string(),
        format!("ResourceNotFoundException: Event source {SOURCE} does not exist.")
    );
}

#[test]
fn a_partners_event_reaches_the_rules_of_its_bus() {
    let mut tower = with_bus(offered());
    let rule = json!({
        "Name": "r-parking",
        "EventBusName": SOURCE,
        "EventPattern": r#"{"source":[{"prefix":"aws.partner/parking.example"}]}"#,
    });
    let arn = format!("arn:aws:events:eu-west-3:111122223333:rule/{SOURCE}/r-parking");
    assert_eq!(tower.call("PutRule", rule).unwrap()["RuleArn"], arn);

    tower.hears(&event());
    tower.run(|_| None);

    assert_eq!(
        tower.hops(),
        [
            format!("res>bus aws.partner/parking.example → {SOURCE}"),
            format!("bus>rule {SOURCE} → r-parking match"),
        ]
    );
    assert_eq!(tower.counted()[&format!("Events {SOURCE}")], 1);
}

#[test]
fn a_source_that_is_not_active_is_not_heard() {
    let mut tower = with_bus(offered());
    tower.call("DeactivateEventSource", json!({ "Name": SOURCE })).unwrap();
    assert_eq!(state(&mut tower), "PENDING");
    let parcel = Parcel::BusEvent {
        bus: SOURCE.into(),
        event: Arc::new(json!({ "source": SOURCE })),
        read_only: false,
    };
    assert_eq!(tower.receives(&parcel).unwrap_err().code, "source-inactive");

    tower.call("ActivateEventSource", json!({ "Name": SOURCE })).unwrap();
    tower.receives(&parcel).unwrap();
    tower.hears(&PartnerAct::Withdraw { source: SOURCE.into() });
    assert_eq!(tower.receives(&parcel).unwrap_err().code, "source-inactive");
    let refusal = tower.call("ActivateEventSource", json!({ "Name": SOURCE })).unwrap_err();
    assert_eq!(&*refusal.code, "InvalidStateException");
}

#[test]
fn nobody_of_the_account_may_put_a_partners_events() {
    let entry = json!({ "Source": SOURCE, "DetailType": "Barrière levée", "Detail": "{}" });

    let answer = offered().call("PutPartnerEvents", json!({ "Entries": [entry] })).unwrap();

    assert_eq!(answer["FailedEntryCount"], 1);
    assert_eq!(answer["Entries"][0]["ErrorCode"], "NotAuthorizedForSourceException");
}

#[test]
fn sources_are_listed_by_prefix() {
    let mut tower = offered();
    tower.hears(&PartnerAct::Offer { source: "aws.partner/tram.example/ligne-1".into() });

    let listed = tower.call("ListEventSources", json!({ "NamePrefix": "aws.partner/tram" })).unwrap();

    assert_eq!(listed["EventSources"].as_array().unwrap().len(), 1);
    assert_eq!(tower.service.bus_names(&region()), ["default".into()]);
}
