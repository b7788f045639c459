//! Operations on groups, as far as they hand out permissions.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, policy::PolicyKind, unique_id::unique_id},
    Iam, already_exists, check_name, check_path, date, no_such, policy_of_call,
    state::{Group, PolicySet},
};

/// Creates a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateGroup {
    pub path: Option<String>,
    pub group_name: String,
}

/// Puts a user into a group, whose policies then speak for the user too.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AddUserToGroup {
    pub group_name: String,
    pub user_name: String,
}

/// Attaches a managed policy to a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AttachGroupPolicy {
    pub group_name: String,
    pub policy_arn: String,
}

/// Writes an inline policy into a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutGroupPolicy {
    pub group_name: String,
    pub policy_name: String,
    pub policy_document: String,
}

impl Iam {
    pub(super) fn create_group(&mut self, input: CreateGroup, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name("groupName", &input.group_name)?;
        let path = check_path(input.path)?;
        let name: Arc<str> = input.group_name.into();
        if self.state.groups.keys().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            return Err(already_exists("Group", &name));
        }
        let created = cx.moment().utc;
        let group =
            Group { name: Arc::clone(&name), path: Arc::clone(&path), policies: PolicySet::default() };
        self.state.groups.insert(Arc::clone(&name), group);
        Ok(json!({ "Group": {
            "Path": path.as_ref(),
            "GroupName": name.as_ref(),
            "GroupId": unique_id("AGPA", &self.account_id, &name, 17),
            "Arn": self.group_arn(&name),
            "CreateDate": date(created),
        }}))
    }

    pub(super) fn add_user_to_group(
        &mut self,
        input: AddUserToGroup,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let group = Arc::clone(&self.group_mut(&input.group_name)?.name);
        let user = self.user_mut(&input.user_name)?;
        if !user.groups.contains(&group) {
            user.groups.push(group);
        }
        Ok(Value::Null)
    }

    pub(super) fn attach_group_policy(
        &mut self,
        input: AttachGroupPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.check_attachable(&input.policy_arn)?;
        self.group_mut(&input.group_name)?.policies.attach(&input.policy_arn);
        Ok(Value::Null)
    }

    pub(super) fn put_group_policy(
        &mut self,
        input: PutGroupPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let policy = policy_of_call(PolicyKind::Identity, &input.policy_document)?;
        self.group_mut(&input.group_name)?.policies.inline.insert(input.policy_name.into(), policy);
        Ok(Value::Null)
    }

    fn group_mut(&mut self, name: &str) -> Result<&mut Group, ApiError> {
        self.state.groups.get_mut(name).ok_or_else(|| no_such("group", name))
    }
}
