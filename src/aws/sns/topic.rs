//! A topic's attributes: what may be set, to what, and how Config sees them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    ApiError, Topic,
    errors::{invalid, not_simulated},
    schedule,
    state::default_policy,
};
use crate::aws::{
    parcel::ResourceChange,
    policy::{PolicyDocument, PolicyKind},
};

/// The longest display name. Source: SNS developer guide, "Creating a topic".
const LONGEST_DISPLAY_NAME: usize = 100;

impl Topic {
    /// Sets one attribute; an empty value stands for its default.
    pub(super) fn set(&mut self, name: &str, value: &str, account_id: &str) -> Result<(), ApiError> {
        match name {
            "DisplayName" if value.chars().count() > LONGEST_DISPLAY_NAME => {
                return Err(invalid("DisplayName Reason: must be at most 100 characters long"));
            }
            "DisplayName" => self.display_name = value.into(),
            "Policy" if value.is_empty() => {
                let document = default_policy(&self.arn, account_id);
                self.set_policy(&document)?;
            }
            "Policy" => {
                let document: Value =
                    serde_json::from_str(value).map_err(|_| invalid("Policy Error: null"))?;
                self.set_policy(&document)?;
            }
            // Whether the key is there, and lets anybody in, shows when a message comes.
            "KmsMasterKeyId" => self.kms_key = (!value.is_empty()).then(|| value.into()),
            "DeliveryPolicy" if value.is_empty() => {
                self.delivery_policy = None;
                self.http_retries = schedule::WEB;
            }
            "DeliveryPolicy" => {
                self.http_retries = schedule::of_topic(value)?;
                self.delivery_policy = Some(value.into());
            }
            "SignatureVersion" => {
                self.signature_version = match value {
                    "1" | "" => 1,
                    "2" => 2,
                    _ => return Err(invalid("SignatureVersion Reason: must be 1 or 2")),
                };
            }
            "TracingConfig" if value == "PassThrough" => {}
            "TracingConfig" => return Err(not_simulated("AttributeName: TracingConfig Active")),
            "FifoTopic" if value == "false" => {}
            "FifoTopic" | "ContentBasedDeduplication" | "FifoThroughputScope" | "ArchivePolicy" => {
                return Err(not_simulated("A FIFO topic"));
            }
            feedback if feedback.contains("Feedback") => self.set_feedback(feedback, value)?,
            _ => return Err(invalid("AttributeName")),
        }
        Ok(())
    }

    /// The value of an attribute that [`Self::set`] takes.
    pub(super) fn get(&self, name: &str) -> Option<Arc<str>> {
        match name {
            "DisplayName" => Some(Arc::clone(&self.display_name)),
            "Policy" => Some(Arc::clone(&self.policy_text)),
            "KmsMasterKeyId" => self.kms_key.clone(),
            "DeliveryPolicy" => self.delivery_policy.clone(),
            "SignatureVersion" => Some(self.signature_version.to_string().into()),
            other => self.feedback.get(other).cloned(),
        }
    }

    pub(super) fn set_policy(&mut self, document: &Value) -> Result<(), ApiError> {
        let policy = PolicyDocument::parse_as(PolicyKind::Resource, document)
            .map_err(|error| invalid(format_args!("Policy Error: {error}")))?;
        self.policy = Arc::new(policy);
        self.policy_text = document.to_string().into();
        Ok(())
    }

    /// The topic as Config records it.
    pub(super) fn resource(&self, deleted: bool) -> ResourceChange {
        ResourceChange {
            resource_type: "AWS::SNS::Topic".into(),
            resource_id: Arc::clone(&self.arn),
            resource_name: Some(Arc::clone(&self.name)),
            arn: Arc::clone(&self.arn),
            availability_zone: "Not Applicable".into(),
            created_at: None,
            tags: self.tags.map(),
            relationships: json!([]),
            configuration: if deleted {
                Value::Null
            } else {
                json!({
                    "TopicArn": self.arn,
                    "DisplayName": self.display_name,
                    "Policy": self.policy_text,
                    "KmsMasterKeyId": self.kms_key,
                })
            },
            supplementary: json!({}),
            deleted,
        }
    }
}
