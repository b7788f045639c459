//! What Lambda refuses, in its own words.

use super::{ApiError, Region, state::arn_of};

pub fn no_such_function(region: &Region, account_id: &str, name: &str) -> ApiError {
    let message = format!("Function not found: {}", arn_of(region, account_id, name));
    ApiError::not_found("ResourceNotFoundException", message)
}

pub fn invalid(message: impl Into<std::sync::Arc<str>>) -> ApiError {
    ApiError::client("InvalidParameterValueException", message)
}

pub fn conflict(message: impl Into<std::sync::Arc<str>>) -> ApiError {
    ApiError { status: 409, ..ApiError::client("ResourceConflictException", message) }
}

/// What AWS has and this account has not.
pub fn not_simulated(what: &str) -> ApiError {
    invalid(format!("{what} is not simulated by Vigie."))
}

/// A value outside what the service model allows, as every AWS service words it.
pub fn constraint(value: &str, at: &str, rule: &str) -> ApiError {
    ApiError::constraint("ValidationException", value, at, rule)
}

/// Names of functions: 1 to 64 letters, digits, dashes and underscores. Source: developer guide, `CreateFunction`.
pub fn check_name(name: &str) -> Result<(), ApiError> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if (1..=64).contains(&name.len()) && name.bytes().all(is_plain) {
        Ok(())
    } else {
        Err(constraint(
            name,
            "functionName",
            "Member must satisfy regular expression pattern: [a-zA-Z0-9-_]{1,64}",
        ))
    }
}

/// A number between bounds. Source: service model and quotas.
pub fn check_range(value: u32, at: &str, low: u32, high: u32) -> Result<u32, ApiError> {
    if value < low {
        let rule = format!("Member must have value greater than or equal to {low}");
        Err(constraint(&value.to_string(), at, &rule))
    } else if value > high {
        let rule = format!("Member must have value less than or equal to {high}");
        Err(constraint(&value.to_string(), at, &rule))
    } else {
        Ok(value)
    }
}
