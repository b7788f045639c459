mod keys;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, Principal, Region, Send, ServiceName,
    testing::Sandbox,
};
use crate::kernel::{Cause, InputId};

const S3: ServiceName = ServiceName::S3;
const BUCKET: &str = "example-data-123456789012";

fn with_bucket() -> Sandbox {
    let mut account = Sandbox::new();
    account.in_region("eu-west-1");
    account.ok(
        S3,
        "CreateBucket",
        json!({ "Bucket": BUCKET, "CreateBucketConfiguration": { "LocationConstraint": "eu-west-1" } }),
    );
    account
}

fn policy(principal: Value, action: &str, condition: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Test", "Effect": "Allow", "Principal": principal, "Action": action,
        "Resource": format!("arn:aws:s3:::{BUCKET}/*"), "Condition": condition,
    }]})
    .to_string()
}

fn public_read() -> String {
    policy(json!("*"), "s3:GetObject", json!({}))
}

fn open_block(account: &mut Sandbox) {
    account.ok(S3, "PutPublicAccessBlock", json!({ "Bucket": BUCKET, "PublicAccessBlockConfiguration": {} }));
}

/// Delivers a file as CloudTrail does, and says why it was refused.
fn deliver(account: &mut Sandbox) -> Option<String> {
    let region = Region::new("eu-west-1");
    account.with_outbox(Cause::Input(InputId::from_index(0)), |_, out| {
        let body = Arc::new(json!({ "Records": [] }));
        out.send(Send {
            path: HopPath::TrailS3,
            from: Node::new(ServiceName::CloudTrail, &region, "carnet"),
            to: Node::new(S3, &region, BUCKET),
            payload: Payload::json(PayloadKind::Act, "file", Arc::clone(&body)),
            parcel: Parcel::PutObject {
                bucket: BUCKET.into(),
                key: "AWSLogs/123456789012/file.json.gz".into(),
                body,
                by: "cloudtrail.amazonaws.com".into(),
                source_arn: "arn:aws:cloudtrail:eu-west-1:123456789012:trail/carnet".into(),
                kms_key: None,
            },
            delay: Delay::None,
            reference: None,
        });
    });
    account.wait(1);
    account.refusals().pop()
}

