//! Bucket policies and public access blocks.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext, Principal,
        arn::global_arn,
        policy::{PolicyDocument, PolicyError, PolicyKind},
    },
    S3,
    bucket::{BucketPolicy, PublicAccessBlock},
};

/// The longest policy a bucket takes (S3 user guide, "Bucket policies").
const MAX_POLICY_BYTES: usize = 20 * 1024;

/// Writes a bucket's policy, in place of the one it had.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutBucketPolicy {
    pub bucket: String,
    /// JSON text.
    pub policy: String,
}

/// Reads a bucket's policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetBucketPolicy {
    pub bucket: String,
}

/// Removes a bucket's policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteBucketPolicy {
    pub bucket: String,
}

/// Says whether a bucket's policy lets everybody in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetBucketPolicyStatus {
    pub bucket: String,
}

/// Says which kinds of public access a bucket shall block; what is left out is not blocked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutPublicAccessBlock {
    pub bucket: String,
    pub public_access_block_configuration: PublicAccessBlock,
}

/// Reads which kinds of public access a bucket blocks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetPublicAccessBlock {
    pub bucket: String,
}

/// Removes every public access block of a bucket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeletePublicAccessBlock {
    pub bucket: String,
}

impl S3 {
    pub(super) fn put_bucket_policy(
        &mut self,
        input: PutBucketPolicy,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let bucket = self.bucket(&input.bucket)?;
        let document = parse(&input.policy, &bucket.arn())?;
        let blocked = bucket.public_access_block.is_some_and(|block| block.block_public_policy);
        if blocked && document.is_public() {
            return Err(blocked_by(
                "s3:PutBucketPolicy",
                "public policies are",
                "BlockPublicPolicy",
                &bucket.arn(),
                cx,
            ));
        }
        let policy = BucketPolicy { text: input.policy.into(), document: Arc::new(document) };
        self.bucket_mut(&input.bucket)?.policy = Some(policy);
        self.announce(&input.bucket, cx.out);
        Ok(Value::Null)
    }

    pub(super) fn get_bucket_policy(
        &mut self,
        input: GetBucketPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(json!({ "Policy": self.policy_of(&input.bucket)?.text.as_ref() }))
    }

    pub(super) fn delete_bucket_policy(
        &mut self,
        input: DeleteBucketPolicy,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if self.bucket_mut(&input.bucket)?.policy.take().is_some() {
            self.announce(&input.bucket, cx.out);
        }
        Ok(Value::Null)
    }

    pub(super) fn get_bucket_policy_status(
        &mut self,
        input: GetBucketPolicyStatus,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let is_public = self.policy_of(&input.bucket)?.document.is_public();
        Ok(json!({ "PolicyStatus": { "IsPublic": is_public } }))
    }

    fn policy_of(&self, bucket: &str) -> Result<&BucketPolicy, ApiError> {
        let missing = || ApiError::not_found("NoSuchBucketPolicy", "The bucket policy does not exist");
        self.bucket(bucket)?.policy.as_ref().ok_or_else(missing)
    }

    pub(super) fn put_public_access_block(
        &mut self,
        input: PutPublicAccessBlock,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let wanted = Some(input.public_access_block_configuration);
        self.set_public_access_block(&input.bucket, wanted, cx)
    }

    pub(super) fn get_public_access_block(
        &mut self,
        input: GetPublicAccessBlock,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let block = self.bucket(&input.bucket)?.public_access_block.ok_or_else(|| {
            ApiError::not_found(
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found",
            )
        })?;
        Ok(json!({ "PublicAccessBlockConfiguration": block }))
    }

    pub(super) fn delete_public_access_block(
        &mut self,
        input: DeletePublicAccessBlock,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.set_public_access_block(&input.bucket, None, cx)
    }

    fn set_public_access_block(
        &mut self,
        bucket: &str,
        wanted: Option<PublicAccessBlock>,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let block = &mut self.bucket_mut(bucket)?.public_access_block;
        if std::mem::replace(block, wanted) != wanted {
            self.announce(bucket, cx.out);
        }
        Ok(Value::Null)
    }
}

fn parse(text: &str, bucket_arn: &str) -> Result<PolicyDocument, ApiError> {
    let malformed = |message: &str| ApiError::client("MalformedPolicy", message);
    if text.len() > MAX_POLICY_BYTES {
        return Err(malformed("Policy exceeds the maximum allowed document size."));
    }
    if !text.trim_start().starts_with('{') || serde_json::from_str::<Value>(text).is_err() {
        return Err(malformed("Policies must be valid JSON and the first byte must be '{'"));
    }
    let document =
        PolicyDocument::parse_as(PolicyKind::Resource, &text.into()).map_err(|error| match error {
            PolicyError::NoActions => malformed("Missing required field Action"),
            PolicyError::NoResources => malformed("Missing required field Resource"),
            PolicyError::NoVendor => malformed("Policy has invalid action"),
            PolicyError::NoEffect | PolicyError::NoPrincipal => malformed(&error.to_string()),
            _ => malformed("Invalid policy syntax."),
        })?;
    let of_s3 = |action: &str| action == "*" || action.to_ascii_lowercase().starts_with("s3:");
    if !document.action_patterns().all(of_s3) {
        return Err(malformed("Policy has invalid action"));
    }
    let inside = format!("{bucket_arn}/");
    let of_bucket =
        |resource: &str| resource == bucket_arn || resource.starts_with(&inside) || resource == "*";
    // A pattern such as `arn:aws:s3:::box*` also means the bucket.
    let covers =
        |resource: &str| resource.split_once('*').is_some_and(|(before, _)| inside.starts_with(before));
    if !document.resource_patterns().all(|resource| of_bucket(resource) || covers(resource)) {
        return Err(malformed("Policy has invalid resource"));
    }
    Ok(document)
}

/// A refusal by a public access block, which names the setting.
pub(super) fn blocked_by(
    action: &str,
    what: &str,
    setting: &str,
    bucket_arn: &str,
    cx: &CallContext<'_, '_>,
) -> ApiError {
    let caller = match &cx.call.by {
        Principal::Root => global_arn("iam", cx.account_id, "root"),
        Principal::User(name) => global_arn("iam", cx.account_id, &format!("user/{name}")),
        Principal::Role { role, session } => {
            global_arn("sts", cx.account_id, &format!("assumed-role/{role}/{session}"))
        }
        Principal::Service(name) => name.to_string(),
    };
    let message = format!(
        "User: {caller} is not authorized to perform: {action} on resource: \"{bucket_arn}\" because {what} blocked by the {setting} block public access setting."
    );
    ApiError::refused("AccessDenied", message)
}
