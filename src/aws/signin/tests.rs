use serde_json::{Value, json};

use super::*;
use crate::aws::{HopPath, ServiceName, testing::Sandbox};
use crate::kernel::{Cause, InputId};

fn attempt(by: Principal, password: Password) -> SignIn {
    SignIn { by, password, mfa: None, source_ip: "203.0.113.24".into(), region: None }
}

fn signs_in(account: &mut Sandbox, attempt: &SignIn) -> Value {
    let cause = Cause::Input(InputId::from_index(0));
    account.with_outbox(cause, |account, out| account.sign_in(attempt, out));
    account.payloads(HopPath::ApiTrail).pop().expect("an attempt is always recorded")
}

fn with_dana() -> Sandbox {
    let mut account = Sandbox::new();
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "dana" }));
    account
}

#[test]
fn a_name_nobody_has_is_masked() {
    let record = signs_in(&mut with_dana(), &attempt(Principal::user("hunter2"), Password::Wrong));

    assert_eq!(record["userIdentity"]["userName"], "HIDDEN_DUE_TO_SECURITY_REASONS");
    assert_eq!(record["errorMessage"], "No username found in supplied account");
    assert!(!record.to_string().contains("hunter2"));
}

#[test]
fn a_failure_has_a_message_and_no_code_and_does_not_say_who_the_user_would_be() {
    let record = signs_in(&mut with_dana(), &attempt(Principal::user("dana"), Password::Wrong));

    assert_eq!(record["responseElements"], json!({ "ConsoleLogin": "Failure" }));
    assert_eq!(record.get("errorCode"), None);
    assert_eq!(record["userIdentity"].get("arn"), None);
}

#[test]
fn root_signs_in_in_virginia_whatever_page_they_opened() {
    let mut paris = attempt(Principal::Root, Password::Right);
    paris.region = Some(Region::new("eu-west-3"));

    assert_eq!(signs_in(&mut with_dana(), &paris)["awsRegion"], "us-east-1");
}

#[test]
fn a_user_signs_in_in_the_region_of_the_page_or_in_virginia() {
    let global = attempt(Principal::user("dana"), Password::Right);
    let paris = SignIn { region: Some(Region::new("eu-west-3")), ..global.clone() };

    assert_eq!(signs_in(&mut with_dana(), &global)["awsRegion"], "us-east-1");
    assert_eq!(signs_in(&mut with_dana(), &paris)["awsRegion"], "eu-west-3");
}

#[test]
fn a_second_factor_is_named_when_it_is_used() {
    let mut account = with_dana();
    let mut wish = attempt(Principal::user("dana"), Password::Right);
    assert_eq!(signs_in(&mut account, &wish)["additionalEventData"]["MFAUsed"], "No");

    wish.mfa = Some(true);
    let record = signs_in(&mut account, &wish);
    assert_eq!(record["additionalEventData"]["MFAIdentifier"], "arn:aws:iam::123456789012:mfa/dana");
    assert_eq!(record["additionalEventData"]["MFAUsed"], "Yes");
}

#[test]
fn somebody_federated_signs_in_as_a_session_of_a_role() {
    let record =
        signs_in(&mut with_dana(), &attempt(Principal::role("installateur", "claire"), Password::Right));

    assert_eq!(record["userIdentity"]["type"], "AssumedRole");
    assert_eq!(record["userIdentity"]["arn"], "arn:aws:sts::123456789012:assumed-role/installateur/claire");
    assert_eq!(record["additionalEventData"], json!({ "MobileVersion": "No", "MFAUsed": "No" }));
}

#[test]
fn a_console_session_began_with_the_sign_in() {
    let mut account = with_dana();
    account.wait(842);
    signs_in(&mut account, &SignIn { mfa: Some(true), ..attempt(Principal::user("dana"), Password::Right) });
    account.wait(300);
    account.act_as(Principal::user("dana")).from_console();
    let _ = account.call(ServiceName::Iam, "ListUsers", json!({}));

    let record = account.payloads(HopPath::ApiTrail).pop().unwrap_or_default();
    assert_eq!(
        record["userIdentity"]["sessionContext"]["attributes"],
        json!({ "creationDate": "2026-11-20T09:14:02Z", "mfaAuthenticated": "true" })
    );
}
