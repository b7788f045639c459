//! The operations on Config rules.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Config, managed,
    rule::{self, Frequency, Rule, Scope},
};
use crate::{
    aws::{ApiError, ApiOutcome, CallContext, Node, ServiceName, arn::arn, parcel::Timer},
    kernel::SimDuration,
};

/// The name of the timer that makes a periodic rule look again; its key is `version:rule`.
pub(super) const PERIODIC: &str = "config-rule-period";

/// Creates or changes a rule, and has it judge every resource in its scope.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutConfigRule {
    config_rule: RuleInput,
}

/// A rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RuleInput {
    config_rule_name: Option<String>,
    config_rule_arn: Option<String>,
    config_rule_id: Option<String>,
    description: Option<String>,
    scope: Option<Scope>,
    source: Source,
    /// JSON text whose values are texts.
    input_parameters: Option<String>,
    maximum_execution_frequency: Option<Frequency>,
}

/// Where a rule's judgement comes from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Source {
    owner: Owner,
    /// Such as `INCOMING_SSH_DISABLED`.
    source_identifier: Option<String>,
}

/// Who wrote a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Owner {
    Aws,
    CustomLambda,
    CustomPolicy,
}

/// Describes the rules of this region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeConfigRules {
    #[serde(default)]
    config_rule_names: Vec<String>,
}

/// Deletes a rule and its results.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteConfigRule {
    config_rule_name: String,
}

/// Has rules judge every resource in their scope again. At most once a minute per rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StartConfigRulesEvaluation {
    #[serde(default)]
    config_rule_names: Vec<String>,
}

impl Config {
    pub(super) fn put_config_rule(
        &mut self,
        input: PutConfigRule,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let input = input.config_rule;
        let account_id = cx.account_id;
        let region = cx.region().clone();
        let invalid = |message: String| ApiError::client("InvalidParameterValueException", message);
        if self.state(&region).is_none_or(|state| state.recorder.is_none()) {
            return Err(ApiError::client(
                "NoAvailableConfigurationRecorderException",
                "Configuration recorder is not available to put config rule.",
            ));
        }
        if input.source.owner != Owner::Aws {
            return Err(invalid("Vigie simulates managed rules only: Owner must be AWS.".to_owned()));
        }
        let identifier = input.source.source_identifier.unwrap_or_default();
        let managed = managed::find(&identifier).ok_or_else(|| {
            invalid(format!(
                "The sourceIdentifier {identifier} is invalid. Please refer to the documentation for a list of \
                 valid sourceIdentifiers that can be used when AWS is the Owner."
            ))
        })?;
        let parameters = rule::parameters(input.input_parameters.as_deref(), managed)?;
        let state = self.state_mut(&region);
        let existing = state.rules.iter().position(|rule| {
            Some(&*rule.name) == input.config_rule_name.as_deref()
                || Some(&*rule.arn) == input.config_rule_arn.as_deref()
                || Some(&*rule.id) == input.config_rule_id.as_deref()
        });
        let (name, id, version) =
            match (existing.and_then(|place| state.rules.get(place)), input.config_rule_name) {
                (Some(rule), _) => (Arc::clone(&rule.name), Arc::clone(&rule.id), rule.version + 1),
                (None, Some(name)) => (name.into(), format!("config-rule-{}", cx.out.hex(6)).into(), 0),
                (None, None) => return Err(invalid("The ConfigRuleName must not be empty.".to_owned())),
            };
        let rule = Rule {
            arn: arn("config", &region, account_id, &format!("config-rule/{id}")).into(),
            id,
            description: input.description.map(Into::into),
            managed,
            scope: input.scope,
            input_parameters: input.input_parameters.map(Into::into),
            parameters,
            frequency: input.maximum_execution_frequency.unwrap_or_default(),
            version,
            reevaluated_at: None,
            name: Arc::clone(&name),
        };
        arm(&rule, cx);
        match existing {
            Some(place) => state.rules[place] = rule,
            None => state.rules.push(rule),
        }
        self.evaluate_all(&region, &name, cx.out);
        Ok(json!({}))
    }

    pub(super) fn describe_config_rules(
        &mut self,
        input: DescribeConfigRules,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let rules = self.named_rules(&input.config_rule_names, cx)?;
        let described: Vec<Value> = rules.into_iter().map(Rule::description).collect();
        Ok(json!({ "ConfigRules": described }))
    }

    pub(super) fn delete_config_rule(
        &mut self,
        input: DeleteConfigRule,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = input.config_rule_name;
        let state = self.state_mut(cx.region());
        let place =
            state.rules.iter().position(|rule| *rule.name == *name).ok_or_else(|| no_such_rule(&name))?;
        state.rules.remove(place);
        state.results.retain(|(rule, _), _| **rule != *name);
        Ok(json!({}))
    }

    pub(super) fn start_config_rules_evaluation(
        &mut self,
        input: StartConfigRulesEvaluation,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.config_rule_names.len() > 25 {
            let message = "At most 25 rules can be evaluated at once.";
            return Err(ApiError::client("InvalidParameterValueException", message));
        }
        let now = cx.moment().now;
        let rules = self.named_rules(&input.config_rule_names, cx)?;
        let is_recent = |rule: &&&Rule| {
            rule.reevaluated_at.is_some_and(|at| now.since(at).as_millis() < SimDuration::MINUTE.as_millis())
        };
        if let Some(rule) = rules.iter().find(is_recent) {
            let message = format!("The config rule {} was evaluated less than a minute ago.", rule.name);
            return Err(ApiError::client("LimitExceededException", message));
        }
        let names: Vec<Arc<str>> = rules.into_iter().map(|rule| Arc::clone(&rule.name)).collect();
        let region = cx.region().clone();
        for name in names {
            let rules = &mut self.state_mut(&region).rules;
            if let Some(rule) = rules.iter_mut().find(|rule| rule.name == name) {
                rule.reevaluated_at = Some(now);
            }
            self.evaluate_all(&region, &name, cx.out);
        }
        Ok(json!({}))
    }

    /// The rules of those names, all of them when no name is given.
    pub(super) fn named_rules(
        &self,
        names: &[String],
        cx: &CallContext<'_, '_>,
    ) -> Result<Vec<&Rule>, ApiError> {
        let rules = self.rules(cx.region());
        match names.iter().find(|name| !rules.iter().any(|rule| *rule.name == ***name)) {
            Some(name) => Err(no_such_rule(name)),
            None if names.is_empty() => Ok(rules.iter().collect()),
            None => Ok(rules.iter().filter(|rule| names.iter().any(|name| *rule.name == **name)).collect()),
        }
    }
}

/// Has a periodic rule look again when its period is over.
pub(super) fn arm_again(rule: &Rule, region: &crate::aws::Region, out: &mut crate::aws::Outbox<'_>) {
    if rule.managed.trigger.on_period() {
        let key = format!("{}:{}", rule.version, rule.name);
        let to = Node::new(ServiceName::Config, region, Arc::clone(&rule.name));
        out.timer(to, Timer::Named { name: PERIODIC, key: key.into() }, rule.frequency.wait());
    }
}

fn arm(rule: &Rule, cx: &mut CallContext<'_, '_>) {
    arm_again(rule, &cx.call.region, cx.out);
}

pub(super) fn no_such_rule(name: &str) -> ApiError {
    let message = format!(
        "The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name"
    );
    ApiError::client("NoSuchConfigRuleException", message)
}
