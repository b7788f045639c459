//! Operations on streams.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Kinesis, Stream, errors, resolve_arn};
use crate::aws::{
    Delay, arn,
    tags::{Tag, Tags},
};

/// How many shards a stream that scales by itself begins with. Source: Kinesis developer guide, "On-demand mode".
const ON_DEMAND_SHARDS: usize = 4;
/// The most shards of a stream here. Teaching default; AWS's own quota is higher.
const MOST_SHARDS: usize = 500;

/// Creates a stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateStream {
    pub stream_name: String,
    /// For a provisioned stream.
    pub shard_count: Option<usize>,
    pub stream_mode_details: Option<StreamModeDetails>,
    /// Labels, name to value.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// How a stream gets its capacity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StreamModeDetails {
    /// `PROVISIONED` or `ON_DEMAND`.
    pub stream_mode: String,
}

/// Deletes a stream and its records.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteStream {
    pub stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    pub stream_arn: Option<String>,
    /// Accepted: Vigie's streams have no registered consumers.
    #[serde(default)]
    pub enforce_consumer_deletion: bool,
}

/// Shows a stream and its shards.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeStream {
    pub stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    pub stream_arn: Option<String>,
}

/// Shows a stream without its shards.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeStreamSummary {
    pub stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    pub stream_arn: Option<String>,
}

/// Lists the shards of a stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListShards {
    pub stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    pub stream_arn: Option<String>,
}

/// Lists the streams of the Region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListStreams {}

impl Kinesis {
    pub(super) fn create_stream(&mut self, input: CreateStream, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name = &input.stream_name;
        if name.is_empty() || name.len() > 128 || !name.chars().all(fits) {
            return Err(errors::constraint(
                name,
                "streamName",
                "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
            ));
        }
        let mode = input.stream_mode_details.as_ref().map_or("PROVISIONED", |mode| &mode.stream_mode);
        let count = match (mode, input.shard_count) {
            ("ON_DEMAND", None) => ON_DEMAND_SHARDS,
            ("PROVISIONED", Some(count @ 1..=MOST_SHARDS)) => count,
            ("PROVISIONED", None) => {
                return Err(errors::invalid("ShardCount is required for a PROVISIONED stream."));
            }
            ("PROVISIONED", Some(count)) => {
                return Err(errors::constraint(
                    &count.to_string(),
                    "shardCount",
                    "Member must have value between 1 and 500",
                ));
            }
            ("ON_DEMAND", Some(_)) => {
                return Err(errors::invalid(
                    "ShardCount is not supported when creating stream on ON_DEMAND mode.",
                ));
            }
            (other, _) => {
                return Err(errors::constraint(
                    other,
                    "streamMode",
                    "Member must satisfy enum value set: [ON_DEMAND, PROVISIONED]",
                ));
            }
        };
        let arn: Arc<str> = arn::arn("kinesis", cx.region(), cx.account_id, &format!("stream/{name}")).into();
        if self.streams.contains_key(&arn) {
            let message = format!("Stream {name} under account {} already exists.", cx.account_id);
            return Err(ApiError::client("ResourceInUseException", message));
        }
        let now_ms = cx.moment().epoch_ms();
        let wait_ms = i64::try_from(cx.out.delay(Delay::StreamCreation).as_millis()).unwrap_or_default();
        let mut tags = Tags::default();
        tags.set(&input.tags.into_iter().map(|(key, value)| Tag { key, value }).collect::<Vec<_>>());
        let stream = Stream {
            arn: Arc::clone(&arn),
            name: name.as_str().into(),
            region: cx.region().clone(),
            is_on_demand: mode == "ON_DEMAND",
            shards: Stream::shards(count),
            tags,
            created_ms: now_ms,
            active_ms: now_ms + wait_ms,
        };
        cx.out.changed(&stream.region, stream.resource(false));
        self.streams.insert(arn, stream);
        Ok(Value::Null)
    }

    pub(super) fn delete_stream(&mut self, input: DeleteStream, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let arn = self.named(input.stream_name.as_deref(), input.stream_arn.as_deref(), cx)?;
        if let Some(stream) = self.streams.remove(&arn) {
            cx.out.changed(&stream.region, stream.resource(true));
        }
        Ok(Value::Null)
    }

    pub(super) fn describe_stream(
        &mut self,
        input: DescribeStream,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let arn = self.named(input.stream_name.as_deref(), input.stream_arn.as_deref(), cx)?;
        let stream = self.streams.get(&arn).ok_or_else(|| errors::no_stream(&arn, cx.account_id))?;
        let now_ms = cx.moment().epoch_ms();
        let mut description = stream.description(now_ms);
        let shards = if stream.is_active(now_ms) { stream.shown_shards() } else { Vec::new() };
        description["Shards"] = shards.into();
        description["HasMoreShards"] = false.into();
        Ok(json!({ "StreamDescription": description }))
    }

    pub(super) fn describe_stream_summary(
        &mut self,
        input: DescribeStreamSummary,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let arn = self.named(input.stream_name.as_deref(), input.stream_arn.as_deref(), cx)?;
        let stream = self.streams.get(&arn).ok_or_else(|| errors::no_stream(&arn, cx.account_id))?;
        let mut description = stream.description(cx.moment().epoch_ms());
        description["OpenShardCount"] = stream.shards.len().into();
        description["ConsumerCount"] = 0.into();
        Ok(json!({ "StreamDescriptionSummary": description }))
    }

    pub(super) fn list_shards(&mut self, input: ListShards, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let arn = self.named(input.stream_name.as_deref(), input.stream_arn.as_deref(), cx)?;
        Ok(json!({ "Shards": self.active(&arn, cx)?.shown_shards() }))
    }

    pub(super) fn list_streams(&mut self, _input: ListStreams, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let here = self.streams.values().filter(|stream| stream.region == *cx.region());
        let names: Vec<&Arc<str>> = here.map(|stream| &stream.name).collect();
        Ok(json!({ "StreamNames": names, "HasMoreStreams": false }))
    }

    /// The ARN of a stream that is there, by its name or its ARN.
    pub(super) fn named(
        &self,
        name: Option<&str>,
        arn: Option<&str>,
        cx: &CallContext<'_, '_>,
    ) -> Result<Arc<str>, ApiError> {
        let arn = resolve_arn(name, arn, cx.region(), cx.account_id)
            .ok_or_else(|| errors::invalid("Either StreamName or StreamARN must be specified."))?;
        self.streams
            .get(arn.as_str())
            .filter(|stream| stream.region == *cx.region())
            .map(|stream| Arc::clone(&stream.arn))
            .ok_or_else(|| errors::no_stream(&arn, cx.account_id))
    }

    /// A stream that can be used.
    pub(super) fn active(&self, arn: &str, cx: &CallContext<'_, '_>) -> Result<&Stream, ApiError> {
        let now_ms = cx.moment().epoch_ms();
        self.streams
            .get(arn)
            .filter(|stream| stream.is_active(now_ms))
            .ok_or_else(|| errors::no_stream(arn, cx.account_id))
    }
}
