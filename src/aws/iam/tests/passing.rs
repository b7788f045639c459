//! Handing a role to a service takes a permission of its own.

use super::*;

const LAMBDA: ServiceName = ServiceName::Lambda;
const ROLE: &str = "arn:aws:iam::123456789012:role/unite";

/// An account with a role for functions, and `dana`, who may do these things.
fn account(statements: Value) -> Sandbox {
    let mut account = Sandbox::new();
    account.ok(
        ServiceName::Iam,
        "CreateRole",
        json!({ "RoleName": "unite", "AssumeRolePolicyDocument": TRUST_LAMBDA }),
    );
    account.act_as_user("dana", &[]);
    let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    account.act_as(Principal::role(INSTALLER, "deploy"));
    account.ok(
        ServiceName::Iam,
        "PutUserPolicy",
        json!({ "UserName": "dana", "PolicyName": "work", "PolicyDocument": policy }),
    );
    account.act_as(Principal::user("dana"));
    account
}

fn allow(action: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": "*" })
}

fn pass_to(service: &str) -> Value {
    let mut statement = allow("iam:PassRole");
    statement["Condition"] = json!({ "StringEquals": { "iam:PassedToService": service } });
    statement
}

fn function() -> Value {
    json!({
        "FunctionName": "corrige-sg", "Role": ROLE, "Handler": "index.handler", "Runtime": "nodejs22.x",
        "Code": { "ZipFile": "exports.handler = async () => 1;" },
    })
}

#[test]
fn whoever_makes_a_function_needs_to_be_allowed_to_pass_its_role() {
    let mut account = account(json!([allow("lambda:*")]));

    assert_eq!(
        account.error(LAMBDA, "CreateFunction", function()),
        format!(
            "AccessDeniedException: User: arn:aws:iam::123456789012:user/dana is not authorized to perform: \
             iam:PassRole on resource: {ROLE} because no identity-based policy allows the iam:PassRole action"
        )
    );
    let records = account.payloads(HopPath::ApiTrail);
    let record =
        records.iter().find(|record| record["eventName"] == "CreateFunction20150331").expect("recorded");
    assert_eq!(record["errorCode"], "AccessDenied", "the call that failed is recorded, and no call of IAM");
    assert!(!records.iter().any(|record| record["eventName"] == "PassRole"));
}

#[test]
fn a_role_may_be_passed_to_some_services_only() {
    let mut to_events = account(json!([allow("lambda:*"), pass_to("events.amazonaws.com")]));
    assert!(to_events.error(LAMBDA, "CreateFunction", function()).contains("iam:PassRole"));

    let mut to_lambda = account(json!([allow("lambda:*"), pass_to("lambda.amazonaws.com")]));
    to_lambda.ok(LAMBDA, "CreateFunction", function());
}

#[test]
fn a_call_that_names_no_role_passes_none() {
    let mut account = account(json!([allow("events:*")]));
    account.ok(
        ServiceName::EventBridge,
        "PutRule",
        json!({ "Name": "r-sg", "EventPattern": r#"{"source":["aws.ec2"]}"# }),
    );
    let target = |role: Value| {
        let bus = "arn:aws:events:eu-west-3:123456789012:event-bus/default";
        json!({ "Rule": "r-sg", "Targets": [{ "Id": "ailleurs", "Arn": bus, "RoleArn": role }] })
    };

    let refusal = account.error(ServiceName::EventBridge, "PutTargets", target(json!(ROLE)));
    assert!(refusal.contains("iam:PassRole"), "{refusal}");
}
