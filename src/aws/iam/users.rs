//! Operations on users and their access keys.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext, Principal,
        tags::{Tag, Tags},
        unique_id::{access_key_id, user_id},
    },
    Iam, already_exists, check_name, check_path, date, delete_conflict, no_such,
    state::{AccessKey, PolicySet, User},
};

/// The most access keys a user may have (IAM quotas).
const MAX_ACCESS_KEYS: usize = 2;

/// Creates a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateUser {
    pub path: Option<String>,
    pub user_name: String,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// Says who a user is; without a name, who the caller is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetUser {
    pub user_name: Option<String>,
}

/// Lists the users of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListUsers {
    pub path_prefix: Option<String>,
}

/// Deletes a user who has no policies, groups or access keys left.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteUser {
    pub user_name: String,
}

/// Gives a user a password for the console.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateLoginProfile {
    pub user_name: String,
    pub password: String,
    pub password_reset_required: Option<bool>,
}

/// Creates an access key for a user; without a name, for the caller.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateAccessKey {
    pub user_name: Option<String>,
}

/// Lists a user's access keys; without a name, the caller's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListAccessKeys {
    pub user_name: Option<String>,
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
            groups: Vec::new(),
            access_keys: Vec::new(),
            login_created: None,
            tags: Tags::from(input.tags.as_slice()),
        };
        self.state.users.insert(Arc::clone(&name), user);
        Ok(json!({ "User": self.describe_user(&name)? }))
    }

    pub(super) fn get_user(&mut self, input: GetUser, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        Ok(json!({ "User": self.describe_user(&name)? }))
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
        if !user.policies.attached.is_empty() {
            return Err(delete_conflict("Cannot delete entity, must detach all policies first."));
        }
        if !user.policies.inline.is_empty() {
            return Err(delete_conflict("Cannot delete entity, must delete policies first."));
        }
        if !user.access_keys.is_empty() {
            return Err(delete_conflict("Cannot delete entity, must delete access keys first."));
        }
        if user.login_created.is_some() {
            return Err(delete_conflict("Cannot delete entity, must delete login profile first."));
        }
        if !user.groups.is_empty() {
            return Err(delete_conflict("Cannot delete entity, must remove users from group first."));
        }
        self.state.users.remove(input.user_name.as_str());
        Ok(Value::Null)
    }

    pub(super) fn create_login_profile(
        &mut self,
        input: CreateLoginProfile,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.password.chars().count() < 8 {
            let message = "Password should have a minimum length of 8";
            return Err(ApiError::client("PasswordPolicyViolation", message));
        }
        let created = cx.moment().utc;
        let user = self.user_mut(&input.user_name)?;
        if user.login_created.is_some() {
            let message = format!("Login Profile for user {} already exists.", input.user_name);
            return Err(ApiError { status: 409, ..ApiError::client("EntityAlreadyExists", message) });
        }
        user.login_created = Some(created);
        Ok(json!({ "LoginProfile": {
            "UserName": input.user_name,
            "CreateDate": date(created),
            "PasswordResetRequired": input.password_reset_required.unwrap_or_default(),
        }}))
    }

    pub(super) fn create_access_key(
        &mut self,
        input: CreateAccessKey,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        let created = cx.moment().utc;
        let user = self.user_mut(&name)?;
        if user.access_keys.len() >= MAX_ACCESS_KEYS {
            let message = format!("Cannot exceed quota for AccessKeysPerUser: {MAX_ACCESS_KEYS}");
            return Err(ApiError { status: 409, ..ApiError::client("LimitExceeded", message) });
        }
        let id = if user.access_keys.is_empty() {
            // The key the user has been signing with all along.
            access_key_id(cx.account_id, &name)
        } else {
            format!("AKIA{}", cx.out.base32(16))
        };
        user.access_keys.push(AccessKey { id: id.as_str().into(), created });
        let secret = cx.out.hex(40);
        Ok(json!({ "AccessKey": {
            "UserName": name.as_ref(),
            "AccessKeyId": id,
            "Status": "Active",
            "SecretAccessKey": secret,
            "CreateDate": date(created),
        }}))
    }

    pub(super) fn list_access_keys(
        &mut self,
        input: ListAccessKeys,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        let keys: Vec<Value> = self
            .user(&name)?
            .access_keys
            .iter()
            .map(|key| {
                json!({
                    "UserName": name.as_ref(),
                    "AccessKeyId": key.id.as_ref(),
                    "Status": "Active",
                    "CreateDate": date(key.created),
                })
            })
            .collect();
        Ok(json!({ "AccessKeyMetadata": keys }))
    }

    pub(super) fn user(&self, name: &str) -> Result<&User, ApiError> {
        self.state.users.get(name).ok_or_else(|| no_such("user", name))
    }

    pub(super) fn user_mut(&mut self, name: &str) -> Result<&mut User, ApiError> {
        self.state.users.get_mut(name).ok_or_else(|| no_such("user", name))
    }

    fn describe_user(&self, name: &str) -> ApiOutcome {
        let user = self.user(name)?;
        let mut shown = json!({
            "Path": user.path.as_ref(),
            "UserName": user.name.as_ref(),
            "UserId": user_id(&self.account_id, &user.name),
            "Arn": self.user_arn(&user.name),
            "CreateDate": date(user.created),
        });
        if !user.tags.is_empty() {
            shown["Tags"] = user.tags.list();
        }
        Ok(shown)
    }
}

fn named_or_caller(name: Option<String>, cx: &CallContext<'_, '_>) -> Result<Arc<str>, ApiError> {
    match (name, &cx.call.by) {
        (Some(name), _) => Ok(name.into()),
        (None, Principal::User(caller)) => Ok(Arc::clone(caller)),
        (None, _) => Err(ApiError::client(
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
        )),
    }
}
