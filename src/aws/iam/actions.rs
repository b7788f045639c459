//! IAM action names, where they are not the API's own.
//!
//! Source: Service Authorization Reference.

use super::super::ServiceName;

/// The IAM action an operation needs, such as `s3:ListBucket` for `ListObjectsV2`; none where everybody may.
pub(super) fn iam_action(service: ServiceName, operation: &str) -> Option<String> {
    let action = match (service, operation) {
        (ServiceName::Sts, "GetCallerIdentity") => return None,
        (ServiceName::S3, "ListBuckets") => "ListAllMyBuckets",
        (ServiceName::S3, "ListObjectsV2" | "ListObjects" | "HeadBucket") => "ListBucket",
        (ServiceName::S3, "HeadObject") => "GetObject",
        (ServiceName::S3, "PutPublicAccessBlock" | "DeletePublicAccessBlock") => "PutBucketPublicAccessBlock",
        (ServiceName::S3, "GetPublicAccessBlock") => "GetBucketPublicAccessBlock",
        (ServiceName::S3, "PutBucketEncryption") => "PutEncryptionConfiguration",
        (ServiceName::S3, "GetBucketEncryption") => "GetEncryptionConfiguration",
        (ServiceName::Lambda, "Invoke") => "InvokeFunction",
        (ServiceName::Sqs, "SendMessageBatch") => "SendMessage",
        (ServiceName::Sqs, "DeleteMessageBatch") => "DeleteMessage",
        (ServiceName::Sqs, "ChangeMessageVisibilityBatch") => "ChangeMessageVisibility",
        (ServiceName::Sns, "PublishBatch") => "Publish",
        (_, same) => same,
    };
    // SNS answers with its prefix in capitals; policies are matched without regard to case.
    let prefix = if service == ServiceName::Sns { "SNS" } else { service.iam_prefix() };
    Some(format!("{prefix}:{action}"))
}
