//! `AWS::Events::Rule`.

use serde_json::{Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, text_at},
        property::Property,
    },
};

const TARGET: &[Property] = &[
    Property::text("Id").required(),
    Property::text("Arn").required(),
    Property::text("Input"),
    Property::text("InputPath"),
    Property::record(
        "InputTransformer",
        &[Property::json("InputPathsMap"), Property::text("InputTemplate").required()],
    ),
];

pub static TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::Events::Rule",
    service: ServiceName::EventBridge,
    properties: &[
        Property::text("Name"),
        Property::json_text("EventPattern"),
        Property::text("State"),
        Property::text("Description"),
        Property::text("EventBusName"),
        Property::records("Targets", TARGET),
    ],
    attributes: &["Arn"],
    after: &[],
    create: rule,
}];

fn rule(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let targets = making.take_list("Targets");
    let name = making.name("Name");
    let bus = making.text("EventBusName");
    let parameters = making.rest();
    let arn = text_at(&making.call("PutRule", parameters)?, "/RuleArn");
    if !targets.is_empty() {
        let mut parameters = json!({"Rule": name});
        if let Some(bus) = &bus {
            parameters["EventBusName"] = bus.as_str().into();
        }
        parameters["Targets"] = Value::Array(targets);
        let answer = making.call("PutTargets", parameters)?;
        if let Some(failed) = answer.pointer("/FailedEntries/0") {
            let message = format!(
                "PutTargets: target {} failed: {}: {}",
                text_at(failed, "/TargetId"),
                text_at(failed, "/ErrorCode"),
                text_at(failed, "/ErrorMessage")
            );
            return Err(DeployError::new(making.resource.at, message));
        }
    }
    Ok(Created::new(name).with("Arn", arn))
}
