//! Operations that make keys and show them.

use std::{borrow::Cow, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ApiOutcome, CallContext, Key, KeyState, Kms, Manager, errors, key::default_policy, policies};
use crate::aws::{arn, policy::PolicyDocument, tags, tags::Tags};

/// A label on a key, which KMS spells its own way.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    pub tag_key: String,
    pub tag_value: String,
}

/// Creates a symmetric key; without a policy, the account's identity policies decide who may use it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateKey {
    /// The key policy, as a JSON text.
    pub policy: Option<String>,
    pub description: Option<String>,
    /// `ENCRYPT_DECRYPT`.
    pub key_usage: Option<String>,
    /// `SYMMETRIC_DEFAULT`; the older name of `KeySpec`.
    pub customer_master_key_spec: Option<String>,
    /// `SYMMETRIC_DEFAULT`.
    pub key_spec: Option<String>,
    /// `AWS_KMS`.
    pub origin: Option<String>,
    /// Accept a policy that would lock its author out.
    #[serde(default)]
    pub bypass_policy_lockout_safety_check: bool,
    #[serde(default)]
    pub tags: Vec<Tag>,
    /// `false`.
    #[serde(default)]
    pub multi_region: bool,
}

/// Shows a key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeKey {
    /// An id, an ARN, or an alias.
    pub key_id: String,
}

/// Lists the keys of the Region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListKeys {}

/// Changes what a key is for, in words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateKeyDescription {
    pub key_id: String,
    pub description: String,
}

/// Lists the tags of a key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListResourceTags {
    pub key_id: String,
}

/// Sets tags of a key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagResource {
    pub key_id: String,
    pub tags: Vec<Tag>,
}

/// Removes tags of a key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UntagResource {
    pub key_id: String,
    pub tag_keys: Vec<String>,
}

impl Kms {
    pub(super) fn create_key(&mut self, input: CreateKey, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let is_other =
            |given: &Option<String>, only: &str| given.as_deref().is_some_and(|given| given != only);
        let is_asymmetric = is_other(&input.key_spec, "SYMMETRIC_DEFAULT")
            || is_other(&input.customer_master_key_spec, "SYMMETRIC_DEFAULT");
        if is_asymmetric || is_other(&input.key_usage, "ENCRYPT_DECRYPT") {
            return Err(errors::not_simulated("A key that is not symmetric"));
        }
        if is_other(&input.origin, "AWS_KMS") {
            return Err(errors::not_simulated("A key whose material comes from elsewhere"));
        }
        if input.multi_region {
            return Err(errors::not_simulated("A multi-Region key"));
        }
        let (policy_text, policy) = match &input.policy {
            Some(text) => policies::read(text, cx, input.bypass_policy_lockout_safety_check)?,
            None => {
                let document = default_policy(cx.account_id);
                (document.to_string().into(), Arc::new(PolicyDocument::parse(&document).unwrap_or_default()))
            }
        };
        let id: Arc<str> = cx.out.uuid().into();
        let mut tags = Tags::default();
        tags.set(&plain(&input.tags));
        let key = Key {
            arn: arn::arn("kms", cx.region(), cx.account_id, &format!("key/{id}")).into(),
            id,
            account_id: cx.account_id.into(),
            region: cx.region().clone(),
            manager: Manager::Customer,
            description: input.description.unwrap_or_default().into(),
            state: KeyState::Enabled,
            policy_text,
            policy,
            rotation: None,
            tags,
            created_ms: cx.moment().epoch_ms(),
        };
        let answer = json!({ "KeyMetadata": key.metadata() });
        cx.out.changed(&key.region, key.resource(false));
        self.keys.insert(Arc::clone(&key.arn), key);
        Ok(answer)
    }

    pub(super) fn describe_key(&mut self, input: DescribeKey, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        Ok(json!({ "KeyMetadata": self.found(&input.key_id, cx)?.metadata() }))
    }

    pub(super) fn list_keys(&mut self, _input: ListKeys, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let here = self.keys.values().filter(|key| key.region == *cx.region());
        let listed: Vec<Value> = here.map(|key| json!({ "KeyId": key.id, "KeyArn": key.arn })).collect();
        Ok(json!({ "Keys": listed, "Truncated": false }))
    }

    pub(super) fn update_key_description(
        &mut self,
        input: UpdateKeyDescription,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.change(&input.key_id, cx, |key| key.description = input.description.into())
    }

    pub(super) fn list_resource_tags(
        &mut self,
        input: ListResourceTags,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let key = self.found(&input.key_id, cx)?;
        let tags: Vec<Value> =
            key.tags.iter().map(|(key, value)| json!({ "TagKey": key, "TagValue": value })).collect();
        Ok(json!({ "Tags": tags, "Truncated": false }))
    }

    pub(super) fn tag_resource(&mut self, input: TagResource, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.change(&input.key_id, cx, |key| key.tags.set(&plain(&input.tags)))
    }

    pub(super) fn untag_resource(
        &mut self,
        input: UntagResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.change(&input.key_id, cx, |key| {
            for name in &input.tag_keys {
                key.tags.remove(name, None);
            }
        })
    }

    /// Changes a key that is not about to go away, and announces it.
    pub(super) fn change(
        &mut self,
        key_id: &str,
        cx: &mut CallContext<'_, '_>,
        change: impl FnOnce(&mut Key),
    ) -> ApiOutcome {
        let key = self.found_mut(key_id, cx)?;
        if matches!(key.state, KeyState::PendingDeletion { .. }) {
            return Err(errors::invalid_state(&key.arn, "pending deletion"));
        }
        change(key);
        let (region, resource) = (key.region.clone(), key.resource(false));
        cx.out.changed(&region, resource);
        Ok(Value::Null)
    }

    /// A key that can be used now.
    pub(super) fn usable(
        &self,
        key_id: &str,
        cx: &CallContext<'_, '_>,
    ) -> Result<Cow<'_, Key>, crate::aws::ApiError> {
        let key = self.found(key_id, cx)?;
        match key.state {
            KeyState::Enabled => Ok(key),
            KeyState::Disabled => Err(errors::disabled(&key.arn)),
            KeyState::PendingDeletion { .. } => Err(errors::invalid_state(&key.arn, "pending deletion")),
        }
    }
}

fn plain(tags: &[Tag]) -> Vec<tags::Tag> {
    tags.iter().map(|tag| tags::Tag { key: tag.tag_key.clone(), value: tag.tag_value.clone() }).collect()
}
