//! The attributes of a queue: what may be set, to what, and how they are shown.
//!
//! Source: API model `sqs` in botocore, `CreateQueue` and `SetQueueAttributes`.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::errors;
use crate::aws::{
    ApiError,
    policy::{PolicyDocument, PolicyKind},
};

/// An attribute that is a whole number.
struct Number {
    name: &'static str,
    least: u32,
    most: u32,
    default: u32,
}

const NUMBERS: &[Number] = &[
    Number { name: VISIBILITY_TIMEOUT, least: 0, most: 43_200, default: 30 },
    Number { name: MAXIMUM_MESSAGE_SIZE, least: 1_024, most: 1_048_576, default: 1_048_576 },
    Number { name: RETENTION, least: 60, most: 1_209_600, default: 345_600 },
    Number { name: DELAY, least: 0, most: 900, default: 0 },
    Number { name: WAIT, least: 0, most: 20, default: 0 },
];

const VISIBILITY_TIMEOUT: &str = "VisibilityTimeout";
const MAXIMUM_MESSAGE_SIZE: &str = "MaximumMessageSize";
const RETENTION: &str = "MessageRetentionPeriod";
const DELAY: &str = "DelaySeconds";
const WAIT: &str = "ReceiveMessageWaitTimeSeconds";

const FIFO: &[&str] =
    &["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"];

/// Where messages go that were received too often.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RedrivePolicy {
    pub dead_letter_target_arn: Arc<str>,
    #[serde(deserialize_with = "count")]
    pub max_receive_count: u32,
}

/// Which queues may send their dead letters here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RedriveAllowPolicy {
    redrive_permission: RedrivePermission,
    #[serde(default)]
    source_queue_arns: Vec<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum RedrivePermission {
    AllowAll,
    DenyAll,
    ByQueue,
}

impl RedriveAllowPolicy {
    fn is_complete(&self) -> bool {
        match self.redrive_permission {
            RedrivePermission::ByQueue => (1..=10).contains(&self.source_queue_arns.len()),
            RedrivePermission::AllowAll | RedrivePermission::DenyAll => self.source_queue_arns.is_empty(),
        }
    }
}

/// What can be set on a queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Those that differ from their default.
    numbers: BTreeMap<&'static str, u32>,
    /// As given, for `GetQueueAttributes`.
    texts: BTreeMap<&'static str, Arc<str>>,
    policy: Option<Arc<PolicyDocument>>,
    pub redrive: Option<RedrivePolicy>,
    redrive_allow: Option<RedriveAllowPolicy>,
}

