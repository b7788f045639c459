use serde_json::{Value, json};

use crate::aws::{HopPath, Principal, ServiceName, note::reasons, testing::Sandbox};

const KMS: ServiceName = ServiceName::Kms;
const ROOT: &str = "arn:aws:iam::123456789012:root";

fn key(sandbox: &mut Sandbox) -> String {
    let answer = sandbox.ok(KMS, "CreateKey", json!({ "Description": "clé de la ville" }));
    answer["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

fn state(sandbox: &mut Sandbox, key: &str) -> Value {
    sandbox.ok(KMS, "DescribeKey", json!({ "KeyId": key }))["KeyMetadata"]["KeyState"].clone()
}

/// A policy that leaves the key to the account, and lets these services use it.
fn policy_for(services: &[&str]) -> String {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": ROOT }, "Action": "kms:*", "Resource": "*" },
        {
            "Effect": "Allow", "Principal": { "Service": services },
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*",
        },
    ] })
    .to_string()
}

/// A topic that anybody may publish to, encrypted with a key.
fn encrypted_topic(sandbox: &mut Sandbox, key: &str) -> String {
    let arn = "arn:aws:sns:us-east-1:123456789012:alertes-ville";
    let open = json!({ "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": arn,
    }] });
    let attributes = json!({ "KmsMasterKeyId": key, "Policy": open.to_string() });
    sandbox.ok(ServiceName::Sns, "CreateTopic", json!({ "Name": "alertes-ville", "Attributes": attributes }));
    arn.to_owned()
}

/// A rule that writes every event of `ville.parking` to the topic, and one such event.
fn event_to(sandbox: &mut Sandbox, topic: &str) {
    let events = ServiceName::EventBridge;
    let pattern = r#"{"source":["ville.parking"]}"#;
    sandbox.ok(events, "PutRule", json!({ "Name": "tous", "EventPattern": pattern }));
    sandbox.ok(events, "PutTargets", json!({ "Rule": "tous", "Targets": [{ "Id": "poste", "Arn": topic }] }));
    let entry = json!({ "Source": "ville.parking", "DetailType": "barrière", "Detail": "{}" });
    sandbox.ok(events, "PutEvents", json!({ "Entries": [entry] }));
    sandbox.wait(30);
}

#[test]
fn a_key_of_the_customer_lets_a_service_in_when_its_policy_names_it() {
    let mut sandbox = Sandbox::new();
    let key = key(&mut sandbox);
    let topic = encrypted_topic(&mut sandbox, &key);

    event_to(&mut sandbox, &topic);
    let refusals = sandbox.refusals();
    assert!(refusals[0].contains("kms:GenerateDataKey on resource: arn:aws:kms:us-east-1"), "{refusals:?}");
    assert!(refusals[0].ends_with("(Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)"));

    let policy = policy_for(&["events.amazonaws.com"]);
    sandbox.ok(KMS, "PutKeyPolicy", json!({ "KeyId": key, "Policy": policy }));
    event_to(&mut sandbox, &topic);
    assert_eq!(sandbox.refusals(), Vec::<String>::new());
}

#[test]
fn the_key_that_aws_manages_for_topics_lets_people_publish_and_no_other_service() {
    let mut sandbox = Sandbox::new();
    let topic = encrypted_topic(&mut sandbox, "alias/aws/sns");

    sandbox.ok(ServiceName::Sns, "Publish", json!({ "TopicArn": topic, "Message": "bonjour" }));
    event_to(&mut sandbox, &topic);
    assert!(sandbox.refusals()[0].contains("events.amazonaws.com is not authorized"));
}

#[test]
fn a_denied_use_of_a_key_leaves_the_record_of_the_kms_call() {
    let mut sandbox = Sandbox::new();
    let topic = encrypted_topic(&mut sandbox, "alias/aws/sns");
    event_to(&mut sandbox, &topic);

    let records = sandbox.payloads(HopPath::ApiTrail);
    let denied = records.iter().find(|record| record["eventName"] == "GenerateDataKey").unwrap();
    assert_eq!(denied["errorCode"], "AccessDenied");
    assert_eq!(denied["userIdentity"], json!({ "type": "AWSService", "invokedBy": "events.amazonaws.com" }));
    assert_eq!(denied["resources"][0]["type"], "AWS::KMS::Key");
}

#[test]
fn publishing_needs_the_callers_own_permission_for_the_key() {
    let mut sandbox = Sandbox::new();
    let key = key(&mut sandbox);
    let topic = encrypted_topic(&mut sandbox, &key);
    sandbox.act_as_user("bruno", &["AmazonSNSFullAccess"]);

    let error = sandbox.error(ServiceName::Sns, "Publish", json!({ "TopicArn": topic, "Message": "?" }));
    assert!(error.starts_with("KMSAccessDenied: User: arn:aws:iam::123456789012:user/bruno"), "{error}");
}

