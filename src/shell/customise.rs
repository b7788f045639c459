//! What the AWS CLI does beyond its model: options it adds, renames or fills in.
//!
//! Source: `awscli/customizations` (`ec2/secgroupsimplify.py`, `ec2/addcount.py`, `awslambda.py`,
//! `putmetricdata.py`, `argrename.py`), whose error texts these are. One row per option.

use serde_json::{Map, Value, json};

use super::{
    coerce::{integer, number},
    options::Takes,
    shape::Shape,
    shorthand,
};
use crate::aws::ServiceName;

/// An option that exists only on the command line.
#[derive(Debug)]
pub struct Custom {
    pub service: ServiceName,
    pub operations: &'static [&'static str],
    pub option: &'static str,
    pub takes: Takes,
    /// The parameter it ends up in: without it the option is not there either.
    pub parameter: &'static str,
    /// Parameters whose own options it stands for.
    pub hides: &'static [&'static str],
    /// Parameters that are no longer required on the line.
    pub relaxes: &'static [&'static str],
    pub doc: &'static str,
    pub apply: fn(&mut Map<String, Value>, &str) -> Result<(), String>,
}

impl Custom {
    /// Whether the operation, as we have it, knows the parameter behind the option.
    pub fn applies(&self, shape: Shape<'_>) -> bool {
        shape.member(self.parameter).is_some()
    }
}

/// The options the CLI adds to an operation.
pub fn of(service: ServiceName, operation: &str) -> impl Iterator<Item = &'static Custom> {
    CUSTOMS.iter().filter(move |custom| custom.service == service && custom.operations.contains(&operation))
}

/// The CLI's own name for an option that would clash with one of its global ones.
pub fn renamed(service: ServiceName, operation: &str, option: &str) -> Option<&'static str> {
    match (service, operation, option) {
        (ServiceName::Sns, "Subscribe", "endpoint") => Some("notification-endpoint"),
        (ServiceName::Ec2, _, "no-egress") => Some("ingress"),
        (ServiceName::Ec2, _, "no-disable-api-termination") => Some("enable-api-termination"),
        (ServiceName::Ec2, "CreateImage", "no-no-reboot") => Some("reboot"),
        _ => None,
    }
}

/// What the CLI sends when nothing is said.
pub fn fill_in(service: ServiceName, operation: &str, parameters: &mut Map<String, Value>) {
    if (service, operation) == (ServiceName::Ec2, "RunInstances") {
        for name in ["MaxCount", "MinCount"] {
            if !parameters.contains_key(name) {
                parameters.insert(name.to_owned(), 1.into());
            }
        }
    }
}

/// What the CLI refuses to see together.
///
/// # Errors
/// The CLI's sentence.
pub fn check(service: ServiceName, operation: &str, given: &[&str]) -> Result<(), String> {
    let simple = ["protocol", "port", "cidr", "source-group", "group-owner"];
    if service == ServiceName::Ec2
        && SECURITY_GROUP_RULES.contains(&operation)
        && given.contains(&"ip-permissions")
        && let Some(option) = simple.iter().find(|option| given.contains(option))
    {
        let option = option.replace('-', "_");
        return Err(format!("The --{option} option is not compatible with the --ip-permissions option "));
    }
    Ok(())
}

/// One plain rule as the simple options that make it; takes the permissions away if they can say all of it.
pub fn as_simple_rule(
    service: ServiceName,
    operation: &str,
    parameters: &mut Map<String, Value>,
) -> Vec<(&'static str, String)> {
    let said = || {
        let [permission] = parameters.get("IpPermissions")?.as_array()?.as_slice() else { return None };
        let permission = permission.as_object()?;
        let protocol = permission.get("IpProtocol")?.as_str()?;
        let mut options = vec![("protocol", if protocol == "-1" { "all" } else { protocol }.to_owned())];
        let mut count = 1;
        if let (Some(from), Some(to)) = (permission.get("FromPort"), permission.get("ToPort")) {
            options.push(("port", if from == to { from.to_string() } else { format!("{from}-{to}") }));
            count += 2;
        }
        for (list, key, option) in
            [("IpRanges", "CidrIp", "cidr"), ("UserIdGroupPairs", "GroupId", "source-group")]
        {
            if let Some(sources) = permission.get(list) {
                let [source] = sources.as_array()?.as_slice() else { return None };
                let source = source.as_object().filter(|source| source.len() == 1)?;
                options.push((option, source.get(key)?.as_str()?.to_owned()));
                count += 1;
            }
        }
        (count == permission.len()).then_some(options)
    };
    if service != ServiceName::Ec2 || !SECURITY_GROUP_RULES.contains(&operation) {
        return Vec::new();
    }
    let options = said().unwrap_or_default();
    if !options.is_empty() {
        parameters.shift_remove("IpPermissions");
    }
    options
}

