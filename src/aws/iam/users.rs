//! Operations on users.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext, Principal,
        tags::{Tag, Tags},
        unique_id::user_id,
    },
    Iam, already_exists, boundary_of, check_name, check_path, date, delete_conflict, no_such,
    state::{PolicySet, User},
};

/// Creates a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateUser {
    path: Option<String>,
    user_name: String,
    /// ARN of a managed policy that bounds what the user's other policies may allow.
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Says who a user is; without a name, who the caller is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetUser {
    user_name: Option<String>,
}

/// Lists the users of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListUsers {
    path_prefix: Option<String>,
}

/// Deletes a user who has no policies, groups, keys, password or second factor left.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteUser {
    user_name: String,
}

/// Puts tags on a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagUser {
    user_name: String,
    tags: Vec<Tag>,
}

/// Takes tags off a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UntagUser {
    user_name: String,
    tag_keys: Vec<String>,
}

/// Bounds what a user's policies may allow by a managed policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutUserPermissionsBoundary {
    user_name: String,
    /// ARN of the managed policy.
    permissions_boundary: String,
}

/// Lifts the bound on what a user's policies may allow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteUserPermissionsBoundary {
    user_name: String,
}

impl Iam {
    pub(super) fn create_user(&mut self, input: CreateUser, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name("userName", &input.user_name)?;
        let path = check_path(input.path)?;
        let name: Arc<str> = input.user_name.into();
        if self.state.users.keys().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            return Err(already_exists("User", &name));
        }
        let user = User {
            name: Arc::clone(&name),
            path,
            created: cx.moment().utc,
            policies: PolicySet::default(),
            boundary: input.permissions_boundary.map(|arn| self.check_attachable(&arn)).transpose()?,
            groups: Vec::new(),
            access_keys: Vec::new(),
            manages_keys: false,
            login: None,
            password_last_used: None,
            mfa_devices: Vec::new(),
            tags: Tags::from(input.tags.as_slice()),
        };
        self.state.users.insert(Arc::clone(&name), user);
        Ok(json!({ "User": self.describe_user(&name)? }))
    }

    pub(super) fn get_user(&mut self, input: GetUser, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        let mut shown = self.describe_user(&name)?;
        if let Some(boundary) = &self.user(&name)?.boundary {
            shown["PermissionsBoundary"] = boundary_of(boundary);
        }
        Ok(json!({ "User": shown }))
    }

    pub(super) fn list_users(&mut self, input: ListUsers, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
        let users: Result<Vec<Value>, ApiError> = self
            .state
            .users
            .values()
            .filter(|user| user.path.starts_with(&prefix))
            .map(|user| self.describe_user(&user.name))
            .collect();
        Ok(json!({ "Users": users? }))
    }

    pub(super) fn delete_user(&mut self, input: DeleteUser, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let user = self.user(&input.user_name)?;
        let left = [
            (!user.policies.attached.is_empty(), "must detach all policies first."),
            (!user.policies.inline.is_empty(), "must delete policies first."),
            (!user.access_keys.is_empty(), "must delete access keys first."),
            (user.login.is_some(), "must delete login profile first."),
            (!user.mfa_devices.is_empty(), "must delete MFA device first."),
            (!user.groups.is_empty(), "must remove users from group first."),
        ];
        if let Some((_, what)) = left.iter().find(|(is_left, _)| *is_left) {
            return Err(delete_conflict(&format!("Cannot delete entity, {what}")));
        }
        self.state.users.remove(input.user_name.as_str());
        Ok(Value::Null)
    }

    pub(super) fn tag_user(&mut self, input: TagUser, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.user_mut(&input.user_name)?.tags.set(&input.tags);
        Ok(Value::Null)
    }

    pub(super) fn untag_user(&mut self, input: UntagUser, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let tags = &mut self.user_mut(&input.user_name)?.tags;
        input.tag_keys.iter().for_each(|key| tags.remove(key, None));
        Ok(Value::Null)
    }

    pub(super) fn put_user_permissions_boundary(
        &mut self,
        input: PutUserPermissionsBoundary,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let boundary = self.check_attachable(&input.permissions_boundary)?;
        self.user_mut(&input.user_name)?.boundary = Some(boundary);
        Ok(Value::Null)
    }

    pub(super) fn delete_user_permissions_boundary(
        &mut self,
        input: DeleteUserPermissionsBoundary,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.user_mut(&input.user_name)?.boundary = None;
        Ok(Value::Null)
    }

    pub(super) fn user(&self, name: &str) -> Result<&User, ApiError> {
        self.state.users.get(name).ok_or_else(|| no_such("user", name))
    }

    pub(super) fn user_mut(&mut self, name: &str) -> Result<&mut User, ApiError> {
        self.state.users.get_mut(name).ok_or_else(|| no_such("user", name))
    }

    pub(super) fn describe_user(&self, name: &str) -> ApiOutcome {
        let user = self.user(name)?;
        let mut shown = json!({
            "Path": user.path.as_ref(),
            "UserName": user.name.as_ref(),
            "UserId": user_id(&self.account_id, &user.name),
            "Arn": self.user_arn(&user.name),
            "CreateDate": date(user.created),
        });
        if let Some(used) = user.password_last_used {
            shown["PasswordLastUsed"] = date(used).into();
        }
        if !user.tags.is_empty() {
            shown["Tags"] = user.tags.list();
        }
        Ok(shown)
    }
}

pub(super) fn named_or_caller(name: Option<String>, cx: &CallContext<'_, '_>) -> Result<Arc<str>, ApiError> {
    match (name, &cx.call.by) {
        (Some(name), _) => Ok(name.into()),
        (None, Principal::User(caller)) => Ok(Arc::clone(caller)),
        (None, _) => Err(ApiError::client(
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
        )),
    }
}