#[test]
fn a_new_bucket_is_private_in_every_way() {
    let mut account = with_bucket();

    let block = account.ok(S3, "GetPublicAccessBlock", json!({ "Bucket": BUCKET }));
    let encryption = account.ok(S3, "GetBucketEncryption", json!({ "Bucket": BUCKET }));

    assert_eq!(
        block["PublicAccessBlockConfiguration"],
        json!({ "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true })
    );
    let rule = &encryption["ServerSideEncryptionConfiguration"]["Rules"][0];
    assert_eq!(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256");
    assert_eq!(
        account.error(S3, "GetBucketPolicy", json!({ "Bucket": BUCKET })),
        "NoSuchBucketPolicy: The bucket policy does not exist"
    );
    assert_eq!(
        account.error(S3, "PutBucketAcl", json!({ "Bucket": BUCKET, "ACL": "public-read" })),
        "AccessControlListNotSupported: The bucket does not allow ACLs"
    );
}

#[test]
fn a_public_policy_is_refused_until_the_block_is_lifted() {
    let mut account = with_bucket();
    account.act_as_user("bruno", &["PowerUserAccess"]);
    let put = json!({ "Bucket": BUCKET, "Policy": public_read() });

    assert_eq!(
        account.error(S3, "PutBucketPolicy", put.clone()),
        "AccessDenied: User: arn:aws:iam::123456789012:user/bruno is not authorized to perform: \
         s3:PutBucketPolicy on resource: \"arn:aws:s3:::example-data-123456789012\" because public policies are \
         blocked by the BlockPublicPolicy block public access setting."
    );
    open_block(&mut account);
    account.ok(S3, "PutBucketPolicy", put);

    let status = account.ok(S3, "GetBucketPolicyStatus", json!({ "Bucket": BUCKET }));
    assert_eq!(status, json!({ "PolicyStatus": { "IsPublic": true } }));
}

#[test]
fn a_trails_file_needs_a_policy_that_lets_cloudtrail_in() {
    let mut account = with_bucket();
    let service = json!({ "Service": "cloudtrail.amazonaws.com" });

    let refused = deliver(&mut account).unwrap();
    assert!(refused.contains("because no resource-based policy allows the s3:PutObject action"), "{refused}");

    let condition = json!({ "StringEquals": {
        "s3:x-amz-acl": "bucket-owner-full-control",
        "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/carnet",
    }});
    let text = policy(service.clone(), "s3:PutObject", condition);
    account.ok(S3, "PutBucketPolicy", json!({ "Bucket": BUCKET, "Policy": text }));
    assert_eq!(deliver(&mut account), None);
    assert_eq!(account.services().s3.keys(BUCKET).count(), 1);

    let other_trail = json!({ "StringEquals": { "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/autre" } });
    let text = policy(service, "s3:PutObject", other_trail);
    account.ok(S3, "PutBucketPolicy", json!({ "Bucket": BUCKET, "Policy": text }));
    assert!(deliver(&mut account).is_some());
}

#[test]
fn a_bucket_policy_lets_in_a_user_whom_nothing_else_allows() {
    let mut account = with_bucket();
    account.ok(S3, "PutObject", json!({ "Bucket": BUCKET, "Key": "note.txt", "Body": "bonjour" }));
    let text = policy(json!({ "AWS": "arn:aws:iam::123456789012:user/mallory" }), "s3:GetObject", json!({}));
    account.ok(S3, "PutBucketPolicy", json!({ "Bucket": BUCKET, "Policy": text }));
    account.act_as_user("mallory", &[]);
    let note = json!({ "Bucket": BUCKET, "Key": "note.txt" });

    assert_eq!(account.ok(S3, "GetObject", note.clone())["Body"], "bonjour");
    assert_eq!(
        account.error(S3, "PutObject", note),
        "AccessDenied: User: arn:aws:iam::123456789012:user/mallory is not authorized to perform: s3:PutObject on \
         resource: \"arn:aws:s3:::example-data-123456789012/note.txt\" because no identity-based policy allows the \
         s3:PutObject action"
    );
}

#[test]
fn a_policy_must_speak_of_its_own_bucket_and_name_somebody() {
    let mut account = with_bucket();
    let mut error = |policy: Value| {
        account.error(S3, "PutBucketPolicy", json!({ "Bucket": BUCKET, "Policy": policy.to_string() }))
    };
    let statement = |extra: Value| {
        let mut one = json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{BUCKET}/*") });
        for (key, value) in extra.as_object().unwrap() {
            one[key] = value.clone();
        }
        json!({ "Statement": [one] })
    };

    assert_eq!(
        error(statement(json!({ "Resource": "arn:aws:s3:::autre/*" }))),
        "MalformedPolicy: Policy has invalid resource"
    );
    assert_eq!(
        error(statement(json!({ "Action": "ec2:RunInstances" }))),
        "MalformedPolicy: Policy has invalid action"
    );
    assert_eq!(
        error(json!({ "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }] })),
        "MalformedPolicy: Missing required field Principal"
    );
}

#[test]
fn a_bucket_lives_where_it_was_created_and_must_be_empty_to_go() {
    let mut account = with_bucket();
    let here = json!({ "Bucket": BUCKET });
    assert_eq!(
        account.ok(S3, "GetBucketLocation", here.clone()),
        json!({ "LocationConstraint": "eu-west-1" })
    );
    assert!(
        account
            .error(S3, "CreateBucket", json!({ "Bucket": "autre-seau" }))
            .starts_with("IllegalLocationConstraintException: The unspecified location constraint")
    );
    assert_eq!(
        account.error(S3, "CreateBucket", json!({ "Bucket": "Un Seau" })),
        "InvalidBucketName: The specified bucket is not valid."
    );
    account.ok(S3, "PutObject", json!({ "Bucket": BUCKET, "Key": "a", "Body": "1" }));

    assert!(account.error(S3, "DeleteBucket", here.clone()).starts_with("BucketNotEmpty"));
    account.ok(S3, "DeleteObject", json!({ "Bucket": BUCKET, "Key": "a" }));
    account.ok(S3, "DeleteBucket", here.clone());
    assert_eq!(
        account.error(S3, "GetBucketLocation", here),
        "NoSuchBucket: The specified bucket does not exist"
    );
}

#[test]
fn objects_are_listed_in_order_and_in_pages() {
    let mut account = with_bucket();
    for key in ["b/2", "a/1", "b/1"] {
        account.ok(S3, "PutObject", json!({ "Bucket": BUCKET, "Key": key, "Body": "x" }));
    }

    let page = account.ok(S3, "ListObjectsV2", json!({ "Bucket": BUCKET, "Prefix": "b/", "MaxKeys": 1 }));

    assert_eq!(page["Contents"][0]["Key"], "b/1");
    assert_eq!(page["IsTruncated"], true);
}

#[test]
fn a_configuration_item_of_a_bucket_has_the_shape_of_the_sample() {
    let account = with_bucket();
    let change = account.services().s3.buckets[BUCKET].change("123456789012");

    let path = format!("{}/tests/samples/config-ci-s3-bucket.json", env!("CARGO_MANIFEST_DIR"));
    let sample: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&change.configuration), keys(&sample["configuration"]));
    assert_eq!(keys(&change.supplementary), keys(&sample["supplementaryConfiguration"]));
    for member in [
        "BucketPolicy",
        "PublicAccessBlockConfiguration",
        "ServerSideEncryptionConfiguration",
        "BucketVersioningConfiguration",
    ] {
        assert_eq!(change.supplementary[member], sample["supplementaryConfiguration"][member], "{member}");
    }
    assert_eq!(&*change.availability_zone, "Regional");
}

#[test]
fn closing_a_bucket_is_recorded_under_the_name_that_records_give_it() {
    let mut account = with_bucket();
    account.act_as(Principal::Root);
    account.ok(
        S3,
        "PutPublicAccessBlock",
        json!({ "Bucket": BUCKET, "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
        }}),
    );

    let record = account.payloads(HopPath::ApiTrail).pop().unwrap();
    let path = format!("{}/tests/samples/ct-s3-PutBucketPublicAccessBlock.json", env!("CARGO_MANIFEST_DIR"));
    let real: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for member in ["eventName", "requestParameters", "responseElements", "resources", "readOnly"] {
        assert_eq!(record[member], real[member], "{member}");
    }
}
