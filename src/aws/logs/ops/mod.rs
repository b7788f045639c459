//! The operations of CloudWatch Logs: one struct and one function each. Members are named in lower camel case, as in
//! the service model.

mod events;
mod groups;

use super::Logs;
use crate::aws::{ApiError, operation::operations};

pub use events::*;
pub use groups::*;

operations! { pub(super) Logs:
    CreateLogGroup: Write => create_log_group;
    DeleteLogGroup: Write => delete_log_group;
    CreateLogStream: Write => create_log_stream;
    DescribeLogGroups: Read => describe_log_groups;
    DescribeLogStreams: Read => describe_log_streams;
    PutRetentionPolicy: Write => put_retention_policy;
    PutLogEvents: Write Data => put_log_events;
    GetLogEvents: Read => get_log_events;
    FilterLogEvents: Read => filter_log_events;
}

fn no_group() -> ApiError {
    ApiError::client("ResourceNotFoundException", "The specified log group does not exist.")
}

fn no_stream() -> ApiError {
    ApiError::client("ResourceNotFoundException", "The specified log stream does not exist.")
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterException", message.into())
}

/// A name that breaks the pattern of the service model.
fn bad_name(value: &str, member: &str, pattern: &str) -> ApiError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: {pattern}"
    ))
}

/// How far a page's token points; `prefix` tells one direction from the other.
fn offset(token: &str, prefix: &str) -> Option<usize> {
    token.strip_prefix(prefix)?.trim_end_matches("/s").parse().ok()
}

fn token(prefix: &str, offset: usize) -> String {
    format!("{prefix}{offset:056}/s")
}
