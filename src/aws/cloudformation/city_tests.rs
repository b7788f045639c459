//! A whole town deployed into a real account, through its one door.

use serde_json::{Value, json};

use super::*;
use crate::aws::{Account, Region, testing::Sandbox};

fn town() -> Value {
    json!({
        "Alertes": {"Type": "AWS::SNS::Topic", "Properties": {
            "TopicName": "alertes-ville", "Subscription": [{"Protocol": "email", "Endpoint": "garde@ville.example"}],
        }},
        "PolitiqueAlertes": {"Type": "AWS::SNS::TopicPolicy", "Properties": {
            "Topics": [{"Ref": "Alertes"}],
            "PolicyDocument": {"Statement": [{
                "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish",
                "Resource": {"Ref": "Alertes"},
            }]},
        }},
        "SgGarage": {"Type": "AWS::EC2::SecurityGroup", "Properties": {
            "GroupName": "sg-garage", "GroupDescription": "Garage",
            "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8"}],
            "SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}],
            "Tags": [{"Key": "Name", "Value": "sg-garage"}],
        }},
        "VoitureRouge": {"Type": "AWS::EC2::Instance", "Properties": {
            "ImageId": "ami-0abcdef1234567890", "InstanceType": "t3.micro", "Monitoring": true,
            "SecurityGroupIds": [{"Fn::GetAtt": "SgGarage.GroupId"}],
            "Tags": [{"Key": "Name", "Value": "voiture-rouge"}],
        }},
        "Bus": {"Type": "AWS::RDS::DBInstance", "Properties": {
            "DBInstanceIdentifier": "bus-scolaire", "DBInstanceClass": "db.t3.micro", "Engine": "mysql",
            "AllocatedStorage": "20", "MasterUsername": "admin", "MasterUserPassword": "un-mot-de-passe",
        }},
        "Archives": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "archives-ville"}},
        "Coffre": {"Type": "AWS::S3::Bucket", "Properties": {
            "BucketName": "coffre-ville",
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
            },
        }},
        "PolitiqueArchives": {"Type": "AWS::S3::BucketPolicy", "Properties": {
            "Bucket": {"Ref": "Archives"},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]},
                 "Action": "s3:GetBucketAcl", "Resource": {"Fn::GetAtt": "Archives.Arn"}},
                {"Effect": "Allow", "Principal": {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]},
                 "Action": "s3:PutObject", "Resource": {"Fn::Sub": "${Archives.Arn}/*"}},
            ]},
        }},
        "Journal": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/ville/carnet", "RetentionInDays": 30}},
        "RoleCarnet": {"Type": "AWS::IAM::Role", "Properties": {
            "RoleName": "carnet",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole",
            }]},
            "Policies": [{"PolicyName": "ecrire", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*",
            }]}}],
        }},
        "Carnet": {"Type": "AWS::CloudTrail::Trail", "Properties": {
            "TrailName": "carnet-ville", "S3BucketName": {"Ref": "Archives"}, "IsLogging": true, "IsMultiRegionTrail": true,
            "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": "Journal.Arn"}, "CloudWatchLogsRoleArn": {"Fn::GetAtt": "RoleCarnet.Arn"},
        }},
        "Radar": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
            "AlarmName": "radar-110", "Namespace": "AWS/EC2", "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "InstanceId", "Value": {"Ref": "VoitureRouge"}}], "Statistic": "Average",
            "Period": 60, "EvaluationPeriods": 5, "DatapointsToAlarm": 5, "Threshold": 80,
            "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "missing", "AlarmActions": [{"Ref": "Alertes"}],
        }},
        "RoleConfig": {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}, "Action": "sts:AssumeRole",
            }]},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"],
        }},
        "Enregistreur": {"Type": "AWS::Config::ConfigurationRecorder", "Properties": {
            "Name": "default", "RoleARN": {"Fn::GetAtt": "RoleConfig.Arn"},
            "RecordingGroup": {"AllSupported": true, "IncludeGlobalResourceTypes": false},
        }},
        "Canal": {"Type": "AWS::Config::DeliveryChannel", "Properties": {
            "Name": "default", "S3BucketName": {"Ref": "Archives"}, "SnsTopicARN": {"Ref": "Alertes"},
        }},
        "Freins": {"Type": "AWS::Config::ConfigRule", "Properties": {
            "ConfigRuleName": "freins", "Source": {"Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED"},
            "Scope": {"ComplianceResourceTypes": ["AWS::EC2::SecurityGroup"]},
        }},
        "Pneus": {"Type": "AWS::Config::ConfigRule", "Properties": {
            "ConfigRuleName": "pneus", "Source": {"Owner": "AWS", "SourceIdentifier": "APPROVED_AMIS_BY_ID"},
            "InputParameters": {"amiIds": "ami-0abcdef1234567890"},
        }},
        "RoleCorrige": {"Type": "AWS::IAM::Role", "Properties": {
            "RoleName": "corrige-sg",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
            }]},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
        }},
        "Corrige": {"Type": "AWS::Lambda::Function", "Properties": {
            "FunctionName": "corrige-sg", "Runtime": "nodejs22.x", "Handler": "index.handler",
            "Role": {"Fn::GetAtt": "RoleCorrige.Arn"},
            "Code": {"ZipFile": "exports.handler = async () => 'ok';"},
            "Environment": {"Variables": {"PORT": "22"}},
        }},
        "PermissionCorrige": {"Type": "AWS::Lambda::Permission", "Properties": {
            "FunctionName": {"Ref": "Corrige"}, "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": "Regle.Arn"},
        }},
        "Regle": {"Type": "AWS::Events::Rule", "Properties": {
            "Name": "r-sg",
            "EventPattern": {"source": ["aws.ec2"], "detail-type": ["AWS API Call via CloudTrail"]},
            "Targets": [
                {"Id": "poste", "Arn": {"Ref": "Alertes"},
                 "InputTransformer": {"InputPathsMap": {"qui": "$.detail.userIdentity.userName"}, "InputTemplate": "\"<qui>\""}},
                {"Id": "equipe", "Arn": {"Fn::GetAtt": "Corrige.Arn"}},
            ],
        }},
        "Politique": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {
            "ManagedPolicyName": "lire", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
            ]},
            "Roles": [{"Ref": "RoleCorrige"}],
        }},
        "Amina": {"Type": "AWS::IAM::User", "Properties": {
            "UserName": "amina", "ManagedPolicyArns": [{"Ref": "Politique"}],
        }},
        "Abonne": {"Type": "AWS::SNS::Subscription", "Properties": {
            "TopicArn": {"Ref": "Alertes"}, "Protocol": "lambda", "Endpoint": {"Fn::GetAtt": "Corrige.Arn"},
        }},
        "Courrier": {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "courrier@ville.example"}},
    })
}

