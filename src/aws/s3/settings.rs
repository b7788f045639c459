//! Versioning, encryption and tags of a bucket.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext,
        tags::{Tag, Tags},
    },
    S3,
    bucket::Encryption,
};

/// Turns versioning on, or suspends it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutBucketVersioning {
    pub bucket: String,
    pub versioning_configuration: VersioningConfiguration,
}

/// Whether old versions of objects are kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct VersioningConfiguration {
    /// `Enabled` or `Suspended`.
    pub status: Option<String>,
}

/// Says whether a bucket keeps old versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetBucketVersioning {
    pub bucket: String,
}

/// Says how new objects are encrypted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutBucketEncryption {
    pub bucket: String,
    pub server_side_encryption_configuration: ServerSideEncryptionConfiguration,
}

/// The default encryption: one rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ServerSideEncryptionConfiguration {
    pub rules: Vec<ServerSideEncryptionRule>,
}

/// How to encrypt, and whether with a key per bucket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ServerSideEncryptionRule {
    pub apply_server_side_encryption_by_default: Option<ServerSideEncryptionByDefault>,
    pub bucket_key_enabled: Option<bool>,
}

/// The algorithm and its key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerSideEncryptionByDefault {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    #[serde(rename = "SSEAlgorithm")]
    pub algorithm: String,
    #[serde(rename = "KMSMasterKeyID")]
    pub key: Option<String>,
}

/// Reads how new objects are encrypted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetBucketEncryption {
    pub bucket: String,
}

/// Writes a bucket's tags, in place of those it had.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutBucketTagging {
    pub bucket: String,
    pub tagging: Tagging,
}

/// A set of tags.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tagging {
    pub tag_set: Vec<Tag>,
}

/// Reads a bucket's tags.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetBucketTagging {
    pub bucket: String,
}

impl S3 {
    pub(super) fn put_bucket_versioning(
        &mut self,
        input: PutBucketVersioning,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let bucket = self.bucket_mut(&input.bucket)?;
        match input.versioning_configuration.status.as_deref() {
            Some(status @ ("Enabled" | "Suspended")) => bucket.versioning = Some(status.into()),
            _ => return Err(malformed_xml()),
        }
        self.announce(&input.bucket, cx.out);
        Ok(Value::Null)
    }

    pub(super) fn get_bucket_versioning(
        &mut self,
        input: GetBucketVersioning,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(match &self.bucket(&input.bucket)?.versioning {
            Some(status) => json!({ "Status": status.as_ref() }),
            None => json!({}),
        })
    }

    pub(super) fn put_bucket_encryption(
        &mut self,
        input: PutBucketEncryption,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let bucket = self.bucket_mut(&input.bucket)?;
        let mut rules = input.server_side_encryption_configuration.rules;
        let (Some(rule), true) = (rules.pop(), rules.is_empty()) else { return Err(malformed_xml()) };
        let by_default = rule.apply_server_side_encryption_by_default.ok_or_else(malformed_xml)?;
        if !["AES256", "aws:kms", "aws:kms:dsse"].contains(&by_default.algorithm.as_str()) {
            return Err(malformed_xml());
        }
        if by_default.algorithm == "AES256" && by_default.key.is_some() {
            return Err(ApiError::client(
                "InvalidArgument",
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            ));
        }
        bucket.encryption = Encryption {
            algorithm: by_default.algorithm.into(),
            key: by_default.key.map(Into::into),
            bucket_key: rule.bucket_key_enabled.unwrap_or_default(),
        };
        self.announce(&input.bucket, cx.out);
        Ok(Value::Null)
    }

    pub(super) fn get_bucket_encryption(
        &mut self,
        input: GetBucketEncryption,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let encryption = &self.bucket(&input.bucket)?.encryption;
        let mut by_default = json!({ "SSEAlgorithm": encryption.algorithm.as_ref() });
        if let Some(key) = &encryption.key {
            by_default["KMSMasterKeyID"] = key.as_ref().into();
        }
        Ok(json!({ "ServerSideEncryptionConfiguration": { "Rules": [{
            "ApplyServerSideEncryptionByDefault": by_default,
            "BucketKeyEnabled": encryption.bucket_key,
        }]}}))
    }

    pub(super) fn put_bucket_tagging(
        &mut self,
        input: PutBucketTagging,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.bucket_mut(&input.bucket)?.tags = Tags::from(input.tagging.tag_set.as_slice());
        self.announce(&input.bucket, cx.out);
        Ok(Value::Null)
    }

    pub(super) fn get_bucket_tagging(
        &mut self,
        input: GetBucketTagging,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let tags = &self.bucket(&input.bucket)?.tags;
        if tags.is_empty() {
            return Err(ApiError::not_found("NoSuchTagSet", "The TagSet does not exist"));
        }
        Ok(json!({ "TagSet": tags.list() }))
    }
}

fn malformed_xml() -> ApiError {
    ApiError::client(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// A date as the CLI prints it.
pub(super) fn date(utc: DateTime<Utc>) -> String {
    utc.format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