#[test]
fn an_identity_policy_counts_only_where_the_key_leaves_it_to_the_account() {
    let mut sandbox = Sandbox::new();
    let key = key(&mut sandbox);
    let only_claire = json!({ "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:user/claire" },
        "Action": "kms:*", "Resource": "*",
    }] });
    let locked =
        sandbox.error(KMS, "PutKeyPolicy", json!({ "KeyId": key, "Policy": only_claire.to_string() }));
    assert!(locked.contains("will not allow you to update the key policy in the future"), "{locked}");

    let parameters = json!({
        "KeyId": key, "Policy": only_claire.to_string(), "BypassPolicyLockoutSafetyCheck": true,
    });
    sandbox.ok(KMS, "PutKeyPolicy", parameters);
    let error = sandbox.error(KMS, "DescribeKey", json!({ "KeyId": key }));
    assert!(error.ends_with("because no resource-based policy allows the kms:DescribeKey action"), "{error}");
}

#[test]
fn a_disabled_key_encrypts_nothing_until_it_is_enabled_again() {
    let mut sandbox = Sandbox::new();
    let key = key(&mut sandbox);
    let topic = encrypted_topic(&mut sandbox, &key);
    sandbox.ok(KMS, "DisableKey", json!({ "KeyId": key }));

    let error = sandbox.error(ServiceName::Sns, "Publish", json!({ "TopicArn": topic, "Message": "?" }));
    assert!(error.starts_with("KMSDisabled"), "{error}");
    let error = sandbox.error(KMS, "GenerateDataKey", json!({ "KeyId": key, "KeySpec": "AES_256" }));
    assert!(error.starts_with("DisabledException"), "{error}");
    sandbox.ok(KMS, "EnableKey", json!({ "KeyId": key }));
    sandbox.ok(ServiceName::Sns, "Publish", json!({ "TopicArn": topic, "Message": "!" }));
}

#[test]
fn a_key_waits_before_it_is_deleted_and_may_be_saved() {
    const DAY: u64 = 86_400;
    let mut sandbox = Sandbox::new();
    let (saved, lost) = (key(&mut sandbox), key(&mut sandbox));
    for key in [&saved, &lost] {
        let asked = json!({ "KeyId": key, "PendingWindowInDays": 7 });
        let answer = sandbox.ok(KMS, "ScheduleKeyDeletion", asked);
        assert_eq!(answer["DeletionDate"], "2026-11-27T00:00:00+00:00");
    }
    let error = sandbox.error(KMS, "ScheduleKeyDeletion", json!({ "KeyId": lost }));
    assert!(error.contains("is pending deletion"), "{error}");

    sandbox.ok(KMS, "CancelKeyDeletion", json!({ "KeyId": saved }));
    sandbox.wait(7 * DAY);
    assert_eq!(state(&mut sandbox, &saved), "Disabled");
    let error = sandbox.error(KMS, "DescribeKey", json!({ "KeyId": lost }));
    assert!(error.ends_with("does not exist"), "{error}");
}

#[test]
fn a_key_that_rotates_leaves_the_record_of_a_service_each_time() {
    const DAY: u64 = 86_400;
    let mut sandbox = Sandbox::new();
    let key = key(&mut sandbox);
    sandbox.ok(KMS, "EnableKeyRotation", json!({ "KeyId": key, "RotationPeriodInDays": 90 }));
    sandbox.wait(185 * DAY);

    let records = sandbox.payloads(HopPath::ApiTrail);
    let rotations: Vec<&Value> = records.iter().filter(|record| record["eventName"] == "RotateKey").collect();
    assert_eq!(rotations.len(), 2);
    assert_eq!(rotations[0]["userIdentity"]["invokedBy"], "AWS Internal");
    let status = sandbox.ok(KMS, "GetKeyRotationStatus", json!({ "KeyId": key }));
    assert_eq!(status["NextRotationDate"], "2027-08-17T09:00:00+00:00");
    sandbox.ok(KMS, "DisableKeyRotation", json!({ "KeyId": key }));
    sandbox.wait(185 * DAY);
    let records = sandbox.payloads(HopPath::ApiTrail);
    assert_eq!(records.iter().filter(|record| record["eventName"] == "RotateKey").count(), 2);
}

