use std::sync::Arc;

use serde_json::{Value, json};

use super::{casing, ec2, errors, s3, touched};
use crate::aws::{
    ApiCall, ApiError, Principal, Region, ServiceName, Via, service::TrailShape, testing::Sandbox,
};
use crate::kernel::{Cause, InputId};

fn sample(name: &str) -> Value {
    let path = format!("{}/tests/samples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).expect("samples are JSON")
}

fn call(service: ServiceName, operation: &str, parameters: Value) -> ApiCall {
    ApiCall {
        by: Principal::user("dana"),
        via: Via::cli("203.0.113.24"),
        region: Region::new("eu-west-1"),
        service,
        operation: operation.into(),
        parameters,
    }
}

#[test]
fn ec2_wraps_its_lists_and_repeats_the_request_id() {
    let real = sample("ct-ec2-AuthorizeSecurityGroupIngress");
    let parameters = json!({
        "GroupId": "sg-0f1e2d3c4b5a69788",
        "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
            "IpRanges": [{ "CidrIp": "0.0.0.0/0", "Description": "temporary ssh" }] }],
    });
    let answer = json!({ "Return": true, "SecurityGroupRules": [{
        "SecurityGroupRuleId": "sgr-0aa11bb22cc33dd44", "GroupId": "sg-0f1e2d3c4b5a69788",
        "GroupOwnerId": "123456789012", "IsEgress": false, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "CidrIpv4": "0.0.0.0/0", "Description": "temporary ssh",
    }]});

    let id = "024f3e04-e4ad-48d8-a69f-b5e4835100e8";
    let worded =
        ec2::word("AuthorizeSecurityGroupIngress", &parameters, Some(&answer), id, &TrailShape::default());

    assert_eq!(worded.request, real["requestParameters"]);
    assert_eq!(worded.response, real["responseElements"]);
    let first = worded.response.as_object().and_then(|members| members.keys().next());
    assert_eq!(first.map(String::as_str), Some("requestId"));
}

#[test]
fn tags_and_states_read_as_in_real_ec2_records() {
    let real = sample("ct-ec2-CreateTags");
    let parameters =
        json!({ "Resources": ["i-0abcdef1234567890"], "Tags": [{ "Key": "CostCenter", "Value": "4711" }] });
    let id = "adb3f29f-2763-49ec-a4db-e244fdfcf249";

    let worded = ec2::word("CreateTags", &parameters, Some(&json!({})), id, &TrailShape::default());

    assert_eq!(worded.request, real["requestParameters"]);
    assert_eq!(worded.response, real["responseElements"]);
}

#[test]
fn stopping_an_instance_answers_both_states() {
    let real = sample("ct-ec2-StopInstances");
    let parameters = json!({ "InstanceIds": ["i-0abcdef1234567890"], "Force": false });
    let answer = json!({ "StoppingInstances": [{
        "InstanceId": "i-0abcdef1234567890",
        "CurrentState": { "Code": 64, "Name": "stopping" }, "PreviousState": { "Code": 16, "Name": "running" },
    }]});
    let id = "bf22a9be-d06c-4a29-ade5-1f69d33a5ef6";

    let worded = ec2::word("StopInstances", &parameters, Some(&answer), id, &TrailShape::default());

    assert_eq!(worded.request, real["requestParameters"]);
    assert_eq!(worded.response, real["responseElements"]);
}

#[test]
fn a_new_group_is_described_as_in_real_records() {
    let real = sample("ct-ec2-CreateSecurityGroup");
    let tags = json!([{ "Key": "CostCenter", "Value": "4711" }]);
    let parameters = json!({
        "GroupName": "web-tier", "Description": "web tier ingress", "VpcId": "vpc-0a1b2c3d4e5f60718",
        "TagSpecifications": [{ "ResourceType": "security-group", "Tags": tags }],
    });
    let answer =
        json!({ "GroupId": "sg-0f1e2d3c4b5a69788", "Tags": tags, "SecurityGroupArn": "arn:aws:ec2:…" });
    let id = "2bca9ce3-4808-4f95-a94c-fc771bf2e08f";

    let worded = ec2::word("CreateSecurityGroup", &parameters, Some(&answer), id, &TrailShape::default());

    assert_eq!(worded.request, real["requestParameters"]);
    assert_eq!(worded.response, real["responseElements"]);
}

