use super::*;

fn put_periodic(account: &mut Sandbox, name: &str, identifier: &str, frequency: &str) {
    let rule = json!({
        "ConfigRuleName": name,
        "Source": { "Owner": "AWS", "SourceIdentifier": identifier },
        "MaximumExecutionFrequency": frequency,
    });
    account.ok(Config, "PutConfigRule", json!({ "ConfigRule": rule }));
}

#[test]
fn a_periodic_rule_runs_with_the_recorder_stopped_and_sees_what_nobody_recorded() {
    let mut account = Sandbox::new();
    set_up(&mut account);
    announce(&mut account, garage("0.0.0.0/0"));
    put_periodic(&mut account, "freins", "INCOMING_SSH_DISABLED", "One_Hour");
    put_rule(&mut account, "phares", "EC2_INSTANCE_DETAILED_MONITORING_ENABLED", None);
    announce(&mut account, car("i-rouge", "ami-1", "disabled"));
    account.wait(3_700);

    assert_eq!(verdicts(&account), [("freins".into(), "sg-garage".into(), Compliance::NonCompliant)]);
    assert_eq!(account.hops(HopPath::ConfigRule).len(), 2, "when it was made, and an hour later");
    assert_eq!(account.missed(HopPath::ConfigBus), [reasons::UNCHANGED_VERDICT]);
}

/// A bucket whose policy lets CloudTrail write.
fn a_bucket_for_trails(account: &mut Sandbox, bucket: &str) {
    account.ok(ServiceName::S3, "CreateBucket", json!({ "Bucket": bucket }));
    let by = json!({ "Service": "cloudtrail.amazonaws.com" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": by, "Action": "s3:GetBucketAcl", "Resource": format!("arn:aws:s3:::{bucket}") },
        { "Effect": "Allow", "Principal": by, "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/*") },
    ] });
    let policy = policy.to_string();
    account.ok(ServiceName::S3, "PutBucketPolicy", json!({ "Bucket": bucket, "Policy": policy }));
}

#[test]
fn whether_there_is_a_trail_that_logs_is_seen_at_the_next_period() {
    let mut account = an_inspected_account();
    put_periodic(&mut account, "carnet", "CLOUD_TRAIL_ENABLED", "Three_Hours");
    account.wait(10);
    let of_account = |account: &Sandbox| verdicts(account).pop().map(|(_, id, compliance)| (id, compliance));
    assert_eq!(of_account(&account), Some(("123456789012".into(), Compliance::NonCompliant)));

    a_bucket_for_trails(&mut account, "archives-ville");
    account.ok(
        ServiceName::CloudTrail,
        "CreateTrail",
        json!({ "Name": "carnet", "S3BucketName": "archives-ville" }),
    );
    account.ok(ServiceName::CloudTrail, "StartLogging", json!({ "Name": "carnet" }));
    account.wait(3_600);
    assert_eq!(
        of_account(&account),
        Some(("123456789012".into(), Compliance::NonCompliant)),
        "not yet looked"
    );
    account.wait(2 * 3_600);
    assert_eq!(of_account(&account), Some(("123456789012".into(), Compliance::Compliant)));

    account.ok(ServiceName::CloudTrail, "StopLogging", json!({ "Name": "carnet" }));
    account.wait(3 * 3_600);
    assert_eq!(of_account(&account), Some(("123456789012".into(), Compliance::NonCompliant)));
}

#[test]
fn rules_about_users_look_at_every_user_there_is_now() {
    let mut account = an_inspected_account();
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "dana" }));
    put_periodic(&mut account, "badges", "IAM_USER_MFA_ENABLED", "One_Hour");
    account.wait(10);
    assert_eq!(verdicts(&account).len(), 1);

    account.ok(ServiceName::Iam, "DeleteUser", json!({ "UserName": "dana" }));
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "bruno" }));
    account.wait(3_600);

    let looked: Vec<String> = account
        .payloads(HopPath::ConfigRule)
        .iter()
        .map(|body| body["resourceName"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(looked, ["dana", "bruno"]);
}

#[test]
fn a_rule_that_wakes_on_change_takes_no_frequency() {
    let mut account = an_inspected_account();
    let rule = json!({
        "ConfigRuleName": "phares",
        "Source": { "Owner": "AWS", "SourceIdentifier": "EC2_INSTANCE_DETAILED_MONITORING_ENABLED" },
        "MaximumExecutionFrequency": "One_Hour",
    });

    let refusal = account.error(Config, "PutConfigRule", json!({ "ConfigRule": rule }));

    assert!(refusal.contains("triggered by configuration changes only"), "{refusal}");
}

#[test]
fn a_resource_has_an_alarm_when_an_alarm_has_it() {
    let mut account = an_inspected_account();
    let alarm = resource(
        "AWS::CloudWatch::Alarm",
        "radar-110",
        json!({ "metricName": "CPUUtilization", "dimensions": [{ "name": "InstanceId", "value": "i-rouge" }] }),
    );
    announce(&mut account, alarm);
    announce(&mut account, car("i-rouge", "ami-1", "enabled"));
    announce(&mut account, car("i-bleue", "ami-1", "enabled"));
    let parameters = r#"{"resourceType":"AWS::EC2::Instance","metricName":"CPUUtilization"}"#;
    put_rule(&mut account, "radars", "CLOUDWATCH_ALARM_RESOURCE_CHECK", Some(parameters));
    account.wait(10);

    assert_eq!(
        verdicts(&account),
        [
            ("radars".into(), "i-bleue".into(), Compliance::NonCompliant),
            ("radars".into(), "i-rouge".into(), Compliance::Compliant),
        ]
    );
}

#[test]
fn settings_of_the_account_are_seen_at_the_next_period() {
    let mut account = an_inspected_account();
    put_periodic(&mut account, "mots-de-passe", "IAM_PASSWORD_POLICY", "One_Hour");
    put_periodic(&mut account, "volumes", "EC2_EBS_ENCRYPTION_BY_DEFAULT", "One_Hour");
    account.wait(10);
    let both = |account: &Sandbox| -> Vec<Compliance> {
        verdicts(account).into_iter().map(|(_, _, compliance)| compliance).collect()
    };
    assert_eq!(both(&account), [Compliance::NonCompliant, Compliance::NonCompliant]);

    let strict = json!({
        "MinimumPasswordLength": 14, "MaxPasswordAge": 90, "PasswordReusePrevention": 24, "RequireSymbols": true,
        "RequireNumbers": true, "RequireUppercaseCharacters": true, "RequireLowercaseCharacters": true,
    });
    account.ok(ServiceName::Iam, "UpdateAccountPasswordPolicy", strict);
    account.ok(ServiceName::Ec2, "EnableEbsEncryptionByDefault", json!({}));
    account.wait(3_600);
    assert_eq!(both(&account), [Compliance::Compliant, Compliance::Compliant]);

    account.ok(ServiceName::Iam, "UpdateAccountPasswordPolicy", json!({ "MinimumPasswordLength": 14 }));
    account.ok(ServiceName::Ec2, "DisableEbsEncryptionByDefault", json!({}));
    account.wait(3_600);
    assert_eq!(
        both(&account),
        [Compliance::NonCompliant, Compliance::NonCompliant],
        "what an update leaves out goes back to its default"
    );
}
