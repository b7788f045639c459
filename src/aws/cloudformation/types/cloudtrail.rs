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
        Property::text("SnsTopicName"),
        Property::boolean("IncludeGlobalServiceEvents"),
        Property::boolean("IsMultiRegionTrail"),
        Property::boolean("EnableLogFileValidation"),
        Property::text("CloudWatchLogsLogGroupArn"),
        Property::text("CloudWatchLogsRoleArn"),
        Property::text("KMSKeyId").to("KmsKeyId"),
        Property::boolean("IsOrganizationTrail"),
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
        Property::json("AdvancedEventSelectors"),
        Property::json("InsightSelectors"),
    ],
    attributes: &["Arn", "SnsTopicArn"],
    // A trail's bucket must already let it in.
    after: &["AWS::S3::BucketPolicy"],
    create: trail,
}];

fn trail(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let is_logging = making.take("IsLogging") == Some(Value::Bool(true));
    let selectors: Vec<_> = ["EventSelectors", "AdvancedEventSelectors"]
        .into_iter()
        .filter_map(|name| making.take(name).map(|value| (name, value)))
        .collect();
    let insights = making.take("InsightSelectors");
    let name = making.name("Name");
    let parameters = making.rest();
    let answer = making.call("CreateTrail", parameters)?;
    for (parameter, value) in selectors {
        making.call("PutEventSelectors", json!({"TrailName": name, parameter: value}))?;
    }
    if let Some(insights) = insights {
        making.call("PutInsightSelectors", json!({"TrailName": name, "InsightSelectors": insights}))?;
    }
    if is_logging {
        making.call("StartLogging", json!({"Name": name}))?;
    }
    Ok(Created::new(name)
        .with("Arn", text_at(&answer, "/TrailARN"))
        .with("SnsTopicArn", answer.get("SnsTopicARN").cloned()))
}
