//! Key policies: the last word on who may use a key.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Kms};
use crate::aws::{
    Principal,
    policy::{PolicyContext, PolicyDocument, PolicyKind, PolicyRequest, PrincipalRef, Verdict},
};

/// The only name a key policy has.
const DEFAULT: &str = "default";

/// Replaces a key's policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutKeyPolicy {
    pub key_id: String,
    /// `default`.
    pub policy_name: Option<String>,
    /// The key policy, as a JSON text.
    pub policy: String,
    /// Accept a policy that would lock its author out.
    #[serde(default)]
    pub bypass_policy_lockout_safety_check: bool,
}

/// Shows a key's policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetKeyPolicy {
    pub key_id: String,
    /// `default`.
    pub policy_name: Option<String>,
}

/// Lists the names of a key's policies: `default`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListKeyPolicies {
    pub key_id: String,
}

impl Kms {
    pub(super) fn put_key_policy(&mut self, input: PutKeyPolicy, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name(input.policy_name.as_deref())?;
        let (text, policy) = read(&input.policy, cx, input.bypass_policy_lockout_safety_check)?;
        self.change(&input.key_id, cx, |key| {
            key.policy_text = text;
            key.policy = policy;
        })
    }

    pub(super) fn get_key_policy(&mut self, input: GetKeyPolicy, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name(input.policy_name.as_deref())?;
        Ok(json!({ "Policy": self.found(&input.key_id, cx)?.policy_text, "PolicyName": DEFAULT }))
    }

    pub(super) fn list_key_policies(
        &mut self,
        input: ListKeyPolicies,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.found(&input.key_id, cx)?;
        Ok(json!({ "PolicyNames": [DEFAULT], "Truncated": false }))
    }
}

fn check_name(name: Option<&str>) -> Result<(), ApiError> {
    if name.is_none_or(|name| name == DEFAULT) {
        return Ok(());
    }
    Err(ApiError::client("NotFoundException", format!("No such policy exists: {}", name.unwrap_or_default())))
}

/// Reads a key policy: its text as kept, and as it is judged. One that would keep its author from ever changing it
/// again is refused, unless they insist.
pub(super) fn read(
    text: &str,
    cx: &CallContext<'_, '_>,
    insists: bool,
) -> Result<(Arc<str>, Arc<PolicyDocument>), ApiError> {
    let malformed = |message: String| ApiError::client("MalformedPolicyDocumentException", message);
    let document: Value = serde_json::from_str(text)
        .map_err(|error| malformed(format!("The new key policy is not JSON: {error}")))?;
    let policy = PolicyDocument::parse_as(PolicyKind::Resource, &document)
        .map_err(|error| malformed(error.to_string()))?;
    if !insists && !lets_change(&policy, cx) {
        let message = "The new key policy will not allow you to update the key policy in the future.";
        return Err(malformed(message.to_owned()));
    }
    Ok((document.to_string().into(), Arc::new(policy)))
}

/// Whether the caller, by name or through the account, may still change the policy.
fn lets_change(policy: &PolicyDocument, cx: &CallContext<'_, '_>) -> bool {
    let account = cx.account_id;
    let (arn, role_arn) = match &cx.call.by {
        Principal::Root | Principal::Service(_) => (format!("arn:aws:iam::{account}:root"), None),
        Principal::User(name) => (format!("arn:aws:iam::{account}:user/{name}"), None),
        Principal::Role { role, session } => (
            format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
            Some(format!("arn:aws:iam::{account}:role/{role}")),
        ),
    };
    let context = PolicyContext::default().with("kms:CallerAccount", account);
    let request = PolicyRequest {
        principal: PrincipalRef::Aws { arn: &arn, role_arn: role_arn.as_deref(), account_id: account },
        action: "kms:PutKeyPolicy",
        resource: "*",
        context: &context,
    };
    policy.trusts(&request) == Verdict::Allow
}
