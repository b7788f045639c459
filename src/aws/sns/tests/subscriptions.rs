//! Confirmation, attributes and filter policies.

use super::*;

fn attributes(sandbox: &mut Sandbox, arn: &str) -> Value {
    sandbox.ok(SNS, "GetSubscriptionAttributes", json!({ "SubscriptionArn": arn }))["Attributes"].clone()
}

fn set(name: &str, arn: &str, value: &str) -> Value {
    json!({ "SubscriptionArn": arn, "AttributeName": name, "AttributeValue": value })
}

#[test]
fn a_message_that_a_filter_policy_does_not_want_is_a_near_miss_that_names_the_key() {
    let policy = json!({ "FilterPolicy": "{\"etat\": [\"ALARM\"]}" });
    let (mut sandbox, topic, _) = subscribed("sqs", QUEUE, policy);
    queue(&mut sandbox, "file-atelier");
    let state = |state: &str| json!({ "etat": { "DataType": "String", "StringValue": state } });
    publish(&mut sandbox, &topic, json!({ "Message": "a", "MessageAttributes": state("OK") }));
    publish(&mut sandbox, &topic, json!({ "Message": "b", "MessageAttributes": state("ALARM") }));

    assert_eq!(bodies(&sandbox, "file-atelier").len(), 1);
    let misses = sandbox.near_misses();
    let reason =
        misses.iter().map(|miss| miss.reason.clone()).find(|it| it.code == reasons::FILTERED_OUT).unwrap();
    let condition = reason.condition.unwrap();
    assert_eq!((&*condition.field, &*condition.expected), ("etat", "[\"ALARM\"]"));
    assert_eq!(condition.actual.as_deref(), Some("\"OK\""));
    assert_eq!(counted(&mut sandbox, "NumberOfNotificationsFilteredOut"), 1.0);
    assert_eq!(counted(&mut sandbox, "NumberOfNotificationsFilteredOut-MessageAttributes"), 1.0);
}

#[test]
fn a_scope_and_its_policy_may_be_set_one_after_the_other() {
    let (mut sandbox, topic, arn) = subscribed("sqs", QUEUE, json!({}));
    queue(&mut sandbox, "file-atelier");
    sandbox.ok(SNS, "SetSubscriptionAttributes", set("FilterPolicyScope", &arn, "MessageBody"));
    sandbox.ok(
        SNS,
        "SetSubscriptionAttributes",
        set("FilterPolicy", &arn, "{\"detail\": {\"etat\": [\"ALARM\"]}}"),
    );
    publish(&mut sandbox, &topic, json!({ "Message": "{\"detail\": {\"etat\": \"ALARM\"}}" }));
    publish(&mut sandbox, &topic, json!({ "Message": "{\"detail\": {\"etat\": \"OK\"}}" }));
    assert_eq!(bodies(&sandbox, "file-atelier").len(), 1);

    sandbox.ok(SNS, "SetSubscriptionAttributes", set("FilterPolicy", &arn, "{}"));
    publish(&mut sandbox, &topic, json!({ "Message": "tout" }));
    assert_eq!(bodies(&sandbox, "file-atelier").len(), 2);
    let shown = attributes(&mut sandbox, &arn);
    assert_eq!((shown.get("FilterPolicy"), &shown["FilterPolicyScope"]), (None, &json!("MessageBody")));
}

