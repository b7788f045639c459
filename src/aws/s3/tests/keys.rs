//! Objects encrypted with a key of KMS need that key, of whoever puts or reads them.

use super::*;

const KMS: ServiceName = ServiceName::Kms;

/// A key whose use is left to the account's own policies, and its ARN.
fn key(account: &mut Sandbox) -> String {
    let made = account.ok(KMS, "CreateKey", json!({}));
    made["KeyMetadata"]["Arn"].as_str().expect("a key has an ARN").to_owned()
}

fn encrypt(account: &mut Sandbox, key: Option<&str>) {
    let mut by_default = json!({ "SSEAlgorithm": "aws:kms" });
    if let Some(key) = key {
        by_default["KMSMasterKeyID"] = key.into();
    }
    let rules = json!({ "Rules": [{ "ApplyServerSideEncryptionByDefault": by_default }] });
    let call = json!({ "Bucket": BUCKET, "ServerSideEncryptionConfiguration": rules });
    account.ok(S3, "PutBucketEncryption", call);
}

fn object() -> Value {
    json!({ "Bucket": BUCKET, "Key": "plan.txt" })
}

fn put(account: &mut Sandbox) -> Result<Value, String> {
    let mut call = object();
    call["Body"] = "les rues".into();
    account.call(S3, "PutObject", call).map_err(|error| error.to_string())
}

fn read(account: &mut Sandbox) -> Result<Value, String> {
    account.call(S3, "GetObject", object()).map_err(|error| error.to_string())
}

/// What KMS was asked and refused, as CloudTrail noted it.
fn denied(account: &Sandbox) -> Vec<String> {
    let records = account.payloads(HopPath::ApiTrail);
    let of_kms = records.iter().filter(|record| record["eventSource"] == "kms.amazonaws.com");
    let refused = of_kms.filter(|record| record["errorCode"] == "AccessDenied");
    refused.map(|record| record["eventName"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn who_may_use_the_bucket_but_not_its_key_puts_and_reads_nothing() {
    let mut account = with_bucket();
    let key = key(&mut account);
    encrypt(&mut account, Some(&key));
    let answer = put(&mut account).expect("an administrator may use every key of the account");
    assert_eq!(answer["ServerSideEncryption"], "aws:kms");
    assert_eq!(answer["SSEKMSKeyId"], key);

    account.act_as_user("dana", &["AmazonS3FullAccess"]);

    assert_eq!(
        put(&mut account).unwrap_err(),
        format!(
            "AccessDenied: User: arn:aws:iam::123456789012:user/dana is not authorized to perform: \
             kms:GenerateDataKey on resource: {key} because no identity-based policy allows the \
             kms:GenerateDataKey action"
        )
    );
    assert!(read(&mut account).unwrap_err().contains("kms:Decrypt"));
    assert_eq!(denied(&account), ["GenerateDataKey", "Decrypt"]);
}

#[test]
fn the_key_that_aws_manages_serves_everybody_of_the_account() {
    let mut account = with_bucket();
    encrypt(&mut account, None);
    account.act_as_user("dana", &["AmazonS3FullAccess"]);

    assert_eq!(put(&mut account).map(|answer| answer["ServerSideEncryption"].clone()), Ok(json!("aws:kms")));
    assert!(read(&mut account).is_ok());
}

#[test]
fn an_object_keeps_the_encryption_it_was_put_with() {
    let mut account = with_bucket();
    assert_eq!(put(&mut account).map(|answer| answer["ServerSideEncryption"].clone()), Ok(json!("AES256")));
    let key = key(&mut account);
    encrypt(&mut account, Some(&key));
    account.ok(KMS, "DisableKey", json!({ "KeyId": key }));

    assert_eq!(read(&mut account).map(|answer| answer["ServerSideEncryption"].clone()), Ok(json!("AES256")));
    assert_eq!(put(&mut account).unwrap_err(), format!("KMS.DisabledException: {key} is disabled."));
}

#[test]
fn a_trail_s_file_needs_the_key_of_its_bucket() {
    let mut account = with_bucket();
    let condition = json!({ "StringEquals": { "s3:x-amz-acl": "bucket-owner-full-control" } });
    let let_in = policy(json!({ "Service": "cloudtrail.amazonaws.com" }), "s3:PutObject", condition);
    account.ok(S3, "PutBucketPolicy", json!({ "Bucket": BUCKET, "Policy": let_in }));
    let key = key(&mut account);
    encrypt(&mut account, Some(&key));
    let refusal = deliver(&mut account).expect("the key's policy does not name CloudTrail");
    assert!(refusal.contains("kms:GenerateDataKey"), "{refusal}");

    let everyday = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:root" },
        "Action": "kms:*", "Resource": "*" });
    let trail = json!({ "Effect": "Allow", "Principal": { "Service": "cloudtrail.amazonaws.com" },
        "Action": "kms:GenerateDataKey*", "Resource": "*" });
    let both = json!({ "Version": "2012-10-17", "Statement": [everyday, trail] }).to_string();
    account.ok(KMS, "PutKeyPolicy", json!({ "KeyId": key, "PolicyName": "default", "Policy": both }));

    assert_eq!(deliver(&mut account), None);
}
