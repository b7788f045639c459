use serde_json::json;

use super::*;

const ARN: &str = "arn:aws:iam::123456789012:policy/look";

fn document(action: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
        .to_string()
}

fn with_policy() -> Sandbox {
    let mut account = Sandbox::new();
    let policy = json!({ "PolicyName": "look", "PolicyDocument": document("iam:ListRoles") });
    account.ok(ServiceName::Iam, "CreatePolicy", policy);
    account
}

fn version(action: &str, at_once: bool) -> Value {
    json!({ "PolicyArn": ARN, "PolicyDocument": document(action), "SetAsDefault": at_once })
}

#[test]
fn the_version_in_force_decides() {
    let mut account = with_policy();
    account.ok(ServiceName::Iam, "CreatePolicyVersion", version("iam:ListUsers", false));
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "claire" }));
    account.ok(ServiceName::Iam, "AttachUserPolicy", json!({ "UserName": "claire", "PolicyArn": ARN }));
    let installer = Principal::role(INSTALLER, "deploy");

    account.act_as(Principal::user("claire"));
    assert!(account.call(ServiceName::Iam, "ListUsers", json!({})).is_err());
    account.act_as(installer);
    account.ok(ServiceName::Iam, "SetDefaultPolicyVersion", json!({ "PolicyArn": ARN, "VersionId": "v2" }));
    account.act_as(Principal::user("claire"));
    assert!(account.call(ServiceName::Iam, "ListUsers", json!({})).is_ok());
}

#[test]
fn a_policy_has_five_versions_at_most_and_keeps_the_one_in_force() {
    let mut account = with_policy();
    for _ in 2..=5 {
        account.ok(ServiceName::Iam, "CreatePolicyVersion", version("iam:ListUsers", true));
    }
    let sixth = account.error(ServiceName::Iam, "CreatePolicyVersion", version("iam:ListUsers", true));
    let in_force = account.error(
        ServiceName::Iam,
        "DeletePolicyVersion",
        json!({ "PolicyArn": ARN, "VersionId": "v5" }),
    );
    account.ok(ServiceName::Iam, "DeletePolicyVersion", json!({ "PolicyArn": ARN, "VersionId": "v1" }));
    let next = account.ok(ServiceName::Iam, "CreatePolicyVersion", version("iam:ListUsers", false));

    assert!(sixth.starts_with("LimitExceeded"), "{sixth}");
    assert!(in_force.starts_with("DeleteConflict"), "{in_force}");
    assert_eq!(next["PolicyVersion"]["VersionId"], "v6", "numbers are never used again");
}

#[test]
fn a_policy_that_is_attached_cannot_be_deleted() {
    let mut account = with_policy();
    account.ok(ServiceName::Iam, "CreateGroup", json!({ "GroupName": "garde" }));
    account.ok(ServiceName::Iam, "AttachGroupPolicy", json!({ "GroupName": "garde", "PolicyArn": ARN }));

    let refusal = account.error(ServiceName::Iam, "DeletePolicy", json!({ "PolicyArn": ARN }));
    assert_eq!(refusal, "DeleteConflict: Cannot delete a policy attached to entities.");
    account.ok(ServiceName::Iam, "DetachGroupPolicy", json!({ "GroupName": "garde", "PolicyArn": ARN }));
    account.ok(ServiceName::Iam, "DeletePolicy", json!({ "PolicyArn": ARN }));
}

#[test]
fn policies_have_their_sizes() {
    let mut account = with_policy();
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "dana" }));
    let long = |letters: usize| document(&format!("iam:{}", "x".repeat(letters)));

    let managed = json!({ "PolicyName": "long", "PolicyDocument": long(6_144) });
    let inline = json!({ "UserName": "dana", "PolicyName": "long", "PolicyDocument": long(2_048) });
    assert_eq!(
        account.error(ServiceName::Iam, "CreatePolicy", managed),
        "LimitExceeded: Cannot exceed quota for PolicySize: 6144"
    );
    assert_eq!(
        account.error(ServiceName::Iam, "PutUserPolicy", inline),
        "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user dana"
    );
}

#[test]
fn inline_policies_are_read_listed_and_deleted() {
    let mut account = with_policy();
    account.ok(ServiceName::Iam, "CreateGroup", json!({ "GroupName": "garde" }));
    let name = json!({ "GroupName": "garde", "PolicyName": "p" });
    let put = json!({ "GroupName": "garde", "PolicyName": "p", "PolicyDocument": document("iam:ListUsers") });
    account.ok(ServiceName::Iam, "PutGroupPolicy", put);

    let read = account.ok(ServiceName::Iam, "GetGroupPolicy", name.clone());
    assert_eq!(read["PolicyDocument"]["Statement"][0]["Action"], "iam:ListUsers");
    let listed = account.ok(ServiceName::Iam, "ListGroupPolicies", json!({ "GroupName": "garde" }));
    assert_eq!(listed["PolicyNames"], json!(["p"]));
    account.ok(ServiceName::Iam, "DeleteGroupPolicy", name.clone());
    assert!(account.error(ServiceName::Iam, "GetGroupPolicy", name).starts_with("NoSuchEntity"));
}

#[test]
fn a_simulation_says_what_an_identitys_policies_would_say() {
    let mut account = Sandbox::new();
    account.act_as_user("bruno", &["PowerUserAccess"]);
    account.act_as(Principal::role(INSTALLER, "deploy"));
    let ask = json!({
        "PolicySourceArn": "arn:aws:iam::123456789012:user/bruno",
        "ActionNames": ["s3:PutObject", "iam:CreateUser"],
    });

    let answer = account.ok(ServiceName::Iam, "SimulatePrincipalPolicy", ask);
    let decisions: Vec<&str> = answer["EvaluationResults"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["EvalDecision"].as_str())
        .collect();
    assert_eq!(decisions, ["allowed", "implicitDeny"]);
}
