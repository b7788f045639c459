mod custom;
mod deliveries;
mod items;
mod live;
mod periodic;
mod questions;
mod recorder;
mod remediation;
#[path = "../../../../tests/shapes/mod.rs"]
mod shapes;

use serde_json::{Value, json};

use super::Compliance;
use crate::{
    aws::{
        HopPath, Region,
        ServiceName::{self, Config},
        call::{Input, InputKind},
        note::reasons,
        parcel::ResourceChange,
        testing::Sandbox,
    },
    kernel::Cause,
};

/// A recorder that is on, and its delivery channel with a topic.
fn an_inspected_account() -> Sandbox {
    let mut account = Sandbox::new();
    set_up(&mut account);
    account.ok(Config, "StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    account
}

fn put_recorder(account: &mut Sandbox, settings: Value) {
    let mut recorder = json!({ "name": "default", "roleARN": "arn:aws:iam::123456789012:role/config" });
    for (name, value) in settings.as_object().into_iter().flatten() {
        recorder[name] = value.clone();
    }
    account.ok(Config, "PutConfigurationRecorder", json!({ "ConfigurationRecorder": recorder }));
}

fn set_up(account: &mut Sandbox) {
    put_recorder(account, json!({}));
    let channel = json!({
        "name": "default",
        "s3BucketName": "archives-ville",
        "snsTopicARN": "arn:aws:sns:us-east-1:123456789012:alertes-ville",
    });
    account.ok(Config, "PutDeliveryChannel", json!({ "DeliveryChannel": channel }));
}

fn announce(account: &mut Sandbox, change: ResourceChange) {
    let kind = InputKind::World { kind: "test", subject: "test".into() };
    let now = account.ledger.hops().last().map(|hop| hop.sent_at).unwrap_or_default();
    let cause = Cause::Input(account.ledger.arrive(now, Input { step: None, kind }));
    account.with_outbox(cause, |account, out| {
        out.changed(&Region::new("us-east-1"), change);
        account.announce_changes(out);
    });
}

fn resource(resource_type: &str, id: &str, configuration: Value) -> ResourceChange {
    ResourceChange {
        resource_type: resource_type.into(),
        resource_id: id.into(),
        resource_name: None,
        arn: format!("arn:aws:ec2:us-east-1:123456789012:x/{id}").into(),
        availability_zone: "us-east-1a".into(),
        created_at: None,
        tags: json!({ "ville": "oui" }),
        relationships: json!([]),
        configuration,
        supplementary: json!({}),
        deleted: false,
    }
}

fn car(id: &str, image: &str, monitoring: &str) -> ResourceChange {
    let configuration = json!({
        "instanceId": id, "imageId": image, "state": { "name": "running" }, "monitoring": { "state": monitoring },
    });
    resource("AWS::EC2::Instance", id, configuration)
}

fn garage(cidr: &str) -> ResourceChange {
    let permission =
        json!({ "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{ "cidrIp": cidr }] });
    resource("AWS::EC2::SecurityGroup", "sg-garage", json!({ "ipPermissions": [permission] }))
}

fn put_rule(account: &mut Sandbox, name: &str, identifier: &str, parameters: Option<&str>) {
    let mut rule = json!({
        "ConfigRuleName": name, "Source": { "Owner": "AWS", "SourceIdentifier": identifier },
    });
    if let Some(parameters) = parameters {
        rule["InputParameters"] = parameters.into();
    }
    account.ok(Config, "PutConfigRule", json!({ "ConfigRule": rule }));
}

fn verdicts(account: &Sandbox) -> Vec<(String, String, Compliance)> {
    let region = Region::new("us-east-1");
    let results = account.services().config.compliance(&region);
    results.map(|one| (one.rule.to_string(), one.resource_id.to_string(), one.compliance)).collect()
}

/// The particulars of why something did not travel on a path, each time.
fn why_not(account: &Sandbox, path: HopPath) -> Vec<String> {
    let misses = account.near_misses().into_iter().filter(|miss| miss.path == path);
    misses.map(|miss| miss.reason.detail.to_string()).collect()
}

/// What the bus was told about compliance.
fn told(account: &Sandbox) -> Vec<Value> {
    let events = account.payloads(HopPath::ConfigBus).into_iter();
    events.filter(|event| event["detail-type"] == "Config Rules Compliance Change").collect()
}

#[test]
fn a_recorder_needs_a_channel_to_start() {
    let mut account = Sandbox::new();
    put_recorder(&mut account, json!({}));

    let refusal = account.error(
        Config,
        "StartConfigurationRecorder",
        json!({ "ConfigurationRecorderName": "default" }),
    );

    assert!(refusal.starts_with("NoAvailableDeliveryChannelException"), "{refusal}");
}

#[test]
fn a_channel_and_a_rule_need_a_recorder() {
    let mut account = Sandbox::new();
    let channel = json!({ "DeliveryChannel": { "name": "default", "s3BucketName": "b" } });
    let rule = json!({ "ConfigRule": {
        "ConfigRuleName": "freins", "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" } } });

    for (operation, parameters) in [("PutDeliveryChannel", channel), ("PutConfigRule", rule)] {
        let refusal = account.error(Config, operation, parameters);
        assert!(refusal.starts_with("NoAvailableConfigurationRecorderException"), "{refusal}");
    }
}

#[test]
fn a_recorder_that_starts_discovers_what_is_already_there() {
    let mut account = Sandbox::new();
    announce(&mut account, car("i-rouge", "ami-1", "enabled"));
    assert_eq!(account.missed(HopPath::ApiConfig), [reasons::NOT_RECORDED]);
    set_up(&mut account);
    account.ok(Config, "StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    account.wait(10);

    let region = Region::new("us-east-1");
    let items = account.services().config.items(&region, "AWS::EC2::Instance", "i-rouge");
    assert_eq!(items.iter().map(|item| item.status).collect::<Vec<_>>(), ["ResourceDiscovered"]);
    assert_eq!(account.hops(HopPath::ApiConfig).len(), 1);
    let from = account.ledger.node(account.hops(HopPath::ApiConfig)[0].from);
    assert_eq!(from.service, ServiceName::Ec2);
}

#[test]
fn each_change_gets_an_item_that_says_what_is_new() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    let region = Region::new("us-east-1");
    let items = account.services().config.items(&region, "AWS::EC2::SecurityGroup", "sg-garage");
    assert_eq!(items.iter().map(|item| item.status).collect::<Vec<_>>(), ["ResourceDiscovered", "OK"]);
    assert_eq!(items[1].diff["changeType"], "UPDATE");
    let changed = items[1].diff["changedProperties"].as_object().expect("an object");
    assert_eq!(
        changed.keys().collect::<Vec<_>>(),
        ["Configuration.IpPermissions.0", "Configuration.IpPermissions.1"]
    );
    assert_eq!(items[1].json["relatedEvents"], json!([]), "an item names no author");
}

#[test]
fn quick_changes_share_an_item() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    let region = Region::new("us-east-1");
    assert_eq!(account.services().config.items(&region, "AWS::EC2::SecurityGroup", "sg-garage").len(), 1);
}

#[test]
fn a_stopped_recorder_writes_no_items_and_keeps_the_old_ones() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    account.ok(Config, "StopConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    let history = json!({ "resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-garage" });
    let answer = account.ok(Config, "GetResourceConfigHistory", history);
    assert_eq!(answer["configurationItems"].as_array().map(Vec::len), Some(1));
    assert!(
        answer["configurationItems"][0]["configuration"].is_string(),
        "a configuration is JSON text here"
    );
}

#[test]
fn an_opened_port_fails_the_brakes_and_the_bus_is_told() {
    let mut account = an_inspected_account();
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    assert_eq!(told(&account), Vec::<Value>::new(), "a first COMPLIANT is no news");

    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    assert_eq!(account.titles(HopPath::ConfigRule), ["COMPLIANT", "NON_COMPLIANT"]);
    let told = told(&account);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["detail"]["newEvaluationResult"]["complianceType"], "NON_COMPLIANT");
    assert_eq!(told[0]["detail"]["oldEvaluationResult"]["complianceType"], "COMPLIANT");
    let subjects: Vec<String> = account.titles(HopPath::ConfigSns);
    assert_eq!(subjects.last().map(String::as_str), Some("NON_COMPLIANT"));
}

