use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    aws::{
        ApiCall, HopPath, Principal, Region,
        ServiceName::{CloudTrail, Iam, Kms, Logs, S3, Sns},
        Via,
        note::reasons,
        testing::Sandbox,
    },
    kernel::{Cause, InputId},
};

mod data_events;
mod files;
mod needs;

const BUCKET_ARN: &str = "arn:aws:s3:::archives-ville";

/// An account with a bucket that lets CloudTrail in, a log group, and a role that may write to it.
fn archives() -> Sandbox {
    let mut account = Sandbox::new();
    account.ok(S3, "CreateBucket", json!({ "Bucket": "archives-ville" }));
    let statement = |action: &str, resource: String| {
        let principal = json!({ "Service": "cloudtrail.amazonaws.com" });
        json!({ "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource })
    };
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        statement("s3:GetBucketAcl", BUCKET_ARN.to_owned()),
        statement("s3:PutObject", format!("{BUCKET_ARN}/*")),
    ]});
    let parameters = json!({ "Bucket": "archives-ville", "Policy": policy.to_string() });
    account.ok(S3, "PutBucketPolicy", parameters);
    account.ok(Logs, "CreateLogGroup", json!({ "logGroupName": "/ville/carnet" }));
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "cloudtrail.amazonaws.com" }, "Action": "sts:AssumeRole",
    }]});
    let role = json!({ "RoleName": "carnet", "AssumeRolePolicyDocument": trust.to_string() });
    account.ok(Iam, "CreateRole", role);
    account.ok(Iam, "PutRolePolicy", may_write("Allow"));
    account.forget();
    account
}

/// What allows the role to write to the log group, or does not.
fn may_write(effect: &str) -> Value {
    let document = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": effect, "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*",
    }]});
    json!({ "RoleName": "carnet", "PolicyName": "write", "PolicyDocument": document.to_string() })
}

/// The parameters of a trail of one region that writes to the bucket only.
fn plain(name: &str) -> Value {
    json!({ "Name": name, "S3BucketName": "archives-ville" })
}

fn a_logging_trail() -> Sandbox {
    let mut account = archives();
    account.ok(
        CloudTrail,
        "CreateTrail",
        json!({
            "Name": "carnet-ville",
            "S3BucketName": "archives-ville",
            "IsMultiRegionTrail": true,
            "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/ville/carnet:*",
            "CloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/carnet",
        }),
    );
    account.ok(CloudTrail, "StartLogging", json!({ "Name": "carnet-ville" }));
    account
}

fn names(answer: &Value) -> Vec<&str> {
    let events = answer["Events"].as_array().expect("there is always a list");
    events.iter().filter_map(|event| event["EventName"].as_str()).collect()
}

#[test]
fn a_call_shows_in_the_event_history_a_few_seconds_after_the_act() {
    let mut account = archives();
    account.ok(CloudTrail, "CreateTrail", plain("carnet"));

    let at_once = account.ok(CloudTrail, "LookupEvents", json!({}));
    account.wait(5);
    let later = account.ok(CloudTrail, "LookupEvents", json!({}));

    assert!(!names(&at_once).contains(&"CreateTrail"));
    assert_eq!(names(&later)[..2], ["LookupEvents", "CreateTrail"], "the newest comes first");
}

#[test]
fn the_event_history_needs_no_trail_but_the_bus_does() {
    let mut account = archives();
    account.ok(CloudTrail, "CreateTrail", plain("carnet"));

    assert_eq!(account.titles(HopPath::ApiTrail), ["CreateTrail"]);
    assert!(account.hops(HopPath::TrailBus).is_empty());
    assert_eq!(account.missed(HopPath::TrailBus)[0], reasons::NO_LOGGING_TRAIL);
}

