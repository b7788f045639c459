//! `AWS::SQS::Queue` and `AWS::SQS::QueuePolicy`.

use serde_json::{Map, Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, tag_map, text_at},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::SQS::Queue",
        service: ServiceName::Sqs,
        properties: &[
            Property::text("QueueName"),
            Property::integer("DelaySeconds"),
            Property::integer("MaximumMessageSize"),
            Property::integer("MessageRetentionPeriod"),
            Property::integer("ReceiveMessageWaitTimeSeconds"),
            Property::integer("VisibilityTimeout"),
            Property::json_text("RedrivePolicy"),
            Property::json_text("RedriveAllowPolicy"),
            Property::text("KmsMasterKeyId"),
            Property::boolean("SqsManagedSseEnabled"),
            Property::tags(),
        ],
        attributes: &["Arn", "QueueName", "QueueUrl"],
        after: &[],
        create: queue,
    },
    ResourceType {
        name: "AWS::SQS::QueuePolicy",
        service: ServiceName::Sqs,
        properties: &[Property::texts("Queues").required(), Property::json_text("PolicyDocument").required()],
        attributes: &["Id"],
        after: &[],
        create: queue_policy,
    },
];

fn queue(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let tags = making.take_list("Tags");
    let name = making.name("QueueName");
    let mut properties = making.rest();
    properties.shift_remove("QueueName");
    // The API takes every attribute as a text.
    let attributes: Map<String, Value> = properties
        .into_iter()
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name, text.into())
        })
        .collect();
    let parameters = json!({"QueueName": name, "Attributes": attributes, "tags": tag_map(tags)});
    let url = text_at(&making.call("CreateQueue", parameters)?, "/QueueUrl");
    let arn = making.arn("sqs", &name);
    Ok(Created::new(url.clone()).with("Arn", arn).with("QueueName", name).with("QueueUrl", url))
}

fn queue_policy(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let policy = making.take("PolicyDocument").unwrap_or_default();
    for queue in making.take_list("Queues") {
        let parameters = json!({"QueueUrl": queue, "Attributes": {"Policy": policy}});
        making.call("SetQueueAttributes", parameters)?;
    }
    let id = making.generated_name();
    Ok(Created::new(id.clone()).with("Id", id))
}
