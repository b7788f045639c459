//! Rules about what a bucket's policy must say: requests over TLS only, encrypted uploads only.

use super::{
    ManagedRule, Subject, Verdict, on_change,
    statement::{self, Statement},
};

const BUCKET: &[&str] = &["AWS::S3::Bucket"];

pub(super) const RULES: &[ManagedRule] = &[
    on_change("S3_BUCKET_SSL_REQUESTS_ONLY", "s3-bucket-ssl-requests-only", BUCKET, ssl_requests_only),
    on_change(
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "s3-bucket-server-side-encryption-enabled",
        BUCKET,
        server_side_encryption,
    ),
];

/// The policy denies everybody everything over plain HTTP, on the bucket and on what it holds.
fn ssl_requests_only(subject: &Subject<'_>) -> Verdict {
    let bucket = format!("arn:aws:s3:::{}", subject.of_item("resourceName"));
    let objects = format!("{bucket}/any");
    let statements = policy_statements(subject);
    let denials: Vec<Statement<'_>> =
        statement::each(&statements).filter(|one| denies_plain_http(*one)).collect();
    let covers = |arn: &str| denials.iter().any(|one| one.covers_resource(arn));
    if covers(&bucket) && covers(&objects) {
        Verdict::compliant()
    } else {
        Verdict::non_compliant(
            "BucketPolicy",
            "a Deny for everybody where aws:SecureTransport is false",
            "none",
        )
    }
}

fn denies_plain_http(statement: Statement<'_>) -> bool {
    let conditions = statement.conditions();
    let only_condition = match conditions.as_slice() {
        [(operator, key, value)] => {
            matches!(*operator, "Bool" | "BoolIfExists")
                && key.eq_ignore_ascii_case("aws:SecureTransport")
                && statement::is_flag(value, false)
        }
        _ => false,
    };
    only_condition
        && statement.denies()
        && statement.concerns_everybody()
        && statement.actions().any(|action| matches!(action, "*" | "s3:*"))
}

/// Default encryption, or a policy that denies uploads without it.
fn server_side_encryption(subject: &Subject<'_>) -> Verdict {
    let rules =
        subject.supplementary("ServerSideEncryptionConfiguration").and_then(|rules| rules.get("rules"));
    let has_default = rules.and_then(serde_json::Value::as_array).is_some_and(|rules| !rules.is_empty());
    let statements = policy_statements(subject);
    if has_default || statement::each(&statements).any(denies_plain_uploads) {
        Verdict::compliant()
    } else {
        Verdict::non_compliant("ServerSideEncryptionConfiguration", "default encryption", "none")
    }
}

fn denies_plain_uploads(statement: Statement<'_>) -> bool {
    const HEADER: &str = "s3:x-amz-server-side-encryption";
    let asks_for_encryption = statement.conditions().iter().any(|(operator, key, value)| {
        key.eq_ignore_ascii_case(HEADER)
            && match *operator {
                "Null" => statement::is_flag(value, true),
                "StringNotEquals" | "StringNotEqualsIfExists" | "StringNotLike" => {
                    statement::values(value).all(|named| named == "AES256" || named.starts_with("aws:kms"))
                }
                _ => false,
            }
    });
    asks_for_encryption
        && statement.denies()
        && statement.concerns_everybody()
        && statement.covers_action("s3:PutObject")
}

fn policy_statements(subject: &Subject<'_>) -> serde_json::Value {
    let text = subject.supplementary("BucketPolicy").and_then(|policy| policy.get("policyText"));
    text.map(statement::parse).unwrap_or_default()
}
