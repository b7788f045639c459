use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::aws::{Node, Region, ServiceName};

fn record(event_name: &str, read_only: bool, management: bool, resource: (&str, &str)) -> Record {
    let region = Region::new("us-east-1");
    Record {
        json: Arc::new(json!({
            "eventType": "AwsApiCall",
            "userIdentity": { "arn": "arn:aws:iam::123456789012:user/dana" },
            "resources": [{ "type": resource.0, "ARN": resource.1 }],
        })),
        event_name: event_name.into(),
        event_source: if management { "kms.amazonaws.com" } else { "s3.amazonaws.com" },
        event_id: "event".into(),
        read_only,
        management,
        count: 1,
        subject: Node::new(ServiceName::S3, &region, "b"),
        touched: Arc::from([]),
        region,
    }
}

fn advanced(conditions: Value) -> Result<Selectors, ApiError> {
    let selector = serde_json::from_value(json!({ "FieldSelectors": conditions })).expect("it is a selector");
    Selectors::new(None, Some(vec![selector]))
}

fn of_objects(more: Value) -> Value {
    let mut conditions = vec![
        json!({ "Field": "eventCategory", "Equals": ["Data"] }),
        json!({ "Field": "resources.type", "Equals": ["AWS::S3::Object"] }),
    ];
    conditions.extend(more.as_array().cloned().unwrap_or_default());
    conditions.into()
}

#[test]
fn fields_must_all_fit_and_values_of_a_field_are_alternatives() {
    let selectors = advanced(of_objects(json!([
        { "Field": "eventName", "Equals": ["GetObject", "PutObject"] },
        { "Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::coffre/"] },
    ])))
    .expect("it is valid");
    let object = ("AWS::S3::Object", "arn:aws:s3:::coffre/plan");

    assert_eq!(selectors.keeps_out(&record("PutObject", false, false, object)), None);
    assert_eq!(
        selectors.keeps_out(&record("DeleteObject", false, false, object)).as_deref(),
        Some("eventName=DeleteObject")
    );
    let elsewhere = ("AWS::S3::Object", "arn:aws:s3:::autre/plan");
    assert_eq!(
        selectors.keeps_out(&record("PutObject", false, false, elsewhere)).as_deref(),
        Some("resources.ARN=arn:aws:s3:::autre/plan")
    );
}

#[test]
fn of_a_negative_operator_no_value_may_fit() {
    let selectors = advanced(json!([
        { "Field": "eventCategory", "Equals": ["Management"] },
        { "Field": "eventSource", "NotEquals": ["kms.amazonaws.com", "rdsdata.amazonaws.com"] },
    ]))
    .expect("it is valid");

    let decrypt = record("Decrypt", true, true, ("AWS::KMS::Key", "arn:aws:kms:…"));
    assert_eq!(selectors.keeps_out(&decrypt).as_deref(), Some("eventSource=kms.amazonaws.com"));
}

#[test]
fn what_only_aws_records_is_refused_by_its_name() {
    for unsimulated in ["AWS::DynamoDB::Table", "AWS::S3::AccessPoint"] {
        let conditions = json!([
            { "Field": "eventCategory", "Equals": ["Data"] },
            { "Field": "resources.type", "Equals": [unsimulated] },
        ]);
        let refusal = advanced(conditions).expect_err("nothing here produces it").to_string();
        assert!(refusal.contains(unsimulated) && refusal.contains("not simulated by Vigie"), "{refusal}");
    }
}

#[test]
fn selectors_that_make_no_sense_are_refused() {
    for conditions in [
        json!([{ "Field": "eventName", "Equals": ["GetObject"] }]),
        json!([{ "Field": "eventCategory", "NotEquals": ["Data"] }]),
        json!([{ "Field": "eventCategory", "Equals": ["Data"] }]),
        of_objects(json!([{ "Field": "readOnly", "Equals": ["yes"] }])),
        of_objects(json!([{ "Field": "eventColour", "Equals": ["blue"] }])),
        of_objects(json!([{ "Field": "eventName" }])),
        json!([
            { "Field": "eventCategory", "Equals": ["Management"] },
            { "Field": "resources.ARN", "Equals": ["arn:aws:s3:::b"] },
        ]),
    ] {
        let refusal = advanced(conditions.clone()).expect_err("it makes no sense");
        assert_eq!(&*refusal.code, "InvalidEventSelectorsException", "{conditions}");
    }
}

#[test]
fn basic_and_advanced_selectors_exclude_each_other() {
    let both = Selectors::new(Some(vec![EventSelector::default()]), Some(Vec::new()));

    assert!(both.is_err() && Selectors::new(None, None).is_err());
}

#[test]
fn a_basic_selector_says_which_of_its_settings_keeps_an_event_out() {
    let selector = |json: Value| {
        let selector = serde_json::from_value(json).expect("it is a selector");
        Selectors::new(Some(vec![selector]), None).expect("it is valid")
    };
    let decrypt = record("Decrypt", true, true, ("AWS::KMS::Key", "arn:aws:kms:…"));
    let why = |json| selector(json).keeps_out(&decrypt);

    assert_eq!(why(json!({ "ReadWriteType": "WriteOnly" })).as_deref(), Some("ReadWriteType=WriteOnly"));
    assert_eq!(
        why(json!({ "ExcludeManagementEventSources": ["kms.amazonaws.com"] })).as_deref(),
        Some("ExcludeManagementEventSources=kms.amazonaws.com")
    );
    assert_eq!(why(json!({})), None);
}

#[test]
fn functions_are_meant_exactly_and_objects_by_how_their_arn_begins() {
    let of = |kind: &str, value: &str, arn: &str| {
        let selector = json!({ "DataResources": [{ "Type": kind, "Values": [value] }] });
        let selector: EventSelector = serde_json::from_value(selector).expect("it is a selector");
        selector.keeps_out(&record("Invoke", false, false, (kind, arn))).is_none()
    };
    let lambda = "AWS::Lambda::Function";

    assert!(of(lambda, "arn:aws:lambda:us-east-1:1:function:a", "arn:aws:lambda:us-east-1:1:function:a"));
    assert!(!of(lambda, "arn:aws:lambda:us-east-1:1:function:a", "arn:aws:lambda:us-east-1:1:function:ab"));
    assert!(of(lambda, "arn:aws:lambda", "arn:aws:lambda:us-east-1:1:function:ab"));
    assert!(of("AWS::S3::Object", "arn:aws:s3:::coffre/plans", "arn:aws:s3:::coffre/plans-2026/x"));
}
