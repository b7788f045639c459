//! Rules about the account as a whole: root, the password policy, threat detection.

use serde_json::Value;

use super::{ACCOUNT, ManagedRule, Parameter, Subject, Verdict, periodic};

pub(super) const RULES: &[ManagedRule] = &[
    periodic("IAM_ROOT_ACCESS_KEY_CHECK", "iam-root-access-key-check", ACCOUNT, |subject| {
        match subject.number("/summaryMap/AccountAccessKeysPresent") {
            Some(keys) if keys > 0 => {
                Verdict::non_compliant("summaryMap.AccountAccessKeysPresent", "0", keys)
            }
            _ => Verdict::compliant(),
        }
    }),
    periodic("ROOT_ACCOUNT_MFA_ENABLED", "root-account-mfa-enabled", ACCOUNT, |subject| {
        match subject.number("/summaryMap/AccountMFAEnabled") {
            Some(1) => Verdict::compliant(),
            other => Verdict::non_compliant("summaryMap.AccountMFAEnabled", "1", other),
        }
    }),
    periodic("IAM_PASSWORD_POLICY", "iam-password-policy", ACCOUNT, password_policy).taking(&[
        Parameter::boolean("RequireUppercaseCharacters").default("true"),
        Parameter::boolean("RequireLowercaseCharacters").default("true"),
        Parameter::boolean("RequireSymbols").default("true"),
        Parameter::boolean("RequireNumbers").default("true"),
        Parameter::integer("MinimumPasswordLength").default("14"),
        Parameter::integer("PasswordReusePrevention").default("24"),
        Parameter::integer("MaxPasswordAge").default("90"),
    ]),
    periodic("GUARDDUTY_ENABLED_CENTRALIZED", "guardduty-enabled-centralized", ACCOUNT, guard_duty)
        .taking(&[Parameter::list("CentralMonitoringAccount")]),
];

/// The policy asks for at least as much as the parameters do. `true` counts in small letters only, as the guide says.
fn password_policy(subject: &Subject<'_>) -> Verdict {
    if subject.get("/passwordPolicy").is_none() {
        return Verdict::non_compliant("passwordPolicy", "a password policy", "the default policy");
    }
    let characters = [
        ("RequireUppercaseCharacters", "requireUppercaseCharacters"),
        ("RequireLowercaseCharacters", "requireLowercaseCharacters"),
        ("RequireSymbols", "requireSymbols"),
        ("RequireNumbers", "requireNumbers"),
    ];
    let flags = characters
        .into_iter()
        .filter(|(parameter, _)| subject.parameter(parameter) == Some("true"))
        .map(|(_, member)| subject.flag(&format!("/passwordPolicy/{member}"), true));
    let minimum = |parameter: &str, member: &str| {
        let wanted = subject.integer(parameter)?;
        let actual = subject.number(&format!("/passwordPolicy/{member}"));
        (actual.unwrap_or(0) < wanted).then(|| {
            Verdict::non_compliant(format!("passwordPolicy.{member}"), format!("at least {wanted}"), actual)
        })
    };
    let limits = [
        minimum("MinimumPasswordLength", "minimumPasswordLength"),
        minimum("PasswordReusePrevention", "passwordReusePrevention"),
        password_age(subject),
    ];
    Verdict::all(flags.chain(limits.into_iter().flatten()))
}

/// Passwords expire in time; those that never do are older than any limit.
fn password_age(subject: &Subject<'_>) -> Option<Verdict> {
    let limit = subject.integer("MaxPasswordAge")?;
    let age = subject.number("/passwordPolicy/maxPasswordAge").filter(|age| *age > 0);
    age.is_none_or(|age| age > limit)
        .then(|| Verdict::non_compliant("passwordPolicy.maxPasswordAge", format!("at most {limit}"), age))
}

/// Enabled, and reporting to one of the accounts named. The detector stands in `guardDuty`, our addition.
fn guard_duty(subject: &Subject<'_>) -> Verdict {
    if subject.text("/guardDuty/status") != Some("ENABLED") {
        let actual = subject.get("/guardDuty/status").cloned().unwrap_or(Value::Null);
        return Verdict::non_compliant("guardDuty.status", "ENABLED", actual);
    }
    match subject.listed("CentralMonitoringAccount") {
        Some(_) => subject.on_list("/guardDuty/masterAccountId", "CentralMonitoringAccount"),
        None => Verdict::compliant(),
    }
}
