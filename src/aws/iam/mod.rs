//! IAM: users, roles, groups, their policies, and the decision whether a call is allowed.
//!
//! Global: its state has no region. The one door asks [`Iam::authorise`] before every call and CloudTrail asks
//! [`Iam::user_identity`] who made it. It changes nothing but its own memory and sends nothing.
//!
//! Set-up is done by the role [`INSTALLER`], which every account is born with.

mod actions;
mod authorise;
mod facts;
mod groups;
mod identity;
pub mod managed;
mod policies;
mod roles;
mod state;
#[cfg(test)]
mod tests;
mod users;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

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
use groups::{AddUserToGroup, AttachGroupPolicy, CreateGroup, PutGroupPolicy};
use policies::{
    AttachRolePolicy, AttachUserPolicy, CreatePolicy, DetachRolePolicy, DetachUserPolicy, GetPolicy,
    ListAttachedRolePolicies, ListAttachedUserPolicies, PutRolePolicy, PutUserPolicy,
};
use roles::{CreateRole, DeleteRole, GetRole, ListRoles};
use state::{PolicySet, Role, State, StoredPolicy};
use users::{
    CreateAccessKey, CreateLoginProfile, CreateUser, DeleteUser, GetUser, ListAccessKeys, ListUsers,
};

/// The role that deploys a scenario's template.
pub const INSTALLER: &str = "installateur";

/// The state of this service.
#[derive(Clone, Debug)]
pub struct Iam {
    account_id: Arc<str>,
    state: State,
    mfa_users: BTreeSet<Arc<str>>,
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
    CreateLoginProfile: Write => create_login_profile;
    CreateAccessKey: Write => create_access_key;
    ListAccessKeys: Read => list_access_keys;
    CreateRole: Write => create_role;
    GetRole: Read => get_role;
    ListRoles: Read => list_roles;
    DeleteRole: Write => delete_role;
    CreateGroup: Write => create_group;
    AddUserToGroup: Write => add_user_to_group;
    AttachGroupPolicy: Write => attach_group_policy;
    PutGroupPolicy: Write => put_group_policy;
    CreatePolicy: Write => create_policy;
    GetPolicy: Read => get_policy;
    PutUserPolicy: Write => put_user_policy;
    PutRolePolicy: Write => put_role_policy;
    AttachUserPolicy: Write => attach_user_policy;
    DetachUserPolicy: Write => detach_user_policy;
    AttachRolePolicy: Write => attach_role_policy;
    DetachRolePolicy: Write => detach_role_policy;
    ListAttachedUserPolicies: Read => list_attached_user_policies;
    ListAttachedRolePolicies: Read => list_attached_role_policies;
}

impl Iam {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        let mut state = State::default();
        state.roles.insert(INSTALLER.into(), installer(account_id));
        Self {
            account_id: account_id.into(),
            state,
            mfa_users: BTreeSet::new(),
            console_sessions: BTreeMap::new(),
        }
    }

    /// Says that a person signs in with a second factor, which shows in the records of their console sessions.
    pub fn set_mfa(&mut self, user: &str) {
        self.mfa_users.insert(user.into());
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
    policies.attach(managed::arn_of("AdministratorAccess").expect("it is in the table"));
    Role {
        name: INSTALLER.into(),
        path: "/".into(),
        created: DateTime::from_timestamp(1_735_689_600, 0).unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
        description: None,
        max_session_s: 3_600,
        trust,
        policies,
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

    fn resources(&self, operation: &'static Operation, call: &ApiCall, _account_id: &str) -> Vec<String> {
        let text = |member: &str| call.parameters.get(member).and_then(Value::as_str);
        let resource = if let Some(group) = text("GroupName") {
            self.group_arn(group)
        } else if let Some(user) = text("UserName") {
            self.user_arn(user)
        } else if let Some(role) = text("RoleName") {
            self.role_arn(role)
        } else if let Some(arn) = text("PolicyArn") {
            arn.to_owned()
        } else if let Some(name) = text("PolicyName") {
            global_arn("iam", &self.account_id, &format!("policy/{name}"))
        } else {
            match (operation.name, &call.by) {
                ("GetUser" | "CreateAccessKey" | "ListAccessKeys", Principal::User(name)) => {
                    self.user_arn(name)
                }
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