#[test]
fn a_logging_trail_delivers_to_the_bus_its_bucket_and_its_log_group() {
    let account = a_logging_trail();

    for path in [HopPath::TrailBus, HopPath::TrailS3, HopPath::TrailLogs] {
        assert_eq!(account.titles(path), ["StartLogging"], "{path}");
    }
    let record = account.hops(HopPath::ApiTrail)[1].id;
    let bus = account.hops(HopPath::TrailBus)[0];
    assert_eq!(bus.cause, Cause::Hop(record), "the record causes its deliveries");
    assert_eq!(bus.payload.body()["detail-type"], "AWS API Call via CloudTrail");
    assert_eq!(bus.payload.body()["source"], "aws.cloudtrail");
    let group = &account.ledger.node(account.hops(HopPath::TrailLogs)[0].to).resource;
    assert_eq!(&**group, "/ville/carnet");
}

#[test]
fn the_record_of_stop_logging_still_gets_through_and_nothing_after_it() {
    let mut account = a_logging_trail();
    account.ok(CloudTrail, "StopLogging", json!({ "Name": "carnet-ville" }));
    account.ok(CloudTrail, "DeleteTrail", json!({ "Name": "carnet-ville" }));

    assert_eq!(account.titles(HopPath::TrailBus), ["StartLogging", "StopLogging"]);
    assert_eq!(account.titles(HopPath::TrailS3), ["StartLogging", "StopLogging"]);
}

#[test]
fn a_read_goes_to_the_archives_but_is_not_offered_to_the_bus() {
    let mut account = a_logging_trail();
    account.ok(CloudTrail, "GetTrailStatus", json!({ "Name": "carnet-ville" }));

    assert_eq!(account.titles(HopPath::TrailS3), ["StartLogging", "GetTrailStatus"]);
    assert_eq!(account.titles(HopPath::TrailBus), ["StartLogging"]);
    assert_eq!(account.missed(HopPath::TrailBus).last(), Some(&reasons::READ_ONLY_NOT_OFFERED));
}

#[test]
fn lookup_events_is_read_only_but_its_name_lets_it_onto_the_bus() {
    let mut account = a_logging_trail();
    account.ok(CloudTrail, "LookupEvents", json!({}));

    assert_eq!(account.titles(HopPath::TrailBus), ["StartLogging", "LookupEvents"]);
}

#[test]
fn a_trail_of_one_region_hears_nothing_of_the_others() {
    let mut account = archives();
    account.ok(CloudTrail, "CreateTrail", plain("local"));
    account.ok(CloudTrail, "StartLogging", json!({ "Name": "local" }));

    account.in_region("eu-west-3");
    account.ok(CloudTrail, "DescribeTrails", json!({}));

    let trails = &account.account.services().cloudtrail;
    assert!(trails.is_logging(&Region::new("us-east-1")) && !trails.is_logging(&Region::new("eu-west-3")));
    assert_eq!(account.titles(HopPath::TrailS3), ["StartLogging"]);
    let missed = account.near_misses();
    let why = missed.iter().rfind(|miss| miss.path == HopPath::TrailS3).expect("it says why");
    assert_eq!((why.reason.code, &*why.reason.detail), (reasons::NOT_SELECTED, "local: awsRegion=eu-west-3"));
}

#[test]
fn a_selector_for_writes_leaves_reads_out() {
    let mut account = a_logging_trail();
    account.ok(
        CloudTrail,
        "PutEventSelectors",
        json!({ "TrailName": "carnet-ville", "EventSelectors": [{ "ReadWriteType": "WriteOnly" }] }),
    );
    account.ok(CloudTrail, "ListTrails", json!({}));

    assert_eq!(account.titles(HopPath::TrailS3), ["StartLogging", "PutEventSelectors"]);
    assert_eq!(account.titles(HopPath::ApiTrail).last().map(String::as_str), Some("ListTrails"));
}

