use serde_json::json;

use super::*;

const ONLY_READS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"}]}"#;
const NO_LIST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"}]}"#;

fn bounded_by(document: &str) -> Sandbox {
    let mut account = Sandbox::new();
    account.ok(ServiceName::Iam, "CreatePolicy", json!({ "PolicyName": "edge", "PolicyDocument": document }));
    account.act_as_user("bruno", &["AdministratorAccess"]);
    let boundary = "arn:aws:iam::123456789012:policy/edge";
    let parameters = json!({ "UserName": "bruno", "PermissionsBoundary": boundary });
    account.ok(ServiceName::Iam, "PutUserPermissionsBoundary", parameters);
    account
}

#[test]
fn a_boundary_must_allow_what_the_policies_allow() {
    let mut account = bounded_by(ONLY_READS);

    assert!(account.call(ServiceName::Iam, "ListUsers", json!({})).is_ok());
    assert!(account.error(ServiceName::Iam, "CreateUser", json!({ "UserName": "x" })).ends_with(
        "on resource: arn:aws:iam::123456789012:user/x because no permissions boundary allows the iam:CreateUser action"
    ));
}

#[test]
fn a_boundary_may_deny() {
    let refusal = bounded_by(NO_LIST).error(ServiceName::Iam, "ListUsers", json!({}));

    assert!(refusal.ends_with("with an explicit deny in a permissions boundary"), "{refusal}");
}

#[test]
fn a_boundary_gives_nothing_by_itself() {
    let mut account = Sandbox::new();
    let user = json!({ "UserName": "bruno", "PermissionsBoundary": managed::ADMINISTRATOR });
    account.ok(ServiceName::Iam, "CreateUser", user);
    account.act_as(Principal::user("bruno"));

    let refusal = account.error(ServiceName::Iam, "ListUsers", json!({}));
    assert!(refusal.contains("because no identity-based policy allows"), "{refusal}");
}

fn a_deployer() -> Sandbox {
    let mut account = Sandbox::new();
    let trust =
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}"#;
    let role = json!({ "RoleName": "deploy", "AssumeRolePolicyDocument": trust, "MaxSessionDuration": 7200 });
    account.ok(ServiceName::Iam, "CreateRole", role);
    let grant = json!({ "RoleName": "deploy", "PolicyArn": managed::ADMINISTRATOR });
    account.ok(ServiceName::Iam, "AttachRolePolicy", grant);
    account.act_as_user("bruno", &["AdministratorAccess"]);
    account
}

fn assume(more: &Value) -> Value {
    let mut wish =
        json!({ "RoleArn": "arn:aws:iam::123456789012:role/deploy", "RoleSessionName": "bruno-laptop" });
    for (key, value) in more.as_object().into_iter().flatten() {
        wish[key] = value.clone();
    }
    wish
}

#[test]
fn a_session_policy_narrows_what_the_role_may_do() {
    let mut account = a_deployer();
    account.ok(ServiceName::Sts, "AssumeRole", assume(&json!({ "Policy": ONLY_READS })));
    account.act_as(Principal::role("deploy", "bruno-laptop"));

    assert!(account.call(ServiceName::Iam, "ListUsers", json!({})).is_ok());
    let refusal = account.error(ServiceName::Iam, "CreateUser", json!({ "UserName": "x" }));
    assert!(refusal.ends_with("because no session policy allows the iam:CreateUser action"), "{refusal}");
}

#[test]
fn credentials_of_a_session_expire_and_their_use_leaves_no_record() {
    let mut account = a_deployer();
    account.ok(ServiceName::Sts, "AssumeRole", assume(&json!({ "DurationSeconds": 900 })));
    account.act_as(Principal::role("deploy", "bruno-laptop"));
    account.wait(899);
    assert!(account.call(ServiceName::Iam, "ListUsers", json!({})).is_ok());
    account.wait(1).forget();

    let error = account.call(ServiceName::Iam, "ListUsers", json!({})).unwrap_err();
    assert_eq!(&*error.code, "ExpiredToken");
    assert!(account.payloads(HopPath::ApiTrail).is_empty());
}

