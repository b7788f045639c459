use serde_json::{Value, json};

use super::{Compliance, Parameters, find};

fn judge(
    identifier: &str,
    resource_type: &str,
    configuration: Value,
    parameters: &[(&str, &str)],
) -> Compliance {
    let item = json!({
        "resourceType": resource_type, "configurationItemStatus": "OK", "configuration": configuration,
    });
    let parameters =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    find(identifier).expect("it is in the table").evaluate(&item, &parameters).compliance
}

fn ssh(permission: Value) -> Compliance {
    judge("INCOMING_SSH_DISABLED", "AWS::EC2::SecurityGroup", json!({ "ipPermissions": [permission] }), &[])
}

#[test]
fn the_rules_there_are_agree_with_the_corpus() {
    let corpus = include_str!("../../../../tests/conformance/config_rules.jsonl");
    let mut judged = 0;
    for line in corpus.lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        let Some(rule) = case["rule"].as_str().and_then(find) else { continue };
        let parameters: Parameters = serde_json::from_value(case["params"].clone()).expect("texts by name");

        let verdict = rule.evaluate(&case["resource"], &parameters);

        assert_eq!(verdict.compliance.as_str(), case["expect"], "{}: {}", case["id"], case["why"]);
        judged += 1;
    }
    assert!(judged >= 12, "the corpus has twelve cases for these rules, {judged} were judged");
}

#[test]
fn every_protocol_includes_ssh_and_udp_does_not() {
    let everything = json!({ "ipProtocol": "-1", "ipv4Ranges": [{ "cidrIp": "0.0.0.0/0" }] });
    let udp = json!({ "ipProtocol": "udp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{ "cidrIp": "0.0.0.0/0" }] });

    assert_eq!(ssh(everything), Compliance::NonCompliant);
    assert_eq!(ssh(udp), Compliance::Compliant);
}

#[test]
fn a_world_written_the_old_way_is_still_the_world() {
    let old = json!({ "ipProtocol": "tcp", "fromPort": 20, "toPort": 25, "ipRanges": ["0.0.0.0/0"] });

    assert_eq!(ssh(old), Compliance::NonCompliant);
}

#[test]
fn an_image_may_be_any_on_the_list() {
    let instance = json!({ "imageId": "ami-2", "state": { "name": "running" } });
    let with = |ids| judge("APPROVED_AMIS_BY_ID", "AWS::EC2::Instance", instance.clone(), &[("amiIds", ids)]);

    assert_eq!(with("ami-1, ami-2"), Compliance::Compliant);
    assert_eq!(with("ami-1"), Compliance::NonCompliant);
}

#[test]
fn the_images_of_stopped_instances_are_nobodys_business() {
    let instance = json!({ "imageId": "ami-2", "state": { "name": "stopped" } });

    let compliance = judge("APPROVED_AMIS_BY_ID", "AWS::EC2::Instance", instance, &[("amiIds", "ami-1")]);

    assert_eq!(compliance, Compliance::NotApplicable);
}

#[test]
fn a_public_policy_is_harmless_where_public_policies_are_restricted() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
        "Action":"s3:GetObject","Resource":"arn:aws:s3:::coffre-ville/*"}]}"#;
    let with = |restricted: bool| {
        let item = json!({
            "resourceType": "AWS::S3::Bucket",
            "configuration": {},
            "supplementaryConfiguration": {
                "BucketPolicy": { "policyText": policy },
                "PublicAccessBlockConfiguration": { "restrictPublicBuckets": restricted },
            },
        });
        let rule = find("S3_BUCKET_PUBLIC_READ_PROHIBITED").expect("it is in the table");
        rule.evaluate(&item, &Parameters::new())
    };

    assert_eq!(with(false).compliance, Compliance::NonCompliant);
    assert_eq!(with(true).compliance, Compliance::Compliant);
    assert!(with(false).annotation.is_some_and(|why| why.len() <= 256));
}

#[test]
fn another_type_of_resource_is_not_applicable() {
    assert_eq!(judge("INCOMING_SSH_DISABLED", "AWS::S3::Bucket", json!({}), &[]), Compliance::NotApplicable);
}
