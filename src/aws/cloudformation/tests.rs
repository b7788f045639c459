//! A template becomes calls in the right order, or is refused at the right word.

use serde_json::{Value, json};

use super::*;
use crate::aws::{ApiCall, ApiError, ApiOutcome, Region, ServiceName};

fn context() -> DeployContext {
    DeployContext::new("111122223333", &Region::new("eu-west-3"), "ville")
}

fn template(resources: Value) -> Template {
    Template::read(&Node::from(json!({"Resources": resources}))).expect("a well-formed template")
}

/// Answers like the services would, just enough for names and ARNs.
fn answer(call: &ApiCall) -> Value {
    match &*call.operation {
        "CreateTopic" => {
            json!({"TopicArn": format!("arn:aws:sns:eu-west-3:111122223333:{}", call.parameters["Name"].as_str().unwrap_or_default())})
        }
        "CreateSecurityGroup" => json!({"GroupId": "sg-0a1b2c3d4e5f60718"}),
        "RunInstances" => {
            json!({"Instances": [{"InstanceId": "i-0123456789abcdef0", "PrivateIpAddress": "172.31.0.9"}]})
        }
        "PutRule" => json!({"RuleArn": "arn:aws:events:eu-west-3:111122223333:rule/r-sg"}),
        "PutTargets" => json!({"FailedEntryCount": 0, "FailedEntries": []}),
        "CreateRole" => json!({"Role": {"Arn": "arn:aws:iam::111122223333:role/r", "RoleId": "AROA"}}),
        "CreateFunction" => json!({"FunctionArn": "arn:aws:lambda:eu-west-3:111122223333:function:f"}),
        "CreateTrail" => json!({"TrailARN": "arn:aws:cloudtrail:eu-west-3:111122223333:trail/t"}),
        "DescribeConfigurationRecorders" => json!({"ConfigurationRecorders": [{"name": "default"}]}),
        _ => json!({}),
    }
}

/// What was called, in order: operation and parameters.
fn deploy_and_watch(template: &Template) -> (Result<Deployed, DeployError>, Vec<(String, Value)>) {
    let mut calls = Vec::new();
    let mut call = |call: ApiCall| -> ApiOutcome {
        calls.push((call.operation.to_string(), call.parameters.clone()));
        Ok(answer(&call))
    };
    let outcome = deploy(template, &context(), &mut call);
    (outcome, calls)
}

fn operations(template: &Template) -> Vec<String> {
    let (outcome, calls) = deploy_and_watch(template);
    outcome.expect("it deploys");
    calls.into_iter().map(|(operation, _)| operation).collect()
}

fn refusal(resources: Value) -> (String, String) {
    let error = check(&template(resources), &context()).into_iter().next().expect("something is wrong");
    (error.message, error.help.map(|help| help.en).unwrap_or_default())
}

#[test]
fn a_resource_is_created_after_what_it_names() {
    let template = template(json!({
        "Regle": {"Type": "AWS::Events::Rule", "Properties": {
            "Name": "r-sg",
            "EventPattern": {"source": ["aws.ec2"]},
            "Targets": [{"Id": "poste", "Arn": {"Ref": "Alertes"}}],
        }},
        "Politique": {"Type": "AWS::SNS::TopicPolicy", "Properties": {
            "Topics": [{"Ref": "Alertes"}],
            "PolicyDocument": {"Statement": [{"Effect": "Allow", "Resource": {"Ref": "Alertes"}}]},
        }},
        "Alertes": {"Type": "AWS::SNS::Topic", "Properties": {
            "TopicName": "alertes-ville",
            "Subscription": [{"Protocol": "email", "Endpoint": "garde@ville.example"}],
        }},
    }));

    let (outcome, calls) = deploy_and_watch(&template);
    let arn = "arn:aws:sns:eu-west-3:111122223333:alertes-ville";

    assert_eq!(
        calls,
        [
            ("CreateTopic".to_owned(), json!({"Name": "alertes-ville"})),
            (
                "Subscribe".to_owned(),
                json!({"TopicArn": arn, "Protocol": "email", "Endpoint": "garde@ville.example"})
            ),
            ("PutRule".to_owned(), json!({"Name": "r-sg", "EventPattern": "{\"source\":[\"aws.ec2\"]}"})),
            ("PutTargets".to_owned(), json!({"Rule": "r-sg", "Targets": [{"Id": "poste", "Arn": arn}]})),
            (
                "SetTopicAttributes".to_owned(),
                json!({
                    "TopicArn": arn,
                    "AttributeName": "Policy",
                    "AttributeValue": format!("{{\"Statement\":[{{\"Effect\":\"Allow\",\"Resource\":\"{arn}\"}}]}}"),
                })
            ),
        ]
    );
    let deployed = outcome.expect("it deploys");
    assert_eq!(deployed.value("Alertes").as_deref(), Some(arn));
    assert_eq!(deployed.value("Alertes.TopicName").as_deref(), Some("alertes-ville"));
    assert_eq!(deployed.value("Regle").as_deref(), Some("r-sg"));
    assert_eq!(deployed.value("Alertes.Nothing"), None);
}

