//! Rules about keys, what is encrypted with them, and what else is to be kept safe: log groups, topics, tables, secrets.

use serde_json::Value;

use super::{
    ManagedRule, Parameter, Subject, Verdict, on_change, periodic,
    subject::{is_true, text_or_json},
};

const KEY: &[&str] = &["AWS::KMS::Key"];
const LOG_GROUP: &[&str] = &["AWS::Logs::LogGroup"];

pub(super) const RULES: &[ManagedRule] = &[
    periodic(
        "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
        "kms-cmk-not-scheduled-for-deletion",
        KEY,
        not_scheduled_for_deletion,
    )
    .taking(&[Parameter::list("kmsKeyIds")]),
    periodic("CMK_BACKING_KEY_ROTATION_ENABLED", "cmk-backing-key-rotation-enabled", KEY, rotation),
    on_change("SNS_ENCRYPTED_KMS", "sns-encrypted-kms", &["AWS::SNS::Topic"], topic_encrypted)
        .taking(&[Parameter::list("kmsKeyIds")]),
    periodic("CLOUDWATCH_LOG_GROUP_ENCRYPTED", "cloudwatch-log-group-encrypted", LOG_GROUP, |subject| {
        subject.on_list("/kmsKeyId", "KmsKeyId")
    })
    .taking(&[Parameter::text("KmsKeyId")]),
    periodic(
        "CW_LOGGROUP_RETENTION_PERIOD_CHECK",
        "cw-loggroup-retention-period-check",
        LOG_GROUP,
        retention,
    )
    .taking(&[Parameter::list("LogGroupNames"), Parameter::integer("MinRetentionTime").default("365")]),
    periodic("DYNAMODB_PITR_ENABLED", "dynamodb-pitr-enabled", &["AWS::DynamoDB::Table"], recovery),
    on_change(
        "SECRETSMANAGER_ROTATION_ENABLED_CHECK",
        "secretsmanager-rotation-enabled-check",
        &["AWS::SecretsManager::Secret"],
        secret_rotation,
    )
    .taking(&[Parameter::integer("maximumAllowedRotationFrequency")]),
];

/// Whether a key is the one named, by its ARN or by its id.
pub(super) fn is_key(actual: &str, named: &str) -> bool {
    let id = |text: &str| text.rsplit('/').next().map(str::to_owned);
    actual == named || (!actual.is_empty() && id(actual) == id(named) && !(is_arn(actual) && is_arn(named)))
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// Keys that AWS manages are nobody's to rotate or delete.
fn is_customer_managed(subject: &Subject<'_>) -> bool {
    subject.text("/keyManager").is_none_or(|manager| manager == "CUSTOMER")
}

fn not_scheduled_for_deletion(subject: &Subject<'_>) -> Verdict {
    let id = subject.text("/keyId").unwrap_or_else(|| subject.of_item("resourceId"));
    let is_named = |ids: Vec<&str>| ids.iter().any(|named| is_key(id, named));
    if !is_customer_managed(subject) || !subject.listed("kmsKeyIds").is_none_or(is_named) {
        return Verdict::not_applicable();
    }
    match subject.text("/keyState") {
        Some(state) if state.starts_with("Pending") && state.ends_with("Deletion") => {
            Verdict::non_compliant("keyState", "not scheduled for deletion", state)
        }
        _ => Verdict::compliant(),
    }
}

/// Asymmetric and HMAC keys, imported material and custom key stores cannot rotate by themselves.
fn rotation(subject: &Subject<'_>) -> Verdict {
    let spec = subject.text("/keySpec").or_else(|| subject.text("/customerMasterKeySpec"));
    let is_rotatable = is_customer_managed(subject)
        && spec.is_none_or(|spec| spec == "SYMMETRIC_DEFAULT")
        && subject.text("/origin").is_none_or(|origin| origin == "AWS_KMS")
        && subject.text("/customKeyStoreId").is_none();
    if !is_rotatable {
        return Verdict::not_applicable();
    }
    let status = subject.supplementary("KeyRotationStatus").map(text_or_json).unwrap_or_default();
    if is_true(&status) || status.get("keyRotationEnabled").is_some_and(is_true) {
        Verdict::compliant()
    } else {
        Verdict::non_compliant("KeyRotationStatus", "true", status)
    }
}

fn topic_encrypted(subject: &Subject<'_>) -> Verdict {
    let key = subject.text("/KmsMasterKeyId").or_else(|| subject.text("/kmsMasterKeyId"));
    let Some(key) = key else { return Verdict::non_compliant("KmsMasterKeyId", "a key", Value::Null) };
    match subject.listed("kmsKeyIds") {
        Some(allowed) if !allowed.iter().any(|named| is_key(key, named)) => {
            Verdict::non_compliant("KmsMasterKeyId", allowed.join(" or "), key)
        }
        _ => Verdict::compliant(),
    }
}

/// Groups that keep everything for ever keep it long enough.
fn retention(subject: &Subject<'_>) -> Verdict {
    let name = subject.text("/logGroupName").unwrap_or_else(|| subject.of_item("resourceName"));
    if subject.listed("LogGroupNames").is_some_and(|names| !names.contains(&name)) {
        return Verdict::not_applicable();
    }
    let least = subject.integer("MinRetentionTime").unwrap_or(365);
    match subject.number("/retentionInDays") {
        Some(days) if days < least => {
            Verdict::non_compliant("retentionInDays", format!("at least {least}"), days)
        }
        _ => Verdict::compliant(),
    }
}

fn recovery(subject: &Subject<'_>) -> Verdict {
    const STATUS: &str = "/pointInTimeRecoveryDescription/pointInTimeRecoveryStatus";
    let backups = ["ContinuousBackups", "ContinuousBackupsDescription"];
    let backups = backups.iter().find_map(|name| subject.supplementary(name)).map(text_or_json);
    let status = backups.and_then(|backups| backups.pointer(STATUS).cloned()).unwrap_or_default();
    if status.as_str() == Some("ENABLED") {
        Verdict::compliant()
    } else {
        Verdict::non_compliant("pointInTimeRecoveryStatus", "ENABLED", status)
    }
}

fn secret_rotation(subject: &Subject<'_>) -> Verdict {
    if !subject.is("/rotationEnabled") {
        return subject.flag("/rotationEnabled", true);
    }
    let days = subject.number("/rotationRules/automaticallyAfterDays");
    match (days, subject.integer("maximumAllowedRotationFrequency")) {
        (Some(days), Some(limit)) if days > limit => {
            Verdict::non_compliant("rotationRules.automaticallyAfterDays", format!("at most {limit}"), days)
        }
        _ => Verdict::compliant(),
    }
}