#[test]
fn a_session_lasts_no_longer_than_the_role_says_and_an_hour_when_roles_are_chained() {
    let mut account = a_deployer();
    let too_long =
        account.error(ServiceName::Sts, "AssumeRole", assume(&json!({ "DurationSeconds": 10_000 })));
    account.act_as(Principal::role("deploy", "bruno-laptop"));
    let chained = account.error(ServiceName::Sts, "AssumeRole", assume(&json!({ "DurationSeconds": 7_200 })));

    assert!(too_long.contains("exceeds the MaxSessionDuration set for this role"), "{too_long}");
    assert!(chained.contains("1 hour session limit for roles assumed by role chaining"), "{chained}");
}

#[test]
fn a_record_of_a_session_says_when_it_began_and_under_what_name() {
    let mut account = a_deployer();
    account.wait(134);
    account.ok(ServiceName::Sts, "AssumeRole", assume(&json!({})));
    account.wait(60);
    account.act_as(Principal::role("deploy", "bruno-laptop"));
    account.ok(ServiceName::Iam, "ListUsers", json!({}));

    let record = account.payloads(HopPath::ApiTrail).pop().unwrap();
    let identity = &record["userIdentity"];
    assert_eq!(identity["arn"], "arn:aws:sts::123456789012:assumed-role/deploy/bruno-laptop");
    assert_eq!(identity["sessionContext"]["attributes"]["creationDate"], "2026-11-20T09:02:14Z");
    assert!(!record.to_string().contains("bruno\""), "the record does not know the person");
}

#[test]
fn root_may_not_take_on_a_role() {
    let mut account = a_deployer();
    account.act_as(Principal::Root);

    assert_eq!(
        account.error(ServiceName::Sts, "AssumeRole", assume(&json!({}))),
        "AccessDenied: Roles may not be assumed by root accounts."
    );
}

#[test]
fn a_service_takes_on_a_role_that_trusts_it_and_no_other() {
    let mut account = Sandbox::new();
    let role = json!({ "RoleName": "fixer", "AssumeRolePolicyDocument": TRUST_LAMBDA });
    account.ok(ServiceName::Iam, "CreateRole", role);
    let wish = json!({ "RoleArn": "arn:aws:iam::123456789012:role/fixer", "RoleSessionName": "corrige-sg" });

    account.act_as(Principal::service("events.amazonaws.com"));
    assert!(account.error(ServiceName::Sts, "AssumeRole", wish.clone()).starts_with("AccessDenied"));
    account.act_as(Principal::service("lambda.amazonaws.com"));
    assert!(account.call(ServiceName::Sts, "AssumeRole", wish).is_ok());
}

#[test]
fn a_trust_policy_may_ask_for_an_external_id() {
    let mut account = Sandbox::new();
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole",
        "Condition":{"StringEquals":{"sts:ExternalId":"sesame"}}}}"#;
    let role = json!({ "RoleName": "deploy", "AssumeRolePolicyDocument": trust });
    account.ok(ServiceName::Iam, "CreateRole", role);
    account.act_as_user("bruno", &["AdministratorAccess"]);

    assert!(account.call(ServiceName::Sts, "AssumeRole", assume(&json!({}))).is_err());
    assert!(account.call(ServiceName::Sts, "AssumeRole", assume(&json!({ "ExternalId": "sesame" }))).is_ok());
}

#[test]
fn a_trust_policy_names_only_who_is_there() {
    let mut account = Sandbox::new();
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/ghost"},"Action":"sts:AssumeRole"}}"#;

    assert_eq!(
        account.error(
            ServiceName::Iam,
            "CreateRole",
            json!({ "RoleName": "r", "AssumeRolePolicyDocument": trust })
        ),
        "MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:user/ghost\""
    );
}

#[test]
fn a_bucket_may_deny_even_root_but_not_its_hand_on_the_policy() {
    let root = Principal::Root;
    let policy =
        json!({ "Statement": { "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" } });
    let account = Sandbox::new();
    let ask = |action| {
        let request = AuthorisationRequest {
            account_id: "123456789012",
            by: &root,
            service: ServiceName::S3,
            action,
            resources: vec!["arn:aws:s3:::box".to_owned()],
            resource_policy: Some(policy.clone()),
            source_ip: "203.0.113.24",
            region: account.account.home(),
        };
        account.services().iam.authorise(&request).is_ok()
    };

    assert!(!ask("GetBucketAcl"));
    assert!(ask("DeleteBucketPolicy"));
}
