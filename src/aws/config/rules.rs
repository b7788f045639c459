//! The operations on Config rules.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    Config,
    custom::{FunctionRule, SourceDetail},
    managed, notify,
    page::page,
    rule::{self, Frequency, Judge, Rule, invalid},
    scope::Scope,
    timers,
};
use crate::{
    aws::{ApiError, ApiOutcome, CallContext, arn::arn},
    kernel::SimDuration,
};

/// The most rules one call may have evaluated again (API reference).
const MOST_REEVALUATED: usize = 25;

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
    /// How often a periodic rule looks; once a day unless said otherwise.
    maximum_execution_frequency: Option<Frequency>,
    #[serde(default)]
    evaluation_modes: Vec<EvaluationMode>,
}

/// Where a rule's judgement comes from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Source {
    owner: Owner,
    /// Such as `INCOMING_SSH_DISABLED`, or the ARN of a function.
    source_identifier: Option<String>,
    /// What makes a function look.
    #[serde(default)]
    source_details: Vec<SourceDetail>,
}

/// Who wrote a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Owner {
    Aws,
    CustomLambda,
    CustomPolicy,
}

/// When a rule judges: what is there, or what is about to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EvaluationMode {
    mode: Mode,
}

/// The modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Mode {
    Detective,
    /// Not simulated by Vigie.
    Proactive,
}

/// Describes rules, all of them unless some are named.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeConfigRules {
    #[serde(default)]
    config_rule_names: Vec<String>,
    next_token: Option<String>,
}

/// Tells how rules have fared: when they were asked, when they answered, what went wrong.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeConfigRuleEvaluationStatus {
    #[serde(default)]
    config_rule_names: Vec<String>,
    /// From 0 (the default, all) to 50.
    limit: Option<usize>,
    next_token: Option<String>,
}

/// Deletes a rule and its results. A rule that has a remediation keeps it from being deleted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteConfigRule {
    config_rule_name: String,
}

