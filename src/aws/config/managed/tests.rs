use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Compliance, Parameters, Verdict, all, find};
use crate::aws::timestamps;

fn now() -> DateTime<Utc> {
    timestamps::parse("2026-11-20T12:00:00Z").expect("it is RFC 3339")
}

fn parameters(given: &[(&str, &str)]) -> Parameters {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn verdict(identifier: &str, item: &Value, given: &[(&str, &str)]) -> Verdict {
    let rule = find(identifier).expect("it is in the table");
    let mut item = item.clone();
    if item.get("resourceType").is_none() {
        item["resourceType"] = rule.resource_types[0].into();
    }
    rule.evaluate(&item, &parameters(given), now())
}

fn judge(identifier: &str, configuration: Value, given: &[(&str, &str)]) -> Compliance {
    verdict(identifier, &json!({ "configuration": configuration }), given).compliance
}

fn bucket(identifier: &str, supplementary: Value, given: &[(&str, &str)]) -> Compliance {
    let item = json!({
        "resourceName": "coffre", "configuration": {}, "supplementaryConfiguration": supplementary,
    });
    verdict(identifier, &item, given).compliance
}

fn policy(statement: &Value) -> Value {
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    json!({ "BucketPolicy": { "policyText": document.to_string() } })
}

use Compliance::{Compliant, NonCompliant, NotApplicable};

#[test]
fn identifiers_and_names_are_unique_and_defaults_fit_their_parameters() {
    let mut identifiers: Vec<&str> = all().map(|rule| rule.identifier).collect();
    let count = identifiers.len();
    identifiers.sort_unstable();
    identifiers.dedup();
    assert_eq!(identifiers.len(), count);
    assert!(count >= 78, "{count} rules");
    for rule in all() {
        assert!(!rule.resource_types.is_empty(), "{}", rule.identifier);
        for parameter in rule.parameters {
            let objection = parameter.default.and_then(|default| parameter.objection(default));
            assert_eq!(objection, None, "{}", rule.identifier);
            assert!(!(parameter.required && parameter.default.is_some()), "{}", rule.identifier);
        }
    }
}

#[test]
fn an_objection_names_the_place_what_was_expected_and_what_was_found() {
    let monitoring = json!({ "configuration": { "monitoring": { "state": "disabled" } } });
    let verdict = verdict("EC2_INSTANCE_DETAILED_MONITORING_ENABLED", &monitoring, &[]);

    assert_eq!(
        serde_json::to_value(&verdict.fault).expect("a fault is JSON"),
        json!({ "field": "monitoring.state", "expected": "enabled", "actual": "disabled" })
    );
    assert_eq!(verdict.annotation().as_deref(), Some("monitoring.state: expected enabled, found disabled"));
}

#[test]
fn another_type_of_resource_is_not_applicable() {
    let item = json!({ "resourceType": "AWS::S3::Bucket", "configuration": {} });

    assert_eq!(verdict("INCOMING_SSH_DISABLED", &item, &[]).compliance, NotApplicable);
}

fn ssh(permission: Value) -> Compliance {
    judge("INCOMING_SSH_DISABLED", json!({ "ipPermissions": [permission] }), &[])
}

#[test]
fn every_protocol_includes_ssh_and_udp_does_not() {
    let everything = json!({ "ipProtocol": "-1", "ipv4Ranges": [{ "cidrIp": "0.0.0.0/0" }] });
    let udp = json!({ "ipProtocol": "udp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{ "cidrIp": "0.0.0.0/0" }] });

    assert_eq!(ssh(everything), NonCompliant);
    assert_eq!(ssh(udp), Compliant);
}

#[test]
fn a_world_written_the_old_way_is_still_the_world() {
    let old = json!({ "ipProtocol": "tcp", "fromPort": 20, "toPort": 25, "ipRanges": ["0.0.0.0/0"] });

    assert_eq!(ssh(old), NonCompliant);
}

#[test]
fn blocked_ports_are_listed_beside_the_five_numbered_ones() {
    let open = |port: i64| {
        json!({ "ipPermissions": [{
            "ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipv6Ranges": [{ "cidrIpv6": "::/0" }] }] })
    };
    let with = [("blockedPorts", "5432, 6000-6010")];

    assert_eq!(judge("RESTRICTED_INCOMING_TRAFFIC", open(6005), &with), NonCompliant);
    assert_eq!(judge("RESTRICTED_INCOMING_TRAFFIC", open(3389), &with), NonCompliant);
    assert_eq!(judge("RESTRICTED_INCOMING_TRAFFIC", open(22), &with), Compliant);
}

#[test]
fn a_range_is_authorized_when_the_listed_ranges_cover_it_together() {
    let open = |protocol: &str, to: i64| {
        json!({ "ipPermissions": [{
            "ipProtocol": protocol, "fromPort": 1020, "toPort": to, "ipv4Ranges": [{ "cidrIp": "0.0.0.0/0" }] }] })
    };
    let rule = "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS";
    let with = [("authorizedTcpPorts", "443,1020-1022,1023"), ("authorizedUdpPorts", "1020")];

    assert_eq!(judge(rule, open("tcp", 1023), &with), Compliant);
    assert_eq!(judge(rule, open("tcp", 1024), &with), NonCompliant);
    assert_eq!(judge(rule, open("udp", 1021), &with), NonCompliant);
    assert_eq!(judge(rule, open("icmp", 1023), &with), Compliant);
}

#[test]
fn the_images_of_stopped_instances_are_nobodys_business() {
    let instance = |state: &str| json!({ "imageId": "ami-2", "state": { "name": state } });
    let with = |state, ids| judge("APPROVED_AMIS_BY_ID", instance(state), &[("amiIds", ids)]);

    assert_eq!(with("running", "ami-1, ami-2"), Compliant);
    assert_eq!(with("running", "ami-1"), NonCompliant);
    assert_eq!(with("stopped", "ami-1"), NotApplicable);
}

#[test]
fn an_image_is_approved_by_a_tag_it_has() {
    let with = |tags: Value| {
        let item = json!({
            "configuration": { "imageId": "ami-1", "state": { "name": "running" } },
            "supplementaryConfiguration": { "ImageTags": tags },
        });
        verdict("APPROVED_AMIS_BY_TAG", &item, &[("amisByTagKeyAndValue", "golden,env:prod")]).compliance
    };

    assert_eq!(with(json!({ "golden": "" })), Compliant);
    assert_eq!(with(json!({ "env": "prod" })), Compliant);
    assert_eq!(with(json!({ "env": "dev" })), NonCompliant);
}

#[test]
fn a_public_policy_is_harmless_where_public_policies_are_restricted() {
    let open = json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:Get*",
        "Resource": "arn:aws:s3:::coffre/*" });
    let with = |restricted: bool| {
        let mut supplementary = policy(&open);
        supplementary["PublicAccessBlockConfiguration"] = json!({ "restrictPublicBuckets": restricted });
        bucket("S3_BUCKET_PUBLIC_READ_PROHIBITED", supplementary, &[])
    };

    assert_eq!(with(false), NonCompliant);
    assert_eq!(with(true), Compliant);
}

#[test]
fn reading_and_writing_are_two_rules() {
    let write = json!({ "Effect": "Allow", "Principal": { "AWS": ["*"] }, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::coffre/*" });
    let from_home = json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:*",
        "Resource": "arn:aws:s3:::coffre/*", "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } } });

    assert_eq!(bucket("S3_BUCKET_PUBLIC_READ_PROHIBITED", policy(&write), &[]), Compliant);
    assert_eq!(bucket("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", policy(&write), &[]), NonCompliant);
    assert_eq!(bucket("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", policy(&from_home), &[]), Compliant);
}

#[test]
fn an_access_list_may_come_as_text_and_counts_until_it_is_ignored() {
    let list = json!({ "grantList": [{
        "grantee": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "permission": "Read" }] });
    let with = |block: &str| {
        let supplementary = json!({
            "AccessControlList": list.to_string(), "PublicAccessBlockConfiguration": { block: true },
        });
        bucket("S3_BUCKET_PUBLIC_READ_PROHIBITED", supplementary, &[])
    };

    assert_eq!(with("blockPublicAcls"), NonCompliant, "it only refuses new lists");
    assert_eq!(with("ignorePublicAcls"), Compliant);
}

#[test]
fn only_a_full_denial_of_plain_http_will_do() {
    let statement = |effect: &str, principal: Value, resources: Value, secure: &str| {
        json!({ "Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": resources,
            "Condition": { "Bool": { "aws:SecureTransport": secure } } })
    };
    let both = json!(["arn:aws:s3:::coffre", "arn:aws:s3:::coffre/*"]);
    let somebody = json!({ "AWS": "arn:aws:iam::123456789012:user/dana" });
    let with = |statement: Value| bucket("S3_BUCKET_SSL_REQUESTS_ONLY", policy(&statement), &[]);

    assert_eq!(with(statement("Deny", json!("*"), both.clone(), "false")), Compliant);
    assert_eq!(with(statement("Allow", json!("*"), both.clone(), "true")), NonCompliant);
    assert_eq!(with(statement("Deny", somebody, both, "false")), NonCompliant);
    assert_eq!(bucket("S3_BUCKET_SSL_REQUESTS_ONLY", json!({}), &[]), NonCompliant);
}

#[test]
fn a_policy_that_denies_plain_uploads_stands_in_for_default_encryption() {
    let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::coffre/*",
        "Condition": { "StringNotEquals": { "s3:x-amz-server-side-encryption": "AES256" } } });

    assert_eq!(bucket("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", policy(&deny), &[]), Compliant);
}

#[test]
fn a_lock_has_a_mode_and_a_copy_a_direction() {
    let lock = json!({ "ObjectLockConfiguration": { "objectLockEnabled": "Enabled",
        "rule": { "defaultRetention": { "mode": "GOVERNANCE", "days": 1 } } } });
    let copies = |status: &str| {
        json!({ "BucketReplicationConfiguration": { "rules": {
            "r": { "status": status, "destinationConfig": { "bucketARN": "arn:aws:s3:::copie" } } } } })
    };
    let mode = |mode| bucket("S3_BUCKET_DEFAULT_LOCK_ENABLED", lock.clone(), &[("mode", mode)]);

    assert_eq!((mode("GOVERNANCE"), mode("COMPLIANCE")), (Compliant, NonCompliant));
    assert_eq!(bucket("S3_BUCKET_REPLICATION_ENABLED", copies("Enabled"), &[]), Compliant);
    assert_eq!(bucket("S3_BUCKET_REPLICATION_ENABLED", copies("Disabled"), &[]), NonCompliant);
}

#[test]
fn tenancy_is_asked_of_the_listed_images_only() {
    let instance = json!({ "imageId": "ami-1", "placement": { "tenancy": "host", "hostId": "h-1" } });
    let with = |given: &[(&str, &str)]| judge("DESIRED_INSTANCE_TENANCY", instance.clone(), given);

    assert_eq!(with(&[("tenancy", "HOST"), ("hostId", "h-1,h-2")]), Compliant);
    assert_eq!(with(&[("tenancy", "HOST"), ("hostId", "h-2")]), NonCompliant);
    assert_eq!(with(&[("tenancy", "DEDICATED")]), NonCompliant);
    assert_eq!(with(&[("tenancy", "DEDICATED"), ("imageId", "ami-2")]), NotApplicable);
}

#[test]
fn an_instance_may_be_stopped_for_so_many_days() {
    let stopped = |when: &str| json!({ "state": { "name": "stopped" }, "stateTransitionReason": format!("User initiated ({when} GMT)") });

    assert_eq!(judge("EC2_STOPPED_INSTANCE", stopped("2026-10-01 10:00:00"), &[]), NonCompliant);
    assert_eq!(judge("EC2_STOPPED_INSTANCE", stopped("2026-10-25 10:00:00"), &[]), Compliant);
    let with = [("AllowedDays", "60")];
    assert_eq!(judge("EC2_STOPPED_INSTANCE", stopped("2026-10-01 10:00:00"), &with), Compliant);
}

#[test]
fn a_volume_that_is_attached_to_nothing_is_unused_and_its_encryption_not_judged() {
    let volume = |attachments: Value| json!({ "encrypted": false, "attachments": attachments });
    let attached = json!([{ "state": "attached", "deleteOnTermination": true }]);

    assert_eq!(judge("ENCRYPTED_VOLUMES", volume(json!([])), &[]), NotApplicable);
    assert_eq!(judge("EC2_VOLUME_INUSE_CHECK", volume(json!([])), &[]), NonCompliant);
    let with =
        |flag| judge("EC2_VOLUME_INUSE_CHECK", volume(attached.clone()), &[("deleteOnTermination", flag)]);
    assert_eq!((with("True"), with("False"), with("perhaps")), (Compliant, NonCompliant, NonCompliant));
}

#[test]
fn the_first_tag_is_cost_center_unless_another_is_asked_for() {
    let with = |tags: Value, given: &[(&str, &str)]| {
        let item = json!({ "resourceType": "AWS::S3::Bucket", "tags": tags });
        verdict("REQUIRED_TAGS", &item, given).compliance
    };

    assert_eq!(with(json!({ "CostCenter": "4711" }), &[]), Compliant);
    assert_eq!(with(json!({ "Env": "prod" }), &[]), NonCompliant);
    assert_eq!(with(json!({ "Env": "prod" }), &[("tag1Key", "Env"), ("tag1Value", "dev, prod")]), Compliant);
}

#[test]
fn an_exception_list_spares_those_it_names() {
    let user = json!({ "userName": "dana", "attachedManagedPolicies": [
        { "policyName": "AdministratorAccess", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess" }] });
    let with = |list| judge("IAM_POLICY_BLACKLISTED_CHECK", user.clone(), &[("exceptionList", list)]);

    assert_eq!(with("users:[bob;dana], groups:[admins]"), Compliant);
    assert_eq!(with("users:[bob], groups:[dana]"), NonCompliant);
}

fn policy_document(action: &str, resource: &str) -> Value {
    let statement = json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    let document = json!({ "Version": "2012-10-17", "Statement": statement });
    json!({ "policyVersionList": [
        { "isDefaultVersion": false, "document": r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"# },
        { "isDefaultVersion": true, "document": document.to_string() },
    ] })
}

#[test]
fn a_policy_gives_a_service_away_by_an_unrestricted_wildcard_only() {
    let full =
        |action: &str| judge("IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", policy_document(action, "*"), &[]);
    let admin =
        |action: &str| judge("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", policy_document(action, "*"), &[]);

    assert_eq!((full("ec2:*"), full("ec2:Describe*"), full("*")), (NonCompliant, Compliant, NonCompliant));
    assert_eq!((admin("ec2:*"), admin("*")), (Compliant, NonCompliant));
}

#[test]
fn who_has_no_password_and_no_active_key_has_nothing_to_protect() {
    let user = json!({ "mfaDevices": [], "loginProfile": null,
        "accessKeys": [{ "status": "Inactive", "createDate": "2025-01-01T00:00:00.000Z" }] });

    assert_eq!(judge("MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", user.clone(), &[]), Compliant);
    assert_eq!(judge("ACCESS_KEYS_ROTATED", user.clone(), &[]), Compliant);
    assert_eq!(judge("IAM_USER_UNUSED_CREDENTIALS_CHECK", user, &[]), Compliant);
}

#[test]
fn a_key_that_was_never_used_is_as_old_as_it_is() {
    let user = |created: &str| json!({ "accessKeys": [{ "status": "Active", "createDate": created, "lastUsedDate": null }] });

    let age = |created| judge("IAM_USER_UNUSED_CREDENTIALS_CHECK", user(created), &[]);
    assert_eq!((age("2026-08-01T00:00:00Z"), age("2026-08-22T00:00:00Z")), (NonCompliant, Compliant));
}

#[test]
fn passwords_that_never_expire_are_too_old_for_any_limit() {
    let strong = json!({ "passwordPolicy": { "minimumPasswordLength": 14, "requireSymbols": true,
        "requireNumbers": true, "requireUppercaseCharacters": true, "requireLowercaseCharacters": true,
        "expirePasswords": false, "passwordReusePrevention": 24 } });

    assert_eq!(judge("IAM_PASSWORD_POLICY", strong, &[]), NonCompliant);
    assert_eq!(judge("IAM_PASSWORD_POLICY", json!({ "passwordPolicy": null }), &[]), NonCompliant);
}

fn trails(trail: Value) -> Value {
    json!({ "trails": [trail] })
}

#[test]
fn a_trail_that_does_not_log_enables_nothing() {
    let trail = |logging: bool| trails(json!({ "name": "t", "s3BucketName": "audit", "isLogging": logging }));

    assert_eq!(judge("CLOUD_TRAIL_ENABLED", trail(true), &[]), Compliant);
    assert_eq!(judge("CLOUD_TRAIL_ENABLED", trail(false), &[]), NonCompliant);
    assert_eq!(judge("CLOUD_TRAIL_ENABLED", trail(true), &[("s3BucketName", "other")]), NonCompliant);
}

#[test]
fn a_multi_region_trail_must_leave_no_source_out() {
    let trail = |excluded: Value| {
        trails(json!({ "isMultiRegionTrail": true, "isLogging": true, "eventSelectors": [
            { "readWriteType": "All", "includeManagementEvents": true, "excludeManagementEventSources": excluded }] }))
    };
    let rule = "MULTI_REGION_CLOUD_TRAIL_ENABLED";

    assert_eq!(judge(rule, trail(json!([])), &[("readWriteType", "ALL")]), Compliant);
    assert_eq!(judge(rule, trail(json!([])), &[("readWriteType", "ReadOnly")]), NonCompliant);
    assert_eq!(judge(rule, trail(json!(["kms.amazonaws.com"])), &[]), NonCompliant);
}

#[test]
fn data_events_of_one_bucket_are_not_those_of_all() {
    let trail = |values: Value| {
        trails(json!({ "isLogging": true, "eventSelectors": [
            { "dataResources": [{ "type": "AWS::S3::Object", "values": values }] }] }))
    };
    let rule = "CLOUDTRAIL_S3_DATAEVENTS_ENABLED";

    assert_eq!(judge(rule, trail(json!(["arn:aws:s3"])), &[]), Compliant);
    assert_eq!(judge(rule, trail(json!(["arn:aws:s3:::b1/"])), &[]), NonCompliant);
    assert_eq!(judge(rule, trail(json!(["arn:aws:s3:::b1/"])), &[("S3BucketNames", "b1,b2")]), NonCompliant);
    let advanced = trails(json!({ "isLogging": true, "advancedEventSelectors": [{ "fieldSelectors": [
        { "field": "eventCategory", "equals": ["Data"] },
        { "field": "resources.type", "equals": ["AWS::S3::Object"] }] }] }));
    assert_eq!(judge(rule, advanced, &[]), Compliant);
}

#[test]
fn a_database_is_judged_only_where_the_guide_judges_it() {
    let database = |engine: &str, status: &str| {
        json!({ "engine": engine, "dBInstanceStatus": status, "multiAZ": false,
            "iAMDatabaseAuthenticationEnabled": false, "deletionProtection": false })
    };

    assert_eq!(judge("RDS_MULTI_AZ_SUPPORT", database("aurora-mysql", "available"), &[]), NotApplicable);
    assert_eq!(judge("RDS_LOGGING_ENABLED", database("mysql", "creating"), &[]), NotApplicable);
    let authentication =
        |engine| judge("RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED", database(engine, "available"), &[]);
    assert_eq!((authentication("mysql"), authentication("oracle-ee")), (NonCompliant, NotApplicable));
    let with = [("databaseEngines", "postgres, mariadb")];
    let protection =
        |engine| judge("RDS_INSTANCE_DELETION_PROTECTION_ENABLED", database(engine, "available"), &with);
    assert_eq!((protection("mysql"), protection("mariadb")), (NotApplicable, NonCompliant));
}

#[test]
fn more_logs_may_be_asked_of_an_engine() {
    let database = json!({ "engine": "oracle-ee", "dBInstanceStatus": "available",
        "enabledCloudwatchLogsExports": ["alert", "audit", "trace", "listener"] });
    let with = |more| judge("RDS_LOGGING_ENABLED", database.clone(), &[("additionalLogs", more)]);

    assert_eq!(judge("RDS_LOGGING_ENABLED", database.clone(), &[]), Compliant);
    assert_eq!(with("oracle: general, alert ; aurora: alert"), NonCompliant);
    assert_eq!(with("aurora: general"), Compliant);
}

#[test]
fn backups_are_kept_as_long_as_asked() {
    let kept = |given: &[(&str, &str)]| {
        judge("DB_INSTANCE_BACKUP_ENABLED", json!({ "backupRetentionPeriod": 7 }), given)
    };
    let replica = json!({ "backupRetentionPeriod": 0, "readReplicaSourceDBInstanceIdentifier": "source" });

    assert_eq!((kept(&[]), kept(&[("backupRetentionMinimum", "8")])), (Compliant, NonCompliant));
    assert_eq!(kept(&[("backupRetentionPeriod", "14")]), NonCompliant);
    assert_eq!(
        judge("DB_INSTANCE_BACKUP_ENABLED", replica, &[("checkReadReplicas", "false")]),
        NotApplicable
    );
}

fn function(policy: &Value) -> Compliance {
    let item = json!({ "configuration": {}, "supplementaryConfiguration": { "Policy": policy.to_string() } });
    verdict("LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", &item, &[]).compliance
}

#[test]
fn s3_may_call_a_function_for_a_named_account_only() {
    let statement = |condition: Value| {
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
            "Principal": { "Service": "s3.amazonaws.com" }, "Action": "lambda:InvokeFunction",
            "Resource": "*", "Condition": condition }] })
    };
    let of_bucket = json!({ "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::coffre" } });
    let of_account = json!({ "StringEquals": { "AWS:SourceAccount": "123456789012" } });

    assert_eq!(function(&statement(of_bucket)), NonCompliant);
    assert_eq!(function(&statement(of_account)), Compliant);
}

#[test]
fn a_function_of_an_image_has_no_settings_to_check() {
    let function = |role: &str, package: &str| json!({ "runtime": "nodejs22.x", "role": role, "timeout": 3, "memorySize": 128, "packageType": package });
    let role = "arn:aws:iam::123456789012:role/service/depot";
    let with = |role_wanted, package| {
        let given = [("runtime", "nodejs22.x, python3.13"), ("role", role_wanted)];
        judge("LAMBDA_FUNCTION_SETTINGS_CHECK", function(role, package), &given)
    };

    assert_eq!(
        (with("depot", "Zip"), with("other", "Zip"), with("other", "Image")),
        (Compliant, NonCompliant, NotApplicable)
    );
}

#[test]
fn an_alarm_needs_the_actions_asked_for() {
    let alarm = json!({ "alarmActions": ["arn:a"], "oKActions": [], "insufficientDataActions": [] });
    let with = |given: &[(&str, &str)]| judge("CLOUDWATCH_ALARM_ACTION_CHECK", alarm.clone(), given);

    assert_eq!(with(&[]), NonCompliant, "an action for INSUFFICIENT_DATA is asked for by default");
    assert_eq!(with(&[("insufficientDataActionRequired", "false")]), Compliant);
    let listed = [("insufficientDataActionRequired", "false"), ("action2", "arn:b")];
    assert_eq!(with(&listed), NonCompliant);
}

#[test]
fn an_alarm_on_another_metric_is_not_judged_and_its_period_is_300_by_default() {
    let alarm = json!({ "metricName": "CPUUtilization", "period": 60, "threshold": 80.0 });
    let with = |given: &[(&str, &str)]| judge("CLOUDWATCH_ALARM_SETTINGS_CHECK", alarm.clone(), given);

    assert_eq!(with(&[("metricName", "StatusCheckFailed")]), NotApplicable);
    assert_eq!(with(&[("metricName", "CPUUtilization")]), NonCompliant);
    let settings = [("metricName", "CPUUtilization"), ("period", "60"), ("threshold", "80")];
    assert_eq!(with(&settings), Compliant);
}

#[test]
fn keys_that_cannot_rotate_are_not_asked_to() {
    let key = |spec: &str| {
        let item = json!({ "configuration": { "keyManager": "CUSTOMER", "keySpec": spec, "origin": "AWS_KMS" },
            "supplementaryConfiguration": { "KeyRotationStatus": false } });
        verdict("CMK_BACKING_KEY_ROTATION_ENABLED", &item, &[]).compliance
    };

    assert_eq!((key("SYMMETRIC_DEFAULT"), key("RSA_2048")), (NonCompliant, NotApplicable));
}

#[test]
fn groups_that_keep_logs_for_ever_keep_them_long_enough() {
    let group = |days: Value| json!({ "logGroupName": "/ville", "retentionInDays": days });
    let with = |days, given: &[(&str, &str)]| judge("CW_LOGGROUP_RETENTION_PERIOD_CHECK", group(days), given);

    assert_eq!(with(Value::Null, &[]), Compliant);
    assert_eq!(with(json!(30), &[("MinRetentionTime", "30")]), Compliant);
    assert_eq!(with(json!(7), &[("LogGroupNames", "/autre")]), NotApplicable);
}

#[test]
fn each_inbound_entry_of_a_network_acl_is_judged_by_itself() {
    let entry = |protocol: &str, cidr: &str, egress: bool| {
        json!({ "entries": [{ "ruleAction": "allow", "egress": egress, "protocol": protocol,
            cidr: if cidr == "cidrBlock" { "0.0.0.0/0" } else { "::/0" } }] })
    };
    let with =
        |protocol, cidr, egress| judge("NACL_NO_UNRESTRICTED_SSH_RDP", entry(protocol, cidr, egress), &[]);

    assert_eq!(with("-1", "cidrBlock", false), NonCompliant);
    assert_eq!(with("6", "ipv6CidrBlock", false), NonCompliant);
    assert_eq!(with("1", "cidrBlock", false), Compliant, "ICMP has no ports");
    assert_eq!(with("-1", "cidrBlock", true), Compliant);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z0-9:/.*%{}\"-]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{1,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_item_whatsoever_makes_a_rule_panic(value in any_json(), text in "[ -~]{0,20}") {
        for rule in all() {
            let item = json!({
                "resourceType": rule.resource_types[0], "tags": value, "configuration": value,
                "supplementaryConfiguration": value,
            });
            let given = rule.parameters.iter().map(|one| (one.name.to_owned(), text.clone())).collect();
            rule.evaluate(&item, &given, now());
        }
    }
}