/// The file that an operation's answer is written to: the only words without an option's name.
pub fn takes_outfile(service: ServiceName, operation: &str) -> bool {
    matches!((service, operation), (ServiceName::Lambda, "Invoke") | (ServiceName::S3, "GetObject"))
}

const SECURITY_GROUP_RULES: &[&str] = &[
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
    "RevokeSecurityGroupEgress",
];

/// The API's own old parameters, which the CLI hides behind its simple options.
const OLD_RULE_PARAMETERS: &[&str] =
    &["IpProtocol", "FromPort", "ToPort", "CidrIp", "SourceSecurityGroupName", "SourceSecurityGroupOwnerId"];

macro_rules! rule_option {
    ($option:literal, $doc:literal, $apply:expr) => {
        Custom {
            service: ServiceName::Ec2,
            operations: SECURITY_GROUP_RULES,
            option: $option,
            takes: Takes::One,
            parameter: "IpPermissions",
            hides: OLD_RULE_PARAMETERS,
            relaxes: &["IpPermissions"],
            doc: $doc,
            apply: $apply,
        }
    };
}

macro_rules! datum_option {
    ($option:literal, $doc:literal, $apply:expr) => {
        Custom {
            service: ServiceName::CloudWatch,
            operations: &["PutMetricData"],
            option: $option,
            takes: Takes::One,
            parameter: "MetricData",
            hides: &[],
            relaxes: &["MetricData"],
            doc: $doc,
            apply: $apply,
        }
    };
}

