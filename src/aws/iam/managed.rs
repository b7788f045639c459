//! The AWS managed policies that lessons attach by name.
//!
//! Written down in our own words: what each policy grants among the services simulated here, not a copy of AWS's
//! documents, which list hundreds of services. Source of the scope of each: AWS managed policy reference guide.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use super::super::policy::PolicyDocument;

/// What root can do, and what administrators are given.
pub const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// A policy AWS keeps for everybody.
#[derive(Debug)]
pub struct ManagedPolicy {
    pub name: &'static str,
    /// `/`, `/job-function/` or `/service-role/`.
    pub path: &'static str,
    pub text: &'static str,
    pub document: Arc<PolicyDocument>,
}

/// The ARN of the AWS managed policy of that name, such as `PowerUserAccess`.
pub fn arn_of(name: &str) -> Option<&'static str> {
    BY_ARN.iter().find(|(_, policy)| policy.name == name).map(|(arn, _)| arn.as_str())
}

/// The AWS managed policy with that ARN.
pub fn by_arn(arn: &str) -> Option<&'static ManagedPolicy> {
    BY_ARN.get(arn)
}

/// Every AWS managed policy, by ARN.
pub fn all() -> impl Iterator<Item = (&'static str, &'static ManagedPolicy)> {
    BY_ARN.iter().map(|(arn, policy)| (arn.as_str(), policy))
}

static BY_ARN: LazyLock<BTreeMap<String, ManagedPolicy>> = LazyLock::new(|| {
    POLICIES
        .iter()
        .map(|&(path, name, text)| {
            let document = PolicyDocument::parse(&text.into())
                .expect("the documents below are policies, which a test proves");
            (
                format!("arn:aws:iam::aws:policy{path}{name}"),
                ManagedPolicy { name, path, text, document: Arc::new(document) },
            )
        })
        .collect()
});

