//! What SQS says no with. Codes are those the AWS CLI prints, from the query names of the API's exceptions.

use crate::aws::ApiError;

/// What SQS puts before the codes that the XML protocol did not have.
pub(super) const PREFIX: &str = "AWS.SimpleQueueService.";

pub(super) fn no_queue() -> ApiError {
    ApiError::client("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
}

/// A value of a request that does not do.
pub(super) fn invalid_value(value: impl std::fmt::Display, parameter: &str, reason: &str) -> ApiError {
    let message = format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}");
    ApiError::client("InvalidParameterValue", message)
}

/// A value of a queue attribute that does not do.
pub(super) fn invalid_attribute_value(name: &str) -> ApiError {
    ApiError::client("InvalidAttributeValue", format!("Invalid value for the parameter {name}."))
}

pub(super) fn unknown_attribute(name: &str) -> ApiError {
    ApiError::client("InvalidAttributeName", format!("Unknown Attribute {name}."))
}

pub(super) fn not_simulated(what: &str) -> ApiError {
    ApiError::client(
        "AWS.SimpleQueueService.UnsupportedOperation",
        format!("{what} is not simulated by Vigie."),
    )
}
