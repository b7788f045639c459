//! Policy documents: parsed once, judged for one request at a time.
//!
//! Shared by whatever has a policy: identities, topics, functions, buckets, trust relationships. A pure helper:
//! it knows no service, holds no state, and does not decide between documents (IAM does, for identities).
//!
//! Source: IAM user guide, "JSON policy elements" and "Policy evaluation logic".

mod admission;
mod condition;
pub(in crate::aws) mod glob;
mod parse;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

pub use admission::ServiceAtDoor;
use condition::Condition;

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyDocument {
    statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq)]
struct Statement {
    effect: Effect,
    /// `None` in an identity policy, which speaks of whoever it is attached to.
    principals: Option<Principals>,
    actions: Matcher,
    /// `None` in a trust policy, which speaks of the role it belongs to.
    resources: Option<Matcher>,
    conditions: Vec<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug, PartialEq)]
struct Matcher {
    patterns: Vec<String>,
    negated: bool,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq)]
struct Principals {
    /// `"*"` or `{"AWS": "*"}`.
    anyone: bool,
    aws: Vec<String>,
    services: Vec<String>,
    negated: bool,
}

/// What a document says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    /// An explicit deny, which no allow anywhere can lift.
    Deny,
    /// No statement matches: an implicit deny, unless another document allows.
    Silent,
}

/// Who asks, as the `Principal` element names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalRef<'a> {
    /// A service principal, such as `sns.amazonaws.com`.
    Service(&'a str),
    /// Somebody of an account: the ARN of a user, or of a session and of the role behind it.
    Aws { arn: &'a str, role_arn: Option<&'a str>, account_id: &'a str },
    /// Nobody known: an unsigned request.
    Anonymous,
}

/// Condition keys of a request and their values; keys are compared without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyContext(BTreeMap<String, Vec<String>>);

impl PolicyContext {
    /// This context with one more key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.0.entry(key.to_ascii_lowercase()).or_default().push(value.into());
        self
    }

    /// This context with the keys of another in place of its own.
    #[must_use]
    pub fn overridden_by(mut self, other: &Self) -> Self {
        self.0.extend(other.0.iter().map(|(key, values)| (key.clone(), values.clone())));
        self
    }

    /// The values of a key; none when the request does not have it.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }
}

/// A request to judge.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRequest<'a> {
    pub principal: PrincipalRef<'a>,
    /// Such as `sns:Publish`.
    pub action: &'a str,
    /// An ARN, or `*`.
    pub resource: &'a str,
    pub context: &'a PolicyContext,
}

/// Which elements a document must or must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// Attached to a user, group or role: no principal.
    Identity,
    /// Attached to a topic, a bucket, a function: principal and resource.
    Resource,
    /// A role's trust policy: principal, no resource.
    Trust,
}

/// Why a document is not a policy. The services word it their own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("Syntax errors in policy.")]
    Syntax,
    #[error("Missing required field Effect")]
    NoEffect,
    #[error("Policy statement must contain actions.")]
    NoActions,
    #[error("Policy statement must contain resources.")]
    NoResources,
    #[error("Missing required field Principal")]
    NoPrincipal,
    #[error("Policy document should not specify a principal.")]
    UnwantedPrincipal,
    #[error("Has prohibited field Resource.")]
    UnwantedResource,
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    NoVendor,
}

