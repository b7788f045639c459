//! Operations on policies: inline ones are written into a user or a role, managed ones are attached to it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, arn::global_arn, policy::PolicyKind, unique_id::unique_id},
    Iam, check_name, check_path, date, managed, policy_of_call,
    state::{CustomerPolicy, PolicySet},
};

/// Creates a managed policy of one's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreatePolicy {
    pub policy_name: String,
    pub path: Option<String>,
    /// JSON text.
    pub policy_document: String,
    pub description: Option<String>,
}

/// Says what a managed policy is and how often it is attached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetPolicy {
    pub policy_arn: String,
}

/// Writes an inline policy into a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutUserPolicy {
    pub user_name: String,
    pub policy_name: String,
    pub policy_document: String,
}

/// Writes an inline policy into a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRolePolicy {
    pub role_name: String,
    pub policy_name: String,
    pub policy_document: String,
}

/// Attaches a managed policy to a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AttachUserPolicy {
    pub user_name: String,
    pub policy_arn: String,
}

/// Takes a managed policy off a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DetachUserPolicy {
    pub user_name: String,
    pub policy_arn: String,
}

/// Attaches a managed policy to a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AttachRolePolicy {
    pub role_name: String,
    pub policy_arn: String,
}

/// Takes a managed policy off a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DetachRolePolicy {
    pub role_name: String,
    pub policy_arn: String,
}

/// Lists the managed policies of a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListAttachedUserPolicies {
    pub user_name: String,
}

/// Lists the managed policies of a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListAttachedRolePolicies {
    pub role_name: String,
}

impl Iam {
    pub(super) fn create_policy(&mut self, input: CreatePolicy, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name("policyName", &input.policy_name)?;
        let path = check_path(input.path)?;
        let arn = global_arn("iam", cx.account_id, &format!("policy{path}{}", input.policy_name));
        if self.state.policies.contains_key(arn.as_str()) {
            let message = format!(
                "A policy called {} already exists. Duplicate names are not allowed.",
                input.policy_name
            );
            return Err(ApiError { status: 409, ..ApiError::client("EntityAlreadyExists", message) });
        }
        let policy = CustomerPolicy {
            name: input.policy_name.into(),
            path,
            created: cx.moment().utc,
            description: input.description.map(Into::into),
            policy: policy_of_call(PolicyKind::Identity, &input.policy_document)?,
        };
        let arn: Arc<str> = arn.into();
        self.state.policies.insert(Arc::clone(&arn), policy);
        Ok(json!({ "Policy": self.describe_policy(&arn)? }))
    }

    pub(super) fn get_policy(&mut self, input: GetPolicy, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        Ok(json!({ "Policy": self.describe_policy(&input.policy_arn)? }))
    }

    pub(super) fn put_user_policy(
        &mut self,
        input: PutUserPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_name("policyName", &input.policy_name)?;
        let policy = policy_of_call(PolicyKind::Identity, &input.policy_document)?;
        self.user_mut(&input.user_name)?.policies.inline.insert(input.policy_name.into(), policy);
        Ok(Value::Null)
    }

    pub(super) fn put_role_policy(
        &mut self,
        input: PutRolePolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_name("policyName", &input.policy_name)?;
        let policy = policy_of_call(PolicyKind::Identity, &input.policy_document)?;
        self.role_mut(&input.role_name)?.policies.inline.insert(input.policy_name.into(), policy);
        Ok(Value::Null)
    }

    pub(super) fn attach_user_policy(
        &mut self,
        input: AttachUserPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.check_attachable(&input.policy_arn)?;
        self.user_mut(&input.user_name)?.policies.attach(&input.policy_arn);
        Ok(Value::Null)
    }

    pub(super) fn detach_user_policy(
        &mut self,
        input: DetachUserPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let detached = self.user_mut(&input.user_name)?.policies.detach(&input.policy_arn);
        if detached { Ok(Value::Null) } else { Err(not_attached(&input.policy_arn)) }
    }

    pub(super) fn attach_role_policy(
        &mut self,
        input: AttachRolePolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.check_attachable(&input.policy_arn)?;
        self.role_mut(&input.role_name)?.policies.attach(&input.policy_arn);
        Ok(Value::Null)
    }

    pub(super) fn detach_role_policy(
        &mut self,
        input: DetachRolePolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let detached = self.role_mut(&input.role_name)?.policies.detach(&input.policy_arn);
        if detached { Ok(Value::Null) } else { Err(not_attached(&input.policy_arn)) }
    }

    pub(super) fn list_attached_user_policies(
        &mut self,
        input: ListAttachedUserPolicies,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(attached(&self.user(&input.user_name)?.policies))
    }

    pub(super) fn list_attached_role_policies(
        &mut self,
        input: ListAttachedRolePolicies,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(attached(&self.role(&input.role_name)?.policies))
    }

    pub(super) fn check_attachable(&self, arn: &str) -> Result<(), ApiError> {
        if self.state.policies.contains_key(arn) || managed::by_arn(arn).is_some() {
            return Ok(());
        }
        let message = format!("Policy {arn} does not exist or is not attachable.");
        Err(ApiError::not_found("NoSuchEntity", message))
    }

    fn describe_policy(&self, arn: &str) -> ApiOutcome {
        let users = self.state.users.values().map(|user| &user.policies);
        let roles = self.state.roles.values().map(|role| &role.policies);
        let groups = self.state.groups.values().map(|group| &group.policies);
        let attachments = users
            .chain(roles)
            .chain(groups)
            .filter(|set| set.attached.iter().any(|attached| **attached == *arn))
            .count();
        let own = self.state.policies.get(arn);
        let (name, path, created) = match (own, managed::by_arn(arn)) {
            (Some(policy), _) => (policy.name.as_ref(), policy.path.as_ref(), Some(policy.created)),
            (None, Some(policy)) => (policy.name, policy.path, None),
            (None, None) => {
                let message = format!("Policy {arn} was not found.");
                return Err(ApiError::not_found("NoSuchEntity", message));
            }
        };
        let owner = if own.is_some() { &self.account_id } else { "aws" };
        let mut shown = json!({
            "PolicyName": name,
            "PolicyId": unique_id("ANPA", owner, name, 17),
            "Arn": arn,
            "Path": path,
            "DefaultVersionId": "v1",
            "AttachmentCount": attachments,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": true,
        });
        if let Some(description) = own.and_then(|policy| policy.description.as_deref()) {
            shown["Description"] = description.into();
        }
        if let Some(created) = created {
            shown["CreateDate"] = date(created).into();
            shown["UpdateDate"] = date(created).into();
        }
        Ok(shown)
    }
}

fn not_attached(arn: &str) -> ApiError {
    ApiError::not_found("NoSuchEntity", format!("Policy {arn} was not found."))
}

fn attached(set: &PolicySet) -> Value {
    let policies: Vec<Value> = set
        .attached
        .iter()
        .map(|arn| {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            json!({ "PolicyName": name, "PolicyArn": arn.as_ref() })
        })
        .collect();
    json!({ "AttachedPolicies": policies })
}
