//! Targets reached in the name of a role: IAM decides, before the target hears of it.

use serde_json::{Value, json};

use crate::aws::{HopPath, Note, ServiceName, note::Fate, testing::Sandbox};

pub(super) const ROLE: &str = "arn:aws:iam::123456789012:role/tour";
pub(super) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alertes";
const FAR: &str = "arn:aws:events:eu-west-3:123456789012:event-bus/default";

/// An account with a topic that lets nobody in, and a role that trusts `trusted` and may do `actions`.
pub(super) fn account(trusted: &str, actions: Value) -> Sandbox {
    let mut account = Sandbox::new();
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Service": trusted },
        "Action": "sts:AssumeRole",
    }] });
    let role = json!({ "RoleName": "tour", "AssumeRolePolicyDocument": trust.to_string() });
    account.ok(ServiceName::Iam, "CreateRole", role);
    if !actions.is_null() {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": actions,
            "Resource": "*",
        }] });
        let policy = json!({ "RoleName": "tour", "PolicyName": "p", "PolicyDocument": policy.to_string() });
        account.ok(ServiceName::Iam, "PutRolePolicy", policy);
    }
    account.ok(ServiceName::Sns, "CreateTopic", json!({ "Name": "alertes" }));
    let rule = json!({ "Name": "r-ville", "EventPattern": r#"{"source":["ville"]}"# });
    account.ok(ServiceName::EventBridge, "PutRule", rule);
    account
}

pub(super) fn target(account: &mut Sandbox, arn: &str, role: Option<&str>) {
    let mut target = json!({ "Id": "poste", "Arn": arn });
    if let Some(role) = role {
        target["RoleArn"] = role.into();
    }
    let targets = json!({ "Rule": "r-ville", "Targets": [target] });
    account.ok(ServiceName::EventBridge, "PutTargets", targets);
}

pub(super) fn put_event(account: &mut Sandbox) {
    let entry = json!({ "Source": "ville", "DetailType": "Pluie", "Detail": "{}" });
    account.ok(ServiceName::EventBridge, "PutEvents", json!({ "Entries": [entry] }));
    account.wait(5);
}

pub(super) fn dropped(account: &Sandbox) -> Vec<String> {
    let notes = account.ledger.notes().iter().filter_map(|note| match &note.body {
        Note::Fate { fate: Fate::Dropped(reason), .. } => Some(format!("{}: {}", reason.code, reason.detail)),
        _ => None,
    });
    notes.collect()
}

#[test]
fn a_topic_that_lets_nobody_in_refuses_eventbridge_itself() {
    let mut account = account("events.amazonaws.com", Value::Null);
    target(&mut account, TOPIC, None);

    put_event(&mut account);

    let [refusal] = &dropped(&account)[..] else { panic!("one drop") };
    assert!(refusal.starts_with("not-authorised: "), "{refusal}");
    assert!(refusal.to_ascii_lowercase().contains("sns:publish"), "{refusal}");
    assert_eq!(account.hops(HopPath::Drop).len(), 1);
}

#[test]
fn a_role_that_may_publish_needs_no_topic_policy() {
    let mut account = account("events.amazonaws.com", json!("sns:Publish"));
    target(&mut account, TOPIC, Some(ROLE));

    put_event(&mut account);

    assert_eq!(dropped(&account), Vec::<String>::new());
    assert_eq!(account.missed(HopPath::SnsSub), ["no-subscriber"]);
}

#[test]
fn a_role_that_may_not_is_refused_with_the_permission_it_lacks() {
    let mut account = account("events.amazonaws.com", json!("sqs:SendMessage"));
    target(&mut account, TOPIC, Some(ROLE));

    put_event(&mut account);

    let [refusal] = &dropped(&account)[..] else { panic!("one drop") };
    assert!(
        refusal.contains("assumed-role/tour/r-ville is not authorized to perform: SNS:Publish"),
        "{refusal}"
    );
}

#[test]
fn a_role_that_does_not_trust_eventbridge_cannot_be_used() {
    let mut account = account("lambda.amazonaws.com", json!("sns:Publish"));
    target(&mut account, TOPIC, Some(ROLE));

    put_event(&mut account);

    let [refusal] = &dropped(&account)[..] else { panic!("one drop") };
    assert!(refusal.starts_with("role-not-assumed"), "{refusal}");
    let told = account.hops(HopPath::Drop)[0].payload.body().into_owned();
    assert_eq!(told["ERROR_CODE"], "FAILED_TO_ASSUME_ROLE");
}

#[test]
fn an_event_is_forwarded_to_the_bus_of_another_region_by_a_role_that_may() {
    let mut account = account("events.amazonaws.com", json!("events:PutEvents"));
    target(&mut account, FAR, Some(ROLE));
    account.in_region("eu-west-3");
    let rule = json!({ "Name": "r-recu", "EventPattern": r#"{"source":["ville"]}"# });
    account.ok(ServiceName::EventBridge, "PutRule", rule);
    account.in_region("us-east-1");

    put_event(&mut account);

    let looks = account.payloads(HopPath::BusRule);
    let rules: Vec<&str> = looks.iter().map(|look| look["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["r-ville", "r-recu"]);
    let sent = &account.payloads(HopPath::BusBus)[0];
    assert_eq!((&sent["region"], &sent["account"]), (&json!("us-east-1"), &json!("123456789012")));
}

#[test]
fn a_buss_own_policy_may_deny_a_role_that_may() {
    let mut account = account("events.amazonaws.com", json!("events:PutEvents"));
    target(&mut account, FAR, Some(ROLE));
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "non",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": FAR,
    }] });
    account.in_region("eu-west-3");
    let permission = json!({ "Policy": policy.to_string() });
    account.ok(ServiceName::EventBridge, "PutPermission", permission);
    account.in_region("us-east-1");

    put_event(&mut account);

    let [refusal] = &dropped(&account)[..] else { panic!("one drop") };
    assert!(refusal.contains("explicit deny in a resource-based policy"), "{refusal}");
    let told = account.hops(HopPath::Drop)[0].payload.body().into_owned();
    assert_eq!(told["ERROR_CODE"], "NO_PERMISSIONS");
}

#[test]
fn a_user_may_put_events_where_the_buss_policy_lets_them() {
    let mut account = account("events.amazonaws.com", Value::Null);
    let entry = json!({ "Source": "ville", "DetailType": "Pluie", "Detail": "{}" });
    let entries = json!({ "Entries": [entry] });
    account.act_as_user("bruno", &[]);
    let refused = account.error(ServiceName::EventBridge, "PutEvents", entries.clone());
    assert!(refused.starts_with("AccessDeniedException"), "{refused}");

    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "bruno",
        "Effect": "Allow",
        "Principal": { "AWS": "arn:aws:iam::123456789012:user/bruno" },
        "Action": "events:PutEvents",
        "Resource": "arn:aws:events:us-east-1:123456789012:event-bus/default",
    }] });
    account.act_as(crate::aws::Principal::Root);
    account.ok(ServiceName::EventBridge, "PutPermission", json!({ "Policy": policy.to_string() }));
    account.act_as(crate::aws::Principal::user("bruno"));
    account.ok(ServiceName::EventBridge, "PutEvents", entries);
}
