use super::*;
use crate::aws::Principal;

const ROLE: &str = "arn:aws:iam::123456789012:role/reparateur";

/// An inspected account with the brakes rule and a role that may revoke what opens a port.
fn with_role(trusts: &str, actions: &str) -> Sandbox {
    let mut account = an_inspected_account();
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "Service": trusts }, "Action": "sts:AssumeRole" }] });
    let role = json!({ "RoleName": "reparateur", "AssumeRolePolicyDocument": trust.to_string() });
    account.ok(ServiceName::Iam, "CreateRole", role);
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": actions, "Resource": "*" }] });
    let put = json!({ "RoleName": "reparateur", "PolicyName": "p", "PolicyDocument": policy.to_string() });
    account.ok(ServiceName::Iam, "PutRolePolicy", put);
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    account
}

fn put_remediation(account: &mut Sandbox, automatic: bool) {
    put_document(account, ("AWS-DisablePublicAccessForSecurityGroup", "GroupId"), automatic);
}

fn put_document(account: &mut Sandbox, (document, parameter): (&str, &str), automatic: bool) {
    let mut remediation = json!({
        "ConfigRuleName": "freins",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": document,
        "Parameters": {
            parameter: { "ResourceValue": { "Value": "RESOURCE_ID" } },
            "AutomationAssumeRole": { "StaticValue": { "Values": [ROLE] } },
        },
        "Automatic": automatic,
    });
    if automatic {
        remediation["MaximumAutomaticAttempts"] = 2.into();
        remediation["RetryAttemptSeconds"] = 60.into();
    }
    account.ok(Config, "PutRemediationConfigurations", json!({ "RemediationConfigurations": [remediation] }));
}

fn open_port(account: &mut Sandbox) -> String {
    let group = json!({ "GroupName": "garage", "Description": "garage" });
    let id = account.ok(ServiceName::Ec2, "CreateSecurityGroup", group)["GroupId"]
        .as_str()
        .expect("it has an id")
        .to_owned();
    let permission =
        json!({ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] });
    let authorize = json!({ "GroupId": id, "IpPermissions": [permission] });
    account.ok(ServiceName::Ec2, "AuthorizeSecurityGroupIngress", authorize);
    id
}

fn state(account: &mut Sandbox) -> Value {
    let ask = json!({ "ConfigRuleName": "freins" });
    account.ok(Config, "DescribeRemediationExecutionStatus", ask)["RemediationExecutionStatuses"][0].clone()
}

#[test]
fn an_automatic_remediation_closes_the_port_by_its_role_and_the_rule_looks_again() {
    let mut account = with_role("ssm.amazonaws.com", "ec2:RevokeSecurityGroupIngress");
    put_remediation(&mut account, true);
    let group = open_port(&mut account);
    account.wait(60);

    assert_eq!(verdicts(&account).pop(), Some(("freins".into(), group, Compliance::Compliant)));
    let state = state(&mut account);
    assert_eq!(state["State"], "SUCCEEDED");
    let steps: Vec<(Value, Value)> = state["StepDetails"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|step| (step["Name"].clone(), step["State"].clone()))
        .collect();
    assert_eq!(steps[0], (json!("AssumeRole"), json!("SUCCEEDED")));
    assert_eq!(steps[1], (json!("DisableSSHFromV4"), json!("SUCCEEDED")));
    assert_eq!(steps[2], (json!("DisableSSHFromV6"), json!("FAILED")), "there was none, and it goes on");
    let records = account.payloads(HopPath::ApiTrail);
    let revoke = records.iter().find(|record| record["eventName"] == "RevokeSecurityGroupIngress");
    let identity = &revoke.expect("it is recorded")["userIdentity"];
    assert_eq!(identity["type"], "AssumedRole");
    assert!(identity["arn"].as_str().is_some_and(|arn| arn.contains("reparateur/Automation-")), "{identity}");
}

#[test]
fn the_chain_from_the_open_port_to_its_closing_has_a_cause_at_every_link() {
    let mut account = with_role("ssm.amazonaws.com", "ec2:RevokeSecurityGroupIngress");
    put_remediation(&mut account, true);
    open_port(&mut account);
    account.wait(60);

    let mut paths = Vec::new();
    let mut cause = account.hops(HopPath::ConfigApi)[1].cause;
    while let Cause::Hop(hop) = cause {
        let hop = account.ledger.hop(hop);
        paths.push(hop.path.as_str());
        cause = hop.cause;
    }
    assert_eq!(paths, ["config>api", "config>rule", "api>config"]);
}

#[test]
fn a_remediation_that_is_not_automatic_waits_and_says_so() {
    let mut account = with_role("ssm.amazonaws.com", "ec2:RevokeSecurityGroupIngress");
    put_remediation(&mut account, false);
    let group = open_port(&mut account);
    account.wait(60);
    assert!(account.hops(HopPath::ConfigApi).is_empty());
    assert_eq!(account.missed(HopPath::ConfigApi), [reasons::REMEDIATION_NOT_AUTOMATIC]);

    let key = json!({ "resourceType": "AWS::EC2::SecurityGroup", "resourceId": group });
    let answer = account.ok(
        Config,
        "StartRemediationExecution",
        json!({ "ConfigRuleName": "freins", "ResourceKeys": [key, { "resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-none" }] }),
    );
    assert_eq!(answer["FailedItems"][0]["resourceId"], "sg-none");
    account.wait(60);
    assert_eq!(verdicts(&account).pop(), Some(("freins".into(), group, Compliance::Compliant)));
}

