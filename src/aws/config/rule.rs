//! A Config rule as the region keeps it: which managed rule, over which resources, with which parameters.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    item::Item,
    managed::{ManagedRule, Parameters},
};
use crate::{
    aws::ApiError,
    kernel::{SimDuration, SimTime},
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
    /// What it does, from AWS's list.
    pub managed: &'static ManagedRule,
    pub scope: Option<Scope>,
    /// The JSON text it was given.
    pub input_parameters: Option<Arc<str>>,
    pub parameters: Parameters,
    pub frequency: Frequency,
    /// Grows with each change, so that a timer of an older version knows that it is stale.
    pub(super) version: u64,
    /// When somebody last asked for a fresh look.
    pub(super) reevaluated_at: Option<SimTime>,
}

/// Which resources a rule looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Scope {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compliance_resource_types: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compliance_resource_id: Option<String>,
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

impl Rule {
    /// Whether a new item of that resource makes it look.
    pub fn wakes_on(&self, item: &Item) -> bool {
        self.managed.trigger.on_change() && self.looks_at(item)
    }

    /// Whether it judges the resource of that item.
    pub fn looks_at(&self, item: &Item) -> bool {
        let resource = &item.resource;
        self.managed.resource_types.contains(&&*resource.resource_type)
            && self.scope.as_ref().is_none_or(|scope| scope.holds(item))
    }

    /// The rule as `DescribeConfigRules` answers it.
    pub fn description(&self) -> Value {
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
        let source = Map::from_iter([
            ("Owner".to_owned(), "AWS".into()),
            ("SourceIdentifier".to_owned(), self.managed.identifier.into()),
        ]);
        put("Source", Value::Object(source));
        put("InputParameters", self.input_parameters.as_deref().into());
        if self.managed.trigger.on_period() {
            put("MaximumExecutionFrequency", serde_json::to_value(self.frequency).unwrap_or_default());
        }
        put("ConfigRuleState", "ACTIVE".into());
        Value::Object(rule)
    }
}

impl Scope {
    fn holds(&self, item: &Item) -> bool {
        let resource = &item.resource;
        let type_fits = self.compliance_resource_types.is_empty()
            || self.compliance_resource_types.iter().any(|kept| **kept == *resource.resource_type);
        let id_fits = self.compliance_resource_id.as_ref().is_none_or(|id| **id == *resource.resource_id);
        let tag_fits =
            self.tag_key.as_ref().is_none_or(|key| match (resource.tags.get(key), &self.tag_value) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(value), Some(wanted)) => value.as_str() == Some(wanted),
            });
        type_fits && id_fits && tag_fits
    }
}

/// Reads `InputParameters` and checks them against what the managed rule takes.
pub(super) fn parameters(text: Option<&str>, managed: &ManagedRule) -> Result<Parameters, ApiError> {
    let invalid = |message: String| ApiError::client("InvalidParameterValueException", message);
    let given: Parameters = match text.map(serde_json::from_str::<Value>) {
        None => Parameters::new(),
        Some(Ok(Value::Object(members))) => members
            .into_iter()
            .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect(),
        Some(_) => {
            let text = text.unwrap_or_default();
            return Err(invalid(format!("Invalid json {text} passed in the inputParameters field.")));
        }
    };
    let known = |name: &str| managed.parameters.iter().any(|parameter| parameter.name == name);
    let unknown: Vec<&str> = given.keys().map(String::as_str).filter(|name| !known(name)).collect();
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        return Err(invalid(format!("Unknown parameters provided in the inputParameters: {names}.")));
    }
    let objection = |(name, value): (&String, &String)| {
        managed.parameters.iter().find(|parameter| parameter.name == name)?.objection(value)
    };
    if let Some(objection) = given.iter().find_map(objection) {
        return Err(invalid(objection));
    }
    let mut required = managed.parameters.iter().filter(|parameter| parameter.required);
    match required.find(|parameter| !given.contains_key(parameter.name)) {
        Some(missing) => Err(invalid(format!(
            "The required parameter [{}] is not present in the inputParameters.",
            missing.name
        ))),
        None => Ok(given),
    }
}
