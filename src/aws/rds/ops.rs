//! Operations on databases.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext,
        arn::arn,
        tags::{Tag, Tags},
        unique_id::{default_group_id, resource_id},
    },
    Rds,
    database::{Database, Pending, Status},
};

/// Creates a database.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateDBInstance {
    #[serde(rename = "DBInstanceIdentifier")]
    pub identifier: String,
    #[serde(rename = "DBInstanceClass")]
    pub class: String,
    /// `postgres`, `mysql`, `mariadb` …
    pub engine: String,
    pub engine_version: Option<String>,
    #[serde(rename = "DBName")]
    pub name: Option<String>,
    /// GiB.
    pub allocated_storage: Option<u32>,
    pub storage_type: Option<String>,
    pub master_username: Option<String>,
    pub master_user_password: Option<String>,
    #[serde(default)]
    pub vpc_security_group_ids: Vec<String>,
    pub availability_zone: Option<String>,
    /// Days, from 0 (no backups) to 35.
    pub backup_retention_period: Option<u32>,
    pub preferred_backup_window: Option<String>,
    pub port: Option<u16>,
    #[serde(rename = "MultiAZ")]
    pub multi_az: Option<bool>,
    pub auto_minor_version_upgrade: Option<bool>,
    pub publicly_accessible: Option<bool>,
    pub storage_encrypted: Option<bool>,
    pub kms_key_id: Option<String>,
    #[serde(rename = "EnableIAMDatabaseAuthentication")]
    pub iam_authentication: Option<bool>,
    /// Seconds between points of enhanced monitoring; 0 is off.
    pub monitoring_interval: Option<u32>,
    #[serde(default)]
    pub enable_cloudwatch_logs_exports: Vec<String>,
    pub deletion_protection: Option<bool>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// Lists databases.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeDBInstances {
    #[serde(rename = "DBInstanceIdentifier")]
    pub identifier: Option<String>,
}

/// Changes settings of a database.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ModifyDBInstance {
    #[serde(rename = "DBInstanceIdentifier")]
    pub identifier: String,
    #[serde(rename = "DBInstanceClass")]
    pub class: Option<String>,
    /// GiB.
    pub allocated_storage: Option<u32>,
    pub master_user_password: Option<String>,
    pub vpc_security_group_ids: Option<Vec<String>>,
    pub backup_retention_period: Option<u32>,
    pub preferred_backup_window: Option<String>,
    #[serde(rename = "MultiAZ")]
    pub multi_az: Option<bool>,
    pub auto_minor_version_upgrade: Option<bool>,
    pub publicly_accessible: Option<bool>,
    #[serde(rename = "EnableIAMDatabaseAuthentication")]
    pub iam_authentication: Option<bool>,
    pub monitoring_interval: Option<u32>,
    pub deletion_protection: Option<bool>,
    /// Now, instead of in the next maintenance window.
    pub apply_immediately: Option<bool>,
}

/// Deletes a database.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteDBInstance {
    #[serde(rename = "DBInstanceIdentifier")]
    pub identifier: String,
    pub skip_final_snapshot: Option<bool>,
    #[serde(rename = "FinalDBSnapshotIdentifier")]
    pub final_snapshot: Option<String>,
}

/// Engines, their version today and their port: teaching defaults where AWS lets one choose.
const ENGINES: &[(&str, &str, u16)] =
    &[("postgres", "17.5", 5_432), ("mysql", "8.4.5", 3_306), ("mariadb", "11.4.5", 3_306)];

