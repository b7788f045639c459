//! The delivery channel: one per region, without which the recorder does not start.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Config, deliveries::Delivered, rule::Frequency, timers};
use crate::aws::{ApiError, ApiOutcome, CallContext, arn::Arn};

/// A delivery channel.
#[derive(Clone, Debug)]
pub struct DeliveryChannel {
    pub name: Arc<str>,
    pub bucket: Arc<str>,
    pub key_prefix: Option<Arc<str>>,
    /// Hears of every item and every change of compliance.
    pub topic_arn: Option<Arc<str>>,
    /// How often a snapshot of everything is delivered, if it is.
    pub snapshots: Option<Frequency>,
    pub(super) history: History,
    pub(super) snapshot: Delivered,
    /// What became of the last message or event.
    pub(super) stream: Delivered,
    /// Grows with each change, so that a timer of an older version knows that it is stale.
    pub(super) version: u64,
}

/// The delivery of history files.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// Items up to this moment have been delivered.
    pub(super) delivered_until: DateTime<Utc>,
    pub(super) last: Delivered,
}

impl DeliveryChannel {
    fn description(&self) -> Value {
        let mut channel = Map::new();
        channel.insert("name".to_owned(), (*self.name).into());
        channel.insert("s3BucketName".to_owned(), (*self.bucket).into());
        for (key, value) in [("s3KeyPrefix", &self.key_prefix), ("snsTopicARN", &self.topic_arn)] {
            if let Some(value) = value {
                channel.insert(key.to_owned(), (**value).into());
            }
        }
        if let Some(frequency) = self.snapshots {
            let properties = json!({ "deliveryFrequency": frequency });
            channel.insert("configSnapshotDeliveryProperties".to_owned(), properties);
        }
        Value::Object(channel)
    }

    fn status(&self) -> Value {
        json!({
            "name": &*self.name,
            "configSnapshotDeliveryInfo": self.snapshot.describe(),
            "configHistoryDeliveryInfo": self.history.last.describe(),
            "configStreamDeliveryInfo": self.stream.describe_stream(self.topic_arn.is_some()),
        })
    }
}

/// Creates or changes the delivery channel of this region. It needs a recorder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutDeliveryChannel {
    delivery_channel: ChannelInput,
}

/// A delivery channel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelInput {
    /// `default` unless said otherwise.
    name: Option<String>,
    s3_bucket_name: Option<String>,
    s3_key_prefix: Option<String>,
    #[serde(rename = "snsTopicARN")]
    sns_topic_arn: Option<String>,
    config_snapshot_delivery_properties: Option<SnapshotProperties>,
}

/// How often a snapshot is delivered.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnapshotProperties {
    delivery_frequency: Option<Frequency>,
}

/// Describes the delivery channel of this region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeDeliveryChannels {
    #[serde(default)]
    delivery_channel_names: Vec<String>,
}

/// Tells what became of the last deliveries: snapshots, history files, messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeDeliveryChannelStatus {
    #[serde(default)]
    delivery_channel_names: Vec<String>,
}

/// Deletes the delivery channel of this region. The recorder must be stopped first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteDeliveryChannel {
    delivery_channel_name: String,
}

impl Config {
    pub(super) fn put_delivery_channel(
        &mut self,
        input: PutDeliveryChannel,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let input = input.delivery_channel;
        let name = input.name.unwrap_or_else(|| "default".to_owned());
        let utc = cx.moment().utc;
        let region = cx.region().clone();
        let state = self.state_mut(&region);
        if state.recorder.is_none() {
            return Err(ApiError::client(
                "NoAvailableConfigurationRecorderException",
                "Configuration recorder is not available to put delivery channel.",
            ));
        }
        if state.channel.as_ref().is_some_and(|channel| *channel.name != *name) {
            let message = format!(
                "Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is reached."
            );
            return Err(ApiError::client("MaxNumberOfDeliveryChannelsExceededException", message));
        }
        let kept = state.channel.as_ref();
        let bucket = input.s3_bucket_name.filter(|bucket| !bucket.is_empty());
        let Some(bucket) = bucket.map(Into::into).or(kept.map(|channel| Arc::clone(&channel.bucket))) else {
            return Err(ApiError::client(
                "NoSuchBucketException",
                "Cannot find a S3 bucket with an empty bucket name.",
            ));
        };
        let topic_arn = input.sns_topic_arn.filter(|arn| !arn.is_empty());
        if let Some(arn) = topic_arn.as_deref().filter(|arn| !is_topic(arn)) {
            let message = format!("The sns topic arn '{arn}' is not valid.");
            return Err(ApiError::client("InvalidSNSTopicARNException", message));
        }
        let snapshots = input.config_snapshot_delivery_properties.and_then(|it| it.delivery_frequency);
        let version = kept.map_or(0, |channel| channel.version + 1);
        let history = kept.map(|channel| channel.history.clone());
        state.channel = Some(DeliveryChannel {
            name: name.into(),
            bucket,
            key_prefix: input.s3_key_prefix.filter(|prefix| !prefix.is_empty()).map(Into::into),
            topic_arn: topic_arn.map(Into::into),
            snapshots,
            snapshot: kept.map(|channel| channel.snapshot.clone()).unwrap_or_default(),
            stream: kept.map(|channel| channel.stream.clone()).unwrap_or_default(),
            history: history.unwrap_or_else(|| History { delivered_until: utc, last: Delivered::default() }),
            version,
        });
        if let Some(frequency) = snapshots {
            timers::arm_snapshot(&region, version, frequency.wait(), cx.out);
        }
        Ok(json!({}))
    }

    pub(super) fn describe_delivery_channels(
        &mut self,
        input: DescribeDeliveryChannels,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let channels = self.channels(&input.delivery_channel_names, cx)?;
        let channels: Vec<Value> = channels.into_iter().map(DeliveryChannel::description).collect();
        Ok(json!({ "DeliveryChannels": channels }))
    }

    pub(super) fn describe_delivery_channel_status(
        &mut self,
        input: DescribeDeliveryChannelStatus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let channels = self.channels(&input.delivery_channel_names, cx)?;
        let statuses: Vec<Value> = channels.into_iter().map(DeliveryChannel::status).collect();
        Ok(json!({ "DeliveryChannelsStatus": statuses }))
    }

    pub(super) fn delete_delivery_channel(
        &mut self,
        input: DeleteDeliveryChannel,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = input.delivery_channel_name;
        self.channels(std::slice::from_ref(&name), cx)?;
        let state = self.state_mut(cx.region());
        if state.recorder.as_ref().is_some_and(|recorder| recorder.is_recording) {
            let message = format!(
                "Failed to delete last specified delivery channel with name '{name}', because there, because there \
                 is a running configuration recorder."
            );
            return Err(ApiError::client("LastDeliveryChannelDeleteFailedException", message));
        }
        state.channel = None;
        Ok(json!({}))
    }

    pub(super) fn channels(
        &self,
        names: &[String],
        cx: &CallContext<'_, '_>,
    ) -> Result<Vec<&DeliveryChannel>, ApiError> {
        let channel = self.channel(cx.region());
        match names.iter().find(|name| channel.is_none_or(|channel| *channel.name != ***name)) {
            Some(name) => {
                let message = format!("Cannot find delivery channel with specified name '{name}'.");
                Err(ApiError::client("NoSuchDeliveryChannelException", message))
            }
            None => Ok(channel.into_iter().collect()),
        }
    }
}

fn is_topic(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.service == "sns")
}
