//! `s3-bucket-public-read-prohibited`: neither its policy nor its access list lets everybody read a bucket.
//!
//! A public policy does no harm where public policies are restricted (`restrictPublicBuckets`), nor does a public
//! access list where those are ignored (`ignorePublicAcls`).

use serde_json::Value;

use super::{ManagedRule, Subject, Verdict};
use crate::aws::policy::{PolicyDocument, PolicyKind};

pub(super) const RULE: ManagedRule = ManagedRule {
    identifier: "S3_BUCKET_PUBLIC_READ_PROHIBITED",
    name: "s3-bucket-public-read-prohibited",
    resource_types: &["AWS::S3::Bucket"],
    is_periodic: true,
    parameters: &[],
    judge,
};

/// What counts as reading, of the bucket and of its objects.
const READS: &[&str] = &["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"];

const PUBLIC_GROUPS: &[&str] = &[
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

fn judge(subject: &Subject<'_>) -> Verdict {
    let block = |flag: &str| {
        let configuration = subject.supplementary.get("PublicAccessBlockConfiguration");
        configuration.and_then(|block| block.get(flag)).and_then(Value::as_bool).unwrap_or(false)
    };
    let fault = if has_public_policy(subject.supplementary) && !block("restrictPublicBuckets") {
        Some("The bucket policy lets everybody read.")
    } else if has_public_acl(subject.supplementary) && !block("ignorePublicAcls") {
        Some("The access control list lets everybody read.")
    } else {
        None
    };
    Verdict::unless(fault.map(str::to_owned))
}

fn has_public_policy(supplementary: &Value) -> bool {
    let text = supplementary.pointer("/BucketPolicy/policyText").and_then(Value::as_str);
    let document = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let policy = document.and_then(|document| PolicyDocument::parse_as(PolicyKind::Resource, &document).ok());
    policy.is_some_and(|policy| READS.iter().any(|action| policy.is_public_for(action)))
}

/// The access list comes as JSON text in an item.
fn has_public_acl(supplementary: &Value) -> bool {
    let parsed;
    let list = match supplementary.get("AccessControlList") {
        Some(Value::String(text)) => {
            parsed = serde_json::from_str::<Value>(text).unwrap_or_default();
            &parsed
        }
        Some(list) => list,
        None => return false,
    };
    let grants = list.get("grantList").and_then(Value::as_array).into_iter().flatten();
    grants.into_iter().any(|grant| {
        let group = grant.get("grantee").and_then(Value::as_str).unwrap_or_default();
        let permission = grant.get("permission").and_then(Value::as_str).unwrap_or_default();
        PUBLIC_GROUPS.contains(&group) && matches!(permission, "Read" | "FullControl")
    })
}
