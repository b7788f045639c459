use serde_json::json;

use super::*;
use crate::aws::{HopPath, Moment, Via, testing::Sandbox};
use crate::kernel::SimTime;

mod keys;
mod managed_policies;
mod narrowed;
mod passing;
mod passwords;

fn moment() -> Moment {
    let utc = DateTime::parse_from_rfc3339("2026-11-20T09:14:27Z").unwrap().to_utc();
    Moment { now: SimTime::START, utc }
}

const ALLOW_STOP: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}}"#;
const TRUST_LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

#[test]
fn every_managed_policy_is_a_policy_and_is_found_by_its_name() {
    for (arn, policy) in managed::all() {
        assert_eq!(managed::arn_of(policy.name), Some(arn));
        assert!(PolicyDocument::parse_as(PolicyKind::Identity, &policy.text.into()).is_ok(), "{arn}");
    }
    assert_eq!(
        managed::arn_of("ViewOnlyAccess"),
        Some("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess")
    );
}

#[test]
fn a_user_without_policies_may_do_nothing() {
    let mut account = Sandbox::new();
    account.act_as_user("mallory", &[]);

    assert_eq!(
        account.error(
            ServiceName::Iam,
            "AttachUserPolicy",
            json!({ "UserName": "mallory", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" })
        ),
        "AccessDenied: User: arn:aws:iam::123456789012:user/mallory is not authorized to perform: \
         iam:AttachUserPolicy on resource: user mallory because no identity-based policy allows the \
         iam:AttachUserPolicy action"
    );
}

#[test]
fn anybody_may_ask_who_they_are() {
    let mut account = Sandbox::new();
    account.act_as_user("mallory", &[]);

    let answer = account.ok(ServiceName::Sts, "GetCallerIdentity", json!({}));

    assert_eq!(answer["Arn"], "arn:aws:iam::123456789012:user/mallory");
    assert_eq!(answer["UserId"].as_str().map(str::len), Some(21));
}

#[test]
fn a_power_user_may_do_anything_but_manage_identities() {
    let mut account = Sandbox::new();
    account.act_as_user("bruno", &["PowerUserAccess"]);

    assert!(account.call(ServiceName::Iam, "ListRoles", json!({})).is_ok());
    assert!(
        account.error(ServiceName::Iam, "CreateUser", json!({ "UserName": "x" })).starts_with("AccessDenied")
    );
}

#[test]
fn an_explicit_deny_wins_over_administrator_access_and_says_so() {
    let mut account = Sandbox::new();
    account.act_as_user("bruno", &["AdministratorAccess"]);
    let deny = r#"{"Statement":{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"}}"#;
    account.ok(
        ServiceName::Iam,
        "PutUserPolicy",
        json!({ "UserName": "bruno", "PolicyName": "no-list", "PolicyDocument": deny }),
    );

    assert_eq!(
        account.error(ServiceName::Iam, "ListUsers", json!({})),
        "AccessDenied: User: arn:aws:iam::123456789012:user/bruno is not authorized to perform: iam:ListUsers \
         on resource: arn:aws:iam::123456789012:user/ with an explicit deny in an identity-based policy"
    );
}

#[test]
fn a_groups_policies_speak_for_its_users() {
    let mut account = Sandbox::new();
    account.ok(ServiceName::Iam, "CreateGroup", json!({ "GroupName": "readers" }));
    let arn = managed::arn_of("IAMReadOnlyAccess").unwrap();
    account.ok(ServiceName::Iam, "AttachGroupPolicy", json!({ "GroupName": "readers", "PolicyArn": arn }));
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "claire" }));
    account.ok(ServiceName::Iam, "AddUserToGroup", json!({ "GroupName": "readers", "UserName": "claire" }));

    account.act_as(Principal::user("claire"));

    assert!(account.call(ServiceName::Iam, "ListUsers", json!({})).is_ok());
    assert!(account.call(ServiceName::Iam, "DeleteUser", json!({ "UserName": "claire" })).is_err());
}

#[test]
fn somebody_the_account_does_not_know_is_not_let_in_and_leaves_no_record() {
    let mut account = Sandbox::new();
    account.act_as(Principal::user("nobody"));

    let error = account.call(ServiceName::Iam, "ListUsers", json!({})).unwrap_err();

    assert_eq!(&*error.code, "InvalidClientTokenId");
    assert!(error.malformed);
}

