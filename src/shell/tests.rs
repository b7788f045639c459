//! A line becomes a call, or is refused in the AWS CLI's words at the right place.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{help, output, *};
use crate::aws::{Access, ApiError, Operation, Plane, Principal, Region, ServiceName, Via};

#[allow(dead_code, reason = "only their schema matters here")]
mod model {
    use super::*;

    /// Opens ports of a security group to a source.
    ///
    /// More about it.
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct AuthorizeSecurityGroupIngress {
        /// The security group.
        pub group_id: String,
        pub ip_permissions: Vec<IpPermission>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct IpPermission {
        pub ip_protocol: String,
        pub from_port: Option<i64>,
        pub to_port: Option<i64>,
        pub ip_ranges: Option<Vec<IpRange>>,
        pub user_id_group_pairs: Option<Vec<Value>>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct IpRange {
        pub cidr_ip: String,
        pub description: Option<String>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct RunInstances {
        pub image_id: Option<String>,
        pub max_count: i64,
        pub min_count: i64,
        pub monitoring: Option<Monitoring>,
        pub security_group_ids: Option<Vec<String>>,
        pub tag_specifications: Option<Vec<TagSpecification>>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct Monitoring {
        pub enabled: bool,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct TagSpecification {
        pub resource_type: Option<String>,
        pub tags: Option<Vec<Tag>>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct Tag {
        pub key: Option<String>,
        pub value: Option<String>,
    }

    /// Creates or replaces an alarm.
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct PutMetricAlarm {
        pub alarm_name: String,
        pub actions_enabled: Option<bool>,
        pub threshold: Option<f64>,
        pub evaluation_periods: i64,
        pub comparison_operator: ComparisonOperator,
        pub alarm_actions: Option<Vec<String>>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    pub enum ComparisonOperator {
        GreaterThanThreshold,
        /// Documented, so that its schema is of another form.
        LessThanThreshold,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct PutRule {
        pub name: String,
        pub event_pattern: Option<String>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    pub struct Invoke {
        pub function_name: String,
        pub payload: Option<String>,
    }
}

macro_rules! operation {
    ($input:ident) => {
        Operation {
            name: stringify!($input),
            access: Access::Write,
            plane: Plane::Management,
            schema: || schemars::schema_for!(model::$input),
            fits: |parameters| {
                model::$input::deserialize(parameters).map(|_| ()).map_err(|error| error.to_string())
            },
        }
    };
}

static EC2: &[Operation] = &[operation!(AuthorizeSecurityGroupIngress), operation!(RunInstances)];
static CLOUDWATCH: &[Operation] = &[operation!(PutMetricAlarm)];
static EVENTS: &[Operation] = &[operation!(PutRule)];
static LAMBDA: &[Operation] = &[operation!(Invoke)];

fn table(service: ServiceName) -> Vec<&'static Operation> {
    let rows = match service {
        ServiceName::Ec2 => EC2,
        ServiceName::CloudWatch => CLOUDWATCH,
        ServiceName::EventBridge => EVENTS,
        ServiceName::Lambda => LAMBDA,
        _ => &[],
    };
    rows.iter().collect()
}

fn read_line(line: &str) -> Result<Command, ParseError> {
    let files = BTreeMap::from([("pattern.json".to_owned(), "{\"source\":[\"aws.ec2\"]}".to_owned())]);
    parse(line, &Context::new(&table, &files))
}

fn parameters(line: &str) -> Value {
    read_line(line).unwrap_or_else(|error| panic!("{line}: {error}")).parameters
}

/// The kind, the underlined word, the first line of the message and the help.
fn refusal(line: &str) -> (ParseErrorKind, String, String, String) {
    let error = read_line(line).expect_err(line);
    let help = error.help.clone().map(|help| help.en).unwrap_or_default();
    (error.kind, line[error.range.clone()].to_owned(), error.headline().to_owned(), help)
}

#[test]
fn an_option_is_a_parameter_spelled_in_kebab_case() {
    let command = read_line(
        "aws events put-rule --name r-sg --event-pattern '{\"source\":[\"aws.ec2\"]}' --region us-east-1",
    )
    .expect("a good line");

    assert_eq!((command.service, command.operation.name), (ServiceName::EventBridge, "PutRule"));
    assert_eq!(command.parameters, json!({"Name": "r-sg", "EventPattern": "{\"source\":[\"aws.ec2\"]}"}));
    assert_eq!(command.region, Some(Region::new("us-east-1")));
}

#[test]
fn the_word_aws_and_the_place_of_global_options_do_not_matter() {
    let plain = parameters("events put-rule --name r");

    assert_eq!(
        parameters("aws --region eu-west-3 events --output yaml put-rule --no-cli-pager --name=r"),
        plain
    );
}

#[test]
fn simple_rule_options_become_ip_permissions_as_in_the_cli() {
    assert_eq!(
        parameters(
            "ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 0.0.0.0/0"
        ),
        json!({"GroupId": "sg-1", "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ]})
    );
    assert_eq!(
        parameters("ec2 authorize-security-group-ingress --group-id sg-1 --protocol all --source-group sg-2"),
        json!({"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-2"}]}]})
    );
    assert_eq!(
        refusal("ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port ssh").2,
        "port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)"
    );
    assert_eq!(
        refusal("ec2 authorize-security-group-ingress --group-id s --ip-permissions IpProtocol=tcp --cidr 0.0.0.0/0").2,
        "The --cidr option is not compatible with the --ip-permissions option "
    );
}

#[test]
fn shorthand_and_json_say_the_same() {
    let line = "ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions ";
    let shorthand = "IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=10.0.0.0/8}]";
    let json = r#"'[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]'"#;

    assert_eq!(parameters(&format!("{line}{shorthand}")), parameters(&format!("{line}{json}")));
}

#[test]
fn run_instances_counts_and_nests_like_the_cli() {
    assert_eq!(
        parameters(
            "ec2 run-instances --image-id ami-1 --count 2 --monitoring Enabled=true --security-group-ids sg-1 sg-2 \
             --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=voiture-rouge}]'"
        ),
        json!({"ImageId": "ami-1", "MaxCount": 2, "MinCount": 2, "Monitoring": {"Enabled": true},
               "SecurityGroupIds": ["sg-1", "sg-2"],
               "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "voiture-rouge"}]}]})
    );
    assert_eq!(
        parameters("ec2 run-instances --image-id ami-1"),
        json!({"ImageId": "ami-1", "MaxCount": 1, "MinCount": 1})
    );
}

#[test]
fn a_boolean_is_two_flags_and_numbers_are_numbers() {
    let line = "cloudwatch put-metric-alarm --alarm-name a --evaluation-periods 5 --comparison-operator GreaterThanThreshold";

    assert_eq!(
        parameters(&format!("{line} --no-actions-enabled --threshold -80 --alarm-actions arn:a arn:b")),
        json!({"AlarmName": "a", "ActionsEnabled": false, "Threshold": -80.0, "EvaluationPeriods": 5,
               "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": ["arn:a", "arn:b"]})
    );
    assert_eq!(
        refusal(&format!("{line} --threshold high")),
        (
            ParseErrorKind::Value,
            "high".to_owned(),
            "aws: error: argument --threshold: invalid float value: 'high'".to_owned(),
            String::new()
        )
    );
}

#[test]
fn what_is_missing_is_named_and_a_misspelt_option_is_guessed() {
    assert_eq!(
        refusal("ec2 authorize-security-group-ingress --groupid sg-1"),
        (
            ParseErrorKind::Missing,
            "--groupid".to_owned(),
            "aws: error: the following arguments are required: --group-id".to_owned(),
            "did you mean `--group-id`?".to_owned()
        )
    );
    assert_eq!(
        refusal("events put-rule --name r --event-patern x y"),
        (
            ParseErrorKind::Unknown,
            "--event-patern".to_owned(),
            "Unknown options: --event-patern, x, y".to_owned(),
            "did you mean `--event-pattern`?".to_owned()
        )
    );
    assert_eq!(refusal("aws ec2").2, "aws: error: the following arguments are required: operation");
    assert_eq!(refusal("aws").2, "aws: error: the following arguments are required: command");
    assert_eq!(refusal("events put-rule --name").2, "aws: error: argument --name: expected one argument");
}

#[test]
fn an_option_may_be_shortened_while_it_is_the_only_one() {
    assert_eq!(parameters("events put-rule --na r"), json!({"Name": "r"}));
    assert_eq!(
        refusal("cloudwatch put-metric-alarm --al x").2,
        "ambiguous option: --al could match --alarm-name, --alarm-actions"
    );
}

#[test]
fn services_and_operations_that_do_not_exist_are_refused_with_the_nearest_name() {
    let (kind, word, message, help) = refusal("aws event put-rule --name a");
    assert_eq!(
        (kind, word.as_str(), help.as_str()),
        (ParseErrorKind::Service, "event", "did you mean `events`?")
    );
    assert_eq!(message, "aws: error: argument command: Invalid choice, valid choices are:");

    let error = read_line("aws ec2 run-instance").expect_err("no such operation");
    assert!(error.message.ends_with("Invalid choice: 'run-instance', maybe you meant:\n\n  * run-instances"));
    assert_eq!(error.help.map(|help| help.fr), Some("vouliez-vous dire `run-instances` ?".to_owned()));
    assert_eq!(refusal("aws eventbridge put-rule").3, "did you mean `events`?");
}

#[test]
fn parameters_that_do_not_fit_are_told_in_botocores_words() {
    let error = read_line(
        r#"ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions '[{"FromPort":"x","IpRange":[]}]'"#,
    )
    .expect_err("three mistakes");

    assert_eq!(
        error.message,
        "Parameter validation failed:\n\
         Missing required parameter in IpPermissions[0]: \"IpProtocol\"\n\
         Unknown parameter in IpPermissions[0]: \"IpRange\", must be one of: IpProtocol, FromPort, ToPort, IpRanges, \
         UserIdGroupPairs\n\
         Invalid type for parameter IpPermissions[0].FromPort, value: x, type: <class 'str'>, valid types: <class 'int'>"
    );
    assert_eq!(error.help.map(|help| help.en), Some("did you mean `IpRanges`?".to_owned()));
    let (kind, word, ..) = refusal(
        "cloudwatch put-metric-alarm --alarm-name a --evaluation-periods 1 --comparison-operator GreaterThan",
    );
    assert_eq!((kind, word.as_str()), (ParseErrorKind::Validation, "GreaterThan"));
}

#[test]
fn values_that_cannot_be_read_are_quoted_back() {
    assert!(
        refusal("ec2 run-instances --monitoring '{Enabled'")
            .2
            .starts_with("Error parsing parameter '--monitoring': Invalid JSON: ")
    );
    assert_eq!(
        refusal("ec2 run-instances --monitoring on").2,
        "Error parsing parameter '--monitoring': Expected: '=', received: 'EOF' for input:"
    );
    assert_eq!(
        refusal("ec2 run-instances --count many").2,
        "count parameter should be of the form min[:max] (e.g. 1 or 1:10)"
    );
}

#[test]
fn files_are_only_those_it_was_given() {
    assert_eq!(
        parameters("events put-rule --name r --event-pattern file://pattern.json")["EventPattern"],
        json!("{\"source\":[\"aws.ec2\"]}")
    );
    let (kind, word, message, help) = refusal("events put-rule --name r --event-pattern file:///etc/passwd");
    assert_eq!((kind, word.as_str()), (ParseErrorKind::File, "file:///etc/passwd"));
    assert_eq!(
        message,
        "Unable to load paramfile file:///etc/passwd: only files the scenario carries can be read"
    );
    assert_eq!(help, "choose from: `pattern.json`");
}

#[test]
fn parameters_may_come_as_json_yaml_or_beside_the_line() {
    let line = "events put-rule --cli-input-yaml '{Name: r, EventPattern: x}' --event-pattern y";
    assert_eq!(parameters(line), json!({"Name": "r", "EventPattern": "y"}));
    assert_eq!(
        refusal(r#"events put-rule --cli-input-json '{"EventPattern":"x"}'"#).2,
        "Parameter validation failed:"
    );

    let input = json!({"Name": "r"});
    let files = BTreeMap::new();
    let context = Context { input: Some(&input), ..Context::new(&table, &files) };
    assert_eq!(parse("events put-rule", &context).expect("a good line").parameters, input);
}

#[test]
fn options_that_reach_outside_are_refused_by_name() {
    let (kind, word, message, _) = refusal("aws events put-rule --name r --profile prod");

    assert_eq!((kind, word.as_str()), (ParseErrorKind::Global, "--profile"));
    assert_eq!(message, "Vigie has no --profile: nothing here reaches outside the sandbox");
    let (_, word, message, help) = refusal("aws events put-rule --name r --max-items 3");
    assert_eq!(
        (word.as_str(), message.as_str()),
        ("--max-items", "Vigie has no --max-items: answers come whole, on one page")
    );
    assert_eq!(help, "keep the first ones with --query, such as 'Events[:3]'");
    assert_eq!(refusal("aws events put-rule --name r --region eu-west-33").3, "did you mean `eu-west-3`?");
    assert_eq!(
        refusal("aws events put-rule --name r --output xml").3,
        "choose from: `json`, `text`, `table`, `yaml`"
    );
    assert!(refusal("aws events put-rule --name r --query 'a['").2.starts_with("Bad value for --query a["));
}

#[test]
fn lambda_invoke_takes_the_file_its_answer_goes_to() {
    assert_eq!(
        refusal("lambda invoke --function-name f").2,
        "aws: error: the following arguments are required: outfile"
    );
    assert_eq!(
        read_line("lambda invoke --function-name f out.json").expect("good").outfile.as_deref(),
        Some("out.json")
    );
}

#[test]
fn a_call_is_written_back_as_a_line_that_reads_the_same() {
    let line = "aws ec2 run-instances --image-id ami-1 --count 2 --monitoring Enabled=true --security-group-ids sg-1 sg-2";
    let call = read_line(line).expect("a good line").call(
        Principal::user("bruno"),
        Via::cli("203.0.113.24"),
        &Region::new("eu-west-3"),
    );
    let written = unparse(&call, &table);

    assert_eq!(
        written,
        "aws ec2 run-instances --image-id ami-1 --monitoring Enabled=true --security-group-ids sg-1 sg-2 --count 2"
    );
    assert_eq!(parameters(&written), call.parameters);
}

#[test]
fn a_plain_rule_of_a_security_group_is_written_back_with_the_simple_options() {
    let home = Region::new("eu-west-3");
    for line in [
        "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 0.0.0.0/0",
        "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol all --source-group sg-2",
        "aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions \
         '[{\"IpProtocol\":\"tcp\",\"FromPort\":22,\"ToPort\":22,\"IpRanges\":[{\"CidrIp\":\"10.0.0.0/8\",\
         \"Description\":\"bureau\"}]}]'",
    ] {
        let call =
            read_line(line).expect("a good line").call(Principal::Root, Via::cli("203.0.113.24"), &home);

        assert_eq!(unparse(&call, &table), line);
    }
}

#[test]
fn a_rule_with_json_inside_survives_being_written_back() {
    let line = r#"aws events put-rule --name "l'été" --event-pattern '{"source":["aws.ec2"]}'"#;
    let call = read_line(line).expect("a good line").call(
        Principal::Root,
        Via::cli("203.0.113.24"),
        &Region::new("eu-west-3"),
    );

    assert_eq!(parameters(&unparse(&call, &table)), call.parameters);
}

#[test]
fn an_error_prints_as_the_cli_prints_it() {
    let command = read_line("ec2 authorize-security-group-ingress --group-id sg-1 --protocol all")
        .expect("a good line");
    let refused = Err(ApiError::client("InvalidPermission.Duplicate", "the specified rule already exists"));

    assert_eq!(
        output::render(&command, &refused),
        "An error occurred (InvalidPermission.Duplicate) when calling the AuthorizeSecurityGroupIngress operation: the \
         specified rule already exists"
    );
}

#[test]
fn an_answer_prints_in_the_form_asked_for() {
    let answer = json!({"Rules": [{"Name": "r-sg", "State": "ENABLED", "Targets": ["a", "b"]}, {"Name": "r", "State": "DISABLED"}]});
    let show = |options: &str| {
        let command = read_line(&format!("events put-rule --name r {options}")).expect("a good line");
        output::render(&command, &Ok(answer.clone()))
    };

    assert_eq!(
        show("--query 'Rules[].{State: State, Name: Name}' --output text"),
        "r-sg\tENABLED\nr\tDISABLED"
    );
    assert_eq!(show("--query 'Rules[0].Name'"), "\"r-sg\"");
    insta::assert_snapshot!(show("--query 'Rules[0]'"), @r#"
    {
        "Name": "r-sg",
        "State": "ENABLED",
        "Targets": [
            "a",
            "b"
        ]
    }
    "#);
    insta::assert_snapshot!(show("--output yaml"), @r"
    Rules:
    - Name: r-sg
      State: ENABLED
      Targets:
      - a
      - b
    - Name: r
      State: DISABLED
    ");
    assert_eq!(show("--output text"), "RULES\tr-sg\tENABLED\nTARGETS\ta\nTARGETS\tb\nRULES\tr\tDISABLED");
}

#[test]
fn completion_offers_what_may_come_next() {
    let offer = |line: &str| {
        let names = |parameter: &str| {
            if parameter == "GroupId" { vec!["sg-1".to_owned(), "sg-2".to_owned()] } else { Vec::new() }
        };
        complete(line, &table, &names).candidates.into_iter().map(|found| found.text).collect::<Vec<_>>()
    };

    assert_eq!(offer("aws e"), ["ec2", "events"]);
    assert_eq!(offer("aws ec2 "), ["authorize-security-group-ingress", "run-instances"]);
    assert_eq!(offer("events put-rule --na"), ["--name"]);
    assert_eq!(
        offer("events put-rule --name r --"),
        [
            "--event-pattern",
            "--region",
            "--output",
            "--query",
            "--cli-input-json",
            "--cli-input-yaml",
            "--no-cli-pager",
            "--no-cli-auto-prompt",
            "--no-paginate",
            "--color",
            "--cli-binary-format"
        ]
    );
    assert_eq!(offer("ec2 authorize-security-group-ingress --group-id sg"), ["sg-1", "sg-2"]);
    assert_eq!(
        offer("cloudwatch put-metric-alarm --comparison-operator "),
        ["GreaterThanThreshold", "LessThanThreshold"]
    );
}

#[test]
fn help_is_made_of_the_operation_table() {
    let files = BTreeMap::new();
    let Ok(Line::Help(topic)) = read("aws ec2 run-instances help", &Context::new(&table, &files)) else {
        panic!("help was asked for")
    };
    let page = help::page(topic, &table);

    assert!(page.contains("[--security-group-ids <value> ...]"), "{page}");
    assert!(page.contains("[--count <value>]"), "{page}");
    assert!(
        help::page(Topic::Service(ServiceName::Ec2), &table)
            .contains("Opens ports of a security group to a source.")
    );
}

proptest::proptest! {
    #[test]
    fn no_line_panics_and_every_place_is_in_the_line(tail in "[a-z=,{}\\[\\]'\" é-]{0,30}") {
        for start in ["", "aws ec2 run-instances ", "ec2 authorize-security-group-ingress --ip-permissions ", "aws --"] {
            let line = format!("{start}{tail}");
            if let Err(error) = read_line(&line) {
                proptest::prop_assert!(line.get(error.range.clone()).is_some(), "{:?}", error);
            }
        }
    }
}
