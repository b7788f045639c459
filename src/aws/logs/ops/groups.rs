//! Operations on groups and streams.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{bad_name, invalid, no_group};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    logs::{Logs, Stream},
};

/// What `retentionInDays` may be.
const RETENTION_DAYS: &[u32] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const MOST_LISTED: usize = 50;

/// Creates a log group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateLogGroup {
    #[schemars(length(min = 1, max = 512))]
    pub log_group_name: String,
}

/// Deletes a log group with its streams and events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteLogGroup {
    pub log_group_name: String,
}

/// Creates a log stream in a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateLogStream {
    pub log_group_name: String,
    #[schemars(length(min = 1, max = 512))]
    pub log_stream_name: String,
}

/// Lists log groups.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeLogGroups {
    pub log_group_name_prefix: Option<String>,
    /// Part of the name.
    pub log_group_name_pattern: Option<String>,
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<usize>,
}

/// Lists the streams of a log group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeLogStreams {
    pub log_group_name: String,
    pub log_stream_name_prefix: Option<String>,
    #[schemars(extend("enum" = ["LogStreamName", "LastEventTime"]))]
    pub order_by: Option<String>,
    pub descending: Option<bool>,
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<usize>,
}

/// Says how many days a group keeps its events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutRetentionPolicy {
    pub log_group_name: String,
    pub retention_in_days: u32,
}

impl Logs {
    pub(super) fn create_log_group(
        &mut self,
        input: CreateLogGroup,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = &input.log_group_name;
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || ".-_/#".contains(letter);
        if name.is_empty() || name.len() > 512 || !name.chars().all(allowed) {
            return Err(bad_name(name, "logGroupName", r"[\.\-_/#A-Za-z0-9]+"));
        }
        if self.group(cx.region(), name).is_some() {
            let message = "The specified log group already exists";
            return Err(ApiError::client("ResourceAlreadyExistsException", message));
        }
        self.create(cx.region(), name, cx.moment().epoch_ms());
        Ok(Value::Null)
    }

    pub(super) fn delete_log_group(
        &mut self,
        input: DeleteLogGroup,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let groups = self.regions.get_mut(cx.region());
        groups.and_then(|groups| groups.remove(input.log_group_name.as_str())).ok_or_else(no_group)?;
        Ok(Value::Null)
    }

    pub(super) fn create_log_stream(
        &mut self,
        input: CreateLogStream,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = &input.log_stream_name;
        if name.is_empty() || name.chars().count() > 512 || name.contains([':', '*']) {
            return Err(bad_name(name, "logStreamName", "[^:*]*"));
        }
        let now = cx.moment().epoch_ms();
        let group = self.group_mut(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        if group.stream(name).is_some() {
            let message = "The specified log stream already exists";
            return Err(ApiError::client("ResourceAlreadyExistsException", message));
        }
        group.open(&Arc::from(name.as_str()), now);
        Ok(Value::Null)
    }

    pub(super) fn describe_log_groups(
        &mut self,
        input: DescribeLogGroups,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
            return Err(invalid(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
            ));
        }
        let region = cx.region();
        let groups: Vec<Value> = self
            .groups(region)
            .filter(|group| {
                input.log_group_name_prefix.as_deref().is_none_or(|part| group.name.starts_with(part))
            })
            .filter(|group| {
                input.log_group_name_pattern.as_deref().is_none_or(|part| group.name.contains(part))
            })
            .take(input.limit.unwrap_or(MOST_LISTED))
            .map(|group| group.describe(&self.group_arn(region, &group.name)))
            .collect();
        Ok(json!({ "logGroups": groups }))
    }

    pub(super) fn describe_log_streams(
        &mut self,
        input: DescribeLogStreams,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let by_time = input.order_by.as_deref() == Some("LastEventTime");
        if by_time && input.log_stream_name_prefix.is_some() {
            return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
        }
        let group = self.group(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        let mut streams: Vec<&Stream> = group
            .streams()
            .filter(|stream| {
                input.log_stream_name_prefix.as_deref().is_none_or(|part| stream.name.starts_with(part))
            })
            .collect();
        if by_time {
            streams.sort_by_key(|stream| stream.newest().map(|event| event.timestamp));
        }
        if input.descending == Some(true) {
            streams.reverse();
        }
        streams.truncate(input.limit.unwrap_or(MOST_LISTED));
        let arn = self.group_arn(cx.region(), &group.name);
        let streams: Vec<Value> = streams.into_iter().map(|stream| stream.describe(&arn)).collect();
        Ok(json!({ "logStreams": streams }))
    }

    pub(super) fn put_retention_policy(
        &mut self,
        input: PutRetentionPolicy,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let days = input.retention_in_days;
        if !RETENTION_DAYS.contains(&days) {
            let allowed: Vec<String> = RETENTION_DAYS.iter().map(ToString::to_string).collect();
            return Err(invalid(format!(
                "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: \
                 Member must satisfy enum value set: [{}]",
                allowed.join(", ")
            )));
        }
        let group = self.group_mut(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        group.retention_days = Some(days);
        Ok(Value::Null)
    }
}