#[test]
fn a_refusal_of_ec2_carries_an_encoded_message() {
    let mut account = Sandbox::new();
    account.act_as_user("mallory", &[]);
    let by = Principal::user("mallory");
    let request = AuthorisationRequest {
        account_id: "123456789012",
        by: &by,
        service: ServiceName::Ec2,
        action: "RunInstances",
        resources: vec!["arn:aws:ec2:us-east-1:123456789012:instance/*".to_owned()],
        resource_policy: None,
        source_ip: "203.0.113.24",
        region: &Region::new("us-east-1"),
    };

    let error = account.services().iam.authorise(&request).unwrap_err();

    assert_eq!(&*error.code, "UnauthorizedOperation");
    let (said, encoded) = error.message.split_once(" Encoded authorization failure message: ").unwrap();
    assert_eq!(
        said,
        "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/mallory is not \
         authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:us-east-1:123456789012:instance/* \
         because no identity-based policy allows the ec2:RunInstances action."
    );
    assert!(encoded.len() > 400);
}

#[test]
fn a_resource_policy_may_let_in_a_user_whose_own_policies_are_silent() {
    let mut account = Sandbox::new();
    account.act_as_user("mallory", &[]);
    let by = Principal::user("mallory");
    let request = |policy: Value| AuthorisationRequest {
        account_id: "123456789012",
        by: &by,
        service: ServiceName::S3,
        action: "GetObject",
        resources: vec!["arn:aws:s3:::box/a".to_owned()],
        resource_policy: Some(policy),
        source_ip: "203.0.113.24",
        region: account.account.home(),
    };
    let policy = |effect: &str| json!({ "Statement": { "Effect": effect, "Principal": "*", "Action": "s3:GetObject", "Resource": "*" } });
    let iam = &account.services().iam;

    assert!(iam.authorise(&request(policy("Allow"))).is_ok());
    let refusal = iam.authorise(&request(policy("Deny"))).unwrap_err().message;
    assert!(
        refusal.ends_with(
            "on resource: \"arn:aws:s3:::box/a\" with an explicit deny in a resource-based policy"
        )
    );
}

#[test]
fn a_role_is_taken_on_only_by_whom_it_trusts() {
    let mut account = Sandbox::new();
    account.act_as_user("bruno", &[]).act_as(Principal::role(INSTALLER, "deploy"));
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/bruno"},"Action":"sts:AssumeRole"}}"#;
    account.ok(
        ServiceName::Iam,
        "CreateRole",
        json!({ "RoleName": "deploy", "AssumeRolePolicyDocument": trust }),
    );
    let wish = json!({ "RoleArn": "arn:aws:iam::123456789012:role/deploy", "RoleSessionName": "s1" });

    account.act_as_user("amina", &["AdministratorAccess"]);
    let refused = account.error(ServiceName::Sts, "AssumeRole", wish.clone());
    account.act_as(Principal::user("bruno"));
    let granted = account.ok(ServiceName::Sts, "AssumeRole", wish);

    assert_eq!(
        refused,
        "AccessDenied: User: arn:aws:iam::123456789012:user/amina is not authorized to perform: sts:AssumeRole on \
         resource: arn:aws:iam::123456789012:role/deploy"
    );
    assert_eq!(granted["AssumedRoleUser"]["Arn"], "arn:aws:sts::123456789012:assumed-role/deploy/s1");
}

#[test]
fn a_role_that_trusts_the_account_wants_the_callers_policies_to_allow_it_too() {
    let mut account = Sandbox::new();
    let trust =
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}"#;
    account.ok(
        ServiceName::Iam,
        "CreateRole",
        json!({ "RoleName": "deploy", "AssumeRolePolicyDocument": trust }),
    );
    let wish = json!({ "RoleArn": "arn:aws:iam::123456789012:role/deploy", "RoleSessionName": "s1" });

    account.act_as_user("bruno", &[]);
    assert!(account.call(ServiceName::Sts, "AssumeRole", wish.clone()).is_err());
    account.act_as_user("amina", &["AdministratorAccess"]);
    assert!(account.call(ServiceName::Sts, "AssumeRole", wish).is_ok());
}

#[test]
fn a_session_of_a_role_may_do_what_the_roles_policies_allow() {
    let mut account = Sandbox::new();
    account.ok(
        ServiceName::Iam,
        "CreateRole",
        json!({ "RoleName": "fixer", "AssumeRolePolicyDocument": TRUST_LAMBDA }),
    );
    account.ok(
        ServiceName::Iam,
        "PutRolePolicy",
        json!({ "RoleName": "fixer", "PolicyName": "look", "PolicyDocument": ALLOW_STOP }),
    );
    account.act_as(Principal::role("fixer", "corrige-sg"));

    assert!(account.call(ServiceName::Iam, "GetRole", json!({ "RoleName": "fixer" })).is_ok());
    assert!(account.error(ServiceName::Iam, "GetUser", json!({ "UserName": "x" })).contains(
        "User: arn:aws:sts::123456789012:assumed-role/fixer/corrige-sg is not authorized to perform: iam:GetUser"
    ));
}