#[test]
fn an_edit_of_rules_is_recorded_as_the_xml_it_was_sent_as() {
    let parameters = json!({ "GroupId": "sg-1", "SecurityGroupRules": [
        { "SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": { "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22 } },
    ]});

    let worded = ec2::word(
        "ModifySecurityGroupRules",
        &parameters,
        Some(&json!({ "Return": true })),
        "id",
        &TrailShape::default(),
    );

    let rule = &worded.request["ModifySecurityGroupRulesRequest"]["SecurityGroupRule"];
    assert_eq!(rule["SecurityGroupRule"]["FromPort"], 22);
    assert_eq!(rule["tag"], 1);
    assert_eq!(worded.response["ModifySecurityGroupRulesResponse"]["return"], true);
}

#[test]
fn s3_names_the_bucket_its_host_and_the_sub_resource() {
    for (operation, parameters, name) in [
        (
            "PutPublicAccessBlock",
            json!({ "Bucket": "example-data-123456789012", "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true, "IgnorePublicAcls": true,
                "BlockPublicPolicy": true, "RestrictPublicBuckets": true } }),
            "ct-s3-PutBucketPublicAccessBlock",
        ),
        (
            "PutBucketPolicy",
            json!({ "Bucket": "example-data-123456789012", "Policy": r#"{"Version":"2012-10-17","Statement":[
                {"Sid":"PublicRead","Effect":"Allow","Principal":"*","Action":"s3:GetObject",
                 "Resource":"arn:aws:s3:::example-data-123456789012/*"}]}"# }),
            "ct-s3-PutBucketPolicy",
        ),
        (
            "CreateBucket",
            json!({ "Bucket": "example-data-123456789012",
                "CreateBucketConfiguration": { "LocationConstraint": "eu-west-1" } }),
            "ct-s3-CreateBucket",
        ),
    ] {
        let real = sample(name);
        let call = call(ServiceName::S3, operation, parameters);

        let cause = Cause::Input(InputId::from_index(0));
        let worded = Sandbox::new()
            .with_outbox(cause, |_, out| s3::word(operation_name(operation), &call, &Ok(Value::Null), out));

        assert_eq!(worded.request, real["requestParameters"], "{name}");
        assert_eq!(
            s3::resources(&call, "123456789012").expect("it has a bucket"),
            real["resources"],
            "{name}"
        );
        assert_eq!(
            s3::host(&call),
            real["tlsDetails"]["clientProvidedHostHeader"].as_str().unwrap_or_default()
        );
    }
}

fn operation_name(name: &str) -> &'static str {
    ["PutPublicAccessBlock", "PutBucketPolicy", "CreateBucket"]
        .into_iter()
        .find(|known| *known == name)
        .expect("the cases above")
}

#[test]
fn other_services_only_lower_the_first_letter() {
    let rds = json!({ "DBInstanceIdentifier": "orders", "MultiAZ": false, "MasterUserPassword": "s3cret" });
    let answer =
        json!({ "DBInstance": { "DbiResourceId": "db-1", "IAMDatabaseAuthenticationEnabled": false } });

    assert_eq!(
        casing::spell(ServiceName::Rds, &rds),
        json!({ "dBInstanceIdentifier": "orders", "multiAZ": false, "masterUserPassword": casing::HIDDEN })
    );
    assert_eq!(
        casing::spell_answer(ServiceName::Rds, &answer),
        json!({ "dbiResourceId": "db-1", "iAMDatabaseAuthenticationEnabled": false })
    );
}

#[test]
fn iam_writes_dates_as_text_and_policies_percent_encoded() {
    let real = sample("ct-iam-CreateRole");
    let answer = json!({ "Role": {
        "Path": "/", "RoleName": "sg-remediator", "RoleId": "AROAEXAMPLESGREMEDI0",
        "Arn": "arn:aws:iam::123456789012:role/sg-remediator", "CreateDate": "2026-11-20T09:32:00+00:00",
        "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }] },
    }});

    assert_eq!(casing::spell_answer(ServiceName::Iam, &answer), real["responseElements"]);
}

#[test]
fn secrets_never_reach_a_record() {
    let key =
        json!({ "AccessKey": { "AccessKeyId": "AKIA1", "SecretAccessKey": "s3cret", "Status": "Active" } });
    let mail = json!({ "TopicArn": "arn:aws:sns:…", "Protocol": "email", "Endpoint": "garde@ville.example" });

    assert_eq!(
        casing::spell_answer(ServiceName::Iam, &key),
        json!({ "accessKey": { "accessKeyId": "AKIA1", "status": "Active" } })
    );
    assert_eq!(casing::spell(ServiceName::Sns, &mail)["endpoint"], casing::HIDDEN);
}

#[test]
fn a_refusal_reads_access_denied_but_in_ec2() {
    let refusal = ApiError::refused("AccessDeniedException", "no");
    let dependency = ApiError::client("DependencyViolation", "in use");

    assert_eq!(errors::code(ServiceName::Lambda, &refusal), "AccessDenied");
    assert_eq!(errors::code(ServiceName::Ec2, &refusal), "Client.UnauthorizedOperation");
    assert_eq!(errors::code(ServiceName::Ec2, &dependency), "Client.DependencyViolation");
}

#[test]
fn long_texts_are_cut_after_a_kilobyte_and_never_inside_a_letter() {
    let long = "é".repeat(1_000);

    assert_eq!(errors::capped(&long).len(), 1_024);
    assert_eq!(errors::capped(&format!("a{long}")).len(), 1_023);
}

#[test]
fn an_edit_of_a_group_is_found_by_the_group() {
    let call = call(
        ServiceName::Ec2,
        "AuthorizeSecurityGroupIngress",
        json!({ "GroupId": "sg-1", "IpPermissions": [{ "UserIdGroupPairs": [{ "GroupId": "sg-2" }] }] }),
    );

    let touched = touched::by(&call, &Ok(json!({ "SecurityGroupRules": [{ "GroupId": "sg-1" }] })), false);

    let names: Vec<&str> = touched.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["sg-1", "sg-2"]);
}

#[test]
fn a_launch_is_found_by_the_instance_it_made_first() {
    let call = call(
        ServiceName::Ec2,
        "RunInstances",
        json!({ "ImageId": "ami-1", "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1"] }),
    );

    let touched = touched::by(&call, &Ok(json!({ "Instances": [{ "InstanceId": "i-1" }] })), false);

    assert_eq!(touched[0].name, Arc::from("i-1"));
    assert_eq!(touched[0].resource_type, "AWS::EC2::Instance");
}
