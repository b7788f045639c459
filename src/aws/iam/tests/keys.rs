use serde_json::json;

use super::*;

fn key_in_last_record(account: &Sandbox) -> String {
    let record = account.payloads(HopPath::ApiTrail).pop().unwrap();
    record["userIdentity"]["accessKeyId"].as_str().unwrap().to_owned()
}

#[test]
fn a_stolen_key_that_is_switched_off_opens_nothing_and_leaves_no_record() {
    let mut account = Sandbox::new();
    account.act_as_user("bruno", &["AdministratorAccess"]);
    account.ok(ServiceName::Iam, "ListUsers", json!({}));
    let key = key_in_last_record(&account);

    account.act_as(Principal::role(INSTALLER, "deploy"));
    let off = json!({ "UserName": "bruno", "AccessKeyId": key, "Status": "Inactive" });
    account.ok(ServiceName::Iam, "UpdateAccessKey", off);
    account.act_as(Principal::user("bruno")).forget();

    let error = account.call(ServiceName::Iam, "ListUsers", json!({})).unwrap_err();
    assert_eq!(&*error.code, "InvalidClientTokenId");
    assert!(account.payloads(HopPath::ApiTrail).is_empty());
    account.from_console();
    assert!(account.call(ServiceName::Iam, "ListUsers", json!({})).is_ok(), "a password is no key");
}

#[test]
fn a_user_signs_with_the_oldest_key_that_is_active() {
    let mut account = Sandbox::new();
    account.act_as_user("bruno", &["AdministratorAccess"]);
    let first =
        account.ok(ServiceName::Iam, "CreateAccessKey", json!({}))["AccessKey"]["AccessKeyId"].clone();
    let second =
        account.ok(ServiceName::Iam, "CreateAccessKey", json!({}))["AccessKey"]["AccessKeyId"].clone();
    assert_eq!(key_in_last_record(&account), first);

    account.ok(ServiceName::Iam, "DeleteAccessKey", json!({ "AccessKeyId": first }));
    account.ok(ServiceName::Iam, "ListAccessKeys", json!({}));
    assert_eq!(key_in_last_record(&account), second);
    let third = account.error(ServiceName::Iam, "DeleteAccessKey", json!({ "AccessKeyId": first }));
    assert!(third.starts_with("NoSuchEntity"), "{third}");
}

#[test]
fn a_second_factor_is_given_used_and_taken_away() {
    let mut account = Sandbox::new();
    account.act_as_user("dana", &["AdministratorAccess"]);
    let device = account.ok(
        ServiceName::Iam,
        "CreateVirtualMFADevice",
        json!({ "VirtualMFADeviceName": "dana-phone" }),
    );
    let serial = &device["VirtualMFADevice"]["SerialNumber"];
    let enable = |code: &str| json!({ "UserName": "dana", "SerialNumber": serial, "AuthenticationCode1": code, "AuthenticationCode2": "654321" });

    assert!(
        account
            .error(ServiceName::Iam, "EnableMFADevice", enable("12"))
            .starts_with("InvalidAuthenticationCode")
    );
    account.ok(ServiceName::Iam, "EnableMFADevice", enable("123456"));
    assert!(account.services().iam.has_mfa(&Principal::user("dana")));
    let listed = account.ok(ServiceName::Iam, "ListMFADevices", json!({}));
    assert_eq!(listed["MFADevices"][0]["SerialNumber"], *serial);
    let deactivate = json!({ "UserName": "dana", "SerialNumber": serial });
    account.ok(ServiceName::Iam, "DeactivateMFADevice", deactivate);
    assert!(!account.services().iam.has_mfa(&Principal::user("dana")));
    account.ok(ServiceName::Iam, "DeleteVirtualMFADevice", json!({ "SerialNumber": serial }));
}

#[test]
fn a_policy_may_ask_for_a_second_factor() {
    let mut account = Sandbox::new();
    account.act_as_user("dana", &["AdministratorAccess"]);
    let deny = r#"{"Statement":{"Effect":"Deny","Action":"iam:CreateUser","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}}"#;
    let policy = json!({ "UserName": "dana", "PolicyName": "mfa", "PolicyDocument": deny });
    account.ok(ServiceName::Iam, "PutUserPolicy", policy);

    account.from_console();
    assert!(account.call(ServiceName::Iam, "CreateUser", json!({ "UserName": "x" })).is_err());
    account.services_mut().iam.set_mfa("dana");
    assert!(account.call(ServiceName::Iam, "CreateUser", json!({ "UserName": "x" })).is_ok());
}