#[test]
fn when_every_attempt_has_failed_the_resource_is_left_alone() {
    let mut account = with_role("ssm.amazonaws.com", "s3:*");
    let document = "AWSConfigRemediation-RemoveUnrestrictedSourceIngressRules";
    put_document(&mut account, (document, "SecurityGroupId"), true);
    let group = open_port(&mut account);
    account.wait(120);

    let state = state(&mut account);
    assert_eq!(state["State"], "FAILED");
    let error = state["StepDetails"][1]["ErrorMessage"].as_str().unwrap_or_default();
    assert!(error.starts_with("UnauthorizedOperation"), "{error}");
    assert_eq!(account.titles(HopPath::ConfigApi), ["AssumeRole", "DescribeSecurityGroups"].repeat(2));
    assert_eq!(account.missed(HopPath::ConfigApi), [reasons::RETRIES_EXHAUSTED]);
    let exceptions =
        account.ok(Config, "DescribeRemediationExceptions", json!({ "ConfigRuleName": "freins" }));
    assert_eq!(exceptions["RemediationExceptions"][0]["ResourceId"], json!(group));

    account.ok(Config, "StartConfigRulesEvaluation", json!({ "ConfigRuleNames": ["freins"] }));
    account.wait(60);
    assert_eq!(account.hops(HopPath::ConfigApi).len(), 4);
    assert!(account.missed(HopPath::ConfigApi).contains(&reasons::REMEDIATION_EXCEPTION));
}

#[test]
fn a_role_that_may_not_act_shows_in_the_step_and_the_port_stays_open() {
    let mut account = with_role("ssm.amazonaws.com", "s3:*");
    put_remediation(&mut account, true);
    let group = open_port(&mut account);
    account.wait(120);

    assert_eq!(verdicts(&account).pop(), Some(("freins".into(), group, Compliance::NonCompliant)));
    let refusals = account.refusals();
    assert!(refusals.iter().any(|refusal| refusal.starts_with("UnauthorizedOperation")), "{refusals:?}");
}

#[test]
fn world_wide_rules_are_found_before_they_are_removed() {
    let mut account = with_role("ssm.amazonaws.com", "ec2:*");
    let remediation = json!({
        "ConfigRuleName": "freins",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "AWSConfigRemediation-RemoveUnrestrictedSourceIngressRules",
        "Parameters": { "SecurityGroupId": { "ResourceValue": { "Value": "RESOURCE_ID" } } },
    });
    account.ok(Config, "PutRemediationConfigurations", json!({ "RemediationConfigurations": [remediation] }));
    let group = open_port(&mut account);
    account.wait(30);
    let start = json!({ "ConfigRuleName": "freins", "ResourceKeys": [
        { "resourceType": "AWS::EC2::SecurityGroup", "resourceId": group }] });
    account.ok(Config, "StartRemediationExecution", start);
    account.wait(30);

    let by: Vec<Value> = account.payloads(HopPath::ConfigApi).iter().map(|body| body["by"].clone()).collect();
    assert_eq!(by, ["installateur"; 2], "without a role of its own it acts as who started it");
    assert_eq!(verdicts(&account).pop(), Some(("freins".into(), group, Compliance::Compliant)));
}

#[test]
fn wrong_remediations_are_refused() {
    let mut account = with_role("ssm.amazonaws.com", "ec2:*");
    let put = |changes: Value| {
        let mut remediation = json!({
            "ConfigRuleName": "freins", "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-StopEC2Instance",
            "Parameters": { "InstanceId": { "ResourceValue": { "Value": "RESOURCE_ID" } } },
        });
        for (name, value) in changes.as_object().expect("an object") {
            remediation[name] = value.clone();
        }
        json!({ "RemediationConfigurations": [remediation] })
    };
    for (changes, says) in [
        (json!({ "ConfigRuleName": "pneus" }), "does not exist"),
        (json!({ "TargetId": "AWS-RestartEC2Instance" }), "not simulated by Vigie"),
        (json!({ "Automatic": true }), "needs the parameter AutomationAssumeRole"),
        (json!({ "Parameters": {} }), "The parameter InstanceId is required"),
        (
            json!({ "Parameters": { "Colour": { "StaticValue": { "Values": ["red"] } } } }),
            "no parameter Colour",
        ),
        (json!({ "RetryAttemptSeconds": 5 }), "automatic remediations only"),
    ] {
        let refusal = account.error(Config, "PutRemediationConfigurations", put(changes));
        assert!(refusal.contains(says), "{refusal}");
    }
    account.act_as(Principal::role("installateur", "deploy"));
    account.ok(Config, "PutRemediationConfigurations", put(json!({})));
    let in_use = account.error(Config, "DeleteConfigRule", json!({ "ConfigRuleName": "freins" }));
    assert!(in_use.starts_with("ResourceInUseException"), "{in_use}");
    account.ok(Config, "DeleteRemediationConfiguration", json!({ "ConfigRuleName": "freins" }));
    account.ok(Config, "DeleteConfigRule", json!({ "ConfigRuleName": "freins" }));
}
