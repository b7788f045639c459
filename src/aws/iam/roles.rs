//! Operations on roles.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext,
        policy::PolicyKind,
        tags::{Tag, Tags},
        unique_id::role_id,
    },
    Iam, already_exists, as_json, boundary_of, check_name, check_path, date, delete_conflict, limit_exceeded,
    no_such, owned, policy_of_call,
    state::{PolicySet, Role, StoredPolicy},
};

/// The most characters of a trust policy, white space not counted (IAM quotas).
const MOST_TRUST_CHARACTERS: usize = 2_048;

/// Creates a role, which those its trust policy names may take on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateRole {
    path: Option<String>,
    role_name: String,
    /// The trust policy, as JSON text.
    assume_role_policy_document: String,
    description: Option<String>,
    /// Seconds, from 3600 to 43200.
    max_session_duration: Option<u32>,
    /// ARN of a managed policy that bounds what the role's other policies may allow.
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Says what a role is and whom it trusts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetRole {
    role_name: String,
}

/// Lists the roles of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListRoles {
    path_prefix: Option<String>,
}

/// Changes how a role is described and how long its sessions last.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateRole {
    role_name: String,
    description: Option<String>,
    /// Seconds, from 3600 to 43200.
    max_session_duration: Option<u32>,
}

/// Changes whom a role trusts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateAssumeRolePolicy {
    role_name: String,
    /// The trust policy, as JSON text.
    policy_document: String,
}

/// Deletes a role that has no policies left.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteRole {
    role_name: String,
}

/// Puts tags on a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagRole {
    role_name: String,
    tags: Vec<Tag>,
}

/// Takes tags off a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UntagRole {
    role_name: String,
    tag_keys: Vec<String>,
}

/// Bounds what a role's policies may allow by a managed policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRolePermissionsBoundary {
    role_name: String,
    /// ARN of the managed policy.
    permissions_boundary: String,
}

/// Lifts the bound on what a role's policies may allow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteRolePermissionsBoundary {
    role_name: String,
}

