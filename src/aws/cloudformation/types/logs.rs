//! `AWS::Logs::LogGroup`.

use serde_json::json;

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, tag_map},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::Logs::LogGroup",
    service: ServiceName::Logs,
    properties: &[
        Property::text("LogGroupName").to("logGroupName"),
        Property::text("KmsKeyId").to("kmsKeyId"),
        Property::text("LogGroupClass").to("logGroupClass"),
        Property::integer("RetentionInDays").to("retentionInDays"),
        Property::tags().to("tags"),
    ],
    attributes: &["Arn"],
    after: &[],
    create: log_group,
}];

fn log_group(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let retention = making.take("retentionInDays");
    let tags = making.take_list("tags");
    let name = making.name("logGroupName");
    let mut parameters = making.rest();
    if !tags.is_empty() {
        parameters.insert("tags".to_owned(), tag_map(tags));
    }
    making.call("CreateLogGroup", parameters)?;
    if let Some(days) = retention {
        making.call("PutRetentionPolicy", json!({"logGroupName": name, "retentionInDays": days}))?;
    }
    let arn = making.arn("logs", &format!("log-group:{name}:*"));
    Ok(Created::new(name).with("Arn", arn))
}
