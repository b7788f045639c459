//! Rules about passwords, access keys and second factors. In AWS they read the credential report.
//!
//! A user who has no password, or no active key, has nothing to protect: such a user is compliant.

use serde_json::Value;

use super::{ManagedRule, Parameter, Subject, Verdict, periodic};

const USER: &[&str] = &["AWS::IAM::User"];

pub(super) const RULES: &[ManagedRule] = &[
    periodic("IAM_USER_MFA_ENABLED", "iam-user-mfa-enabled", USER, has_mfa),
    periodic("MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "mfa-enabled-for-iam-console-access", USER, |subject| {
        if subject.get("/loginProfile").is_some() { has_mfa(subject) } else { Verdict::compliant() }
    }),
    periodic("ACCESS_KEYS_ROTATED", "access-keys-rotated", USER, rotated)
        .taking(&[Parameter::integer("maxAccessKeyAge").default("90")]),
    periodic("IAM_USER_UNUSED_CREDENTIALS_CHECK", "iam-user-unused-credentials-check", USER, used)
        .taking(&[Parameter::integer("maxCredentialUsageAge").default("90")]),
];

fn has_mfa(subject: &Subject<'_>) -> Verdict {
    match subject.list("/mfaDevices").next() {
        Some(_) => Verdict::compliant(),
        None => Verdict::non_compliant("mfaDevices", "an MFA device", Value::Null),
    }
}

fn active_keys<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    subject.list("/accessKeys").filter(|key| key.get("status").and_then(Value::as_str) == Some("Active"))
}

fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member).and_then(Value::as_str)
}

/// Younger than so many whole days, or too old by one at least.
fn at_most(subject: &Subject<'_>, field: &str, since: Option<&str>, max_days: i64) -> Verdict {
    match since.and_then(|since| subject.days_since(since)) {
        Some(days) if days > max_days => {
            Verdict::non_compliant(field, format!("at most {max_days} days"), format!("{days} days"))
        }
        _ => Verdict::compliant(),
    }
}

fn rotated(subject: &Subject<'_>) -> Verdict {
    let max_days = subject.integer("maxAccessKeyAge").unwrap_or(90);
    Verdict::all(
        active_keys(subject)
            .map(|key| at_most(subject, "accessKeys.createDate", text(key, "createDate"), max_days)),
    )
}

/// A credential that was never used is as old as it is.
fn used(subject: &Subject<'_>) -> Verdict {
    let max_days = subject.integer("maxCredentialUsageAge").unwrap_or(90);
    let password = subject.get("/loginProfile").map(|profile| {
        let used = subject.text("/passwordLastUsed").or_else(|| text(profile, "createDate"));
        at_most(subject, "passwordLastUsed", used, max_days)
    });
    let keys = active_keys(subject).map(|key| {
        let used = text(key, "lastUsedDate").or_else(|| text(key, "createDate"));
        at_most(subject, "accessKeys.lastUsedDate", used, max_days)
    });
    Verdict::all(password.into_iter().chain(keys))
}
