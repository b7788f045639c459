//! A bucket: what is remembered of it, and how Config sees it.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::{
    Region, arn::global_arn, key_use::KeyUse, parcel::ResourceChange, policy::PolicyDocument, tags::Tags,
    unique_id::resource_id,
};

#[derive(Clone, Debug)]
pub(super) struct Bucket {
    pub name: Arc<str>,
    pub region: Region,
    pub created: DateTime<Utc>,
    pub policy: Option<BucketPolicy>,
    pub public_access_block: Option<PublicAccessBlock>,
    /// `BucketOwnerEnforced`: nobody may use ACLs.
    pub acls_disabled: bool,
    pub grants: Vec<Grant>,
    /// `Enabled` or `Suspended`; a bucket never versioned has none.
    pub versioning: Option<Arc<str>>,
    pub encryption: Encryption,
    pub tags: Tags,
    pub objects: BTreeMap<Arc<str>, Object>,
}

/// The policy as it was written and as it is judged.
#[derive(Clone, Debug)]
pub(super) struct BucketPolicy {
    pub text: Arc<str>,
    pub document: Arc<PolicyDocument>,
}

/// Which kinds of public access are blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct PublicAccessBlock {
    /// Refuse ACLs that let everybody in.
    pub block_public_acls: bool,
    /// Ignore such ACLs where they already are.
    pub ignore_public_acls: bool,
    /// Refuse policies that let everybody in.
    pub block_public_policy: bool,
    /// Where there already is one, let in only the account and AWS services.
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    pub(super) const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

/// Somebody and what they may do, as an ACL says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub grantee: Grantee,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Grantee {
    /// A canonical user id.
    User(Arc<str>),
    /// A group's URI, such as everybody.
    Group(Arc<str>),
}

/// How an object is encrypted, or objects of a bucket unless asked otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: Arc<str>,
    pub key: Option<Arc<str>>,
    pub bucket_key: bool,
}

/// The key of KMS encryption where no other is named.
const MANAGED_KEY: &str = "alias/aws/s3";

impl Encryption {
    /// With a key of KMS, as a trail asks for its files.
    pub(super) fn with_key(key: &Arc<str>) -> Self {
        Self { algorithm: "aws:kms".into(), key: Some(Arc::clone(key)), bucket_key: false }
    }

    /// What needs the key, if it is one of KMS.
    pub(super) fn key_use(&self, operations: &'static [&'static str]) -> Option<KeyUse> {
        let key = self.key.clone().unwrap_or_else(|| MANAGED_KEY.into());
        self.algorithm.starts_with("aws:kms").then_some(KeyUse { key, operations })
    }

    /// Adds what answers say of it.
    pub(super) fn describe(&self, answer: &mut Value) {
        answer["ServerSideEncryption"] = self.algorithm.as_ref().into();
        // The ARN of a key that is named otherwise is KMS's to know.
        if let Some(key) = self.key.as_deref().filter(|key| key.starts_with("arn:")) {
            answer["SSEKMSKeyId"] = key.into();
        }
        if self.bucket_key {
            answer["BucketKeyEnabled"] = true.into();
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub body: Arc<Value>,
    pub etag: Arc<str>,
    /// Bytes of the body before it is compressed.
    pub size: usize,
    pub modified: DateTime<Utc>,
    /// gzip.
    pub compressed: bool,
    /// As it was when the object was put; a bucket's later change does not touch it.
    pub encryption: Encryption,
}

/// The account's canonical user id: 64 hexadecimal digits.
pub(super) fn owner_id(account_id: &str) -> String {
    resource_id("", account_id, "canonical user", 64)
}

impl Bucket {
    pub(super) fn new(name: Arc<str>, region: Region, created: DateTime<Utc>, account_id: &str) -> Self {
        Self {
            name,
            region,
            created,
            policy: None,
            public_access_block: Some(PublicAccessBlock::ALL),
            acls_disabled: true,
            grants: vec![Grant {
                grantee: Grantee::User(owner_id(account_id).into()),
                permission: "FULL_CONTROL".into(),
            }],
            versioning: None,
            encryption: Encryption { algorithm: "AES256".into(), key: None, bucket_key: false },
            tags: Tags::default(),
            objects: BTreeMap::new(),
        }
    }

    pub(super) fn arn(&self) -> String {
        global_arn("s3", "", &self.name)
    }

    /// The bucket as a configuration item shows it.
    pub(super) fn change(&self, account_id: &str) -> ResourceChange {
        let owner = json!({ "displayName": account_id, "id": owner_id(account_id) });
        ResourceChange {
            resource_type: "AWS::S3::Bucket".into(),
            resource_id: Arc::clone(&self.name),
            resource_name: Some(Arc::clone(&self.name)),
            arn: self.arn().into(),
            availability_zone: "Regional".into(),
            created_at: Some(self.created.timestamp_millis()),
            tags: self.tags.map(),
            relationships: json!([]),
            configuration: json!({
                "name": self.name.as_ref(),
                "owner": owner.clone(),
                "creationDate": self.created.to_rfc3339_opts(SecondsFormat::Millis, true),
            }),
            supplementary: self.supplementary(&owner),
            deleted: false,
        }
    }

    fn supplementary(&self, owner: &Value) -> Value {
        let grants: Vec<Value> = self
            .grants
            .iter()
            .map(|grant| {
                let grantee = match &grant.grantee {
                    Grantee::User(id) if owner["id"] == **id => {
                        json!({ "id": id.as_ref(), "displayName": owner["displayName"] })
                    }
                    Grantee::User(id) => json!({ "id": id.as_ref() }),
                    Grantee::Group(uri) => uri.as_ref().into(),
                };
                json!({ "grantee": grantee, "permission": config_permission(&grant.permission) })
            })
            .collect();
        let mut shown = json!({
            "AccessControlList": {
                "grantSet": null,
                "grantList": grants,
                "owner": owner,
                "isRequesterCharged": false,
            },
            "BucketAccelerateConfiguration": { "status": null },
            "BucketLoggingConfiguration": { "destinationBucketName": null, "logFilePrefix": null },
            "BucketNotificationConfiguration": { "configurations": {} },
            "BucketPolicy": { "policyText": self.policy.as_ref().map(|policy| policy.text.as_ref()) },
            "BucketVersioningConfiguration": {
                "status": self.versioning.as_deref().unwrap_or("Off"),
                "isMfaDeleteEnabled": null,
            },
            "IsRequesterPaysEnabled": false,
        });
        if let Some(block) = self.public_access_block {
            shown["PublicAccessBlockConfiguration"] = json!({
                "blockPublicAcls": block.block_public_acls,
                "ignorePublicAcls": block.ignore_public_acls,
                "blockPublicPolicy": block.block_public_policy,
                "restrictPublicBuckets": block.restrict_public_buckets,
            });
        }
        shown["ServerSideEncryptionConfiguration"] = json!({ "rules": [{
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": self.encryption.algorithm.as_ref(),
                "kmsMasterKeyID": self.encryption.key.as_deref(),
            },
            "bucketKeyEnabled": self.encryption.bucket_key,
        }]});
        shown
    }
}

/// Config spells permissions as `FullControl`, `ReadAcp`.
fn config_permission(permission: &str) -> &'static str {
    match permission {
        "READ" => "Read",
        "WRITE" => "Write",
        "READ_ACP" => "ReadAcp",
        "WRITE_ACP" => "WriteAcp",
        _ => "FullControl",
    }
}
