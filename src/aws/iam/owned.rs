//! Policies written into a user, a role or a group, and managed ones attached to it: the same operations for all
//! three, under three names.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, policy::PolicyKind},
    Iam, as_json, check_name, limit_exceeded, managed, policy_of_call,
    state::PolicySet,
};

/// Whose policies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner<'a> {
    User(&'a str),
    Role(&'a str),
    Group(&'a str),
}

/// The most managed policies of one owner (IAM quotas).
const MOST_ATTACHED: usize = 10;

impl Owner<'_> {
    const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Role(_) => "role",
            Self::Group(_) => "group",
        }
    }

    const fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Role(name) | Self::Group(name) => name,
        }
    }

    /// The most characters of all inline policies together, white space not counted (IAM quotas).
    const fn room(self) -> usize {
        match self {
            Self::User(_) => 2_048,
            Self::Group(_) => 5_120,
            Self::Role(_) => 10_240,
        }
    }

    const fn member(self) -> &'static str {
        match self {
            Self::User(_) => "UserName",
            Self::Role(_) => "RoleName",
            Self::Group(_) => "GroupName",
        }
    }

    const fn quota(self) -> &'static str {
        match self {
            Self::User(_) => "PoliciesPerUser",
            Self::Role(_) => "PoliciesPerRole",
            Self::Group(_) => "PoliciesPerGroup",
        }
    }
}

/// Structs and methods of the operations of one kind of owner.
macro_rules! operations_of {
    ($owner:ident by $owner_name:ident:
        $(#[$doc:meta] $operation:ident($($member:ident),*) => $method:ident, $run:ident;)*) => {$(
        #[$doc]
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(rename_all = "PascalCase", deny_unknown_fields)]
        pub struct $operation {
            $owner_name: String,
            $($member: String,)*
        }

        impl Iam {
            pub(super) fn $method(&mut self, input: $operation, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
                self.$run(Owner::$owner(&input.$owner_name), $(&input.$member,)* cx)
            }
        }
    )*};
}

operations_of! { User by user_name:
    /// Writes an inline policy into a user, in place of one of the same name.
    PutUserPolicy(policy_name, policy_document) => put_user_policy, put_inline;
    /// Reads an inline policy of a user.
    GetUserPolicy(policy_name) => get_user_policy, get_inline;
    /// Removes an inline policy from a user.
    DeleteUserPolicy(policy_name) => delete_user_policy, delete_inline;
    /// Lists the inline policies of a user.
    ListUserPolicies() => list_user_policies, list_inline;
    /// Attaches a managed policy to a user.
    AttachUserPolicy(policy_arn) => attach_user_policy, attach;
    /// Takes a managed policy off a user.
    DetachUserPolicy(policy_arn) => detach_user_policy, detach;
    /// Lists the managed policies of a user.
    ListAttachedUserPolicies() => list_attached_user_policies, list_attached;
}

operations_of! { Role by role_name:
    /// Writes an inline policy into a role, in place of one of the same name.
    PutRolePolicy(policy_name, policy_document) => put_role_policy, put_inline;
    /// Reads an inline policy of a role.
    GetRolePolicy(policy_name) => get_role_policy, get_inline;
    /// Removes an inline policy from a role.
    DeleteRolePolicy(policy_name) => delete_role_policy, delete_inline;
    /// Lists the inline policies of a role.
    ListRolePolicies() => list_role_policies, list_inline;
    /// Attaches a managed policy to a role.
    AttachRolePolicy(policy_arn) => attach_role_policy, attach;
    /// Takes a managed policy off a role.
    DetachRolePolicy(policy_arn) => detach_role_policy, detach;
    /// Lists the managed policies of a role.
    ListAttachedRolePolicies() => list_attached_role_policies, list_attached;
}

operations_of! { Group by group_name:
    /// Writes an inline policy into a group, in place of one of the same name.
    PutGroupPolicy(policy_name, policy_document) => put_group_policy, put_inline;
    /// Reads an inline policy of a group.
    GetGroupPolicy(policy_name) => get_group_policy, get_inline;
    /// Removes an inline policy from a group.
    DeleteGroupPolicy(policy_name) => delete_group_policy, delete_inline;
    /// Lists the inline policies of a group.
    ListGroupPolicies() => list_group_policies, list_inline;
    /// Attaches a managed policy to a group.
    AttachGroupPolicy(policy_arn) => attach_group_policy, attach;
    /// Takes a managed policy off a group.
    DetachGroupPolicy(policy_arn) => detach_group_policy, detach;
    /// Lists the managed policies of a group.
    ListAttachedGroupPolicies() => list_attached_group_policies, list_attached;
}

