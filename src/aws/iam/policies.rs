//! Managed policies of the account's own.

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
    Iam, check_name, check_path, date, delete_conflict, limit_exceeded, managed, owned, policy_of_call,
    state::{CustomerPolicy, PolicyVersion, StoredPolicy},
};

/// The most characters of a managed policy, white space not counted (IAM quotas).
const MOST_CHARACTERS: usize = 6_144;

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

    pub(super) fn own_policy(&mut self, arn: &str) -> Result<&mut CustomerPolicy, ApiError> {
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
pub(super) fn fitting(text: &str) -> Result<StoredPolicy, ApiError> {
    if owned::size(text) > MOST_CHARACTERS {
        return Err(limit_exceeded(format!("Cannot exceed quota for PolicySize: {MOST_CHARACTERS}")));
    }
    policy_of_call(PolicyKind::Identity, text)
}

fn no_such_policy(arn: &str) -> ApiError {
    ApiError::not_found("NoSuchEntity", format!("Policy {arn} was not found."))
}
