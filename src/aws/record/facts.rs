//! What a record says that follows from the service and the operation alone.

use serde_json::{Value, json};

use super::s3;
use crate::aws::{Access, ApiCall, Operation, Region, ServiceName, arn::global_arn};

/// Operations whose `readOnly` does not follow from whether they change anything, as seen in real records.
const READ_ONLY: &[(&str, bool)] = &[
    ("AssumeRole", true),
    ("AssumeRoleWithSAML", true),
    ("AssumeRoleWithWebIdentity", true),
    ("Decrypt", true),
    ("Encrypt", true),
    ("GenerateDataKey", true),
    ("LookupEvents", true),
    ("GetFederationToken", false),
];

/// `readOnly`, which does not always follow from whether an operation changes anything.
pub fn is_read_only(service: ServiceName, operation: &Operation) -> bool {
    let excepted = matches!(service, ServiceName::Sts | ServiceName::Kms | ServiceName::CloudTrail);
    READ_ONLY
        .iter()
        .find(|(name, _)| excepted && *name == operation.name)
        .map_or(operation.access == Access::Read, |(_, read_only)| *read_only)
}

/// The name under which a call is recorded: S3's names are those of its first version, and its public access block
/// gains a "Bucket".
pub(super) fn event_name(service: ServiceName, operation: &'static str) -> &'static str {
    match (service, operation) {
        (ServiceName::S3, "ListObjectsV2") => "ListObjects",
        (ServiceName::S3, "PutBucketNotificationConfiguration") => "PutBucketNotification",
        (ServiceName::S3, "GetBucketNotificationConfiguration") => "GetBucketNotification",
        (ServiceName::S3, "PutBucketLifecycleConfiguration") => "PutBucketLifecycle",
        (ServiceName::S3, "GetBucketLifecycleConfiguration") => "GetBucketLifecycle",
        (ServiceName::S3, "PutPublicAccessBlock") => "PutBucketPublicAccessBlock",
        (ServiceName::S3, "GetPublicAccessBlock") => "GetBucketPublicAccessBlock",
        (ServiceName::S3, "DeletePublicAccessBlock") => "DeleteBucketPublicAccessBlock",
        _ => operation,
    }
}

/// The few services whose records carry an `apiVersion`.
pub(super) fn api_version(service: ServiceName) -> Option<&'static str> {
    match service {
        ServiceName::Logs => Some("20140328"),
        ServiceName::EventBridge => Some("2015-10-07"),
        _ => None,
    }
}

pub(super) fn tls_details(call: &ApiCall, region: &Region) -> Value {
    let host = match call.service {
        ServiceName::S3 => s3::host(call),
        ServiceName::Iam | ServiceName::Sts => call.service.event_source().to_owned(),
        ServiceName::Ses => format!("email.{region}.amazonaws.com"),
        service => service.event_source().replacen(".amazonaws", &format!(".{region}.amazonaws"), 1),
    };
    json!({
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": host,
    })
}

/// `resources`, which only some services fill.
pub(super) fn resources(call: &ApiCall, account_id: &str, management: bool) -> Option<Value> {
    let text = |key: &str| call.parameters.get(key).and_then(Value::as_str);
    let owned = |kind: &str, arn: &str| json!({ "accountId": account_id, "type": kind, "ARN": arn });
    match call.service {
        ServiceName::S3 => s3::resources(call, account_id),
        ServiceName::Sts => text("RoleArn").map(|arn| json!([owned("AWS::IAM::Role", arn)])),
        ServiceName::Sns if !management => text("TopicArn").map(|arn| json!([owned("AWS::SNS::Topic", arn)])),
        ServiceName::Lambda if !management => text("FunctionName").map(|name| {
            let arn = if name.starts_with("arn:") {
                name.to_owned()
            } else {
                crate::aws::arn::arn("lambda", &call.region, account_id, &format!("function:{name}"))
            };
            json!([owned("AWS::Lambda::Function", &arn)])
        }),
        _ => None,
    }
}

/// The ARN of a bucket, or of an object in it.
pub(super) fn bucket_arn(bucket: &str, key: Option<&str>) -> String {
    let arn = global_arn("s3", "", bucket);
    key.map_or_else(|| arn.clone(), |key| format!("{arn}/{key}"))
}