/// Deletes the results of a rule; it can then judge afresh.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteEvaluationResults {
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
        let region = cx.region().clone();
        if self.state(&region).is_none_or(|state| state.recorder.is_none()) {
            return Err(ApiError::client(
                "NoAvailableConfigurationRecorderException",
                "Configuration recorder is not available to put config rule.",
            ));
        }
        let parameters = rule::parameters(input.input_parameters.as_deref())?;
        let judge = judge(input.source, &parameters)?;
        check(&judge, input.scope.as_ref(), input.maximum_execution_frequency, &input.evaluation_modes)?;
        let state = self.state_mut(&region);
        let existing = state.rules.iter().position(|rule| {
            Some(&*rule.name) == input.config_rule_name.as_deref()
                || Some(&*rule.arn) == input.config_rule_arn.as_deref()
                || Some(&*rule.id) == input.config_rule_id.as_deref()
        });
        let (name, id, version) =
            match (existing.and_then(|place| state.rules.get(place)), input.config_rule_name) {
                (Some(rule), _) => (Arc::clone(&rule.name), Arc::clone(&rule.id), rule.version + 1),
                (None, Some(name)) if (1..=128).contains(&name.trim().chars().count()) => {
                    (name.into(), format!("config-rule-{}", cx.out.hex(6)).into(), 0)
                }
                (None, _) => return Err(invalid("The ConfigRuleName must have from 1 to 128 characters.")),
            };
        let rule = Arc::new(Rule {
            arn: arn("config", &region, cx.account_id, &format!("config-rule/{id}")).into(),
            id,
            description: input.description.map(Into::into),
            judge,
            scope: input.scope,
            input_parameters: input.input_parameters.map(Into::into),
            parameters: Arc::new(parameters),
            frequency: input.maximum_execution_frequency,
            version,
            name,
        });
        match existing {
            Some(place) => state.rules[place] = Arc::clone(&rule),
            None => state.rules.push(Arc::clone(&rule)),
        }
        state.status_mut(&rule.name).activated.get_or_insert(cx.out.moment().utc);
        timers::arm_period(&rule, &region, cx.out);
        self.look_at_all(&region, &rule, cx.out);
        Ok(json!({}))
    }

    pub(super) fn describe_config_rules(
        &mut self,
        input: DescribeConfigRules,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let rules = self.named_rules(&input.config_rule_names, cx)?;
        let described = rules.into_iter().map(|rule| rule.description(self.rule_state(rule, cx))).collect();
        page(("ConfigRules", "NextToken"), described, (None, 25), input.next_token.as_deref())
    }

    pub(super) fn describe_config_rule_evaluation_status(
        &mut self,
        input: DescribeConfigRuleEvaluationStatus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let rules = self.named_rules(&input.config_rule_names, cx)?;
        let statuses = self.state(cx.region()).map(|state| &state.statuses);
        let status = |rule: &Arc<Rule>| {
            let known = statuses.and_then(|statuses| statuses.get(&rule.name)).cloned();
            known.unwrap_or_default().describe(rule)
        };
        let list = rules.into_iter().map(status).collect();
        let names = ("ConfigRulesEvaluationStatus", "NextToken");
        page(names, list, (input.limit, 50), input.next_token.as_deref())
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
        if state.remediations.has(&name) {
            let message = format!("The rule {name} has a remediation configuration. Delete that first.");
            return Err(ApiError::client("ResourceInUseException", message));
        }
        state.rules.remove(place);
        state.statuses.remove(&*name);
        state.asked.retain(|_, asked| asked.rule() != name);
        Arc::make_mut(&mut state.results).retain(|(rule, _), _| **rule != *name);
        Ok(json!({}))
    }

    pub(super) fn delete_evaluation_results(
        &mut self,
        input: DeleteEvaluationResults,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = input.config_rule_name;
        let state = self.state_mut(cx.region());
        state.rule(&name).ok_or_else(|| no_such_rule(&name))?;
        Arc::make_mut(&mut state.results).retain(|(rule, _), _| **rule != *name);
        Ok(json!({}))
    }

    pub(super) fn start_config_rules_evaluation(
        &mut self,
        input: StartConfigRulesEvaluation,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.config_rule_names.len() > MOST_REEVALUATED {
            return Err(invalid(format!("At most {MOST_REEVALUATED} rules can be evaluated at once.")));
        }
        let now = cx.moment().now;
        let region = cx.region().clone();
        let rules: Vec<Arc<Rule>> =
            self.named_rules(&input.config_rule_names, cx)?.into_iter().map(Arc::clone).collect();
        let state = self.state_mut(&region);
        let is_recent = |rule: &&Arc<Rule>| {
            let last = state.statuses.get(&rule.name).and_then(|status| status.reevaluated_at);
            last.is_some_and(|at| now.since(at).as_millis() < SimDuration::MINUTE.as_millis())
        };
        if let Some(rule) = rules.iter().find(is_recent) {
            let message = format!("The config rule {} was evaluated less than a minute ago.", rule.name);
            return Err(ApiError::client("LimitExceededException", message));
        }
        for rule in &rules {
            state.status_mut(&rule.name).reevaluated_at = Some(now);
        }
        notify::evaluation_started(cx.account_id, &region, &rules, state.channel.as_ref(), cx.out);
        for rule in &rules {
            self.look_at_all(&region, rule, cx.out);
        }
        Ok(json!({}))
    }

    /// The rules of those names, all of them when no name is given.
    pub(super) fn named_rules(
        &self,
        names: &[String],
        cx: &CallContext<'_, '_>,
    ) -> Result<Vec<&Arc<Rule>>, ApiError> {
        let rules = self.rules(cx.region());
        match names.iter().find(|name| !rules.iter().any(|rule| *rule.name == ***name)) {
            Some(name) => Err(no_such_rule(name)),
            None if names.is_empty() => Ok(rules.iter().collect()),
            None => Ok(rules.iter().filter(|rule| names.iter().any(|name| *rule.name == **name)).collect()),
        }
    }

    fn rule_state(&self, rule: &Rule, cx: &CallContext<'_, '_>) -> &'static str {
        let pending = self.state(cx.region()).map(|state| &state.pending);
        let is_evaluating =
            pending.is_some_and(|pending| pending.values().any(|result| result.rule == rule.name));
        if is_evaluating { "EVALUATING" } else { "ACTIVE" }
    }
}

fn judge(source: Source, parameters: &managed::Parameters) -> Result<Judge, ApiError> {
    let identifier = source.source_identifier.unwrap_or_default();
    match source.owner {
        Owner::CustomPolicy => Err(invalid("CUSTOM_POLICY: rules in Guard are not simulated by Vigie.")),
        Owner::CustomLambda => {
            Ok(Judge::Function(Arc::new(FunctionRule::new(&identifier, source.source_details)?)))
        }
        Owner::Aws if !source.source_details.is_empty() => {
            Err(invalid("SourceDetails should be null/empty if the Owner is AWS."))
        }
        Owner::Aws => {
            let managed = managed::find(&identifier).ok_or_else(|| {
                invalid(format!(
                    "The sourceIdentifier {identifier} is invalid. Please refer to the documentation for a list of \
                     valid sourceIdentifiers that can be used when AWS is the Owner."
                ))
            })?;
            rule::check_parameters(parameters, managed)?;
            Ok(Judge::Managed(managed))
        }
    }
}

fn check(
    judge: &Judge,
    scope: Option<&Scope>,
    frequency: Option<Frequency>,
    modes: &[EvaluationMode],
) -> Result<(), ApiError> {
    if modes.iter().any(|one| one.mode == Mode::Proactive) {
        return Err(invalid("The PROACTIVE evaluation mode is not simulated by Vigie."));
    }
    if let Some(scope) = scope {
        scope.check()?;
    }
    match judge {
        Judge::Managed(rule) if frequency.is_some() && !rule.trigger.on_period() => Err(invalid(format!(
            "The MaximumExecutionFrequency is not allowed for {}, which is triggered by configuration changes only.",
            rule.identifier
        ))),
        _ => Ok(()),
    }
}

pub(super) fn no_such_rule(name: &str) -> ApiError {
    let message = format!(
        "The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name"
    );
    ApiError::client("NoSuchConfigRuleException", message)
}
