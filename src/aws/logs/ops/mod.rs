//! The operations of CloudWatch Logs: one struct and one function each. Members are named in lower camel case, as in
//! the service model.

mod events;
mod groups;
mod metric_filters;
mod queries;
mod subscriptions;
mod tags;

use serde_json::{Map, Value, json};

use super::Logs;
use crate::aws::{ApiError, ApiOutcome, arn::Arn, operation::operations};

pub use events::*;
pub use groups::*;
pub use metric_filters::*;
pub use queries::*;
pub use subscriptions::*;
pub use tags::*;

operations! { pub(super) Logs:
    CreateLogGroup: Write => create_log_group;
    DeleteLogGroup: Write => delete_log_group;
    CreateLogStream: Write => create_log_stream;
    DeleteLogStream: Write => delete_log_stream;
    DescribeLogGroups: Read => describe_log_groups;
    DescribeLogStreams: Read => describe_log_streams;
    PutRetentionPolicy: Write => put_retention_policy;
    DeleteRetentionPolicy: Write => delete_retention_policy;
    TagResource: Write => tag_resource;
    UntagResource: Write => untag_resource;
    ListTagsForResource: Read => list_tags_for_resource;
    PutLogEvents: Write Data => put_log_events;
    GetLogEvents: Read => get_log_events;
    FilterLogEvents: Read => filter_log_events;
    PutMetricFilter: Write => put_metric_filter;
    DescribeMetricFilters: Read => describe_metric_filters;
    DeleteMetricFilter: Write => delete_metric_filter;
    TestMetricFilter: Read => test_metric_filter;
    PutSubscriptionFilter: Write => put_subscription_filter;
    DescribeSubscriptionFilters: Read => describe_subscription_filters;
    DeleteSubscriptionFilter: Write => delete_subscription_filter;
    StartQuery: Read => start_query;
    GetQueryResults: Read => get_query_results;
    StopQuery: Read => stop_query;
    DescribeQueries: Read => describe_queries;
    GetLogRecord: Read => get_log_record;
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

fn not_simulated(what: &str) -> ApiError {
    invalid(format!("Vigie does not simulate {what}"))
}

fn too_many(message: impl Into<String>) -> ApiError {
    ApiError::client("LimitExceededException", message.into())
}

fn check_filter_name(name: &str) -> Result<(), ApiError> {
    if name.is_empty() || name.chars().count() > 512 || name.contains([':', '*']) {
        return Err(bad_name(name, "filterName", "[^:*]*"));
    }
    Ok(())
}

/// The group that one of two members names: by its name, or by its name or ARN.
fn named_group<'n>(name: Option<&'n str>, identifier: Option<&'n str>) -> Result<&'n str, ApiError> {
    match (name, identifier) {
        (Some(name), None) => Ok(name),
        (None, Some(identifier)) => Ok(group_of(identifier)),
        _ => Err(invalid("Exactly one of logGroupName and logGroupIdentifier must be specified.")),
    }
}

/// The name of the group in an ARN, or the name itself.
fn group_of(identifier: &str) -> &str {
    let resource = Arn::parse(identifier).and_then(|arn| arn.resource.strip_prefix("log-group:"));
    resource.map_or(identifier, |name| name.trim_end_matches(":*"))
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

/// Which part of a list to answer.
struct Page {
    skip: usize,
    limit: usize,
}

impl Page {
    /// Fifty items a page at most, as in most lists of this service.
    fn read(token: Option<&str>, limit: Option<usize>) -> Result<Self, ApiError> {
        Self::up_to(50, token, limit)
    }

    fn up_to(most: usize, token: Option<&str>, limit: Option<usize>) -> Result<Self, ApiError> {
        let skip = match token {
            None => 0,
            Some(token) => {
                offset(token, "n/").ok_or_else(|| invalid("The specified nextToken is invalid."))?
            }
        };
        match limit {
            Some(0) => Err(invalid(format!("The limit must be between 1 and {most}."))),
            Some(limit) if limit > most => Err(invalid(format!("The limit must be between 1 and {most}."))),
            limit => Ok(Self { skip, limit: limit.unwrap_or(most) }),
        }
    }

    /// The items of the page under `name`, and the token of the next one if there is one.
    fn answer(&self, name: &str, items: impl Iterator<Item = Value>) -> ApiOutcome {
        let mut rest = items.skip(self.skip);
        let shown: Vec<Value> = rest.by_ref().take(self.limit).collect();
        let mut answer = Map::new();
        let next = self.skip + shown.len();
        answer.insert(name.to_owned(), shown.into());
        if rest.next().is_some() {
            answer.insert("nextToken".to_owned(), json!(token("n/", next)));
        }
        Ok(answer.into())
    }
}