#[test]
fn an_alias_names_a_key_and_may_name_another() {
    let mut sandbox = Sandbox::new();
    let (one, other) = (key(&mut sandbox), key(&mut sandbox));
    sandbox.ok(KMS, "CreateAlias", json!({ "AliasName": "alias/ville", "TargetKeyId": one }));
    let shown = |sandbox: &mut Sandbox| {
        sandbox.ok(KMS, "DescribeKey", json!({ "KeyId": "alias/ville" }))["KeyMetadata"]["Arn"].clone()
    };
    assert_eq!(shown(&mut sandbox), json!(one));

    let twice = sandbox.error(KMS, "CreateAlias", json!({ "AliasName": "alias/ville", "TargetKeyId": one }));
    assert!(twice.starts_with("AlreadyExistsException"), "{twice}");
    sandbox.ok(KMS, "UpdateAlias", json!({ "AliasName": "alias/ville", "TargetKeyId": other }));
    assert_eq!(shown(&mut sandbox), json!(other));
    let aliases = sandbox.ok(KMS, "ListAliases", json!({}))["Aliases"].clone();
    let names: Vec<&Value> = aliases.as_array().unwrap().iter().map(|alias| &alias["AliasName"]).collect();
    assert!(names.contains(&&json!("alias/ville")) && names.contains(&&json!("alias/aws/sns")), "{names:?}");
}

#[test]
fn what_a_key_encrypts_only_it_decrypts_and_only_in_the_same_context() {
    let mut sandbox = Sandbox::new();
    let key = key(&mut sandbox);
    let context = json!({ "quartier": "pont" });
    let asked = json!({ "KeyId": key, "Plaintext": "c2VjcmV0", "EncryptionContext": context });
    let blob = sandbox.ok(KMS, "Encrypt", asked)["CiphertextBlob"].clone();

    let opened = sandbox.ok(KMS, "Decrypt", json!({ "CiphertextBlob": blob, "EncryptionContext": context }));
    assert_eq!((&opened["Plaintext"], &opened["KeyId"]), (&json!("c2VjcmV0"), &json!(key)));
    let error = sandbox.error(KMS, "Decrypt", json!({ "CiphertextBlob": blob }));
    assert!(error.starts_with("InvalidCiphertextException"), "{error}");
    let record = sandbox.payloads(HopPath::ApiTrail).pop().unwrap();
    assert_eq!(record["requestParameters"].get("ciphertextBlob"), None);
}

#[test]
fn a_consumer_of_an_encrypted_queue_must_be_able_to_decrypt() {
    let mut sandbox = Sandbox::new();
    let key = key(&mut sandbox);
    let asked = json!({ "QueueName": "file-atelier", "Attributes": { "KmsMasterKeyId": key } });
    let url = sandbox.ok(ServiceName::Sqs, "CreateQueue", asked)["QueueUrl"].clone();
    sandbox.act_as_user("bruno", &["AmazonSQSFullAccess"]);

    let error = sandbox.error(ServiceName::Sqs, "ReceiveMessage", json!({ "QueueUrl": url }));
    assert!(error.starts_with("KMS.AccessDeniedException"), "{error}");
    sandbox.act_as(Principal::role("installateur", "deploy"));
    sandbox.ok(ServiceName::Sqs, "ReceiveMessage", json!({ "QueueUrl": url }));
}

#[test]
fn a_topic_reaches_an_encrypted_queue_only_if_the_key_names_the_service() {
    let mut sandbox = Sandbox::new();
    let key = key(&mut sandbox);
    let queue = "arn:aws:sqs:us-east-1:123456789012:file-atelier";
    let open = json!({ "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" }, "Action": "sqs:SendMessage", "Resource": queue,
    }] });
    let attributes = json!({ "KmsMasterKeyId": key, "Policy": open.to_string() });
    sandbox.ok(
        ServiceName::Sqs,
        "CreateQueue",
        json!({ "QueueName": "file-atelier", "Attributes": attributes }),
    );
    let topic =
        sandbox.ok(ServiceName::Sns, "CreateTopic", json!({ "Name": "alertes-ville" }))["TopicArn"].clone();
    sandbox.ok(
        ServiceName::Sns,
        "Subscribe",
        json!({ "TopicArn": topic, "Protocol": "sqs", "Endpoint": queue }),
    );
    let publish = json!({ "TopicArn": topic, "Message": "bonjour" });

    sandbox.ok(ServiceName::Sns, "Publish", publish.clone());
    sandbox.wait(5);
    assert!(
        sandbox.refusals()[0].contains("sns.amazonaws.com is not authorized to perform: kms:GenerateDataKey")
    );
    assert!(reasons::ALL.contains(&reasons::KMS_DENIED));
    let policy = policy_for(&["sns.amazonaws.com"]);
    sandbox.ok(KMS, "PutKeyPolicy", json!({ "KeyId": key, "Policy": policy }));
    sandbox.ok(ServiceName::Sns, "Publish", publish);
    sandbox.wait(5);
    assert_eq!(sandbox.services().sqs.queue(queue).unwrap().messages().count(), 1);
}
