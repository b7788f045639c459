//! SNS, in sentences.

use serde_json::{Value, json};

mod deliveries;
mod failures;
mod subscriptions;

use crate::aws::{HopPath, ServiceName, note::reasons, testing::Sandbox};

const SNS: ServiceName = ServiceName::Sns;

const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:file-atelier";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:amende-email";
const PHONE: &str = "+33600000001";

/// A topic and the subscription of an endpoint, by its attributes.
fn subscribed(protocol: &str, endpoint: &str, attributes: Value) -> (Sandbox, String, String) {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    let arn = add(&mut sandbox, &topic, protocol, endpoint, attributes);
    (sandbox, topic, arn)
}

fn add(sandbox: &mut Sandbox, topic: &str, protocol: &str, endpoint: &str, attributes: Value) -> String {
    let asked = json!({
        "TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint, "Attributes": attributes,
        "ReturnSubscriptionArn": true,
    });
    sandbox.ok(SNS, "Subscribe", asked)["SubscriptionArn"].as_str().unwrap().to_owned()
}

/// A queue that lets topics in.
fn queue(sandbox: &mut Sandbox, name: &str) {
    let arn = format!("arn:aws:sqs:us-east-1:123456789012:{name}");
    let policy = json!({ "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" },
        "Action": "sqs:SendMessage", "Resource": arn,
    }] });
    let asked = json!({ "QueueName": name, "Attributes": { "Policy": policy.to_string() } });
    sandbox.ok(ServiceName::Sqs, "CreateQueue", asked);
}

/// What is in a queue: message bodies, oldest first.
fn bodies(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let arn = format!("arn:aws:sqs:us-east-1:123456789012:{name}");
    let queue = sandbox.services().sqs.queue(&arn).unwrap();
    queue.messages().map(|message| message.body.to_string()).collect()
}

fn publish(sandbox: &mut Sandbox, topic: &str, message: Value) {
    let mut asked = json!({ "TopicArn": topic });
    for (name, value) in message.as_object().unwrap() {
        asked[name] = value.clone();
    }
    sandbox.ok(SNS, "Publish", asked);
    sandbox.wait(10);
}

/// The sum of a counter over the ten minutes that follow.
fn counted(sandbox: &mut Sandbox, metric: &str) -> f64 {
    sandbox.wait(600);
    let asked = json!({
        "Namespace": "AWS/SNS", "MetricName": metric,
        "Dimensions": [{ "Name": "TopicName", "Value": "alertes-ville" }], "Statistics": ["Sum"], "Period": 60,
        "StartTime": "2026-11-20T09:00:00Z", "EndTime": "2026-11-20T12:00:00Z",
    });
    let answer = sandbox.ok(ServiceName::CloudWatch, "GetMetricStatistics", asked);
    answer["Datapoints"].as_array().unwrap().iter().filter_map(|point| point["Sum"].as_f64()).sum()
}

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
    let asked =
        sandbox.payloads(HopPath::SnsSub).into_iter().find(|body| body["confirms"].is_array()).unwrap();
    let token = asked["confirms"][1].clone();
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