impl PolicyDocument {
    /// Reads a document, given as an object or as the JSON text of one.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn parse(document: &Value) -> Result<Self, PolicyError> {
        parse::document(document)
    }

    /// Reads a document that must suit `kind`.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn parse_as(kind: PolicyKind, document: &Value) -> Result<Self, PolicyError> {
        let policy = Self::parse(document)?;
        for statement in &policy.statements {
            match (kind, &statement.principals, &statement.resources) {
                (PolicyKind::Identity, Some(_), _) => return Err(PolicyError::UnwantedPrincipal),
                (PolicyKind::Resource | PolicyKind::Trust, None, _) => return Err(PolicyError::NoPrincipal),
                (PolicyKind::Identity | PolicyKind::Resource, _, None) => {
                    return Err(PolicyError::NoResources);
                }
                (PolicyKind::Trust, _, Some(_)) => return Err(PolicyError::UnwantedResource),
                _ => {}
            }
        }
        Ok(policy)
    }

    /// Deny wins over allow; no matching statement is silence.
    pub fn judge(&self, request: &PolicyRequest<'_>) -> Verdict {
        let mut verdict = Verdict::Silent;
        for statement in &self.statements {
            match statement.judge(request) {
                Verdict::Deny => return Verdict::Deny,
                Verdict::Allow => verdict = Verdict::Allow,
                Verdict::Silent => {}
            }
        }
        verdict
    }

    /// The same, for those who need only be trusted: naming an account then covers everybody in it.
    ///
    /// What a role's trust policy and the resource side of a cross-account request are asked.
    pub fn trusts(&self, request: &PolicyRequest<'_>) -> Verdict {
        let named = self.judge(request);
        let delegated = || {
            self.statements.iter().any(|statement| {
                statement.effect == Effect::Allow && statement.matches(request) == Coverage::Account
            })
        };
        if named == Verdict::Silent && delegated() { Verdict::Allow } else { named }
    }

    /// Whether a statement lets in anyone at all without a condition that fixes who.
    ///
    /// Source: S3 user guide, "The meaning of public": an allow for `*`, unless a condition on one of a short list
    /// of keys pins it to fixed values.
    pub fn is_public(&self) -> bool {
        self.statements.iter().any(Statement::is_public)
    }

    /// The same for one action, such as `s3:GetObject`.
    pub fn is_public_for(&self, action: &str) -> bool {
        self.statements
            .iter()
            .any(|statement| statement.is_public() && statement.actions.matches_action(action))
    }

    /// Every action pattern of the document, as written.
    pub fn action_patterns(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().flat_map(|statement| statement.actions.patterns.iter().map(String::as_str))
    }

    /// Every user, role or account the document names, as written.
    pub fn principal_arns(&self) -> impl Iterator<Item = &str> {
        self.statements
            .iter()
            .flat_map(|statement| statement.principals.iter())
            .flat_map(|whom| whom.aws.iter().map(String::as_str))
    }

    /// Every resource pattern of the document, as written.
    pub fn resource_patterns(&self) -> impl Iterator<Item = &str> {
        self.statements
            .iter()
            .flat_map(|statement| statement.resources.iter())
            .flat_map(|matcher| matcher.patterns.iter().map(String::as_str))
    }
}

/// How a `Principal` element covers somebody.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coverage {
    No,
    /// Only through the account: permission still has to come from an identity policy.
    Account,
    Direct,
}

impl Statement {
    fn judge(&self, request: &PolicyRequest<'_>) -> Verdict {
        match (self.matches(request), self.effect) {
            (Coverage::No, _) | (Coverage::Account, Effect::Allow) => Verdict::Silent,
            (Coverage::Direct, Effect::Allow) => Verdict::Allow,
            (Coverage::Account | Coverage::Direct, Effect::Deny) => Verdict::Deny,
        }
    }

    /// How it covers the caller, if everything else in it fits the request.
    fn matches(&self, request: &PolicyRequest<'_>) -> Coverage {
        let fits = self.actions.matches_action(request.action)
            && self
                .resources
                .as_ref()
                .is_none_or(|matcher| matcher.matches_resource(request.resource, request.context))
            && self.conditions.iter().all(|condition| condition.holds(request.context));
        match &self.principals {
            _ if !fits => Coverage::No,
            None => Coverage::Direct,
            Some(whom) => whom.covers(request.principal),
        }
    }

    fn is_public(&self) -> bool {
        self.effect == Effect::Allow
            && self.principals.as_ref().is_some_and(|whom| whom.anyone != whom.negated)
            && !self.conditions.iter().any(Condition::fixes_who)
    }
}

impl Matcher {
    fn matches_action(&self, action: &str) -> bool {
        self.negated != self.patterns.iter().any(|pattern| glob::matches_ignoring_case(pattern, action))
    }

    fn matches_resource(&self, resource: &str, context: &PolicyContext) -> bool {
        self.negated
            != self.patterns.iter().any(|pattern| {
                glob::expand(pattern, context).is_some_and(|pattern| glob::matches(&pattern, resource))
            })
    }
}

impl Principals {
    fn covers(&self, principal: PrincipalRef<'_>) -> Coverage {
        if self.negated {
            return match self.listed(principal) {
                Coverage::No => Coverage::Direct,
                Coverage::Account | Coverage::Direct => Coverage::No,
            };
        }
        self.listed(principal)
    }

    fn listed(&self, principal: PrincipalRef<'_>) -> Coverage {
        if self.anyone {
            return Coverage::Direct;
        }
        match principal {
            PrincipalRef::Service(name) if self.services.iter().any(|listed| listed == name) => {
                Coverage::Direct
            }
            PrincipalRef::Anonymous | PrincipalRef::Service(_) => Coverage::No,
            PrincipalRef::Aws { arn, role_arn, account_id } => {
                if self.aws.iter().any(|listed| listed == arn || Some(listed.as_str()) == role_arn) {
                    Coverage::Direct
                } else if self.aws.iter().any(|listed| names_account(listed, account_id)) {
                    Coverage::Account
                } else {
                    Coverage::No
                }
            }
        }
    }
}

/// An account is named by its twelve digits or by the ARN of its root.
fn names_account(listed: &str, account_id: &str) -> bool {
    listed == account_id
        || listed
            .strip_prefix("arn:aws:iam::")
            .and_then(|rest| rest.strip_suffix(":root"))
            .is_some_and(|digits| digits == account_id)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
            Self::Silent => "implicit deny",
        })
    }
}
