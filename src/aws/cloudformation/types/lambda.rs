//! `AWS::Lambda::Function`, `AWS::Lambda::Permission` and `AWS::Lambda::EventInvokeConfig`.

use serde_json::json;

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
        name: "AWS::Lambda::Function",
        service: ServiceName::Lambda,
        properties: &[
            Property::text("FunctionName"),
            Property::text("Runtime"),
            Property::text("Role").required(),
            Property::text("Handler"),
            Property::record("Code", &[Property::text("ZipFile")]).required(),
            Property::text("Description"),
            Property::integer("Timeout"),
            Property::integer("MemorySize"),
            Property::record("DeadLetterConfig", &[Property::text("TargetArn")]),
            Property::record("Environment", &[Property::json("Variables")]),
            Property::integer("ReservedConcurrentExecutions"),
            Property::tags(),
        ],
        attributes: &["Arn"],
        after: &[],
        create: function,
    },
    ResourceType {
        name: "AWS::Lambda::Permission",
        service: ServiceName::Lambda,
        properties: &[
            Property::text("FunctionName").required(),
            Property::text("Action").required(),
            Property::text("Principal").required(),
            Property::text("SourceArn"),
            Property::text("SourceAccount"),
        ],
        attributes: &["Id"],
        after: &[],
        create: |making| {
            let statement = making.generated_name();
            let mut parameters = making.rest();
            parameters.insert("StatementId".to_owned(), statement.as_str().into());
            making.call("AddPermission", parameters)?;
            Ok(Created::new(statement.clone()).with("Id", statement))
        },
    },
    ResourceType {
        name: "AWS::Lambda::EventInvokeConfig",
        service: ServiceName::Lambda,
        properties: &[
            Property::text("FunctionName").required(),
            Property::text("Qualifier").required(),
            Property::integer("MaximumRetryAttempts"),
            Property::integer("MaximumEventAgeInSeconds"),
            Property::record(
                "DestinationConfig",
                &[Property::record("OnFailure", DESTINATION), Property::record("OnSuccess", DESTINATION)],
            ),
        ],
        attributes: &["Id"],
        after: &[],
        create: |making| {
            let id = making.generated_name();
            let parameters = making.rest();
            making.call("PutFunctionEventInvokeConfig", parameters)?;
            Ok(Created::new(id.clone()).with("Id", id))
        },
    },
];

const DESTINATION: &[Property] = &[Property::text("Destination").required()];

fn function(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let tags = making.take_list("Tags");
    let reserved = making.take("ReservedConcurrentExecutions");
    let name = making.name("FunctionName");
    let mut parameters = making.rest();
    if !tags.is_empty() {
        parameters.insert("Tags".to_owned(), tag_map(tags));
    }
    let answer = making.call("CreateFunction", parameters)?;
    if let Some(reserved) = reserved {
        let parameters = json!({"FunctionName": name, "ReservedConcurrentExecutions": reserved});
        making.call("PutFunctionConcurrency", parameters)?;
    }
    Ok(Created::new(name).with("Arn", text_at(&answer, "/FunctionArn")))
}
