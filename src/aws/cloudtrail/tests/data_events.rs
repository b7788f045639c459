use serde_json::json;

use super::*;

/// A trail that also delivers what happens to the objects of `coffre-ville`.
fn with_objects() -> Sandbox {
    let mut account = a_logging_trail();
    for bucket in ["coffre-ville", "autre"] {
        account.ok(S3, "CreateBucket", json!({ "Bucket": bucket }));
        account.ok(S3, "PutObject", json!({ "Bucket": bucket, "Key": "plan.txt", "Body": "plan" }));
    }
    let selector = json!({
        "IncludeManagementEvents": true,
        "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::coffre-ville/"] }],
    });
    let selectors = json!({ "TrailName": "carnet-ville", "EventSelectors": [selector] });
    account.ok(CloudTrail, "PutEventSelectors", selectors);
    account.forget();
    account
}

fn read(bucket: &str) -> Value {
    json!({ "Bucket": bucket, "Key": "plan.txt" })
}

#[test]
fn a_data_event_is_nowhere_unless_a_selector_asks_for_it() {
    let mut account = with_objects();
    account.ok(S3, "GetObject", read("autre"));
    account.ok(S3, "GetObject", read("coffre-ville"));
    account.wait(10);

    assert_eq!(account.titles(HopPath::TrailS3), ["GetObject"]);
    let missed = account.near_misses();
    let off: Vec<&str> = missed
        .iter()
        .filter(|miss| miss.reason.code == reasons::DATA_EVENTS_OFF)
        .map(|miss| &*miss.reason.detail)
        .collect();
    assert_eq!(off, ["GetObject"]);
    let history = account.ok(CloudTrail, "LookupEvents", json!({}));
    assert!(!names(&history).contains(&"GetObject"), "never in the history");
}

#[test]
fn a_million_reads_are_one_hop_with_their_count() {
    let mut account = with_objects();
    let call = Arc::new(ApiCall {
        by: Principal::Root,
        via: Via::cli("203.0.113.24"),
        region: Region::new("us-east-1"),
        service: S3,
        operation: "GetObject".into(),
        parameters: read("coffre-ville"),
    });
    let cause = Cause::Input(InputId::from_index(0));
    let answer = account.with_outbox(cause, |account, out| account.call_many(&call, 1_000_000, out));
    account.wait(10);

    assert_eq!(answer.map(|answer| answer["ContentLength"].clone()), Ok(json!(4)));
    let hops = account.hops(HopPath::TrailS3);
    assert_eq!(hops.len(), 1);
    assert_eq!(hops[0].payload.body()["vigieCount"], 1_000_000);
    assert_eq!(hops[0].payload.body()["Records"][0].get("vigieCount"), None, "the record is AWS's own");
}

#[test]
fn a_list_of_objects_counts_as_a_read_of_objects() {
    let mut account = with_objects();
    account.ok(S3, "ListObjectsV2", json!({ "Bucket": "coffre-ville" }));

    assert_eq!(account.titles(HopPath::TrailS3), ["ListObjects"]);
}

#[test]
fn advanced_selectors_choose_by_name_and_resource() {
    let mut account = with_objects();
    let conditions = json!([
        { "Field": "eventCategory", "Equals": ["Data"] },
        { "Field": "resources.type", "Equals": ["AWS::S3::Object"] },
        { "Field": "eventName", "Equals": ["DeleteObject"] },
    ]);
    let selectors = json!([{ "Name": "deletions", "FieldSelectors": conditions }]);
    let parameters = json!({ "TrailName": "carnet-ville", "AdvancedEventSelectors": selectors });
    let answer = account.ok(CloudTrail, "PutEventSelectors", parameters);
    account.forget();
    account.ok(S3, "GetObject", read("autre"));
    account.ok(S3, "DeleteObject", read("autre"));
    account.ok(CloudTrail, "ListTrails", json!({}));

    assert_eq!(answer["AdvancedEventSelectors"], selectors);
    assert_eq!(account.titles(HopPath::TrailS3), ["DeleteObject"], "and management events no more");
    assert_eq!(account.missed(HopPath::TrailBus), [reasons::NOT_SELECTED], "nor does the bus hear of them");
}
