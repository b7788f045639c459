//! What KMS says no with.

use crate::aws::ApiError;

pub(super) fn no_key(what: &str) -> ApiError {
    ApiError::client("NotFoundException", format!("Key '{what}' does not exist"))
}

pub(super) fn no_alias(arn: &str) -> ApiError {
    ApiError::client("NotFoundException", format!("Alias {arn} is not found."))
}

pub(super) fn disabled(arn: &str) -> ApiError {
    ApiError { status: 409, ..ApiError::client("DisabledException", format!("{arn} is disabled.")) }
}

pub(super) fn invalid_state(arn: &str, state: &str) -> ApiError {
    ApiError { status: 409, ..ApiError::client("KMSInvalidStateException", format!("{arn} is {state}.")) }
}

pub(super) fn invalid(message: impl Into<std::sync::Arc<str>>) -> ApiError {
    ApiError::client("ValidationException", message)
}

/// A parameter whose value Vigie does not simulate.
pub(super) fn not_simulated(what: &str) -> ApiError {
    ApiError::client("UnsupportedOperationException", format!("{what} is not simulated by Vigie."))
}
