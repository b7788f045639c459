//! Rules about database instances and their snapshots.

use serde_json::Value;

use super::{
    ManagedRule, Parameter, Subject, Verdict,
    keys::is_key,
    on_change,
    subject::{field, text_or_json},
};

const INSTANCE: &[&str] = &["AWS::RDS::DBInstance"];

pub(super) const RULES: &[ManagedRule] = &[
    on_change("RDS_INSTANCE_PUBLIC_ACCESS_CHECK", "rds-instance-public-access-check", INSTANCE, |subject| {
        subject.flag("/publiclyAccessible", false)
    }),
    on_change("RDS_STORAGE_ENCRYPTED", "rds-storage-encrypted", INSTANCE, storage_encrypted)
        .taking(&[Parameter::text("kmsKeyId")]),
    on_change("RDS_MULTI_AZ_SUPPORT", "rds-multi-az-support", INSTANCE, multi_az),
    on_change(
        "RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
        "rds-instance-deletion-protection-enabled",
        INSTANCE,
        deletion_protection,
    )
    .taking(&[Parameter::list("databaseEngines")]),
    on_change(
        "RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED",
        "rds-automatic-minor-version-upgrade-enabled",
        INSTANCE,
        |subject| subject.flag("/autoMinorVersionUpgrade", true),
    ),
    on_change(
        "RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED",
        "rds-instance-iam-authentication-enabled",
        INSTANCE,
        iam_authentication,
    ),
    on_change("DB_INSTANCE_BACKUP_ENABLED", "db-instance-backup-enabled", INSTANCE, backup).taking(&[
        Parameter::integer("backupRetentionPeriod"),
        Parameter::integer("backupRetentionMinimum"),
        Parameter::text("preferredBackupWindow"),
        Parameter::boolean("checkReadReplicas"),
    ]),
    on_change("RDS_INSTANCE_DEFAULT_ADMIN_CHECK", "rds-instance-default-admin-check", INSTANCE, admin_name)
        .taking(&[Parameter::list("validAdminUserNames")]),
    on_change("RDS_ENHANCED_MONITORING_ENABLED", "rds-enhanced-monitoring-enabled", INSTANCE, monitoring)
        .taking(&[Parameter::integer("monitoringInterval")]),
    on_change("RDS_LOGGING_ENABLED", "rds-logging-enabled", INSTANCE, logging)
        .taking(&[Parameter::text("additionalLogs")]),
    on_change(
        "RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
        "rds-snapshots-public-prohibited",
        &["AWS::RDS::DBSnapshot", "AWS::RDS::DBClusterSnapshot"],
        snapshot_private,
    ),
];

fn engine<'a>(subject: &Subject<'a>) -> &'a str {
    subject.text("/engine").unwrap_or_default()
}

/// The states in which some rules look at an instance; in others they are `NOT_APPLICABLE`, says the guide.
fn is_in_service(subject: &Subject<'_>) -> bool {
    let status = subject.text("/dBInstanceStatus").unwrap_or("available");
    matches!(status, "available" | "backing-up" | "storage-optimization" | "storage-full")
}

fn storage_encrypted(subject: &Subject<'_>) -> Verdict {
    let key = subject.text("/kmsKeyId").unwrap_or_default();
    match subject.parameter("kmsKeyId") {
        Some(wanted) if subject.is("/storageEncrypted") && !is_key(key, wanted) => {
            Verdict::non_compliant("kmsKeyId", wanted, key)
        }
        _ => subject.flag("/storageEncrypted", true),
    }
}

/// Aurora, `DocumentDB` and Neptune keep copies of their own and are not judged.
fn multi_az(subject: &Subject<'_>) -> Verdict {
    let engine = engine(subject);
    if engine.starts_with("aurora") || matches!(engine, "docdb" | "neptune") {
        return Verdict::not_applicable();
    }
    subject.flag("/multiAZ", true)
}

fn deletion_protection(subject: &Subject<'_>) -> Verdict {
    let engines = subject.listed("databaseEngines");
    if engines.is_some_and(|engines| !engines.contains(&engine(subject))) {
        return Verdict::not_applicable();
    }
    subject.flag("/deletionProtection", true)
}

fn iam_authentication(subject: &Subject<'_>) -> Verdict {
    const ENGINES: [&str; 5] = ["mysql", "postgres", "aurora", "aurora-mysql", "aurora-postgresql"];
    if !ENGINES.contains(&engine(subject)) || !is_in_service(subject) {
        return Verdict::not_applicable();
    }
    subject.flag("/iAMDatabaseAuthenticationEnabled", true)
}

