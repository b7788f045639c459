//! How S3 spells a call: the bucket, its host, an empty marker for the sub-resource, and the XML body as it is.

use serde_json::{Map, Value, json};

use super::{Wording, facts::bucket_arn};
use crate::aws::{ApiCall, ApiOutcome, Outbox};

const XMLNS: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The sub-resource an operation addresses, by the end of its name.
const MARKERS: &[(&str, &str)] = &[
    ("PublicAccessBlock", "publicAccessBlock"),
    ("BucketPolicyStatus", "policyStatus"),
    ("BucketPolicy", "policy"),
    ("BucketAcl", "acl"),
    ("BucketEncryption", "encryption"),
    ("BucketVersioning", "versioning"),
    ("BucketTagging", "tagging"),
    ("BucketLogging", "logging"),
    ("BucketLocation", "location"),
    ("BucketNotificationConfiguration", "notification"),
];

pub(super) fn word(
    operation: &'static str,
    call: &ApiCall,
    outcome: &ApiOutcome,
    out: &mut Outbox<'_>,
) -> Wording {
    let mut request = Map::new();
    let mut body_length = 0;
    for (key, value) in call.parameters.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("Bucket", _) => {
                request.insert("bucketName".to_owned(), value.clone());
                request.insert("Host".to_owned(), host(call).into());
            }
            ("Key", _) => {
                request.insert("key".to_owned(), value.clone());
            }
            ("Policy", Value::String(text)) => {
                body_length = text.len();
                let document = serde_json::from_str(text).unwrap_or_else(|_| value.clone());
                request.insert("bucketPolicy".to_owned(), document);
            }
            ("ACL", _) => {
                request.insert("x-amz-acl".to_owned(), value.clone());
            }
            (_, Value::Object(members)) => {
                let mut body = Map::from_iter([("xmlns".to_owned(), XMLNS.into())]);
                body.extend(members.clone());
                body_length = Value::Object(body.clone()).to_string().len();
                request.insert(key.clone(), Value::Object(body));
            }
            ("Body", Value::String(text)) => body_length = text.len(),
            ("Prefix", _) => {
                request.insert("prefix".to_owned(), value.clone());
            }
            _ => {}
        }
    }
    if request.is_empty() {
        request.insert("Host".to_owned(), host(call).into());
    }
    if let Some((_, marker)) = MARKERS.iter().find(|(end, _)| operation.ends_with(end)) {
        request.insert((*marker).to_owned(), "".into());
    }
    if operation == "ListObjectsV2" {
        request.insert("list-type".to_owned(), "2".into());
    }
    let mut additional = json!({
        "SignatureVersion": "SigV4",
        "CipherSuite": "TLS_AES_128_GCM_SHA256",
        "bytesTransferredIn": body_length,
        "AuthenticationMethod": "AuthHeader",
        "x-amz-id-2": format!("{}=", out.base32(75)),
        "bytesTransferredOut": bytes_out(outcome),
    });
    let is_of_object = matches!(operation, "GetObject" | "PutObject" | "CopyObject");
    if let (true, Ok(answer)) = (is_of_object, outcome) {
        let how = if answer.get("ServerSideEncryption").and_then(Value::as_str) == Some("aws:kms") {
            "KMS"
        } else {
            "S3"
        };
        additional["SSEApplied"] = format!("Default_SSE_{how}").into();
    }
    Wording {
        request: Value::Object(request),
        response: Value::Null,
        additional_event_data: Some(additional),
    }
}

/// How much left: the object itself, or about what an error takes in XML.
fn bytes_out(outcome: &ApiOutcome) -> u64 {
    match outcome {
        Ok(answer) => answer.get("ContentLength").and_then(Value::as_u64).unwrap_or_default(),
        Err(_) => 243,
    }
}

/// The host called: the bucket's own, but for the calls that make or list buckets.
pub(super) fn host(call: &ApiCall) -> String {
    let region = &call.region;
    match call.parameters.get("Bucket").and_then(Value::as_str) {
        Some(bucket) if &*call.operation != "CreateBucket" => format!("{bucket}.s3.{region}.amazonaws.com"),
        _ => format!("s3.{region}.amazonaws.com"),
    }
}

pub(super) fn resources(call: &ApiCall, account_id: &str) -> Option<Value> {
    let text = |key: &str| call.parameters.get(key).and_then(Value::as_str);
    let bucket = text("Bucket")?;
    let of_bucket =
        json!({ "accountId": account_id, "type": "AWS::S3::Bucket", "ARN": bucket_arn(bucket, None) });
    Some(match text("Key") {
        Some(key) => json!([{ "type": "AWS::S3::Object", "ARN": bucket_arn(bucket, Some(key)) }, of_bucket]),
        None if call.operation.starts_with("ListObjects") => {
            let prefix = bucket_arn(bucket, Some(text("Prefix").unwrap_or_default()));
            json!([{ "type": "AWS::S3::Object", "ARNPrefix": prefix }, of_bucket])
        }
        None => json!([of_bucket]),
    })
}
