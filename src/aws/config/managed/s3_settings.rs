//! Rules about the other settings of a bucket: encryption keys, versions, logs, locks, copies.

use serde_json::Value;

use super::{
    ManagedRule, Parameter, Subject, Verdict, on_change,
    parameter::Kind,
    subject::{is_true, text_or_json},
};
use crate::aws::arn::Arn;

const BUCKET: &[&str] = &["AWS::S3::Bucket"];

pub(super) const RULES: &[ManagedRule] = &[
    on_change("S3_DEFAULT_ENCRYPTION_KMS", "s3-default-encryption-kms", BUCKET, encryption_kms)
        .taking(&[Parameter::list("kmsKeyArns")]),
    on_change("S3_BUCKET_VERSIONING_ENABLED", "s3-bucket-versioning-enabled", BUCKET, versioning)
        .taking(&[Parameter::boolean("isMfaDeleteEnabled")]),
    on_change("S3_BUCKET_LOGGING_ENABLED", "s3-bucket-logging-enabled", BUCKET, logging)
        .taking(&[Parameter::text("targetBucket"), Parameter::text("targetPrefix")]),
    on_change("S3_BUCKET_DEFAULT_LOCK_ENABLED", "s3-bucket-default-lock-enabled", BUCKET, default_lock)
        .taking(&[Parameter::new("mode", Kind::OneOf(&["GOVERNANCE", "COMPLIANCE"]))]),
    on_change("S3_BUCKET_REPLICATION_ENABLED", "s3-bucket-replication-enabled", BUCKET, replication)
        .taking(&[Parameter::new("ReplicationType", Kind::OneOf(&["CROSS-REGION", "SAME-REGION"]))]),
];

/// A member of a supplementary configuration; null when there is none.
fn member(subject: &Subject<'_>, configuration: &str, pointer: &str) -> Value {
    let found = subject.supplementary(configuration).map(text_or_json);
    found.and_then(|found| found.pointer(pointer).cloned()).unwrap_or_default()
}

fn encryption_kms(subject: &Subject<'_>) -> Verdict {
    const ENCRYPTION: &str = "ServerSideEncryptionConfiguration";
    const BY_DEFAULT: &str = "/rules/0/applyServerSideEncryptionByDefault";
    let algorithm = member(subject, ENCRYPTION, &format!("{BY_DEFAULT}/sseAlgorithm"));
    if !algorithm.as_str().is_some_and(|name| name.starts_with("aws:kms")) {
        return Verdict::non_compliant(format!("{ENCRYPTION}.sseAlgorithm"), "aws:kms", algorithm);
    }
    let Some(allowed) = subject.listed("kmsKeyArns") else { return Verdict::compliant() };
    let key = member(subject, ENCRYPTION, &format!("{BY_DEFAULT}/kmsMasterKeyID"));
    if key.as_str().is_some_and(|key| allowed.contains(&key)) {
        Verdict::compliant()
    } else {
        Verdict::non_compliant(format!("{ENCRYPTION}.kmsMasterKeyID"), allowed.join(" or "), key)
    }
}

fn versioning(subject: &Subject<'_>) -> Verdict {
    const VERSIONING: &str = "BucketVersioningConfiguration";
    let status = member(subject, VERSIONING, "/status");
    if status.as_str() != Some("Enabled") {
        return Verdict::non_compliant(format!("{VERSIONING}.status"), "Enabled", status);
    }
    let with_mfa = member(subject, VERSIONING, "/isMfaDeleteEnabled");
    if subject.wants("isMfaDeleteEnabled") && !is_true(&with_mfa) {
        return Verdict::non_compliant(format!("{VERSIONING}.isMfaDeleteEnabled"), "true", with_mfa);
    }
    Verdict::compliant()
}

fn logging(subject: &Subject<'_>) -> Verdict {
    const LOGGING: &str = "BucketLoggingConfiguration";
    let bucket = member(subject, LOGGING, "/destinationBucketName");
    if bucket.as_str().is_none_or(str::is_empty) {
        return Verdict::non_compliant(format!("{LOGGING}.destinationBucketName"), "a bucket", bucket);
    }
    let as_asked = |name: &str, parameter: &str| {
        let actual = member(subject, LOGGING, &format!("/{name}"));
        match subject.parameter(parameter) {
            Some(wanted) if actual.as_str() != Some(wanted) => {
                Verdict::non_compliant(format!("{LOGGING}.{name}"), wanted, actual)
            }
            _ => Verdict::compliant(),
        }
    };
    Verdict::all([
        as_asked("destinationBucketName", "targetBucket"),
        as_asked("logFilePrefix", "targetPrefix"),
    ])
}

/// The lock is on; the mode is that of the default retention.
fn default_lock(subject: &Subject<'_>) -> Verdict {
    const LOCK: &str = "ObjectLockConfiguration";
    let enabled = member(subject, LOCK, "/objectLockEnabled");
    if !(enabled.as_str() == Some("Enabled") || is_true(&enabled)) {
        return Verdict::non_compliant(format!("{LOCK}.objectLockEnabled"), "Enabled", enabled);
    }
    let mode = member(subject, LOCK, "/rule/defaultRetention/mode");
    match subject.parameter("mode") {
        Some(wanted) if !mode.as_str().is_some_and(|mode| mode.eq_ignore_ascii_case(wanted)) => {
            Verdict::non_compliant(format!("{LOCK}.rule.defaultRetention.mode"), wanted, mode)
        }
        _ => Verdict::compliant(),
    }
}

/// Some rule is enabled, and with `ReplicationType` every enabled one leads to that kind of Region.
///
/// The ARN of a bucket names no Region: a destination whose Region the item does not give counts as another one.
fn replication(subject: &Subject<'_>) -> Verdict {
    const REPLICATION: &str = "BucketReplicationConfiguration";
    let rules = member(subject, REPLICATION, "/rules");
    let rules: Vec<&Value> = match &rules {
        Value::Object(by_id) => by_id.values().collect(),
        Value::Array(list) => list.iter().collect(),
        _ => Vec::new(),
    };
    let text = |rule: &Value, pointer: &str| rule.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let mut enabled = rules
        .iter()
        .filter(|rule| text(rule, "/status").is_some_and(|status| status == "Enabled"))
        .peekable();
    if enabled.peek().is_none() {
        return Verdict::non_compliant(format!("{REPLICATION}.rules"), "an enabled rule", Value::Null);
    }
    let Some(wanted) = subject.parameter("ReplicationType") else { return Verdict::compliant() };
    let home = subject.of_item("awsRegion");
    let kind = |rule: &Value| {
        let region = text(rule, "/destinationConfig/region").or_else(|| {
            let arn = text(rule, "/destinationConfig/bucketARN")?;
            Arn::parse(&arn).map(|arn| arn.region.to_owned()).filter(|region| !region.is_empty())
        });
        if region.as_deref() == Some(home) { "SAME-REGION" } else { "CROSS-REGION" }
    };
    match enabled.map(|rule| kind(rule)).find(|kind| !kind.eq_ignore_ascii_case(wanted)) {
        Some(other) => Verdict::non_compliant(format!("{REPLICATION}.rules"), wanted, other),
        None => Verdict::compliant(),
    }
}
