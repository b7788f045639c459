//! KMS: keys, who may use them, and what becomes of those that are disabled or deleted.
//!
//! A key's policy is the last word: an identity policy counts only where the key's policy leaves the decision to the
//! account. Other services ask through the account (`key_use.rs`) before they take what must be encrypted.
//!
//! Keys are symmetric; the ciphertext is made by Vigie, and nothing but Vigie opens it. Refused by name: other kinds
//! and origins of keys, grants, custom key stores, multi-Region keys.
//!
//! Source: KMS developer guide and API reference; API model `kms` in botocore.

mod aliases;
mod cryptography;
mod errors;
mod key;
mod keys;
mod life;
mod policies;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Region, Service, ServiceName, arn,
    arn::Arn,
    note::{Reason, reasons},
    operation::operations,
    parcel::Timer,
    policy::ServiceAtDoor,
    service::{Admission, Reception, TrailShape},
};

pub use aliases::{CreateAlias, DeleteAlias, ListAliases, UpdateAlias};
pub use cryptography::{Decrypt, Encrypt, GenerateDataKey};
pub use key::{Key, KeyState, Manager, Rotation};
pub use keys::{
    CreateKey, DescribeKey, ListKeys, ListResourceTags, TagResource, UntagResource, UpdateKeyDescription,
};
pub use life::{
    CancelKeyDeletion, DisableKey, DisableKeyRotation, EnableKey, EnableKeyRotation, GetKeyRotationStatus,
    ScheduleKeyDeletion,
};
pub use policies::{GetKeyPolicy, ListKeyPolicies, PutKeyPolicy};

operations! { pub Kms:
    CancelKeyDeletion: Write => cancel_key_deletion;
    CreateAlias: Write => create_alias;
    CreateKey: Write => create_key;
    Decrypt: Read => decrypt;
    DeleteAlias: Write => delete_alias;
    DescribeKey: Read => describe_key;
    DisableKey: Write => disable_key;
    DisableKeyRotation: Write => disable_key_rotation;
    EnableKey: Write => enable_key;
    EnableKeyRotation: Write => enable_key_rotation;
    Encrypt: Read => encrypt;
    GenerateDataKey: Read => generate_data_key;
    GetKeyPolicy: Read => get_key_policy;
    GetKeyRotationStatus: Read => get_key_rotation_status;
    ListAliases: Read => list_aliases;
    ListKeyPolicies: Read => list_key_policies;
    ListKeys: Read => list_keys;
    ListResourceTags: Read => list_resource_tags;
    PutKeyPolicy: Write => put_key_policy;
    ScheduleKeyDeletion: Write => schedule_key_deletion;
    TagResource: Write => tag_resource;
    UntagResource: Write => untag_resource;
    UpdateAlias: Write => update_alias;
    UpdateKeyDescription: Write => update_key_description;
}

/// The state of KMS.
#[derive(Clone, Debug, Default)]
pub struct Kms {
    account_id: Arc<str>,
    /// By ARN: those the customer made.
    keys: BTreeMap<Arc<str>, Key>,
    /// Region and alias, and the ARN of its key.
    aliases: BTreeMap<(Region, Arc<str>), Arc<str>>,
}

impl Kms {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), ..Self::default() }
    }

    /// The key that a text names in a Region: its id, its ARN, an alias, or an alias's ARN.
    pub fn key(&self, region: &Region, text: &str) -> Option<Cow<'_, Key>> {
        let (region, resource) = match Arn::parse(text).filter(|arn| arn.service == "kms") {
            Some(arn) => (Region::new(arn.region), arn.resource),
            None => (region.clone(), text),
        };
        if resource.starts_with("alias/") {
            let known = self.aliases.get(&(region.clone(), resource.into()));
            return match known {
                Some(arn) => self.keys.get(arn).map(Cow::Borrowed),
                None => Key::managed(&self.account_id, &region, resource).map(Cow::Owned),
            };
        }
        let id = resource.strip_prefix("key/").unwrap_or(resource);
        let arn = arn::arn("kms", &region, &self.account_id, &format!("key/{id}"));
        let managed = || {
            Key::managed_aliases()
                .filter_map(|alias| Key::managed(&self.account_id, &region, &alias))
                .find(|key| *key.id == *id)
        };
        self.keys.get(arn.as_str()).map(Cow::Borrowed).or_else(|| managed().map(Cow::Owned))
    }

    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.values()
    }

    /// The key of a call, or the error that there is none.
    fn found(&self, text: &str, cx: &CallContext<'_, '_>) -> Result<Cow<'_, Key>, ApiError> {
        self.key(cx.region(), text).ok_or_else(|| {
            let shown = |resource: &str| arn::arn("kms", cx.region(), cx.account_id, resource);
            match text {
                alias if alias.starts_with("alias/") => errors::no_alias(&shown(alias)),
                arn if arn.starts_with("arn:") => errors::no_key(arn),
                id => errors::no_key(&shown(&format!("key/{id}"))),
            }
        })
    }

    /// A customer's key of a call, to change it.
    fn found_mut(&mut self, text: &str, cx: &CallContext<'_, '_>) -> Result<&mut Key, ApiError> {
        let arn = Arc::clone(&self.found(text, cx)?.arn);
        // The policy of a managed key lets nobody come this far.
        self.keys.get_mut(&arn).ok_or_else(|| errors::not_simulated("Changing a key that AWS manages"))
    }
}

