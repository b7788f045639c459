//! Advanced event selectors: conditions on fields of the record.
//!
//! The fields of one selector must all fit, selectors are alternatives. Of one field any value of a positive operator
//! may fit, and no value of a negative one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::invalid;
use crate::aws::{ApiError, record::Record};

/// The most values of all conditions of a trail (CloudTrail User Guide, "Quotas").
const MOST_VALUES: usize = 500;

/// The data events something in the account produces.
const SIMULATED: &[&str] = &[
    "AWS::S3::Object",
    "AWS::Lambda::Function",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Kinesis::Stream",
];

/// Some of the other types that CloudTrail knows, so that they are told from misspelt ones.
const KNOWN: &[&str] = &[
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::Stream",
    "AWS::S3::AccessPoint",
    "AWS::S3ObjectLambda::AccessPoint",
    "AWS::S3Express::Object",
    "AWS::SNS::PlatformEndpoint",
    "AWS::KinesisStreamConsumer",
    "AWS::CloudWatch::Metric",
    "AWS::Cognito::IdentityPool",
    "AWS::EC2::Snapshot",
    "AWS::Glue::Table",
    "AWS::SSMMessages::ControlChannel",
    "AWS::StepFunctions::StateMachine",
    "AWS::XRay::Trace",
];

/// The fields that take part in selecting.
const FIELDS: &[&str] = &[
    "eventCategory",
    "eventName",
    "eventSource",
    "eventType",
    "readOnly",
    "resources.ARN",
    "resources.type",
    "sessionCredentialFromConsole",
    "userIdentity.arn",
];

/// What selectors of management events may use beside the category (User Guide, "Logging management events").
const MANAGEMENT_FIELDS: &[&str] = &[
    "eventCategory",
    "eventName",
    "eventSource",
    "eventType",
    "readOnly",
    "sessionCredentialFromConsole",
    "userIdentity.arn",
];

/// One advanced event selector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AdvancedEventSelector {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Conditions, which must all fit.
    pub field_selectors: Vec<FieldSelector>,
}

/// A condition on one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct FieldSelector {
    /// Such as `eventCategory`, `readOnly`, `eventName`, `resources.type`.
    pub field: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_equals: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_starts_with: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_ends_with: Vec<String>,
}

impl AdvancedEventSelector {
    /// Which condition keeps a record out; `None` when they all fit.
    pub fn keeps_out(&self, record: &Record) -> Option<String> {
        let failed = self.field_selectors.iter().find(|condition| !condition.fits(record))?;
        let actual = values(record, &failed.field).join(", ");
        Some(format!("{}={actual}", failed.field))
    }

    /// Whether it is about data events.
    pub fn is_for_data(&self) -> bool {
        self.condition("eventCategory")
            .is_some_and(|condition| condition.equals.iter().any(|it| it == "Data"))
    }

    fn condition(&self, field: &str) -> Option<&FieldSelector> {
        self.field_selectors.iter().find(|condition| condition.field == field)
    }
}

impl FieldSelector {
    /// A field the record does not have satisfies negative operators only.
    fn fits(&self, record: &Record) -> bool {
        let actual = values(record, &self.field);
        let any = |wanted: &[String], fits: fn(&str, &str) -> bool| {
            actual.iter().any(|actual| wanted.iter().any(|wanted| fits(actual, wanted)))
        };
        let positive = [&self.equals, &self.starts_with, &self.ends_with];
        let is_wanted = positive.iter().all(|wanted| wanted.is_empty())
            || any(&self.equals, |actual, wanted| actual == wanted)
            || any(&self.starts_with, |actual, wanted| actual.starts_with(wanted))
            || any(&self.ends_with, |actual, wanted| actual.ends_with(wanted));
        let is_unwanted = any(&self.not_equals, |actual, wanted| actual == wanted)
            || any(&self.not_starts_with, |actual, wanted| actual.starts_with(wanted))
            || any(&self.not_ends_with, |actual, wanted| actual.ends_with(wanted));
        is_wanted && !is_unwanted
    }

    fn value_count(&self) -> usize {
        self.equals.len() + self.other_value_count()
    }