/// Path, name, document.
const POLICIES: &[(&str, &str, &str)] = &[
    (
        "/",
        "AdministratorAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    (
        "/",
        "PowerUserAccess",
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},
            {"Effect":"Allow","Action":["iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles",
                "organizations:DescribeOrganization","account:ListRegions","account:GetAccountInformation"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "ReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[
            "cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*","cloudtrail:LookupEvents",
            "cloudwatch:Describe*","cloudwatch:Get*","cloudwatch:List*",
            "config:BatchGet*","config:Deliver*","config:Describe*","config:Get*","config:List*","config:Select*",
            "ec2:Describe*","ec2:Get*","ec2:Search*",
            "events:Describe*","events:List*","events:Test*",
            "iam:Generate*","iam:Get*","iam:List*","iam:Simulate*",
            "kms:Describe*","kms:Get*","kms:List*",
            "lambda:Get*","lambda:List*",
            "logs:Describe*","logs:FilterLogEvents","logs:Get*","logs:List*","logs:StartQuery","logs:StopQuery","logs:TestMetricFilter",
            "rds:Describe*","rds:Download*","rds:List*",
            "s3:DescribeJob","s3:Get*","s3:List*",
            "ses:Describe*","ses:Get*","ses:List*",
            "sns:Check*","sns:Get*","sns:List*",
            "sqs:Get*","sqs:List*","sqs:Receive*",
            "sts:GetAccessKeyInfo","sts:GetCallerIdentity","sts:GetSessionToken","tag:Get*"]}]}"#,
    ),
    (
        "/",
        "SecurityAudit",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[
            "cloudtrail:Describe*","cloudtrail:GetEventSelectors","cloudtrail:GetInsightSelectors","cloudtrail:GetTrail",
            "cloudtrail:GetTrailStatus","cloudtrail:ListTags","cloudtrail:ListTrails","cloudtrail:LookupEvents",
            "cloudwatch:Describe*","cloudwatch:ListTagsForResource",
            "config:BatchGetAggregateResourceConfig","config:BatchGetResourceConfig","config:Deliver*","config:Describe*",
            "config:Get*","config:List*","config:Select*",
            "ec2:Describe*","ec2:GetEbsEncryptionByDefault","ec2:GetManagedPrefixListAssociations",
            "events:DescribeEventBus","events:DescribeRule","events:ListEventBuses","events:ListRules","events:ListTargetsByRule",
            "iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:Simulate*",
            "kms:Describe*","kms:Get*","kms:List*",
            "lambda:GetAccountSettings","lambda:GetFunctionConfiguration","lambda:GetLayerVersionPolicy","lambda:GetPolicy","lambda:List*",
            "logs:Describe*","logs:ListTagsLogGroup",
            "rds:Describe*","rds:DownloadDBLogFilePortion","rds:ListTagsForResource",
            "s3:GetAccelerateConfiguration","s3:GetAccountPublicAccessBlock","s3:GetAnalyticsConfiguration","s3:GetBucket*",
            "s3:GetEncryptionConfiguration","s3:GetInventoryConfiguration","s3:GetLifecycleConfiguration",
            "s3:GetMetricsConfiguration","s3:GetObjectAcl","s3:GetObjectVersionAcl","s3:GetReplicationConfiguration",
            "s3:ListAllMyBuckets",
            "ses:Describe*","ses:GetAccount","ses:GetEmailIdentity","ses:GetIdentityVerificationAttributes","ses:ListIdentities",
            "sns:GetTopicAttributes","sns:ListSubscriptions","sns:ListSubscriptionsByTopic","sns:ListTagsForResource","sns:ListTopics",
            "sqs:GetQueueAttributes","sqs:ListDeadLetterSourceQueues","sqs:ListQueueTags","sqs:ListQueues","tag:GetResources","tag:GetTagKeys"]}]}"#,
    ),
    (
        "/job-function/",
        "ViewOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[
            "cloudtrail:DescribeTrails","cloudtrail:LookupEvents",
            "cloudwatch:Describe*","cloudwatch:Get*","cloudwatch:List*",
            "config:Describe*","config:Get*","config:List*",
            "ec2:Describe*",
            "events:Describe*","events:List*",
            "iam:GetAccountSummary","iam:GetLoginProfile","iam:List*",
            "kms:ListAliases","kms:ListKeys",
            "lambda:List*",
            "logs:Describe*",
            "rds:Describe*","rds:ListTagsForResource",
            "s3:GetBucketLocation","s3:ListAllMyBuckets","s3:ListBucket",
            "ses:List*","sns:List*","sqs:ListQueues"]}]}"#,
    ),
    (
        "/",
        "AmazonEC2FullAccess",
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["ec2:*","elasticloadbalancing:*","cloudwatch:*","autoscaling:*"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AmazonEC2ReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[
            "ec2:Describe*","ec2:GetSecurityGroupsForVpc","cloudwatch:ListMetrics","cloudwatch:GetMetricStatistics",
            "cloudwatch:Describe*","autoscaling:Describe*"]}]}"#,
    ),
    (
        "/",
        "AmazonS3FullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AmazonS3ReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AmazonRDSFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[
            "rds:*","cloudwatch:DescribeAlarms","cloudwatch:GetMetricStatistics","cloudwatch:PutMetricAlarm","cloudwatch:DeleteAlarms",
            "ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcs",
            "sns:ListSubscriptions","sns:ListTopics","sns:Publish","logs:DescribeLogStreams","logs:GetLogEvents"]}]}"#,
    ),
    (
        "/",
        "AmazonRDSReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[
            "rds:Describe*","rds:ListTagsForResource","ec2:DescribeSecurityGroups","ec2:DescribeVpcs",
            "cloudwatch:GetMetricStatistics","cloudwatch:GetMetricData","logs:DescribeLogStreams","logs:GetLogEvents"]}]}"#,
    ),
    (
        "/",
        "IAMFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount",
            "organizations:DescribeOrganization","organizations:ListPolicies"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "IAMReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Generate*","iam:Get*","iam:List*","iam:Simulate*"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AWSCloudTrail_FullAccess",
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"cloudtrail:*","Resource":"*"},
            {"Effect":"Allow","Action":["s3:CreateBucket","s3:PutBucketPolicy","s3:PutBucketPublicAccessBlock"],
                "Resource":"arn:aws:s3:::aws-cloudtrail-logs*"},
            {"Effect":"Allow","Action":["s3:ListAllMyBuckets","s3:GetBucketLocation","s3:GetBucketPolicy","sns:ListTopics",
                "iam:ListRoles","iam:GetRolePolicy","iam:GetUser","lambda:ListFunctions","logs:CreateLogGroup"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AWSCloudTrail_ReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudtrail:Get*","cloudtrail:Describe*",
            "cloudtrail:List*","cloudtrail:LookupEvents"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "CloudWatchFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["autoscaling:Describe*","cloudwatch:*","logs:*",
            "sns:*","iam:GetPolicy","iam:GetPolicyVersion","iam:GetRole"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "CloudWatchReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:Describe*","cloudwatch:Get*",
            "cloudwatch:List*","logs:Get*","logs:List*","logs:Describe*","logs:StartQuery","logs:StopQuery",
            "logs:TestMetricFilter","logs:FilterLogEvents","sns:Get*","sns:List*"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "CloudWatchLogsFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:*","cloudwatch:GenerateQuery"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "CloudWatchLogsReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:Describe*","logs:Get*","logs:List*",
            "logs:StartQuery","logs:StopQuery","logs:TestMetricFilter","logs:FilterLogEvents"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AWSConfigUserAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["config:Get*","config:Describe*","config:Deliver*",
            "config:List*","config:Select*","tag:GetResources","tag:GetTagKeys","cloudtrail:DescribeTrails",
            "cloudtrail:GetTrailStatus","cloudtrail:LookupEvents"],"Resource":"*"}]}"#,
    ),
    (
        "/service-role/",
        "AWS_ConfigRole",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":["cloudtrail:Describe*",
            "cloudtrail:Get*","cloudtrail:List*","cloudwatch:Describe*","config:Put*","config:Get*","config:Describe*","config:BatchGet*",
            "ec2:Describe*","iam:Get*","iam:List*","kms:Describe*","kms:Get*","kms:List*","lambda:Get*","lambda:List*",
            "rds:Describe*","rds:List*","s3:GetBucket*","s3:GetEncryptionConfiguration","s3:GetLifecycleConfiguration",
            "s3:ListAllMyBuckets","s3:ListBucket","sns:Get*","sns:List*","sqs:GetQueueAttributes","sqs:ListQueues"]}]}"#,
    ),
    (
        "/",
        "AmazonEventBridgeFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["events:*","schemas:*","scheduler:*","pipes:*"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AmazonEventBridgeReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["events:Describe*","events:List*","events:TestEventPattern"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AmazonSNSFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sns:*","Resource":"*"}]}"#,
    ),
    (
        "/",
        "AmazonSNSReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sns:GetTopicAttributes","sns:List*","sns:CheckIfPhoneNumberIsOptedOut"],"Resource":"*"}]}"#,
    ),
    (
        "/",
        "AmazonSESFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:*","Resource":"*"}]}"#,
    ),
    (
        "/",
        "AmazonSQSFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}"#,
    ),
    (
        "/",
        "AWSLambda_FullAccess",
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["lambda:*","cloudwatch:GetMetricData","cloudwatch:ListMetrics","ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets","ec2:DescribeVpcs","iam:GetPolicy","iam:GetPolicyVersion","iam:GetRole","iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies","iam:ListRolePolicies","iam:ListRoles","kms:ListAliases","logs:DescribeLogGroups","tag:GetResources"],"Resource":"*"},
            {"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}},
            {"Effect":"Allow","Action":["logs:DescribeLogStreams","logs:GetLogEvents","logs:FilterLogEvents"],
                "Resource":"arn:aws:logs:*:*:log-group:/aws/lambda/*"}]}"#,
    ),
    (
        "/",
        "AWSLambda_ReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:Get*","lambda:List*","cloudwatch:GetMetricData",
            "cloudwatch:ListMetrics","iam:ListRoles","logs:DescribeLogGroups","logs:DescribeLogStreams","logs:GetLogEvents",
            "logs:FilterLogEvents"],"Resource":"*"}]}"#,
    ),
    (
        "/service-role/",
        "AWSLambdaBasicExecutionRole",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}"#,
    ),
];