impl Rds {
    pub(super) fn create_db_instance(
        &mut self,
        input: CreateDBInstance,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let identifier: Arc<str> = input.identifier.to_ascii_lowercase().into();
        check_identifier(&identifier)?;
        let Some((_, version, port)) = ENGINES.iter().find(|(engine, ..)| *engine == input.engine) else {
            return Err(invalid("Invalid DB engine"));
        };
        check_class(&input.class)?;
        let master_username =
            input.master_username.ok_or_else(|| invalid("The parameter MasterUsername must be provided"))?;
        check_password(input.master_user_password.as_deref())?;
        let allocated_storage = input
            .allocated_storage
            .ok_or_else(|| invalid("Invalid storage size for engine name: the size must be given"))?;
        let region = cx.region().clone();
        let account_id = cx.account_id;
        let databases = self.regions.entry(region.clone()).or_default();
        if databases.contains_key(&identifier) {
            return Err(ApiError::client("DBInstanceAlreadyExists", "DB instance already exists"));
        }
        let mut group_ids: Vec<Arc<str>> =
            input.vpc_security_group_ids.iter().map(|id| id.as_str().into()).collect();
        if group_ids.is_empty() {
            group_ids.push(default_group_id(account_id, &region).into());
        }
        let encrypted = input.storage_encrypted.unwrap_or_default() || input.kms_key_id.is_some();
        let default_key = || {
            let id = resource_id("", account_id, &format!("{region}aws/rds"), 32);
            let id = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
            arn("kms", &region, account_id, &format!("key/{id}"))
        };
        let database = Database {
            identifier: Arc::clone(&identifier),
            resource_id: format!("db-{}", cx.out.base32(26)).into(),
            class: input.class.into(),
            engine: input.engine.into(),
            engine_version: input.engine_version.unwrap_or_else(|| (*version).to_owned()).into(),
            name: input.name.map(Into::into),
            status: Status::Creating,
            created: None,
            master_username: master_username.into(),
            allocated_storage,
            storage_type: input.storage_type.unwrap_or_else(|| "gp2".to_owned()).into(),
            zone: input.availability_zone.unwrap_or_else(|| format!("{region}a")).into(),
            port: input.port.unwrap_or(*port),
            group_ids,
            backup_retention: input.backup_retention_period.unwrap_or(1),
            backup_window: input.preferred_backup_window.unwrap_or_else(|| "03:00-03:30".to_owned()).into(),
            multi_az: input.multi_az.unwrap_or_default(),
            auto_minor_upgrade: input.auto_minor_version_upgrade.unwrap_or(true),
            public: input.publicly_accessible.unwrap_or_default(),
            encryption_key: encrypted.then(|| input.kms_key_id.unwrap_or_else(default_key).into()),
            iam_authentication: input.iam_authentication.unwrap_or_default(),
            deletion_protection: input.deletion_protection.unwrap_or_default(),
            monitoring_interval: input.monitoring_interval.unwrap_or_default(),
            log_exports: input.enable_cloudwatch_logs_exports.into_iter().map(Into::into).collect(),
            tags: Tags::from(input.tags.as_slice()),
            pending: Pending::default(),
        };
        let shown = database.describe(&region, account_id);
        databases.insert(Arc::clone(&identifier), database);
        Self::wind(&region, &identifier, cx.out);
        Ok(json!({ "DBInstance": shown }))
    }

    pub(super) fn describe_db_instances(
        &mut self,
        input: DescribeDBInstances,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region();
        let shown: Vec<Value> = if let Some(identifier) = input.identifier {
            let database = self.database(region, &identifier.to_ascii_lowercase())?;
            vec![database.describe(region, cx.account_id)]
        } else {
            let databases = self.regions.get(region).into_iter().flat_map(|databases| databases.values());
            databases.map(|database| database.describe(region, cx.account_id)).collect()
        };
        Ok(json!({ "DBInstances": shown }))
    }