    fn other_value_count(&self) -> usize {
        [&self.starts_with, &self.ends_with, &self.not_equals, &self.not_starts_with, &self.not_ends_with]
            .iter()
            .map(|values| values.len())
            .sum()
    }
}

/// What a record has in a field.
fn values<'r>(record: &'r Record, field: &str) -> Vec<&'r str> {
    match field {
        "eventCategory" => vec![if record.management { "Management" } else { "Data" }],
        "readOnly" => vec![if record.read_only { "true" } else { "false" }],
        "eventName" => vec![&record.event_name],
        "eventSource" => vec![record.event_source],
        "resources.type" => record.resources().map(|(resource_type, _)| resource_type).collect(),
        "resources.ARN" => record.resources().map(|(_, arn)| arn).collect(),
        path => record.text(path).into_iter().collect(),
    }
}

/// Refuses selectors the service would not take, and types of data events that nothing here produces.
pub(super) fn validate(selectors: &[AdvancedEventSelector]) -> Result<(), ApiError> {
    if selectors.is_empty() {
        return Err(invalid("At least one advanced event selector must be given."));
    }
    let conditions = selectors.iter().flat_map(|selector| &selector.field_selectors);
    let value_count: usize = conditions.map(FieldSelector::value_count).sum();
    if value_count > MOST_VALUES {
        return Err(invalid(format!(
            "The advanced event selectors of a trail take at most {MOST_VALUES} values, not {value_count}."
        )));
    }
    selectors.iter().try_for_each(validate_one)
}

fn validate_one(selector: &AdvancedEventSelector) -> Result<(), ApiError> {
    for (place, condition) in selector.field_selectors.iter().enumerate() {
        validate_condition(condition)?;
        if selector.field_selectors[..place].iter().any(|before| before.field == condition.field) {
            return Err(invalid(format!("The field {} appears more than once.", condition.field)));
        }
    }
    let category = selector.condition("eventCategory").map(|condition| condition.equals.as_slice());
    match category {
        Some([category]) if category == "Management" => {
            let stray = selector
                .field_selectors
                .iter()
                .find(|condition| !MANAGEMENT_FIELDS.contains(&condition.field.as_str()));
            stray.map_or(Ok(()), |stray| {
                Err(invalid(format!("The field {} is not supported for management events.", stray.field)))
            })
        }
        Some([category]) if category == "Data" => validate_data_type(selector),
        Some([category]) if category == "NetworkActivity" => Err(not_simulated("NetworkActivity")),
        _ => Err(invalid("eventCategory must equal one of Management, Data, NetworkActivity.")),
    }
}

fn validate_condition(condition: &FieldSelector) -> Result<(), ApiError> {
    let field = condition.field.as_str();
    if matches!(field, "errorCode" | "vpcEndpointId") {
        return Err(invalid(format!("The field {field} is for network activity events only.")));
    }
    if !FIELDS.contains(&field) {
        return Err(invalid(format!("The field {field} is not one advanced event selectors know.")));
    }
    if condition.value_count() == 0 {
        return Err(invalid(format!("The condition on {field} has no value.")));
    }
    let equals_only = matches!(field, "eventCategory" | "readOnly" | "resources.type");
    if equals_only && (condition.other_value_count() > 0 || condition.equals.len() != 1) {
        return Err(invalid(format!("The field {field} takes the operator Equals with one value only.")));
    }
    if field == "readOnly" && !matches!(condition.equals[0].as_str(), "true" | "false") {
        return Err(invalid("readOnly equals true or false."));
    }
    Ok(())
}

fn validate_data_type(selector: &AdvancedEventSelector) -> Result<(), ApiError> {
    let wanted = selector.condition("resources.type").and_then(|condition| condition.equals.first());
    match wanted.map(String::as_str) {
        None => Err(invalid("Data events need a condition on resources.type.")),
        Some(simulated) if SIMULATED.contains(&simulated) => Ok(()),
        Some(known) if KNOWN.contains(&known) => Err(not_simulated(known)),
        Some(other) => Err(invalid(format!("{other} is not a resource type of data events."))),
    }
}

/// A type of events that CloudTrail has and this account does not.
pub(super) fn not_simulated(what: &str) -> ApiError {
    invalid(format!("Events of {what} are not simulated by Vigie."))
}
