use super::*;
use crate::aws::Parcel;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:controle";

fn put_function(account: &mut Sandbox) {
    account.ok(
        ServiceName::Iam,
        "CreateRole",
        json!({ "RoleName": "controleur", "AssumeRolePolicyDocument": json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }],
        }).to_string() }),
    );
    account.ok(
        ServiceName::Lambda,
        "CreateFunction",
        json!({
            "FunctionName": "controle", "Runtime": "nodejs22.x", "Handler": "index.handler",
            "Role": "arn:aws:iam::123456789012:role/controleur",
            "Code": { "ZipFile": "exports.handler = async () => {};" },
        }),
    );
}

fn let_config_in(account: &mut Sandbox) {
    let permission = json!({
        "FunctionName": "controle", "StatementId": "config", "Action": "lambda:InvokeFunction",
        "Principal": "config.amazonaws.com",
    });
    account.ok(ServiceName::Lambda, "AddPermission", permission);
}

fn put_custom(account: &mut Sandbox, message_types: &[&str]) {
    let details: Vec<Value> = message_types
        .iter()
        .map(|kind| json!({ "EventSource": "aws.config", "MessageType": kind }))
        .collect();
    let rule = json!({
        "ConfigRuleName": "sg-custom",
        "Scope": { "ComplianceResourceTypes": ["AWS::EC2::SecurityGroup"] },
        "Source": { "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": FUNCTION, "SourceDetails": details },
        "InputParameters": r#"{"allowedPort":"443"}"#,
    });
    account.ok(Config, "PutConfigRule", json!({ "ConfigRule": rule }));
}

fn invoked(account: &Sandbox) -> Vec<Value> {
    let parcels = account.delivered.iter();
    parcels
        .filter_map(|(_, parcel)| match parcel {
            Parcel::Invoke(invoke) => Some(invoke.event.as_ref().clone()),
            _ => None,
        })
        .collect()
}

fn evaluation(compliance: &str) -> Value {
    json!({
        "ComplianceResourceType": "AWS::EC2::SecurityGroup",
        "ComplianceResourceId": "sg-garage",
        "ComplianceType": compliance,
        "Annotation": "Port 443 only.",
        "OrderingTimestamp": "2026-11-20T09:00:04Z",
    })
}

#[test]
fn a_function_is_asked_in_the_words_of_the_sample() {
    let mut account = an_inspected_account();
    put_function(&mut account);
    let_config_in(&mut account);
    put_custom(&mut account, &["ConfigurationItemChangeNotification"]);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    let events = invoked(&account);
    assert_eq!(events.len(), 1);
    let sample = shapes::sample("config-custom-rule-lambda-event");
    shapes::assert_same_paths(&events[0], &sample, "config-custom-rule-lambda-event", &[]);
    assert_eq!(events[0]["ruleParameters"], r#"{"allowedPort":"443"}"#);
    let inner = |event: &Value| -> Value {
        serde_json::from_str(event["invokingEvent"].as_str().unwrap_or_default()).expect("it is JSON")
    };
    let (ours, theirs) = (inner(&events[0]), inner(&sample));
    let members = |value: &Value| {
        let mut names: Vec<String> =
            value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(members(&ours), members(&theirs));
    assert_eq!(members(&ours["configurationItem"]), members(&theirs["configurationItem"]));
}

#[test]
fn the_verdict_of_a_function_stands_and_is_told_like_any_other() {
    let mut account = an_inspected_account();
    put_function(&mut account);
    let_config_in(&mut account);
    put_custom(&mut account, &["ConfigurationItemChangeNotification"]);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);
    assert_eq!(verdicts(&account), [], "no answer, no verdict");

    let token = invoked(&account)[0]["resultToken"].clone();
    let answer = json!({ "ResultToken": token, "Evaluations": [evaluation("NON_COMPLIANT")] });
    account.ok(Config, "PutEvaluations", answer);
    account.wait(10);

    assert_eq!(verdicts(&account), [("sg-custom".into(), "sg-garage".into(), Compliance::NonCompliant)]);
    assert_eq!(account.titles(HopPath::ConfigRule), ["NON_COMPLIANT"]);
    assert_eq!(told(&account)[0]["detail"]["configRuleName"], "sg-custom");
}

#[test]
fn a_function_that_does_not_let_config_in_gives_no_verdict_and_the_rule_says_why() {
    let mut account = an_inspected_account();
    put_function(&mut account);
    put_custom(&mut account, &["ConfigurationItemChangeNotification"]);
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);

    let status = account.ok(Config, "DescribeConfigRuleEvaluationStatus", json!({}));
    let status = &status["ConfigRulesEvaluationStatus"][0];
    assert_eq!(status["LastErrorCode"], "InvalidLambdaInvocation");
    assert!(status["LastFailedInvocationTime"].is_string());
}

