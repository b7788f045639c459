//! Rules about who may reach a bucket: its policy, its access list, and the settings that block public access.
//!
//! A public policy does no harm where public policies are restricted (`restrictPublicBuckets`), nor does a public
//! access list where those are ignored (`ignorePublicAcls`). The other two settings only refuse new ones.

use serde_json::Value;

use super::{
    ManagedRule, Parameter, Subject, Verdict, hybrid, on_change,
    subject::{is_true, text_or_json},
};
use crate::aws::policy::{PolicyDocument, PolicyKind};

const BUCKET: &[&str] = &["AWS::S3::Bucket"];

/// The settings of a public access block, and the parameters that ask for them.
const BLOCKS: [(&str, &str); 4] = [
    ("blockPublicAcls", "BlockPublicAcls"),
    ("ignorePublicAcls", "IgnorePublicAcls"),
    ("blockPublicPolicy", "BlockPublicPolicy"),
    ("restrictPublicBuckets", "RestrictPublicBuckets"),
];

pub(super) const RULES: &[ManagedRule] = &[
    hybrid("S3_BUCKET_PUBLIC_READ_PROHIBITED", "s3-bucket-public-read-prohibited", BUCKET, read_prohibited),
    hybrid(
        "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
        "s3-bucket-public-write-prohibited",
        BUCKET,
        write_prohibited,
    ),
    on_change(
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "s3-bucket-level-public-access-prohibited",
        BUCKET,
        bucket_settings,
    )
    .taking(&[Parameter::list("excludedPublicBuckets")]),
    on_change(
        "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS",
        "s3-account-level-public-access-blocks",
        &["AWS::S3::AccountPublicAccessBlock"],
        account_settings,
    )
    .taking(&[
        Parameter::boolean("IgnorePublicAcls").default("True"),
        Parameter::boolean("BlockPublicPolicy").default("True"),
        Parameter::boolean("BlockPublicAcls").default("True"),
        Parameter::boolean("RestrictPublicBuckets").default("True"),
    ]),
];

/// What counts as an access: actions of a policy, permissions of an access list.
struct Access {
    word: &'static str,
    actions: &'static [&'static str],
    permissions: &'static [&'static str],
}

/// Listing the bucket and reading what it holds.
const READ: Access = Access {
    word: "read",
    actions: &["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"],
    permissions: &["Read", "FullControl"],
};

/// Changing what it holds, or who may: `WriteAcp` lets one grant oneself the rest.
const WRITE: Access = Access {
    word: "write",
    actions: &[
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:RestoreObject",
        "s3:PutBucketAcl",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:DeleteBucket",
    ],
    permissions: &["Write", "WriteAcp", "FullControl"],
};

const PUBLIC_GROUPS: &[&str] = &[
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

fn read_prohibited(subject: &Subject<'_>) -> Verdict {
    prohibited(subject, &READ)
}

fn write_prohibited(subject: &Subject<'_>) -> Verdict {
    prohibited(subject, &WRITE)
}

fn prohibited(subject: &Subject<'_>, access: &Access) -> Verdict {
    let block = subject.supplementary("PublicAccessBlockConfiguration");
    let is_blocked = |setting: &str| block.and_then(|block| block.get(setting)).is_some_and(is_true);
    if !is_blocked("restrictPublicBuckets") && has_public_policy(subject, access) {
        let expected = format!("no public {} access", access.word);
        return Verdict::non_compliant("BucketPolicy", expected, "Principal *");
    }
    if !is_blocked("ignorePublicAcls")
        && let Some(grant) = public_grant(subject, access)
    {
        let expected = format!("no public {} access", access.word);
        return Verdict::non_compliant("AccessControlList.grantList", expected, grant);
    }
    Verdict::compliant()
}

fn has_public_policy(subject: &Subject<'_>, access: &Access) -> bool {
    let document = subject.supplementary("BucketPolicy").and_then(|policy| policy.get("policyText"));
    let policy = document.and_then(|text| PolicyDocument::parse_as(PolicyKind::Resource, text).ok());
    policy.is_some_and(|policy| access.actions.iter().any(|action| policy.is_public_for(action)))
}

fn public_grant(subject: &Subject<'_>, access: &Access) -> Option<Value> {
    let list = text_or_json(subject.supplementary("AccessControlList")?);
    let grants = list.get("grantList")?.as_array()?;
    let is_public = |grant: &&Value| {
        let group = grant.get("grantee").and_then(Value::as_str).unwrap_or_default();
        let permission = grant.get("permission").and_then(Value::as_str).unwrap_or_default();
        PUBLIC_GROUPS.contains(&group) && access.permissions.contains(&permission)
    };
    grants.iter().find(is_public).cloned()
}

fn bucket_settings(subject: &Subject<'_>) -> Verdict {
    let excluded = subject.listed("excludedPublicBuckets").unwrap_or_default();
    if excluded.contains(&subject.of_item("resourceName"))
        || excluded.contains(&subject.of_item("resourceId"))
    {
        return Verdict::compliant();
    }
    let block = subject.supplementary("PublicAccessBlockConfiguration");
    Verdict::all(BLOCKS.map(|(setting, _)| {
        let value = block.and_then(|block| block.get(setting));
        if value.is_some_and(is_true) {
            Verdict::compliant()
        } else {
            let field = format!("PublicAccessBlockConfiguration.{setting}");
            Verdict::non_compliant(field, "true", value.cloned().unwrap_or_default())
        }
    }))
}

fn account_settings(subject: &Subject<'_>) -> Verdict {
    Verdict::all(
        BLOCKS.map(|(setting, parameter)| subject.flag(&format!("/{setting}"), subject.wants(parameter))),
    )
}
