//! What each protocol receives.

use super::*;

#[test]
fn every_confirmed_subscriber_gets_the_same_message() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    add(&mut sandbox, &topic, "lambda", FUNCTION, json!({}));
    subscribe(&mut sandbox, &topic);
    confirm(&mut sandbox, &topic);
    publish(&mut sandbox, &topic, json!({ "Message": "hello" }));

    let got: Vec<Value> = sandbox.payloads(HopPath::SnsSub).into_iter().skip(1).collect();
    assert_eq!(got[0]["Records"][0]["Sns"]["Message"], "hello");
    assert_eq!(got[0]["Records"][0]["Sns"]["Subject"], Value::Null);
    assert_eq!(got[1]["subject"], "AWS Notification Message");
}

#[test]
fn a_queue_gets_the_envelope_with_its_attributes() {
    let (mut sandbox, topic, arn) = subscribed("sqs", QUEUE, json!({}));
    queue(&mut sandbox, "file-atelier");
    let attributes = json!({ "severity": { "DataType": "String", "StringValue": "high" } });
    publish(&mut sandbox, &topic, json!({ "Message": "texte", "MessageAttributes": attributes }));

    let envelope: Value = serde_json::from_str(&bodies(&sandbox, "file-atelier")[0]).unwrap();
    let keys: Vec<&String> = envelope.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "Type",
            "MessageId",
            "TopicArn",
            "Message",
            "Timestamp",
            "SignatureVersion",
            "Signature",
            "SigningCertURL",
            "UnsubscribeURL",
            "MessageAttributes",
        ]
    );
    assert_eq!(envelope["MessageAttributes"], json!({ "severity": { "Type": "String", "Value": "high" } }));
    assert!(envelope["UnsubscribeURL"].as_str().unwrap().ends_with(&arn));
}

#[test]
fn a_raw_delivery_is_the_message_alone_and_its_attributes_are_the_queues() {
    let (mut sandbox, topic, _) = subscribed("sqs", QUEUE, json!({ "RawMessageDelivery": "true" }));
    queue(&mut sandbox, "file-atelier");
    let attributes = json!({ "severity": { "DataType": "String", "StringValue": "high" } });
    publish(&mut sandbox, &topic, json!({ "Message": "texte", "MessageAttributes": attributes }));

    assert_eq!(bodies(&sandbox, "file-atelier"), ["texte"]);
    let asked = json!({
        "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/file-atelier", "MessageAttributeNames": ["All"],
    });
    let answer = sandbox.ok(ServiceName::Sqs, "ReceiveMessage", asked);
    assert_eq!(answer["Messages"][0]["MessageAttributes"]["severity"]["StringValue"], "high");
}

#[test]
fn a_web_endpoint_is_asked_to_confirm_and_gets_requests_with_headers() {
    let (mut sandbox, topic, arn) = subscribed("https", "https://garage.example/alertes", json!({}));
    confirm(&mut sandbox, &topic);
    publish(&mut sandbox, &topic, json!({ "Message": "texte", "Subject": "alerte" }));

    let posts = sandbox.payloads(HopPath::SnsSub);
    assert_eq!(posts[0]["headers"]["x-amz-sns-message-type"], "SubscriptionConfirmation");
    assert!(
        posts[0]["body"]["SubscribeURL"].as_str().unwrap().contains("?Action=ConfirmSubscription&TopicArn=")
    );
    assert_eq!(posts[1]["headers"]["x-amz-sns-subscription-arn"], arn);
    assert_eq!(posts[1]["headers"]["Content-Type"], "text/plain; charset=UTF-8");
    assert_eq!(posts[1]["body"]["Subject"], "alerte");
}

#[test]
fn a_phone_gets_texts_once_its_number_is_verified() {
    let (mut sandbox, topic, _) = subscribed("sms", PHONE, json!({}));
    publish(&mut sandbox, &topic, json!({ "Message": "un" }));
    assert_eq!(sandbox.missed(HopPath::SnsSub), [reasons::PHONE_NOT_VERIFIED]);

    sandbox.ok(SNS, "CreateSMSSandboxPhoneNumber", json!({ "PhoneNumber": PHONE }));
    sandbox.wait(10);
    let code = sandbox.payloads(HopPath::SnsSub)[0]["code"].clone();
    sandbox.ok(SNS, "VerifySMSSandboxPhoneNumber", json!({ "PhoneNumber": PHONE, "OneTimePassword": code }));
    let name =
        json!({ "TopicArn": topic, "AttributeName": "DisplayName", "AttributeValue": "La Ville de Demain" });
    sandbox.ok(SNS, "SetTopicAttributes", name);
    publish(&mut sandbox, &topic, json!({ "Message": "deux" }));

    assert_eq!(sandbox.payloads(HopPath::SnsSub)[1]["message"], "La Ville d> deux");
}

#[test]
fn a_message_may_have_one_text_per_protocol() {
    let (mut sandbox, topic, _) = subscribed("sqs", QUEUE, json!({ "RawMessageDelivery": "true" }));
    queue(&mut sandbox, "file-atelier");
    subscribe(&mut sandbox, &topic);
    confirm(&mut sandbox, &topic);
    let texts = json!({ "default": "court", "email": "long", "pigeon": "?" }).to_string();
    publish(&mut sandbox, &topic, json!({ "Message": texts, "MessageStructure": "json" }));

    assert_eq!(bodies(&sandbox, "file-atelier"), ["court"]);
    let mail = sandbox.payloads(HopPath::SnsSub).pop().unwrap();
    assert!(mail["body"].as_str().unwrap().starts_with("long\n"));
    let error = sandbox.error(
        SNS,
        "Publish",
        json!({ "TopicArn": topic, "Message": "{\"email\": \"seul\"}", "MessageStructure": "json" }),
    );
    assert!(error.ends_with("Message Structure - No default entry in JSON message body"), "{error}");
}

#[test]
fn a_batch_succeeds_and_fails_entry_by_entry() {
    let mut sandbox = Sandbox::new();
    let topic = topic(&mut sandbox);
    let entries = json!([{ "Id": "a", "Message": "un" }, { "Id": "b", "Message": "" }]);
    let answer =
        sandbox.ok(SNS, "PublishBatch", json!({ "TopicArn": topic, "PublishBatchRequestEntries": entries }));

    assert_eq!(answer["Successful"][0]["Id"], "a");
    assert_eq!(answer["Failed"][0]["Code"], "InvalidParameter");
    let twice = json!([{ "Id": "a", "Message": "un" }, { "Id": "a", "Message": "deux" }]);
    let error =
        sandbox.error(SNS, "PublishBatch", json!({ "TopicArn": topic, "PublishBatchRequestEntries": twice }));
    assert!(error.starts_with("BatchEntryIdsNotDistinct"), "{error}");
}
