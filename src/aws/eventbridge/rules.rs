//! The operations on rules.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::errors;
use super::pattern::Pattern;
use super::state::bus_name;
use super::{ApiCall, ApiError, ApiOutcome, CallContext, DEFAULT_BUS, EventBridge, Rule, RuleState};

/// How many rules a bus may have. Source: quotas, user guide.
const MAX_RULES_PER_BUS: usize = 300;
/// The longest pattern and the longest description, in characters. Source: service model.
const MAX_PATTERN_CHARS: usize = 4_096;
const MAX_DESCRIPTION_CHARS: usize = 512;

/// Creates a rule, or replaces everything about it but its targets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRule {
    pub name: String,
    /// Which events the rule wants, as JSON text.
    pub event_pattern: Option<String>,
    pub state: Option<RuleState>,
    pub description: Option<String>,
    /// Name or ARN; the default bus if left out.
    pub event_bus_name: Option<String>,
}

/// Deletes a rule that has no targets any more.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteRule {
    pub name: String,
    pub event_bus_name: Option<String>,
    /// Only rules that AWS manages need it.
    pub force: Option<bool>,
}

/// Lets a rule look at events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EnableRule {
    pub name: String,
    pub event_bus_name: Option<String>,
}

/// Stops a rule from looking at events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DisableRule {
    pub name: String,
    pub event_bus_name: Option<String>,
}

/// Shows a rule, but not its targets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeRule {
    pub name: String,
    pub event_bus_name: Option<String>,
}

/// Lists the rules of a bus.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListRules {
    pub name_prefix: Option<String>,
    pub event_bus_name: Option<String>,
}

impl EventBridge {
    pub(super) fn put_rule(&mut self, input: PutRule, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let (region, bus) = (cx.region(), bus_name(input.event_bus_name.as_deref()));
        errors::check_name(&input.name, "name")?;
        let description = input.description.unwrap_or_default();
        errors::check_length(&description, "description", MAX_DESCRIPTION_CHARS)?;
        let Some(text) = input.event_pattern else {
            let message = "Parameter(s) EventPattern or ScheduleExpression must be specified.";
            return Err(errors::validation(message));
        };
        let pattern = compile(&text)?;

        let arn: Arc<str> = self.rule_arn(region, bus, &input.name).into();
        let rules = &mut self.bus_mut(region, bus)?.rules;
        let before = rules.get(input.name.as_str());
        if before.is_none() && rules.len() >= MAX_RULES_PER_BUS {
            return Err(errors::limit_exceeded());
        }
        let name: Arc<str> = input.name.into();
        let rule = Rule {
            name: Arc::clone(&name),
            arn: Arc::clone(&arn),
            bus: bus.into(),
            pattern,
            state: input.state.unwrap_or_default(),
            description: (!description.is_empty()).then(|| description.into()),
            targets: before.map(|rule| rule.targets.clone()).unwrap_or_default(),
        };
        rules.insert(name, Arc::new(rule));
        Ok(json!({ "RuleArn": &*arn }))
    }

    pub(super) fn delete_rule(&mut self, input: DeleteRule, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_name(input.event_bus_name.as_deref());
        let rules = &mut self.bus_mut(cx.region(), bus)?.rules;
        if rules.get(input.name.as_str()).is_some_and(|rule| !rule.targets.is_empty()) {
            return Err(errors::validation("Rule can't be deleted since it has targets."));
        }
        // Deleting a rule that is not there is no error.
        rules.remove(input.name.as_str());
        Ok(Value::Null)
    }

    pub(super) fn enable_rule(&mut self, input: EnableRule, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.switch(cx, &input.name, input.event_bus_name.as_deref(), RuleState::Enabled)
    }

    pub(super) fn disable_rule(&mut self, input: DisableRule, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.switch(cx, &input.name, input.event_bus_name.as_deref(), RuleState::Disabled)
    }

    fn switch(
        &mut self,
        cx: &CallContext<'_, '_>,
        name: &str,
        bus: Option<&str>,
        state: RuleState,
    ) -> ApiOutcome {
        self.rule_mut(cx.region(), bus_name(bus), name)?.state = state;
        Ok(Value::Null)
    }

    pub(super) fn describe_rule(&mut self, input: DescribeRule, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_name(input.event_bus_name.as_deref());
        let mut shown = show(self.find_rule(cx.region(), bus, &input.name)?);
        shown.insert("CreatedBy".to_owned(), json!(cx.account_id));
        Ok(Value::Object(shown))
    }

    pub(super) fn list_rules(&mut self, input: ListRules, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_name(input.event_bus_name.as_deref());
        if !self.has_bus(cx.region(), bus) {
            return Err(errors::no_such_bus(bus));
        }
        let prefix = input.name_prefix.unwrap_or_default();
        let rules = self.rules(cx.region(), bus).filter(|rule| rule.name.starts_with(&prefix));
        Ok(json!({ "Rules": rules.map(|rule| show(rule)).collect::<Vec<_>>() }))
    }

    /// ARNs of what a call touches, for permissions.
    pub(super) fn arns_touched(&self, operation: &str, call: &ApiCall) -> Vec<String> {
        let parameter = |name: &str| call.parameters.get(name).and_then(Value::as_str);
        let bus = bus_name(parameter("EventBusName"));
        match operation {
            "PutRule" | "DeleteRule" | "EnableRule" | "DisableRule" | "DescribeRule" => {
                vec![self.rule_arn(&call.region, bus, parameter("Name").unwrap_or("*"))]
            }
            "PutTargets" | "RemoveTargets" | "ListTargetsByRule" => {
                vec![self.rule_arn(&call.region, bus, parameter("Rule").unwrap_or("*"))]
            }
            "CreateEventBus" | "DeleteEventBus" | "DescribeEventBus" => {
                vec![self.bus_arn(&call.region, bus_name(parameter("Name")))]
            }
            "PutEvents" => {
                let entries = call.parameters.get("Entries").and_then(Value::as_array);
                let buses = entries.into_iter().flatten().map(|entry| entry.get("EventBusName"));
                let mut arns: Vec<String> = buses
                    .map(|bus| self.bus_arn(&call.region, bus_name(bus.and_then(Value::as_str))))
                    .collect();
                arns.dedup();
                if arns.is_empty() { vec![self.bus_arn(&call.region, DEFAULT_BUS)] } else { arns }
            }
            _ => vec!["*".to_owned()],
        }
    }
}

/// Compiles a pattern, or refuses it as the service does.
pub(super) fn compile(text: &str) -> Result<Pattern, ApiError> {
    errors::check_length(text, "eventPattern", MAX_PATTERN_CHARS)?;
    Pattern::parse(text).map_err(|error| ApiError::client("InvalidEventPatternException", error.to_string()))
}

/// A rule as `DescribeRule` and `ListRules` show it.
fn show(rule: &Rule) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut field = |name: &str, value: &str| shown.insert(name.to_owned(), value.into());
    field("Name", &rule.name);
    field("Arn", &rule.arn);
    field("EventPattern", rule.pattern.text());
    field("State", rule.state.as_str());
    if let Some(description) = &rule.description {
        field("Description", description);
    }
    field("EventBusName", &rule.bus);
    shown
}
