use serde_json::{Value, json};

use super::*;
use crate::aws::{Delays, Fate, Profile};

/// The keys of the bucket, and what the last of them holds.
fn bucket(account: &mut Sandbox) -> (Vec<String>, Value) {
    let keys: Vec<String> = account.services().s3.keys("archives-ville").map(str::to_owned).collect();
    let last = keys.last().expect("a file has been delivered").clone();
    let object = account.ok(S3, "GetObject", json!({ "Bucket": "archives-ville", "Key": last }));
    (keys, object)
}

#[test]
fn a_file_lies_where_the_guide_says_and_is_gzip() {
    let mut account = a_logging_trail();
    account.wait(60);
    let (keys, object) = bucket(&mut account);

    let key = &keys[0];
    let start = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/20/123456789012_CloudTrail_us-east-1_20261120T0900Z_";
    assert!(key.starts_with(start) && key.ends_with(".json.gz"), "{key}");
    assert_eq!(object["ContentEncoding"], "gzip");
    assert_eq!(object["Body"]["Records"][0]["eventName"], "StartLogging");
    let plain = object["Body"].to_string().len();
    assert!(object["ContentLength"].as_u64().expect("a length") < plain as u64 / 2 + 100, "it is compressed");
}

#[test]
fn acts_that_fall_together_share_a_file_and_each_keeps_its_hop() {
    let mut account = a_logging_trail();
    account.wait(60);
    for _ in 0..3 {
        account.ok(CloudTrail, "ListTrails", json!({}));
    }
    account.wait(60);
    let (keys, object) = bucket(&mut account);

    assert_eq!(keys.len(), 2);
    assert_eq!(object["Body"]["Records"].as_array().map(Vec::len), Some(3));
    let hops = account.hops(HopPath::TrailS3);
    let causes: Vec<Cause> = hops.iter().rev().take(3).map(|hop| hop.cause).collect();
    assert_eq!(hops.len(), 4);
    assert!(causes[0] != causes[1] && causes[1] != causes[2], "each has its own act");
}

