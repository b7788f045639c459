//! What EventBridge refuses, in its own words.
//!
//! Source: recorded answers (`event-patterns.md` §§6, 10, 12) and the API reference's error codes.

use super::ApiError;

pub fn validation(message: impl Into<std::sync::Arc<str>>) -> ApiError {
    ApiError::client("ValidationException", message)
}

pub fn no_such_bus(bus: &str) -> ApiError {
    no_such("Event bus", bus)
}

pub fn no_such_rule(rule: &str, bus: &str) -> ApiError {
    ApiError::client("ResourceNotFoundException", format!("Rule {rule} does not exist on EventBus {bus}."))
}

pub fn limit_exceeded() -> ApiError {
    let message = "The requested resource exceeds the maximum number allowed.";
    ApiError::client("LimitExceededException", message)
}

/// A part of the API that Vigie leaves out, refused by name.
pub fn not_simulated(what: &str) -> ApiError {
    validation(format!("{what} is not simulated by Vigie."))
}

pub fn already_exists(kind: &str, name: &str) -> ApiError {
    ApiError::client("ResourceAlreadyExistsException", format!("{kind} {name} already exists."))
}

pub fn no_such(kind: &str, name: &str) -> ApiError {
    ApiError::client("ResourceNotFoundException", format!("{kind} {name} does not exist."))
}

pub fn invalid_state(message: String) -> ApiError {
    ApiError::client("InvalidStateException", message)
}

pub fn invalid_parameter(name: &str, reason: &str) -> ApiError {
    validation(format!("Parameter {name} is not valid. Reason: {reason}"))
}

pub fn missing_parameter(name: &str) -> ApiError {
    validation(format!("Parameter(s) {name} must be specified."))
}

/// A rule that another service made and keeps.
pub fn managed_rule(rule: &str, owner: &str) -> ApiError {
    let message = format!("Rule {rule} is managed by {owner} and can not be modified.");
    ApiError::client("ManagedRuleException", message)
}

/// A value outside what the service model allows, as every AWS service words it.
fn constraint(value: &str, at: &str, rule: &str) -> ApiError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: {rule}"
    ))
}

/// Names of rules and targets: 1 to 64 letters, digits, dots, dashes, underscores. Source: service model.
pub fn check_name(name: &str, at: &str) -> Result<(), ApiError> {
    check_short_name(name, at, 64)
}

/// A name of 1 to `limit` letters, digits, dots, dashes, underscores.
pub fn check_short_name(name: &str, at: &str, limit: usize) -> Result<(), ApiError> {
    if name.is_empty() {
        return Err(constraint(name, at, "Member must have length greater than or equal to 1"));
    }
    check_length(name, at, limit)?;
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        return Err(constraint(
            name,
            at,
            r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+",
        ));
    }
    Ok(())
}

/// Twelve digits of an account, or everybody.
pub fn check_account(account: &str, at: &str) -> Result<(), ApiError> {
    let is_number = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if is_number || account == "*" {
        return Ok(());
    }
    Err(constraint(account, at, r"Member must satisfy regular expression pattern: (\d{12}|\*)"))
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

/// A whole number in a range, ends included.
pub fn check_range(value: u32, at: &str, (least, most): (u32, u32)) -> Result<(), ApiError> {
    let shown = value.to_string();
    if value < least {
        let rule = format!("Member must have value greater than or equal to {least}");
        return Err(constraint(&shown, at, &rule));
    }
    if value > most {
        return Err(constraint(&shown, at, &format!("Member must have value less than or equal to {most}")));
    }
    Ok(())
}
