//! The operations on a rule's targets.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::paging::{Limit, page};
use super::state::bus_of;
use super::{ApiError, ApiOutcome, CallContext, EventBridge, Rule, errors, target};

/// How many targets a rule may have, and how many one call may name. Source: quotas; service model.
const MAX_TARGETS_PER_RULE: usize = 5;
const MAX_TARGETS_PER_CALL: usize = 100;

/// Adds targets to a rule, or replaces those of the same id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutTargets {
    pub rule: String,
    /// Name or ARN; the default bus if left out.
    pub event_bus_name: Option<String>,
    pub targets: Vec<TargetParameters>,
}

/// Where to send a matching event, and in what form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TargetParameters {
    /// A name of your own for the target, unique in the rule.
    pub id: String,
    /// ARN of a topic, a function, a queue, a stream, a log group or a bus.
    pub arn: String,
    /// ARN of the role to act in. Streams and buses need one; log groups take none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// Constant JSON text to send instead of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The part of the event to send, such as `$.detail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_transformer: Option<InputTransformer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinesis_parameters: Option<KinesisParameters>,
    /// Message group of a FIFO queue. FIFO queues are not simulated by Vigie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqs_parameters: Option<SqsParameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_letter_config: Option<DeadLetterConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<RetryPolicy>,
}

/// How records are spread over a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct KinesisParameters {
    /// Where in the event the partition key stands, such as `$.detail.id`; the event's id if left out.
    pub partition_key_path: String,
}

/// What a FIFO queue wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SqsParameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_group_id: Option<String>,
}

/// Where events go that could not be delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeadLetterConfig {
    /// ARN of a standard queue of the rule's Region, whose policy lets `events.amazonaws.com` send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

/// How long a delivery that fails is tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RetryPolicy {
    /// 0 to 185; 185 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_retry_attempts: Option<u32>,
    /// 60 to 86,400; 86,400 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_event_age_in_seconds: Option<u32>,
}

/// A text to send, filled with values of the event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct InputTransformer {
    /// Name -> path into the event.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub input_paths_map: BTreeMap<String, String>,
    /// The text, with `<name>` where a value goes.
    pub input_template: String,
}

/// Takes targets from a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RemoveTargets {
    pub rule: String,
    pub event_bus_name: Option<String>,
    pub ids: Vec<String>,
    /// Only rules that AWS manages need it.
    pub force: Option<bool>,
}

/// Lists the targets of a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListTargetsByRule {
    pub rule: String,
    pub event_bus_name: Option<String>,
    /// How many to answer at once, at most 100.
    pub limit: Option<Limit>,
    pub next_token: Option<String>,
}

/// Lists the rules that send to a target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListRuleNamesByTarget {
    pub target_arn: String,
    /// Name or ARN; the default bus if left out.
    pub event_bus_name: Option<String>,
    /// How many to answer at once, at most 100.
    pub limit: Option<Limit>,
    pub next_token: Option<String>,
}

impl EventBridge {
    pub(super) fn put_targets(&mut self, input: PutTargets, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        errors::check_count(input.targets.len(), "targets", MAX_TARGETS_PER_CALL)?;
        let rule = self.find_rule(cx.region(), bus, &input.rule)?;
        refuse_managed(rule)?;
        let bus_arn = self.bus_arn(cx.region(), bus);
        let mut targets = Vec::with_capacity(input.targets.len());
        for given in input.targets {
            targets.push(target::check(given, &rule.arn, &bus_arn, cx.region())?);
        }
        let mut after = rule.targets.clone();
        for target in targets {
            match after.iter_mut().find(|known| known.id == target.id) {
                Some(known) => *known = target,
                None => after.push(target),
            }
        }
        if after.len() > MAX_TARGETS_PER_RULE {
            return Err(errors::limit_exceeded());
        }
        self.rule_mut(cx.region(), bus, &input.rule)?.targets = after;
        Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
    }

    pub(super) fn remove_targets(
        &mut self,
        input: RemoveTargets,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        errors::check_count(input.ids.len(), "ids", MAX_TARGETS_PER_CALL)?;
        if input.force != Some(true) {
            refuse_managed(self.find_rule(cx.region(), bus, &input.rule)?)?;
        }
        // Removing a target that is not there is no error.
        let rule = self.rule_mut(cx.region(), bus, &input.rule)?;
        rule.targets.retain(|target| !input.ids.iter().any(|id| **id == *target.id));
        Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
    }

    pub(super) fn list_targets_by_rule(
        &mut self,
        input: ListTargetsByRule,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        let rule = self.find_rule(cx.region(), bus, &input.rule)?;
        let targets = rule.targets.iter().map(|target| (target.id.as_ref(), json!(target.given.as_ref())));
        page("Targets", targets, input.limit, input.next_token.as_deref())
    }

    pub(super) fn list_rule_names_by_target(
        &mut self,
        input: ListRuleNamesByTarget,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        if !self.has_bus(cx.region(), bus) {
            return Err(errors::no_such_bus(bus));
        }
        let sends = |rule: &&Arc<Rule>| rule.targets.iter().any(|target| *target.arn == *input.target_arn);
        let rules = self.rules(cx.region(), bus).filter(sends);
        let names = rules.map(|rule| (rule.name.as_ref(), Value::from(rule.name.as_ref())));
        page("RuleNames", names, input.limit, input.next_token.as_deref())
    }
}

/// Rules that a service made are changed by that service alone.
pub(super) fn refuse_managed(rule: &Rule) -> Result<(), ApiError> {
    rule.managed_by.map_or(Ok(()), |owner| Err(errors::managed_rule(&rule.name, owner)))
}
