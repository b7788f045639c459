//! A Config rule as the region keeps it: who judges, over which resources, with which parameters, how often.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    custom::FunctionRule,
    managed::{ManagedRule, Parameters, Trigger},
    scope::Scope,
};
use crate::{
    aws::{ApiError, parcel::ResourceChange},
    kernel::SimDuration,
};

/// A Config rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The account's own name for it, such as `freins`.
    pub name: Arc<str>,
    pub arn: Arc<str>,
    /// `config-rule-…`.
    pub id: Arc<str>,
    pub description: Option<Arc<str>>,
    pub judge: Judge,
    pub scope: Option<Scope>,
    /// The JSON text it was given.
    pub input_parameters: Option<Arc<str>>,
    pub parameters: Arc<Parameters>,
    pub frequency: Option<Frequency>,
    /// Grows with each change, so that a timer of an older version knows that it is stale.
    pub(super) version: u64,
}

/// Who judges.
#[derive(Clone, Debug)]
pub enum Judge {
    /// A rule from AWS's list.
    Managed(&'static ManagedRule),
    /// A function of the account.
    Function(Arc<FunctionRule>),
}

/// How often a periodic rule looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Frequency {
    #[serde(rename = "One_Hour")]
    OneHour,
    #[serde(rename = "Three_Hours")]
    ThreeHours,
    #[serde(rename = "Six_Hours")]
    SixHours,
    #[serde(rename = "Twelve_Hours")]
    TwelveHours,
    #[default]
    #[serde(rename = "TwentyFour_Hours")]
    TwentyFourHours,
}

impl Frequency {
    pub(super) const fn wait(self) -> SimDuration {
        SimDuration::HOUR.times(match self {
            Self::OneHour => 1,
            Self::ThreeHours => 3,
            Self::SixHours => 6,
            Self::TwelveHours => 12,
            Self::TwentyFourHours => 24,
        })
    }
}

/// How a rule stands to a resource.
pub(super) enum Stance {
    /// It judges it.
    Judges,
    /// It judges that type, but its scope leaves the resource out, for this reason.
    LeavesOut(String),
    /// It does not judge that type.
    OtherType,
}

impl Rule {
    pub(super) fn trigger(&self) -> Trigger {
        match &self.judge {
            Judge::Managed(rule) => rule.trigger,
            Judge::Function(rule) => rule.trigger(),
        }
    }

    /// How often it looks by itself, if it does.
    pub(super) fn period(&self) -> Option<Frequency> {
        let own = match &self.judge {
            Judge::Managed(_) => self.frequency,
            Judge::Function(rule) => rule.frequency.or(self.frequency),
        };
        self.trigger().on_period().then(|| own.unwrap_or_default())
    }

    /// What it is made of: a managed rule's identifier, or a function's ARN.
    pub fn source_identifier(&self) -> &str {
        match &self.judge {
            Judge::Managed(rule) => rule.identifier,
            Judge::Function(rule) => &rule.function_arn,
        }
    }

    pub(super) fn stance(&self, resource: &ResourceChange) -> Stance {
        let judges_type = match &self.judge {
            Judge::Managed(rule) => rule.resource_types.contains(&&*resource.resource_type),
            Judge::Function(_) => true,
        };
        match self.scope.as_ref().and_then(|scope| scope.objection(resource)) {
            _ if !judges_type => Stance::OtherType,
            Some(objection) => Stance::LeavesOut(objection),
            None => Stance::Judges,
        }
    }

    /// Whether it judges that resource.
    pub fn looks_at(&self, resource: &ResourceChange) -> bool {
        matches!(self.stance(resource), Stance::Judges)
    }

    /// The rule as `DescribeConfigRules` answers it.
    pub(super) fn description(&self, state: &str) -> Value {
        let mut rule = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                rule.insert(key.to_owned(), value);
            }
        };
        put("ConfigRuleName", (*self.name).into());
        put("ConfigRuleArn", (*self.arn).into());
        put("ConfigRuleId", (*self.id).into());
        put("Description", self.description.as_deref().into());
        put("Scope", serde_json::to_value(&self.scope).unwrap_or_default());
        put("Source", self.source());
        put("InputParameters", self.input_parameters.as_deref().into());
        put("MaximumExecutionFrequency", serde_json::to_value(self.shown_frequency()).unwrap_or_default());
        put("ConfigRuleState", state.into());
        put("EvaluationModes", json!([{ "Mode": "DETECTIVE" }]));
        Value::Object(rule)
    }

    fn source(&self) -> Value {
        match &self.judge {
            Judge::Managed(rule) => json!({ "Owner": "AWS", "SourceIdentifier": rule.identifier }),
            Judge::Function(rule) => json!({
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": &*rule.function_arn,
                "SourceDetails": &rule.details,
            }),
        }
    }

    fn shown_frequency(&self) -> Option<Frequency> {
        match &self.judge {
            Judge::Managed(_) => self.period(),
            Judge::Function(_) => self.frequency,
        }
    }
}

/// Reads `InputParameters`: JSON text whose values are texts.
pub(super) fn parameters(text: Option<&str>) -> Result<Parameters, ApiError> {
    match text.map(serde_json::from_str::<Value>) {
        None => Ok(Parameters::new()),
        Some(Ok(Value::Object(members))) => Ok(members
            .into_iter()
            .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect()),
        Some(_) => {
            let text = text.unwrap_or_default();
            Err(invalid(format!("Invalid json {text} passed in the inputParameters field.")))
        }
    }
}

/// Checks parameters against what a managed rule takes.
pub(super) fn check_parameters(given: &Parameters, managed: &ManagedRule) -> Result<(), ApiError> {
    let known = |name: &str| managed.parameters.iter().find(|parameter| parameter.name == name);
    let unknown: Vec<&str> = given.keys().map(String::as_str).filter(|name| known(name).is_none()).collect();
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        return Err(invalid(format!("Unknown parameters provided in the inputParameters: {names}.")));
    }
    if let Some(objection) = given.iter().find_map(|(name, value)| known(name)?.objection(value)) {
        return Err(invalid(objection));
    }
    let mut required = managed.parameters.iter().filter(|parameter| parameter.required);
    match required.find(|parameter| !given.contains_key(parameter.name)) {
        Some(missing) => Err(invalid(format!(
            "The required parameter [{}] is not present in the inputParameters.",
            missing.name
        ))),
        None => Ok(()),
    }
}

pub(super) fn invalid(message: impl Into<Arc<str>>) -> ApiError {
    ApiError::client("InvalidParameterValueException", message)
}
