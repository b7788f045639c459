//! The operations on a rule's targets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::send::Addressee;
use super::state::bus_name;
use super::transformer::{JsonPath, TargetInput, Template};
use super::{ApiError, ApiOutcome, CallContext, EventBridge, Region, Target, errors};

/// How many targets a rule may have, and how many one call may name. Source: quotas; service model.
const MAX_TARGETS_PER_RULE: usize = 5;
const MAX_TARGETS_PER_CALL: usize = 100;
/// Characters of `Input` and of `InputPath`. Source: service model.
const MAX_INPUT_CHARS: usize = 8_192;
const MAX_PATH_CHARS: usize = 256;

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TargetParameters {
    /// A name of your own for the target, unique in the rule.
    pub id: String,
    /// ARN of a topic, a function, a queue, a log group or a bus.
    pub arn: String,
    /// Constant JSON text to send instead of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The part of the event to send, such as `$.detail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_transformer: Option<InputTransformer>,
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
}

impl EventBridge {
    pub(super) fn put_targets(&mut self, input: PutTargets, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let bus = bus_name(input.event_bus_name.as_deref());
        errors::check_count(input.targets.len(), "targets", MAX_TARGETS_PER_CALL)?;
        let mut targets = Vec::with_capacity(input.targets.len());
        for given in input.targets {
            targets.push(check(given, cx.region())?);
        }
        let rule = self.rule_mut(cx.region(), bus, &input.rule)?;
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
        rule.targets = after;
        Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
    }

    pub(super) fn remove_targets(
        &mut self,
        input: RemoveTargets,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let bus = bus_name(input.event_bus_name.as_deref());
        errors::check_count(input.ids.len(), "ids", MAX_TARGETS_PER_CALL)?;
        let rule = self.rule_mut(cx.region(), bus, &input.rule)?;
        let mut failed = Vec::new();
        for id in &input.ids {
            let before = rule.targets.len();
            rule.targets.retain(|target| *target.id != **id);
            if rule.targets.len() == before {
                failed.push(json!({
                    "TargetId": id,
                    "ErrorCode": "ResourceNotFoundException",
                    "ErrorMessage": format!("Rule '{}' does not have a target with the Id '{id}'.", rule.name),
                }));
            }
        }
        Ok(json!({ "FailedEntryCount": failed.len(), "FailedEntries": failed }))
    }

    pub(super) fn list_targets_by_rule(
        &mut self,
        input: ListTargetsByRule,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let rule = self.find_rule(cx.region(), bus_name(input.event_bus_name.as_deref()), &input.rule)?;
        Ok(json!({ "Targets": rule.targets.iter().map(|target| &target.given).collect::<Vec<_>>() }))
    }
}

/// Checks one target and compiles its input.
fn check(given: TargetParameters, region: &Region) -> Result<Target, ApiError> {
    errors::check_name(&given.id, "targets.1.member.id")?;
    let Some(addressee) = Addressee::of(&given.arn) else {
        let message =
            format!("Parameter {} is not valid. Reason: Provided Arn is not in correct format.", given.arn);
        return Err(errors::validation(message));
    };
    if addressee.region != *region && !addressee.may_be_elsewhere() {
        let message = format!(
            "Parameter {} is not valid. Reason: The target must be in the same Region as the rule.",
            given.arn
        );
        return Err(errors::validation(message));
    }
    let input = compile(&given)?;
    Ok(Target { id: given.id.as_str().into(), arn: given.arn.as_str().into(), input, given })
}

/// At most one of the three ways to make an input.
fn compile(given: &TargetParameters) -> Result<TargetInput, ApiError> {
    let id = &given.id;
    match (&given.input, &given.input_path, &given.input_transformer) {
        (None, None, None) => Ok(TargetInput::Event),
        (Some(text), None, None) => {
            errors::check_length(text, "targets.1.member.input", MAX_INPUT_CHARS)?;
            if serde_json::from_str::<Value>(text).is_err() {
                return Err(errors::validation(format!("JSON syntax error in input for target {id}")));
            }
            Ok(TargetInput::Constant(text.clone()))
        }
        (None, Some(path), None) => {
            errors::check_length(path, "targets.1.member.inputPath", MAX_PATH_CHARS)?;
            Ok(TargetInput::Part(JsonPath::parse(path)))
        }
        (None, None, Some(transformer)) => {
            let paths: Vec<_> =
                transformer.input_paths_map.iter().map(|(name, path)| (name.clone(), path.clone())).collect();
            let template = Template::parse(id, &paths, &transformer.input_template);
            template.map(TargetInput::Template).map_err(errors::validation)
        }
        _ => {
            let message = format!(
                "Only one of Input, InputPath, or InputTransformer must be provided for target {id}."
            );
            Err(errors::validation(message))
        }
    }
}
