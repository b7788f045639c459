//! An account on a desk: somebody acts, time passes, and one looks at what travelled.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use vigie::{
    aws::{
        ApiCall, ApiOutcome, HopPath, Principal, Profile, Region,
        ServiceName::{self, CloudTrail, Iam, S3},
        Via,
    },
    engine::{Engine, Setup},
    kernel::SimDuration,
};

/// An account in which `dana` may do everything and `mallory` nothing, with a bucket that takes what CloudTrail and
/// Config deliver.
pub fn account() -> Engine {
    let mut engine = Engine::new(Setup {
        account_id: "123456789012".into(),
        home: Region::new("us-east-1"),
        epoch: "2026-11-20T09:00:00Z".parse::<DateTime<Utc>>().expect("it is RFC 3339"),
        seed: 1,
        profile: Profile::Classroom,
    });
    let services = json!({ "Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"] });
    let door = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": services, "Action": "s3:*",
        "Resource": ["arn:aws:s3:::audit-logs-123456789012", "arn:aws:s3:::audit-logs-123456789012/*"],
    }]});
    for (service, operation, parameters) in [
        (Iam, "CreateUser", json!({ "UserName": "dana" })),
        (Iam, "CreateUser", json!({ "UserName": "mallory" })),
        (
            Iam,
            "AttachUserPolicy",
            json!({ "UserName": "dana", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" }),
        ),
        (S3, "CreateBucket", json!({ "Bucket": "audit-logs-123456789012" })),
        (S3, "PutBucketPolicy", json!({ "Bucket": "audit-logs-123456789012", "Policy": door.to_string() })),
    ] {
        asks(&mut engine, Principal::Root, service, operation, parameters).expect("root may do everything");
    }
    engine
}

/// `dana` does it, and may.
pub fn does(engine: &mut Engine, service: ServiceName, operation: &str, parameters: Value) -> Value {
    asks(engine, Principal::user("dana"), service, operation, parameters)
        .unwrap_or_else(|error| panic!("{operation}: {error}"))
}

pub fn asks(
    engine: &mut Engine,
    by: Principal,
    service: ServiceName,
    operation: &str,
    parameters: Value,
) -> ApiOutcome {
    asks_from(engine, "us-east-1", by, service, operation, parameters)
}

/// The same in another Region.
pub fn asks_from(
    engine: &mut Engine,
    region: &str,
    by: Principal,
    service: ServiceName,
    operation: &str,
    parameters: Value,
) -> ApiOutcome {
    let via = match &by {
        Principal::Service(name) => Via::service(name),
        _ => Via::cli("203.0.113.24"),
    };
    let region = Region::new(region);
    let call = ApiCall { by, via, region, service, operation: operation.into(), parameters };
    engine.call(call, None).1
}

/// A call from a console session of `dana`.
pub fn does_at_the_console(engine: &mut Engine, service: ServiceName, operation: &str, parameters: Value) {
    let via = Via { console: true, ..Via::cli("203.0.113.24") };
    let region = Region::new("us-east-1");
    let by = Principal::user("dana");
    let call = ApiCall { by, via, region, service, operation: operation.into(), parameters };
    engine.call(call, None).1.unwrap_or_else(|error| panic!("{operation}: {error}"));
}

pub fn wait(engine: &mut Engine, seconds: u64) {
    engine.run_until(engine.now().after(SimDuration::from_secs(seconds)));
}

/// What the last hop of a path carried.
pub fn last(engine: &Engine, path: HopPath) -> Value {
    let hop = engine.ledger().hops().iter().rfind(|hop| hop.path == path);
    hop.unwrap_or_else(|| panic!("nothing travelled {path}")).payload.body().into_owned()
}

/// The record of the last call.
pub fn record(engine: &Engine) -> Value {
    last(engine, HopPath::ApiTrail)
}

/// A trail of every Region that validates its files; it does not log yet.
pub fn a_trail(engine: &mut Engine) {
    let trail = json!({
        "Name": "org-audit",
        "S3BucketName": "audit-logs-123456789012",
        "IncludeGlobalServiceEvents": true,
        "IsMultiRegionTrail": true,
        "EnableLogFileValidation": true,
    });
    does(engine, CloudTrail, "CreateTrail", trail);
}

/// The same, logging, with the data events of a type as well.
pub fn a_logging_trail(engine: &mut Engine, data_type: Option<&str>) {
    a_trail(engine);
    if let Some(data_type) = data_type {
        let of = |category: &str| json!({ "Field": "eventCategory", "Equals": [category] });
        let selectors = json!([
            { "FieldSelectors": [of("Management")] },
            { "FieldSelectors": [of("Data"), { "Field": "resources.type", "Equals": [data_type] }] },
        ]);
        let parameters = json!({ "TrailName": "org-audit", "AdvancedEventSelectors": selectors });
        does(engine, CloudTrail, "PutEventSelectors", parameters);
    }
    does(engine, CloudTrail, "StartLogging", json!({ "Name": "org-audit" }));
}

/// A role that a service may take on, with everything allowed.
pub fn a_role(engine: &mut Engine, name: &str, service: &str) -> String {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole",
    }]});
    let role = json!({ "RoleName": name, "AssumeRolePolicyDocument": trust.to_string() });
    let answer = does(engine, Iam, "CreateRole", role);
    let everything = json!({ "RoleName": name, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" });
    does(engine, Iam, "AttachRolePolicy", everything);
    answer["Role"]["Arn"].as_str().expect("a role has an ARN").to_owned()
}
