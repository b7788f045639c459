//! IAM: users, roles, groups, their policies, and the decision whether a call is allowed.
//!
//! Global: its state has no region. The one door asks [`Iam::authorise`] before every call and CloudTrail asks
//! [`Iam::user_identity`] who made it. It changes nothing but its own memory and sends nothing.
//!
//! Set-up is done by the role [`INSTALLER`], which every account is born with.

mod actions;
mod assume;
mod authorise;
mod caller;
mod context;
mod facts;
mod groups;
mod identity;
mod keys;
mod login;
pub mod managed;
mod owned;
mod passed_roles;
mod password_policy;
mod policies;
mod refusals;
mod roles;
mod simulate;
mod state;
#[cfg(test)]
mod tests;
mod users;
mod versions;

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, Operation, Outbox, Parcel, Principal, Region, Service, ServiceName,
    arn::global_arn,
    operation::operations,
    parcel::ResourceChange,
    policy::{PolicyDocument, PolicyError, PolicyKind},
    service::Reception,
    tags::Tags,
};
pub use context::Details;
use groups::{
    AddUserToGroup, CreateGroup, DeleteGroup, GetGroup, ListGroups, ListGroupsForUser, RemoveUserFromGroup,
};
use keys::{CreateAccessKey, DeleteAccessKey, ListAccessKeys, UpdateAccessKey};
use login::{
    CreateLoginProfile, CreateVirtualMFADevice, DeactivateMFADevice, DeleteLoginProfile,
    DeleteVirtualMFADevice, EnableMFADevice, GetLoginProfile, ListMFADevices, UpdateLoginProfile,
};
use owned::{
    AttachGroupPolicy, AttachRolePolicy, AttachUserPolicy, DeleteGroupPolicy, DeleteRolePolicy,
    DeleteUserPolicy, DetachGroupPolicy, DetachRolePolicy, DetachUserPolicy, GetGroupPolicy, GetRolePolicy,
    GetUserPolicy, ListAttachedGroupPolicies, ListAttachedRolePolicies, ListAttachedUserPolicies,
    ListGroupPolicies, ListRolePolicies, ListUserPolicies, PutGroupPolicy, PutRolePolicy, PutUserPolicy,
};
use password_policy::{DeleteAccountPasswordPolicy, GetAccountPasswordPolicy, UpdateAccountPasswordPolicy};
use policies::{CreatePolicy, DeletePolicy, GetPolicy, ListPolicies};
use roles::{
    CreateRole, DeleteRole, DeleteRolePermissionsBoundary, GetRole, ListRoles, PutRolePermissionsBoundary,
    TagRole, UntagRole, UpdateAssumeRolePolicy, UpdateRole,
};
use simulate::SimulatePrincipalPolicy;
use state::{MfaDevice, PolicySet, Role, State, StoredPolicy};
use users::{
    CreateUser, DeleteUser, DeleteUserPermissionsBoundary, GetUser, ListUsers, PutUserPermissionsBoundary,
    TagUser, UntagUser,
};

use versions::{
    CreatePolicyVersion, DeletePolicyVersion, GetPolicyVersion, ListPolicyVersions, SetDefaultPolicyVersion,
};

/// The role that deploys a scenario's template.
pub const INSTALLER: &str = "installateur";

/// The state of this service.
#[derive(Clone, Debug)]
pub struct Iam {
    account_id: Arc<str>,
    state: State,
    console_sessions: BTreeMap<Principal, identity::ConsoleSession>,
}

/// A request to be judged.
#[derive(Clone, Debug)]
pub struct AuthorisationRequest<'a> {
    pub account_id: &'a str,
    pub by: &'a Principal,
    pub service: ServiceName,
    /// The API's name; the IAM action is derived from it.
    pub action: &'static str,
    /// ARNs of what it touches; `*` where the action has no resource.
    pub resources: Vec<String>,
    pub resource_policy: Option<Value>,
    pub source_ip: &'a str,
    pub region: &'a Region,
}

