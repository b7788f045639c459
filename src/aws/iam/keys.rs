//! Access keys. A user whom nobody has given a key signs with the one everybody is born with; from the first
//! operation on their keys on, they sign with the oldest one that is active, or not at all.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, unique_id::access_key_id},
    Iam, date, limit_exceeded,
    state::{AccessKey, User},
    users::named_or_caller,
};

/// The most access keys a user may have (IAM quotas).
const MOST_KEYS: usize = 2;

/// Creates an access key for a user; without a name, for the caller.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateAccessKey {
    user_name: Option<String>,
}

/// Lists a user's access keys; without a name, the caller's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListAccessKeys {
    user_name: Option<String>,
}

/// Switches an access key off, or on again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateAccessKey {
    /// The caller, unless said.
    user_name: Option<String>,
    access_key_id: String,
    status: KeyStatus,
}

/// Whether an access key may be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum KeyStatus {
    Active,
    Inactive,
}

/// Deletes an access key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteAccessKey {
    /// The caller, unless said.
    user_name: Option<String>,
    access_key_id: String,
}

impl Iam {
    pub(super) fn create_access_key(
        &mut self,
        input: CreateAccessKey,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        let born_with = access_key_id(&self.account_id, &name);
        let user = self.user_mut(&name)?;
        if user.access_keys.len() >= MOST_KEYS {
            return Err(limit_exceeded(format!("Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}")));
        }
        // The first key is the one the user has been signing with all along.
        let id = if user.manages_keys { format!("AKIA{}", cx.out.base32(16)) } else { born_with };
        let created = cx.moment().utc;
        user.manages_keys = true;
        user.access_keys.push(AccessKey { id: id.as_str().into(), created, is_active: true });
        Ok(json!({ "AccessKey": {
            "UserName": name.as_ref(),
            "AccessKeyId": id,
            "Status": "Active",
            "SecretAccessKey": cx.out.hex(40),
            "CreateDate": date(created),
        }}))
    }

    pub(super) fn list_access_keys(
        &mut self,
        input: ListAccessKeys,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        let keys = self.user(&name)?.access_keys.iter();
        let listed: Vec<Value> = keys
            .map(|key| {
                json!({
                    "UserName": name.as_ref(),
                    "AccessKeyId": key.id.as_ref(),
                    "Status": if key.is_active { "Active" } else { "Inactive" },
                    "CreateDate": date(key.created),
                })
            })
            .collect();
        Ok(json!({ "AccessKeyMetadata": listed }))
    }

    pub(super) fn update_access_key(
        &mut self,
        input: UpdateAccessKey,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        let keys = self.own_keys(&name)?;
        let key = keys.iter_mut().find(|key| *key.id == *input.access_key_id);
        key.ok_or_else(|| no_such_key(&input.access_key_id))?.is_active = input.status == KeyStatus::Active;
        Ok(Value::Null)
    }

    pub(super) fn delete_access_key(
        &mut self,
        input: DeleteAccessKey,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        let keys = self.own_keys(&name)?;
        let place = keys.iter().position(|key| *key.id == *input.access_key_id);
        keys.remove(place.ok_or_else(|| no_such_key(&input.access_key_id))?);
        Ok(Value::Null)
    }

    /// A user's keys, the one they were born with among them.
    fn own_keys(&mut self, name: &str) -> Result<&mut Vec<AccessKey>, ApiError> {
        let born_with = access_key_id(&self.account_id, name);
        let user = self.user_mut(name)?;
        if !user.manages_keys {
            user.manages_keys = true;
            user.access_keys.push(AccessKey { id: born_with.into(), created: user.created, is_active: true });
        }
        Ok(&mut user.access_keys)
    }

    /// The key a user signs with; `None` when all of theirs are switched off or gone.
    pub(super) fn signing_key(&self, user: &User) -> Option<String> {
        if !user.manages_keys {
            return Some(access_key_id(&self.account_id, &user.name));
        }
        user.access_keys.iter().find(|key| key.is_active).map(|key| key.id.to_string())
    }
}

fn no_such_key(id: &str) -> ApiError {
    ApiError::not_found("NoSuchEntity", format!("The Access Key with id {id} cannot be found."))
}
