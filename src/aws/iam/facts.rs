//! Users, roles, groups and customer managed policies as Config's items show them, and what IAM knows of the account.
//!
//! A user's item also has what Config's periodic rules read in the credential report: MFA devices, access keys, the
//! password. That is our addition, so that one place tells it all.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    Iam,
    password_policy::PasswordPolicy,
    state::{CustomerPolicy, Group, PolicySet, PolicyVersion, Role, User},
};
use crate::aws::{
    parcel::ResourceChange,
    timestamps,
    unique_id::{role_id, unique_id, user_id},
};

/// One entity, as far as all kinds are alike.
struct Entity<'a> {
    kind: &'static str,
    id: String,
    name: &'a Arc<str>,
    arn: String,
    created: Option<DateTime<Utc>>,
    tags: Value,
    relationships: Vec<Value>,
    configuration: Value,
}

impl From<Entity<'_>> for ResourceChange {
    fn from(entity: Entity<'_>) -> Self {
        Self {
            resource_type: format!("AWS::IAM::{}", entity.kind).into(),
            resource_id: entity.id.into(),
            resource_name: Some(Arc::clone(entity.name)),
            arn: entity.arn.into(),
            availability_zone: "Not Applicable".into(),
            created_at: entity.created.map(|created| created.timestamp_millis()),
            tags: entity.tags,
            relationships: entity.relationships.into(),
            configuration: entity.configuration,
            supplementary: json!({}),
            deleted: false,
        }
    }
}

impl Iam {
    /// Everything IAM has.
    pub(super) fn resources_for_config(&self) -> Vec<ResourceChange> {
        let state = &self.state;
        let mut all: Vec<ResourceChange> = Vec::new();
        all.extend(state.users.values().map(|user| self.user_item(user).into()));
        all.extend(state.roles.values().map(|role| self.role_item(role).into()));
        all.extend(state.groups.values().map(|group| self.group_item(group).into()));
        all.extend(state.policies.iter().map(|(arn, policy)| self.policy_item(arn, policy).into()));
        all
    }