#[test]
fn in_real_time_a_file_collects_for_minutes() {
    let mut account = a_logging_trail();
    account.delays = Delays { profile: Profile::Realistic };
    account.wait(3_600);
    for _ in 0..3 {
        account.ok(CloudTrail, "ListTrails", json!({}));
        account.wait(60);
    }
    account.wait(600);
    let (keys, object) = bucket(&mut account);

    assert_eq!(keys.len(), 2);
    assert_eq!(object["Body"]["Records"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_bucket_that_shuts_its_door_refuses_every_record_of_the_file_and_the_status_says_so() {
    let mut account = a_logging_trail();
    account.wait(60);
    account.ok(S3, "DeleteBucketPolicy", json!({ "Bucket": "archives-ville" }));
    account.wait(60);
    let before = account.fates().len();
    account.ok(CloudTrail, "ListTrails", json!({}));
    account.ok(CloudTrail, "ListTrails", json!({}));
    account.wait(60);

    let status = account.ok(CloudTrail, "GetTrailStatus", json!({ "Name": "carnet-ville" }));
    assert_eq!(status["LatestDeliveryError"], "AccessDenied");
    assert!(status.get("LatestDeliveryAttemptSucceeded").is_none());
    assert!(account.refusals().iter().any(|refusal| refusal.contains("no resource-based policy allows")));
    let first_tries = account.fates().into_iter().skip(before);
    let refused = first_tries.filter(|fate| matches!(fate, Fate::Retried { attempt: 1, .. })).count();
    assert_eq!(refused, 2, "one for each of the two records");
}

#[test]
fn a_file_is_tried_again_until_the_bucket_lets_it_in() {
    let mut account = archives();
    account.ok(CloudTrail, "CreateTrail", plain("carnet"));
    let policy = account.ok(S3, "GetBucketPolicy", json!({ "Bucket": "archives-ville" }))["Policy"].clone();
    account.ok(S3, "DeleteBucketPolicy", json!({ "Bucket": "archives-ville" }));
    account.ok(CloudTrail, "StartLogging", json!({ "Name": "carnet" }));
    account.wait(3 * 60);
    assert_eq!(account.services().s3.keys("archives-ville").count(), 0);
    assert_eq!(account.hops(HopPath::Retry).len(), 1, "after one minute, then after two");

    account.ok(S3, "PutBucketPolicy", json!({ "Bucket": "archives-ville", "Policy": policy }));
    account.wait(60);
    let keys: Vec<&str> = account.services().s3.keys("archives-ville").collect();
    assert_eq!(keys.len(), 2, "the file of the act, late, and that of the mended policy: {keys:?}");
    assert_eq!(account.hops(HopPath::Retry).len(), 2);
}

#[test]
fn after_thirty_days_a_file_that_nobody_took_is_lost() {
    let mut account = a_logging_trail();
    account.ok(S3, "DeleteBucketPolicy", json!({ "Bucket": "archives-ville" }));
    account.wait(31 * 24 * 3_600);

    let lost = account.fates().into_iter().filter(|fate| matches!(fate, Fate::Dropped(_))).count();
    assert_eq!(lost, 3, "two records, and the last try");
    let tries = account.hops(HopPath::Retry).len();
    assert!((115..140).contains(&tries), "every six hours in the end: {tries}");
}

#[test]
fn a_role_that_may_no_longer_write_keeps_the_log_group_empty_and_the_status_says_so() {
    let mut account = a_logging_trail();
    account.ok(Iam, "PutRolePolicy", may_write("Deny"));
    account.wait(60);
    account.refusals();
    account.ok(CloudTrail, "ListTrails", json!({}));
    account.wait(60);

    let refusals = account.refusals();
    assert!(
        refusals[0].contains("logs:CreateLogStream") && refusals[0].contains("explicit deny"),
        "{refusals:?}"
    );
    let status = account.ok(CloudTrail, "GetTrailStatus", json!({ "Name": "carnet-ville" }));
    assert!(
        status["LatestCloudWatchLogsDeliveryError"]
            .as_str()
            .is_some_and(|error| error.contains("explicit deny"))
    );
}

#[test]
fn a_topic_hears_of_every_file() {
    let mut account = a_logging_trail();
    account.ok(Sns, "CreateTopic", json!({ "Name": "fichiers" }));
    let topic = "arn:aws:sns:us-east-1:123456789012:fichiers";
    let statement = json!({ "Effect": "Allow", "Principal": { "Service": "cloudtrail.amazonaws.com" },
        "Action": "sns:Publish", "Resource": topic });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let value = json!({ "TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy });
    account.ok(Sns, "SetTopicAttributes", value);
    account.ok(CloudTrail, "UpdateTrail", json!({ "Name": "carnet-ville", "SnsTopicName": "fichiers" }));
    account.wait(60);

    let notice = account.payloads(HopPath::TrailSns).pop().expect("a notice");
    let (keys, _) = bucket(&mut account);
    assert_eq!(notice["s3Bucket"], "archives-ville");
    assert!(keys.contains(&notice["s3ObjectKey"][0].as_str().expect("a key").to_owned()));
    account.wait(60);
    let status = account.ok(CloudTrail, "GetTrailStatus", json!({ "Name": "carnet-ville" }));
    assert!(
        status.get("LatestNotificationTime").is_some() && status.get("LatestNotificationError").is_none()
    );
}

#[test]
fn digests_name_the_files_of_the_hour_and_the_digest_before() {
    let mut account = a_logging_trail();
    account.ok(CloudTrail, "UpdateTrail", json!({ "Name": "carnet-ville", "EnableLogFileValidation": true }));
    account.wait(2 * 3_600 + 60);

    let digests: Vec<Value> = account
        .payloads(HopPath::TrailS3)
        .into_iter()
        .filter(|body| body.get("digestStartTime").is_some())
        .collect();
    let [first, second] = <[Value; 2]>::try_from(digests).expect("one an hour");
    assert_eq!(first["previousDigestHashValue"], Value::Null);
    assert_eq!(first["logFiles"].as_array().map(Vec::len), Some(1), "what was delivered since it began");
    assert_eq!(second["previousDigestS3Object"], first["digestS3Object"]);
    assert_eq!(second["logFiles"], json!([]), "an empty hour has its digest too");
    assert_eq!(second["newestEventTime"], Value::Null);
}
