//! What the account asks of passwords.

use super::*;

const POLICY: &str = "UpdateAccountPasswordPolicy";

fn password(account: &mut Sandbox, password: &str) -> Result<Value, String> {
    let by = json!({ "UserName": "dana", "Password": password });
    account.call(ServiceName::Iam, "CreateLoginProfile", by).map_err(|error| error.to_string())
}

#[test]
fn without_a_policy_of_its_own_the_account_asks_for_eight_characters() {
    let mut account = Sandbox::new();
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "dana" }));

    assert_eq!(
        account.error(ServiceName::Iam, "GetAccountPasswordPolicy", json!({})),
        "NoSuchEntity: The Password Policy with domain name 123456789012 cannot be found."
    );
    assert_eq!(
        password(&mut account, "lampe").unwrap_err(),
        "PasswordPolicyViolation: Password should have a minimum length of 8"
    );
    assert!(password(&mut account, "lampadaire").is_ok());
}

#[test]
fn a_policy_says_everything_a_password_lacks() {
    let mut account = Sandbox::new();
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "dana" }));
    let policy = json!({
        "MinimumPasswordLength": 12, "RequireUppercaseCharacters": true, "RequireSymbols": true, "MaxPasswordAge": 90,
    });
    account.ok(ServiceName::Iam, POLICY, policy);

    assert_eq!(
        password(&mut account, "lampadaire").unwrap_err(),
        "PasswordPolicyViolation: Password should have a minimum length of 12, \
         Password should have at least one uppercase letter, Password should have at least one symbol"
    );
    assert!(password(&mut account, "Lampadaire-rue-du-Port").is_ok());
    let shown = account.ok(ServiceName::Iam, "GetAccountPasswordPolicy", json!({}))["PasswordPolicy"].clone();
    assert_eq!(
        shown,
        json!({
            "MinimumPasswordLength": 12, "RequireSymbols": true, "RequireNumbers": false,
            "RequireUppercaseCharacters": true, "RequireLowercaseCharacters": false,
            "AllowUsersToChangePassword": false, "ExpirePasswords": true, "MaxPasswordAge": 90, "HardExpiry": false,
        })
    );
}

#[test]
fn limits_are_the_service_model_s() {
    let mut account = Sandbox::new();
    for (member, value, rule) in [
        ("MinimumPasswordLength", 5, "greater than or equal to 6"),
        ("MinimumPasswordLength", 129, "less than or equal to 128"),
        ("MaxPasswordAge", 1_096, "less than or equal to 1095"),
        ("PasswordReusePrevention", 0, "greater than or equal to 1"),
    ] {
        let refusal = account.error(ServiceName::Iam, POLICY, json!({ member: value }));
        assert!(
            refusal.starts_with("ValidationError: ") && refusal.contains(rule),
            "{member} {value}: {refusal}"
        );
    }
}

#[test]
fn a_policy_that_is_deleted_is_no_more() {
    let mut account = Sandbox::new();
    account.ok(ServiceName::Iam, POLICY, json!({}));
    account.ok(ServiceName::Iam, "DeleteAccountPasswordPolicy", json!({}));

    assert!(
        account.error(ServiceName::Iam, "DeleteAccountPasswordPolicy", json!({})).starts_with("NoSuchEntity")
    );
}