#[test]
fn events_are_looked_up_by_one_attribute_at_a_time() {
    let mut account = a_logging_trail();
    account.wait(5);

    let by = |key: &str, value: &str| json!({ "LookupAttributes": [{ "AttributeKey": key, "AttributeValue": value }] });
    let by_name = account.ok(CloudTrail, "LookupEvents", by("EventName", "StartLogging"));
    let by_resource = account.ok(CloudTrail, "LookupEvents", by("ResourceName", "carnet-ville"));
    let both = json!({ "LookupAttributes": [
        { "AttributeKey": "EventName", "AttributeValue": "StartLogging" },
        { "AttributeKey": "ReadOnly", "AttributeValue": "false" },
    ]});

    assert_eq!(names(&by_name), ["StartLogging"]);
    assert_eq!(names(&by_resource), ["StartLogging", "CreateTrail"]);
    assert_eq!(by_name["Events"][0]["ReadOnly"], "false", "a text, not a truth value");
    let refusal = account.error(CloudTrail, "LookupEvents", both);
    assert!(refusal.starts_with("InvalidLookupAttributesException"), "{refusal}");
}

#[test]
fn a_page_of_the_history_says_where_the_next_one_begins() {
    let mut account = a_logging_trail();
    account.wait(5);

    let first = account.ok(CloudTrail, "LookupEvents", json!({ "MaxResults": 1 }));
    let token = &first["NextToken"];
    let second = account.ok(CloudTrail, "LookupEvents", json!({ "MaxResults": 1, "NextToken": token }));

    assert_eq!((names(&first), names(&second)), (vec!["StartLogging"], vec!["CreateTrail"]));
}

#[test]
fn after_ninety_days_the_history_has_forgotten() {
    let mut account = a_logging_trail();
    account.wait(91 * 24 * 3_600);

    assert_eq!(names(&account.ok(CloudTrail, "LookupEvents", json!({}))), Vec::<&str>::new());
}

#[test]
fn a_trail_file_lies_where_the_guide_says() {
    let mut account = a_logging_trail();
    account.ok(CloudTrail, "UpdateTrail", json!({ "Name": "carnet-ville", "S3KeyPrefix": "ville" }));
    account.wait(60);

    let status = account.ok(CloudTrail, "GetTrailStatus", json!({ "Name": "carnet-ville" }));
    assert_eq!(status["IsLogging"], true);
    let body = account.hops(HopPath::TrailS3)[1].payload.body().into_owned();
    assert_eq!(body["Records"][0]["eventName"], "UpdateTrail");
}

#[test]
fn an_unknown_trail_and_one_of_another_region_are_refused_in_their_own_words() {
    let mut account = a_logging_trail();

    let unknown =
        account.call(CloudTrail, "StopLogging", json!({ "Name": "nothing" })).expect_err("no such trail");
    account.in_region("eu-west-3");
    let elsewhere = account.error(CloudTrail, "StopLogging", json!({ "Name": "carnet-ville" }));

    assert_eq!(
        &*unknown.message,
        "Unknown trail: arn:aws:cloudtrail:us-east-1:123456789012:trail/nothing for the user: 123456789012"
    );
    assert!(elsewhere.starts_with("InvalidHomeRegionException"), "{elsewhere}");
}

#[test]
fn a_multi_region_trail_must_include_global_services() {
    let mut account = Sandbox::new();
    let trail = json!({
        "Name": "carnet", "S3BucketName": "b", "IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": false,
    });

    let refusal = account.error(CloudTrail, "CreateTrail", trail);
    assert!(refusal.starts_with("InvalidParameterCombinationException"), "{refusal}");
}

#[test]
fn a_call_that_failed_is_in_the_notebook_with_its_error() {
    let mut account = Sandbox::new();
    account.error(CloudTrail, "StopLogging", json!({ "Name": "nothing" }));

    let record = account.hops(HopPath::ApiTrail)[0].payload.body().into_owned();
    assert_eq!(record["errorCode"], "TrailNotFoundException");
    assert_eq!(record["requestParameters"], json!({ "name": "nothing" }));
    assert_eq!(record["responseElements"], Value::Null);
}

#[test]
fn the_hop_to_the_notebook_begins_at_the_thing_acted_on() {
    let account = a_logging_trail();

    let from = account.ledger.node(account.hops(HopPath::ApiTrail)[1].from);
    assert_eq!((from.service, &*from.resource), (CloudTrail, "carnet-ville"));
}
