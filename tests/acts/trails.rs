//! CloudTrail's own samples: trails, what they deliver, sign-ins, what is looked up.

use serde_json::{Value, json};
use vigie::{
    aws::{
        HopPath, Principal,
        ServiceName::CloudTrail,
        signin::{Password, SignIn},
    },
    engine::{Engine, Stimulus},
};

use crate::shapes::assert_same_shape;

use super::desk::{a_logging_trail, a_trail, account, does, last, record, wait};

#[test]
fn making_a_trail_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);

    assert_same_shape(
        &record(&engine),
        "ct-cloudtrail-CreateTrail",
        &[("requestParameters.isOrganizationTrail", "the sample's caller sent it")],
    );
}

#[test]
fn selecting_events_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    let selector = json!({
        "ReadWriteType": "All",
        "IncludeManagementEvents": true,
        "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::example-data-123456789012/"] }],
        "ExcludeManagementEventSources": [],
    });
    let parameters = json!({ "TrailName": "org-audit", "EventSelectors": [selector] });
    does(&mut engine, CloudTrail, "PutEventSelectors", parameters);

    assert_same_shape(&record(&engine), "ct-cloudtrail-PutEventSelectors", &[]);
}

#[test]
fn stopping_a_trail_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    does(&mut engine, CloudTrail, "StopLogging", json!({ "Name": "org-audit" }));

    assert_same_shape(&record(&engine), "ct-cloudtrail-StopLogging", &[]);
}

#[test]
fn an_act_reaches_the_bus_in_the_envelope_of_the_sample() {
    let mut engine = account();
    a_logging_trail(&mut engine, None);

    assert_same_shape(
        &last(&engine, HopPath::TrailBus),
        "eb-api-call-via-cloudtrail",
        &[
            ("detail.requestParameters", "another act than the sample's"),
            ("detail.responseElements", "another act than the sample's"),
        ],
    );
}

#[test]
fn looking_events_up_answers_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    wait(&mut engine, 10);
    let mut answer = does(&mut engine, CloudTrail, "LookupEvents", json!({ "MaxResults": 1 }));
    if let Some(members) = answer.as_object_mut() {
        members.shift_remove("NextToken");
    }

    assert_same_shape(&answer, "ct-LookupEvents-response", &[]);
}

#[test]
fn a_digest_lists_the_files_of_its_hour_as_in_the_sample() {
    let mut engine = account();
    a_logging_trail(&mut engine, None);
    wait(&mut engine, 3_600 + 60);
    does(&mut engine, CloudTrail, "ListTrails", json!({}));
    wait(&mut engine, 3_600);

    assert_same_shape(&last(&engine, HopPath::TrailS3), "ct-digest", &[]);
}

fn signs_in(engine: &mut Engine, by: Principal, password: Password, mfa: bool) -> Value {
    let attempt = SignIn { by, password, mfa: Some(mfa), source_ip: "203.0.113.24".into(), region: None };
    engine.push(Stimulus::SignIn(attempt), None);
    record(engine)
}

#[test]
fn sign_ins_are_recorded_as_in_the_samples() {
    let mut engine = account();
    for (by, password, mfa, sample) in [
        (Principal::user("dana"), Password::Right, true, "ct-signin-ConsoleLogin-success-mfa"),
        (Principal::user("dana"), Password::Wrong, false, "ct-signin-ConsoleLogin-failure"),
        (Principal::user("dqna"), Password::Wrong, false, "ct-signin-ConsoleLogin-failure-unknown-user"),
        (Principal::Root, Password::Right, false, "ct-signin-ConsoleLogin-root-no-mfa"),
    ] {
        assert_same_shape(&signs_in(&mut engine, by, password, mfa), sample, &[]);
    }
}

#[test]
fn a_sign_in_reaches_the_bus_in_the_envelope_of_the_sample() {
    let mut engine = account();
    a_logging_trail(&mut engine, None);
    signs_in(&mut engine, Principal::Root, Password::Right, false);

    let event = last(&engine, HopPath::TrailBus);
    assert_same_shape(&event, "eb-console-signin", &[]);
    assert_eq!(event["detail-type"], "AWS Console Sign In via CloudTrail");
}
