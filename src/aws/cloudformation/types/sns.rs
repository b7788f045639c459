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

/// Properties of a topic that its API takes as attributes.
const TOPIC_ATTRIBUTES: &[&str] = &["DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"];
/// Properties of a subscription that its API takes as attributes.
const SUBSCRIPTION_ATTRIBUTES: &[&str] =
    &["DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"];

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::SNS::Topic",
        service: ServiceName::Sns,
        properties: &[
            Property::text("TopicName").to("Name"),
            Property::text("DisplayName"),
            Property::text("KmsMasterKeyId"),
            Property::text("SignatureVersion"),
            Property::text("TracingConfig"),
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
            Property::json_text("DeliveryPolicy"),
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
    let name = making.name("Name");
    let attributes = take_attributes(making, TOPIC_ATTRIBUTES);
    let mut parameters = making.rest();
    if attributes.as_object().is_some_and(|given| !given.is_empty()) {
        parameters.insert("Attributes".to_owned(), attributes);
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
    let attributes = take_attributes(making, SUBSCRIPTION_ATTRIBUTES);
    let mut parameters = making.rest();
    if attributes.as_object().is_some_and(|given| !given.is_empty()) {
        parameters.insert("Attributes".to_owned(), attributes);
    }
    parameters.insert("ReturnSubscriptionArn".to_owned(), true.into());
    let arn = text_at(&making.call("Subscribe", parameters)?, "/SubscriptionArn");
    Ok(Created::new(arn.clone()).with("Arn", arn))
}

/// Takes the properties of these names away, each as the text that the API wants.
fn take_attributes(making: &mut Making<'_>, names: &[&str]) -> Value {
    let taken = names.iter().filter_map(|name| {
        let value = making.take(name)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(((*name).to_owned(), text.into()))
    });
    Value::Object(taken.collect::<Map<_, _>>())
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
