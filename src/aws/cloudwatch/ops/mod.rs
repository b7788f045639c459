//! The operations of CloudWatch: one struct and one function each.

mod alarms;
mod describe_alarms;
mod get_data;
mod get_statistics;
mod list_metrics;
mod put_alarm;
mod put_composite;
mod put_data;
mod queries;
mod reactions;
mod recorded;
mod tags;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    CloudWatch,
    metrics::MetricKey,
    unit::{UNITS, Unit},
};
use crate::aws::{
    ApiError, ApiOutcome,
    operation::operations,
    payload::Dimensions,
    timestamps::{self, Timestamp},
};

pub use alarms::*;
pub use describe_alarms::*;
pub use get_data::*;
pub use get_statistics::*;
pub use list_metrics::*;
pub use put_alarm::*;
pub use put_composite::*;
pub use put_data::*;
pub(super) use recorded::recorded_request;
pub use tags::*;

operations! { pub(super) CloudWatch:
    PutMetricAlarm: Write => put_metric_alarm;
    PutCompositeAlarm: Write => put_composite_alarm;
    DescribeAlarms: Read => describe_alarms;
    DescribeAlarmsForMetric: Read => describe_alarms_for_metric;
    DescribeAlarmHistory: Read => describe_alarm_history;
    DeleteAlarms: Write => delete_alarms;
    SetAlarmState: Write => set_alarm_state;
    EnableAlarmActions: Write => enable_alarm_actions;
    DisableAlarmActions: Write => disable_alarm_actions;
    PutMetricData: Write Data => put_metric_data;
    GetMetricStatistics: Read => get_metric_statistics;
    GetMetricData: Read Data => get_metric_data;
    ListMetrics: Read => list_metrics;
    TagResource: Write => tag_resource;
    UntagResource: Write => untag_resource;
    ListTagsForResource: Read => list_tags_for_resource;
}

/// A name and a value that tell one metric from another of the same name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Dimension {
    pub name: String,
    pub value: String,
}

fn key(namespace: &str, name: &str, dimensions: &[Dimension]) -> MetricKey {
    let dimensions: Dimensions = dimensions
        .iter()
        .map(|dimension| (dimension.name.as_str().into(), dimension.value.as_str().into()))
        .collect();
    MetricKey::new(namespace.into(), name.into(), dimensions)
}

/// A value outside an enumeration, in the words of the service's own validation.
fn not_in_enum(value: &str, member: &str, allowed: &[&str]) -> ApiError {
    constraint(value, member, &format!("satisfy enum value set: [{}]", allowed.join(", ")))
}

/// A value that breaks a constraint of the service model.
fn constraint(value: &str, member: &str, must: &str) -> ApiError {
    ApiError::constraint("ValidationError", value, member, &format!("Member must {must}"))
}

fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message.into())
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterValue", message.into())
}

fn unsupported_statistic(text: &str) -> ApiError {
    invalid(format!("The value {text} for parameter ExtendedStatistic is not supported."))
}

fn unit(text: Option<&str>) -> Result<Option<Unit>, ApiError> {
    text.map(|text| Unit::parse(text).ok_or_else(|| not_in_enum(text, "unit", UNITS))).transpose()
}

fn time_range(start: Timestamp, end: Timestamp) -> Result<(i64, i64), ApiError> {
    let (from, until) = (start.0.timestamp_millis(), end.0.timestamp_millis());
    if from < until {
        return Ok((from, until));
    }
    Err(invalid("The parameter StartTime must be less than the parameter EndTime."))
}

/// The most seconds of a period: a day.
const LONGEST_PERIOD_S: u32 = 86_400;

fn period_ms(seconds: u32) -> Result<i64, ApiError> {
    let is_high_resolution = matches!(seconds, 1 | 5 | 10 | 20 | 30);
    let is_minutes = seconds > 0 && seconds.is_multiple_of(60) && seconds <= LONGEST_PERIOD_S;
    if is_high_resolution || is_minutes {
        return Ok(i64::from(seconds) * 1_000);
    }
    Err(invalid("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, up to 86400."))
}

fn printed(epoch_ms: i64) -> String {
    timestamps::cli(timestamps::from_epoch_ms(epoch_ms))
}

/// Where a page begins; a token is the place of its first item.
fn place(token: Option<&str>, count: usize) -> Result<usize, ApiError> {
    let Some(token) = token else { return Ok(0) };
    let place = token.strip_prefix("page-").and_then(|place| place.parse().ok());
    place
        .filter(|place| *place < count)
        .ok_or_else(|| ApiError::client("InvalidNextToken", "The next token specified is invalid."))
}

/// The token of the page that begins at `place`.
fn token(place: usize) -> Value {
    format!("page-{place}").into()
}

/// One page of a list, with the token of the next.
fn page(name: &str, items: Vec<Value>, size: usize, from: Option<&str>) -> ApiOutcome {
    let (count, start) = (items.len(), place(from, items.len())?);
    let shown: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let end = start + shown.len();
    let mut answer = Map::new();
    answer.insert(name.to_owned(), shown.into());
    if end < count {
        answer.insert("NextToken".to_owned(), token(end));
    }
    Ok(answer.into())
}
