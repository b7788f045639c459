//! `AWS::SNS::Topic`, `AWS::SNS::Subscription` and `AWS::SNS::TopicPolicy`.

use serde_json::{Map, Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, text_at},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::SNS::Topic",
        service: ServiceName::Sns,
        properties: &[
            Property::text("TopicName").to("Name"),
            Property::text("DisplayName"),
            Property::text("KmsMasterKeyId"),
            Property::records(
                "Subscription",
                &[Property::text("Protocol").required(), Property::text("Endpoint").required()],
            ),
            Property::tags(),
        ],
        attributes: &["TopicArn", "TopicName"],
        after: &[],
        create: topic,
    },
    ResourceType {
        name: "AWS::SNS::Subscription",
        service: ServiceName::Sns,
        properties: &[
            Property::text("TopicArn").required(),
            Property::text("Protocol").required(),
            Property::text("Endpoint"),
            Property::json_text("FilterPolicy"),
            Property::text("FilterPolicyScope"),
            Property::boolean("RawMessageDelivery"),
            Property::json_text("RedrivePolicy"),
        ],
        attributes: &["Arn"],
        after: &["AWS::SNS::TopicPolicy"],
        create: subscription,
    },
    ResourceType {
        name: "AWS::SNS::TopicPolicy",
        service: ServiceName::Sns,
        properties: &[Property::texts("Topics").required(), Property::json_text("PolicyDocument").required()],
        attributes: &["Id"],
        after: &[],
        create: topic_policy,
    },
];

fn topic(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let subscriptions = making.take_list("Subscription");
    let attributes: Map<String, Value> = ["DisplayName", "KmsMasterKeyId"]
        .into_iter()
        .filter_map(|name| making.take(name).map(|value| (name.to_owned(), value)))
        .collect();
    let name = making.name("Name");
    let mut parameters = making.rest();
    if !attributes.is_empty() {
        parameters.insert("Attributes".to_owned(), attributes.into());
    }
    let arn = text_at(&making.call("CreateTopic", parameters)?, "/TopicArn");
    for subscription in subscriptions {
        let parameters = json!({
            "TopicArn": arn,
            "Protocol": subscription.get("Protocol"),
            "Endpoint": subscription.get("Endpoint"),
        });
        making.call("Subscribe", parameters)?;
    }
    Ok(Created::new(arn.clone()).with("TopicArn", arn).with("TopicName", name))
}

fn subscription(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let names = ["FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"];
    let mut attributes = Map::new();
    for name in names {
        if let Some(value) = making.take(name) {
            // Attributes are texts, booleans too.
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            attributes.insert(name.to_owned(), text.into());
        }
    }
    let mut parameters = making.rest();
    if !attributes.is_empty() {
        parameters.insert("Attributes".to_owned(), attributes.into());
    }
    parameters.insert("ReturnSubscriptionArn".to_owned(), true.into());
    let arn = text_at(&making.call("Subscribe", parameters)?, "/SubscriptionArn");
    Ok(Created::new(arn.clone()).with("Arn", arn))
}

fn topic_policy(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let policy = making.take("PolicyDocument").unwrap_or_default();
    for topic in making.take_list("Topics") {
        let parameters = json!({"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy});
        making.call("SetTopicAttributes", parameters)?;
    }
    let id = making.generated_name();
    Ok(Created::new(id.clone()).with("Id", id))
}
