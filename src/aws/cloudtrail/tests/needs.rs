use serde_json::json;

use super::*;

#[test]
fn a_trail_needs_a_bucket_that_is_there_and_lets_it_in() {
    let mut account = archives();
    let missing =
        account.error(CloudTrail, "CreateTrail", json!({ "Name": "carnet", "S3BucketName": "nulle-part" }));
    account.ok(S3, "CreateBucket", json!({ "Bucket": "coffre-ville" }));
    let shut =
        account.error(CloudTrail, "CreateTrail", json!({ "Name": "carnet", "S3BucketName": "coffre-ville" }));

    assert_eq!(missing, "S3BucketDoesNotExistException: S3 bucket nulle-part does not exist!");
    assert_eq!(
        shut,
        "InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: coffre-ville"
    );
    assert!(account.services().cloudtrail.trails().is_empty());
}

#[test]
fn a_refusal_for_want_of_a_bucket_is_recorded() {
    let mut account = archives();
    account.error(CloudTrail, "CreateTrail", json!({ "Name": "carnet", "S3BucketName": "nulle-part" }));

    let record = account.payloads(HopPath::ApiTrail).pop().expect("it is recorded");
    assert_eq!(record["errorCode"], "S3BucketDoesNotExistException");
    assert_eq!(record["requestParameters"]["s3BucketName"], "nulle-part");
}

#[test]
fn a_trail_needs_a_log_group_and_a_role_that_may_write_to_it() {
    let mut account = archives();
    let trail = |group: &str, role: &str| {
        json!({
            "Name": "carnet", "S3BucketName": "archives-ville",
            "CloudWatchLogsLogGroupArn": format!("arn:aws:logs:us-east-1:123456789012:log-group:{group}:*"),
            "CloudWatchLogsRoleArn": format!("arn:aws:iam::123456789012:role/{role}"),
        })
    };

    let no_group = account.error(CloudTrail, "CreateTrail", trail("/nulle/part", "carnet"));
    let no_role = account.error(CloudTrail, "CreateTrail", trail("/ville/carnet", "personne"));
    account.ok(Iam, "PutRolePolicy", may_write("Deny"));
    let no_right = account.error(CloudTrail, "CreateTrail", trail("/ville/carnet", "carnet"));

    assert!(no_group.starts_with("InvalidCloudWatchLogsLogGroupArnException"), "{no_group}");
    let denied = "InvalidCloudWatchLogsRoleArnException: Access denied. Check the permissions for your role.";
    assert_eq!((no_role.as_str(), no_right.as_str()), (denied, denied));
}

#[test]
fn a_topic_that_does_not_let_cloudtrail_in_is_refused() {
    let mut account = archives();
    account.ok(Sns, "CreateTopic", json!({ "Name": "fichiers" }));
    let mut trail = plain("carnet");
    trail["SnsTopicName"] = "fichiers".into();

    let refusal = account.error(CloudTrail, "CreateTrail", trail);
    assert!(refusal.starts_with("InsufficientSnsTopicPolicyException"), "{refusal}");
}

#[test]
fn an_encrypted_trail_needs_a_key_that_lets_cloudtrail_in_and_stops_when_it_is_lost() {
    let mut account = archives();
    let key = account.ok(Kms, "CreateKey", json!({}))["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    let mut trail = plain("carnet");
    trail["KmsKeyId"] = key.as_str().into();
    let shut = account.error(CloudTrail, "CreateTrail", trail.clone());
    assert!(shut.starts_with("InsufficientEncryptionPolicyException"), "{shut}");

    let door = |who: Value, action: &str| json!({ "Effect": "Allow", "Principal": who, "Action": action, "Resource": "*" });
    let owner = door(json!({ "AWS": "arn:aws:iam::123456789012:root" }), "kms:*");
    let cloudtrail = door(json!({ "Service": "cloudtrail.amazonaws.com" }), "kms:GenerateDataKey*");
    let policy = |statements: Value| {
        let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        json!({ "KeyId": key, "PolicyName": "default", "Policy": document })
    };
    account.ok(Kms, "PutKeyPolicy", policy(json!([owner, cloudtrail])));
    account.ok(CloudTrail, "CreateTrail", trail);
    account.ok(CloudTrail, "StartLogging", json!({ "Name": "carnet" }));
    account.wait(60);
    account.ok(Kms, "PutKeyPolicy", policy(json!([owner])));
    account.wait(60);

    let status = account.ok(CloudTrail, "GetTrailStatus", json!({ "Name": "carnet" }));
    assert!(status.get("LatestDeliveryTime").is_some(), "the first file came through");
    assert!(account.refusals().iter().any(|refusal| refusal.contains("kms:GenerateDataKey")));
    assert!(status.get("LatestDeliveryError").is_some());
}

#[test]
fn what_vigie_does_not_simulate_of_a_trail_is_refused_by_its_name() {
    let mut account = a_logging_trail();
    let mut of_organization = plain("carnet");
    of_organization["IsOrganizationTrail"] = true.into();
    let insights = json!({
        "TrailName": "carnet-ville", "InsightSelectors": [{ "InsightType": "ApiCallRateInsight" }],
    });

    let organization = account.error(CloudTrail, "CreateTrail", of_organization);
    let insights = account.error(CloudTrail, "PutInsightSelectors", insights);

    assert!(organization.contains("IsOrganizationTrail is not simulated by Vigie"), "{organization}");
    assert!(insights.contains("ApiCallRateInsight is not simulated by Vigie"), "{insights}");
}

#[test]
fn a_region_has_five_trails_at_most() {
    let mut account = archives();
    for number in 1..=5 {
        account.ok(CloudTrail, "CreateTrail", plain(&format!("carnet-{number}")));
    }

    let refusal = account.error(CloudTrail, "CreateTrail", plain("carnet-6"));
    assert!(refusal.starts_with("MaximumNumberOfTrailsExceededException"), "{refusal}");
}

#[test]
fn tags_of_a_trail_come_and_go() {
    let mut account = a_logging_trail();
    let arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/carnet-ville";
    let tags = json!([{ "Key": "equipe", "Value": "garde" }, { "Key": "prix", "Value": "1" }]);
    account.ok(CloudTrail, "AddTags", json!({ "ResourceId": arn, "TagsList": tags }));
    account.ok(CloudTrail, "RemoveTags", json!({ "ResourceId": arn, "TagsList": [{ "Key": "prix" }] }));

    let listed = account.ok(CloudTrail, "ListTags", json!({ "ResourceIdList": [arn] }));
    assert_eq!(listed["ResourceTagList"][0]["TagsList"], json!([{ "Key": "equipe", "Value": "garde" }]));
}
