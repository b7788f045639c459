//! Managed policies of the account's own, and their versions.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext,
        arn::global_arn,
        policy::PolicyKind,
        tags::{Tag, Tags},
        unique_id::unique_id,
    },
    Iam, as_json, check_name, check_path, date, delete_conflict, limit_exceeded, managed, owned,
    policy_of_call,
    state::{CustomerPolicy, PolicyVersion, StoredPolicy},
};

/// The most characters of a managed policy, white space not counted (IAM quotas).
const MOST_CHARACTERS: usize = 6_144;

/// The most versions of a managed policy (IAM quotas).
const MOST_VERSIONS: usize = 5;

/// Creates a managed policy of one's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreatePolicy {
    policy_name: String,
    path: Option<String>,
    /// JSON text.
    policy_document: String,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Says what a managed policy is and how often it is attached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetPolicy {
    policy_arn: String,
}

/// Lists managed policies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListPolicies {
    /// `All` unless said.
    scope: Option<PolicyScope>,
    /// Only those attached to somebody.
    only_attached: Option<bool>,
    path_prefix: Option<String>,
}

/// Whose managed policies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum PolicyScope {
    #[default]
    All,
    /// Those that AWS keeps for everybody, as far as Vigie knows them.
    #[serde(rename = "AWS")]
    Aws,
    /// The account's own.
    Local,
}

/// Deletes a managed policy that is attached to nobody and has one version left.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeletePolicy {
    policy_arn: String,
}

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
    pub(super) fn create_policy(&mut self, input: CreatePolicy, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name("policyName", &input.policy_name)?;
        let path = check_path(input.path)?;
        let arn: Arc<str> =
            global_arn("iam", cx.account_id, &format!("policy{path}{}", input.policy_name)).into();
        if self.state.policies.contains_key(&arn) {
            let message = format!(
                "A policy called {} already exists. Duplicate names are not allowed.",
                input.policy_name
            );
            return Err(ApiError { status: 409, ..ApiError::client("EntityAlreadyExists", message) });
        }
        let created = cx.moment().utc;
        let policy = fitting(&input.policy_document)?;
        let policy = CustomerPolicy {
            name: input.policy_name.into(),
            path,
            created,
            updated: created,
            description: input.description.map(Into::into),
            versions: vec![PolicyVersion { number: 1, created, policy }],
            default: 1,
            newest: 1,
            tags: Tags::from(input.tags.as_slice()),
        };
        self.state.policies.insert(Arc::clone(&arn), policy);
        Ok(json!({ "Policy": self.describe_policy(&arn)? }))
    }

    pub(super) fn get_policy(&mut self, input: GetPolicy, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        Ok(json!({ "Policy": self.describe_policy(&input.policy_arn)? }))
    }

    pub(super) fn list_policies(&mut self, input: ListPolicies, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let scope = input.scope.unwrap_or_default();
        let own = self.state.policies.iter().map(|(arn, policy)| (&**arn, &*policy.path));
        let of_aws = managed::all().map(|(arn, policy)| (arn, policy.path));
        let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
        let listed = own
            .filter(|_| scope != PolicyScope::Aws)
            .chain(of_aws.filter(|_| scope != PolicyScope::Local))
            .filter(|(_, path)| path.starts_with(&prefix))
            .filter(|(arn, _)| !input.only_attached.unwrap_or_default() || self.attachments(arn) > 0);
        let policies: Result<Vec<Value>, ApiError> =
            listed.map(|(arn, _)| self.describe_policy(arn)).collect();
        Ok(json!({ "Policies": policies? }))
    }

    pub(super) fn delete_policy(&mut self, input: DeletePolicy, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let arn = &*input.policy_arn;
        let versions = self.own_policy(arn)?.versions.len();
        if self.attachments(arn) > 0 || self.state.bounded_by(arn) > 0 {
            return Err(delete_conflict("Cannot delete a policy attached to entities."));
        }
        if versions > 1 {
            return Err(delete_conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's \
                 versions. The default version is deleted with the policy.",
            ));
        }
        self.state.policies.remove(arn);
        Ok(Value::Null)
    }

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

    fn own_policy(&mut self, arn: &str) -> Result<&mut CustomerPolicy, ApiError> {
        if managed::by_arn(arn).is_some() {
            let message = format!("Policy {arn} is an AWS managed policy and cannot be changed.");
            return Err(ApiError::refused("AccessDenied", message));
        }
        self.state.policies.get_mut(arn).ok_or_else(|| no_such_policy(arn))
    }

    pub(super) fn attachments(&self, arn: &str) -> usize {
        self.state.sets().filter(|set| set.has(arn)).count()
    }

    fn describe_policy(&self, arn: &str) -> ApiOutcome {
        let own = self.state.policies.get(arn);
        let (name, path) = match (own, managed::by_arn(arn)) {
            (Some(policy), _) => (policy.name.as_ref(), policy.path.as_ref()),
            (None, Some(policy)) => (policy.name, policy.path),
            (None, None) => return Err(no_such_policy(arn)),
        };
        let owner = if own.is_some() { &self.account_id } else { "aws" };
        let mut shown = json!({
            "PolicyName": name,
            "PolicyId": unique_id("ANPA", owner, name, 17),
            "Arn": arn,
            "Path": path,
            "DefaultVersionId": format!("v{}", own.map_or(1, |policy| policy.default)),
            "AttachmentCount": self.attachments(arn),
            "PermissionsBoundaryUsageCount": self.state.bounded_by(arn),
            "IsAttachable": true,
        });
        if let Some(description) = own.and_then(|policy| policy.description.as_deref()) {
            shown["Description"] = description.into();
        }
        if let Some(own) = own {
            shown["CreateDate"] = date(own.created).into();
            shown["UpdateDate"] = date(own.updated).into();
            if !own.tags.is_empty() {
                shown["Tags"] = own.tags.list();
            }
        }
        Ok(shown)
    }
}

/// A document of a size that a managed policy may have.
fn fitting(text: &str) -> Result<StoredPolicy, ApiError> {
    if owned::size(text) > MOST_CHARACTERS {
        return Err(limit_exceeded(format!("Cannot exceed quota for PolicySize: {MOST_CHARACTERS}")));
    }
    policy_of_call(PolicyKind::Identity, text)
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

fn no_such_policy(arn: &str) -> ApiError {
    ApiError::not_found("NoSuchEntity", format!("Policy {arn} was not found."))
}