#[test]
fn the_identity_of_a_user_and_of_a_session_are_worded_as_in_real_records() {
    let mut account = Sandbox::new();
    account.act_as_user("dana", &["IAMReadOnlyAccess"]);
    let iam = &account.services().iam;
    let via = Via::cli("203.0.113.24");

    let user = iam.user_identity(&Principal::user("dana"), &via, None, "123456789012", moment());
    let console = Via { console: true, ..via.clone() };
    let signed_in = iam.user_identity(&Principal::user("dana"), &console, None, "123456789012", moment());
    let session =
        iam.user_identity(&Principal::role("installateur", "deploy"), &via, None, "123456789012", moment());
    let service = iam.user_identity(
        &Principal::service("lambda.amazonaws.com"),
        &Via::service("lambda.amazonaws.com"),
        None,
        "123456789012",
        moment(),
    );

    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&user), "type principalId arn accountId accessKeyId userName");
    assert_eq!(user["arn"], "arn:aws:iam::123456789012:user/dana");
    assert!(user["principalId"].as_str().unwrap().starts_with("AIDA"));
    assert!(user["accessKeyId"].as_str().unwrap().starts_with("AKIA"));
    assert_eq!(keys(&signed_in), "type principalId arn accountId accessKeyId userName sessionContext");
    assert!(signed_in["accessKeyId"].as_str().unwrap().starts_with("ASIA"));
    assert_eq!(
        signed_in["sessionContext"],
        json!({ "attributes": { "creationDate": "2026-11-20T09:00:00Z", "mfaAuthenticated": "false" } })
    );
    assert_eq!(keys(&session), "type principalId arn accountId accessKeyId sessionContext");
    assert_eq!(session["arn"], "arn:aws:sts::123456789012:assumed-role/installateur/deploy");
    assert_eq!(
        session["sessionContext"]["sessionIssuer"]["arn"],
        "arn:aws:iam::123456789012:role/installateur"
    );
    assert_eq!(service, json!({ "type": "AWSService", "invokedBy": "lambda.amazonaws.com" }));
}

#[test]
fn what_is_missing_or_already_there_is_said_in_the_words_of_iam() {
    let mut account = Sandbox::new();
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "dana" }));

    assert_eq!(
        account.error(ServiceName::Iam, "GetUser", json!({ "UserName": "dan" })),
        "NoSuchEntity: The user with name dan cannot be found."
    );
    assert_eq!(
        account.error(ServiceName::Iam, "CreateUser", json!({ "UserName": "dana" })),
        "EntityAlreadyExists: User with name dana already exists."
    );
    assert_eq!(
        account.error(
            ServiceName::Iam,
            "AttachUserPolicy",
            json!({ "UserName": "dana", "PolicyArn": "arn:aws:iam::aws:policy/Nope" })
        ),
        "NoSuchEntity: Policy arn:aws:iam::aws:policy/Nope does not exist or is not attachable."
    );
    assert_eq!(
        account.error(
            ServiceName::Iam,
            "PutUserPolicy",
            json!({ "UserName": "dana", "PolicyName": "p", "PolicyDocument": "{" })
        ),
        "MalformedPolicyDocument: Syntax errors in policy."
    );
}

#[test]
fn a_user_with_policies_left_cannot_be_deleted() {
    let mut account = Sandbox::new();
    account.act_as_user("dana", &["ViewOnlyAccess"]);
    account.act_as(Principal::Root);

    assert_eq!(
        account.error(ServiceName::Iam, "DeleteUser", json!({ "UserName": "dana" })),
        "DeleteConflict: Cannot delete entity, must detach all policies first."
    );
}

#[test]
fn a_missing_user_is_recorded_by_the_name_of_the_exception() {
    let mut account = Sandbox::new();
    account.error(ServiceName::Iam, "GetUser", json!({ "UserName": "dan" }));

    let record = account.payloads(HopPath::ApiTrail).pop().unwrap();

    assert_eq!(record["errorCode"], "NoSuchEntityException");
}

#[test]
fn a_password_for_the_console_never_shows_in_a_record() {
    let mut account = Sandbox::new();
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "bruno" }));
    account.ok(
        ServiceName::Iam,
        "CreateLoginProfile",
        json!({ "UserName": "bruno", "Password": "correct-horse", "PasswordResetRequired": true }),
    );

    let record = account.payloads(HopPath::ApiTrail).pop().unwrap();

    assert_eq!(record["responseElements"]["loginProfile"]["userName"], "bruno");
    assert!(!record.to_string().contains("correct-horse"));
}