#[test]
fn a_security_group_is_a_group_then_its_rules() {
    let (_, calls) = deploy_and_watch(&template(json!({
        "SgGarage": {"Type": "AWS::EC2::SecurityGroup", "Properties": {
            "GroupName": "sg-garage",
            "GroupDescription": "Garage",
            "SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": "22", "ToPort": 22, "CidrIp": "10.0.0.0/8", "Description": "bureau"},
            ],
            "Tags": [{"Key": "Ville", "Value": "oui"}],
        }},
    })));

    assert_eq!(
        calls[0].1,
        json!({
            "Description": "Garage",
            "GroupName": "sg-garage",
            "TagSpecifications": [{"ResourceType": "security-group", "Tags": [{"Key": "Ville", "Value": "oui"}]}],
        })
    );
    assert_eq!(
        calls[1],
        (
            "AuthorizeSecurityGroupIngress".to_owned(),
            json!({
                "GroupId": "sg-0a1b2c3d4e5f60718",
                "IpPermissions": [{
                    "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
                    "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "bureau"}],
                }],
            })
        )
    );
}

#[test]
fn the_recorder_starts_once_its_channel_is_there_and_rules_come_last() {
    let template = template(json!({
        "Freins": {"Type": "AWS::Config::ConfigRule", "Properties": {
            "ConfigRuleName": "freins", "Source": {"Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED"},
            "InputParameters": {"a": 1},
        }},
        "Canal": {"Type": "AWS::Config::DeliveryChannel", "Properties": {"Name": "default", "S3BucketName": "b"}},
        "Enregistreur": {"Type": "AWS::Config::ConfigurationRecorder", "Properties": {
            "Name": "default", "RoleARN": "arn:aws:iam::111122223333:role/config", "RecordingGroup": {"AllSupported": "true"},
        }},
    }));

    let (outcome, calls) = deploy_and_watch(&template);

    outcome.expect("it deploys");
    assert_eq!(
        calls[0],
        (
            "PutConfigurationRecorder".to_owned(),
            json!({"ConfigurationRecorder": {
                "name": "default",
                "roleARN": "arn:aws:iam::111122223333:role/config",
                "recordingGroup": {"allSupported": true},
            }})
        )
    );
    assert_eq!(
        operations(&template)[1..],
        [
            "PutDeliveryChannel",
            "DescribeConfigurationRecorders",
            "StartConfigurationRecorder",
            "PutConfigRule"
        ]
    );
    assert_eq!(calls[4].1["ConfigRule"]["InputParameters"], json!("{\"a\":1}"));
}

#[test]
fn a_trail_logs_when_it_is_told_to() {
    let trail = |is_logging: bool| {
        template(json!({"Carnet": {"Type": "AWS::CloudTrail::Trail", "Properties": {
            "TrailName": "carnet-ville", "S3BucketName": "archives-ville", "IsLogging": is_logging,
        }}}))
    };

    assert_eq!(operations(&trail(true)), ["CreateTrail", "StartLogging"]);
    assert_eq!(operations(&trail(false)), ["CreateTrail"]);
}