impl Settings {
    /// Sets one attribute.
    ///
    /// # Errors
    /// An attribute there is not, or a value it cannot have.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        if let Some(number) = NUMBERS.iter().find(|number| number.name == name) {
            return self.set_number(number, value);
        }
        match name {
            "Policy" => self.set_policy(value)?,
            "RedrivePolicy" => {
                self.redrive = document(name, value)?;
                let is_sound = |policy: &RedrivePolicy| (1..=1_000).contains(&policy.max_receive_count);
                if !self.redrive.as_ref().is_none_or(is_sound) {
                    let reason =
                        "Invalid value for maxReceiveCount, valid values are from 1 to 1000 both inclusive.";
                    return Err(errors::invalid_value(value, name, reason));
                }
                self.keep("RedrivePolicy", value);
            }
            "RedriveAllowPolicy" => {
                self.redrive_allow = document(name, value)?;
                if !self.redrive_allow.as_ref().is_none_or(RedriveAllowPolicy::is_complete) {
                    let reason = "sourceQueueArns goes with redrivePermission byQueue, 1 to 10 of them.";
                    return Err(errors::invalid_value(value, name, reason));
                }
                self.keep("RedriveAllowPolicy", value);
            }
            "KmsMasterKeyId" => {
                self.keep("KmsMasterKeyId", value);
                if !value.is_empty() {
                    self.keep("SqsManagedSseEnabled", "false");
                }
            }
            "KmsDataKeyReusePeriodSeconds" => {
                return Err(errors::not_simulated(
                    "KmsDataKeyReusePeriodSeconds: a key is asked each time, and it",
                ));
            }
            "SqsManagedSseEnabled" if value == "true" || value == "false" => {
                if value == "true" {
                    self.texts.remove("KmsMasterKeyId");
                }
                self.keep("SqsManagedSseEnabled", value);
            }
            "SqsManagedSseEnabled" => return Err(errors::invalid_attribute_value(name)),
            fifo if FIFO.contains(&fifo) => return Err(errors::not_simulated("A FIFO queue")),
            _ => return Err(errors::unknown_attribute(name)),
        }
        Ok(())
    }

    fn set_number(&mut self, number: &Number, value: &str) -> Result<(), ApiError> {
        let given: u32 = value.trim().parse().map_err(|_| errors::invalid_attribute_value(number.name))?;
        if !(number.least..=number.most).contains(&given) {
            return Err(errors::invalid_attribute_value(number.name));
        }
        if number.name == WAIT && given > 0 {
            return Err(errors::not_simulated("Long polling (ReceiveMessageWaitTimeSeconds above 0)"));
        }
        self.numbers.insert(number.name, given);
        Ok(())
    }

    fn set_policy(&mut self, value: &str) -> Result<(), ApiError> {
        if value.is_empty() {
            self.policy = None;
        } else {
            let invalid = |_| errors::invalid_attribute_value("Policy");
            let json: Value =
                serde_json::from_str(value).map_err(|_| errors::invalid_attribute_value("Policy"))?;
            self.policy =
                Some(Arc::new(PolicyDocument::parse_as(PolicyKind::Resource, &json).map_err(invalid)?));
        }
        self.keep("Policy", value);
        Ok(())
    }

    fn keep(&mut self, name: &'static str, value: &str) {
        if value.is_empty() {
            self.texts.remove(name);
        } else {
            self.texts.insert(name, value.into());
        }
    }

    fn number(&self, name: &'static str) -> u32 {
        let default = || NUMBERS.iter().find(|number| number.name == name).map_or(0, |number| number.default);
        self.numbers.get(name).copied().unwrap_or_else(default)
    }

    pub fn visibility_timeout_s(&self) -> u32 {
        self.number(VISIBILITY_TIMEOUT)
    }

    pub fn maximum_message_bytes(&self) -> u32 {
        self.number(MAXIMUM_MESSAGE_SIZE)
    }

    pub fn retention_s(&self) -> u32 {
        self.number(RETENTION)
    }

    pub fn delay_s(&self) -> u32 {
        self.number(DELAY)
    }

    /// The KMS key that encrypts its messages, if it is not SQS's own: an id, an ARN or an alias.
    pub fn kms_key(&self) -> Option<&Arc<str>> {
        self.texts.get("KmsMasterKeyId")
    }

    /// The policy as it was given.
    pub fn policy_text(&self) -> Option<&Arc<str>> {
        self.texts.get("Policy")
    }

    pub fn policy(&self) -> Option<&PolicyDocument> {
        self.policy.as_deref()
    }

    /// Whether a queue may send its dead letters here: any of this account and Region, unless told otherwise.
    pub fn takes_dead_letters_of(&self, source_arn: &str) -> bool {
        self.redrive_allow.as_ref().is_none_or(|policy| match policy.redrive_permission {
            RedrivePermission::AllowAll => true,
            RedrivePermission::DenyAll => false,
            RedrivePermission::ByQueue => policy.source_queue_arns.iter().any(|arn| **arn == *source_arn),
        })
    }

    /// Everything that is set or has a default, as `GetQueueAttributes` and Config show it: numbers are texts.
    pub fn shown(&self) -> Map<String, Value> {
        let numbers = NUMBERS
            .iter()
            .map(|number| (number.name.to_owned(), json!(self.number(number.name).to_string())));
        let texts = self.texts.iter().map(|(name, text)| ((*name).to_owned(), json!(text)));
        let mut shown: Map<String, Value> = numbers.chain(texts).collect();
        // A queue is encrypted with a key of SQS's own unless told otherwise.
        shown.entry("SqsManagedSseEnabled").or_insert_with(|| "true".into());
        shown
    }
}

/// An attribute that is a JSON document; empty takes it away.
fn document<'v, T: Deserialize<'v>>(name: &str, value: &'v str) -> Result<Option<T>, ApiError> {
    if value.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(value)
        .map(Some)
        .map_err(|error| errors::invalid_value(value, name, &format!("Invalid value: {error}.")))
}

/// `5` or `"5"`: both are seen.
fn count<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| serde::de::Error::custom("maxReceiveCount is not a whole number"))
}
