//! Versions of managed policies: up to five are kept, one is in force.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext},
    Iam, as_json, date, delete_conflict, limit_exceeded, managed,
    policies::fitting,
    state::{CustomerPolicy, PolicyVersion},
};

/// The most versions of a managed policy (IAM quotas).
const MOST_VERSIONS: usize = 5;

/// Writes a new version of a managed policy; the old ones stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreatePolicyVersion {
    policy_arn: String,
    policy_document: String,
    /// Whether the new version is in force at once.
    set_as_default: Option<bool>,
}

/// Reads a version of a managed policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetPolicyVersion {
    policy_arn: String,
    /// Such as `v1`.
    version_id: String,
}

/// Lists the versions of a managed policy, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListPolicyVersions {
    policy_arn: String,
}

/// Puts a version of a managed policy in force.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SetDefaultPolicyVersion {
    policy_arn: String,
    version_id: String,
}

/// Deletes a version of a managed policy that is not in force.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeletePolicyVersion {
    policy_arn: String,
    version_id: String,
}

impl Iam {
    pub(super) fn create_policy_version(
        &mut self,
        input: CreatePolicyVersion,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let created = cx.moment().utc;
        let policy = self.own_policy(&input.policy_arn)?;
        let document = fitting(&input.policy_document)?;
        if policy.versions.len() >= MOST_VERSIONS {
            return Err(limit_exceeded(format!(
                "A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must \
                 delete an existing version."
            )));
        }
        policy.newest += 1;
        let version = PolicyVersion { number: policy.newest, created, policy: document };
        policy.updated = created;
        if input.set_as_default.unwrap_or_default() {
            policy.default = version.number;
        }
        let shown = describe_version(&version, policy.default, false);
        policy.versions.push(version);
        Ok(json!({ "PolicyVersion": shown }))
    }

    pub(super) fn get_policy_version(
        &mut self,
        input: GetPolicyVersion,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if let Some(policy) = managed::by_arn(&input.policy_arn).filter(|_| input.version_id == "v1") {
            return Ok(json!({ "PolicyVersion": {
                "Document": as_json(policy.text), "VersionId": "v1", "IsDefaultVersion": true,
            }}));
        }
        let policy = self.own_policy(&input.policy_arn)?;
        let version = version_of(policy, &input.policy_arn, &input.version_id)?;
        Ok(json!({ "PolicyVersion": describe_version(version, policy.default, true) }))
    }

    pub(super) fn list_policy_versions(
        &mut self,
        input: ListPolicyVersions,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if managed::by_arn(&input.policy_arn).is_some() {
            return Ok(json!({ "Versions": [{ "VersionId": "v1", "IsDefaultVersion": true }] }));
        }
        let policy = self.own_policy(&input.policy_arn)?;
        let newest_first = policy.versions.iter().rev();
        let versions: Vec<Value> =
            newest_first.map(|version| describe_version(version, policy.default, false)).collect();
        Ok(json!({ "Versions": versions }))
    }

    pub(super) fn set_default_policy_version(
        &mut self,
        input: SetDefaultPolicyVersion,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let now = cx.moment().utc;
        let policy = self.own_policy(&input.policy_arn)?;
        let number = version_of(policy, &input.policy_arn, &input.version_id)?.number;
        (policy.default, policy.updated) = (number, now);
        Ok(Value::Null)
    }

    pub(super) fn delete_policy_version(
        &mut self,
        input: DeletePolicyVersion,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let policy = self.own_policy(&input.policy_arn)?;
        let number = version_of(policy, &input.policy_arn, &input.version_id)?.number;
        if number == policy.default {
            return Err(delete_conflict("Cannot delete the default version of a policy."));
        }
        policy.versions.retain(|version| version.number != number);
        Ok(Value::Null)
    }
}

fn version_of<'p>(policy: &'p CustomerPolicy, arn: &str, id: &str) -> Result<&'p PolicyVersion, ApiError> {
    let number = id.strip_prefix('v').and_then(|number| number.parse().ok());
    number.and_then(|number| policy.version(number)).ok_or_else(|| {
        let message = format!("Policy {arn} version {id} does not exist or is not attachable.");
        ApiError::not_found("NoSuchEntity", message)
    })
}

fn describe_version(version: &PolicyVersion, default: u32, with_document: bool) -> Value {
    let mut shown = json!({});
    if with_document {
        shown["Document"] = as_json(&version.policy.text);
    }
    shown["VersionId"] = format!("v{}", version.number).into();
    shown["IsDefaultVersion"] = (version.number == default).into();
    shown["CreateDate"] = date(version.created).into();
    shown
}
