//! `AWS::Kinesis::Stream`.

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, tag_map},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::Kinesis::Stream",
    service: ServiceName::Kinesis,
    properties: &[
        Property::text("Name").to("StreamName"),
        Property::integer("ShardCount"),
        Property::record("StreamModeDetails", &[Property::text("StreamMode").required()]),
        Property::tags(),
    ],
    attributes: &["Arn"],
    after: &[],
    create: stream,
}];

fn stream(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let tags = making.take_list("Tags");
    let name = making.name("StreamName");
    let mut parameters = making.rest();
    if !tags.is_empty() {
        parameters.insert("Tags".to_owned(), tag_map(tags));
    }
    making.call("CreateStream", parameters)?;
    let arn = making.arn("kinesis", &format!("stream/{name}"));
    Ok(Created::new(name).with("Arn", arn))
}
