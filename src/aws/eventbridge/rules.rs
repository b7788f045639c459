//! The operations on rules.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::paging::{Limit, page};
use super::pattern::Pattern;
use super::schedule::Schedule;
use super::state::bus_of;
use super::targets::refuse_managed;
use super::{ApiError, ApiOutcome, CallContext, DEFAULT_BUS, EventBridge, Rule, RuleState, errors, partner};
use crate::aws::tags::{Tag, Tags};

/// How many rules a bus may have. Source: quotas, user guide.
const MAX_RULES_PER_BUS: usize = 300;
/// The longest pattern the API takes and the longest an account may use unless it asks for more, in characters.
/// Source: service model; quotas.
const MAX_PATTERN_CHARS: usize = 4_096;
const PATTERN_QUOTA: usize = 2_048;
/// In characters. Source: service model.
const MAX_DESCRIPTION_CHARS: usize = 512;
const MAX_SCHEDULE_CHARS: usize = 256;

/// Creates a rule, or replaces everything about it but its targets and tags.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRule {
    pub name: String,
    /// When the rule rings by itself, such as `rate(5 minutes)` or `cron(0 12 * * ? *)`; default bus only.
    pub schedule_expression: Option<String>,
    /// Which events the rule wants, as JSON text.
    pub event_pattern: Option<String>,
    pub state: Option<RuleState>,
    pub description: Option<String>,
    /// ARN of a role of the rule's. Targets have roles of their own and do not use it.
    pub role_arn: Option<String>,
    /// Of a new rule; a rule that exists keeps its own.
    #[serde(default)]
    pub tags: Vec<Tag>,
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
    /// How many to answer at once, at most 100.
    pub limit: Option<Limit>,
    pub next_token: Option<String>,
}

impl EventBridge {
    pub(super) fn put_rule(&mut self, input: PutRule, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        errors::check_name(&input.name, "name")?;
        let description = input.description.unwrap_or_default();
        errors::check_length(&description, "description", MAX_DESCRIPTION_CHARS)?;
        let state = input.state.unwrap_or_default();
        let schedule = schedule_of(input.schedule_expression.as_deref(), bus, state)?;
        let pattern = input.event_pattern.as_deref().filter(|text| !text.is_empty()).map(compile_in_quota);
        let pattern = pattern.transpose()?;
        if pattern.is_none() && schedule.is_none() {
            let message = "Parameter(s) EventPattern or ScheduleExpression must be specified.";
            return Err(errors::validation(message));
        }
        if state == RuleState::EnabledWithAllCloudTrailManagementEvents && partner::is_source(bus) {
            return Err(errors::validation(format!("State {} is not supported on {bus}.", state.as_str())));
        }
        let arn: Arc<str> = self.rule_arn(cx.region(), bus, &input.name).into();
        let rules = &self.bus_mut(cx.region(), bus)?.rules;
        let before = rules.get(input.name.as_str()).cloned();
        before.as_deref().map_or(Ok(()), refuse_managed)?;
        if before.is_none() && rules.len() >= MAX_RULES_PER_BUS {
            return Err(errors::limit_exceeded());
        }
        let mut rule = Rule {
            name: input.name.into(),
            arn: Arc::clone(&arn),
            bus: bus.into(),
            pattern,
            schedule,
            wound: None,
            state,
            description: (!description.is_empty()).then(|| description.into()),
            role_arn: input.role_arn.map(Into::into),
            managed_by: None,
            tags: before.as_ref().map_or_else(|| Tags::from(&*input.tags), |rule| rule.tags.clone()),
            targets: before.as_ref().map(|rule| rule.targets.clone()).unwrap_or_default(),
        };
        self.wind_up(&cx.call.region, &mut rule, before.as_deref(), cx.out);
        self.bus_mut(cx.region(), bus)?.rules.insert(Arc::clone(&rule.name), Arc::new(rule));
        Ok(json!({ "RuleArn": &*arn }))
    }

