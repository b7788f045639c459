//! The account does what each sample shows, and what it writes has the sample's shape, field by field.

mod shapes;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shapes::assert_same_shape;
use vigie::{
    aws::{
        ApiCall, ApiOutcome, HopPath, Principal, Profile, Region,
        ServiceName::{self, CloudTrail, CloudWatch, Config, Ec2, EventBridge, Iam, Sns},
        Via,
        signin::{Password, SignIn},
    },
    engine::{Engine, Setup, Stimulus},
    kernel::SimDuration,
};

/// An account in which `dana` may do everything and `mallory` nothing.
fn account() -> Engine {
    let mut engine = Engine::new(Setup {
        account_id: "123456789012".into(),
        home: Region::new("us-east-1"),
        epoch: "2026-11-20T09:00:00Z".parse::<DateTime<Utc>>().expect("it is RFC 3339"),
        seed: 1,
        profile: Profile::Classroom,
    });
    for (operation, parameters) in [
        ("CreateUser", json!({ "UserName": "dana" })),
        ("CreateUser", json!({ "UserName": "mallory" })),
        (
            "AttachUserPolicy",
            json!({ "UserName": "dana", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" }),
        ),
    ] {
        asks(&mut engine, Principal::Root, Iam, operation, parameters).expect("root may do everything");
    }
    engine
}

fn does(engine: &mut Engine, service: ServiceName, operation: &str, parameters: Value) -> Value {
    asks(engine, Principal::user("dana"), service, operation, parameters)
        .unwrap_or_else(|error| panic!("{operation}: {error}"))
}

fn asks(
    engine: &mut Engine,
    by: Principal,
    service: ServiceName,
    operation: &str,
    parameters: Value,
) -> ApiOutcome {
    let call = ApiCall {
        by,
        via: Via::cli("203.0.113.24"),
        region: Region::new("us-east-1"),
        service,
        operation: operation.into(),
        parameters,
    };
    engine.call(call, None).1
}

fn wait(engine: &mut Engine, seconds: u64) {
    engine.run_until(engine.now().after(SimDuration::from_secs(seconds)));
}

/// What the last hop of a path carried.
fn last(engine: &Engine, path: HopPath) -> Value {
    let hop = engine.ledger().hops().iter().rfind(|hop| hop.path == path);
    hop.unwrap_or_else(|| panic!("nothing travelled {path}")).payload.body().into_owned()
}

fn a_trail(engine: &mut Engine) {
    does(
        engine,
        CloudTrail,
        "CreateTrail",
        json!({
            "Name": "org-audit",
            "S3BucketName": "audit-logs-123456789012",
            "IncludeGlobalServiceEvents": true,
            "IsMultiRegionTrail": true,
            "EnableLogFileValidation": true,
        }),
    );
}

#[test]
fn making_a_trail_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);

    assert_same_shape(
        &last(&engine, HopPath::ApiTrail),
        "ct-cloudtrail-CreateTrail",
        &[("requestParameters.isOrganizationTrail", "the sample's caller sent it")],
    );
}

#[test]
fn selecting_events_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    let selector = json!({
        "ReadWriteType": "All",
        "IncludeManagementEvents": true,
        "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::example-data-123456789012/"] }],
        "ExcludeManagementEventSources": [],
    });
    let parameters = json!({ "TrailName": "org-audit", "EventSelectors": [selector] });
    does(&mut engine, CloudTrail, "PutEventSelectors", parameters);

    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-cloudtrail-PutEventSelectors", &[]);
}

#[test]
fn stopping_a_trail_is_recorded_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    does(&mut engine, CloudTrail, "StopLogging", json!({ "Name": "org-audit" }));

    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-cloudtrail-StopLogging", &[]);
}

#[test]
fn an_act_reaches_the_bus_in_the_envelope_of_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    does(&mut engine, CloudTrail, "StartLogging", json!({ "Name": "org-audit" }));

    assert_same_shape(
        &last(&engine, HopPath::TrailBus),
        "eb-api-call-via-cloudtrail",
        &[
            ("detail.requestParameters", "another act than the sample's"),
            ("detail.responseElements", "another act than the sample's"),
        ],
    );
}

#[test]
fn looking_events_up_answers_as_in_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    wait(&mut engine, 10);
    let mut answer = does(&mut engine, CloudTrail, "LookupEvents", json!({ "MaxResults": 1 }));
    if let Some(members) = answer.as_object_mut() {
        members.shift_remove("NextToken");
    }

    assert_same_shape(&answer, "ct-LookupEvents-response", &[]);
}

