//! Objects: put there by people through the door, and by CloudTrail and Config as parcels.
//!
//! A service's file is let in by the bucket's policy alone; people have been judged at the door.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    super::{
        ApiError, ApiOutcome, CallContext, Outbox, Reason,
        arn::global_arn,
        gzip::gzip,
        note::reasons,
        policy::{PolicyContext, PolicyRequest, PrincipalRef, Verdict},
        service::Reception,
    },
    S3,
    bucket::{Encryption, Object},
    settings::date,
};

/// The most keys one answer lists (S3 API reference).
const MAX_KEYS: usize = 1_000;

/// Puts an object into a bucket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutObject {
    pub bucket: String,
    pub key: String,
    pub body: Option<String>,
}

/// Reads an object.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetObject {
    pub bucket: String,
    pub key: String,
}

/// Removes an object.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteObject {
    pub bucket: String,
    pub key: String,
}

/// Lists the objects of a bucket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListObjectsV2 {
    pub bucket: String,
    pub prefix: Option<String>,
    pub max_keys: Option<usize>,
    pub start_after: Option<String>,
}

impl Object {
    /// A body that is compressed is kept readable, as a client that unpacks it sees it.
    fn new(body: Arc<Value>, compressed: bool, encryption: Encryption, out: &Outbox<'_>) -> Self {
        let text = match body.as_ref() {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let digest = Sha256::digest(&text);
        let half = digest.first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes));
        let etag = format!("\"{half:032x}\"").into();
        Self { etag, size: text.len(), modified: out.moment().utc, compressed, encryption, body }
    }
}

impl Object {
    /// How many bytes AWS would keep. Asked for far less often than files are written, so it is not kept.
    fn content_length(&self) -> usize {
        if self.compressed { gzip(self.body.to_string().as_bytes()).len() } else { self.size }
    }
}

impl S3 {
    /// Takes a file that a service delivers.
    pub(super) fn take(
        &mut self,
        name: &str,
        key: &Arc<str>,
        (body, kms_key): (&Arc<Value>, Option<&Arc<str>>),
        (by, source_arn): (&str, &str),
        out: &mut Outbox<'_>,
    ) -> Reception {
        let resource = global_arn("s3", "", &format!("{name}/{key}"));
        self.let_in(by, "s3:PutObject", &resource, source_arn)?;
        let compressed = key.ends_with(".gz");
        if let Some(bucket) = self.buckets.get_mut(name) {
            let encryption = kms_key.map_or_else(|| bucket.encryption.clone(), Encryption::with_key);
            bucket
                .objects
                .insert(Arc::clone(key), Object::new(Arc::clone(body), compressed, encryption, out));
        }
        Ok(())
    }

    /// Whether a bucket is there, and its policy lets a service in.
    pub(super) fn let_in(&self, by: &str, action: &str, resource: &str, source_arn: &str) -> Reception {
        let named = resource.strip_prefix("arn:aws:s3:::").unwrap_or(resource);
        let name = named.split('/').next().unwrap_or(named);
        let Some(bucket) = self.buckets.get(name) else {
            return Err(Reason::new(
                reasons::NO_RESOURCE,
                format!("NoSuchBucket: The specified bucket does not exist ({name})"),
            ));
        };
        let context = PolicyContext::default()
            .with("aws:SourceAccount", self.account_id.as_ref())
            .with("aws:SourceArn", source_arn)
            .with("aws:SecureTransport", "true")
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalServiceName", by)
            .with("s3:x-amz-acl", "bucket-owner-full-control");
        let asked =
            PolicyRequest { principal: PrincipalRef::Service(by), action, resource, context: &context };
        let verdict = bucket.policy.as_ref().map_or(Verdict::Silent, |policy| policy.document.judge(&asked));
        if verdict != Verdict::Allow {
            let why = match verdict {
                Verdict::Deny => "with an explicit deny in a resource-based policy",
                _ => &*format!("because no resource-based policy allows the {action} action"),
            };
            let detail = format!(
                "AccessDenied: {by} is not authorized to perform: {action} on resource: \"{resource}\" {why}"
            );
            return Err(Reason::new(reasons::NOT_AUTHORISED, detail));
        }
        Ok(())
    }

    pub(super) fn put_object(&mut self, input: PutObject, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bucket = self.bucket_mut(&input.bucket)?;
        let body = Arc::new(input.body.unwrap_or_default().into());
        let object = Object::new(body, false, bucket.encryption.clone(), cx.out);
        let mut answer = json!({ "ETag": object.etag.as_ref() });
        object.encryption.describe(&mut answer);
        bucket.objects.insert(input.key.into(), object);
        Ok(answer)
    }

    pub(super) fn get_object(&mut self, input: GetObject, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bucket = self.bucket(&input.bucket)?;
        let object = bucket
            .objects
            .get(input.key.as_str())
            .ok_or_else(|| ApiError::not_found("NoSuchKey", "The specified key does not exist."))?;
        let mut answer = json!({
            "AcceptRanges": "bytes",
            "LastModified": date(object.modified),
            "ContentLength": object.content_length(),
            "ETag": object.etag.as_ref(),
            "ContentType": "binary/octet-stream",
            "Metadata": {},
            "Body": object.body.as_ref(),
        });
        object.encryption.describe(&mut answer);
        if object.compressed {
            answer["ContentEncoding"] = "gzip".into();
            answer["ContentType"] = "application/json".into();
        }
        Ok(answer)
    }

    pub(super) fn delete_object(&mut self, input: DeleteObject, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.bucket_mut(&input.bucket)?.objects.remove(input.key.as_str());
        Ok(Value::Null)
    }

    pub(super) fn list_objects_v2(
        &mut self,
        input: ListObjectsV2,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let prefix = input.prefix.unwrap_or_default();
        let most = input.max_keys.unwrap_or(MAX_KEYS).min(MAX_KEYS);
        let after = input.start_after.unwrap_or_default();
        let bucket = self.bucket(&input.bucket)?;
        let mut found = bucket
            .objects
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix) && key.as_ref() > after.as_str());
        let contents: Vec<Value> = found
            .by_ref()
            .take(most)
            .map(|(key, object)| {
                json!({
                    "Key": key.as_ref(),
                    "LastModified": date(object.modified),
                    "ETag": object.etag.as_ref(),
                    "Size": object.content_length(),
                    "StorageClass": "STANDARD",
                })
            })
            .collect();
        let truncated = found.next().is_some();
        let mut answer = json!({ "IsTruncated": truncated });
        if !contents.is_empty() {
            answer["Contents"] = contents.clone().into();
        }
        answer["Name"] = input.bucket.into();
        answer["Prefix"] = prefix.into();
        answer["MaxKeys"] = most.into();
        answer["KeyCount"] = contents.len().into();
        Ok(answer)
    }
}
