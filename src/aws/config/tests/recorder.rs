use super::*;

fn daily(overrides: Value) -> Value {
    json!({ "recordingMode": { "recordingFrequency": "DAILY", "recordingModeOverrides": overrides } })
}

fn statuses(account: &Sandbox, resource_type: &str, id: &str) -> Vec<&'static str> {
    let items = account.services().config.items(&Region::new("us-east-1"), resource_type, id);
    items.iter().map(|item| item.status).collect()
}

#[test]
fn a_recorder_needs_a_role() {
    let mut account = Sandbox::new();
    let recorder = json!({ "ConfigurationRecorder": { "name": "default" } });

    let refusal = account.error(Config, "PutConfigurationRecorder", recorder);

    assert!(refusal.starts_with("InvalidRoleException"), "{refusal}");
}

#[test]
fn a_type_that_is_recorded_daily_gets_one_item_a_day_however_often_it_changes() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    put_recorder(&mut account, daily(json!([])));
    announce(&mut account, garage("10.1.0.0/16"));
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(3_600);
    assert_eq!(statuses(&account, "AWS::EC2::SecurityGroup", "sg-garage"), ["ResourceDiscovered"]);
    assert_eq!(account.missed(HopPath::ApiConfig), [reasons::RECORDED_DAILY; 2]);

    account.wait(24 * 3_600);

    assert_eq!(statuses(&account, "AWS::EC2::SecurityGroup", "sg-garage"), ["ResourceDiscovered", "OK"]);
    let hop = account.hops(HopPath::ApiConfig)[1];
    assert!(matches!(hop.cause, Cause::Input(_)), "the last change is its cause");
}

#[test]
fn an_override_records_some_types_with_each_change() {
    let mut account = an_inspected_account();
    let overrides =
        json!([{ "resourceTypes": ["AWS::EC2::SecurityGroup"], "recordingFrequency": "CONTINUOUS" }]);
    put_recorder(&mut account, daily(overrides));
    announce(&mut account, garage("10.0.0.0/8"));
    announce(&mut account, car("i-rouge", "ami-1", "enabled"));
    account.wait(10);

    assert_eq!(statuses(&account, "AWS::EC2::SecurityGroup", "sg-garage"), ["ResourceDiscovered"]);
    assert!(statuses(&account, "AWS::EC2::Instance", "i-rouge").is_empty());
}

#[test]
fn why_a_change_is_not_recorded_names_the_setting() {
    let mut account = Sandbox::new();
    announce(&mut account, garage("10.0.0.0/8"));
    set_up(&mut account);
    announce(&mut account, garage("10.0.0.0/8"));
    account.ok(Config, "StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    let group = json!({
        "exclusionByResourceTypes": { "resourceTypes": ["AWS::EC2::SecurityGroup"] },
        "recordingStrategy": { "useOnly": "EXCLUSION_BY_RESOURCE_TYPES" },
    });
    put_recorder(&mut account, json!({ "recordingGroup": group }));
    announce(&mut account, garage("10.1.0.0/16"));

    assert_eq!(
        why_not(&account, HopPath::ApiConfig),
        [
            "AWS::EC2::SecurityGroup (configurationRecorder: expected a recorder, found none)",
            "AWS::EC2::SecurityGroup (recording: expected true, found false)",
            "AWS::EC2::SecurityGroup (recordingGroup.exclusionByResourceTypes: found AWS::EC2::SecurityGroup)",
        ]
    );
}

#[test]
fn a_channel_stays_while_the_recorder_runs() {
    let mut account = an_inspected_account();
    let channel = json!({ "DeliveryChannelName": "default" });

    let refusal = account.error(Config, "DeleteDeliveryChannel", channel.clone());
    account.ok(Config, "StopConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    account.ok(Config, "DeleteDeliveryChannel", channel.clone());

    assert!(refusal.starts_with("LastDeliveryChannelDeleteFailedException"), "{refusal}");
    let gone = account.error(Config, "DeleteDeliveryChannel", channel);
    assert!(gone.starts_with("NoSuchDeliveryChannelException"), "{gone}");
}

#[test]
fn a_deleted_recorder_leaves_what_it_recorded() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    account.ok(Config, "DeleteConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));

    assert_eq!(statuses(&account, "AWS::EC2::SecurityGroup", "sg-garage"), ["ResourceDiscovered"]);
    let rule = json!({ "ConfigRule": { "ConfigRuleName": "freins",
        "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" } } });
    let refusal = account.error(Config, "PutConfigRule", rule);
    assert!(refusal.starts_with("NoAvailableConfigurationRecorderException"), "{refusal}");
}

#[test]
fn a_change_that_was_under_way_when_the_recorder_stopped_gets_no_item() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.ok(Config, "StopConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    account.wait(10);

    assert!(statuses(&account, "AWS::EC2::SecurityGroup", "sg-garage").is_empty());
    assert_eq!(account.refusals(), ["AWS::EC2::SecurityGroup (recording: expected true, found false)"]);
}

#[test]
fn iam_is_recorded_where_global_types_are_included() {
    let mut account = Sandbox::new();
    put_recorder(
        &mut account,
        json!({ "recordingGroup": { "allSupported": true, "includeGlobalResourceTypes": true } }),
    );
    account.ok(
        Config,
        "PutDeliveryChannel",
        json!({ "DeliveryChannel": { "name": "default", "s3BucketName": "archives" } }),
    );
    account.ok(Config, "StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    account.ok(ServiceName::Iam, "CreateUser", json!({ "UserName": "dana" }));
    account.ok(ServiceName::Iam, "CreateGroup", json!({ "GroupName": "devs" }));
    account.wait(10);
    account.ok(ServiceName::Iam, "AddUserToGroup", json!({ "GroupName": "devs", "UserName": "dana" }));
    account.wait(10);

    let list = account.ok(Config, "ListDiscoveredResources", json!({ "resourceType": "AWS::IAM::Group" }));
    let id = list["resourceIdentifiers"][0]["resourceId"].as_str().expect("the group is recorded").to_owned();
    assert_eq!(statuses(&account, "AWS::IAM::Group", &id), ["ResourceDiscovered", "OK"]);
    let items = account.services().config.items(&Region::new("us-east-1"), "AWS::IAM::Group", &id);
    assert_eq!(items[1].json["configuration"]["users"], json!(["dana"]));
    assert_eq!(items[1].json["relationships"][0]["name"], "Is attached to User");
}
