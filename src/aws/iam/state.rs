//! What IAM remembers: users, roles, groups, and the policies attached to them.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use indexmap::IndexMap;

use super::super::{policy::PolicyDocument, tags::Tags};

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
}

#[derive(Clone, Debug)]
pub struct User {
    pub name: Arc<str>,
    pub path: Arc<str>,
    pub created: DateTime<Utc>,
    pub policies: PolicySet,
    pub groups: Vec<Arc<str>>,
    pub access_keys: Vec<AccessKey>,
    /// When they were given a password for the console, if they were.
    pub login_created: Option<DateTime<Utc>>,
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
    pub tags: Tags,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub name: Arc<str>,
    pub path: Arc<str>,
    pub policies: PolicySet,
}

/// A customer managed policy.
#[derive(Clone, Debug)]
pub struct CustomerPolicy {
    pub name: Arc<str>,
    pub path: Arc<str>,
    pub created: DateTime<Utc>,
    pub description: Option<Arc<str>>,
    pub policy: StoredPolicy,
}

/// Everything IAM remembers of the account.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub users: BTreeMap<Arc<str>, User>,
    pub roles: BTreeMap<Arc<str>, Role>,
    pub groups: BTreeMap<Arc<str>, Group>,
    /// By ARN.
    pub policies: BTreeMap<Arc<str>, CustomerPolicy>,
}

impl PolicySet {
    pub fn attach(&mut self, arn: &str) {
        if !self.attached.iter().any(|attached| **attached == *arn) {
            self.attached.push(arn.into());
        }
    }

    /// Whether it was attached.
    pub fn detach(&mut self, arn: &str) -> bool {
        let before = self.attached.len();
        self.attached.retain(|attached| **attached != *arn);
        self.attached.len() < before
    }

    pub fn is_empty(&self) -> bool {
        self.inline.is_empty() && self.attached.is_empty()
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

    fn managed(&self, arn: &str) -> Option<&PolicyDocument> {
        let customer = self.policies.get(arn).map(|policy| policy.policy.document.as_ref());
        customer.or_else(|| super::managed::by_arn(arn).map(|policy| policy.document.as_ref()))
    }
}
