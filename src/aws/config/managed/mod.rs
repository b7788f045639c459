//! AWS managed rules: one row each, in files by theme. A rule judges a configuration item and nothing else.
//!
//! Evaluation order: a deleted resource and one of another type are `NOT_APPLICABLE`; then the rule speaks.
//!
//! Source: Config Developer Guide, "List of AWS Config Managed Rules": each rule's page gives its identifier,
//! trigger, resource types, parameters with their defaults, and what makes a resource `NON_COMPLIANT`. Where a page
//! leaves a case open, the rule says here how it is read.

mod account;
mod alarms;
mod credentials;
mod databases;
mod functions;
mod iam_entities;
mod iam_policies;
mod images;
mod instances;
mod keys;
mod network;
mod parameter;
mod ports;
mod required_tags;
mod s3_access;
mod s3_policies;
mod s3_settings;
mod security_groups;
mod statement;
mod subject;
#[cfg(test)]
mod tests;
mod trails;
mod verdict;
mod volumes;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub use parameter::{Kind, Parameter, Parameters};
pub use subject::Subject;
pub(in crate::aws::config) use verdict::ANNOTATION_CAP;
pub use verdict::{Compliance, Fault, Verdict};

/// What makes a rule look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A new configuration item of a resource in scope.
    Change,
    /// Every so often, over everything in scope, whether it is recorded or not.
    Periodic,
    /// Both.
    Hybrid,
}

impl Trigger {
    pub const fn on_change(self) -> bool {
        matches!(self, Self::Change | Self::Hybrid)
    }

    pub const fn on_period(self) -> bool {
        matches!(self, Self::Periodic | Self::Hybrid)
    }
}

/// A managed rule.
#[derive(Clone, Copy, Debug)]
pub struct ManagedRule {
    /// Such as `INCOMING_SSH_DISABLED`: what `SourceIdentifier` says.
    pub identifier: &'static str,
    /// Such as `restricted-ssh`: what the guide calls it.
    pub name: &'static str,
    pub trigger: Trigger,
    pub resource_types: &'static [&'static str],
    pub parameters: &'static [Parameter],
    judge: fn(&Subject<'_>) -> Verdict,
}

/// Every managed rule the account has, by theme.
static THEMES: &[&[ManagedRule]] = &[
    security_groups::RULES,
    s3_access::RULES,
    s3_policies::RULES,
    s3_settings::RULES,
    instances::RULES,
    images::RULES,
    volumes::RULES,
    network::RULES,
    required_tags::RULES,
    iam_entities::RULES,
    iam_policies::RULES,
    credentials::RULES,
    account::RULES,
    trails::RULES,
    databases::RULES,
    functions::RULES,
    alarms::RULES,
    keys::RULES,
];

/// Every managed rule the account has.
pub fn all() -> impl Iterator<Item = &'static ManagedRule> {
    THEMES.iter().flat_map(|theme| theme.iter())
}

/// The managed rule of that identifier.
pub fn find(identifier: &str) -> Option<&'static ManagedRule> {
    all().find(|rule| rule.identifier == identifier)
}

type Judge = fn(&Subject<'_>) -> Verdict;

const fn rule(
    trigger: Trigger,
    identifier: &'static str,
    name: &'static str,
    resource_types: &'static [&'static str],
    judge: Judge,
) -> ManagedRule {
    ManagedRule { identifier, name, trigger, resource_types, parameters: &[], judge }
}

const fn on_change(
    identifier: &'static str,
    name: &'static str,
    resource_types: &'static [&'static str],
    judge: Judge,
) -> ManagedRule {
    rule(Trigger::Change, identifier, name, resource_types, judge)
}

const fn periodic(
    identifier: &'static str,
    name: &'static str,
    resource_types: &'static [&'static str],
    judge: Judge,
) -> ManagedRule {
    rule(Trigger::Periodic, identifier, name, resource_types, judge)
}

const fn hybrid(
    identifier: &'static str,
    name: &'static str,
    resource_types: &'static [&'static str],
    judge: Judge,
) -> ManagedRule {
    rule(Trigger::Hybrid, identifier, name, resource_types, judge)
}

/// The account itself, which rules about trails, passwords and root judge.
const ACCOUNT: &[&str] = &["AWS::::Account"];

impl ManagedRule {
    const fn taking(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }

    /// Judges a configuration item (its version 1.3 JSON) as of `now`.
    pub fn evaluate(&self, item: &Value, parameters: &Parameters, now: DateTime<Utc>) -> Verdict {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_deleted = text("configurationItemStatus").starts_with("ResourceDeleted");
        if is_deleted || !self.resource_types.contains(&text("resourceType")) {
            return Verdict::not_applicable();
        }
        (self.judge)(&Subject::new(self, item, parameters, now))
    }
}
