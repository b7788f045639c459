//! A trail: what it covers, where it delivers, and how its deliveries went.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::selectors::{self, EventSelector};
use crate::aws::{Region, parcel::ResourceChange, record::Record};

/// A trail.
#[derive(Clone, Debug)]
pub struct Trail {
    pub name: Arc<str>,
    pub arn: Arc<str>,
    pub home: Region,
    pub bucket: Arc<str>,
    pub key_prefix: Option<Arc<str>>,
    pub includes_global_services: bool,
    pub is_multi_region: bool,
    pub validates_log_files: bool,
    pub log_group_arn: Option<Arc<str>>,
    pub log_role_arn: Option<Arc<str>>,
    pub kms_key_id: Option<Arc<str>>,
    pub tags: Vec<(Arc<str>, Arc<str>)>,
    pub selectors: Vec<EventSelector>,
    pub is_logging: bool,
    pub started: Option<DateTime<Utc>>,
    pub stopped: Option<DateTime<Utc>>,
    pub to_bucket: DeliveryStatus,
    pub to_logs: DeliveryStatus,
}

/// How the last delivery to a place went.
#[derive(Clone, Debug, Default)]
pub struct DeliveryStatus {
    pub latest: Option<DateTime<Utc>>,
    pub error: Option<Arc<str>>,
}

impl Trail {
    /// Whether what happens in `region` concerns this trail.
    pub fn reaches(&self, region: &Region) -> bool {
        self.is_multi_region || self.home == *region
    }

    /// Whether this trail, when it logs, delivers such a record.
    pub fn covers(&self, record: &Record) -> bool {
        let global = matches!(record.event_source, "iam.amazonaws.com" | "sts.amazonaws.com");
        self.reaches(&record.region)
            && (!global || self.includes_global_services)
            && self.selectors.iter().any(|selector| selector.selects(record))
    }

    /// The log group's name and region, from its ARN.
    pub fn log_group(&self) -> Option<(Arc<str>, Region)> {
        let arn = crate::aws::arn::Arn::parse(self.log_group_arn.as_deref()?)?;
        let name = arn.resource.strip_prefix("log-group:")?;
        Some((name.strip_suffix(":*").unwrap_or(name).into(), Region::new(arn.region)))
    }

    /// What `CreateTrail` and `UpdateTrail` answer.
    pub fn summary(&self) -> Map<String, Value> {
        let mut answer = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                answer.insert(key.to_owned(), value);
            }
        };
        put("Name", (*self.name).into());
        put("S3BucketName", (*self.bucket).into());
        put("S3KeyPrefix", self.key_prefix.as_deref().into());
        put("IncludeGlobalServiceEvents", self.includes_global_services.into());
        put("IsMultiRegionTrail", self.is_multi_region.into());
        put("TrailARN", (*self.arn).into());
        put("LogFileValidationEnabled", self.validates_log_files.into());
        put("CloudWatchLogsLogGroupArn", self.log_group_arn.as_deref().into());
        put("CloudWatchLogsRoleArn", self.log_role_arn.as_deref().into());
        put("KmsKeyId", self.kms_key_id.as_deref().into());
        put("IsOrganizationTrail", false.into());
        answer
    }

    /// What `GetTrail` and `DescribeTrails` answer.
    pub fn description(&self) -> Value {
        let mut answer = self.summary();
        let organization = answer.shift_remove("IsOrganizationTrail");
        answer.insert("HomeRegion".to_owned(), self.home.as_str().into());
        answer
            .insert("HasCustomEventSelectors".to_owned(), (!selectors::are_default(&self.selectors)).into());
        answer.insert("HasInsightSelectors".to_owned(), false.into());
        answer.insert("IsOrganizationTrail".to_owned(), organization.unwrap_or(false.into()));
        Value::Object(answer)
    }

    /// The trail as Config sees it.
    pub fn as_resource(&self, deleted: bool) -> ResourceChange {
        let mut configuration = Map::new();
        for (key, value) in self.description().as_object().into_iter().flatten() {
            let mut letters = key.chars();
            let name = letters
                .next()
                .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect());
            configuration.insert(name, value.clone());
        }
        configuration.insert("isLogging".to_owned(), self.is_logging.into());
        let tags: Map<String, Value> =
            self.tags.iter().map(|(key, value)| (key.to_string(), (**value).into())).collect();
        ResourceChange {
            resource_type: "AWS::CloudTrail::Trail".into(),
            resource_id: Arc::clone(&self.arn),
            resource_name: Some(Arc::clone(&self.name)),
            arn: Arc::clone(&self.arn),
            availability_zone: "Not Applicable".into(),
            created_at: None,
            tags: Value::Object(tags),
            relationships: json!([]),
            configuration: if deleted { Value::Null } else { Value::Object(configuration) },
            supplementary: json!({}),
            deleted,
        }
    }
}
