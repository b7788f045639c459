//! What EventBridge refuses, in its own words.
//!
//! Source: recorded answers (`event-patterns.md` §§6, 10, 12) and the API reference's error codes.

use super::ApiError;

pub fn validation(message: impl Into<std::sync::Arc<str>>) -> ApiError {
    ApiError::client("ValidationException", message)
}

pub fn no_such_bus(bus: &str) -> ApiError {
    ApiError::client("ResourceNotFoundException", format!("Event bus {bus} does not exist."))
}

pub fn no_such_rule(rule: &str, bus: &str) -> ApiError {
    ApiError::client("ResourceNotFoundException", format!("Rule {rule} does not exist on EventBus {bus}."))
}

pub fn limit_exceeded() -> ApiError {
    let message = "The requested resource exceeds the maximum number allowed.";
    ApiError::client("LimitExceededException", message)
}

/// A value outside what the service model allows, as every AWS service words it.
fn constraint(value: &str, at: &str, rule: &str) -> ApiError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: {rule}"
    ))
}

/// Names of rules and targets: 1 to 64 letters, digits, dots, dashes, underscores. Source: service model.
pub fn check_name(name: &str, at: &str) -> Result<(), ApiError> {
    if name.is_empty() {
        return Err(constraint(name, at, "Member must have length greater than or equal to 1"));
    }
    if name.chars().count() > 64 {
        return Err(constraint(name, at, "Member must have length less than or equal to 64"));
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        return Err(constraint(
            name,
            at,
            r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+",
        ));
    }
    Ok(())
}

/// A text of at most `limit` characters.
pub fn check_length(text: &str, at: &str, limit: usize) -> Result<(), ApiError> {
    if text.chars().count() > limit {
        let rule = format!("Member must have length less than or equal to {limit}");
        return Err(constraint(text, at, &rule));
    }
    Ok(())
}

/// A list of 1 to `limit` entries.
pub fn check_count(count: usize, at: &str, limit: usize) -> Result<(), ApiError> {
    let shown = format!("[{count} entries]");
    match count {
        0 => Err(constraint("[]", at, "Member must have length greater than or equal to 1")),
        _ if count > limit => {
            Err(constraint(&shown, at, &format!("Member must have length less than or equal to {limit}")))
        }
        _ => Ok(()),
    }
}
