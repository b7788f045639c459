//! What services announce and what managed rules read are the same: each of these makes a resource by the API and has
//! rules judge its item.

use super::*;

fn compliance(account: &Sandbox, rule: &str) -> Vec<Compliance> {
    verdicts(account)
        .into_iter()
        .filter(|(name, ..)| name == rule)
        .map(|(.., compliance)| compliance)
        .collect()
}

fn inspect(rules: &[(&str, Option<&str>)]) -> Sandbox {
    let mut account = an_inspected_account();
    for (identifier, parameters) in rules {
        put_rule(&mut account, identifier, identifier, *parameters);
    }
    account
}

use Compliance::{Compliant, NonCompliant};

#[test]
fn a_bucket_is_judged_by_its_settings_as_they_change() {
    let mut account = inspect(&[
        ("S3_BUCKET_VERSIONING_ENABLED", None),
        ("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", None),
        ("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", None),
        ("S3_DEFAULT_ENCRYPTION_KMS", None),
        ("S3_BUCKET_PUBLIC_READ_PROHIBITED", None),
    ]);
    account.ok(ServiceName::S3, "CreateBucket", json!({ "Bucket": "coffre-ville" }));
    account.wait(10);
    assert_eq!(compliance(&account, "S3_BUCKET_VERSIONING_ENABLED"), [NonCompliant]);
    assert_eq!(compliance(&account, "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"), [Compliant]);
    assert_eq!(compliance(&account, "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED"), [Compliant]);
    assert_eq!(compliance(&account, "S3_DEFAULT_ENCRYPTION_KMS"), [NonCompliant]);

    let bucket = json!({ "Bucket": "coffre-ville" });
    account.ok(ServiceName::S3, "DeletePublicAccessBlock", bucket.clone());
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::coffre-ville/*" }] });
    let put = json!({ "Bucket": "coffre-ville", "Policy": policy.to_string() });
    account.ok(ServiceName::S3, "PutBucketPolicy", put);
    let versioning = json!({ "Bucket": "coffre-ville", "VersioningConfiguration": { "Status": "Enabled" } });
    account.ok(ServiceName::S3, "PutBucketVersioning", versioning);
    account.wait(10);
    assert_eq!(compliance(&account, "S3_BUCKET_VERSIONING_ENABLED"), [Compliant]);
    assert_eq!(compliance(&account, "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"), [NonCompliant]);
    assert_eq!(compliance(&account, "S3_BUCKET_PUBLIC_READ_PROHIBITED"), [NonCompliant]);
}

#[test]
fn an_alarm_is_judged_by_its_actions_and_settings() {
    let mut account = inspect(&[
        ("CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK", None),
        ("CLOUDWATCH_ALARM_ACTION_CHECK", Some(r#"{"insufficientDataActionRequired":"false"}"#)),
        ("CLOUDWATCH_ALARM_SETTINGS_CHECK", Some(r#"{"metricName":"CPUUtilization","threshold":"80"}"#)),
    ]);
    let alarm = json!({
        "AlarmName": "radar-110", "MetricName": "CPUUtilization", "Namespace": "AWS/EC2", "Statistic": "Average",
        "Period": 300, "EvaluationPeriods": 1, "Threshold": 80.0, "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:ops"],
    });
    account.ok(ServiceName::CloudWatch, "PutMetricAlarm", alarm);
    account.wait(10);
    assert_eq!(compliance(&account, "CLOUDWATCH_ALARM_ACTION_CHECK"), [Compliant]);
    assert_eq!(compliance(&account, "CLOUDWATCH_ALARM_SETTINGS_CHECK"), [Compliant]);
    assert_eq!(compliance(&account, "CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK"), [Compliant]);
    assert!(verdicts(&account).iter().all(|(_, id, _)| id == "radar-110"), "an alarm is known by its name");

    account.ok(ServiceName::CloudWatch, "DisableAlarmActions", json!({ "AlarmNames": ["radar-110"] }));
    account.wait(10);
    assert_eq!(compliance(&account, "CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK"), [NonCompliant]);
}

#[test]
fn a_database_is_judged_by_its_flags() {
    let mut account = inspect(&[
        ("RDS_INSTANCE_PUBLIC_ACCESS_CHECK", None),
        ("RDS_STORAGE_ENCRYPTED", None),
        ("RDS_INSTANCE_DEFAULT_ADMIN_CHECK", None),
    ]);
    let database = json!({
        "DBInstanceIdentifier": "archives", "DBInstanceClass": "db.t3.micro", "Engine": "mysql",
        "AllocatedStorage": 20, "MasterUsername": "admin", "MasterUserPassword": "secret99",
        "PubliclyAccessible": true,
    });
    account.ok(ServiceName::Rds, "CreateDBInstance", database);
    account.wait(30);

    assert_eq!(compliance(&account, "RDS_INSTANCE_PUBLIC_ACCESS_CHECK"), [NonCompliant]);
    assert_eq!(compliance(&account, "RDS_STORAGE_ENCRYPTED"), [NonCompliant]);
    assert_eq!(compliance(&account, "RDS_INSTANCE_DEFAULT_ADMIN_CHECK"), [NonCompliant]);
}

#[test]
fn a_topic_is_judged_by_its_key() {
    let mut account = inspect(&[("SNS_ENCRYPTED_KMS", None)]);
    account.ok(ServiceName::Sns, "CreateTopic", json!({ "Name": "alertes" }));
    account.wait(10);

    assert_eq!(compliance(&account, "SNS_ENCRYPTED_KMS"), [NonCompliant]);
}