impl Iam {
    pub(super) fn create_role(&mut self, input: CreateRole, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name("roleName", &input.role_name)?;
        let path = check_path(input.path)?;
        let name: Arc<str> = input.role_name.into();
        if self.state.roles.keys().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            return Err(already_exists("Role", &name));
        }
        let role = Role {
            name: Arc::clone(&name),
            path,
            created: cx.moment().utc,
            description: input.description.map(Into::into),
            max_session_s: session_limit(input.max_session_duration.unwrap_or(3_600))?,
            trust: self.trust_of_call(&input.assume_role_policy_document)?,
            policies: PolicySet::default(),
            boundary: input.permissions_boundary.map(|arn| self.check_attachable(&arn)).transpose()?,
            tags: Tags::from(input.tags.as_slice()),
        };
        let shown = self.identify_role(&role);
        self.state.roles.insert(name, role);
        Ok(json!({ "Role": shown }))
    }

    pub(super) fn get_role(&mut self, input: GetRole, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let role = self.role(&input.role_name)?;
        let mut shown = self.describe_role(role);
        if let Some(boundary) = &role.boundary {
            shown["PermissionsBoundary"] = boundary_of(boundary);
        }
        Ok(json!({ "Role": shown }))
    }

    pub(super) fn list_roles(&mut self, input: ListRoles, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
        let roles: Vec<Value> = self
            .state
            .roles
            .values()
            .filter(|role| role.path.starts_with(&prefix))
            .map(|role| self.describe_role(role))
            .collect();
        Ok(json!({ "Roles": roles }))
    }

    pub(super) fn update_role(&mut self, input: UpdateRole, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let limit = input.max_session_duration.map(session_limit).transpose()?;
        let role = self.role_mut(&input.role_name)?;
        role.max_session_s = limit.unwrap_or(role.max_session_s);
        if let Some(description) = input.description {
            role.description = Some(description.into());
        }
        Ok(json!({}))
    }

    pub(super) fn update_assume_role_policy(
        &mut self,
        input: UpdateAssumeRolePolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let trust = self.trust_of_call(&input.policy_document)?;
        self.role_mut(&input.role_name)?.trust = trust;
        Ok(Value::Null)
    }

    pub(super) fn delete_role(&mut self, input: DeleteRole, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let role = self.role(&input.role_name)?;
        if !role.policies.attached.is_empty() {
            return Err(delete_conflict("Cannot delete entity, must detach all policies first."));
        }
        if !role.policies.is_empty() {
            return Err(delete_conflict("Cannot delete entity, must delete policies first."));
        }
        self.state.roles.remove(input.role_name.as_str());
        Ok(Value::Null)
    }

    pub(super) fn tag_role(&mut self, input: TagRole, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.role_mut(&input.role_name)?.tags.set(&input.tags);
        Ok(Value::Null)
    }

    pub(super) fn untag_role(&mut self, input: UntagRole, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let tags = &mut self.role_mut(&input.role_name)?.tags;
        input.tag_keys.iter().for_each(|key| tags.remove(key, None));
        Ok(Value::Null)
    }

    pub(super) fn put_role_permissions_boundary(
        &mut self,
        input: PutRolePermissionsBoundary,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let boundary = self.check_attachable(&input.permissions_boundary)?;
        self.role_mut(&input.role_name)?.boundary = Some(boundary);
        Ok(Value::Null)
    }

    pub(super) fn delete_role_permissions_boundary(
        &mut self,
        input: DeleteRolePermissionsBoundary,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.role_mut(&input.role_name)?.boundary = None;
        Ok(Value::Null)
    }

    pub(super) fn role(&self, name: &str) -> Result<&Role, ApiError> {
        self.state.roles.get(name).ok_or_else(|| no_such("role", name))
    }

    pub(super) fn role_mut(&mut self, name: &str) -> Result<&mut Role, ApiError> {
        self.state.roles.get_mut(name).ok_or_else(|| no_such("role", name))
    }

    /// A trust policy, whose users and roles of this account must be there.
    fn trust_of_call(&self, text: &str) -> Result<StoredPolicy, ApiError> {
        if owned::size(text) > MOST_TRUST_CHARACTERS {
            return Err(limit_exceeded(format!(
                "Cannot exceed quota for ACLSizePerRole: {MOST_TRUST_CHARACTERS}"
            )));
        }
        let trust = policy_of_call(PolicyKind::Trust, text)?;
        let nobody = trust.document.principal_arns().find(|arn| !self.may_be_trusted(arn)).map(str::to_owned);
        nobody.map_or(Ok(trust), |arn| {
            let message = format!("Invalid principal in policy: \"AWS\":\"{arn}\"");
            Err(ApiError::client("MalformedPolicyDocument", message))
        })
    }

    fn may_be_trusted(&self, arn: &str) -> bool {
        let of_account = format!("arn:aws:iam::{}:", self.account_id);
        let Some((kind, path)) = arn.strip_prefix(&of_account).and_then(|rest| rest.split_once('/')) else {
            return true;
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        match kind {
            "user" => self.has_user(name),
            "role" => self.has_role(name),
            _ => true,
        }
    }

    /// What `CreateRole` answers: the role without its settings.
    fn identify_role(&self, role: &Role) -> Value {
        let arn = super::global_arn("iam", &self.account_id, &format!("role{}{}", role.path, role.name));
        let mut shown = json!({
            "Path": role.path.as_ref(),
            "RoleName": role.name.as_ref(),
            "RoleId": role_id(&self.account_id, &role.name),
            "Arn": arn,
            "CreateDate": date(role.created),
            "AssumeRolePolicyDocument": as_json(&role.trust.text),
        });
        if !role.tags.is_empty() {
            shown["Tags"] = role.tags.list();
        }
        shown
    }

    fn describe_role(&self, role: &Role) -> Value {
        let mut shown = self.identify_role(role);
        if let Some(description) = &role.description {
            shown["Description"] = json!(description.as_ref());
        }
        shown["MaxSessionDuration"] = role.max_session_s.into();
        shown
    }
}

/// How long sessions of a role may last: an hour to twelve.
fn session_limit(seconds: u32) -> Result<u32, ApiError> {
    if (3_600..=43_200).contains(&seconds) {
        return Ok(seconds);
    }
    let message = format!(
        "1 validation error detected: Value '{seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200"
    );
    Err(ApiError::client("ValidationError", message))
}
