//! `AWS::CloudTrail::Trail`.

use serde_json::{Map, Value, json};

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
        Property::records(
            "AdvancedEventSelectors",
            &[
                Property::text("Name"),
                Property::records(
                    "FieldSelectors",
                    &[
                        Property::text("Field").required(),
                        Property::texts("Equals"),
                        Property::texts("StartsWith"),
                        Property::texts("EndsWith"),
                        Property::texts("NotEquals"),
                        Property::texts("NotStartsWith"),
                        Property::texts("NotEndsWith"),
                    ],
                )
                .required(),
            ],
        ),
        Property::records("InsightSelectors", &[Property::text("InsightType")]),
        Property::boolean("IsOrganizationTrail"),
    ],
    attributes: &["Arn", "SnsTopicArn"],
    // A trail's bucket and topic must already let it in.
    after: &["AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy"],
    create: trail,
}];

fn trail(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let is_logging = making.take("IsLogging") == Some(Value::Bool(true));
    let selectors = ["EventSelectors", "AdvancedEventSelectors"].map(|kind| (kind, making.take(kind)));
    let insights = making.take("InsightSelectors");
    let name = making.name("Name");
    let parameters = making.rest();
    let answer = making.call("CreateTrail", parameters)?;
    let chosen: Map<String, Value> =
        selectors.into_iter().filter_map(|(kind, list)| Some((kind.to_owned(), list?))).collect();
    if !chosen.is_empty() {
        let trail_name = ("TrailName".to_owned(), name.as_str().into());
        making.call("PutEventSelectors", std::iter::once(trail_name).chain(chosen).collect::<Map<_, _>>())?;
    }
    if let Some(insights) = insights {
        making.call("PutInsightSelectors", json!({"TrailName": name, "InsightSelectors": insights}))?;
    }
    if is_logging {
        making.call("StartLogging", json!({"Name": name}))?;
    }
    let created = Created::new(name).with("Arn", text_at(&answer, "/TrailARN"));
    Ok(match text_at(&answer, "/SnsTopicARN") {
        topic if topic.is_empty() => created,
        topic => created.with("SnsTopicArn", topic),
    })
}