operations! { pub(super) Iam:
    CreateUser: Write => create_user;
    GetUser: Read => get_user;
    ListUsers: Read => list_users;
    DeleteUser: Write => delete_user;
    TagUser: Write => tag_user;
    UntagUser: Write => untag_user;
    PutUserPermissionsBoundary: Write => put_user_permissions_boundary;
    DeleteUserPermissionsBoundary: Write => delete_user_permissions_boundary;
    CreateLoginProfile: Write => create_login_profile;
    GetLoginProfile: Read => get_login_profile;
    UpdateLoginProfile: Write => update_login_profile;
    DeleteLoginProfile: Write => delete_login_profile;
    UpdateAccountPasswordPolicy: Write => update_account_password_policy;
    GetAccountPasswordPolicy: Read => get_account_password_policy;
    DeleteAccountPasswordPolicy: Write => delete_account_password_policy;
    CreateVirtualMFADevice: Write => create_virtual_mfa_device;
    DeleteVirtualMFADevice: Write => delete_virtual_mfa_device;
    EnableMFADevice: Write => enable_mfa_device;
    DeactivateMFADevice: Write => deactivate_mfa_device;
    ListMFADevices: Read => list_mfa_devices;
    CreateAccessKey: Write => create_access_key;
    ListAccessKeys: Read => list_access_keys;
    UpdateAccessKey: Write => update_access_key;
    DeleteAccessKey: Write => delete_access_key;
    CreateRole: Write => create_role;
    GetRole: Read => get_role;
    ListRoles: Read => list_roles;
    UpdateRole: Write => update_role;
    UpdateAssumeRolePolicy: Write => update_assume_role_policy;
    DeleteRole: Write => delete_role;
    TagRole: Write => tag_role;
    UntagRole: Write => untag_role;
    PutRolePermissionsBoundary: Write => put_role_permissions_boundary;
    DeleteRolePermissionsBoundary: Write => delete_role_permissions_boundary;
    CreateGroup: Write => create_group;
    GetGroup: Read => get_group;
    ListGroups: Read => list_groups;
    DeleteGroup: Write => delete_group;
    AddUserToGroup: Write => add_user_to_group;
    RemoveUserFromGroup: Write => remove_user_from_group;
    ListGroupsForUser: Read => list_groups_for_user;
    PutUserPolicy: Write => put_user_policy;
    GetUserPolicy: Read => get_user_policy;
    DeleteUserPolicy: Write => delete_user_policy;
    ListUserPolicies: Read => list_user_policies;
    AttachUserPolicy: Write => attach_user_policy;
    DetachUserPolicy: Write => detach_user_policy;
    ListAttachedUserPolicies: Read => list_attached_user_policies;
    PutRolePolicy: Write => put_role_policy;
    GetRolePolicy: Read => get_role_policy;
    DeleteRolePolicy: Write => delete_role_policy;
    ListRolePolicies: Read => list_role_policies;
    AttachRolePolicy: Write => attach_role_policy;
    DetachRolePolicy: Write => detach_role_policy;
    ListAttachedRolePolicies: Read => list_attached_role_policies;
    PutGroupPolicy: Write => put_group_policy;
    GetGroupPolicy: Read => get_group_policy;
    DeleteGroupPolicy: Write => delete_group_policy;
    ListGroupPolicies: Read => list_group_policies;
    AttachGroupPolicy: Write => attach_group_policy;
    DetachGroupPolicy: Write => detach_group_policy;
    ListAttachedGroupPolicies: Read => list_attached_group_policies;
    CreatePolicy: Write => create_policy;
    GetPolicy: Read => get_policy;
    ListPolicies: Read => list_policies;
    DeletePolicy: Write => delete_policy;
    CreatePolicyVersion: Write => create_policy_version;
    GetPolicyVersion: Read => get_policy_version;
    ListPolicyVersions: Read => list_policy_versions;
    SetDefaultPolicyVersion: Write => set_default_policy_version;
    DeletePolicyVersion: Write => delete_policy_version;
    SimulatePrincipalPolicy: Read => simulate_principal_policy;
}

/// The IAM action that an operation needs; none where everybody may.
pub fn permission(service: ServiceName, operation: &str) -> Option<String> {
    actions::iam_action(service, operation)
}

impl Iam {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        let mut state = State::default();
        state.roles.insert(INSTALLER.into(), installer(account_id));
        Self { account_id: account_id.into(), state, console_sessions: BTreeMap::new() }
    }

    /// Says that a person signs in with a second factor, which shows in the records of their console sessions.
    pub fn set_mfa(&mut self, user: &str) {
        let serial: Arc<str> = global_arn("iam", &self.account_id, &format!("mfa/{user}")).into();
        if user == "root" {
            self.state.root_has_mfa = true;
        } else if let Some(user) = self.state.users.get_mut(user) {
            user.mfa_devices.push(MfaDevice { serial, enabled: user.created });
        }
    }

    /// Whether there is a user of that name.
    pub fn has_user(&self, name: &str) -> bool {
        self.state.users.contains_key(name)
    }

    /// Whether there is a role of that name.
    pub fn has_role(&self, name: &str) -> bool {
        self.state.roles.contains_key(name)
    }

    fn user_arn(&self, name: &str) -> String {
        let path = self.state.users.get(name).map_or("/", |user| &user.path);
        global_arn("iam", &self.account_id, &format!("user{path}{name}"))
    }

    fn role_arn(&self, name: &str) -> String {
        let path = self.state.roles.get(name).map_or("/", |role| &role.path);
        global_arn("iam", &self.account_id, &format!("role{path}{name}"))
    }

    fn group_arn(&self, name: &str) -> String {
        let path = self.state.groups.get(name).map_or("/", |group| &group.path);
        global_arn("iam", &self.account_id, &format!("group{path}{name}"))
    }
}

