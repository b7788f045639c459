//! What Kinesis says no with.

use crate::aws::ApiError;

/// A stream that is not there, or not active yet.
pub(super) fn no_stream(arn: &str, account_id: &str) -> ApiError {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    ApiError::client(
        "ResourceNotFoundException",
        format!("Stream {name} under account {account_id} not found."),
    )
}

pub(super) fn no_shard(shard: &str, stream: &str, account_id: &str) -> ApiError {
    let message = format!("Shard {shard} in stream {stream} under account {account_id} does not exist");
    ApiError::client("ResourceNotFoundException", message)
}

pub(super) fn invalid(message: &str) -> ApiError {
    ApiError::client("InvalidArgumentException", message)
}

pub(super) fn constraint(value: &str, name: &str, rule: &str) -> ApiError {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: {rule}"
    );
    ApiError::client("ValidationException", message)
}

/// A shard that has taken all it takes in a second.
pub(super) fn full(shard: &str, stream: &str, account_id: &str) -> ApiError {
    let message = format!("Rate exceeded for shard {shard} in stream {stream} under account {account_id}.");
    ApiError::client("ProvisionedThroughputExceededException", message)
}
