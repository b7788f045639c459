use super::*;

fn with_bucket(may_write: bool) -> Sandbox {
    let mut account = Sandbox::new();
    account.ok(ServiceName::S3, "CreateBucket", json!({ "Bucket": "archives-ville" }));
    if may_write {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "config.amazonaws.com" },
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::archives-ville/AWSLogs/*",
        }] });
        let put = json!({ "Bucket": "archives-ville", "Policy": policy.to_string() });
        account.ok(ServiceName::S3, "PutBucketPolicy", put);
    }
    set_up(&mut account);
    account.ok(Config, "StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    account.wait(60);
    account
}

fn status(account: &mut Sandbox, of: &str) -> Value {
    account.ok(Config, "DescribeDeliveryChannelStatus", json!({}))["DeliveryChannelsStatus"][0][of].clone()
}

#[test]
fn what_was_recorded_is_delivered_every_six_hours_a_file_per_type() {
    let mut account = with_bucket(true);
    announce(&mut account, garage("10.0.0.0/8"));
    announce(&mut account, car("i-rouge", "ami-1", "enabled"));
    account.wait(6 * 3_600);

    let titles = account.titles(HopPath::ConfigS3);
    assert_eq!(titles, ["ConfigHistory"; 3], "a bucket, a group, a car");
    let keys: Vec<&str> = account.services().s3.keys("archives-ville").collect();
    assert_eq!(keys.len(), 3);
    assert!(
        keys[0].starts_with(
            "AWSLogs/123456789012/Config/us-east-1/2026/11/20/ConfigHistory/123456789012_Config_us-east-1_ConfigHistory_AWS::EC2::Instance_20261120T"
        ),
        "{}",
        keys[0]
    );
    assert_eq!(status(&mut account, "configHistoryDeliveryInfo")["lastStatus"], "SUCCESS");
    account.wait(10);
    let told = account.payloads(HopPath::ConfigBus);
    let told: Vec<&Value> = told
        .iter()
        .filter(|event| event["detail-type"] == "Config Configuration History Delivery Status")
        .collect();
    assert_eq!(told.len(), 3);
    assert_eq!(told[0]["detail"]["s3Bucket"], "archives-ville");

    account.wait(6 * 3_600);
    assert_eq!(account.titles(HopPath::ConfigS3).len(), 3, "nothing was recorded since");
}

#[test]
fn a_bucket_that_does_not_let_config_in_says_so_in_the_channels_status() {
    let mut account = with_bucket(false);
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(7 * 3_600);

    let status = status(&mut account, "configHistoryDeliveryInfo");
    assert_eq!(
        (&status["lastStatus"], &status["lastErrorCode"]),
        (&json!("FAILURE"), &json!("AccessDenied"))
    );
}

#[test]
fn a_snapshot_holds_the_last_item_of_everything() {
    let mut account = with_bucket(true);
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    let answer = account.ok(Config, "DeliverConfigSnapshot", json!({ "deliveryChannelName": "default" }));
    account.wait(20);

    let file = account.payloads(HopPath::ConfigS3).pop().expect("it was sent");
    assert_eq!(file["configSnapshotId"], answer["configSnapshotId"]);
    let items = file["configurationItems"].as_array().expect("a list");
    assert_eq!(items.len(), 2, "the group once, and the bucket");
    shapes::assert_same_paths(
        &json!({ "configSnapshotId": "", "fileVersion": "", "configurationItems": [] }),
        &{
            let mut sample = shapes::sample("config-snapshot-file");
            sample["configurationItems"] = json!([]);
            sample
        },
        "config-snapshot-file",
        &[],
    );
    let kinds: Vec<Value> = account
        .payloads(HopPath::ConfigBus)
        .into_iter()
        .filter(|event| event["detail-type"] == "Config Configuration Snapshot Delivery Status")
        .map(|event| event["detail"]["messageType"].clone())
        .collect();
    assert_eq!(kinds, ["ConfigurationSnapshotDeliveryStarted", "ConfigurationSnapshotDeliveryCompleted"]);
}

#[test]
fn snapshots_come_by_themselves_when_the_channel_says_how_often() {
    let mut account = with_bucket(true);
    let channel = json!({
        "name": "default", "s3BucketName": "archives-ville",
        "configSnapshotDeliveryProperties": { "deliveryFrequency": "Three_Hours" },
    });
    account.ok(Config, "PutDeliveryChannel", json!({ "DeliveryChannel": channel }));
    account.wait(4 * 3_600);

    assert_eq!(account.titles(HopPath::ConfigS3), ["ConfigSnapshot"]);
}

#[test]
fn a_snapshot_needs_a_recorder_that_runs() {
    let mut account = Sandbox::new();
    let ask = json!({ "deliveryChannelName": "default" });
    let none = account.error(Config, "DeliverConfigSnapshot", ask.clone());
    set_up(&mut account);
    let stopped = account.error(Config, "DeliverConfigSnapshot", ask);

    assert!(none.starts_with("NoAvailableConfigurationRecorderException"), "{none}");
    assert!(stopped.starts_with("NoRunningConfigurationRecorderException"), "{stopped}");
}
