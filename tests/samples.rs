//! The account does what each sample shows, and what it writes has the sample's shape, field by field.

mod shapes;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shapes::assert_same_shape;
use vigie::{
    aws::{
        ApiCall, HopPath, Principal, Profile, Region,
        ServiceName::{self, CloudTrail, Config},
        Via,
    },
    engine::{Engine, Setup},
    kernel::SimDuration,
};

/// Samples show a user, root calls here: `userIdentity` has tests of its own.
const CALLER: (&str, &str) = ("userIdentity", "the samples' caller is an IAM user");

fn account() -> Engine {
    Engine::new(Setup {
        account_id: "123456789012".into(),
        home: Region::new("us-east-1"),
        epoch: "2026-11-20T09:00:00Z".parse::<DateTime<Utc>>().expect("it is RFC 3339"),
        seed: 1,
        profile: Profile::Classroom,
    })
}

fn does(engine: &mut Engine, service: ServiceName, operation: &str, parameters: Value) -> Value {
    let call = ApiCall {
        by: Principal::Root,
        via: Via::cli("203.0.113.24"),
        region: Region::new("us-east-1"),
        service,
        operation: operation.into(),
        parameters,
    };
    engine.call(call, None).1.unwrap_or_else(|error| panic!("{operation}: {error}"))
}

fn wait(engine: &mut Engine, seconds: u64) {
    engine.run_until(engine.now().after(SimDuration::from_secs(seconds)));
}

/// What the last hop of a path carried.
fn last(engine: &Engine, path: HopPath) -> Value {
    let hop = engine.ledger().hops().iter().rfind(|hop| hop.path == path);
    hop.unwrap_or_else(|| panic!("nothing travelled {path}")).payload.body().into_owned()
}

fn a_trail(engine: &mut Engine) {
    does(
        engine,
        CloudTrail,
        "CreateTrail",
        json!({
            "Name": "org-audit",
            "S3BucketName": "audit-logs-123456789012",
            "IncludeGlobalServiceEvents": true,
            "IsMultiRegionTrail": true,
            "EnableLogFileValidation": true,
        }),
    );
}

#[test]
fn making_a_trail_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);

    assert_same_shape(
        &last(&engine, HopPath::ApiTrail),
        "ct-cloudtrail-CreateTrail",
        &[CALLER, ("requestParameters.isOrganizationTrail", "the sample's caller sent it")],
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

    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-cloudtrail-PutEventSelectors", &[CALLER]);
}

#[test]
fn stopping_a_trail_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    does(&mut engine, CloudTrail, "StopLogging", json!({ "Name": "org-audit" }));

    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-cloudtrail-StopLogging", &[CALLER]);
}

#[test]
fn an_act_reaches_the_bus_in_the_envelope_of_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    does(&mut engine, CloudTrail, "StartLogging", json!({ "Name": "org-audit" }));

    assert_same_shape(
        &last(&engine, HopPath::TrailBus),
        "eb-api-call-via-cloudtrail",
        &[
            ("detail.userIdentity", CALLER.1),
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

    assert_same_shape(
        &answer,
        "ct-LookupEvents-response",
        &[("Events[].AccessKeyId", "root may call without a key of its own")],
    );
}

/// A recorder that is on, one rule for the trail to break, and a topic in the delivery channel.
fn a_recorder(engine: &mut Engine) {
    let recorder = json!({ "name": "default", "roleARN": "arn:aws:iam::123456789012:role/config" });
    does(engine, Config, "PutConfigurationRecorder", json!({ "ConfigurationRecorder": recorder }));
    let topic = "arn:aws:sns:us-east-1:123456789012:security-alerts";
    let channel =
        json!({ "name": "default", "s3BucketName": "audit-logs-123456789012", "snsTopicARN": topic });
    does(engine, Config, "PutDeliveryChannel", json!({ "DeliveryChannel": channel }));
    does(engine, Config, "StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
}

#[test]
fn making_a_rule_and_stopping_the_recorder_are_recorded_as_in_the_samples() {
    let mut engine = account();
    a_recorder(&mut engine);
    let rule = json!({
        "ConfigRuleName": "restricted-ssh",
        "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" },
        "Scope": { "ComplianceResourceTypes": ["AWS::EC2::SecurityGroup"] },
    });
    does(&mut engine, Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-config-PutConfigRule", &[CALLER]);

    let stop = json!({ "ConfigurationRecorderName": "default" });
    does(&mut engine, Config, "StopConfigurationRecorder", stop);
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-config-StopConfigurationRecorder", &[CALLER]);
}

#[test]
fn a_change_of_a_resource_reaches_the_bus_as_in_the_sample() {
    const OTHER: &str = "another type of resource than the sample's";
    let mut engine = account();
    a_recorder(&mut engine);
    a_trail(&mut engine);
    wait(&mut engine, 20);
    does(&mut engine, CloudTrail, "StartLogging", json!({ "Name": "org-audit" }));
    wait(&mut engine, 20);

    assert_same_shape(
        &last(&engine, HopPath::ConfigBus),
        "eb-config-configuration-item-change",
        &[
            ("detail.configurationItemDiff.changedProperties", OTHER),
            ("detail.configurationItem.configuration", OTHER),
            ("detail.configurationItem.relationships", OTHER),
            ("detail.configurationItem.tags", OTHER),
        ],
    );
}
