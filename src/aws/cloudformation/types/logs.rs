//! `AWS::Logs::LogGroup`.

use serde_json::json;

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::Logs::LogGroup",
    service: ServiceName::Logs,
    properties: &[
        Property::text("LogGroupName").to("logGroupName"),
        Property::integer("RetentionInDays").to("retentionInDays"),
    ],
    attributes: &["Arn"],
    after: &[],
    create: log_group,
}];

fn log_group(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let retention = making.take("retentionInDays");
    let name = making.name("logGroupName");
    let parameters = making.rest();
    making.call("CreateLogGroup", parameters)?;
    if let Some(days) = retention {
        making.call("PutRetentionPolicy", json!({"logGroupName": name, "retentionInDays": days}))?;
    }
    let arn = making.arn("logs", &format!("log-group:{name}:*"));
    Ok(Created::new(name).with("Arn", arn))
}
