//! S3: buckets, who may read them, and the objects that services and people put there.
//!
//! Bucket names are global and a bucket lives in the Region it was created in. A new bucket is private the way AWS
//! makes them since 2023: all four public access blocks on, ACLs off, encrypted with S3's own keys. A changed bucket
//! is announced to Config. Files of CloudTrail and Config arrive as parcels, judged by the bucket's policy.
//!
//! Source: S3 API reference and user guide; error texts as the service answers them.

mod access;
mod acl;
mod bucket;
mod buckets;
mod objects;
mod settings;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, Operation, Outbox, Parcel, Region, Service, ServiceName,
    arn::global_arn,
    key_use::KeyUse,
    operation::operations,
    service::{Admission, Reception, TrailShape},
};
use access::{
    DeleteBucketPolicy, DeletePublicAccessBlock, GetBucketPolicy, GetBucketPolicyStatus,
    GetPublicAccessBlock, PutBucketPolicy, PutPublicAccessBlock,
};
use acl::{GetBucketAcl, PutBucketAcl};
use bucket::{Bucket, Encryption};
use buckets::{CreateBucket, DeleteBucket, GetBucketLocation, HeadBucket, ListBuckets};
use objects::{DeleteObject, GetObject, ListObjectsV2, PutObject};
use settings::{
    GetBucketEncryption, GetBucketTagging, GetBucketVersioning, PutBucketEncryption, PutBucketTagging,
    PutBucketVersioning,
};

/// The state of this service.
#[derive(Clone, Debug)]
pub struct S3 {
    account_id: Arc<str>,
    buckets: BTreeMap<Arc<str>, Bucket>,
}

operations! { pub(super) S3:
    CreateBucket: Write => create_bucket;
    DeleteBucket: Write => delete_bucket;
    ListBuckets: Read => list_buckets;
    HeadBucket: Read => head_bucket;
    GetBucketLocation: Read => get_bucket_location;
    PutBucketPolicy: Write => put_bucket_policy;
    GetBucketPolicy: Read => get_bucket_policy;
    DeleteBucketPolicy: Write => delete_bucket_policy;
    GetBucketPolicyStatus: Read => get_bucket_policy_status;
    PutPublicAccessBlock: Write => put_public_access_block;
    GetPublicAccessBlock: Read => get_public_access_block;
    DeletePublicAccessBlock: Write => delete_public_access_block;
    PutBucketAcl: Write => put_bucket_acl;
    GetBucketAcl: Read => get_bucket_acl;
    PutBucketVersioning: Write => put_bucket_versioning;
    GetBucketVersioning: Read => get_bucket_versioning;
    PutBucketEncryption: Write => put_bucket_encryption;
    GetBucketEncryption: Read => get_bucket_encryption;
    PutBucketTagging: Write => put_bucket_tagging;
    GetBucketTagging: Read => get_bucket_tagging;
    PutObject: Write Data => put_object;
    GetObject: Read Data => get_object;
    DeleteObject: Write Data => delete_object;
    ListObjectsV2: Read Data => list_objects_v2;
}

impl S3 {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), buckets: BTreeMap::new() }
    }

    /// The names of the buckets, in order.
    pub fn bucket_names(&self) -> impl Iterator<Item = &str> {
        self.buckets.keys().map(AsRef::as_ref)
    }

    /// Whether anybody may read a bucket: its policy or its ACL lets them, and no block forbids it.
    pub fn is_public(&self, bucket: &str) -> bool {
        self.buckets.get(bucket).is_some_and(|bucket| {
            let block = bucket.public_access_block;
            let by_policy = bucket.policy.as_ref().is_some_and(|policy| policy.document.is_public());
            let by_acl = acl::is_public(&bucket.grants);
            (by_policy && !block.is_some_and(|block| block.restrict_public_buckets))
                || (by_acl && !block.is_some_and(|block| block.ignore_public_acls))
        })
    }

    /// The keys of a bucket's objects, in order.
    pub fn keys(&self, bucket: &str) -> impl Iterator<Item = &str> {
        self.buckets.get(bucket).into_iter().flat_map(|bucket| bucket.objects.keys()).map(AsRef::as_ref)
    }

    fn bucket(&self, name: &str) -> Result<&Bucket, ApiError> {
        self.buckets.get(name).ok_or_else(no_such_bucket)
    }

    fn bucket_mut(&mut self, name: &str) -> Result<&mut Bucket, ApiError> {
        self.buckets.get_mut(name).ok_or_else(no_such_bucket)
    }

    /// Tells Config what a bucket now looks like.
    fn announce(&self, name: &str, out: &mut Outbox<'_>) {
        if let Some(bucket) = self.buckets.get(name) {
            out.changed(&bucket.region, bucket.change(&self.account_id));
        }
    }
}

