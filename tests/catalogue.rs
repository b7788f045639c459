//! The account has what the thirty scenarios call and start from, by name.

use vigie::aws::{Account, Region, ServiceName, cloudformation};

/// What the stories, repairs, checks and solutions of the curriculum call.
const OPERATIONS: &[(ServiceName, &str)] = &[
    (
        ServiceName::Ec2,
        "RunInstances StartInstances StopInstances TerminateInstances DescribeInstances ModifyInstanceAttribute \
         MonitorInstances UnmonitorInstances CreateTags DeleteTags CreateSecurityGroup AuthorizeSecurityGroupIngress \
         RevokeSecurityGroupIngress ModifySecurityGroupRules DescribeSecurityGroups DescribeSecurityGroupRules",
    ),
    (
        ServiceName::S3,
        "CreateBucket DeleteBucket ListBuckets PutBucketPolicy GetBucketPolicy DeleteBucketPolicy \
         PutPublicAccessBlock DeletePublicAccessBlock PutObject GetObject",
    ),
    (ServiceName::Rds, "CreateDBInstance ModifyDBInstance DescribeDBInstances"),
    (ServiceName::Iam, "CreateUser CreateRole PutRolePolicy AttachUserPolicy PutUserPolicy CreateAccessKey"),
    (ServiceName::Sts, "AssumeRole"),
    (
        ServiceName::CloudTrail,
        "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging GetTrailStatus DescribeTrails \
         PutEventSelectors GetEventSelectors LookupEvents",
    ),
    (
        ServiceName::CloudWatch,
        "PutMetricAlarm PutCompositeAlarm DeleteAlarms DescribeAlarms DescribeAlarmHistory PutMetricData \
         GetMetricStatistics GetMetricData",
    ),
    (
        ServiceName::Logs,
        "CreateLogGroup CreateLogStream PutLogEvents FilterLogEvents PutMetricFilter DescribeMetricFilters \
         TestMetricFilter StartQuery GetQueryResults",
    ),
    (
        ServiceName::Config,
        "PutConfigurationRecorder PutDeliveryChannel StartConfigurationRecorder StopConfigurationRecorder \
         DescribeConfigurationRecorderStatus PutConfigRule DescribeConfigRules StartConfigRulesEvaluation \
         GetComplianceDetailsByConfigRule GetResourceConfigHistory ListDiscoveredResources",
    ),
    (
        ServiceName::EventBridge,
        "PutRule EnableRule DisableRule DeleteRule DescribeRule ListRules PutTargets RemoveTargets \
         ListTargetsByRule TestEventPattern PutEvents PutPermission",
    ),
    (
        ServiceName::Lambda,
        "CreateFunction UpdateFunctionCode UpdateFunctionConfiguration AddPermission RemovePermission GetPolicy \
         PutFunctionEventInvokeConfig PutFunctionConcurrency Invoke",
    ),
    (
        ServiceName::Sns,
        "CreateTopic GetTopicAttributes SetTopicAttributes Subscribe ConfirmSubscription \
         ListSubscriptionsByTopic Unsubscribe Publish",
    ),
    (ServiceName::Sqs, "CreateQueue SetQueueAttributes GetQueueAttributes ReceiveMessage"),
    (ServiceName::Kms, "CreateKey PutKeyPolicy"),
    (ServiceName::Ses, "CreateEmailIdentity SendEmail"),
];

/// The resources the scenarios start with.
const RESOURCE_TYPES: &str = "AWS::EC2::Instance AWS::EC2::SecurityGroup AWS::S3::Bucket AWS::S3::BucketPolicy AWS::RDS::DBInstance \
     AWS::IAM::User AWS::IAM::Role AWS::IAM::AccessKey AWS::IAM::ManagedPolicy AWS::CloudTrail::Trail \
     AWS::CloudWatch::Alarm AWS::CloudWatch::CompositeAlarm AWS::Logs::LogGroup AWS::Logs::MetricFilter \
     AWS::Config::ConfigurationRecorder AWS::Config::DeliveryChannel AWS::Config::ConfigRule AWS::Events::Rule \
     AWS::Events::EventBusPolicy AWS::Lambda::Function AWS::Lambda::Permission AWS::Lambda::EventInvokeConfig \
     AWS::SNS::Topic AWS::SNS::Subscription AWS::SNS::TopicPolicy AWS::SQS::Queue AWS::SQS::QueuePolicy \
     AWS::KMS::Key AWS::SES::EmailIdentity";

#[test]
fn every_operation_that_a_scenario_calls_exists() {
    let account = Account::new("111122223333", Region::new("eu-west-3"));
    let wanted = OPERATIONS.iter().flat_map(|(service, names)| names.split(' ').map(|name| (*service, name)));
    let missing: Vec<_> =
        wanted.filter(|(service, name)| account.operation(*service, name).is_none()).collect();

    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_resource_that_a_scenario_starts_with_can_be_deployed() {
    let known: Vec<&str> = cloudformation::resource_types().collect();
    let missing: Vec<_> = RESOURCE_TYPES.split(' ').filter(|name| !known.contains(name)).collect();

    assert!(missing.is_empty(), "{missing:?}");
}