#[test]
fn functions_give_their_values_in_long_and_short_form() {
    let mut tagged =
        Node::from("arn:${AWS::Partition}:x:${AWS::Region}:${AWS::AccountId}:${Role.Arn}:${!Kept}");
    tagged.tag = Some("Sub".to_owned());
    let mut tree = Node::from(json!({
        "Parameters": {"Suffixe": {"Type": "String", "Default": "ville"}, "Liste": {"Type": "CommaDelimitedList", "Default": "a, b"}},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
            "Alarme": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
                "AlarmName": {"Fn::Join": ["-", ["radar", {"Fn::Select": ["1", {"Ref": "Liste"}]}, {"Ref": "Suffixe"}]]},
                "Namespace": {"Fn::Select": [0, {"Fn::Split": ["/", "AWS/EC2"]}]},
                "EvaluationPeriods": "5",
                "Threshold": 80,
                "ComparisonOperator": "GreaterThanThreshold",
                "AlarmActions": [{"Fn::GetAtt": ["Role", "Arn"]}, {"Ref": "AWS::NoValue"}],
                "Unit": {"Ref": "AWS::NoValue"},
            }},
        },
        "Outputs": {"Nom": {"Value": {"Ref": "Alarme"}}},
    }));
    // Put the tagged node where a loader would have.
    if let NodeValue::Map(sections) = &mut tree.value
        && let NodeValue::Map(resources) = &mut sections[1].1.value
        && let NodeValue::Map(alarm) = &mut resources[1].1.value
        && let NodeValue::Map(properties) = &mut alarm[1].1.value
    {
        properties.push((Key::from("AlarmDescription"), tagged));
    }
    let template = Template::read(&tree).expect("a well-formed template");

    let (outcome, calls) = deploy_and_watch(&template);

    assert_eq!(outcome.expect("it deploys").outputs["Nom"], json!("radar-b-ville"));
    assert_eq!(
        calls[1].1,
        json!({
            "AlarmName": "radar-b-ville",
            "AlarmDescription": "arn:aws:x:eu-west-3:111122223333:arn:aws:iam::111122223333:role/r:${Kept}",
            "AlarmActions": ["arn:aws:iam::111122223333:role/r"],
            "Namespace": "AWS",
            "EvaluationPeriods": 5,
            "Threshold": 80,
            "ComparisonOperator": "GreaterThanThreshold",
        })
    );
}

#[test]
fn a_name_that_is_not_given_is_made_up_and_stays_the_same() {
    let template = template(json!({"Alertes": {"Type": "AWS::SNS::Topic"}}));

    let first = deploy_and_watch(&template).1;

    assert!(first[0].1["Name"].as_str().expect("a name").starts_with("ville-Alertes-"));
    assert_eq!(first, deploy_and_watch(&template).1);
}

#[test]
fn types_properties_attributes_and_names_that_do_not_exist_are_refused_by_name() {
    assert_eq!(
        refusal(json!({"A": {"Type": "AWS::SNS::Topik"}})),
        (
            "Vigie cannot deploy a resource of type `AWS::SNS::Topik`".to_owned(),
            "did you mean `AWS::SNS::Topic`?".to_owned()
        )
    );
    assert_eq!(
        refusal(json!({"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopikName": "a"}}})),
        ("Encountered unsupported property TopikName".to_owned(), "did you mean `TopicName`?".to_owned())
    );
    assert_eq!(
        refusal(json!({"A": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Id": "a", "Arn": "b", "Inputs": "c"}]}}})).0,
        "Encountered unsupported property Inputs"
    );
    assert_eq!(
        refusal(json!({"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Noms"}}}, "Nom": {"Type": "AWS::SNS::Topic"}})),
        (
            "Template format error: Unresolved resource dependencies [Noms] in the Resources block of the template".to_owned(),
            "did you mean `Nom`?".to_owned()
        )
    );
    assert_eq!(
        refusal(json!({"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::GetAtt": "B.Arn"}}}, "B": {"Type": "AWS::SNS::Topic"}})).0,
        "Template error: resource B does not support attribute type Arn in Fn::GetAtt"
    );
    assert_eq!(
        refusal(json!({"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::If": ["a", "b", "c"]}}}})).0,
        "Vigie does not have the function `If`"
    );
    assert_eq!(
        refusal(json!({"A": {"Type": "AWS::CloudTrail::Trail", "Properties": {"S3BucketName": "b"}}})).0,
        "Property IsLogging is required"
    );
    assert!(Template::read(&Node::from(json!({"Conditions": {}}))).is_err());
}

