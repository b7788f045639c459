//! Operations on buckets themselves.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, Region, tags::Tag},
    S3,
    acl::canned,
    bucket::{Bucket, owner_id},
};

/// Creates a bucket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "AWS's names")]
pub struct CreateBucket {
    pub bucket: String,
    pub create_bucket_configuration: Option<CreateBucketConfiguration>,
    /// A canned ACL, such as `private`.
    #[serde(rename = "ACL")]
    pub acl: Option<String>,
    /// `BucketOwnerEnforced` (the default: no ACLs), `BucketOwnerPreferred` or `ObjectWriter`.
    pub object_ownership: Option<String>,
}

/// Where a bucket shall live.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateBucketConfiguration {
    /// Needed in every Region but us-east-1.
    pub location_constraint: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// Deletes an empty bucket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteBucket {
    pub bucket: String,
}

/// Lists the buckets of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListBuckets {
    pub prefix: Option<String>,
    pub bucket_region: Option<String>,
}

/// Says whether a bucket is there and may be looked into.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct HeadBucket {
    pub bucket: String,
}

/// Says in which Region a bucket lives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetBucketLocation {
    pub bucket: String,
}

impl S3 {
    pub(super) fn create_bucket(&mut self, input: CreateBucket, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name(&input.bucket)?;
        let constraint =
            input.create_bucket_configuration.as_ref().and_then(|wish| wish.location_constraint.as_deref());
        check_location(cx.region(), constraint)?;
        let name: Arc<str> = input.bucket.into();
        let location = format!("http://{name}.s3.amazonaws.com/");
        if self.buckets.contains_key(&name) {
            if cx.region().as_str() == "us-east-1" {
                return Ok(json!({ "Location": format!("/{name}") }));
            }
            let message =
                "Your previous request to create the named bucket succeeded and you already own it.";
            return Err(ApiError { status: 409, ..ApiError::client("BucketAlreadyOwnedByYou", message) });
        }
        let mut bucket = Bucket::new(Arc::clone(&name), cx.region().clone(), cx.moment().utc, cx.account_id);
        bucket.acls_disabled = match input.object_ownership.as_deref() {
            None | Some("BucketOwnerEnforced") => true,
            Some("BucketOwnerPreferred" | "ObjectWriter") => false,
            Some(_) => {
                return Err(ApiError::client(
                    "MalformedXML",
                    "The XML you provided was not well-formed or did not validate against our published schema",
                ));
            }
        };
        if let Some(acl) = input.acl.as_deref().filter(|acl| *acl != "private") {
            if bucket.acls_disabled {
                return Err(ApiError::client(
                    "InvalidBucketAclWithObjectOwnership",
                    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
                ));
            }
            bucket.grants = canned(acl, cx.account_id)?;
        }
        if let Some(wish) = &input.create_bucket_configuration {
            bucket.tags.set(&wish.tags);
        }
        let shown_location = if cx.region().as_str() == "us-east-1" { format!("/{name}") } else { location };
        let arn = bucket.arn();
        self.buckets.insert(Arc::clone(&name), bucket);
        self.announce(&name, cx.out);
        Ok(json!({ "Location": shown_location, "BucketArn": arn }))
    }

    pub(super) fn delete_bucket(&mut self, input: DeleteBucket, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bucket = self.bucket(&input.bucket)?;
        if !bucket.objects.is_empty() {
            let message = "The bucket you tried to delete is not empty";
            return Err(ApiError { status: 409, ..ApiError::client("BucketNotEmpty", message) });
        }
        let mut change = bucket.change(&self.account_id);
        change.configuration = Value::Null;
        change.supplementary = json!({});
        change.deleted = true;
        cx.out.changed(&bucket.region, change);
        self.buckets.remove(input.bucket.as_str());
        Ok(Value::Null)
    }

    pub(super) fn list_buckets(&mut self, input: ListBuckets, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let prefix = input.prefix.unwrap_or_default();
        let of_region = |bucket: &&Bucket| {
            input.bucket_region.as_deref().is_none_or(|region| region == bucket.region.as_str())
        };
        let buckets: Vec<Value> = self
            .buckets
            .values()
            .filter(|bucket| bucket.name.starts_with(&prefix))
            .filter(of_region)
            .map(|bucket| {
                json!({
                    "Name": bucket.name.as_ref(),
                    "CreationDate": super::settings::date(bucket.created),
                    "BucketRegion": bucket.region.as_str(),
                    "BucketArn": bucket.arn(),
                })
            })
            .collect();
        Ok(json!({ "Buckets": buckets, "Owner": { "ID": owner_id(cx.account_id) }, "Prefix": null }))
    }

    pub(super) fn head_bucket(&mut self, input: HeadBucket, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bucket =
            self.buckets.get(input.bucket.as_str()).ok_or_else(|| ApiError::not_found("404", "Not Found"))?;
        Ok(json!({
            "BucketArn": bucket.arn(),
            "BucketRegion": bucket.region.as_str(),
            "AccessPointAlias": false,
        }))
    }

    pub(super) fn get_bucket_location(
        &mut self,
        input: GetBucketLocation,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = self.bucket(&input.bucket)?.region.as_str();
        // The first Region has no name here.
        Ok(json!({ "LocationConstraint": (region != "us-east-1").then_some(region) }))
    }
}

/// 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit.
fn check_name(name: &str) -> Result<(), ApiError> {
    let fits = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let inside = name.bytes().all(|letter| fits(letter) || letter == b'.' || letter == b'-');
    let ends = name.bytes().next().is_some_and(fits) && name.bytes().last().is_some_and(fits);
    if (3..=63).contains(&name.len()) && inside && ends && !name.contains("..") {
        Ok(())
    } else {
        Err(ApiError::client("InvalidBucketName", "The specified bucket is not valid."))
    }
}

fn check_location(region: &Region, constraint: Option<&str>) -> Result<(), ApiError> {
    match (region.as_str(), constraint) {
        ("us-east-1", None) => Ok(()),
        ("us-east-1", Some("us-east-1")) => Err(ApiError::client(
            "InvalidLocationConstraint",
            "The specified location-constraint is not valid",
        )),
        (here, Some(there)) if here == there => Ok(()),
        (_, wish) => {
            let message = format!(
                "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
                wish.unwrap_or("unspecified")
            );
            Err(ApiError::client("IllegalLocationConstraintException", message))
        }
    }
}