static CUSTOMS: &[Custom] = &[
    rule_option!(
        "protocol",
        "The IP protocol: `tcp`, `udp`, `icmp`, `all` or a number.",
        |parameters, value| {
            let protocol = match value.parse::<i32>() {
                Ok(-1..=255) => value,
                Ok(_) => {
                    return Err("protocol numbers must be in the range 0-255 or -1 to specify all protocols"
                        .to_owned());
                }
                Err(_) if value == "all" => "-1",
                Err(_) if ["tcp", "udp", "icmp"].contains(&value) => value,
                Err(_) => {
                    return Err(
                        "protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number."
                            .to_owned(),
                    );
                }
            };
            let permission = first(parameters, "IpPermissions");
            permission.insert("IpProtocol".to_owned(), protocol.into());
            Ok(())
        }
    ),
    rule_option!("port", "A port, a range (`22-25`) or `all`.", |parameters, value| {
        let (from, to) = match value {
            "-1" | "all" => ("-1", "-1"),
            _ => value.split_once('-').unwrap_or((value, value)),
        };
        let (Ok(from), Ok(to)) = (integer(from), integer(to)) else {
            return Err("port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)".to_owned());
        };
        let permission = first(parameters, "IpPermissions");
        permission.insert("FromPort".to_owned(), from);
        permission.insert("ToPort".to_owned(), to);
        Ok(())
    }),
    rule_option!("cidr", "The IPv4 address range, in CIDR format.", |parameters, value| {
        first(parameters, "IpPermissions").insert("IpRanges".to_owned(), json!([{"CidrIp": value}]));
        Ok(())
    }),
    rule_option!("source-group", "The name or ID of the source security group.", |parameters, value| {
        let key = if value.starts_with("sg-") { "GroupId" } else { "GroupName" };
        first(first(parameters, "IpPermissions"), "UserIdGroupPairs").insert(key.to_owned(), value.into());
        Ok(())
    }),
    rule_option!("group-owner", "The account that owns the source security group.", |parameters, value| {
        first(first(parameters, "IpPermissions"), "UserIdGroupPairs")
            .insert("UserId".to_owned(), value.into());
        Ok(())
    }),
    Custom {
        service: ServiceName::Ec2,
        operations: &["RunInstances"],
        option: "count",
        takes: Takes::One,
        parameter: "MinCount",
        hides: &["MinCount", "MaxCount"],
        relaxes: &["MinCount", "MaxCount"],
        doc: "How many instances to launch: a number, or a minimum and a maximum (`1:5`).",
        apply: |parameters, value| {
            let (least, most) = value.split_once(':').unwrap_or((value, value));
            let (Ok(least), Ok(most)) = (integer(least), integer(most)) else {
                return Err("count parameter should be of the form min[:max] (e.g. 1 or 1:10)".to_owned());
            };
            parameters.insert("MinCount".to_owned(), least);
            parameters.insert("MaxCount".to_owned(), most);
            Ok(())
        },
    },
    Custom {
        service: ServiceName::Lambda,
        operations: &["CreateFunction"],
        option: "zip-file",
        takes: Takes::One,
        parameter: "Code",
        hides: &[],
        relaxes: &["Code"],
        doc: "The code of the function, as a file: `fileb://function.zip`.",
        apply: |parameters, value| {
            if let Value::Object(code) = parameters.entry("Code").or_insert_with(|| json!({})) {
                code.insert("ZipFile".to_owned(), value.into());
            }
            Ok(())
        },
    },
    Custom {
        service: ServiceName::Config,
        operations: &["PutConfigurationRecorder"],
        option: "recording-group",
        takes: Takes::One,
        parameter: "ConfigurationRecorder",
        hides: &[],
        relaxes: &[],
        doc: "What the recorder records: `allSupported=true`, or `resourceTypes=AWS::EC2::Instance,…`.",
        apply: |parameters, value| {
            let group = recording_group(value)
                .map_err(|error| format!("Error parsing parameter '--recording-group': {error}"))?;
            if let Value::Object(recorder) =
                parameters.entry("ConfigurationRecorder").or_insert_with(|| json!({}))
            {
                recorder.insert("recordingGroup".to_owned(), group);
            }
            Ok(())
        },
    },
    datum_option!("metric-name", "The name of the metric.", |parameters, value| {
        first(parameters, "MetricData").insert("MetricName".to_owned(), value.into());
        Ok(())
    }),
    datum_option!("timestamp", "The time of the datapoint.", |parameters, value| {
        first(parameters, "MetricData").insert("Timestamp".to_owned(), value.into());
        Ok(())
    }),
    datum_option!("unit", "The unit of the metric.", |parameters, value| {
        first(parameters, "MetricData").insert("Unit".to_owned(), value.into());
        Ok(())
    }),
    datum_option!("value", "The value of the datapoint.", |parameters, value| {
        let value = number(value)?;
        first(parameters, "MetricData").insert("Value".to_owned(), value);
        Ok(())
    }),
    datum_option!("dimensions", "Dimensions, as `Name=Value,Name=Value`.", |parameters, value| {
        let dimensions = pairs(value)?;
        let dimensions: Vec<_> =
            dimensions.into_iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        first(parameters, "MetricData").insert("Dimensions".to_owned(), dimensions.into());
        Ok(())
    }),
    datum_option!(
        "statistic-values",
        "A set of statistics, as `Sum=1,SampleCount=1,…`.",
        |parameters, value| {
            let mut statistics = Map::new();
            for (name, value) in pairs(value)? {
                statistics.insert(name.to_owned(), number(value)?);
            }
            first(parameters, "MetricData").insert("StatisticValues".to_owned(), statistics.into());
            Ok(())
        }
    ),
];

/// The first structure of the list of that name, made if there is none.
fn first<'m>(parameters: &'m mut Map<String, Value>, name: &str) -> &'m mut Map<String, Value> {
    let list = parameters.entry(name).or_insert_with(|| json!([{}]));
    if list.get(0).is_none_or(|first| !first.is_object()) {
        *list = json!([{}]);
    }
    list.get_mut(0).and_then(Value::as_object_mut).expect("the line above put a structure there")
}

fn pairs(text: &str) -> Result<Vec<(&str, &str)>, String> {
    text.split(',')
        .map(|pair| pair.split_once('=').ok_or_else(|| format!("expected Name=Value, received: '{pair}'")))
        .collect()
}

/// A recording group from JSON or shorthand, its flags and its list of types in form.
fn recording_group(text: &str) -> Result<Value, String> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text)
            .map_err(|error| format!("Invalid JSON: {error}\nJSON received: {text}"));
    }
    let mut group = shorthand::parse(text)?;
    for (name, value) in group.as_object_mut().into_iter().flatten() {
        match value.as_str() {
            Some("true") => *value = true.into(),
            Some("false") => *value = false.into(),
            Some(_) if name == "resourceTypes" => *value = Value::Array(vec![value.take()]),
            _ => {}
        }
    }
    Ok(group)
}
