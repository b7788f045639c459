//! EC2's, RDS's and S3's samples.

use serde_json::{Value, json};
use vigie::{
    aws::{
        HopPath, Principal,
        ServiceName::{Ec2, Rds, S3},
    },
    engine::Engine,
};

use crate::shapes::assert_same_shape;

use super::desk::{a_logging_trail, account, asks, asks_from, does, last, record, wait};

/// A group, and an instance in it: their ids.
pub fn a_street(engine: &mut Engine) -> (String, String) {
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
    assert_same_shape(&record(engine), "ct-ec2-CreateSecurityGroup", &[]);

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

pub fn ssh(group: &str) -> Value {
    let range = json!({ "CidrIp": "0.0.0.0/0", "Description": "temporary ssh" });
    let permission = json!({ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [range] });
    json!({ "GroupId": group, "IpPermissions": [permission] })
}

#[test]
fn edits_of_a_security_group_are_recorded_as_in_the_samples() {
    let mut engine = account();
    let (group, _) = a_street(&mut engine);

    does(&mut engine, Ec2, "AuthorizeSecurityGroupIngress", ssh(&group));
    assert_same_shape(&record(&engine), "ct-ec2-AuthorizeSecurityGroupIngress", &[]);

    does(&mut engine, Ec2, "RevokeSecurityGroupIngress", ssh(&group));
    assert_same_shape(
        &record(&engine),
        "ct-ec2-RevokeSecurityGroupIngress",
        &[
            ("userIdentity", "the sample's caller is a function"),
            ("requestParameters.ipPermissions.items[].ipRanges.items[].description", "sent again here"),
        ],
    );

    let refusal =
        asks(&mut engine, Principal::user("dana"), Ec2, "DeleteSecurityGroup", json!({ "GroupId": group }));
    assert!(refusal.is_err(), "an instance is in it");
    assert_same_shape(&record(&engine), "ct-ec2-DeleteSecurityGroup-dependency", &[]);
}

#[test]
fn the_life_of_an_instance_is_recorded_as_in_the_samples() {
    const NO_INTERFACE: &str = "the sample's caller described the network interface";
    let mut engine = account();
    let (_, instance) = a_street(&mut engine);
    assert_same_shape(
        &record(&engine),
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
    assert_same_shape(&record(&engine), "ct-ec2-CreateTags", &[]);

    does(&mut engine, Ec2, "StopInstances", json!({ "InstanceIds": [instance] }));
    assert_same_shape(
        &record(&engine),
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
    assert_same_shape(&record(&engine), "ct-ec2-RunInstances-unauthorized", &[]);
}

#[test]
fn a_changed_attribute_is_recorded_as_in_the_sample() {
    let mut engine = account();
    let (_, instance) = a_street(&mut engine);
    let attribute = json!({ "InstanceId": instance, "DisableApiTermination": { "Value": true } });
    does(&mut engine, Ec2, "ModifyInstanceAttribute", attribute);

    assert_same_shape(&record(&engine), "ct-ec2-ModifyInstanceAttribute", &[]);
}

#[test]
fn an_instance_tells_the_bus_of_its_state_as_in_the_sample() {
    let mut engine = account();
    a_street(&mut engine);
    wait(&mut engine, 30);

    assert_same_shape(&last(&engine, HopPath::ResBus), "eb-ec2-instance-state-change", &[]);
}

#[test]
fn making_a_database_is_recorded_as_in_the_sample() {
    let mut engine = account();
    let database = json!({
        "DBInstanceIdentifier": "orders",
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "AllocatedStorage": 20,
        "MasterUsername": "orders_admin",
        "MasterUserPassword": "correct-horse-battery",
        "PubliclyAccessible": false,
        "StorageEncrypted": true,
        "MultiAZ": false,
        "BackupRetentionPeriod": 7,
        "DeletionProtection": false,
    });
    does(&mut engine, Rds, "CreateDBInstance", database);

    assert_same_shape(&record(&engine), "ct-rds-CreateDBInstance", &[("responseElements", "RDS_RESPONSE")]);
}

/// What the record of an account in Ireland says of a call that must succeed.
fn in_ireland(engine: &mut Engine, operation: &str, parameters: Value) -> Value {
    asks_from(engine, "eu-west-1", Principal::user("dana"), S3, operation, parameters)
        .unwrap_or_else(|error| panic!("{operation}: {error}"));
    record(engine)
}

fn a_bucket_in_ireland(engine: &mut Engine) -> Value {
    let place = json!({ "LocationConstraint": "eu-west-1" });
    let bucket = json!({ "Bucket": "example-data-123456789012", "CreateBucketConfiguration": place });
    in_ireland(engine, "CreateBucket", bucket)
}

#[test]
fn settings_of_a_bucket_are_recorded_as_in_the_samples() {
    let mut engine = account();
    assert_same_shape(&a_bucket_in_ireland(&mut engine), "ct-s3-CreateBucket", &[]);

    let block = |on: bool| {
        json!({ "Bucket": "example-data-123456789012", "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": on, "IgnorePublicAcls": on, "BlockPublicPolicy": on, "RestrictPublicBuckets": on,
        }})
    };
    let blocked = in_ireland(&mut engine, "PutPublicAccessBlock", block(false));
    assert_same_shape(&blocked, "ct-s3-PutBucketPublicAccessBlock", &[]);

    let statement = json!({
        "Sid": "PublicRead", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::example-data-123456789012/*",
    });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let parameters = json!({ "Bucket": "example-data-123456789012", "Policy": policy });
    assert_same_shape(&in_ireland(&mut engine, "PutBucketPolicy", parameters), "ct-s3-PutBucketPolicy", &[]);
}

#[test]
fn reads_and_refused_writes_of_objects_are_recorded_as_in_the_samples() {
    let mut engine = account();
    a_logging_trail(&mut engine, Some("AWS::S3::Object"));
    a_bucket_in_ireland(&mut engine);
    let object = json!({ "Bucket": "example-data-123456789012", "Key": "note.txt", "Body": "hello, world" });
    in_ireland(&mut engine, "PutObject", object.clone());

    let key = json!({ "Bucket": "example-data-123456789012", "Key": "note.txt" });
    let by = Principal::role("installateur", "query-17");
    asks_from(&mut engine, "eu-west-1", by, S3, "GetObject", key).expect("the installer may");
    assert_same_shape(&record(&engine), "ct-s3-GetObject-data", &[]);

    let outcome = asks_from(&mut engine, "eu-west-1", Principal::user("mallory"), S3, "PutObject", object);
    assert!(outcome.is_err(), "mallory may do nothing");
    assert_same_shape(&record(&engine), "ct-s3-PutObject-data-denied", &[]);
}
