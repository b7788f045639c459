//! The parser against the account's own operation table: the lines of scenarios, and what must hold of every row.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{options::options, *};
use crate::aws::{Account, Region, ServiceName, testing::Sandbox};

fn account() -> Account {
    Account::new("111122223333", Region::new("eu-west-3"))
}

#[test]
fn every_operation_has_options_of_different_names_and_a_help_page() {
    let account = account();
    for service in ServiceName::ALL {
        for operation in account.operations(*service) {
            let schema = Value::from((operation.schema)());
            let mut names: Vec<_> =
                options(*service, operation, &schema).into_iter().map(|option| option.name).collect();
            let count = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), count, "{} {}", service.cli(), operation.name);
            let page = help::page(Topic::Operation(*service, operation), &account);
            assert!(
                page.contains("\nDESCRIPTION\n"),
                "{} {} is not described",
                service.cli(),
                operation.name
            );
        }
    }
}

#[test]
fn every_parameter_has_a_type_that_options_can_say() {
    let account = account();
    for service in ServiceName::ALL {
        for operation in account.operations(*service) {
            let schema = Value::from((operation.schema)());
            let shape = shape::Shape::of(&schema);
            assert!(
                matches!(shape.kind(), shape::Kind::Structure),
                "{} {} takes no structure",
                service.cli(),
                operation.name
            );
        }
    }
}

/// Runs lines one after the other in a fresh account; each must be read and accepted.
fn play(lines: &[&str]) -> Vec<String> {
    let mut sandbox = Sandbox::new();
    let files = BTreeMap::new();
    let play_one = |line: &&str| {
        let command = parse(line, &Context::new(&sandbox.account, &files))
            .unwrap_or_else(|error| panic!("{line}\n{error}"));
        let outcome = sandbox.call(command.service, command.operation.name, command.parameters.clone());
        if let Err(error) = &outcome {
            panic!("{line}\n{error}\n{}", command.parameters);
        }
        output::render(&command, &outcome)
    };
    lines.iter().map(play_one).collect()
}

#[test]
fn a_door_is_opened_seen_and_closed() {
    let answers = play(&[
        "aws ec2 create-security-group --group-name sg-garage --description Garage --query GroupId --output text",
        "ec2 authorize-security-group-ingress --group-name sg-garage --protocol tcp --port 22 --cidr 0.0.0.0/0",
        "ec2 describe-security-groups --filters Name=group-name,Values=sg-garage --query \
         'SecurityGroups[0].IpPermissions[0].{to: ToPort, from: FromPort}' --output text",
        "ec2 revoke-security-group-ingress --group-name sg-garage --protocol tcp --port 22 --cidr 0.0.0.0/0",
    ]);

    assert!(answers[0].starts_with("sg-"), "{answers:?}");
    assert_eq!(answers[2], "22\t22");
}

#[test]
fn an_alarm_is_set_and_described() {
    let answers = play(&[
        "cloudwatch put-metric-alarm --alarm-name radar-110 --namespace AWS/EC2 --metric-name CPUUtilization --dimensions \
         Name=InstanceId,Value=i-0123456789abcdef0 --statistic Average --period 60 --evaluation-periods 5 \
         --datapoints-to-alarm 5 --threshold 80 --comparison-operator GreaterThanThreshold --treat-missing-data missing",
        "cloudwatch describe-alarms --alarm-names radar-110 --query 'MetricAlarms[0].[AlarmName, StateValue, Threshold]' \
         --output text",
        "cloudwatch put-metric-data --namespace Ville --metric-name Vitesse --value 58 --dimensions Voiture=rouge",
    ]);

    assert_eq!(answers, ["", "radar-110\tINSUFFICIENT_DATA\t80.0", ""]);
}

#[test]
fn a_rule_gets_a_pattern_and_targets() {
    play(&[
        r#"aws events put-rule --name r-sg --event-pattern '{"source":["aws.ec2"],"detail":{"eventName":[{"prefix":"Auth"}]}}'"#,
        "aws events put-targets --rule r-sg --targets Id=poste,Arn=arn:aws:sns:us-east-1:123456789012:alertes",
        "aws events describe-rule --name r-sg",
        "aws events remove-targets --rule r-sg --ids poste",
        "aws events disable-rule --name r-sg",
    ]);
}

#[test]
fn a_topic_is_subscribed_to_and_written_to() {
    play(&[
        "sns create-topic --name alertes",
        "sns subscribe --topic-arn arn:aws:sns:us-east-1:123456789012:alertes --protocol email --notification-endpoint \
         garde@ville.example",
        "sns publish --topic-arn arn:aws:sns:us-east-1:123456789012:alertes --subject Bonjour --message 'Une porte'",
        "sesv2 create-email-identity --email-identity courrier@ville.example",
        "iam create-user --user-name bruno",
        "iam attach-user-policy --user-name bruno --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess",
        "sts get-caller-identity",
        "logs create-log-group --log-group-name /ville/carnet",
    ]);
}

#[test]
fn instances_are_launched_tagged_and_watched_closely() {
    let answers = play(&[
        "ec2 run-instances --image-id ami-0abcdef1234567890 --instance-type t3.micro --tag-specifications \
         'ResourceType=instance,Tags=[{Key=Name,Value=voiture-rouge}]' --query 'Instances[0].InstanceId' --output text",
        "ec2 describe-instances --filters Name=tag:Name,Values=voiture-rouge --query \
         'Reservations[].Instances[].Tags[?Key==`Name`].Value | [0][0]' --output text",
    ]);

    assert!(answers[0].starts_with("i-"));
    assert_eq!(answers[1], "voiture-rouge");
}

#[test]
fn options_that_only_the_cli_has_become_the_parameters_it_sends() {
    let account = account();
    let files = BTreeMap::new();
    let parameters = |line: &str| {
        let command =
            parse(line, &Context::new(&account, &files)).unwrap_or_else(|error| panic!("{line}\n{error}"));
        command.parameters
    };

    // What awscli 1.43 sends for the same lines.
    assert_eq!(
        parameters("ec2 modify-instance-attribute --instance-id i-1 --no-disable-api-termination"),
        json!({"InstanceId": "i-1", "DisableApiTermination": {"Value": false}})
    );
    assert_eq!(
        parameters("ec2 modify-instance-attribute --instance-id i-1 --disable-api-termination"),
        json!({"InstanceId": "i-1", "DisableApiTermination": {"Value": true}})
    );
    assert_eq!(
        parameters("ec2 modify-instance-attribute --instance-id i-1 --instance-type t3.large"),
        json!({"InstanceId": "i-1", "InstanceType": {"Value": "t3.large"}})
    );
    assert_eq!(
        parameters(
            "configservice put-configuration-recorder --configuration-recorder name=default,roleARN=arn:r \
             --recording-group allSupported=true,includeGlobalResourceTypes=false"
        ),
        json!({"ConfigurationRecorder": {
            "name": "default", "roleARN": "arn:r",
            "recordingGroup": {"allSupported": true, "includeGlobalResourceTypes": false},
        }})
    );
    assert_eq!(
        parameters(
            "sesv2 send-email --from-email-address a@b.c --destination ToAddresses=x@y.z,w@y.z --content \
                    'Simple={Subject={Data=Hi},Body={Text={Data=\"Bonjour, vous\"}}}'"
        ),
        json!({
            "FromEmailAddress": "a@b.c",
            "Destination": {"ToAddresses": ["x@y.z", "w@y.z"]},
            "Content": {"Simple": {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "Bonjour, vous"}}}},
        })
    );
}
