//! Operations on identities: the addresses and domains mail may come from.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Ses};

/// Starts the verification of an address or a domain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateEmailIdentity {
    pub email_identity: String,
}

/// Forgets an identity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteEmailIdentity {
    pub email_identity: String,
}

/// Shows whether an identity is verified.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetEmailIdentity {
    pub email_identity: String,
}

/// Lists the identities of the region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListEmailIdentities {}

fn kind(identity: &str) -> &'static str {
    if identity.contains('@') { "EMAIL_ADDRESS" } else { "DOMAIN" }
}

fn missing(identity: &str) -> ApiError {
    ApiError::not_found("NotFoundException", format!("Email identity {identity} does not exist."))
}

impl Ses {
    pub(super) fn create_email_identity(
        &mut self,
        input: CreateEmailIdentity,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let identity = input.email_identity.trim();
        if identity.is_empty() || identity.contains(char::is_whitespace) {
            return Err(ApiError::client(
                "BadRequestException",
                format!("Invalid email identity: {identity}"),
            ));
        }
        let key = (cx.region().clone(), identity.into());
        if self.identities.contains_key(&key) {
            let message = format!("Email identity {identity} already exists.");
            return Err(ApiError::client("AlreadyExistsException", message));
        }
        self.identities.insert(key, false);
        Ok(json!({ "IdentityType": kind(identity), "VerifiedForSendingStatus": false }))
    }

    pub(super) fn delete_email_identity(
        &mut self,
        input: DeleteEmailIdentity,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let key = (cx.region().clone(), input.email_identity.as_str().into());
        self.identities.remove(&key).ok_or_else(|| missing(&input.email_identity))?;
        Ok(Value::Null)
    }

    pub(super) fn get_email_identity(
        &mut self,
        input: GetEmailIdentity,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let key = (cx.region().clone(), input.email_identity.as_str().into());
        let verified = *self.identities.get(&key).ok_or_else(|| missing(&input.email_identity))?;
        Ok(json!({
            "IdentityType": kind(&input.email_identity),
            "VerifiedForSendingStatus": verified,
            "VerificationStatus": if verified { "SUCCESS" } else { "PENDING" },
        }))
    }

    pub(super) fn list_email_identities(
        &mut self,
        _input: ListEmailIdentities,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let here = self.identities.iter().filter(|((region, _), _)| region == cx.region());
        let listed: Vec<Value> = here
            .map(|((_, identity), verified)| {
                json!({
                    "IdentityType": kind(identity),
                    "IdentityName": identity,
                    "SendingEnabled": verified,
                    "VerificationStatus": if *verified { "SUCCESS" } else { "PENDING" },
                })
            })
            .collect();
        Ok(json!({ "EmailIdentities": listed }))
    }
}