#[test]
fn every_mistake_is_found_at_once() {
    let template = template(json!({
        "A": {"Type": "AWS::SNS::Topik"},
        "B": {"Type": "AWS::SNS::Topic", "Properties": {"Nope": 1}, "DependsOn": "C"},
    }));

    let found = check(&template, &context());

    let ids: Vec<_> = found.iter().filter_map(|error| error.logical_id.as_deref()).collect();
    assert_eq!(ids, ["A", "B", "B"]);
}

#[test]
fn a_circle_is_named() {
    let resources = json!({
        "Seul": {"Type": "AWS::SNS::Topic"},
        "A": {"Type": "AWS::SNS::Topic", "DependsOn": ["B", "Seul"]},
        "B": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": "${C.TopicName}"}}},
        "C": {"Type": "AWS::SNS::Topic", "DependsOn": "A"},
    });

    assert_eq!(refusal(resources).0, "Circular dependency between resources: [A, B, C]");
}

#[test]
fn a_usual_order_gives_way_to_one_that_is_written() {
    let template = template(json!({
        "Permission": {"Type": "AWS::Lambda::Permission", "Properties": {
            "FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "config.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": "Regle.Arn"},
        }},
        "Regle": {"Type": "AWS::Config::ConfigRule", "Properties": {
            "ConfigRuleName": "r", "Source": {"Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED"},
        }},
    }));

    assert_eq!(operations(&template), ["PutConfigRule", "DescribeConfigRules", "AddPermission"]);
}

#[test]
fn a_refusal_by_the_account_points_at_the_property_it_blames() {
    let at = |line| Location { line, column: 3, start: line * 10, end: line * 10 + 5 };
    let mut tree = Node::from(
        json!({"Resources": {"A": {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "nobody"}}}}),
    );
    if let NodeValue::Map(sections) = &mut tree.value
        && let NodeValue::Map(resources) = &mut sections[0].1.value
    {
        resources[0].0.at = at(2);
        if let NodeValue::Map(resource) = &mut resources[0].1.value
            && let NodeValue::Map(properties) = &mut resource[1].1.value
        {
            properties[0].0.at = at(5);
        }
    }
    let template = Template::read(&tree).expect("a well-formed template");
    let mut refuse = |call: ApiCall| -> ApiOutcome {
        assert_eq!(call.service, ServiceName::Ses);
        Err(ApiError::client("BadRequestException", "Invalid email address 'nobody'"))
    };

    let error = deploy(&template, &context(), &mut refuse).expect_err("the address is refused");

    assert_eq!(
        error.to_string(),
        "5:3: A: An error occurred (BadRequestException) when calling the CreateEmailIdentity operation: Invalid email \
         address 'nobody'"
    );
}

#[test]
fn every_type_says_what_it_has_once_and_in_its_own_family() {
    let names: Vec<_> = resource_types().collect();

    assert_eq!(names.len(), 23);
    for (index, name) in names.iter().enumerate() {
        assert!(!names[..index].contains(name), "{name} is listed twice");
        assert_eq!(name.split("::").count(), 3, "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn no_tree_panics(text in "[a-zA-Z:${}!.\\[\\], ]{0,20}", number in proptest::num::i64::ANY) {
        for value in [
            json!({"Resources": {"A": {"Type": text, "Properties": {text.clone(): number}}}}),
            json!({"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": text}}}}}),
            json!({"Resources": {text.clone(): {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": [text], "Tags": text}}}}),
            json!({text.clone(): text}),
        ] {
            if let Ok(template) = Template::read(&Node::from(value)) {
                let _ = deploy_and_watch(&template);
            }
        }
    }
}
