//! `AWS::SNS::Topic`, `AWS::SNS::Subscription` and `AWS::SNS::TopicPolicy`.

use serde_json::json;

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
    let display_name = making.take("DisplayName");
    let name = making.name("Name");
    let mut parameters = making.rest();
    if let Some(display_name) = display_name {
        parameters.insert("Attributes".to_owned(), json!({"DisplayName": display_name}));
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
    let mut parameters = making.rest();
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