/// A recorder that is on, one rule for the trail to break, and a topic in the delivery channel.
fn a_recorder(engine: &mut Engine) {
    let recorder = json!({ "name": "default", "roleARN": "arn:aws:iam::123456789012:role/config" });
    does(engine, Config, "PutConfigurationRecorder", json!({ "ConfigurationRecorder": recorder }));
    let topic = "arn:aws:sns:us-east-1:123456789012:security-alerts";
    let channel =
        json!({ "name": "default", "s3BucketName": "audit-logs-123456789012", "snsTopicARN": topic });
    does(engine, Config, "PutDeliveryChannel", json!({ "DeliveryChannel": channel }));
    does(engine, Config, "StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
}

#[test]
fn making_a_rule_and_stopping_the_recorder_are_recorded_as_in_the_samples() {
    let mut engine = account();
    a_recorder(&mut engine);
    let rule = json!({
        "ConfigRuleName": "restricted-ssh",
        "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" },
        "Scope": { "ComplianceResourceTypes": ["AWS::EC2::SecurityGroup"] },
    });
    does(&mut engine, Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-config-PutConfigRule", &[]);

    let stop = json!({ "ConfigurationRecorderName": "default" });
    does(&mut engine, Config, "StopConfigurationRecorder", stop);
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-config-StopConfigurationRecorder", &[]);
}

#[test]
fn a_change_of_a_resource_reaches_the_bus_as_in_the_sample() {
    const OTHER: &str = "another type of resource than the sample's";
    let mut engine = account();
    a_recorder(&mut engine);
    a_trail(&mut engine);
    wait(&mut engine, 20);
    does(&mut engine, CloudTrail, "StartLogging", json!({ "Name": "org-audit" }));
    wait(&mut engine, 20);

    assert_same_shape(
        &last(&engine, HopPath::ConfigBus),
        "eb-config-configuration-item-change",
        &[
            ("detail.configurationItemDiff.changedProperties", OTHER),
            ("detail.configurationItem.configuration", OTHER),
            ("detail.configurationItem.relationships", OTHER),
            ("detail.configurationItem.tags", OTHER),
        ],
    );
}

/// A group, and an instance in it: their ids.
fn a_street(engine: &mut Engine) -> (String, String) {
    let tags =
        json!([{ "ResourceType": "security-group", "Tags": [{ "Key": "CostCenter", "Value": "4711" }] }]);
    let vpcs = does(engine, Ec2, "DescribeSecurityGroups", json!({}));
    let group = does(
        engine,
        Ec2,
        "CreateSecurityGroup",
        json!({
            "GroupName": "web-tier",
            "Description": "web tier ingress",
            "VpcId": vpcs["SecurityGroups"][0]["VpcId"],
            "TagSpecifications": tags,
        }),
    );
    let group = group["GroupId"].as_str().unwrap_or_default().to_owned();
    assert_same_shape(&last(engine, HopPath::ApiTrail), "ct-ec2-CreateSecurityGroup", &[]);

    let launch = does(
        engine,
        Ec2,
        "RunInstances",
        json!({
            "ImageId": "ami-0123456789abcdef0",
            "InstanceType": "t3.micro",
            "MinCount": 1,
            "MaxCount": 1,
            "SecurityGroupIds": [group],
            "TagSpecifications": [{ "ResourceType": "instance", "Tags": [{ "Key": "Name", "Value": "web-1" }] }],
        }),
    );
    let instance = launch["Instances"][0]["InstanceId"].as_str().unwrap_or_default().to_owned();
    (group, instance)
}

fn ssh(group: &str) -> Value {
    let range = json!({ "CidrIp": "0.0.0.0/0", "Description": "temporary ssh" });
    let permission = json!({ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [range] });
    json!({ "GroupId": group, "IpPermissions": [permission] })
}

#[test]
fn edits_of_a_security_group_are_recorded_as_in_the_samples() {
    let mut engine = account();
    let (group, _) = a_street(&mut engine);

    does(&mut engine, Ec2, "AuthorizeSecurityGroupIngress", ssh(&group));
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-ec2-AuthorizeSecurityGroupIngress", &[]);

    does(&mut engine, Ec2, "RevokeSecurityGroupIngress", ssh(&group));
    assert_same_shape(
        &last(&engine, HopPath::ApiTrail),
        "ct-ec2-RevokeSecurityGroupIngress",
        &[
            ("userIdentity", "the sample's caller is a function"),
            ("requestParameters.ipPermissions.items[].ipRanges.items[].description", "sent again here"),
        ],
    );

    let refusal =
        asks(&mut engine, Principal::user("dana"), Ec2, "DeleteSecurityGroup", json!({ "GroupId": group }));
    assert!(refusal.is_err(), "an instance is in it");
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-ec2-DeleteSecurityGroup-dependency", &[]);
}

#[test]
fn the_life_of_an_instance_is_recorded_as_in_the_samples() {
    const NO_INTERFACE: &str = "the sample's caller described the network interface";
    let mut engine = account();
    let (_, instance) = a_street(&mut engine);
    assert_same_shape(
        &last(&engine, HopPath::ApiTrail),
        "ct-ec2-RunInstances",
        &[
            ("requestParameters.networkInterfaceSet", NO_INTERFACE),
            ("requestParameters.groupSet", NO_INTERFACE),
            ("requestParameters.subnetId", NO_INTERFACE),
            (
                "responseElements.instancesSet.items[].networkInterfaceSet.items[].tagSet",
                "network interfaces have no tags of their own here",
            ),
        ],
    );
    wait(&mut engine, 30);

    let tag = json!({ "Resources": [instance], "Tags": [{ "Key": "CostCenter", "Value": "4711" }] });
    does(&mut engine, Ec2, "CreateTags", tag);
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-ec2-CreateTags", &[]);

    does(&mut engine, Ec2, "StopInstances", json!({ "InstanceIds": [instance] }));
    assert_same_shape(
        &last(&engine, HopPath::ApiTrail),
        "ct-ec2-StopInstances",
        &[
            ("userIdentity", "the sample's caller was at the console"),
            ("sessionCredentialFromConsole", "the sample's caller was at the console"),
        ],
    );
}

#[test]
fn a_refused_launch_is_recorded_as_in_the_sample() {
    let mut engine = account();
    let launch = json!({
        "ImageId": "ami-0123456789abcdef0", "InstanceType": "p5.48xlarge", "MinCount": 5, "MaxCount": 5,
    });
    let outcome = asks(&mut engine, Principal::user("mallory"), Ec2, "RunInstances", launch);

    assert!(outcome.is_err(), "mallory may do nothing");
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-ec2-RunInstances-unauthorized", &[]);
}

#[test]
fn acts_on_identities_are_recorded_as_in_the_samples() {
    let mut engine = account();
    does(&mut engine, Iam, "CreateUser", json!({ "UserName": "ci-bot", "Path": "/" }));
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-iam-CreateUser", &[]);

    does(&mut engine, Iam, "CreateAccessKey", json!({ "UserName": "ci-bot" }));
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-iam-CreateAccessKey", &[]);

    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = json!({
        "RoleName": "sg-remediator", "AssumeRolePolicyDocument": trust, "Path": "/", "MaxSessionDuration": 3600,
    });
    does(&mut engine, Iam, "CreateRole", role);
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-iam-CreateRole", &[]);

    let grant = json!({ "UserName": "mallory", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" });
    let outcome = asks(&mut engine, Principal::user("mallory"), Iam, "AttachUserPolicy", grant);
    assert!(outcome.is_err(), "mallory may do nothing");
    assert_same_shape(&last(&engine, HopPath::ApiTrail), "ct-iam-AttachUserPolicy-denied", &[]);
}

#[test]
fn rules_topics_and_alarms_are_recorded_as_in_the_samples() {
    let mut engine = account();
    let cases = [
        (Sns, "CreateTopic", json!({ "Name": "security-alerts" }), "ct-sns-CreateTopic"),
        (
            Sns,
            "Subscribe",
            json!({
                "TopicArn": "arn:aws:sns:us-east-1:123456789012:security-alerts",
                "Protocol": "email",
                "Endpoint": "garde@ville.example",
            }),
            "ct-sns-Subscribe",
        ),
        (
            EventBridge,
            "PutRule",
            json!({
                "Name": "sg-open-ssh",
                "EventBusName": "default",
                "State": "ENABLED",
                "EventPattern": "{\"source\":[\"aws.ec2\"]}",
            }),
            "ct-events-PutRule",
        ),
        (
            EventBridge,
            "PutTargets",
            json!({
                "Rule": "sg-open-ssh",
                "EventBusName": "default",
                "Targets": [{
                    "Id": "remediate",
                    "Arn": "arn:aws:lambda:us-east-1:123456789012:function:remediate-ssh",
                }],
            }),
            "ct-events-PutTargets",
        ),
        (
            CloudWatch,
            "PutMetricAlarm",
            json!({
                "AlarmName": "root-login",
                "AlarmDescription": "root account used",
                "ActionsEnabled": true,
                "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:security-alerts"],
                "MetricName": "RootLoginCount",
                "Namespace": "Security",
                "Statistic": "Sum",
                "Dimensions": [],
                "Period": 300,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
            }),
            "ct-monitoring-PutMetricAlarm",
        ),
    ];
    for (service, operation, parameters, sample) in cases {
        does(&mut engine, service, operation, parameters);
        assert_same_shape(&last(&engine, HopPath::ApiTrail), sample, &[]);
    }
}

#[test]
fn an_opened_port_is_judged_and_told_as_in_the_samples() {
    let mut engine = account();
    a_recorder(&mut engine);
    let rule = json!({
        "ConfigRuleName": "restricted-ssh", "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" },
    });
    does(&mut engine, Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    let (group, _) = a_street(&mut engine);
    wait(&mut engine, 30);
    does(&mut engine, Ec2, "AuthorizeSecurityGroupIngress", ssh(&group));
    wait(&mut engine, 30);

    assert_same_shape(&last(&engine, HopPath::ConfigBus), "eb-config-rules-compliance-change", &[]);
    let us_east_1 = Region::new("us-east-1");
    let config = &engine.account().services().config;
    let item =
        config.items(&us_east_1, "AWS::EC2::SecurityGroup", &group).last().expect("the group is recorded");
    assert_same_shape(&item.json, "config-ci-security-group", &[]);
}

#[test]
fn an_alarm_tells_the_bus_as_in_the_sample() {
    let mut engine = account();
    does(
        &mut engine,
        CloudWatch,
        "PutMetricAlarm",
        json!({
            "AlarmName": "root-login",
            "AlarmDescription": "root account used",
            "MetricName": "RootLoginCount",
            "Namespace": "Security",
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        }),
    );
    wait(&mut engine, 60);
    let datum = json!({ "MetricName": "RootLoginCount", "Value": 1 });
    let data = json!({ "Namespace": "Security", "MetricData": [datum] });
    does(&mut engine, CloudWatch, "PutMetricData", data);
    wait(&mut engine, 120);

    let event = last(&engine, HopPath::AlarmBus);
    assert_same_shape(&event, "eb-cloudwatch-alarm-state-change", &[]);
    let reason = event["detail"]["state"]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("Threshold Crossed: 1 datapoint [1.0 ("), "{reason}");
    assert!(reason.ends_with(")] was greater than or equal to the threshold (1.0)."), "{reason}");
}

fn signs_in(engine: &mut Engine, by: Principal, password: Password, mfa: bool) -> Value {
    let attempt = SignIn { by, password, mfa: Some(mfa), source_ip: "203.0.113.24".into(), region: None };
    engine.push(Stimulus::SignIn(attempt), None);
    last(engine, HopPath::ApiTrail)
}

#[test]
fn sign_ins_are_recorded_as_in_the_samples() {
    let mut engine = account();
    for (by, password, mfa, sample) in [
        (Principal::user("dana"), Password::Right, true, "ct-signin-ConsoleLogin-success-mfa"),
        (Principal::user("dana"), Password::Wrong, false, "ct-signin-ConsoleLogin-failure"),
        (Principal::user("dqna"), Password::Wrong, false, "ct-signin-ConsoleLogin-failure-unknown-user"),
        (Principal::Root, Password::Right, false, "ct-signin-ConsoleLogin-root-no-mfa"),
    ] {
        assert_same_shape(&signs_in(&mut engine, by, password, mfa), sample, &[]);
    }
}

#[test]
fn a_sign_in_reaches_the_bus_in_the_envelope_of_the_sample() {
    let mut engine = account();
    a_trail(&mut engine);
    does(&mut engine, CloudTrail, "StartLogging", json!({ "Name": "org-audit" }));
    signs_in(&mut engine, Principal::Root, Password::Right, false);

    let event = last(&engine, HopPath::TrailBus);
    assert_same_shape(&event, "eb-console-signin", &[]);
    assert_eq!(event["detail-type"], "AWS Console Sign In via CloudTrail");
}
