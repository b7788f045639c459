//! AWS managed rules: one row each, one small file each. A rule judges a configuration item and nothing else.
//!
//! Evaluation order: a deleted resource and one of another type are `NOT_APPLICABLE`; then the rule speaks.
//!
//! Source: Config Developer Guide, "List of AWS Config Managed Rules".

mod approved_amis_by_id;
mod ec2_instance_detailed_monitoring_enabled;
mod restricted_ssh;
mod s3_bucket_public_read_prohibited;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a rule says of a resource.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Compliance {
    Compliant,
    NonCompliant,
    NotApplicable,
    InsufficientData,
}

impl Compliance {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compliant => "COMPLIANT",
            Self::NonCompliant => "NON_COMPLIANT",
            Self::NotApplicable => "NOT_APPLICABLE",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// What a rule says of a resource, and why, in a sentence of at most 256 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub compliance: Compliance,
    pub annotation: Option<String>,
}

impl Verdict {
    pub const fn compliant() -> Self {
        Self { compliance: Compliance::Compliant, annotation: None }
    }

    pub const fn not_applicable() -> Self {
        Self { compliance: Compliance::NotApplicable, annotation: None }
    }

    pub fn non_compliant(why: impl Into<String>) -> Self {
        Self { compliance: Compliance::NonCompliant, annotation: Some(why.into()) }
    }

    /// Compliant unless there is a fault to name.
    pub fn unless(fault: Option<String>) -> Self {
        fault.map_or_else(Self::compliant, Self::non_compliant)
    }
}

/// The values of a rule's parameters, by name.
pub type Parameters = BTreeMap<String, String>;

/// A resource as its last configuration item has it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub configuration: &'a Value,
    pub supplementary: &'a Value,
    pub parameters: &'a Parameters,
}

impl<'a> Subject<'a> {
    /// The text at a place of the configuration, such as `/state/name`.
    pub fn text(&self, pointer: &str) -> Option<&'a str> {
        self.configuration.pointer(pointer).and_then(Value::as_str)
    }

    /// The list at a place of the configuration; empty when there is none.
    pub fn list(&self, pointer: &str) -> impl Iterator<Item = &'a Value> {
        self.configuration.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
    }

    /// The values of a parameter written as `a,b,c`.
    pub fn values(&self, parameter: &str) -> impl Iterator<Item = &'a str> {
        let text = self.parameters.get(parameter).map_or("", String::as_str);
        text.split(',').map(str::trim).filter(|value| !value.is_empty())
    }
}

/// A parameter of a managed rule.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub required: bool,
    pub default: Option<&'static str>,
}

/// A managed rule.
#[derive(Clone, Copy, Debug)]
pub struct ManagedRule {
    /// Such as `INCOMING_SSH_DISABLED`: what `SourceIdentifier` says.
    pub identifier: &'static str,
    /// Such as `restricted-ssh`: what the guide calls it.
    pub name: &'static str,
    pub resource_types: &'static [&'static str],
    /// Whether it also looks at everything every so often, not only at new items.
    pub is_periodic: bool,
    pub parameters: &'static [Parameter],
    pub judge: fn(&Subject<'_>) -> Verdict,
}

/// Every managed rule the account has.
pub static MANAGED: &[ManagedRule] = &[
    approved_amis_by_id::RULE,
    ec2_instance_detailed_monitoring_enabled::RULE,
    restricted_ssh::RULE,
    s3_bucket_public_read_prohibited::RULE,
];

/// The managed rule of that identifier.
pub fn find(identifier: &str) -> Option<&'static ManagedRule> {
    MANAGED.iter().find(|rule| rule.identifier == identifier)
}

impl ManagedRule {
    /// Judges a configuration item (its version 1.3 JSON).
    pub fn evaluate(&self, item: &Value, parameters: &Parameters) -> Verdict {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_deleted = text("configurationItemStatus").starts_with("ResourceDeleted");
        if is_deleted || !self.resource_types.contains(&text("resourceType")) {
            return Verdict::not_applicable();
        }
        let mut complete: Parameters = self
            .parameters
            .iter()
            .filter_map(|parameter| Some((parameter.name.to_owned(), parameter.default?.to_owned())))
            .collect();
        complete.extend(parameters.iter().map(|(name, value)| (name.clone(), value.clone())));
        (self.judge)(&Subject {
            configuration: item.get("configuration").unwrap_or(&Value::Null),
            supplementary: item.get("supplementaryConfiguration").unwrap_or(&Value::Null),
            parameters: &complete,
        })
    }
}
