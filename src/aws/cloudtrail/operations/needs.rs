//! What a trail's settings need of other services before `CreateTrail` and `UpdateTrail` take them.

use std::sync::Arc;

use super::settings::no_such_group;
use crate::aws::{
    ApiError, ServiceName,
    arn::{arn, global_arn},
    cloudtrail::{PRINCIPAL, Trail, deliver::log_stream},
    service::{Admission, Need},
};

/// What a trail needs: a bucket and a topic that let CloudTrail in, a log group and a role that may write to it.
///
/// Source: errors of `CreateTrail` in the service model; User Guide, "Amazon S3 bucket policy for CloudTrail".
pub(super) fn of(trail: &Trail, account_id: &str) -> Vec<Need> {
    let admission = |asks: Vec<(&'static str, String)>, role_arn: Option<&Arc<str>>| Admission {
        principal: PRINCIPAL,
        role_arn: role_arn.cloned(),
        asks,
        source_arn: Arc::clone(&trail.arn),
    };
    let bucket = &trail.bucket;
    let bucket_arn = global_arn("s3", "", bucket);
    let files = format!("{bucket_arn}/{}*", trail.folder(account_id));
    let mut needs = vec![Need {
        of: ServiceName::S3,
        region: trail.home.clone(),
        admission: admission(vec![("s3:GetBucketAcl", bucket_arn), ("s3:PutObject", files)], None),
        missing: ApiError::client(
            "S3BucketDoesNotExistException",
            format!("S3 bucket {bucket} does not exist!"),
        ),
        refused: ApiError::client(
            "InsufficientS3BucketPolicyException",
            format!("Incorrect S3 bucket policy is detected for bucket: {bucket}"),
        ),
    }];
    if let Some(key) = &trail.kms_key_id {
        needs.push(Need {
            of: ServiceName::Kms,
            region: trail.home.clone(),
            admission: admission(vec![("kms:GenerateDataKey", key.to_string())], None),
            missing: ApiError::client(
                "KmsKeyNotFoundException",
                format!("The KMS key {key} does not exist."),
            ),
            refused: ApiError::client(
                "InsufficientEncryptionPolicyException",
                format!("Insufficient permissions to access S3 bucket {bucket} or KMS key {key}."),
            ),
        });
    }
    if let Some(topic) = &trail.topic_arn {
        let message = "SNS Topic does not exist or the topic policy is incorrect!";
        let refused = ApiError::client("InsufficientSnsTopicPolicyException", message);
        needs.push(Need {
            of: ServiceName::Sns,
            region: trail.home.clone(),
            admission: admission(vec![("sns:Publish", topic.to_string())], None),
            missing: refused.clone(),
            refused,
        });
    }
    if let (Some((group, region)), Some(role)) = (trail.log_group(), &trail.log_role_arn) {
        let stream = log_stream(account_id, &trail.home);
        let stream_arn = arn("logs", &region, account_id, &format!("log-group:{group}:log-stream:{stream}"));
        let asks = vec![("logs:CreateLogStream", stream_arn.clone()), ("logs:PutLogEvents", stream_arn)];
        needs.push(Need {
            of: ServiceName::Logs,
            region,
            admission: admission(asks, Some(role)),
            missing: no_such_group(),
            refused: ApiError::client(
                "InvalidCloudWatchLogsRoleArnException",
                "Access denied. Check the permissions for your role.",
            ),
        });
    }
    needs
}