    fn user_item<'a>(&self, user: &'a User) -> Entity<'a> {
        let name = &user.name;
        let id = user_id(&self.account_id, name);
        let arn = self.user_arn(name);
        let devices = user.mfa_devices.iter();
        let mfa: Vec<Value> = devices.map(|device| json!({ "serialNumber": &*device.serial })).collect();
        let keys: Vec<Value> = user
            .access_keys
            .iter()
            .map(|key| {
                json!({
                    "accessKeyId": &*key.id,
                    "status": if key.is_active { "Active" } else { "Inactive" },
                    "createDate": timestamps::millis_z(key.created),
                    "lastUsedDate": null,
                })
            })
            .collect();
        let login = user.login.map(|login| json!({ "createDate": timestamps::millis_z(login.created) }));
        Entity {
            kind: "User",
            configuration: json!({
                "path": &*user.path,
                "userName": &**name,
                "userId": id,
                "arn": arn,
                "createDate": timestamps::millis_z(user.created),
                "userPolicyList": inline(&user.policies),
                "groupList": &user.groups,
                "attachedManagedPolicies": attached(&user.policies),
                "tags": user.tags.lower_list(),
                "mfaDevices": mfa,
                "accessKeys": keys,
                "loginProfile": login,
                "passwordLastUsed": user.password_last_used.map(timestamps::millis_z),
            }),
            relationships: user.groups.iter().map(|group| self.related_group(group)).collect(),
            tags: user.tags.map(),
            created: Some(user.created),
            id,
            name,
            arn,
        }
    }

    fn related_group(&self, group: &str) -> Value {
        json!({
            "resourceId": unique_id("AGPA", &self.account_id, group, 17),
            "resourceName": group,
            "resourceType": "AWS::IAM::Group",
            "name": "Is attached to Group",
        })
    }

    fn role_item<'a>(&self, role: &'a Role) -> Entity<'a> {
        let id = role_id(&self.account_id, &role.name);
        let arn = self.role_arn(&role.name);
        Entity {
            kind: "Role",
            configuration: json!({
                "path": &*role.path,
                "roleName": &*role.name,
                "roleId": id,
                "arn": arn,
                "createDate": timestamps::millis_z(role.created),
                "assumeRolePolicyDocument": &*role.trust.text,
                "instanceProfileList": [],
                "rolePolicyList": inline(&role.policies),
                "attachedManagedPolicies": attached(&role.policies),
                "tags": role.tags.lower_list(),
            }),
            relationships: Vec::new(),
            tags: role.tags.map(),
            created: Some(role.created),
            id,
            name: &role.name,
            arn,
        }
    }

    fn group_item<'a>(&self, group: &'a Group) -> Entity<'a> {
        let id = unique_id("AGPA", &self.account_id, &group.name, 17);
        let arn = self.group_arn(&group.name);
        let members: Vec<&str> = self
            .state
            .users
            .values()
            .filter(|user| user.groups.contains(&group.name))
            .map(|user| &*user.name)
            .collect();
        Entity {
            kind: "Group",
            configuration: json!({
                "path": &*group.path,
                "groupName": &*group.name,
                "groupId": id,
                "arn": arn,
                "groupPolicyList": inline(&group.policies),
                "attachedManagedPolicies": attached(&group.policies),
                "users": members,
            }),
            relationships: Vec::new(),
            tags: json!({}),
            created: None,
            id,
            name: &group.name,
            arn,
        }
    }

    fn policy_item<'a>(&self, arn: &str, policy: &'a CustomerPolicy) -> Entity<'a> {
        let id = unique_id("ANPA", &self.account_id, &policy.name, 17);
        let version = |version: &PolicyVersion| {
            json!({
                "versionId": format!("v{}", version.number),
                "isDefaultVersion": version.number == policy.default,
                "createDate": timestamps::millis_z(version.created),
                "document": &*version.policy.text,
            })
        };
        let versions: Vec<Value> = policy.versions.iter().map(version).collect();
        Entity {
            kind: "Policy",
            configuration: json!({
                "policyName": &*policy.name,
                "policyId": id,
                "arn": arn,
                "path": &*policy.path,
                "defaultVersionId": format!("v{}", policy.default),
                "attachmentCount": self.attachments(arn),
                "permissionsBoundaryUsageCount": self.state.bounded_by(arn),
                "isAttachable": true,
                "description": policy.description.as_deref(),
                "createDate": timestamps::millis_z(policy.created),
                "updateDate": timestamps::millis_z(policy.updated),
                "policyVersionList": versions,
            }),
            relationships: Vec::new(),
            tags: policy.tags.map(),
            created: Some(policy.created),
            id,
            name: &policy.name,
            arn: arn.to_owned(),
        }
    }

    /// `GetAccountSummary` and the password policy, for rules about the account. Nobody can give root an access key here.
    pub(super) fn account_item(&self) -> ResourceChange {
        let state = &self.state;
        let told = json!({
            "summaryMap": {
                "Users": state.users.len(),
                "Roles": state.roles.len(),
                "Groups": state.groups.len(),
                "Policies": state.policies.len(),
                "MFADevices": state.users.values().map(|user| user.mfa_devices.len()).sum::<usize>(),
                "AccountMFAEnabled": u8::from(state.root_has_mfa),
                "AccountAccessKeysPresent": 0,
            },
            "passwordPolicy": state.password_policy.as_ref().map(PasswordPolicy::for_rules),
        });
        ResourceChange::of_account(&self.account_id, "iam", told)
    }
}

fn inline(policies: &PolicySet) -> Vec<Value> {
    policies
        .inline
        .iter()
        .map(|(name, policy)| json!({ "policyName": &**name, "policyDocument": &*policy.text }))
        .collect()
}

fn attached(policies: &PolicySet) -> Vec<Value> {
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    policies.attached.iter().map(|arn| json!({ "policyName": name(arn), "policyArn": &**arn })).collect()
}