#[test]
fn a_whole_town_deploys_into_a_real_account() {
    let mut sandbox = Sandbox::new();
    let template = Template::read(&Node::from(json!({"Resources": town()}))).expect("a well-formed template");
    let context = DeployContext::new("123456789012", &Region::new("us-east-1"), "ville");
    assert_eq!(check(&template, &context), []);

    let deployed =
        deploy(&template, &context, &mut |call| sandbox.call(call.service, &call.operation, call.parameters))
            .unwrap_or_else(|error| panic!("{error}"));

    assert_eq!(deployed.resources.len(), template.resources.len());
    for (name, physical) in &deployed.resources {
        assert!(!physical.ref_value.is_empty(), "{name} has no Ref");
        for (attribute, value) in &physical.attributes {
            let is_empty = value.as_str().is_some_and(str::is_empty);
            assert!(!is_empty || attribute == "PublicDnsName", "{name}.{attribute} is empty");
        }
    }
    assert!(deployed.value("SgGarage").is_some_and(|id| id.starts_with("sg-")));
    assert!(deployed.value("VoitureRouge").is_some_and(|id| id.starts_with("i-")));
}

#[test]
fn a_property_is_offered_only_if_the_account_has_a_parameter_for_it() {
    // The operation that takes a type's properties, and those that other calls or other forms take.
    let rows: &[(&str, &str, &[&str])] = &[
        ("AWS::EC2::Instance", "RunInstances", &["AvailabilityZone", "Tags"]),
        (
            "AWS::EC2::SecurityGroup",
            "CreateSecurityGroup",
            &["SecurityGroupIngress", "SecurityGroupEgress", "Tags"],
        ),
        (
            "AWS::S3::Bucket",
            "CreateBucket",
            &["PublicAccessBlockConfiguration", "VersioningConfiguration", "Tags"],
        ),
        ("AWS::S3::BucketPolicy", "PutBucketPolicy", &[]),
        ("AWS::RDS::DBInstance", "CreateDBInstance", &[]),
        ("AWS::IAM::User", "CreateUser", &["Groups", "ManagedPolicyArns", "Policies", "LoginProfile"]),
        ("AWS::IAM::Role", "CreateRole", &["ManagedPolicyArns", "Policies"]),
        ("AWS::IAM::ManagedPolicy", "CreatePolicy", &["Users", "Roles", "Groups"]),
        ("AWS::IAM::Policy", "PutUserPolicy", &["Users", "Roles", "Groups"]),
        ("AWS::IAM::Group", "CreateGroup", &["ManagedPolicyArns", "Policies"]),
        ("AWS::IAM::AccessKey", "CreateAccessKey", &["Status"]),
        (
            "AWS::CloudTrail::Trail",
            "CreateTrail",
            &["IsLogging", "EventSelectors", "AdvancedEventSelectors", "InsightSelectors"],
        ),
        ("AWS::CloudWatch::Alarm", "PutMetricAlarm", &[]),
        ("AWS::CloudWatch::CompositeAlarm", "PutCompositeAlarm", &[]),
        ("AWS::Logs::LogGroup", "CreateLogGroup", &["retentionInDays"]),
        ("AWS::Logs::LogStream", "CreateLogStream", &[]),
        ("AWS::Logs::MetricFilter", "PutMetricFilter", &[]),
        ("AWS::Logs::SubscriptionFilter", "PutSubscriptionFilter", &[]),
        ("AWS::Config::ConfigRule", "PutConfigRule/ConfigRule", &[]),
        ("AWS::Config::ConfigurationRecorder", "PutConfigurationRecorder/ConfigurationRecorder", &[]),
        ("AWS::Config::DeliveryChannel", "PutDeliveryChannel/DeliveryChannel", &[]),
        (
            "AWS::Config::RemediationConfiguration",
            "PutRemediationConfigurations/RemediationConfigurations/items",
            &[],
        ),
        ("AWS::Events::Rule", "PutRule", &["Targets"]),
        ("AWS::Events::EventBus", "CreateEventBus", &["Policy"]),
        ("AWS::Events::EventBusPolicy", "PutPermission", &["Statement"]),
        ("AWS::Events::Archive", "CreateArchive", &[]),
        ("AWS::Kinesis::Stream", "CreateStream", &[]),
        (
            "AWS::SQS::Queue",
            "CreateQueue",
            &[
                "DelaySeconds",
                "MaximumMessageSize",
                "MessageRetentionPeriod",
                "ReceiveMessageWaitTimeSeconds",
                "VisibilityTimeout",
                "RedrivePolicy",
                "RedriveAllowPolicy",
                "KmsMasterKeyId",
                "SqsManagedSseEnabled",
                "Tags",
            ],
        ),
        ("AWS::SQS::QueuePolicy", "SetQueueAttributes", &["Queues", "PolicyDocument"]),
        ("AWS::KMS::Key", "CreateKey", &["Enabled", "EnableKeyRotation", "RotationPeriodInDays"]),
        ("AWS::KMS::Alias", "CreateAlias", &[]),
        ("AWS::Lambda::EventInvokeConfig", "PutFunctionEventInvokeConfig", &[]),
        ("AWS::Lambda::Function", "CreateFunction", &["ReservedConcurrentExecutions"]),
        ("AWS::Lambda::Permission", "AddPermission", &[]),
        (
            "AWS::SNS::Topic",
            "CreateTopic",
            &["KmsMasterKeyId", "SignatureVersion", "TracingConfig", "DisplayName", "Subscription"],
        ),
        (
            "AWS::SNS::Subscription",
            "Subscribe",
            &["DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"],
        ),
        ("AWS::SNS::TopicPolicy", "SetTopicAttributes", &["Topics", "PolicyDocument"]),
        ("AWS::SES::EmailIdentity", "CreateEmailIdentity", &[]),
    ];
    let account = Account::new("111122223333", Region::new("eu-west-3"));
    let mut missing = Vec::new();
    for known in types::all() {
        let (_, operation, apart) = rows.iter().find(|(name, ..)| *name == known.name).expect(known.name);
        let (operation, inside) = operation.split_once('/').unwrap_or((operation, ""));
        let operation = account.operation(known.service, operation).expect(operation);
        let schema = Value::from((operation.schema)());
        let has = |parameter: &str| {
            let reference = schema.pointer(&format!("/properties/{inside}/$ref")).and_then(Value::as_str);
            let place = reference.unwrap_or_default().trim_start_matches('#');
            schema.pointer(&format!("{place}/properties/{parameter}")).is_some()
        };
        for property in known.properties {
            if !apart.contains(&property.parameter) && !has(property.parameter) {
                missing.push(format!("{} {}", known.name, property.parameter));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