#[test]
fn a_bad_attribute_is_refused_in_the_words_of_the_service() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    let mut refusal = |protocol: &str, endpoint: &str, attributes: Value| {
        let asked = json!({ "TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint, "Attributes": attributes });
        sandbox.error(SNS, "Subscribe", asked)
    };

    let nested = refusal("sqs", QUEUE, json!({ "FilterPolicy": "{\"a\": {\"b\": [\"c\"]}}" }));
    assert_eq!(
        nested,
        "InvalidParameter: Invalid parameter: Attributes Reason: Filter policy scope MessageAttributes does not \
         support nested filter policy"
    );
    let raw = refusal("lambda", FUNCTION, json!({ "RawMessageDelivery": "true" }));
    assert!(raw.ends_with("Delivery protocol [lambda] does not support raw message delivery."), "{raw}");
    let fifo = refusal(
        "sqs",
        QUEUE,
        json!({ "RedrivePolicy": format!("{{\"deadLetterTargetArn\": \"{QUEUE}.fifo\"}}") }),
    );
    assert!(fifo.contains("must use a standard queue as DLQ"), "{fifo}");
    assert!(refusal("firehose", QUEUE, json!({})).ends_with("Protocol firehose is not simulated by Vigie"));
    assert!(refusal("sms", "12", json!({})).ends_with("Invalid SMS endpoint: 12"));
    assert!(
        refusal("http", "https://x.example", json!({}))
            .ends_with("Endpoint must match the specified protocol")
    );
}

#[test]
fn subscribing_twice_answers_the_subscription_there_is_unless_its_attributes_differ() {
    let (mut sandbox, topic, arn) = subscribed("sqs", QUEUE, json!({}));

    assert_eq!(add(&mut sandbox, &topic, "sqs", QUEUE, json!({})), arn);
    let asked = json!({
        "TopicArn": topic, "Protocol": "sqs", "Endpoint": QUEUE, "Attributes": { "RawMessageDelivery": "true" },
    });
    let error = sandbox.error(SNS, "Subscribe", asked);
    assert!(error.ends_with("Subscription already exists with different attributes"), "{error}");
}

#[test]
fn a_token_is_good_for_two_days_and_a_subscription_waits_for_three() {
    const DAY: u64 = 86_400;
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    subscribe(&mut sandbox, &topic);
    sandbox.wait(10);
    let token = sandbox.payloads(HopPath::SnsSub)[0]["confirms"][1].clone();

    sandbox.wait(2 * DAY);
    let error = sandbox.error(SNS, "ConfirmSubscription", json!({ "TopicArn": topic, "Token": token }));
    assert!(error.ends_with("Token"), "{error}");
    let count = |sandbox: &mut Sandbox| {
        let asked = json!({ "TopicArn": topic });
        sandbox.ok(SNS, "GetTopicAttributes", asked)["Attributes"]["SubscriptionsPending"].clone()
    };
    assert_eq!(count(&mut sandbox), "1");
    sandbox.wait(DAY);
    assert_eq!(count(&mut sandbox), "0");
}

#[test]
fn a_queue_of_another_account_must_be_confirmed_by_its_owner() {
    let (mut sandbox, topic, _) = subscribed("sqs", "arn:aws:sqs:us-east-1:210987654321:voisine", json!({}));
    publish(&mut sandbox, &topic, json!({ "Message": "texte" }));

    assert_eq!(sandbox.missed(HopPath::SnsSub), [reasons::PENDING_CONFIRMATION]);
}

#[test]
fn a_permission_is_a_statement_of_the_topics_policy() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    let asked = json!({
        "TopicArn": topic, "Label": "voisin", "AWSAccountId": ["210987654321"], "ActionName": ["Publish"],
    });
    sandbox.ok(SNS, "AddPermission", asked);
    let statements = |sandbox: &mut Sandbox| {
        let shown = sandbox.ok(SNS, "GetTopicAttributes", json!({ "TopicArn": topic }));
        let policy: Value = serde_json::from_str(shown["Attributes"]["Policy"].as_str().unwrap()).unwrap();
        policy["Statement"].as_array().unwrap().clone()
    };
    assert_eq!(statements(&mut sandbox)[1]["Principal"], json!({ "AWS": "arn:aws:iam::210987654321:root" }));

    sandbox.ok(SNS, "RemovePermission", json!({ "TopicArn": topic, "Label": "voisin" }));
    assert_eq!(statements(&mut sandbox).len(), 1);
}

#[test]
fn a_topic_keeps_its_tags_and_its_delivery_policy() {
    let mut sandbox = Sandbox::new();
    let policy = "{\"http\": {\"defaultHealthyRetryPolicy\": {\"numRetries\": 5}}}";
    let asked = json!({
        "Name": "alertes-ville", "Attributes": { "DeliveryPolicy": policy },
        "Tags": [{ "Key": "quartier", "Value": "pont" }],
    });
    let topic = sandbox.ok(SNS, "CreateTopic", asked)["TopicArn"].clone();

    let tags = sandbox.ok(SNS, "ListTagsForResource", json!({ "ResourceArn": topic }));
    assert_eq!(tags["Tags"], json!([{ "Key": "quartier", "Value": "pont" }]));
    let shown = sandbox.ok(SNS, "GetTopicAttributes", json!({ "TopicArn": topic }))["Attributes"].clone();
    let effective: Value = serde_json::from_str(shown["EffectiveDeliveryPolicy"].as_str().unwrap()).unwrap();
    assert_eq!(effective["http"]["defaultHealthyRetryPolicy"]["numRetries"], 5);
}
