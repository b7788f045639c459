use serde_json::json;

use super::*;

const DANA: PrincipalRef<'static> = PrincipalRef::Aws {
    arn: "arn:aws:iam::111122223333:user/dana",
    role_arn: None,
    account_id: "111122223333",
};

fn judge(policy: Value, principal: PrincipalRef<'_>, action: &str, resource: &str) -> Verdict {
    judge_with(policy, principal, action, resource, &PolicyContext::default())
}

fn judge_with(
    policy: Value,
    principal: PrincipalRef<'_>,
    action: &str,
    resource: &str,
    context: &PolicyContext,
) -> Verdict {
    PolicyDocument::parse(&policy).unwrap().judge(&PolicyRequest { principal, action, resource, context })
}

fn allow(condition: Value) -> Value {
    json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}})
}

fn holds(condition: Value, context: &PolicyContext) -> bool {
    judge_with(allow(condition), DANA, "s3:GetObject", "*", context) == Verdict::Allow
}

#[test]
fn an_explicit_deny_wins_over_any_allow_whatever_their_order() {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "ec2:Stop*", "Resource": "*"},
        {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
    ]});

    assert_eq!(judge(policy.clone(), DANA, "ec2:StopInstances", "*"), Verdict::Deny);
    assert_eq!(judge(policy.clone(), DANA, "ec2:StartInstances", "*"), Verdict::Allow);
    assert_eq!(judge(policy, DANA, "s3:GetObject", "*"), Verdict::Silent);
}

#[test]
fn actions_ignore_case_and_resources_do_not() {
    let policy =
        json!({"Statement": {"Effect": "Allow", "Action": "S3:getobject", "Resource": "arn:aws:s3:::Box/*"}});

    assert_eq!(judge(policy.clone(), DANA, "s3:GetObject", "arn:aws:s3:::Box/a"), Verdict::Allow);
    assert_eq!(judge(policy, DANA, "s3:GetObject", "arn:aws:s3:::box/a"), Verdict::Silent);
}

#[test]
fn not_action_allows_all_but_what_it_names() {
    let policy =
        json!({"Statement": {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}});

    assert_eq!(judge(policy.clone(), DANA, "ec2:RunInstances", "*"), Verdict::Allow);
    assert_eq!(judge(policy, DANA, "iam:CreateUser", "*"), Verdict::Silent);
}

#[test]
fn a_wildcard_takes_any_run_of_characters_and_a_question_mark_one() {
    assert!(glob::matches("a*c*e", "abcde"));
    assert!(glob::matches("*", ""));
    assert!(glob::matches("i-?bc", "i-abc"));
    assert!(!glob::matches("i-?bc", "i-bc"));
    assert!(!glob::matches("a*d", "abc"));
    assert!(glob::matches("*aab", "aaaab"));
}