/// Backups are kept for a day at least, and as the parameters ask. Read replicas are left out only by
/// `checkReadReplicas` false.
fn backup(subject: &Subject<'_>) -> Verdict {
    const RETENTION: &str = "backupRetentionPeriod";
    let is_replica = subject.text("/readReplicaSourceDBInstanceIdentifier").is_some();
    let leaves_out =
        subject.parameter("checkReadReplicas").is_some_and(|value| value.eq_ignore_ascii_case("false"));
    if is_replica && leaves_out {
        return Verdict::not_applicable();
    }
    let days = subject.number("/backupRetentionPeriod").unwrap_or(0);
    let least = subject.integer("backupRetentionMinimum").unwrap_or(1).max(1);
    if days < least {
        return Verdict::non_compliant(RETENTION, format!("at least {least}"), days);
    }
    if let Some(wanted) = subject.integer(RETENTION).filter(|wanted| *wanted != days) {
        return Verdict::non_compliant(RETENTION, wanted.to_string(), days);
    }
    let window = subject.text("/preferredBackupWindow");
    match subject.parameter("preferredBackupWindow") {
        Some(wanted) if window != Some(wanted) => {
            Verdict::non_compliant("preferredBackupWindow", wanted, window)
        }
        _ => Verdict::compliant(),
    }
}

/// `admin` and `postgres` are defaults, and stay so even when they are listed as valid.
fn admin_name(subject: &Subject<'_>) -> Verdict {
    let name = subject.text("/masterUsername").unwrap_or_default();
    if matches!(name, "admin" | "postgres") {
        return Verdict::non_compliant("masterUsername", "not the default name", name);
    }
    match subject.listed("validAdminUserNames") {
        Some(_) => subject.on_list("/masterUsername", "validAdminUserNames"),
        None => Verdict::compliant(),
    }
}

fn monitoring(subject: &Subject<'_>) -> Verdict {
    let seconds = subject.number("/monitoringInterval").unwrap_or(0);
    match subject.integer("monitoringInterval") {
        _ if seconds == 0 => Verdict::non_compliant("monitoringInterval", "above 0", seconds),
        Some(wanted) if wanted != seconds => {
            Verdict::non_compliant("monitoringInterval", wanted.to_string(), seconds)
        }
        _ => Verdict::compliant(),
    }
}

/// The logs an engine must export. Source: Security Hub user guide, control RDS.9, which is this rule.
fn logs_of(engine: &str) -> &'static [&'static str] {
    match engine {
        "postgres" => &["postgresql", "upgrade"],
        "aurora-postgresql" => &["postgresql"],
        "mysql" | "mariadb" | "aurora" | "aurora-mysql" => &["audit", "error", "general", "slowquery"],
        _ if engine.starts_with("oracle") => &["alert", "audit", "trace", "listener"],
        _ if engine.starts_with("sqlserver") => &["error", "agent"],
        _ => &[],
    }
}

fn logging(subject: &Subject<'_>) -> Verdict {
    if !is_in_service(subject) {
        return Verdict::not_applicable();
    }
    let engine = engine(subject);
    let exported: Vec<&str> = subject.texts("/enabledCloudwatchLogsExports").collect();
    let additional = additional_logs(subject.parameter("additionalLogs").unwrap_or_default(), engine);
    let missing = logs_of(engine).iter().copied().chain(additional).find(|log| !exported.contains(log));
    match missing {
        Some(log) => Verdict::non_compliant(field("/enabledCloudwatchLogsExports"), log, exported),
        None => Verdict::compliant(),
    }
}

/// Those of an engine in `oracle: general, slowquery ; aurora: alert, slowquery`; `oracle` means `oracle-ee`, too.
fn additional_logs<'t>(text: &'t str, engine: &str) -> Vec<&'t str> {
    text.split(';')
        .filter_map(|part| part.split_once(':'))
        .filter(|(name, _)| {
            let name = name.trim();
            engine == name || engine.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'))
        })
        .flat_map(|(_, logs)| logs.split(',').map(str::trim).filter(|log| !log.is_empty()))
        .collect()
}

fn snapshot_private(subject: &Subject<'_>) -> Verdict {
    let attributes = ["DBSnapshotAttributes", "DBClusterSnapshotAttributes"];
    let attributes = attributes.iter().find_map(|name| subject.supplementary(name)).map(text_or_json);
    let is_public = |attribute: &Value| {
        let values = attribute.get("attributeValues").and_then(Value::as_array).into_iter().flatten();
        attribute.get("attributeName").and_then(Value::as_str) == Some("restore")
            && values.into_iter().any(|value| value.as_str() == Some("all"))
    };
    if attributes.as_ref().and_then(Value::as_array).into_iter().flatten().any(is_public) {
        Verdict::non_compliant("DBSnapshotAttributes.restore", "named accounts", "all")
    } else {
        Verdict::compliant()
    }
}
