//! Operations on groups and streams.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Page, bad_name, invalid, named_group, no_group, no_stream, not_simulated, tags};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    logs::{Logs, Stream},
};

/// What `retentionInDays` may be.
const RETENTION_DAYS: &[u32] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/// Creates a log group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateLogGroup {
    #[schemars(length(min = 1, max = 512))]
    pub log_group_name: String,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Only `STANDARD`; the other classes are not simulated by Vigie.
    #[schemars(extend("enum" = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]))]
    pub log_group_class: Option<String>,
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

/// Deletes a log stream with its events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteLogStream {
    pub log_group_name: String,
    pub log_stream_name: String,
}

/// Lists log groups.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeLogGroups {
    pub log_group_name_prefix: Option<String>,
    /// Part of the name.
    pub log_group_name_pattern: Option<String>,
    pub next_token: Option<String>,
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<usize>,
}

/// Lists the streams of a log group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeLogStreams {
    pub log_group_name: Option<String>,
    /// A name or an ARN, instead of the name.
    pub log_group_identifier: Option<String>,
    pub log_stream_name_prefix: Option<String>,
    #[schemars(extend("enum" = ["LogStreamName", "LastEventTime"]))]
    pub order_by: Option<String>,
    pub descending: Option<bool>,
    pub next_token: Option<String>,
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

/// Lets a group keep its events for ever.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteRetentionPolicy {
    pub log_group_name: String,
}

impl Logs {
    pub(super) fn create_log_group(
        &mut self,
        input: CreateLogGroup,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.log_group_class.as_deref().is_some_and(|class| class != "STANDARD") {
            return Err(not_simulated("logGroupClass other than STANDARD"));
        }
        let name = &input.log_group_name;
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || ".-_/#".contains(letter);
        if name.is_empty() || name.len() > 512 || !name.chars().all(allowed) {
            return Err(bad_name(name, "logGroupName", r"[\.\-_/#A-Za-z0-9]+"));
        }
        if self.group(cx.region(), name).is_some() {
            let message = "The specified log group already exists";
            return Err(ApiError::client("ResourceAlreadyExistsException", message));
        }
        tags::tag(self.create(cx.region(), name, cx.moment().epoch_ms()), &input.tags)?;
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

    pub(super) fn delete_log_stream(
        &mut self,
        input: DeleteLogStream,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let group = self.group_mut(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        group.remove_stream(&input.log_stream_name).ok_or_else(no_stream)?;
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
        let (region, now) = (cx.region(), cx.moment().epoch_ms());
        let groups = self
            .groups(region)
            .filter(|group| {
                input.log_group_name_prefix.as_deref().is_none_or(|part| group.name.starts_with(part))
            })
            .filter(|group| {
                input.log_group_name_pattern.as_deref().is_none_or(|part| group.name.contains(part))
            })
            .map(|group| group.describe(&self.group_arn(region, &group.name), now));
        Page::read(input.next_token.as_deref(), input.limit)?.answer("logGroups", groups)
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
        let name = named_group(input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
        let group = self.group(cx.region(), name).ok_or_else(no_group)?;
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
        let arn = self.group_arn(cx.region(), &group.name);
        let page = Page::read(input.next_token.as_deref(), input.limit)?;
        page.answer("logStreams", streams.into_iter().map(|stream| stream.describe(&arn)))
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

    pub(super) fn delete_retention_policy(
        &mut self,
        input: DeleteRetentionPolicy,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let group = self.group_mut(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        group.retention_days = None;
        Ok(Value::Null)
    }
}