impl Iam {
    fn policies_of(&self, owner: Owner<'_>) -> Result<&PolicySet, ApiError> {
        Ok(match owner {
            Owner::User(name) => &self.user(name)?.policies,
            Owner::Role(name) => &self.role(name)?.policies,
            Owner::Group(name) => &self.group(name)?.policies,
        })
    }

    fn policies_of_mut(&mut self, owner: Owner<'_>) -> Result<&mut PolicySet, ApiError> {
        Ok(match owner {
            Owner::User(name) => &mut self.user_mut(name)?.policies,
            Owner::Role(name) => &mut self.role_mut(name)?.policies,
            Owner::Group(name) => &mut self.group_mut(name)?.policies,
        })
    }

    fn put_inline(
        &mut self,
        owner: Owner<'_>,
        name: &str,
        document: &str,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_name("policyName", name)?;
        let policy = policy_of_call(PolicyKind::Identity, document)?;
        let set = self.policies_of_mut(owner)?;
        let others = set.inline.iter().filter(|(other, _)| ***other != *name);
        let taken: usize = others.map(|(_, policy)| size(&policy.text)).sum();
        if taken + size(document) > owner.room() {
            return Err(limit_exceeded(format!(
                "Maximum policy size of {} bytes exceeded for {} {}",
                owner.room(),
                owner.kind(),
                owner.name()
            )));
        }
        set.inline.insert(name.into(), policy);
        Ok(Value::Null)
    }

    fn get_inline(&mut self, owner: Owner<'_>, name: &str, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let set = self.policies_of(owner)?;
        let policy = set.inline.get(name).ok_or_else(|| no_such_inline(owner, name))?;
        Ok(json!({
            owner.member(): owner.name(),
            "PolicyName": name,
            "PolicyDocument": as_json(&policy.text),
        }))
    }

    fn delete_inline(&mut self, owner: Owner<'_>, name: &str, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let removed = self.policies_of_mut(owner)?.inline.shift_remove(name);
        removed.map_or_else(|| Err(no_such_inline(owner, name)), |_| Ok(Value::Null))
    }

    fn list_inline(&mut self, owner: Owner<'_>, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let names: Vec<&str> = self.policies_of(owner)?.inline.keys().map(AsRef::as_ref).collect();
        Ok(json!({ "PolicyNames": names }))
    }

    fn attach(&mut self, owner: Owner<'_>, arn: &str, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.check_attachable(arn)?;
        let set = self.policies_of_mut(owner)?;
        if !set.has(arn) && set.attached.len() >= MOST_ATTACHED {
            return Err(limit_exceeded(format!(
                "Cannot exceed quota for {}: {MOST_ATTACHED}",
                owner.quota()
            )));
        }
        set.attach(arn);
        Ok(Value::Null)
    }

    fn detach(&mut self, owner: Owner<'_>, arn: &str, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        if self.policies_of_mut(owner)?.detach(arn) {
            return Ok(Value::Null);
        }
        Err(ApiError::not_found("NoSuchEntity", format!("Policy {arn} was not found.")))
    }

    fn list_attached(&mut self, owner: Owner<'_>, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let attached = self.policies_of(owner)?.attached.iter();
        let policies: Vec<Value> = attached
            .map(|arn| json!({ "PolicyName": arn.rsplit('/').next().unwrap_or(arn), "PolicyArn": &**arn }))
            .collect();
        Ok(json!({ "AttachedPolicies": policies }))
    }

    /// A managed policy must be there to be attached, or to bound somebody.
    pub(super) fn check_attachable(&self, arn: &str) -> Result<Arc<str>, ApiError> {
        if self.state.policies.contains_key(arn) || managed::by_arn(arn).is_some() {
            return Ok(arn.into());
        }
        let message = format!("Policy {arn} does not exist or is not attachable.");
        Err(ApiError::not_found("NoSuchEntity", message))
    }
}

/// Characters of a policy, white space not counted, as IAM counts them against its quotas.
pub(super) fn size(text: &str) -> usize {
    text.chars().filter(|letter| !letter.is_whitespace()).count()
}

fn no_such_inline(owner: Owner<'_>, name: &str) -> ApiError {
    let message = format!("The {} policy with name {name} cannot be found.", owner.kind());
    ApiError::not_found("NoSuchEntity", message)
}
