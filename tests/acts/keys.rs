//! Samples of keys.

use serde_json::{Value, json};
use vigie::{
    aws::{HopPath, ServiceName::Kms},
    engine::Engine,
};

use crate::shapes::assert_same_shape;

use super::desk::{a_logging_trail, account, does, record, wait};

const DAY: u64 = 86_400;

fn a_key(engine: &mut Engine) -> Value {
    does(engine, Kms, "CreateKey", json!({}))["KeyMetadata"]["KeyId"].clone()
}

#[test]
fn the_deletion_of_a_key_is_recorded_as_in_the_sample() {
    let mut engine = account();
    let key = a_key(&mut engine);
    does(&mut engine, Kms, "ScheduleKeyDeletion", json!({ "KeyId": key, "PendingWindowInDays": 7 }));

    let recorded = record(&engine);
    assert_same_shape(&recorded, "ct-kms-ScheduleKeyDeletion", &[]);
    assert_eq!(recorded["responseElements"]["deletionDate"], "Nov 27, 2026, 12:00:00 AM");
}

#[test]
fn the_rotation_of_a_key_is_an_event_of_the_service_as_in_the_samples() {
    let mut engine = account();
    a_logging_trail(&mut engine, None);
    let key = a_key(&mut engine);
    does(&mut engine, Kms, "EnableKeyRotation", json!({ "KeyId": key, "RotationPeriodInDays": 90 }));
    wait(&mut engine, 91 * DAY);

    let found = |path: HopPath| {
        let hops = engine.ledger().hops().iter().filter(|hop| hop.path == path);
        let mut bodies = hops.map(|hop| hop.payload.body().into_owned());
        bodies.rfind(|body| body.to_string().contains("RotateKey")).expect("the key has been rotated")
    };
    assert_same_shape(&found(HopPath::ApiTrail), "ct-service-event-RotateKey", &[]);
    assert_same_shape(&found(HopPath::TrailBus), "eb-service-event-via-cloudtrail", &[]);
}