#[test]
fn a_first_failure_is_news_without_a_before() {
    let mut account = an_inspected_account();
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    assert_eq!(told(&account).len(), 1);
    assert!(told(&account)[0]["detail"].get("oldEvaluationResult").is_none());
}

#[test]
fn a_new_standard_rejudges_every_car_and_tells_only_what_differs() {
    let mut account = an_inspected_account();
    announce(&mut account, car("i-bleue", "ami-1", "enabled"));
    announce(&mut account, car("i-rouge", "ami-2", "enabled"));
    account.wait(10);
    put_rule(&mut account, "pneus", "APPROVED_AMIS_BY_ID", Some(r#"{"amiIds":"ami-1,ami-2"}"#));
    account.wait(10);
    assert_eq!(account.hops(HopPath::ConfigRule).len(), 2);

    put_rule(&mut account, "pneus", "APPROVED_AMIS_BY_ID", Some(r#"{"amiIds":"ami-1"}"#));
    account.wait(10);
    account.ok(Config, "StartConfigRulesEvaluation", json!({ "ConfigRuleNames": ["pneus"] }));
    account.wait(10);

    assert_eq!(account.hops(HopPath::ConfigRule).len(), 6);
    let told = told(&account);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["detail"]["resourceId"], "i-rouge");
    assert_eq!(account.missed(HopPath::ConfigBus), [reasons::UNCHANGED_VERDICT; 3]);
    assert_eq!(account.services().config.rules(&Region::new("us-east-1")).len(), 1, "the rule was changed");
}

#[test]
fn a_rule_is_evaluated_again_at_most_once_a_minute() {
    let mut account = an_inspected_account();
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    let again = json!({ "ConfigRuleNames": ["freins"] });
    account.ok(Config, "StartConfigRulesEvaluation", again.clone());

    let refusal = account.error(Config, "StartConfigRulesEvaluation", again.clone());
    account.wait(60);

    assert!(refusal.starts_with("LimitExceededException"), "{refusal}");
    account.ok(Config, "StartConfigRulesEvaluation", again);
}

#[test]
fn a_deleted_resource_leaves_the_results() {
    let mut account = an_inspected_account();
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);
    assert_eq!(verdicts(&account), [("freins".into(), "sg-garage".into(), Compliance::NonCompliant)]);

    announce(&mut account, ResourceChange { deleted: true, ..garage("0.0.0.0/0") });
    account.wait(10);

    assert_eq!(verdicts(&account), []);
    assert_eq!(told(&account)[1]["detail"]["newEvaluationResult"]["complianceType"], "NOT_APPLICABLE");
    let list = account.ok(
        Config,
        "ListDiscoveredResources",
        json!({ "resourceType": "AWS::EC2::SecurityGroup", "includeDeletedResources": true }),
    );
    assert!(list["resourceIdentifiers"][0]["resourceDeletionTime"].is_string());
}

#[test]
fn a_rule_looks_only_at_what_its_scope_holds() {
    let mut account = an_inspected_account();
    let rule = json!({
        "ConfigRuleName": "phares",
        "Source": { "Owner": "AWS", "SourceIdentifier": "EC2_INSTANCE_DETAILED_MONITORING_ENABLED" },
        "Scope": { "TagKey": "ville", "TagValue": "non" },
    });
    account.ok(Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    announce(&mut account, car("i-rouge", "ami-1", "disabled"));
    account.wait(10);

    assert!(account.hops(HopPath::ConfigRule).is_empty());
    assert_eq!(account.missed(HopPath::ConfigRule), [reasons::NOT_IN_SCOPE]);
}

#[test]
fn a_periodic_rule_looks_again_when_its_day_is_over() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    account.wait(60);
    let before = account.hops(HopPath::ConfigRule).len();

    account.wait(24 * 3_600);

    assert_eq!(account.hops(HopPath::ConfigRule).len(), before + 1, "the older version's period is void");
}

#[test]
fn questions_about_compliance_agree_with_each_other() {
    let mut account = an_inspected_account();
    put_rule(&mut account, "phares", "EC2_INSTANCE_DETAILED_MONITORING_ENABLED", None);
    put_rule(&mut account, "ceintures", "S3_BUCKET_PUBLIC_READ_PROHIBITED", None);
    announce(&mut account, car("i-bleue", "ami-1", "enabled"));
    announce(&mut account, car("i-rouge", "ami-1", "disabled"));
    account.wait(10);

    let by_rule = account.ok(Config, "DescribeComplianceByConfigRule", json!({}));
    let rouge = json!({ "ResourceType": "AWS::EC2::Instance", "ResourceId": "i-rouge" });
    let by_resource = account.ok(Config, "DescribeComplianceByResource", rouge);
    let details =
        account.ok(Config, "GetComplianceDetailsByConfigRule", json!({ "ConfigRuleName": "phares" }));
    let of_resource = account.ok(
        Config,
        "GetComplianceDetailsByResource",
        json!({ "ResourceType": "AWS::EC2::Instance", "ResourceId": "i-rouge", "ComplianceTypes": ["NON_COMPLIANT"] }),
    );

    let rules = &by_rule["ComplianceByConfigRules"];
    assert_eq!(rules[0]["Compliance"]["ComplianceType"], "NON_COMPLIANT");
    assert_eq!(rules[0]["Compliance"]["ComplianceContributorCount"]["CappedCount"], 1);
    assert_eq!(rules[1]["Compliance"]["ComplianceType"], "INSUFFICIENT_DATA");
    assert_eq!(by_resource["ComplianceByResources"][0]["Compliance"]["ComplianceType"], "NON_COMPLIANT");
    assert_eq!(details["EvaluationResults"].as_array().map(Vec::len), Some(2));
    let annotation = &of_resource["EvaluationResults"][0]["Annotation"];
    assert_eq!(annotation, "monitoring.state: expected enabled, found disabled");
}

#[test]
fn a_deleted_rule_takes_its_results_with_it_and_its_late_verdict_is_dropped() {
    let mut account = an_inspected_account();
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(5);
    account.ok(Config, "DeleteConfigRule", json!({ "ConfigRuleName": "freins" }));
    account.wait(10);

    assert_eq!(verdicts(&account), []);
    assert_eq!(told(&account), Vec::<Value>::new());
}

#[test]
fn wrong_rules_are_refused_in_the_words_of_the_service() {
    let mut account = an_inspected_account();
    let rule = |identifier: &str, parameters: Value| {
        json!({ "ConfigRule": {
            "ConfigRuleName": "pneus",
            "Source": { "Owner": "AWS", "SourceIdentifier": identifier },
            "InputParameters": parameters.to_string(),
        }})
    };
    for (identifier, parameters, says) in [
        ("NO_SUCH_RULE", json!({}), "The sourceIdentifier NO_SUCH_RULE is invalid"),
        ("APPROVED_AMIS_BY_ID", json!({}), "The required parameter [amiIds] is not present"),
        ("INCOMING_SSH_DISABLED", json!({ "port": "22" }), "Unknown parameters provided"),
    ] {
        let refusal = account.error(Config, "PutConfigRule", rule(identifier, parameters));
        assert!(refusal.starts_with("InvalidParameterValueException") && refusal.contains(says), "{refusal}");
    }
    let unknown = account.error(Config, "DescribeConfigRules", json!({ "ConfigRuleNames": ["freins"] }));
    assert!(unknown.starts_with("NoSuchConfigRuleException"), "{unknown}");
}

#[test]
fn a_recorder_for_some_types_leaves_the_others_out() {
    let mut account = an_inspected_account();
    let group = json!({ "allSupported": false, "resourceTypes": ["AWS::EC2::SecurityGroup"] });
    put_recorder(&mut account, json!({ "recordingGroup": group }));

    let config = &account.services().config;
    let region = Region::new("us-east-1");
    assert!(config.records(&region, "AWS::EC2::SecurityGroup"));
    assert!(!config.records(&region, "AWS::EC2::Instance"));
    let described = account.ok(Config, "DescribeConfigurationRecorders", json!({}));
    let strategy = &described["ConfigurationRecorders"][0]["recordingGroup"]["recordingStrategy"]["useOnly"];
    assert_eq!(strategy, "INCLUSION_BY_RESOURCE_TYPES");
}

#[test]
fn a_change_of_compliance_is_told_in_the_words_of_the_samples() {
    let mut account = an_inspected_account();
    put_rule(&mut account, "restricted-ssh", "INCOMING_SSH_DISABLED", None);
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    shapes::assert_same_shape(&told(&account)[0], "eb-config-rules-compliance-change", &[]);
    let message = account.payloads(HopPath::ConfigSns).pop().expect("the channel has a topic");
    let envelope = shapes::sample("config-sns-compliance-change");
    let real: Value =
        serde_json::from_str(envelope["Message"].as_str().unwrap_or_default()).expect("it is JSON");
    shapes::assert_same_paths(&message, &real, "config-sns-compliance-change", &[]);
}
