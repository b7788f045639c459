//! The condition keys of a request: what everybody has, what a session has, and what the parameters say.
//!
//! Source: IAM user guide, "AWS global condition context keys"; Service Authorization Reference for the rest.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::super::{ServiceName, policy::PolicyContext, session::Session};

/// What a request is judged by beside who makes it and what it is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Details<'a> {
    pub parameters: Option<&'a Value>,
    /// The session's credentials, when `AssumeRole` handed them out.
    pub session: Option<&'a Session>,
    /// The call comes from a console session.
    pub console: bool,
    pub user_agent: &'a str,
    /// The service through which a key is used, such as `sns.eu-west-3.amazonaws.com`.
    pub via_service: Option<&'a str>,
    pub now: Option<DateTime<Utc>>,
}

/// Parameters that are condition keys.
const KEYS: &[(ServiceName, &str, &str)] = &[
    (ServiceName::Ec2, "InstanceType", "ec2:InstanceType"),
    (ServiceName::S3, "Prefix", "s3:prefix"),
    (ServiceName::S3, "ACL", "s3:x-amz-acl"),
    (ServiceName::Iam, "PolicyArn", "iam:PolicyARN"),
    (ServiceName::Iam, "PermissionsBoundary", "iam:PermissionsBoundary"),
    (ServiceName::Sts, "RoleSessionName", "sts:RoleSessionName"),
    (ServiceName::Sts, "ExternalId", "sts:ExternalId"),
    (ServiceName::Sns, "Protocol", "sns:Protocol"),
    (ServiceName::Sns, "Endpoint", "sns:Endpoint"),
    (ServiceName::CloudWatch, "Namespace", "cloudwatch:namespace"),
];

/// Adds the keys that come with the request itself.
pub(super) fn of_request(
    mut context: PolicyContext,
    service: ServiceName,
    details: &Details<'_>,
) -> PolicyContext {
    if let Some(now) = details.now {
        context = context
            .with("aws:CurrentTime", now.to_rfc3339_opts(SecondsFormat::Secs, true))
            .with("aws:EpochTime", now.timestamp().to_string());
    }
    if !details.user_agent.is_empty() {
        context = context.with("aws:UserAgent", details.user_agent);
    }
    if let Some(via) = details.via_service {
        context = context.with("kms:ViaService", via);
    }
    let Some(parameters) = details.parameters.and_then(Value::as_object) else { return context };
    for (of, parameter, key) in KEYS {
        if let (true, Some(value)) = (*of == service, parameters.get(*parameter).and_then(Value::as_str)) {
            context = context.with(key, value);
        }
    }
    with_tags(context, parameters.get("Tags").or_else(|| parameters.get("TagsList")))
}

/// `aws:TagKeys` and `aws:RequestTag/…` of the tags a request would set.
fn with_tags(mut context: PolicyContext, tags: Option<&Value>) -> PolicyContext {
    for tag in tags.and_then(Value::as_array).into_iter().flatten() {
        let text = |member: &str| tag.get(member).and_then(Value::as_str);
        if let Some(key) = text("Key") {
            context = context
                .with("aws:TagKeys", key)
                .with(&format!("aws:RequestTag/{key}"), text("Value").unwrap_or_default());
        }
    }
    context
}
