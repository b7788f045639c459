//! A trail: what it covers and where it delivers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{selectors::Selectors, status::Status};
use crate::aws::{Region, arn::Arn, parcel::ResourceChange, record::Record, tags::Tags};

/// A trail.
#[derive(Clone, Debug)]
pub struct Trail {
    pub name: Arc<str>,
    pub arn: Arc<str>,
    pub home: Region,
    pub bucket: Arc<str>,
    pub key_prefix: Option<Arc<str>>,
    pub topic_arn: Option<Arc<str>>,
    pub includes_global_services: bool,
    pub is_multi_region: bool,
    pub validates_log_files: bool,
    pub log_group_arn: Option<Arc<str>>,
    pub log_role_arn: Option<Arc<str>>,
    pub kms_key_id: Option<Arc<str>>,
    pub tags: Tags,
    pub selectors: Selectors,
    pub is_logging: bool,
    pub started: Option<DateTime<Utc>>,
    pub stopped: Option<DateTime<Utc>>,
    pub status: Status,
}

impl Trail {
    /// Whether what happens in `region` concerns this trail.
    pub fn reaches(&self, region: &Region) -> bool {
        self.is_multi_region || self.home == *region
    }

    /// Why this trail, when it logs, does not deliver such a record; `None` when it does.
    pub fn keeps_out(&self, record: &Record) -> Option<String> {
        let is_global = matches!(record.event_source, "iam.amazonaws.com" | "sts.amazonaws.com");
        if !self.reaches(&record.region) {
            Some(format!("awsRegion={}", record.region))
        } else if is_global && !self.includes_global_services {
            Some("IncludeGlobalServiceEvents=false".to_owned())
        } else {
            self.selectors.keeps_out(record)
        }
    }

    /// The log group's name and region, from its ARN.
    pub fn log_group(&self) -> Option<(Arc<str>, Region)> {
        let arn = Arn::parse(self.log_group_arn.as_deref()?).filter(|arn| arn.service == "logs")?;
        let name = arn.resource.strip_prefix("log-group:")?;
        Some((name.strip_suffix(":*").unwrap_or(name).into(), Region::new(arn.region)))
    }

    /// Where in its bucket its files lie: `[prefix/]AWSLogs/ACCOUNT/`.
    pub fn folder(&self, account_id: &str) -> String {
        let prefix = self.key_prefix.as_deref().map_or_else(String::new, |prefix| format!("{prefix}/"));
        format!("{prefix}AWSLogs/{account_id}/")
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
        put("SnsTopicName", self.topic_arn.as_deref().into());
        put("SnsTopicARN", self.topic_arn.as_deref().into());
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
        answer.insert("HasCustomEventSelectors".to_owned(), (!self.selectors.are_default()).into());
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
        ResourceChange {
            resource_type: "AWS::CloudTrail::Trail".into(),
            resource_id: Arc::clone(&self.arn),
            resource_name: Some(Arc::clone(&self.name)),
            arn: Arc::clone(&self.arn),
            availability_zone: "Not Applicable".into(),
            created_at: None,
            tags: self.tags.map(),
            relationships: json!([]),
            configuration: if deleted { Value::Null } else { Value::Object(configuration) },
            supplementary: json!({}),
            deleted,
        }
    }
}