/// The installer is there before anybody can create it, so it is as old as the account: teaching default.
fn installer(account_id: &str) -> Role {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": global_arn("iam", account_id, "root") },
            "Action": "sts:AssumeRole",
        }],
    })
    .to_string();
    let trust = stored(PolicyKind::Trust, &trust).expect("the installer's trust policy is a policy");
    let mut policies = PolicySet::default();
    policies.attach(managed::ADMINISTRATOR);
    Role {
        name: INSTALLER.into(),
        path: "/".into(),
        created: DateTime::from_timestamp(1_735_689_600, 0).unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
        description: None,
        max_session_s: 3_600,
        trust,
        policies,
        boundary: None,
        tags: Tags::default(),
    }
}

fn stored(kind: PolicyKind, text: &str) -> Result<StoredPolicy, PolicyError> {
    let document = PolicyDocument::parse_as(kind, &text.into())?;
    Ok(StoredPolicy { text: text.into(), document: Arc::new(document) })
}

/// Reads a policy that came with a call.
fn policy_of_call(kind: PolicyKind, text: &str) -> Result<StoredPolicy, ApiError> {
    stored(kind, text).map_err(|error| ApiError::client("MalformedPolicyDocument", error.to_string()))
}

/// The document as the CLI prints it: JSON, not text.
fn as_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn no_such(kind: &str, name: &str) -> ApiError {
    ApiError::not_found("NoSuchEntity", format!("The {kind} with name {name} cannot be found."))
}

fn already_exists(kind: &str, name: &str) -> ApiError {
    let message = format!("{kind} with name {name} already exists.");
    ApiError { status: 409, ..ApiError::client("EntityAlreadyExists", message) }
}

fn delete_conflict(message: &str) -> ApiError {
    ApiError { status: 409, ..ApiError::client("DeleteConflict", message) }
}

fn limit_exceeded(message: impl Into<Arc<str>>) -> ApiError {
    ApiError { status: 409, ..ApiError::client("LimitExceeded", message) }
}

/// `PermissionsBoundary` as `GetUser` and `GetRole` show it.
fn boundary_of(arn: &str) -> Value {
    json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn })
}

/// Names hold letters, digits and `+=,.@_-`.
fn check_name(member: &str, name: &str) -> Result<(), ApiError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "+=,.@_-".contains(letter);
    if !name.is_empty() && name.chars().all(fits) {
        return Ok(());
    }
    let message = format!(
        "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
    );
    Err(ApiError::client("ValidationError", message))
}

/// `/`, or `/division/team/`.
fn check_path(path: Option<String>) -> Result<Arc<str>, ApiError> {
    let path = path.unwrap_or_else(|| "/".to_owned());
    if path.starts_with('/') && path.ends_with('/') {
        return Ok(path.into());
    }
    Err(ApiError::client(
        "ValidationError",
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    ))
}

/// A date as the CLI prints it.
fn date(utc: DateTime<Utc>) -> String {
    utc.format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

impl Service for Iam {
    fn name(&self) -> ServiceName {
        ServiceName::Iam
    }

    fn receive(&mut self, _parcel: &Parcel, _region: &Region, _out: &mut Outbox<'_>) -> Reception {
        Ok(())
    }

    fn facts(&self, _region: &Region) -> Vec<ResourceChange> {
        self.resources_for_config()
    }

    fn of_account(&self, _region: &Region) -> Option<ResourceChange> {
        Some(self.account_item())
    }

    fn resources(&self, operation: &'static Operation, call: &ApiCall, _account_id: &str) -> Vec<String> {
        let text = |member: &str| call.parameters.get(member).and_then(Value::as_str);
        let resource = if let Some(group) = text("GroupName") {
            self.group_arn(group)
        } else if let Some(user) = text("UserName") {
            self.user_arn(user)
        } else if let Some(role) = text("RoleName") {
            self.role_arn(role)
        } else if let Some(arn) = ["PolicyArn", "SerialNumber", "PolicySourceArn"].into_iter().find_map(text)
        {
            arn.to_owned()
        } else if let Some(name) = text("VirtualMFADeviceName") {
            global_arn("iam", &self.account_id, &format!("mfa/{name}"))
        } else if let Some(name) = text("PolicyName") {
            global_arn("iam", &self.account_id, &format!("policy/{name}"))
        } else {
            match (operation.name, &call.by) {
                (
                    "GetUser" | "CreateAccessKey" | "ListAccessKeys" | "UpdateAccessKey" | "DeleteAccessKey"
                    | "ListMFADevices",
                    Principal::User(name),
                ) => self.user_arn(name),
                ("ListUsers", _) => global_arn("iam", &self.account_id, "user/"),
                ("ListRoles", _) => global_arn("iam", &self.account_id, "role/"),
                _ => "*".to_owned(),
            }
        };
        vec![resource]
    }

    fn trail_shape(
        &self,
        operation: &'static Operation,
        call: &ApiCall,
        _outcome: &ApiOutcome,
    ) -> super::service::TrailShape {
        let own_key = operation.name == "CreateAccessKey" && call.parameters.get("UserName").is_none();
        super::service::TrailShape { request: own_key.then_some(Value::Null), ..Default::default() }
    }
}
