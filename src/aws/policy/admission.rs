//! Whether a resource's policy lets an AWS service in: what is asked when a parcel arrives from one.

use super::{PolicyContext, PolicyDocument, PolicyRequest, PrincipalRef, Verdict};

/// A service at the door of a resource.
#[derive(Clone, Copy, Debug)]
pub struct ServiceAtDoor<'a> {
    /// Such as `sns.amazonaws.com`.
    pub principal: &'a str,
    /// The topic, rule or alarm it acts for; empty if none.
    pub source_arn: &'a str,
    pub account_id: &'a str,
    /// Such as `sqs:SendMessage`.
    pub action: &'a str,
    pub resource: &'a str,
}

/// The services that state the owner of what they act for, which the policy a topic is born with asks for: an alarm
/// reaches such a topic, a rule does not. Source: `trail-config-lambda-sns.md` §4, "Topic policy".
const STATES_OWNER: &[&str] = &["cloudwatch.amazonaws.com"];

impl PolicyDocument {
    /// Whether a service may act: something allows it and nothing denies it, as there is no identity policy to ask.
    pub fn admits(&self, service: &ServiceAtDoor<'_>) -> bool {
        let mut context = PolicyContext::default()
            .with("aws:SourceAccount", service.account_id)
            .with("aws:PrincipalIsAWSService", "true");
        if !service.source_arn.is_empty() {
            context = context.with("aws:SourceArn", service.source_arn);
        }
        if STATES_OWNER.contains(&service.principal) {
            context = context.with("aws:SourceOwner", service.account_id);
        }
        let request = PolicyRequest {
            principal: PrincipalRef::Service(service.principal),
            action: service.action,
            resource: service.resource,
            context: &context,
        };
        self.judge(&request) == Verdict::Allow
    }
}
