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
    Iam, already_exists, as_json, check_name, check_path, date, delete_conflict, no_such, policy_of_call,
    state::{PolicySet, Role},
};

/// Creates a role, which those its trust policy names may take on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateRole {
    pub path: Option<String>,
    pub role_name: String,
    /// The trust policy, as JSON text.
    pub assume_role_policy_document: String,
    pub description: Option<String>,
    /// Seconds, from 3600 to 43200.
    pub max_session_duration: Option<u32>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// Says what a role is and whom it trusts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetRole {
    pub role_name: String,
}

/// Lists the roles of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListRoles {
    pub path_prefix: Option<String>,
}

/// Deletes a role that has no policies left.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteRole {
    pub role_name: String,
}

impl Iam {
    pub(super) fn create_role(&mut self, input: CreateRole, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name("roleName", &input.role_name)?;
        let path = check_path(input.path)?;
        let max_session_s = input.max_session_duration.unwrap_or(3_600);
        if !(3_600..=43_200).contains(&max_session_s) {
            let message = format!(
                "1 validation error detected: Value '{max_session_s}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200"
            );
            return Err(ApiError::client("ValidationError", message));
        }
        let name: Arc<str> = input.role_name.into();
        if self.state.roles.keys().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            return Err(already_exists("Role", &name));
        }
        let role = Role {
            name: Arc::clone(&name),
            path,
            created: cx.moment().utc,
            description: input.description.map(Into::into),
            max_session_s,
            trust: policy_of_call(PolicyKind::Trust, &input.assume_role_policy_document)?,
            policies: PolicySet::default(),
            tags: Tags::from(input.tags.as_slice()),
        };
        let shown = self.identify_role(&role);
        self.state.roles.insert(name, role);
        Ok(json!({ "Role": shown }))
    }

    pub(super) fn get_role(&mut self, input: GetRole, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        Ok(json!({ "Role": self.describe_role(self.role(&input.role_name)?) }))
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

    pub(super) fn role(&self, name: &str) -> Result<&Role, ApiError> {
        self.state.roles.get(name).ok_or_else(|| no_such("role", name))
    }

    pub(super) fn role_mut(&mut self, name: &str) -> Result<&mut Role, ApiError> {
        self.state.roles.get_mut(name).ok_or_else(|| no_such("role", name))
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
