//! What IAM remembers: users, roles, groups, and the policies attached to them.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use indexmap::IndexMap;

use super::{
    super::{policy::PolicyDocument, tags::Tags},
    password_policy::PasswordPolicy,
};

/// A policy kept as written and as parsed.
#[derive(Clone, Debug)]
pub struct StoredPolicy {
    pub text: Arc<str>,
    pub document: Arc<PolicyDocument>,
}

/// The policies of a user, a role or a group.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    pub inline: IndexMap<Arc<str>, StoredPolicy>,
    /// ARNs of managed policies, in the order they were attached.
    pub attached: Vec<Arc<str>>,
}

#[derive(Clone, Debug)]
pub struct AccessKey {
    pub id: Arc<str>,
    pub created: DateTime<Utc>,
    pub is_active: bool,
}

/// A password for the console.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    pub created: DateTime<Utc>,
    pub reset_required: bool,
}

/// A second factor that is in use.
#[derive(Clone, Debug)]
pub struct MfaDevice {
    pub serial: Arc<str>,
    pub enabled: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct User {
    pub name: Arc<str>,
    pub path: Arc<str>,
    pub created: DateTime<Utc>,
    pub policies: PolicySet,
    /// ARN of the managed policy that bounds what the others may allow.
    pub boundary: Option<Arc<str>>,
    pub groups: Vec<Arc<str>>,
    pub access_keys: Vec<AccessKey>,
    /// Whether somebody has ever looked after their keys. Before that, they sign with the key everybody is born with.
    pub manages_keys: bool,
    pub login: Option<Login>,
    pub password_last_used: Option<DateTime<Utc>>,
    pub mfa_devices: Vec<MfaDevice>,
    pub tags: Tags,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub name: Arc<str>,
    pub path: Arc<str>,
    pub created: DateTime<Utc>,
    pub description: Option<Arc<str>>,
    pub max_session_s: u32,
    pub trust: StoredPolicy,
    pub policies: PolicySet,
    /// ARN of the managed policy that bounds what the others may allow.
    pub boundary: Option<Arc<str>>,
    pub tags: Tags,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub name: Arc<str>,
    pub path: Arc<str>,
    pub created: DateTime<Utc>,
    pub policies: PolicySet,
}

/// One version of a customer managed policy: `v1`, `v2` …
#[derive(Clone, Debug)]
pub struct PolicyVersion {
    pub number: u32,
    pub created: DateTime<Utc>,
    pub policy: StoredPolicy,
}

/// A customer managed policy.
#[derive(Clone, Debug)]
pub struct CustomerPolicy {
    pub name: Arc<str>,
    pub path: Arc<str>,
    pub created: DateTime<Utc>,
    pub updated: DateTime<Utc>,
    pub description: Option<Arc<str>>,
    /// Oldest first; never empty.
    pub versions: Vec<PolicyVersion>,
    /// The number of the version in force.
    pub default: u32,
    /// The number of the newest version there has ever been.
    pub newest: u32,
    pub tags: Tags,
}

/// Everything IAM remembers of the account.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub users: BTreeMap<Arc<str>, User>,
    pub roles: BTreeMap<Arc<str>, Role>,
    pub groups: BTreeMap<Arc<str>, Group>,
    /// By ARN.
    pub policies: BTreeMap<Arc<str>, CustomerPolicy>,
    /// Whether the root user signs in with a second factor.
    pub root_has_mfa: bool,
    /// None: AWS's default.
    pub password_policy: Option<PasswordPolicy>,
    /// Serial numbers of virtual devices that nobody uses.
    pub spare_devices: Vec<Arc<str>>,
}

impl PolicySet {
    pub fn attach(&mut self, arn: &str) {
        if !self.has(arn) {
            self.attached.push(arn.into());
        }
    }

    /// Whether it was attached.
    pub fn detach(&mut self, arn: &str) -> bool {
        let before = self.attached.len();
        self.attached.retain(|attached| **attached != *arn);
        self.attached.len() < before
    }

    pub fn has(&self, arn: &str) -> bool {
        self.attached.iter().any(|attached| **attached == *arn)
    }

    pub fn is_empty(&self) -> bool {
        self.inline.is_empty() && self.attached.is_empty()
    }
}

impl CustomerPolicy {
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The version in force.
    pub fn in_force(&self) -> &PolicyVersion {
        self.version(self.default).expect("the default version cannot be deleted")
    }
}

impl State {
    /// The identity-based documents that speak for a user: their own and those of their groups.
    pub fn user_documents<'s>(&'s self, user: &'s User) -> impl Iterator<Item = &'s PolicyDocument> {
        let of_groups = user.groups.iter().filter_map(|group| self.groups.get(group));
        std::iter::once(&user.policies)
            .chain(of_groups.map(|group| &group.policies))
            .flat_map(|set| self.documents(set))
    }

    /// The documents of one set of policies.
    pub fn documents<'s>(&'s self, set: &'s PolicySet) -> impl Iterator<Item = &'s PolicyDocument> {
        let inline = set.inline.values().map(|policy| policy.document.as_ref());
        inline.chain(set.attached.iter().filter_map(|arn| self.managed(arn)))
    }

    /// The document in force of a managed policy, the account's own or AWS's.
    pub fn managed(&self, arn: &str) -> Option<&PolicyDocument> {
        let customer = self.policies.get(arn).map(|policy| policy.in_force().policy.document.as_ref());
        customer.or_else(|| super::managed::by_arn(arn).map(|policy| policy.document.as_ref()))
    }

    /// The sets of all users, roles and groups.
    pub fn sets(&self) -> impl Iterator<Item = &PolicySet> {
        let users = self.users.values().map(|user| &user.policies);
        let roles = self.roles.values().map(|role| &role.policies);
        users.chain(roles).chain(self.groups.values().map(|group| &group.policies))
    }

    /// How many users and roles a policy bounds.
    pub fn bounded_by(&self, arn: &str) -> usize {
        let users = self.users.values().map(|user| &user.boundary);
        let boundaries = users.chain(self.roles.values().map(|role| &role.boundary));
        boundaries.filter(|boundary| boundary.as_deref() == Some(arn)).count()
    }
}