    pub(super) fn modify_db_instance(
        &mut self,
        input: ModifyDBInstance,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        let identifier: Arc<str> = input.identifier.to_ascii_lowercase().into();
        if let Some(class) = &input.class {
            check_class(class)?;
        }
        if input.master_user_password.is_some() {
            check_password(input.master_user_password.as_deref())?;
        }
        let database = self.database_mut(&region, &identifier)?;
        if database.status != Status::Available {
            return Err(not_available());
        }
        if let Some(storage) = input.allocated_storage
            && storage < database.allocated_storage
        {
            return Err(ApiError::client(
                "InvalidParameterCombination",
                "Invalid storage size: storage cannot be reduced",
            ));
        }
        // These never wait for a maintenance window.
        if let Some(ids) = input.vpc_security_group_ids {
            database.group_ids = ids.into_iter().map(Into::into).collect();
        }
        if let Some(days) = input.backup_retention_period {
            database.backup_retention = days;
        }
        if let Some(window) = input.preferred_backup_window {
            database.backup_window = window.into();
        }
        let flags = [
            (input.auto_minor_version_upgrade, &mut database.auto_minor_upgrade),
            (input.publicly_accessible, &mut database.public),
            (input.iam_authentication, &mut database.iam_authentication),
            (input.deletion_protection, &mut database.deletion_protection),
        ];
        for (wanted, flag) in flags {
            if let Some(wanted) = wanted {
                *flag = wanted;
            }
        }
        if let Some(seconds) = input.monitoring_interval {
            database.monitoring_interval = seconds;
        }
        // These do, unless they are wanted now.
        let pending = &mut database.pending;
        pending.class = input.class.map(Into::into).or_else(|| pending.class.take());
        pending.allocated_storage = input.allocated_storage.or(pending.allocated_storage);
        pending.multi_az = input.multi_az.or(pending.multi_az);
        pending.master_password |= input.master_user_password.is_some();
        let something = pending.class.is_some()
            || pending.allocated_storage.is_some()
            || pending.multi_az.is_some()
            || pending.master_password;
        let now = something && input.apply_immediately.unwrap_or_default();
        // The answer still says `available`: the status changes a moment later.
        let shown = database.describe(&region, cx.account_id);
        if now {
            database.status = Status::Modifying;
            Self::wind(&region, &identifier, cx.out);
        } else {
            self.announce(&region, &identifier, cx.out);
        }
        Ok(json!({ "DBInstance": shown }))
    }

    pub(super) fn delete_db_instance(
        &mut self,
        input: DeleteDBInstance,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        let identifier: Arc<str> = input.identifier.to_ascii_lowercase().into();
        let database = self.database_mut(&region, &identifier)?;
        if database.deletion_protection {
            return Err(ApiError::client(
                "InvalidParameterCombination",
                "Cannot delete protected DB Instance, please disable deletion protection and try again.",
            ));
        }
        match (input.skip_final_snapshot.unwrap_or_default(), input.final_snapshot) {
            (false, None) => {
                return Err(ApiError::client(
                    "InvalidParameterCombination",
                    "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
                ));
            }
            (true, Some(_)) => {
                return Err(ApiError::client(
                    "InvalidParameterCombination",
                    "FinalDBSnapshotIdentifier can not be specified when deleting a DB Instance with SkipFinalSnapshot set to true.",
                ));
            }
            _ => {}
        }
        if database.status == Status::Deleting {
            return Err(not_available());
        }
        // A clock is already running unless the database was at rest.
        let at_rest = database.status == Status::Available;
        database.status = Status::Deleting;
        let shown = database.describe(&region, cx.account_id);
        if at_rest {
            Self::wind(&region, &identifier, cx.out);
        }
        Ok(json!({ "DBInstance": shown }))
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::client("InvalidParameterValue", message)
}

fn not_available() -> ApiError {
    ApiError::client("InvalidDBInstanceState", "Database instance is not in available state.")
}

fn check_identifier(identifier: &str) -> Result<(), ApiError> {
    let starts = identifier.bytes().next().is_some_and(|letter| letter.is_ascii_lowercase());
    let inside = identifier.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-');
    if starts && inside && identifier.len() <= 63 && !identifier.ends_with('-') && !identifier.contains("--")
    {
        return Ok(());
    }
    Err(invalid(
        "The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.",
    ))
}

fn check_class(class: &str) -> Result<(), ApiError> {
    if class.starts_with("db.") && class.split('.').count() == 3 {
        Ok(())
    } else {
        Err(invalid(&format!("Invalid DB Instance class: {class}")))
    }
}

fn check_password(password: Option<&str>) -> Result<(), ApiError> {
    match password {
        None => Err(invalid("The parameter MasterUserPassword must be provided")),
        Some(password) if password.chars().count() < 8 => Err(invalid(
            "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.",
        )),
        Some(_) => Ok(()),
    }
}
