//! `AWS::Events::Rule`, `AWS::Events::EventBus`, `AWS::Events::EventBusPolicy` and `AWS::Events::Archive`.

use serde_json::{Map, Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, text_at},
        property::Property,
    },
};

const DEAD_LETTERS: &[Property] = &[Property::text("Arn")];

const TARGET: &[Property] = &[
    Property::text("Id").required(),
    Property::text("Arn").required(),
    Property::text("RoleArn"),
    Property::text("Input"),
    Property::text("InputPath"),
    Property::record(
        "InputTransformer",
        &[Property::json("InputPathsMap"), Property::text("InputTemplate").required()],
    ),
    Property::record("KinesisParameters", &[Property::text("PartitionKeyPath").required()]),
    Property::record("SqsParameters", &[Property::text("MessageGroupId")]),
    Property::record("DeadLetterConfig", DEAD_LETTERS),
    Property::record(
        "RetryPolicy",
        &[Property::integer("MaximumRetryAttempts"), Property::integer("MaximumEventAgeInSeconds")],
    ),
];

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::Events::Rule",
        service: ServiceName::EventBridge,
        properties: &[
            Property::text("Name"),
            Property::json_text("EventPattern"),
            Property::text("ScheduleExpression"),
            Property::text("State"),
            Property::text("Description"),
            Property::text("EventBusName"),
            Property::text("RoleArn"),
            Property::records("Targets", TARGET),
            Property::tags(),
        ],
        attributes: &["Arn"],
        after: &[],
        create: rule,
    },
    ResourceType {
        name: "AWS::Events::EventBus",
        service: ServiceName::EventBridge,
        properties: &[
            Property::text("Name").required(),
            Property::text("EventSourceName"),
            Property::text("Description"),
            Property::json_text("Policy"),
            Property::tags(),
        ],
        attributes: &["Arn", "Name"],
        after: &[],
        create: bus,
    },
    ResourceType {
        name: "AWS::Events::EventBusPolicy",
        service: ServiceName::EventBridge,
        properties: &[
            Property::text("EventBusName"),
            Property::text("StatementId").required(),
            Property::json("Statement"),
            Property::text("Action"),
            Property::text("Principal"),
            Property::record(
                "Condition",
                &[Property::text("Type"), Property::text("Key"), Property::text("Value")],
            ),
        ],
        attributes: &[],
        after: &[],
        create: bus_policy,
    },
    ResourceType {
        name: "AWS::Events::Archive",
        service: ServiceName::EventBridge,
        properties: &[
            Property::text("ArchiveName"),
            Property::text("SourceArn").required().to("EventSourceArn"),
            Property::text("Description"),
            Property::json_text("EventPattern"),
            Property::integer("RetentionDays"),
        ],
        attributes: &["Arn", "ArchiveName"],
        after: &[],
        create: archive,
    },
];

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
        making.call("PutTargets", parameters)?;
    }
    Ok(Created::new(name).with("Arn", arn))
}

fn bus(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let policy = making.take("Policy");
    let name = making.name("Name");
    let parameters = making.rest();
    let arn = text_at(&making.call("CreateEventBus", parameters)?, "/EventBusArn");
    if let Some(policy) = policy {
        making.call("PutPermission", json!({"EventBusName": name, "Policy": policy}))?;
    }
    Ok(Created::new(name.clone()).with("Arn", arn).with("Name", name))
}

/// A statement of its own beside those that the bus already has.
fn bus_policy(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let id = making.text("StatementId").unwrap_or_default();
    let Some(mut statement) = making.take("Statement") else {
        let parameters = making.rest();
        making.call("PutPermission", parameters)?;
        return Ok(Created::new(id));
    };
    statement["Sid"] = id.as_str().into();
    let bus = making.text("EventBusName").unwrap_or_else(|| "default".to_owned());
    let present = making.call("DescribeEventBus", json!({"Name": bus}))?;
    let present: Value = serde_json::from_str(&text_at(&present, "/Policy")).unwrap_or_default();
    let statements = present.get("Statement").and_then(Value::as_array).into_iter().flatten();
    let others = statements.filter(|known| known.get("Sid") != statement.get("Sid")).cloned();
    let statements: Vec<Value> = others.chain([statement.clone()]).collect();
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let parameters: Map<String, Value> =
        Map::from_iter([("EventBusName".to_owned(), bus.into()), ("Policy".to_owned(), policy.into())]);
    making.call("PutPermission", parameters)?;
    Ok(Created::new(id))
}

fn archive(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let name = making.name("ArchiveName");
    let parameters = making.rest();
    let arn = text_at(&making.call("CreateArchive", parameters)?, "/ArchiveArn");
    Ok(Created::new(name.clone()).with("Arn", arn).with("ArchiveName", name))
}
