//! Aliases: names for keys that people can remember.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Key, Kms, Region, errors};
use crate::aws::{arn, timestamps};

/// Gives a key a name, such as `alias/ville`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateAlias {
    pub alias_name: String,
    /// The key's id or ARN.
    pub target_key_id: String,
}

/// Gives a name to another key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateAlias {
    pub alias_name: String,
    pub target_key_id: String,
}

/// Takes a name away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteAlias {
    pub alias_name: String,
}

/// Lists the names of the Region, those of the keys that AWS manages included.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListAliases {
    /// Only those of this key.
    pub key_id: Option<String>,
}

impl Kms {
    pub(super) fn create_alias(&mut self, input: CreateAlias, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = place(&input.alias_name, cx)?;
        if self.aliases.contains_key(&place) {
            let shown = arn::arn("kms", cx.region(), cx.account_id, &input.alias_name);
            let message = format!("An alias with the name {shown} already exists");
            return Err(ApiError::client("AlreadyExistsException", message));
        }
        self.name_key(place, &input.target_key_id, cx)
    }

    pub(super) fn update_alias(&mut self, input: UpdateAlias, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = place(&input.alias_name, cx)?;
        if !self.aliases.contains_key(&place) {
            let shown = arn::arn("kms", cx.region(), cx.account_id, &input.alias_name);
            return Err(errors::no_alias(&shown));
        }
        self.name_key(place, &input.target_key_id, cx)
    }

    fn name_key(&mut self, place: (Region, Arc<str>), key_id: &str, cx: &CallContext<'_, '_>) -> ApiOutcome {
        if key_id.starts_with("alias/") {
            return Err(errors::invalid("Aliases must refer to keys. Not aliases"));
        }
        let arn = Arc::clone(&self.found_mut(key_id, cx)?.arn);
        self.aliases.insert(place, arn);
        Ok(Value::Null)
    }

    pub(super) fn delete_alias(&mut self, input: DeleteAlias, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = place(&input.alias_name, cx)?;
        let shown = arn::arn("kms", cx.region(), cx.account_id, &input.alias_name);
        self.aliases.remove(&place).map(|_| Value::Null).ok_or_else(|| errors::no_alias(&shown))
    }

    pub(super) fn list_aliases(&mut self, input: ListAliases, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let only = input.key_id.map(|id| self.found(&id, cx).map(|key| Arc::clone(&key.arn))).transpose()?;
        let managed = Key::managed_aliases().filter_map(|alias| {
            let key = Key::managed(&self.account_id, cx.region(), &alias)?;
            Some((alias, key.arn, key.id, key.created_ms))
        });
        let own = self.aliases.iter().filter(|((region, _), _)| region == cx.region()).filter_map(
            |((_, alias), arn)| {
                let key = self.keys.get(arn)?;
                Some((alias.to_string(), Arc::clone(arn), Arc::clone(&key.id), key.created_ms))
            },
        );
        let listed: Vec<Value> = own
            .chain(managed)
            .filter(|(_, arn, ..)| only.as_ref().is_none_or(|only| only == arn))
            .map(|(alias, _, key_id, since_ms)| {
                let since = timestamps::cli(timestamps::from_epoch_ms(since_ms));
                json!({
                    "AliasName": alias,
                    "AliasArn": arn::arn("kms", cx.region(), cx.account_id, &alias),
                    "TargetKeyId": key_id,
                    "CreationDate": since,
                    "LastUpdatedDate": since,
                })
            })
            .collect();
        Ok(json!({ "Aliases": listed, "Truncated": false }))
    }
}

fn place(alias: &str, cx: &CallContext<'_, '_>) -> Result<(Region, Arc<str>), ApiError> {
    let name = alias.strip_prefix("alias/").ok_or_else(|| {
        errors::invalid("Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")
    })?;
    if name.starts_with("aws/") {
        return Err(ApiError::client("NotAuthorizedException", ""));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-');
    if name.is_empty() || alias.len() > 256 || !name.chars().all(fits) {
        let message = format!("{alias} contains invalid characters for an alias");
        return Err(ApiError::client("InvalidAliasNameException", message));
    }
    Ok((cx.region().clone(), alias.into()))
}
