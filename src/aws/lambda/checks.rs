//! Which values a function's settings may have.

use std::{collections::BTreeMap, sync::Arc};

use super::{ApiError, DeadLetterConfig, Environment, errors};

/// The runtimes whose language we run: JavaScript. Source of the names: service model.
const RUNTIMES: [&str; 4] = ["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"];
/// Source: Lambda quotas.
const MAX_TIMEOUT_S: u32 = 900;
const MIN_MEMORY_MB: u32 = 128;
const MAX_MEMORY_MB: u32 = 10_240;
/// Inline code of a template: four megabytes. Source: CloudFormation, `AWS::Lambda::Function Code`.
const MAX_CODE_BYTES: usize = 4 << 20;
/// All variables together. Source: Lambda quotas.
const MAX_ENV_BYTES: usize = 4_096;

pub fn runtime(runtime: &str) -> Result<&str, ApiError> {
    if RUNTIMES.contains(&runtime) {
        return Ok(runtime);
    }
    let rule = format!("Member must satisfy enum value set: [{}] or be a valid ARN", RUNTIMES.join(", "));
    Err(errors::invalid(format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: {rule} (Vigie runs JavaScript)"
    )))
}

pub fn role(role: &str) -> Result<&str, ApiError> {
    let is_role = role.starts_with("arn:aws:iam::") && role.contains(":role/") && !role.ends_with('/');
    if is_role {
        return Ok(role);
    }
    let pattern = r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+";
    let rule = format!("Member must satisfy regular expression pattern: {pattern}");
    Err(errors::constraint(role, "role", &rule))
}

pub fn handler(handler: &str) -> Result<&str, ApiError> {
    if handler.len() <= 128 && !handler.contains(char::is_whitespace) {
        return Ok(handler);
    }
    Err(errors::constraint(handler, "handler", r"Member must satisfy regular expression pattern: [^\s]+"))
}

pub fn code(code: &str) -> Result<&str, ApiError> {
    match code.len() {
        0 => Err(errors::invalid("Uploaded file must be a non-empty zip")),
        size if size > MAX_CODE_BYTES => {
            Err(errors::invalid("Unzipped size must be smaller than 4194304 bytes"))
        }
        _ => Ok(code),
    }
}

pub fn timeout(seconds: u32) -> Result<u32, ApiError> {
    errors::check_range(seconds, "timeout", 1, MAX_TIMEOUT_S)
}

pub fn memory(memory_mb: u32) -> Result<u32, ApiError> {
    errors::check_range(memory_mb, "memorySize", MIN_MEMORY_MB, MAX_MEMORY_MB)
}

pub fn env(environment: Option<Environment>) -> Result<BTreeMap<String, String>, ApiError> {
    let variables = environment.map(|environment| environment.variables).unwrap_or_default();
    let bytes: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > MAX_ENV_BYTES {
        return Err(errors::invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided exceeded the 4KB limit.",
        ));
    }
    // Source: developer guide, "Reserved environment variables".
    match variables
        .keys()
        .find(|name| name.starts_with("AWS_LAMBDA_") || matches!(name.as_str(), "AWS_REGION" | "_HANDLER"))
    {
        Some(name) => Err(errors::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided contains reserved keys that are currently not supported for modification. Reserved keys used \
             in this request: {name}"
        ))),
        None => Ok(variables),
    }
}

pub fn dead_letter(config: Option<DeadLetterConfig>) -> Result<Option<Arc<str>>, ApiError> {
    let target = config.and_then(|config| config.target_arn).filter(|arn| !arn.is_empty());
    match target {
        None => Ok(None),
        Some(arn) if arn.starts_with("arn:aws:sqs:") || arn.starts_with("arn:aws:sns:") => {
            Ok(Some(arn.into()))
        }
        Some(arn) => Err(errors::invalid(format!(
            "The provided target ARN is invalid: {arn}. Only Amazon SQS queues and Amazon SNS topics can be \
             dead-letter targets."
        ))),
    }
}