    pub(super) fn delete_rule(&mut self, input: DeleteRule, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        let rules = &mut self.bus_mut(cx.region(), bus)?.rules;
        if let Some(rule) = rules.get(input.name.as_str()) {
            if input.force != Some(true) {
                refuse_managed(rule)?;
            }
            if !rule.targets.is_empty() {
                return Err(errors::validation("Rule can't be deleted since it has targets."));
            }
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
        cx: &mut CallContext<'_, '_>,
        name: &str,
        bus: Option<&str>,
        state: RuleState,
    ) -> ApiOutcome {
        let bus = bus_of(bus, cx.region())?;
        let before = Arc::clone(self.find_rule(cx.region(), bus, name)?);
        refuse_managed(&before)?;
        let mut rule = Rule { state, ..Rule::clone(&before) };
        self.wind_up(&cx.call.region, &mut rule, Some(&before), cx.out);
        *self.rule_mut(cx.region(), bus, name)? = rule;
        Ok(Value::Null)
    }

    pub(super) fn describe_rule(&mut self, input: DescribeRule, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        let mut shown = show(self.find_rule(cx.region(), bus, &input.name)?);
        shown.insert("CreatedBy".to_owned(), json!(cx.account_id));
        Ok(Value::Object(shown))
    }

    pub(super) fn list_rules(&mut self, input: ListRules, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        if !self.has_bus(cx.region(), bus) {
            return Err(errors::no_such_bus(bus));
        }
        let prefix = input.name_prefix.unwrap_or_default();
        let rules = self.rules(cx.region(), bus).filter(|rule| rule.name.starts_with(&prefix));
        let rules = rules.map(|rule| (rule.name.as_ref(), Value::Object(show(rule))));
        page("Rules", rules, input.limit, input.next_token.as_deref())
    }
}

/// The schedule of a rule that may have one: on the default bus, and not with all management events.
fn schedule_of(text: Option<&str>, bus: &str, state: RuleState) -> Result<Option<Schedule>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    if bus != DEFAULT_BUS {
        let message = "ScheduleExpression is supported only on the default event bus.";
        return Err(errors::validation(message));
    }
    errors::check_length(text, "scheduleExpression", MAX_SCHEDULE_CHARS)?;
    if text.is_empty() {
        return Ok(None);
    }
    if state == RuleState::EnabledWithAllCloudTrailManagementEvents {
        return Err(errors::validation(format!(
            "ScheduleExpression is not supported in state {}.",
            state.as_str()
        )));
    }
    let schedule = Schedule::parse(text);
    schedule.map(Some).ok_or_else(|| errors::validation("Parameter ScheduleExpression is not valid."))
}

/// Compiles a pattern, or refuses it as the service does.
pub(super) fn compile(text: &str) -> Result<Pattern, ApiError> {
    errors::check_length(text, "eventPattern", MAX_PATTERN_CHARS)?;
    Pattern::parse(text).map_err(|error| ApiError::client("InvalidEventPatternException", error.to_string()))
}

/// Compiles a pattern that is to be kept, which the account's quota bounds as well.
pub(super) fn compile_in_quota(text: &str) -> Result<Pattern, ApiError> {
    let pattern = compile(text)?;
    if text.chars().count() > PATTERN_QUOTA { Err(errors::limit_exceeded()) } else { Ok(pattern) }
}

/// A rule as `DescribeRule` and `ListRules` show it.
fn show(rule: &Rule) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut field = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            shown.insert(name.to_owned(), value.into());
        }
    };
    field("Name", Some(&rule.name));
    field("Arn", Some(&rule.arn));
    field("EventPattern", rule.pattern.as_ref().map(Pattern::text));
    field("ScheduleExpression", rule.schedule.as_ref().map(Schedule::text));
    field("State", Some(rule.state.as_str()));
    field("Description", rule.description.as_deref());
    field("RoleArn", rule.role_arn.as_deref());
    field("ManagedBy", rule.managed_by);
    field("EventBusName", Some(&rule.bus));
    shown
}
