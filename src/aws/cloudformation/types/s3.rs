//! `AWS::S3::Bucket` and `AWS::S3::BucketPolicy`.

use serde_json::json;

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::S3::Bucket",
        service: ServiceName::S3,
        properties: &[
            Property::text("BucketName").to("Bucket"),
            Property::record(
                "PublicAccessBlockConfiguration",
                &[
                    Property::boolean("BlockPublicAcls"),
                    Property::boolean("IgnorePublicAcls"),
                    Property::boolean("BlockPublicPolicy"),
                    Property::boolean("RestrictPublicBuckets"),
                ],
            ),
            Property::record("VersioningConfiguration", &[Property::text("Status").required()]),
            Property::tags(),
        ],
        attributes: &["Arn", "DomainName", "RegionalDomainName", "WebsiteURL"],
        after: &[],
        create: bucket,
    },
    ResourceType {
        name: "AWS::S3::BucketPolicy",
        service: ServiceName::S3,
        properties: &[
            Property::text("Bucket").required(),
            Property::json_text("PolicyDocument").required().to("Policy"),
        ],
        attributes: &[],
        after: &[],
        create: |making| {
            let bucket = making.text("Bucket").unwrap_or_default();
            let parameters = making.rest();
            making.call("PutBucketPolicy", parameters)?;
            Ok(Created::new(bucket))
        },
    },
];

fn bucket(making: &mut Making<'_>) -> Result<Created, DeployError> {
    // Bucket names know no capitals.
    let name = making.text("Bucket").unwrap_or_else(|| making.generated_name().to_lowercase());
    let region = making.region().to_owned();
    let mut parameters = json!({"Bucket": name});
    if region != "us-east-1" {
        parameters["CreateBucketConfiguration"] = json!({"LocationConstraint": region});
    }
    making.call("CreateBucket", parameters)?;
    if let Some(configuration) = making.take("PublicAccessBlockConfiguration") {
        // What is not said is off, as for any configuration that is put whole.
        let flag = |name: &str| configuration.get(name).cloned().unwrap_or(false.into());
        let whole = json!({
            "BlockPublicAcls": flag("BlockPublicAcls"),
            "IgnorePublicAcls": flag("IgnorePublicAcls"),
            "BlockPublicPolicy": flag("BlockPublicPolicy"),
            "RestrictPublicBuckets": flag("RestrictPublicBuckets"),
        });
        making
            .call("PutPublicAccessBlock", json!({"Bucket": name, "PublicAccessBlockConfiguration": whole}))?;
    }
    if let Some(configuration) = making.take("VersioningConfiguration") {
        making
            .call("PutBucketVersioning", json!({"Bucket": name, "VersioningConfiguration": configuration}))?;
    }
    let tags = making.take_list("Tags");
    if !tags.is_empty() {
        making.call("PutBucketTagging", json!({"Bucket": name, "Tagging": {"TagSet": tags}}))?;
    }
    Ok(Created::new(name.clone())
        .with("Arn", format!("arn:aws:s3:::{name}"))
        .with("DomainName", format!("{name}.s3.amazonaws.com"))
        .with("RegionalDomainName", format!("{name}.s3.{region}.amazonaws.com"))
        .with("WebsiteURL", format!("http://{name}.s3-website.{region}.amazonaws.com")))
}
