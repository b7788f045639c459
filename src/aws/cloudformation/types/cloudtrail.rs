//! `AWS::CloudTrail::Trail`.

use serde_json::{Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, text_at},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::CloudTrail::Trail",
    service: ServiceName::CloudTrail,
    properties: &[
        Property::text("TrailName").to("Name"),
        Property::text("S3BucketName").required(),
        Property::text("S3KeyPrefix"),
        Property::boolean("IncludeGlobalServiceEvents"),
        Property::boolean("IsMultiRegionTrail"),
        Property::boolean("EnableLogFileValidation"),
        Property::text("CloudWatchLogsLogGroupArn"),
        Property::text("CloudWatchLogsRoleArn"),
        Property::text("KMSKeyId").to("KmsKeyId"),
        Property::records("Tags", &[Property::text("Key").required(), Property::text("Value")])
            .to("TagsList"),
        Property::boolean("IsLogging").required(),
        Property::records(
            "EventSelectors",
            &[
                Property::text("ReadWriteType"),
                Property::boolean("IncludeManagementEvents"),
                Property::records(
                    "DataResources",
                    &[Property::text("Type").required(), Property::texts("Values")],
                ),
                Property::texts("ExcludeManagementEventSources"),
            ],
        ),
    ],
    attributes: &["Arn"],
    // A trail's bucket must already let it in.
    after: &["AWS::S3::BucketPolicy"],
    create: trail,
}];

fn trail(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let is_logging = making.take("IsLogging") == Some(Value::Bool(true));
    let selectors = making.take("EventSelectors");
    let name = making.name("Name");
    let parameters = making.rest();
    let answer = making.call("CreateTrail", parameters)?;
    if let Some(selectors) = selectors {
        making.call("PutEventSelectors", json!({"TrailName": name, "EventSelectors": selectors}))?;
    }
    if is_logging {
        making.call("StartLogging", json!({"Name": name}))?;
    }
    Ok(Created::new(name).with("Arn", text_at(&answer, "/TrailARN")))
}
