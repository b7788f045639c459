//! `SimulatePrincipalPolicy`: what an identity's policies would say, without doing it.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext, Principal,
        arn::Arn,
        policy::{PolicyContext, Verdict},
    },
    Iam,
};

/// Asks what a user's or a role's policies allow; resource policies are not asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SimulatePrincipalPolicy {
    /// ARN of the user or the role.
    policy_source_arn: String,
    /// Such as `s3:PutObject`.
    action_names: Vec<String>,
    /// `*` unless said.
    #[serde(default)]
    resource_arns: Vec<String>,
    /// Values of condition keys.
    #[serde(default)]
    context_entries: Vec<ContextEntry>,
}

/// A condition key and its values.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ContextEntry {
    context_key_name: String,
    context_key_values: Vec<String>,
    /// Values are compared as the policy's operator says, whatever type is said here.
    #[allow(dead_code, reason = "conditions compare texts")]
    context_key_type: ContextKeyType,
}

/// The type of a condition key's values.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ContextKeyType {
    String,
    StringList,
    Numeric,
    NumericList,
    Boolean,
    BooleanList,
    Ip,
    IpList,
    Binary,
    BinaryList,
    Date,
    DateList,
}

impl Iam {
    pub(super) fn simulate_principal_policy(
        &mut self,
        input: SimulatePrincipalPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let by = self.identity_of(&input.policy_source_arn)?;
        let entries = input.context_entries.iter();
        let values = entries.flat_map(|entry| {
            entry.context_key_values.iter().map(move |value| (&entry.context_key_name, value))
        });
        let extra =
            values.fold(PolicyContext::default(), |context, (key, value)| context.with(key, value.as_str()));
        let everything = ["*".to_owned()];
        let resources = if input.resource_arns.is_empty() { &everything[..] } else { &input.resource_arns };
        let mut results = Vec::new();
        for action in &input.action_names {
            for resource in resources {
                let decision = match self.simulate(&by, (action, resource), &extra)? {
                    Verdict::Allow => "allowed",
                    Verdict::Deny => "explicitDeny",
                    Verdict::Silent => "implicitDeny",
                };
                results.push(json!({
                    "EvalActionName": action,
                    "EvalResourceName": resource,
                    "EvalDecision": decision,
                }));
            }
        }
        Ok(json!({ "EvaluationResults": Value::Array(results), "IsTruncated": false }))
    }

    fn identity_of(&self, arn: &str) -> Result<Principal, ApiError> {
        let invalid = || ApiError::client("InvalidInput", format!("Invalid Entity Arn: {arn}"));
        let (kind, path) =
            Arn::parse(arn).and_then(|arn| arn.resource.split_once('/')).ok_or_else(invalid)?;
        let name = path.rsplit('/').next().unwrap_or(path);
        match kind {
            "user" => self.user(name).map(|user| Principal::User(user.name.clone())),
            "role" => self.role(name).map(|role| Principal::role(&role.name, "simulation")),
            _ => Err(invalid()),
        }
    }
}
