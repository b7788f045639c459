//! SNS, in sentences.

use serde_json::{Value, json};

use crate::aws::{HopPath, ServiceName, note::reasons, testing::Sandbox};

const SNS: ServiceName = ServiceName::Sns;

fn topic(sandbox: &mut Sandbox) -> String {
    let answer = sandbox.ok(SNS, "CreateTopic", json!({ "Name": "alertes-ville" }));
    answer["TopicArn"].as_str().unwrap().to_owned()
}

fn subscribe(sandbox: &mut Sandbox, topic: &str) -> Value {
    sandbox.ok(
        SNS,
        "Subscribe",
        json!({ "TopicArn": topic, "Protocol": "email", "Endpoint": "garde@ville.example" }),
    )
}

fn confirm(sandbox: &mut Sandbox, topic: &str) {
    sandbox.wait(10);
    let mail =
        sandbox.payloads(HopPath::SnsSub).into_iter().find(|mail| mail["kind"] == "confirmation").unwrap();
    let token = mail["confirms"][1].clone();
    sandbox.ok(SNS, "ConfirmSubscription", json!({ "TopicArn": topic, "Token": token }));
}

#[test]
fn an_email_subscription_is_pending_until_its_mail_is_opened() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);

    let answer = subscribe(&mut sandbox, &topic);
    assert_eq!(answer["SubscriptionArn"], "pending confirmation");
    let listed = sandbox.ok(SNS, "ListSubscriptionsByTopic", json!({ "TopicArn": topic }));
    assert_eq!(listed["Subscriptions"][0]["SubscriptionArn"], "PendingConfirmation");

    confirm(&mut sandbox, &topic);
    let listed = sandbox.ok(SNS, "ListSubscriptionsByTopic", json!({ "TopicArn": topic }));
    assert!(listed["Subscriptions"][0]["SubscriptionArn"].as_str().unwrap().starts_with(&topic));
}

#[test]
fn nothing_is_delivered_before_confirmation_and_nothing_is_kept_for_later() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    subscribe(&mut sandbox, &topic);
    sandbox.ok(SNS, "Publish", json!({ "TopicArn": topic, "Message": "first", "Subject": "one" }));
    confirm(&mut sandbox, &topic);
    sandbox.ok(SNS, "Publish", json!({ "TopicArn": topic, "Message": "second", "Subject": "two" }));
    sandbox.wait(60);

    let subjects: Vec<String> = sandbox.titles(HopPath::SnsSub);
    assert_eq!(subjects, ["AWS Notification - Subscription Confirmation", "two"]);
    assert!(sandbox.missed(HopPath::SnsSub).contains(&reasons::PENDING_CONFIRMATION));
}

#[test]
fn every_confirmed_subscriber_gets_the_same_message() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    let function = "arn:aws:lambda:us-east-1:123456789012:function:amende-email";
    sandbox.ok(SNS, "Subscribe", json!({ "TopicArn": topic, "Protocol": "lambda", "Endpoint": function }));
    subscribe(&mut sandbox, &topic);
    confirm(&mut sandbox, &topic);
    sandbox.ok(SNS, "Publish", json!({ "TopicArn": topic, "Message": "hello" }));
    sandbox.wait(60);

    let got: Vec<Value> = sandbox.payloads(HopPath::SnsSub).into_iter().skip(1).collect();
    assert_eq!(got[0]["Records"][0]["Sns"]["Message"], "hello");
    assert_eq!(got[1]["subject"], "AWS Notification Message");
}

#[test]
fn publishing_to_a_topic_that_is_not_there_says_so() {
    let mut sandbox = Sandbox::new();

    let error = sandbox.error(
        SNS,
        "Publish",
        json!({ "TopicArn": "arn:aws:sns:us-east-1:123456789012:personne", "Message": "?" }),
    );

    assert!(error.contains("Topic does not exist"), "{error}");
}

#[test]
fn a_topic_without_subscribers_leaves_a_near_miss() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    sandbox.ok(SNS, "Publish", json!({ "TopicArn": topic, "Message": "anyone?" }));
    sandbox.wait(5);

    assert_eq!(sandbox.missed(HopPath::SnsSub), [reasons::NO_SUBSCRIBER]);
}

#[test]
fn the_trail_masks_the_address_of_a_subscriber() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    subscribe(&mut sandbox, &topic);

    let record = sandbox.payloads(HopPath::ApiTrail).pop().unwrap();

    assert_eq!(record["requestParameters"]["endpoint"], "HIDDEN_DUE_TO_SECURITY_REASONS");
    assert_eq!(record["responseElements"]["subscriptionArn"], "pending confirmation");
}
