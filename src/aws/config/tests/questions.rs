use super::*;

fn two_cars() -> Sandbox {
    let mut account = an_inspected_account();
    put_rule(&mut account, "phares", "EC2_INSTANCE_DETAILED_MONITORING_ENABLED", None);
    put_rule(&mut account, "freins", "INCOMING_SSH_DISABLED", None);
    announce(&mut account, car("i-bleue", "ami-1", "enabled"));
    announce(&mut account, car("i-rouge", "ami-1", "disabled"));
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    account
}

#[test]
fn rules_and_resources_are_counted_by_how_they_come_out() {
    let mut account = two_cars();

    let rules = account.ok(Config, "GetComplianceSummaryByConfigRule", json!({}));
    let types = account.ok(
        Config,
        "GetComplianceSummaryByResourceType",
        json!({ "ResourceTypes": ["AWS::EC2::Instance"] }),
    );

    let count = |answer: &Value, which: &str| answer[which]["CappedCount"].clone();
    let summary = &rules["ComplianceSummary"];
    assert_eq!(count(summary, "CompliantResourceCount"), 1);
    assert_eq!(count(summary, "NonCompliantResourceCount"), 1);
    let of_cars = &types["ComplianceSummariesByResourceType"][0]["ComplianceSummary"];
    assert_eq!(count(of_cars, "CompliantResourceCount"), 1);
    assert_eq!(count(of_cars, "NonCompliantResourceCount"), 1);
}

#[test]
fn results_are_paged_when_a_limit_is_asked_for() {
    let mut account = two_cars();
    let first = json!({ "ConfigRuleName": "phares", "Limit": 1 });
    let first = account.ok(Config, "GetComplianceDetailsByConfigRule", first);
    let next = json!({ "ConfigRuleName": "phares", "Limit": 1, "NextToken": first["NextToken"] });
    let next = account.ok(Config, "GetComplianceDetailsByConfigRule", next);

    let id = |answer: &Value| {
        answer["EvaluationResults"][0]["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]
            .clone()
    };
    assert_eq!((id(&first), id(&next)), (json!("i-bleue"), json!("i-rouge")));
    assert!(next.get("NextToken").is_none());
    let wrong = json!({ "ConfigRuleName": "phares", "Limit": 101 });
    let refusal = account.error(Config, "GetComplianceDetailsByConfigRule", wrong);
    assert!(refusal.starts_with("InvalidLimitException"), "{refusal}");
}

#[test]
fn deleted_results_come_back_with_the_next_look() {
    let mut account = two_cars();
    account.ok(Config, "DeleteEvaluationResults", json!({ "ConfigRuleName": "phares" }));
    assert!(verdicts(&account).iter().all(|(rule, ..)| rule == "freins"));

    account.ok(Config, "StartConfigRulesEvaluation", json!({ "ConfigRuleNames": ["phares"] }));
    let during = account.ok(Config, "DescribeConfigRules", json!({ "ConfigRuleNames": ["phares"] }));
    account.wait(10);

    assert_eq!(during["ConfigRules"][0]["ConfigRuleState"], "EVALUATING");
    assert_eq!(verdicts(&account).iter().filter(|(rule, ..)| rule == "phares").count(), 2);
    let started: Vec<Value> = account
        .payloads(HopPath::ConfigBus)
        .into_iter()
        .filter(|event| event["detail-type"] == "Config Rules Re-evaluation Status")
        .collect();
    assert_eq!(started[0]["detail"]["configRuleNames"], json!(["phares"]));
}

#[test]
fn the_status_of_a_rule_tells_when_it_last_looked() {
    let mut account = two_cars();

    let names = json!({ "ConfigRuleNames": ["phares"] });
    let answer = account.ok(Config, "DescribeConfigRuleEvaluationStatus", names);

    let status = &answer["ConfigRulesEvaluationStatus"][0];
    assert_eq!(status["FirstActivatedTime"], "2026-11-20T09:00:00+00:00");
    assert_eq!(status["LastSuccessfulEvaluationTime"], "2026-11-20T09:00:06+00:00");
    assert_eq!(status["FirstEvaluationStarted"], true);
}

#[test]
fn a_resource_that_leaves_the_scope_of_a_rule_leaves_its_results() {
    let mut account = an_inspected_account();
    let rule = json!({
        "ConfigRuleName": "freins",
        "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" },
        "Scope": { "TagKey": "ville", "TagValue": "oui" },
    });
    account.ok(Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);
    assert_eq!(verdicts(&account).len(), 1);

    announce(&mut account, ResourceChange { tags: json!({ "ville": "non" }), ..garage("0.0.0.0/0") });
    account.wait(10);

    assert_eq!(verdicts(&account), []);
    assert_eq!(told(&account)[1]["detail"]["newEvaluationResult"]["complianceType"], "NOT_APPLICABLE");
    announce(&mut account, ResourceChange { tags: json!({}), ..garage("0.0.0.0/0") });
    account.wait(10);
    let why = why_not(&account, HopPath::ConfigRule);
    assert_eq!(why.last().map(String::as_str), Some("Scope.TagKey: expected ville, found no such tag"));
}

#[test]
fn a_scope_is_types_or_a_tag_or_one_resource() {
    let mut account = an_inspected_account();
    for scope in [
        json!({ "TagValue": "oui" }),
        json!({ "TagKey": "ville", "ComplianceResourceTypes": ["AWS::S3::Bucket"] }),
        json!({ "ComplianceResourceId": "sg-garage" }),
    ] {
        let rule = json!({
            "ConfigRuleName": "freins",
            "Source": { "Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED" },
            "Scope": scope,
        });
        let refusal = account.error(Config, "PutConfigRule", json!({ "ConfigRule": rule }));
        assert!(refusal.starts_with("InvalidParameterValueException"), "{refusal}");
    }
}

#[test]
fn a_verdict_says_which_condition_decided() {
    let account = two_cars();
    let bodies = account.payloads(HopPath::ConfigRule);
    let failed = bodies.iter().find(|body| body["complianceType"] == "NON_COMPLIANT").expect("one fails");

    assert_eq!(
        failed["condition"],
        json!({ "field": "monitoring.state", "expected": "enabled", "actual": "disabled" })
    );
}

#[test]
fn parameters_of_another_type_are_refused_by_name() {
    let mut account = an_inspected_account();
    for (identifier, parameters, says) in [
        (
            "EC2_TOKEN_HOP_LIMIT_CHECK",
            json!({ "tokenHopLimit": "many" }),
            "tokenHopLimit: expected an integer",
        ),
        ("IAM_PASSWORD_POLICY", json!({ "RequireSymbols": "yes" }), "RequireSymbols: expected true or false"),
        ("DESIRED_INSTANCE_TENANCY", json!({ "tenancy": "SHARED" }), "tenancy: expected one of DEDICATED"),
        ("APPROVED_AMIS_BY_ID", json!({ "amiIds": " " }), "amiIds: expected a value that is not blank"),
    ] {
        let rule = json!({ "ConfigRule": {
            "ConfigRuleName": "r",
            "Source": { "Owner": "AWS", "SourceIdentifier": identifier },
            "InputParameters": parameters.to_string(),
        }});
        let refusal = account.error(Config, "PutConfigRule", rule);
        assert!(refusal.starts_with("InvalidParameterValueException") && refusal.contains(says), "{refusal}");
    }
}
