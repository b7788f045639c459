//! Which resources a call touched: what `LookupEvents` finds a record by, and where its hop begins.
//!
//! CloudTrail derives them from the parameters, and from the answer of a call that made something.

use std::sync::Arc;

use serde_json::Value;

use crate::aws::{ApiCall, ApiOutcome, ServiceName};

/// A resource named in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Such as `AWS::EC2::SecurityGroup`.
    pub resource_type: &'static str,
    /// The id, name or ARN, as it was sent or answered.
    pub name: Arc<str>,
}

/// Member names that hold a resource, the one acted on first; the first letter's size does not count.
const MEMBERS: &[(ServiceName, &str, &str)] = &[
    (ServiceName::Ec2, "InstanceId", "AWS::EC2::Instance"),
    (ServiceName::Ec2, "InstanceIds", "AWS::EC2::Instance"),
    (ServiceName::Ec2, "GroupId", "AWS::EC2::SecurityGroup"),
    (ServiceName::Ec2, "GroupIds", "AWS::EC2::SecurityGroup"),
    (ServiceName::Ec2, "SecurityGroupIds", "AWS::EC2::SecurityGroup"),
    (ServiceName::Ec2, "NetworkInterfaceId", "AWS::EC2::NetworkInterface"),
    (ServiceName::Ec2, "VpcId", "AWS::EC2::VPC"),
    (ServiceName::Ec2, "SubnetId", "AWS::EC2::Subnet"),
    (ServiceName::Ec2, "VolumeId", "AWS::EC2::Volume"),
    (ServiceName::Ec2, "ImageId", "AWS::EC2::Ami"),
    (ServiceName::S3, "Bucket", "AWS::S3::Bucket"),
    (ServiceName::Rds, "DBInstanceIdentifier", "AWS::RDS::DBInstance"),
    (ServiceName::Iam, "UserName", "AWS::IAM::User"),
    (ServiceName::Iam, "RoleName", "AWS::IAM::Role"),
    (ServiceName::Iam, "GroupName", "AWS::IAM::Group"),
    (ServiceName::Iam, "PolicyArn", "AWS::IAM::Policy"),
    (ServiceName::Iam, "AccessKeyId", "AWS::IAM::AccessKey"),
    (ServiceName::Sts, "RoleArn", "AWS::IAM::Role"),
    (ServiceName::Sts, "AccessKeyId", "AWS::IAM::AccessKey"),
    (ServiceName::CloudTrail, "Name", "AWS::CloudTrail::Trail"),
    (ServiceName::CloudTrail, "TrailName", "AWS::CloudTrail::Trail"),
    (ServiceName::CloudTrail, "S3BucketName", "AWS::S3::Bucket"),
    (ServiceName::CloudWatch, "AlarmName", "AWS::CloudWatch::Alarm"),
    (ServiceName::CloudWatch, "AlarmNames", "AWS::CloudWatch::Alarm"),
    (ServiceName::Logs, "LogGroupName", "AWS::Logs::LogGroup"),
    (ServiceName::Config, "ConfigRuleName", "AWS::Config::ConfigRule"),
    (ServiceName::Config, "ConfigRuleNames", "AWS::Config::ConfigRule"),
    (ServiceName::Config, "ConfigurationRecorderName", "AWS::Config::ConfigurationRecorder"),
    (ServiceName::Config, "Name", "AWS::Config::ConfigurationRecorder"),
    (ServiceName::EventBridge, "Rule", "AWS::Events::Rule"),
    (ServiceName::EventBridge, "Name", "AWS::Events::Rule"),
    (ServiceName::Lambda, "FunctionName", "AWS::Lambda::Function"),
    (ServiceName::Sns, "TopicArn", "AWS::SNS::Topic"),
    (ServiceName::Sns, "Name", "AWS::SNS::Topic"),
    (ServiceName::Sqs, "QueueUrl", "AWS::SQS::Queue"),
    (ServiceName::Sqs, "QueueName", "AWS::SQS::Queue"),
    (ServiceName::Ses, "EmailIdentity", "AWS::SES::EmailIdentity"),
    (ServiceName::Kinesis, "StreamName", "AWS::Kinesis::Stream"),
    (ServiceName::Kinesis, "StreamARN", "AWS::Kinesis::Stream"),
    (ServiceName::Kms, "KeyId", "AWS::KMS::Key"),
    (ServiceName::Kms, "TargetKeyId", "AWS::KMS::Key"),
];

/// What `CreateTags` and `DeleteTags` call a resource, by the start of its id.
const PREFIXES: &[(&str, &str)] = &[
    ("i-", "AWS::EC2::Instance"),
    ("sg-", "AWS::EC2::SecurityGroup"),
    ("vpc-", "AWS::EC2::VPC"),
    ("subnet-", "AWS::EC2::Subnet"),
    ("vol-", "AWS::EC2::Volume"),
    ("eni-", "AWS::EC2::NetworkInterface"),
    ("ami-", "AWS::EC2::Ami"),
];

/// The resources a call names, the one acted on first.
pub(super) fn by(call: &ApiCall, outcome: &ApiOutcome, read_only: bool) -> Vec<Touched> {
    let mut found = Vec::new();
    gather(call.service, &call.parameters, &mut found);
    if let (Ok(answer), false) = (outcome, read_only) {
        gather(call.service, answer, &mut found);
    }
    found.sort_by_key(|(rank, _)| *rank);
    let mut touched: Vec<Touched> = Vec::new();
    for (_, one) in found {
        if !touched.contains(&one) {
            touched.push(one);
        }
    }
    touched
}

fn gather(service: ServiceName, value: &Value, found: &mut Vec<(usize, Touched)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let known = MEMBERS
                    .iter()
                    .enumerate()
                    .find(|(_, (owner, member, _))| *owner == service && same_name(member, key));
                match known {
                    Some((rank, (_, _, resource_type))) => texts(value, |name| {
                        found.push((rank, Touched { resource_type, name: name.into() }));
                    }),
                    None if service == ServiceName::Ec2 && key == "Resources" => texts(value, |id| {
                        if let Some((_, resource_type)) =
                            PREFIXES.iter().find(|(start, _)| id.starts_with(start))
                        {
                            found.push((0, Touched { resource_type, name: id.into() }));
                        }
                    }),
                    None => gather(service, value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(service, item, found)),
        _ => {}
    }
}

fn same_name(member: &str, key: &str) -> bool {
    member.get(..1).zip(key.get(..1)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        && member.get(1..) == key.get(1..)
}

/// A text, or each of a list of texts.
fn texts(value: &Value, mut take: impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).for_each(take),
        _ => {}
    }
}
