//! Config's samples.

use serde_json::{Value, json};
use vigie::{
    aws::{
        HopPath, Region,
        ServiceName::{CloudTrail, Config, Ec2, Lambda, S3},
    },
    engine::Engine,
};

use crate::shapes::{assert_same_paths, assert_same_shape, sample};

use super::{
    desk::{a_role, a_trail, account, does, last, record, wait},
    resources::{a_street, ssh},
};

/// A recorder that is on, one rule for the trail to break, and a topic in the delivery channel.
fn a_recorder(engine: &mut Engine) {
    let recorder = json!({ "name": "default", "roleARN": "arn:aws:iam::123456789012:role/config" });
    does(engine, Config, "PutConfigurationRecorder", json!({ "ConfigurationRecorder": recorder }));
    let topic = "arn:aws:sns:us-east-1:123456789012:security-alerts";
    let channel =
        json!({ "name": "default", "s3BucketName": "audit-logs-123456789012", "snsTopicARN": topic });
    does(engine, Config, "PutDeliveryChannel", json!({ "DeliveryChannel": channel }));
    does(engine, Config, "StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
}

#[test]
fn making_a_rule_and_stopping_the_recorder_are_recorded_as_in_the_samples() {
    let mut engine = account();
    a_recorder(&mut engine);
    let rule = json!({
        "ConfigRuleName": "restricted-ssh",
        "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" },
        "Scope": { "ComplianceResourceTypes": ["AWS::EC2::SecurityGroup"] },
    });
    does(&mut engine, Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    assert_same_shape(&record(&engine), "ct-config-PutConfigRule", &[]);

    let stop = json!({ "ConfigurationRecorderName": "default" });
    does(&mut engine, Config, "StopConfigurationRecorder", stop);
    assert_same_shape(&record(&engine), "ct-config-StopConfigurationRecorder", &[]);
}

#[test]
fn a_change_of_a_resource_reaches_the_bus_as_in_the_sample() {
    const OTHER: &str = "another type of resource than the sample's";
    let mut engine = account();
    a_recorder(&mut engine);
    a_trail(&mut engine);
    wait(&mut engine, 20);
    does(&mut engine, CloudTrail, "StartLogging", json!({ "Name": "org-audit" }));
    wait(&mut engine, 20);

    assert_same_shape(
        &last(&engine, HopPath::ConfigBus),
        "eb-config-configuration-item-change",
        &[
            ("detail.configurationItemDiff.changedProperties", OTHER),
            ("detail.configurationItem.configuration", OTHER),
            ("detail.configurationItem.relationships", OTHER),
            ("detail.configurationItem.tags", OTHER),
        ],
    );
}

#[test]
fn an_opened_port_is_judged_and_told_as_in_the_samples() {
    let mut engine = account();
    a_recorder(&mut engine);
    let rule = json!({
        "ConfigRuleName": "restricted-ssh", "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" },
    });
    does(&mut engine, Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    let (group, _) = a_street(&mut engine);
    wait(&mut engine, 30);
    does(&mut engine, Ec2, "AuthorizeSecurityGroupIngress", ssh(&group));
    wait(&mut engine, 30);

    assert_same_shape(&last(&engine, HopPath::ConfigBus), "eb-config-rules-compliance-change", &[]);
    let message = sample("config-sns-compliance-change")["Message"].as_str().expect("a text").to_owned();
    let message: Value = serde_json::from_str(&message).expect("it is JSON");
    let notice = notice(&engine, "ComplianceChangeNotification");
    assert_same_paths(&notice, &message, "config-sns-compliance-change", &[]);
    let us_east_1 = Region::new("us-east-1");
    let config = &engine.account().services().config;
    let item =
        config.items(&us_east_1, "AWS::EC2::SecurityGroup", &group).last().expect("the group is recorded");
    assert_same_shape(&item.json, "config-ci-security-group", &[]);
}

#[test]
fn an_item_of_a_bucket_has_the_shape_of_the_sample() {
    let mut engine = account();
    a_recorder(&mut engine);
    does(&mut engine, S3, "CreateBucket", json!({ "Bucket": "example-data-123456789012" }));
    wait(&mut engine, 30);

    let config = &engine.account().services().config;
    let us_east_1 = Region::new("us-east-1");
    let item = config.items(&us_east_1, "AWS::S3::Bucket", "example-data-123456789012").last();
    assert_same_shape(
        &item.expect("the bucket is recorded").json,
        "config-ci-s3-bucket",
        &[(
            "supplementaryConfiguration.AccessControlList",
            "an object, as rules read it; real items hold its text",
        )],
    );
}

/// The last message of a type to the delivery channel's topic.
fn notice(engine: &Engine, message_type: &str) -> Value {
    let hops = engine.ledger().hops().iter().rev().filter(|hop| hop.path == HopPath::ConfigSns);
    let mut bodies = hops.map(|hop| hop.payload.body().into_owned());
    bodies.find(|body| body["messageType"] == message_type).expect("the topic is told")
}

#[test]
fn a_function_that_judges_gets_the_event_of_the_sample() {
    let mut engine = account();
    a_recorder(&mut engine);
    let function = json!({
        "FunctionName": "judge",
        "Runtime": "nodejs22.x",
        "Role": a_role(&mut engine, "judge", "lambda.amazonaws.com"),
        "Handler": "index.handler",
        "Code": { "ZipFile": "exports.handler = async () => 'ok';" },
    });
    let function = does(&mut engine, Lambda, "CreateFunction", function)["FunctionArn"].clone();
    let door = json!({
        "FunctionName": "judge", "StatementId": "config", "Action": "lambda:InvokeFunction",
        "Principal": "config.amazonaws.com",
    });
    does(&mut engine, Lambda, "AddPermission", door);
    let trigger =
        json!({ "EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification" });
    let rule = json!({
        "ConfigRuleName": "allowed-port",
        "InputParameters": json!({ "allowedPort": "443" }).to_string(),
        "Scope": { "ComplianceResourceTypes": ["AWS::EC2::SecurityGroup"] },
        "Source": { "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": function, "SourceDetails": [trigger] },
    });
    does(&mut engine, Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    wait(&mut engine, 30);
    let (group, _) = a_street(&mut engine);
    does(&mut engine, Ec2, "AuthorizeSecurityGroupIngress", ssh(&group));
    wait(&mut engine, 30);

    let event = last(&engine, HopPath::ConfigLambda);
    assert_same_shape(&event, "config-custom-rule-lambda-event", &[]);
    let inner = |event: &Value| -> Value {
        serde_json::from_str(event["invokingEvent"].as_str().expect("a text")).expect("it is JSON")
    };
    assert_same_paths(
        &inner(&event),
        &inner(&sample("config-custom-rule-lambda-event")),
        "config-custom-rule-lambda-event",
        &[("configurationItemDiff", "the sample's item is the first of its resource")],
    );
}

#[test]
fn a_snapshot_is_a_file_as_in_the_sample() {
    const ALL_TYPES: &str = "items of every type, not of one";
    let mut engine = account();
    a_recorder(&mut engine);
    a_street(&mut engine);
    wait(&mut engine, 30);
    does(&mut engine, Config, "DeliverConfigSnapshot", json!({ "deliveryChannelName": "default" }));

    assert_same_shape(
        &last(&engine, HopPath::ConfigS3),
        "config-snapshot-file",
        &[
            ("configurationItems[].configuration", ALL_TYPES),
            ("configurationItems[].supplementaryConfiguration", ALL_TYPES),
            ("configurationItems[].relationships", ALL_TYPES),
            ("configurationItems[].tags", ALL_TYPES),
            ("configurationItems[].resourceName", ALL_TYPES),
            ("configurationItems[].resourceCreationTime", ALL_TYPES),
        ],
    );
}
