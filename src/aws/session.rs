//! A session of a role: what `AssumeRole` handed out, as far as later calls are judged and recorded by it.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::policy::PolicyDocument;

/// Temporary credentials of a role.
#[derive(Clone, Debug)]
pub struct Session {
    pub began: DateTime<Utc>,
    pub expires: DateTime<Utc>,
    /// A second factor was given when it was taken on.
    pub with_mfa: bool,
    /// The session policy sent with the call: beside the role's policies it must allow too.
    pub policy: Option<Arc<PolicyDocument>>,
    /// ARNs of managed policies that do the same.
    pub policy_arns: Vec<Arc<str>>,
}

impl Session {
    /// Whether anything narrows what the role may do.
    pub fn is_narrowed(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }
}
