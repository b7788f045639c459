//! What SNS says no with.

use crate::aws::ApiError;

/// `Invalid parameter: …`
pub(super) fn invalid(what: impl std::fmt::Display) -> ApiError {
    ApiError::client("InvalidParameter", format!("Invalid parameter: {what}"))
}

/// What SNS answers of a topic that is not there.
pub(super) fn no_topic() -> ApiError {
    ApiError::not_found("NotFound", "Topic does not exist")
}

pub(super) fn no_subscription() -> ApiError {
    ApiError::not_found("NotFound", "Subscription does not exist")
}

/// An attribute that exists in AWS and not here.
pub(super) fn not_simulated(what: impl std::fmt::Display) -> ApiError {
    invalid(format!("{what} is not simulated by Vigie"))
}
