//! A function's settings as the API, CloudTrail and Config show them.

use serde_json::{Map, Value, json};

use super::{Function, Outbox, Region};
use crate::{
    aws::{Moment, parcel::ResourceChange, spelling::small_first_but},
    kernel::SimDuration,
};

/// How long a new function is `Pending`: teaching default.
const CREATING: SimDuration = SimDuration::from_secs(2);

/// A runtime version as AWS writes it where it does not matter. Source: `samples/lambda-log-lines.json`.
pub(super) fn runtime_version_arn(region: &str) -> String {
    format!("arn:aws:lambda:{region}::runtime:{}", "0".repeat(64))
}

/// `2026-11-20T08:12:00.101+0000`.
pub(super) fn modified_at(moment: Moment) -> String {
    moment.utc.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// The settings as they are.
pub(super) fn of(function: &Function, moment: Moment) -> Value {
    if moment.now.since(function.created_at) < CREATING {
        return creating(function);
    }
    let mut shown = settings(function);
    shown.insert("State".to_owned(), "Active".into());
    shown.insert("LastUpdateStatus".to_owned(), "Successful".into());
    Value::Object(shown)
}

/// The settings of a function that is being created.
pub(super) fn creating(function: &Function) -> Value {
    let mut shown = settings(function);
    shown.insert("State".to_owned(), "Pending".into());
    shown.insert("StateReason".to_owned(), "The function is being created.".into());
    shown.insert("StateReasonCode".to_owned(), "Creating".into());
    Value::Object(shown)
}

fn settings(function: &Function) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut put = |key: &str, value: Value| {
        shown.insert(key.to_owned(), value);
    };
    put("FunctionName", (*function.name).into());
    put("FunctionArn", (*function.arn).into());
    put("Runtime", (*function.runtime).into());
    put("Role", (*function.role).into());
    put("Handler", (*function.handler).into());
    put("CodeSize", function.code.len().into());
    put("Description", (*function.description).into());
    put("Timeout", function.timeout_s.into());
    put("MemorySize", function.memory_mb.into());
    put("LastModified", (*function.last_modified).into());
    put("CodeSha256", (*function.code_sha256).into());
    put("Version", "$LATEST".into());
    if let Some(target) = &function.dead_letter {
        put("DeadLetterConfig", json!({ "TargetArn": &**target }));
    }
    if !function.env.is_empty() {
        put("Environment", json!({ "Variables": function.env }));
    }
    put("TracingConfig", json!({ "Mode": "PassThrough" }));
    put("RevisionId", (*function.revision_id).into());
    put("PackageType", "Zip".into());
    put("Architectures", json!(["x86_64"]));
    put("EphemeralStorage", json!({ "Size": 512 }));
    put("SnapStart", json!({ "ApplyOn": "None", "OptimizationStatus": "Off" }));
    let region = function.arn.split(':').nth(3).unwrap_or_default();
    put("RuntimeVersionConfig", json!({ "RuntimeVersionArn": runtime_version_arn(region) }));
    put("LoggingConfig", json!({ "LogFormat": "Text", "LogGroup": function.log_group() }));
    shown
}

/// Tells Config what the function is now.
pub(super) fn announce(region: &Region, function: &Function, deleted: bool, out: &mut Outbox<'_>) {
    let configuration = if deleted {
        Value::Null
    } else {
        small_first_but(&Value::Object(settings(function)), &["Variables"])
    };
    let policy = function.policy().map_or(Value::Null, |policy| policy.to_string().into());
    out.changed(
        region,
        ResourceChange {
            resource_type: "AWS::Lambda::Function".into(),
            resource_id: function.name.clone(),
            resource_name: Some(function.name.clone()),
            arn: function.arn.clone(),
            availability_zone: "Not Applicable".into(),
            created_at: None,
            tags: function.tags.map(),
            relationships: json!([]),
            configuration,
            supplementary: json!({ "Policy": policy }),
            deleted,
        },
    );
}
