//! The delivery channel: one per region, without which the recorder does not start.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Config;
use crate::aws::{ApiError, ApiOutcome, CallContext};

/// A delivery channel.
#[derive(Clone, Debug)]
pub struct DeliveryChannel {
    pub name: Arc<str>,
    pub bucket: Arc<str>,
    pub key_prefix: Option<Arc<str>>,
    /// Hears of every item and every change of compliance.
    pub topic_arn: Option<Arc<str>>,
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
        Value::Object(channel)
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
}

/// Describes the delivery channel of this region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeDeliveryChannels {
    #[serde(default)]
    delivery_channel_names: Vec<String>,
}

impl Config {
    pub(super) fn put_delivery_channel(
        &mut self,
        input: PutDeliveryChannel,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let input = input.delivery_channel;
        let name = input.name.unwrap_or_else(|| "default".to_owned());
        let state = self.state_mut(cx.region());
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
        let Some(bucket) =
            input.s3_bucket_name.or_else(|| state.channel.as_ref().map(|channel| channel.bucket.to_string()))
        else {
            return Err(ApiError::client(
                "NoSuchBucketException",
                "Cannot find a S3 bucket with an empty bucket name.",
            ));
        };
        state.channel = Some(DeliveryChannel {
            name: name.into(),
            bucket: bucket.into(),
            key_prefix: input.s3_key_prefix.map(Into::into),
            topic_arn: input.sns_topic_arn.map(Into::into),
        });
        Ok(json!({}))
    }

    pub(super) fn describe_delivery_channels(
        &mut self,
        input: DescribeDeliveryChannels,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let channel = self.state(cx.region()).and_then(|state| state.channel.as_ref());
        let mut names = input.delivery_channel_names.iter();
        if let Some(name) = names.find(|name| channel.is_none_or(|channel| *channel.name != ***name)) {
            let message = format!("Cannot find delivery channel with specified name '{name}'.");
            return Err(ApiError::client("NoSuchDeliveryChannelException", message));
        }
        let channels: Vec<Value> = channel.into_iter().map(DeliveryChannel::description).collect();
        Ok(json!({ "DeliveryChannels": channels }))
    }
}