/// The parameter that names the key of a call.
fn named(call: &ApiCall) -> Option<&str> {
    let text = |name: &str| call.parameters.get(name).and_then(Value::as_str);
    text("KeyId").or_else(|| text("TargetKeyId"))
}

impl Service for Kms {
    fn name(&self) -> ServiceName {
        ServiceName::Kms
    }

    fn receive(&mut self, parcel: &Parcel, _region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::Timer(Timer::Named { name: life::DELETE_KEY, key }) => self.delete_key(key, out),
            Parcel::Timer(Timer::Named { name: life::ROTATE_KEY, key }) => self.rotate_key(key, out),
            _ => return Err(Reason::new(reasons::NO_RESOURCE, "KMS takes no parcels")),
        }
        Ok(())
    }

    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        admission.asks.iter().try_for_each(|(action, text)| {
            let key =
                self.key(region, text).ok_or_else(|| Reason::new(reasons::NO_RESOURCE, text.as_str()))?;
            let service = ServiceAtDoor {
                principal: admission.principal,
                source_arn: &admission.source_arn,
                account_id: &self.account_id,
                action,
                resource: &key.arn,
            };
            let refusal = || Reason::new(reasons::KMS_DENIED, Arc::clone(&key.arn));
            if key.policy.admits(&service) { Ok(()) } else { Err(refusal()) }
        })
    }

    fn resources(&self, operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let key = self.named_key(operation, call).map(|key| key.arn.to_string());
        let text = |name: &str| call.parameters.get(name).and_then(Value::as_str);
        let alias = text("AliasName").map(|alias| arn::arn("kms", &call.region, account_id, alias));
        match (key, alias) {
            (None, None) => vec!["*".to_owned()],
            (key, alias) => key.into_iter().chain(alias).collect(),
        }
    }

    fn resource_policy(&self, operation: &'static Operation, call: &ApiCall) -> Option<Value> {
        serde_json::from_str(&self.named_key(operation, call)?.policy_text).ok()
    }

    fn trail_shape(&self, operation: &'static Operation, call: &ApiCall, outcome: &ApiOutcome) -> TrailShape {
        let made = outcome.as_ref().ok().and_then(|answer| answer.pointer("/KeyMetadata/Arn")).cloned();
        let known = || self.named_key(operation, call).map(|key| json!(key.arn));
        let resources = made
            .or_else(known)
            .map(|arn| json!([{ "accountId": self.account_id, "type": "AWS::KMS::Key", "ARN": arn }]));
        TrailShape { resources, ..TrailShape::default() }
    }
}

impl Kms {
    /// The key a call is about; for `Decrypt` the ciphertext may name it, and an alias its key.
    fn named_key(&self, operation: &'static Operation, call: &ApiCall) -> Option<Cow<'_, Key>> {
        let text = |name: &str| call.parameters.get(name).and_then(Value::as_str);
        let by_blob = || cryptography::key_of(text("CiphertextBlob")?);
        let by_alias =
            || text("AliasName").filter(|_| operation.name == "DeleteAlias").map(ToOwned::to_owned);
        let named = named(call).map(ToOwned::to_owned).or_else(by_blob).or_else(by_alias)?;
        self.key(&call.region, &named)
    }
}
