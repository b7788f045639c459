//! `AWS::Logs::LogGroup`, `LogStream`, `MetricFilter` and `SubscriptionFilter`.

use serde_json::{Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, tag_map},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::Logs::LogGroup",
        service: ServiceName::Logs,
        properties: &[
            Property::text("LogGroupName").to("logGroupName"),
            Property::integer("RetentionInDays").to("retentionInDays"),
            Property::text("LogGroupClass").to("logGroupClass"),
            Property::tags().to("tags"),
        ],
        attributes: &["Arn"],
        after: &[],
        create: log_group,
    },
    ResourceType {
        name: "AWS::Logs::LogStream",
        service: ServiceName::Logs,
        properties: &[
            Property::text("LogGroupName").to("logGroupName").required(),
            Property::text("LogStreamName").to("logStreamName"),
        ],
        attributes: &[],
        after: &["AWS::Logs::LogGroup"],
        create: |making| {
            let name = making.name("logStreamName");
            let parameters = making.rest();
            making.call("CreateLogStream", parameters)?;
            Ok(Created::new(name))
        },
    },
    ResourceType {
        name: "AWS::Logs::MetricFilter",
        service: ServiceName::Logs,
        properties: &[
            Property::text("FilterName").to("filterName"),
            Property::text("FilterPattern").to("filterPattern").required(),
            Property::text("LogGroupName").to("logGroupName").required(),
            Property::records("MetricTransformations", TRANSFORMATION).to("metricTransformations").required(),
        ],
        attributes: &[],
        after: &["AWS::Logs::LogGroup"],
        create: metric_filter,
    },
    ResourceType {
        name: "AWS::Logs::SubscriptionFilter",
        service: ServiceName::Logs,
        properties: &[
            Property::text("FilterName").to("filterName"),
            Property::text("FilterPattern").to("filterPattern").required(),
            Property::text("LogGroupName").to("logGroupName").required(),
            Property::text("DestinationArn").to("destinationArn").required(),
        ],
        attributes: &[],
        after: &["AWS::Logs::LogGroup", "AWS::Lambda::Permission"],
        create: |making| {
            let name = making.name("filterName");
            let parameters = making.rest();
            making.call("PutSubscriptionFilter", parameters)?;
            Ok(Created::new(name))
        },
    },
];

const TRANSFORMATION: &[Property] = &[
    Property::text("MetricName").to("metricName").required(),
    Property::text("MetricNamespace").to("metricNamespace").required(),
    Property::text("MetricValue").to("metricValue").required(),
    Property::number("DefaultValue").to("defaultValue"),
    Property::text("Unit").to("unit"),
    Property::records("Dimensions", DIMENSION).to("dimensions"),
];
const DIMENSION: &[Property] = &[Property::text("Key").required(), Property::text("Value").required()];

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

/// The API takes dimensions as a mapping, the template as a list.
fn metric_filter(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let name = making.name("filterName");
    let mut parameters = making.rest();
    let transformations = parameters.get_mut("metricTransformations").and_then(Value::as_array_mut);
    for transformation in transformations.into_iter().flatten() {
        if let Some(Value::Array(dimensions)) = transformation.get_mut("dimensions").map(Value::take) {
            transformation["dimensions"] = tag_map(dimensions);
        }
    }
    making.call("PutMetricFilter", parameters)?;
    Ok(Created::new(name))
}
