//! Access control lists: the old way to open a bucket, switched off in new ones.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext},
    S3,
    access::blocked_by,
    bucket::{Grant, Grantee, owner_id},
};

const EVERYBODY: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const ANY_ACCOUNT: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// Writes a bucket's access control list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutBucketAcl {
    pub bucket: String,
    /// A canned ACL, such as `private` or `public-read`.
    #[serde(rename = "ACL")]
    pub acl: Option<String>,
    pub access_control_policy: Option<AccessControlPolicy>,
}

/// An access control list written out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AccessControlPolicy {
    #[serde(default)]
    pub grants: Vec<GrantInput>,
    pub owner: Option<Owner>,
}

/// Somebody and what they may do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GrantInput {
    pub grantee: GranteeInput,
    /// `FULL_CONTROL`, `READ`, `WRITE`, `READ_ACP` or `WRITE_ACP`.
    pub permission: String,
}

/// A user by canonical id, or a group by address.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GranteeInput {
    /// `CanonicalUser` or `Group`.
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(rename = "ID")]
    pub id: Option<String>,
    #[serde(rename = "URI")]
    pub uri: Option<String>,
}

/// The owner of the bucket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Owner {
    #[serde(rename = "ID")]
    pub id: Option<String>,
}

/// Reads a bucket's access control list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetBucketAcl {
    pub bucket: String,
}

/// The grants that a canned ACL stands for.
pub(super) fn canned(name: &str, account_id: &str) -> Result<Vec<Grant>, ApiError> {
    let group = |uri: &str, permission: &str| Grant {
        grantee: Grantee::Group(uri.into()),
        permission: permission.into(),
    };
    let mut grants = vec![Grant {
        grantee: Grantee::User(owner_id(account_id).into()),
        permission: "FULL_CONTROL".into(),
    }];
    match name {
        "private" => {}
        "public-read" => grants.push(group(EVERYBODY, "READ")),
        "public-read-write" => grants.extend([group(EVERYBODY, "READ"), group(EVERYBODY, "WRITE")]),
        "authenticated-read" => grants.push(group(ANY_ACCOUNT, "READ")),
        "log-delivery-write" => {
            grants.extend([group(LOG_DELIVERY, "WRITE"), group(LOG_DELIVERY, "READ_ACP")]);
        }
        _ => return Err(ApiError::client("InvalidArgument", format!("Invalid canned ACL: {name}"))),
    }
    Ok(grants)
}

pub(super) fn is_public(grants: &[Grant]) -> bool {
    grants.iter().any(
        |grant| matches!(&grant.grantee, Grantee::Group(uri) if **uri == *EVERYBODY || **uri == *ANY_ACCOUNT),
    )
}

fn written_out(policy: AccessControlPolicy, account_id: &str) -> Result<Vec<Grant>, ApiError> {
    let malformed = || {
        ApiError::client(
            "MalformedACLError",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
    };
    let owner = owner_id(account_id);
    if policy.owner.and_then(|owner| owner.id).is_some_and(|id| id != owner) {
        return Err(ApiError::refused("AccessDenied", "Access Denied"));
    }
    let mut grants = Vec::new();
    for grant in policy.grants {
        let known = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];
        if !known.contains(&grant.permission.as_str()) {
            return Err(malformed());
        }
        let grantee = match (grant.grantee.kind.as_str(), grant.grantee.id, grant.grantee.uri) {
            ("CanonicalUser", Some(id), None) => Grantee::User(id.into()),
            ("Group", None, Some(uri)) => Grantee::Group(uri.into()),
            _ => return Err(malformed()),
        };
        grants.push(Grant { grantee, permission: grant.permission.into() });
    }
    Ok(grants)
}

impl S3 {
    pub(super) fn put_bucket_acl(&mut self, input: PutBucketAcl, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bucket = self.bucket(&input.bucket)?;
        let grants = match (&input.acl, input.access_control_policy) {
            (Some(name), None) => canned(name, cx.account_id)?,
            (None, Some(policy)) => written_out(policy, cx.account_id)?,
            _ => {
                return Err(ApiError::client(
                    "MissingSecurityHeader",
                    "Your request was missing a required header",
                ));
            }
        };
        if bucket.acls_disabled && grants != canned("private", cx.account_id)? {
            return Err(ApiError::client("AccessControlListNotSupported", "The bucket does not allow ACLs"));
        }
        let blocked = bucket.public_access_block.is_some_and(|block| block.block_public_acls);
        if blocked && is_public(&grants) {
            let what = "public access control lists (ACLs) are";
            return Err(blocked_by("s3:PutBucketAcl", what, "BlockPublicAcls", &bucket.arn(), cx));
        }
        let bucket = self.bucket_mut(&input.bucket)?;
        if bucket.grants != grants {
            bucket.grants = grants;
            self.announce(&input.bucket, cx.out);
        }
        Ok(Value::Null)
    }

    pub(super) fn get_bucket_acl(&mut self, input: GetBucketAcl, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let grants: Vec<Value> = self
            .bucket(&input.bucket)?
            .grants
            .iter()
            .map(|grant| {
                let grantee = match &grant.grantee {
                    Grantee::User(id) => json!({ "ID": id.as_ref(), "Type": "CanonicalUser" }),
                    Grantee::Group(uri) => json!({ "Type": "Group", "URI": uri.as_ref() }),
                };
                json!({ "Grantee": grantee, "Permission": grant.permission.as_ref() })
            })
            .collect();
        Ok(json!({ "Owner": { "ID": owner_id(cx.account_id) }, "Grants": grants }))
    }
}