#[test]
fn a_scheduled_function_is_asked_about_nothing_in_particular() {
    let mut account = an_inspected_account();
    put_function(&mut account);
    let_config_in(&mut account);
    put_custom(&mut account, &["ScheduledNotification"]);
    account.wait(24 * 3_600 + 10);

    let events = invoked(&account);
    assert_eq!(events.len(), 2, "when it was made, and a day later");
    let about: Value =
        serde_json::from_str(events[1]["invokingEvent"].as_str().unwrap_or_default()).expect("it is JSON");
    assert_eq!(about["messageType"], "ScheduledNotification");
}

#[test]
fn a_resource_that_leaves_the_scope_is_reported_as_left() {
    let mut account = an_inspected_account();
    put_function(&mut account);
    let_config_in(&mut account);
    let rule = json!({
        "ConfigRuleName": "sg-custom",
        "Scope": { "TagKey": "ville", "TagValue": "oui" },
        "Source": { "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": FUNCTION,
            "SourceDetails": [{ "EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification" }] },
    });
    account.ok(Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    announce(&mut account, garage("0.0.0.0/0"));
    account.wait(10);
    let token = invoked(&account)[0]["resultToken"].clone();
    account.ok(
        Config,
        "PutEvaluations",
        json!({ "ResultToken": token, "Evaluations": [evaluation("COMPLIANT")] }),
    );

    announce(&mut account, ResourceChange { tags: json!({}), ..garage("0.0.0.0/0") });
    account.wait(10);

    let events = invoked(&account);
    assert_eq!(events[1]["eventLeftScope"], true);
    let left =
        json!({ "ResultToken": events[1]["resultToken"], "Evaluations": [evaluation("NOT_APPLICABLE")] });
    account.ok(Config, "PutEvaluations", left);
    assert_eq!(verdicts(&account), []);
}

#[test]
fn evaluations_need_a_token_that_was_given_and_verdicts_that_are_some() {
    let mut account = an_inspected_account();
    let wrong = json!({ "ResultToken": "guess", "Evaluations": [evaluation("COMPLIANT")] });
    let unknown = account.error(Config, "PutEvaluations", wrong);
    let none = json!({ "ResultToken": "guess", "Evaluations": [evaluation("INSUFFICIENT_DATA")] });
    let invalid = account.error(Config, "PutEvaluations", none);
    let trial = json!({ "ResultToken": "guess", "TestMode": true, "Evaluations": [evaluation("COMPLIANT")] });

    assert!(unknown.starts_with("InvalidResultTokenException"), "{unknown}");
    assert!(invalid.starts_with("InvalidParameterValueException"), "{invalid}");
    account.ok(Config, "PutEvaluations", trial);
    assert_eq!(verdicts(&account), []);
}

#[test]
fn a_custom_rule_says_which_function_and_what_wakes_it() {
    let mut account = an_inspected_account();
    let source = |identifier: &str, details: Value| {
        json!({ "ConfigRule": { "ConfigRuleName": "c", "Source": {
            "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": identifier, "SourceDetails": details } } })
    };
    let on_change = json!([{ "MessageType": "ConfigurationItemChangeNotification" }]);
    for (rule, says) in [
        (source("controle", on_change), "not an ARN of an AWS Lambda function"),
        (source(FUNCTION, json!([])), "SourceDetails must not be empty"),
    ] {
        let refusal = account.error(Config, "PutConfigRule", rule);
        assert!(refusal.contains(says), "{refusal}");
    }
}
