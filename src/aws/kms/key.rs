//! A key, and the keys that AWS manages for its services.
//!
//! Source: KMS developer guide, "AWS KMS keys", "Key states", "Default key policy" and "Viewing the key policy of an
//! AWS managed key".

use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Region;
use crate::aws::{
    Node, ServiceName, arn, parcel::ResourceChange, policy::PolicyDocument, tags::Tags, timestamps,
};

/// What a key may be used for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    Enabled,
    Disabled,
    /// It goes away at this moment, epoch milliseconds.
    PendingDeletion {
        at_ms: i64,
        window_days: u32,
    },
}

impl KeyState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::PendingDeletion { .. } => "PendingDeletion",
        }
    }
}

/// When a key's material is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub period_days: u32,
    /// Epoch milliseconds.
    pub next_ms: i64,
}

impl Rotation {
    /// The first one, a period from now. Source: KMS developer guide, "Rotating AWS KMS keys".
    pub fn from(now_ms: i64, period_days: u32) -> Self {
        Self { period_days, next_ms: now_ms + i64::from(period_days) * 86_400_000 }
    }
}

/// Whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    Aws,
    Customer,
}

/// A symmetric key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub id: Arc<str>,
    pub arn: Arc<str>,
    pub account_id: Arc<str>,
    pub region: Region,
    pub manager: Manager,
    pub description: Arc<str>,
    pub state: KeyState,
    /// Its policy document, as JSON text and as it is judged.
    pub policy_text: Arc<str>,
    pub policy: Arc<PolicyDocument>,
    /// If its material is renewed by itself.
    pub rotation: Option<Rotation>,
    pub tags: Tags,
    pub created_ms: i64,
}

/// Since when the account has the keys that AWS manages: 2026-01-05, as its other old things.
const MANAGED_SINCE_MS: i64 = 1_767_571_200_000;
/// How often AWS rotates them: every year.
const MANAGED_ROTATION_DAYS: u32 = 365;

/// The services that have a key of their own, and who may use it: whoever comes through the service.
const MANAGED: &[&str] =
    &["ebs", "events", "kinesis", "lambda", "logs", "rds", "s3", "secretsmanager", "sns", "sqs", "ssm"];

impl Key {
    /// The key that AWS manages behind an alias such as `alias/aws/sns`: always there, and the same.
    pub fn managed(account_id: &Arc<str>, region: &Region, alias: &str) -> Option<Self> {
        let service = alias.strip_prefix("alias/aws/").filter(|service| MANAGED.contains(service))?;
        let id = managed_id(account_id, region, service);
        let document = managed_policy(account_id, region, service);
        Some(Self {
            arn: arn::arn("kms", region, account_id, &format!("key/{id}")).into(),
            id: id.into(),
            account_id: Arc::clone(account_id),
            region: region.clone(),
            manager: Manager::Aws,
            description: format!("Default key that protects my {service} data when no other key is defined")
                .into(),
            state: KeyState::Enabled,
            policy_text: document.to_string().into(),
            policy: Arc::new(PolicyDocument::parse(&document).unwrap_or_default()),
            rotation: Some(Rotation::from(MANAGED_SINCE_MS, MANAGED_ROTATION_DAYS)),
            tags: Tags::default(),
            created_ms: MANAGED_SINCE_MS,
        })
    }

    /// The aliases of all of them.
    pub fn managed_aliases() -> impl Iterator<Item = String> {
        MANAGED.iter().map(|service| format!("alias/aws/{service}"))
    }

    pub fn node(&self) -> Node {
        Node::new(ServiceName::Kms, &self.region, Arc::clone(&self.id))
    }

    /// `KeyMetadata`, as the API answers.
    pub fn metadata(&self) -> Value {
        let mut metadata = json!({
            "AWSAccountId": self.account_id,
            "KeyId": self.id,
            "Arn": self.arn,
            "CreationDate": timestamps::cli(timestamps::from_epoch_ms(self.created_ms)),
            "Enabled": self.state == KeyState::Enabled,
            "Description": self.description,
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeyState": self.state.as_str(),
        });
        if let KeyState::PendingDeletion { at_ms, .. } = self.state {
            metadata["DeletionDate"] = timestamps::cli(timestamps::from_epoch_ms(at_ms)).into();
        }
        metadata["Origin"] = "AWS_KMS".into();
        metadata["KeyManager"] = match self.manager {
            Manager::Aws => "AWS",
            Manager::Customer => "CUSTOMER",
        }
        .into();
        metadata["CustomerMasterKeySpec"] = "SYMMETRIC_DEFAULT".into();
        metadata["KeySpec"] = "SYMMETRIC_DEFAULT".into();
        metadata["EncryptionAlgorithms"] = json!(["SYMMETRIC_DEFAULT"]);
        metadata["MultiRegion"] = false.into();
        metadata
    }

    /// The key as Config records it.
    pub fn resource(&self, deleted: bool) -> ResourceChange {
        let configuration = json!({
            "aWSAccountId": self.account_id,
            "keyId": self.id,
            "arn": self.arn,
            "creationDate": self.created_ms,
            "enabled": self.state == KeyState::Enabled,
            "description": self.description,
            "keyUsage": "ENCRYPT_DECRYPT",
            "keyState": self.state.as_str(),
            "origin": "AWS_KMS",
            "keyManager": "CUSTOMER",
            "keySpec": "SYMMETRIC_DEFAULT",
            "multiRegion": false,
        });
        ResourceChange {
            resource_type: "AWS::KMS::Key".into(),
            resource_id: Arc::clone(&self.id),
            resource_name: Some(Arc::clone(&self.id)),
            arn: Arc::clone(&self.arn),
            availability_zone: "Regional".into(),
            created_at: Some(self.created_ms),
            tags: self.tags.map(),
            relationships: json!([]),
            configuration: if deleted { Value::Null } else { configuration },
            supplementary: json!({
                "KeyRotationStatus": self.rotation.is_some(),
                "Policy": self.policy_text,
            }),
            deleted,
        }
    }
}

/// The policy of a key made without one: the account decides, by its identity policies.
pub fn default_policy(account_id: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [{
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{account_id}:root") },
            "Action": "kms:*",
            "Resource": "*",
        }],
    })
}

/// Whoever of the account may use the service may use its key through it, and nobody can change it. Another service
/// is nobody of the account: an alarm or a rule is not let in.
fn managed_policy(account_id: &str, region: &Region, service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Id": format!("auto-{service}-2"),
        "Statement": [
            {
                "Sid": format!("Allow access through {service} for all principals in the account that are authorized to use {service}"),
                "Effect": "Allow",
                "Principal": { "AWS": "*" },
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:ListGrants", "kms:DescribeKey"],
                "Resource": "*",
                "Condition": { "StringEquals": {
                    "kms:CallerAccount": account_id,
                    "kms:ViaService": format!("{service}.{region}.amazonaws.com"),
                } },
            },
            {
                "Sid": "Allow direct access to key metadata to the account",
                "Effect": "Allow",
                "Principal": { "AWS": format!("arn:aws:iam::{account_id}:root") },
                "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
                "Resource": "*",
            },
        ],
    })
}

/// The same for the same account, Region and service.
fn managed_id(account_id: &str, region: &Region, service: &str) -> String {
    let digest = Sha256::digest(format!("{account_id}/{region}/{service}"));
    let number = digest.iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let hex = format!("{number:032x}");
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
