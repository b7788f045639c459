//! A database: what is remembered of it, and how callers and Config see it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::super::{Region, arn::arn, parcel::ResourceChange, spelling::small_first, tags::Tags};

/// Where a database is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Creating,
    Available,
    Modifying,
    Deleting,
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Available => "available",
            Self::Modifying => "modifying",
            Self::Deleting => "deleting",
        }
    }

    /// Up, and so measured.
    pub(super) const fn is_up(self) -> bool {
        matches!(self, Self::Available | Self::Modifying)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Database {
    pub identifier: Arc<str>,
    /// `db-` and 26 letters: the id that never changes.
    pub resource_id: Arc<str>,
    pub class: Arc<str>,
    pub engine: Arc<str>,
    pub engine_version: Arc<str>,
    pub name: Option<Arc<str>>,
    pub status: Status,
    pub created: Option<DateTime<Utc>>,
    pub master_username: Arc<str>,
    /// GiB.
    pub allocated_storage: u32,
    pub storage_type: Arc<str>,
    pub zone: Arc<str>,
    pub port: u16,
    pub group_ids: Vec<Arc<str>>,
    /// Days.
    pub backup_retention: u32,
    pub backup_window: Arc<str>,
    pub multi_az: bool,
    pub auto_minor_upgrade: bool,
    pub public: bool,
    pub encryption_key: Option<Arc<str>>,
    pub iam_authentication: bool,
    pub deletion_protection: bool,
    /// Seconds between points of enhanced monitoring; 0 is off.
    pub monitoring_interval: u32,
    pub log_exports: Vec<Arc<str>>,
    pub tags: Tags,
    pub pending: Pending,
}

/// What a modification will change once it is applied.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    pub class: Option<Arc<str>>,
    pub allocated_storage: Option<u32>,
    pub multi_az: Option<bool>,
    pub master_password: bool,
}

impl Database {
    pub(super) fn apply_pending(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        if let Some(class) = pending.class {
            self.class = class;
        }
        if let Some(allocated_storage) = pending.allocated_storage {
            self.allocated_storage = allocated_storage;
        }
        if let Some(multi_az) = pending.multi_az {
            self.multi_az = multi_az;
        }
    }

    pub(super) fn arn(&self, region: &Region, account_id: &str) -> String {
        arn("rds", region, account_id, &format!("db:{}", self.identifier))
    }

    /// The `DBInstance` of an answer.
    pub(super) fn describe(&self, region: &Region, account_id: &str) -> Value {
        let mut pending = Map::new();
        if let Some(class) = &self.pending.class {
            pending.insert("DBInstanceClass".to_owned(), class.as_ref().into());
        }
        if let Some(storage) = self.pending.allocated_storage {
            pending.insert("AllocatedStorage".to_owned(), storage.into());
        }
        if self.pending.master_password || self.status == Status::Creating {
            pending.insert("MasterUserPassword".to_owned(), "****".into());
        }
        if let Some(multi_az) = self.pending.multi_az {
            pending.insert("MultiAZ".to_owned(), multi_az.into());
        }
        let groups = self.group_ids.iter();
        let groups: Vec<Value> =
            groups.map(|id| json!({ "VpcSecurityGroupId": id.as_ref(), "Status": "active" })).collect();
        let mut shown = json!({
            "DBInstanceIdentifier": self.identifier.as_ref(),
            "DBInstanceClass": self.class.as_ref(),
            "Engine": self.engine.as_ref(),
            "DBInstanceStatus": self.status.name(),
            "MasterUsername": self.master_username.as_ref(),
        });
        if let Some(name) = &self.name {
            shown["DBName"] = name.as_ref().into();
        }
        if let Some(created) = self.created {
            shown["Endpoint"] = json!({
                "Address": format!("{}.{}.{region}.rds.amazonaws.com", self.identifier, self.host_part()),
                "Port": self.port,
            });
            shown["InstanceCreateTime"] = date(created).into();
            shown["AvailabilityZone"] = self.zone.as_ref().into();
        }
        shown["AllocatedStorage"] = self.allocated_storage.into();
        shown["PreferredBackupWindow"] = self.backup_window.as_ref().into();
        shown["BackupRetentionPeriod"] = self.backup_retention.into();
        shown["VpcSecurityGroups"] = groups.into();
        shown["PendingModifiedValues"] = pending.into();
        shown["MultiAZ"] = self.multi_az.into();
        shown["EngineVersion"] = self.engine_version.as_ref().into();
        shown["AutoMinorVersionUpgrade"] = self.auto_minor_upgrade.into();
        shown["PubliclyAccessible"] = self.public.into();
        shown["StorageType"] = self.storage_type.as_ref().into();
        shown["StorageEncrypted"] = self.encryption_key.is_some().into();
        if let Some(key) = &self.encryption_key {
            shown["KmsKeyId"] = key.as_ref().into();
        }
        shown["DbiResourceId"] = self.resource_id.as_ref().into();
        shown["MonitoringInterval"] = self.monitoring_interval.into();
        shown["DBInstanceArn"] = self.arn(region, account_id).into();
        shown["IAMDatabaseAuthenticationEnabled"] = self.iam_authentication.into();
        if !self.log_exports.is_empty() {
            shown["EnabledCloudwatchLogsExports"] = self.log_exports.iter().map(AsRef::as_ref).collect();
        }
        shown["DeletionProtection"] = self.deletion_protection.into();
        shown["TagList"] = self.tags.list();
        shown
    }

    /// The part of the endpoint that an account has in a Region.
    fn host_part(&self) -> String {
        self.resource_id.chars().skip(3).take(12).collect::<String>().to_ascii_lowercase()
    }

    /// The database as a configuration item shows it.
    pub(super) fn change(&self, region: &Region, account_id: &str) -> ResourceChange {
        let described = small_first(&self.describe(region, account_id));
        let mut configuration = described.as_object().cloned().unwrap_or_default();
        for (member, absent) in [("kmsKeyId", Value::Null), ("enabledCloudwatchLogsExports", json!([]))] {
            configuration.entry(member).or_insert(absent);
        }
        let relationships: Vec<Value> = self
            .group_ids
            .iter()
            .map(|id| {
                json!({
                    "resourceId": id.as_ref(),
                    "resourceName": null,
                    "resourceType": "AWS::EC2::SecurityGroup",
                    "name": "Is associated with SecurityGroup",
                })
            })
            .collect();
        ResourceChange {
            resource_type: "AWS::RDS::DBInstance".into(),
            resource_id: Arc::clone(&self.resource_id),
            resource_name: Some(Arc::clone(&self.identifier)),
            arn: self.arn(region, account_id).into(),
            availability_zone: if self.multi_az {
                "Multiple Availability Zones".into()
            } else {
                Arc::clone(&self.zone)
            },
            created_at: self.created.map(|created| created.timestamp_millis()),
            tags: self.tags.map(),
            relationships: relationships.into(),
            configuration: configuration.into(),
            supplementary: json!({}),
            deleted: false,
        }
    }
}

fn date(utc: DateTime<Utc>) -> String {
    utc.format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
