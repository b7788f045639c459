//! Operations on groups, as far as they hand out permissions.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, unique_id::unique_id},
    Iam, already_exists, check_name, check_path, date, delete_conflict, limit_exceeded, no_such,
    state::{Group, PolicySet},
};

/// The most groups of a user (IAM quotas).
const MOST_GROUPS: usize = 10;

/// Creates a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateGroup {
    path: Option<String>,
    group_name: String,
}

/// Says what a group is, and who is in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetGroup {
    group_name: String,
}

/// Lists the groups of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListGroups {
    path_prefix: Option<String>,
}

/// Deletes a group that has no users and no policies left.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteGroup {
    group_name: String,
}

/// Puts a user into a group, whose policies then speak for the user too.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AddUserToGroup {
    group_name: String,
    user_name: String,
}

/// Takes a user out of a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RemoveUserFromGroup {
    group_name: String,
    user_name: String,
}

/// Lists the groups a user is in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListGroupsForUser {
    user_name: String,
}

impl Iam {
    pub(super) fn create_group(&mut self, input: CreateGroup, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name("groupName", &input.group_name)?;
        let path = check_path(input.path)?;
        let name: Arc<str> = input.group_name.into();
        if self.state.groups.keys().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            return Err(already_exists("Group", &name));
        }
        let group =
            Group { name: Arc::clone(&name), path, created: cx.moment().utc, policies: PolicySet::default() };
        self.state.groups.insert(Arc::clone(&name), group);
        Ok(json!({ "Group": self.describe_group(self.group(&name)?) }))
    }

    pub(super) fn get_group(&mut self, input: GetGroup, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let group = self.group(&input.group_name)?;
        let members = self.state.users.values().filter(|user| user.groups.contains(&group.name));
        let users: Result<Vec<Value>, ApiError> =
            members.map(|user| self.describe_user(&user.name)).collect();
        Ok(json!({ "Group": self.describe_group(group), "Users": users? }))
    }

    pub(super) fn list_groups(&mut self, input: ListGroups, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
        let groups = self.state.groups.values().filter(|group| group.path.starts_with(&prefix));
        let listed: Vec<Value> = groups.map(|group| self.describe_group(group)).collect();
        Ok(json!({ "Groups": listed }))
    }

    pub(super) fn delete_group(&mut self, input: DeleteGroup, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let group = self.group(&input.group_name)?;
        if self.state.users.values().any(|user| user.groups.contains(&group.name)) {
            return Err(delete_conflict("Cannot delete entity, must remove users from group first."));
        }
        if !group.policies.is_empty() {
            return Err(delete_conflict("Cannot delete entity, must detach all policies first."));
        }
        self.state.groups.remove(input.group_name.as_str());
        Ok(Value::Null)
    }

    pub(super) fn add_user_to_group(
        &mut self,
        input: AddUserToGroup,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let group = Arc::clone(&self.group(&input.group_name)?.name);
        let user = self.user_mut(&input.user_name)?;
        if !user.groups.contains(&group) {
            if user.groups.len() >= MOST_GROUPS {
                return Err(limit_exceeded(format!("Cannot exceed quota for GroupsPerUser: {MOST_GROUPS}")));
            }
            user.groups.push(group);
        }
        Ok(Value::Null)
    }

    pub(super) fn remove_user_from_group(
        &mut self,
        input: RemoveUserFromGroup,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.group(&input.group_name)?;
        self.user_mut(&input.user_name)?.groups.retain(|group| **group != *input.group_name);
        Ok(Value::Null)
    }

    pub(super) fn list_groups_for_user(
        &mut self,
        input: ListGroupsForUser,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let groups = self.user(&input.user_name)?.groups.iter();
        let listed: Vec<Value> =
            groups.filter_map(|name| self.group(name).ok()).map(|group| self.describe_group(group)).collect();
        Ok(json!({ "Groups": listed }))
    }

    pub(super) fn group(&self, name: &str) -> Result<&Group, ApiError> {
        self.state.groups.get(name).ok_or_else(|| no_such("group", name))
    }

    pub(super) fn group_mut(&mut self, name: &str) -> Result<&mut Group, ApiError> {
        self.state.groups.get_mut(name).ok_or_else(|| no_such("group", name))
    }

    fn describe_group(&self, group: &Group) -> Value {
        json!({
            "Path": &*group.path,
            "GroupName": &*group.name,
            "GroupId": unique_id("AGPA", &self.account_id, &group.name, 17),
            "Arn": self.group_arn(&group.name),
            "CreateDate": date(group.created),
        })
    }
}
