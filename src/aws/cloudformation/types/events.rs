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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::aws::{
        Region, ServiceName,
        cloudformation::{DeployContext, Node, Template, deploy},
        testing::Sandbox,
    };

    const BUS: &str = "arn:aws:events:us-east-1:123456789012:event-bus/capteurs";

    fn deployed(resources: Value) -> Sandbox {
        let mut sandbox = Sandbox::new();
        let template = Template::read(&Node::from(json!({ "Resources": resources }))).unwrap();
        let context = DeployContext::new("123456789012", &Region::new("us-east-1"), "ville");
        let mut call =
            |call: crate::aws::ApiCall| sandbox.call(call.service, &call.operation, call.parameters);
        deploy(&template, &context, &mut call).unwrap();
        sandbox
    }

    fn bus() -> Value {
        json!({ "Type": "AWS::Events::EventBus", "Properties": { "Name": "capteurs" } })
    }

    #[test]
    fn a_rule_has_its_schedule_its_pattern_and_all_that_its_targets_say() {
        let mut sandbox = deployed(json!({
            "Role": { "Type": "AWS::IAM::Role", "Properties": {
                "RoleName": "tour",
                "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": "events.amazonaws.com" },
                    "Action": "sts:AssumeRole",
                }] },
            } },
            "Refuses": { "Type": "AWS::SQS::Queue", "Properties": { "QueueName": "refuses" } },
            "Bus": bus(),
            "Regle": { "Type": "AWS::Events::Rule", "Properties": {
                "Name": "r-ronde",
                "ScheduleExpression": "rate(5 minutes)",
                "EventPattern": { "source": ["ville"] },
                "Targets": [{
                    "Id": "capteurs",
                    "Arn": { "Fn::GetAtt": ["Bus", "Arn"] },
                    "RoleArn": { "Fn::GetAtt": ["Role", "Arn"] },
                    "DeadLetterConfig": { "Arn": { "Fn::GetAtt": ["Refuses", "Arn"] } },
                }],
            } },
        }));

        let rule = sandbox.ok(ServiceName::EventBridge, "DescribeRule", json!({ "Name": "r-ronde" }));
        assert_eq!(rule["ScheduleExpression"], "rate(5 minutes)");
        assert_eq!(rule["EventPattern"], r#"{"source":["ville"]}"#);
        let targets = sandbox.ok(ServiceName::EventBridge, "ListTargetsByRule", json!({ "Rule": "r-ronde" }));
        assert_eq!(
            targets["Targets"],
            json!([{
                "Id": "capteurs",
                "Arn": BUS,
                "RoleArn": "arn:aws:iam::123456789012:role/tour",
                "DeadLetterConfig": { "Arn": "arn:aws:sqs:us-east-1:123456789012:refuses" },
            }])
        );
    }

    #[test]
    fn each_policy_of_a_bus_adds_its_statement_to_the_others() {
        let statement = |id: &str, user: &str| {
            json!({ "Type": "AWS::Events::EventBusPolicy", "Properties": {
                "EventBusName": { "Ref": "Bus" },
                "StatementId": id,
                "Statement": {
                    "Effect": "Allow",
                    "Principal": { "AWS": format!("arn:aws:iam::123456789012:user/{user}") },
                    "Action": "events:PutEvents",
                    "Resource": { "Fn::GetAtt": ["Bus", "Arn"] },
                },
            } })
        };
        let mut sandbox = deployed(json!({
            "Bus": bus(),
            "Awa": statement("awa", "awa"),
            "Bruno": statement("bruno", "bruno"),
        }));

        let bus = sandbox.ok(ServiceName::EventBridge, "DescribeEventBus", json!({ "Name": "capteurs" }));
        let policy: Value = serde_json::from_str(bus["Policy"].as_str().unwrap()).unwrap();
        let ids: Vec<&str> =
            policy["Statement"].as_array().unwrap().iter().map(|one| one["Sid"].as_str().unwrap()).collect();
        assert_eq!(ids, ["awa", "bruno"]);
    }

    #[test]
    fn an_archive_keeps_what_its_bus_hears() {
        let mut sandbox = deployed(json!({
            "Bus": bus(),
            "Archive": { "Type": "AWS::Events::Archive", "Properties": {
                "ArchiveName": "memoire",
                "SourceArn": { "Fn::GetAtt": ["Bus", "Arn"] },
                "EventPattern": { "source": ["ville"] },
                "RetentionDays": 7,
            } },
        }));

        let archive =
            sandbox.ok(ServiceName::EventBridge, "DescribeArchive", json!({ "ArchiveName": "memoire" }));
        assert_eq!((&archive["EventSourceArn"], &archive["RetentionDays"]), (&json!(BUS), &json!(7)));
    }
}