#[test]
fn a_service_principal_is_let_in_by_name_or_by_everybody() {
    let named = json!({"Statement": {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-3:111122223333:alertes"}});
    let anyone = json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": "sns:Publish", "Resource": "*"}});
    let topic = "arn:aws:sns:eu-west-3:111122223333:alertes";

    let events = PrincipalRef::Service("events.amazonaws.com");
    assert_eq!(judge(named.clone(), events, "sns:Publish", topic), Verdict::Allow);
    let s3 = PrincipalRef::Service("s3.amazonaws.com");
    assert_eq!(judge(named, s3, "sns:Publish", topic), Verdict::Silent);
    assert_eq!(judge(anyone, s3, "sns:Publish", topic), Verdict::Allow);
}

#[test]
fn naming_an_account_in_a_resource_policy_delegates_but_does_not_grant() {
    let policy = |effect| {
        json!({"Statement": {"Effect": effect, "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "s3:GetObject", "Resource": "*"}})
    };

    assert_eq!(judge(policy("Allow"), DANA, "s3:GetObject", "*"), Verdict::Silent);
    assert_eq!(judge(policy("Deny"), DANA, "s3:GetObject", "*"), Verdict::Deny);
}

#[test]
fn a_role_session_is_named_by_its_role_too() {
    let policy = json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/corrige"},
        "Action": "s3:GetObject", "Resource": "*"}});
    let session = PrincipalRef::Aws {
        arn: "arn:aws:sts::111122223333:assumed-role/corrige/f",
        role_arn: Some("arn:aws:iam::111122223333:role/corrige"),
        account_id: "111122223333",
    };

    assert_eq!(judge(policy, session, "s3:GetObject", "*"), Verdict::Allow);
}

#[test]
fn a_missing_key_fails_an_operator_unless_it_negates_or_says_if_exists() {
    let empty = PolicyContext::default();

    assert!(!holds(json!({"StringEquals": {"aws:SourceAccount": "1"}}), &empty));
    assert!(holds(json!({"StringNotEquals": {"aws:SourceAccount": "1"}}), &empty));
    assert!(holds(json!({"StringEqualsIfExists": {"aws:SourceAccount": "1"}}), &empty));
    assert!(holds(json!({"Null": {"aws:SourceAccount": "true"}}), &empty));
    assert!(!holds(json!({"Null": {"aws:SourceAccount": "false"}}), &empty));
}

#[test]
fn values_of_a_key_are_alternatives_and_keys_must_all_hold() {
    let context = PolicyContext::default().with("aws:SourceAccount", "2").with("aws:SourceIp", "10.1.2.3");

    assert!(holds(json!({"StringEquals": {"AWS:sourceaccount": ["1", "2"]}}), &context));
    assert!(!holds(
        json!({"StringEquals": {"aws:SourceAccount": "2"}, "IpAddress": {"aws:SourceIp": "192.168.0.0/16"}}),
        &context
    ));
    assert!(holds(json!({"IpAddress": {"aws:SourceIp": ["192.168.0.0/16", "10.0.0.0/8"]}}), &context));
    assert!(!holds(json!({"StringNotEquals": {"aws:SourceAccount": ["1", "2"]}}), &context));
}

#[test]
fn an_arn_is_compared_part_by_part() {
    let context =
        PolicyContext::default().with("aws:SourceArn", "arn:aws:events:eu-west-3:111122223333:rule/r-sg");

    assert!(holds(json!({"ArnLike": {"aws:SourceArn": "arn:aws:events:*:111122223333:rule/*"}}), &context));
    assert!(!holds(json!({"ArnLike": {"aws:SourceArn": "arn:aws:*:rule/r-sg"}}), &context));
    assert!(holds(
        json!({"ArnEquals": {"aws:SourceArn": "arn:aws:events:eu-west-3:111122223333:rule/r-sg"}}),
        &context
    ));
}

#[test]
fn booleans_numbers_and_dates_are_compared_as_what_they_are() {
    let context = PolicyContext::default()
        .with("aws:SecureTransport", "true")
        .with("s3:max-keys", "10")
        .with("aws:CurrentTime", "2026-03-02T09:00:00Z");

    assert!(holds(json!({"Bool": {"aws:SecureTransport": true}}), &context));
    assert!(holds(json!({"NumericLessThanEquals": {"s3:max-keys": 10}}), &context));
    assert!(holds(json!({"DateGreaterThan": {"aws:CurrentTime": "2026-03-01T00:00:00Z"}}), &context));
    assert!(!holds(json!({"DateLessThan": {"aws:CurrentTime": "2026-03-01"}}), &context));
}

#[test]
fn a_policy_variable_becomes_the_callers_own_value() {
    let policy = json!({"Statement": {"Effect": "Allow", "Action": "iam:CreateAccessKey",
        "Resource": "arn:aws:iam::111122223333:user/${aws:username}"}});
    let dana = PolicyContext::default().with("aws:username", "dana");
    let resource = "arn:aws:iam::111122223333:user/dana";

    assert_eq!(judge_with(policy.clone(), DANA, "iam:CreateAccessKey", resource, &dana), Verdict::Allow);
    assert_eq!(judge(policy, DANA, "iam:CreateAccessKey", resource), Verdict::Silent);
}

#[test]
fn a_policy_is_public_when_it_lets_everybody_in_and_nothing_pins_who() {
    let public = |condition: Value| {
        PolicyDocument::parse(
            &json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": "*", "Condition": condition}}),
        )
        .unwrap()
        .is_public()
    };

    assert!(public(json!({})));
    assert!(!public(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})));
    assert!(public(json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})));
    assert!(public(json!({"StringLike": {"aws:PrincipalOrgID": "*"}})));
}

#[test]
fn what_is_not_a_policy_is_refused_with_a_reason() {
    let error = |document: Value| PolicyDocument::parse(&document).unwrap_err();

    assert_eq!(error(json!("{")), PolicyError::Syntax);
    assert_eq!(error(json!({"Statement": []})), PolicyError::Syntax);
    assert_eq!(error(json!({"Statement": {"Effect": "Allow", "Resource": "*"}})), PolicyError::NoActions);
    assert_eq!(error(json!({"Statement": {"Action": "*", "Resource": "*"}})), PolicyError::NoEffect);
    assert_eq!(error(json!({"Statement": {"Effect": "Allow", "Action": "Publish"}})), PolicyError::NoVendor);
    assert_eq!(
        error(json!({"Statement": {"Effect": "Allow", "Action": "*", "Wish": 1}})),
        PolicyError::Syntax
    );
    assert_eq!(
        PolicyDocument::parse_as(
            PolicyKind::Resource,
            &json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
        ),
        Err(PolicyError::NoPrincipal)
    );
}