fn no_such_bucket() -> ApiError {
    ApiError::not_found("NoSuchBucket", "The specified bucket does not exist")
}

/// What KMS is asked for an object that is put, and for one that is read (S3 user guide, "Using server-side encryption
/// with AWS KMS keys").
const WRITING: &[&str] = &["GenerateDataKey"];
const READING: &[&str] = &["Decrypt"];

impl Service for S3 {
    fn name(&self) -> ServiceName {
        ServiceName::S3
    }

    fn receive(&mut self, parcel: &Parcel, _region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::PutObject { bucket, key, body, by, source_arn, kms_key } => {
                self.take(bucket, key, (body, kms_key.as_ref()), (by, source_arn), out)
            }
            _ => Ok(()),
        }
    }

    fn admits(&self, admission: &Admission, _region: &Region) -> Reception {
        let mut asks = admission.asks.iter();
        asks.try_for_each(|(action, arn)| {
            self.let_in(admission.principal, action, arn, &admission.source_arn)
        })
    }

    fn key_for_parcel(&self, parcel: &Parcel) -> Option<KeyUse> {
        let Parcel::PutObject { bucket, key, by, source_arn, kms_key, .. } = parcel else { return None };
        // Without a key of its own, a file needs the one its bucket encrypts with, if that is a customer's. Whether
        // services may use `aws/s3` is documented nowhere: they are let in.
        let encryption = match kms_key {
            Some(own) => Encryption::with_key(own),
            None => self.buckets.get(bucket.as_ref())?.encryption.clone(),
        };
        encryption.key.as_ref()?;
        let object = global_arn("s3", "", &format!("{bucket}/{key}"));
        self.let_in(by, "s3:PutObject", &object, source_arn).ok()?;
        encryption.key_use(WRITING)
    }

    fn key_for_call(&self, operation: &'static Operation, call: &ApiCall) -> Option<KeyUse> {
        let text = |member: &str| call.parameters.get(member).and_then(Value::as_str);
        let bucket = self.buckets.get(text("Bucket")?)?;
        match operation.name {
            "PutObject" => bucket.encryption.key_use(WRITING),
            "GetObject" => bucket.objects.get(text("Key")?)?.encryption.key_use(READING),
            _ => None,
        }
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, _account_id: &str) -> Vec<String> {
        let text = |member: &str| call.parameters.get(member).and_then(Value::as_str);
        vec![match (text("Bucket"), text("Key")) {
            (Some(bucket), Some(key)) => global_arn("s3", "", &format!("{bucket}/{key}")),
            (Some(bucket), None) => global_arn("s3", "", bucket),
            (None, _) => "*".to_owned(),
        }]
    }

    fn resource_policy(&self, _operation: &'static Operation, call: &ApiCall) -> Option<Value> {
        let bucket = call.parameters.get("Bucket").and_then(Value::as_str)?;
        let policy = self.buckets.get(bucket)?.policy.as_ref()?;
        Some(policy.text.as_ref().into())
    }

    fn trail_shape(
        &self,
        operation: &'static Operation,
        _call: &ApiCall,
        outcome: &ApiOutcome,
    ) -> TrailShape {
        let answer = outcome.as_ref().ok().filter(|_| operation.name == "PutObject");
        let response = answer.map(|answer| {
            let mut shown = json!({ "x-amz-server-side-encryption": answer["ServerSideEncryption"] });
            if let Some(key) = answer.get("SSEKMSKeyId") {
                shown["x-amz-server-side-encryption-aws-kms-key-id"] = key.clone();
            }
            shown
        });
        TrailShape { response, ..TrailShape::default() }
    }
}
