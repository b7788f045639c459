//! One target, checked as `PutTargets` checks it and made ready to send to.
//!
//! Source: recorded answers of `PutTargets`; API reference, `Target`.

use std::sync::Arc;

use serde_json::Value;

use super::addressee::{Addressee, NoTarget, RoleUse};
use super::targets::{RetryPolicy, TargetParameters};
use super::transformer::{JsonPath, TargetInput, Template};
use super::{ApiError, Region, Target, errors};
use crate::aws::{ServiceName, arn::Arn};

/// Characters of `Input` and of a path. Source: service model.
const MAX_INPUT_CHARS: usize = 8_192;
const MAX_PATH_CHARS: usize = 256;

/// Checks one target of a rule and compiles its input.
pub(super) fn check(
    given: TargetParameters,
    rule_arn: &str,
    bus_arn: &str,
    region: &Region,
) -> Result<Target, ApiError> {
    errors::check_name(&given.id, "targets.1.member.id")?;
    let addressee = Addressee::of(&given.arn).map_err(|fault| match fault {
        NoTarget::Malformed => {
            errors::invalid_parameter(&given.arn, "Provided Arn is not in correct format.")
        }
        NoTarget::NotSimulated => errors::not_simulated(&format!("The target {}", given.arn)),
    })?;
    if addressee.region != *region && !addressee.may_be_elsewhere() {
        let reason = "The target must be in the same Region as the rule.";
        return Err(errors::invalid_parameter(&given.arn, reason));
    }
    if addressee.is_fifo_queue() || given.sqs_parameters.is_some() {
        return Err(errors::not_simulated("A FIFO queue"));
    }
    check_role(&given, &addressee)?;
    if addressee.service == ServiceName::EventBridge {
        check_bus(&given, bus_arn)?;
    }
    check_dead_letters(&given, region)?;
    given.retry_policy.map_or(Ok(()), check_retries)?;
    if addressee.service != ServiceName::Kinesis && given.kinesis_parameters.is_some() {
        return Err(errors::validation(format!(
            "KinesisParameters is not supported for target {}.",
            given.arn
        )));
    }
    Ok(Target {
        id: given.id.as_str().into(),
        arn: given.arn.as_str().into(),
        role_arn: given.role_arn.as_deref().map(Arc::from),
        input: compile(&given, &addressee)?,
        partition_key: given
            .kinesis_parameters
            .as_ref()
            .map(|kinesis| JsonPath::parse(&kinesis.partition_key_path)),
        reference: format!("{rule_arn} {}", given.id).into(),
        addressee,
        given: Arc::new(given),
    })
}

fn check_role(given: &TargetParameters, addressee: &Addressee) -> Result<(), ApiError> {
    let arn = &given.arn;
    match (addressee.role_use(), &given.role_arn) {
        (RoleUse::Required, None) => {
            Err(errors::validation(format!("RoleArn is required for target {arn}.")))
        }
        (RoleUse::Refused, Some(_)) => {
            Err(errors::validation(format!("RoleArn is not supported for target {arn}.")))
        }
        (_, Some(role)) if !Arn::parse(role).is_some_and(|role| role.resource.starts_with("role/")) => {
            Err(errors::invalid_parameter(role, "Provided Arn is not in correct format."))
        }
        _ => Ok(()),
    }
}

/// A bus takes events as they are, and keeps to its own way of trying again.
fn check_bus(given: &TargetParameters, bus_arn: &str) -> Result<(), ApiError> {
    if given.arn == bus_arn {
        return Err(errors::validation("Source EventBus and Target EventBus must not be the same."));
    }
    if given.input.is_some() || given.input_path.is_some() || given.input_transformer.is_some() {
        return Err(errors::validation(format!(
            "Modifying the input for target {} is not supported.",
            given.id
        )));
    }
    if given.retry_policy.is_some() {
        return Err(errors::validation("Retry policy is not supported for Event bus targets."));
    }
    Ok(())
}

/// A dead-letter queue is a standard queue of the rule's Region.
fn check_dead_letters(given: &TargetParameters, region: &Region) -> Result<(), ApiError> {
    let Some(queue) = given.dead_letter_config.as_ref().and_then(|config| config.arn.as_deref()) else {
        return Ok(());
    };
    let fits = Arn::parse(queue).is_some_and(|arn| {
        arn.service == "sqs" && arn.region == region.as_str() && arn.resource.strip_suffix(".fifo").is_none()
    });
    if fits {
        Ok(())
    } else {
        Err(errors::invalid_parameter(queue, "Provided Arn is not in correct format."))
    }
}

/// Source: service model.
fn check_retries(policy: RetryPolicy) -> Result<(), ApiError> {
    let at = "targets.1.member.retryPolicy";
    if let Some(attempts) = policy.maximum_retry_attempts {
        errors::check_range(attempts, &format!("{at}.maximumRetryAttempts"), (0, 185))?;
    }
    if let Some(age) = policy.maximum_event_age_in_seconds {
        errors::check_range(age, &format!("{at}.maximumEventAgeInSeconds"), (60, 86_400))?;
    }
    Ok(())
}

/// At most one of the three ways to make an input; a log group takes only the third.
fn compile(given: &TargetParameters, addressee: &Addressee) -> Result<TargetInput, ApiError> {
    let id = &given.id;
    if addressee.service == ServiceName::Logs && (given.input.is_some() || given.input_path.is_some()) {
        return Err(errors::validation(format!(
            "Input and InputPath are not valid forms of input for target {id}. The only valid form of input is InputTransformer."
        )));
    }
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
