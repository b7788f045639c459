//! The operations of CloudWatch: one struct and one function each.

mod alarms;
mod metrics;
mod put_alarm;

use serde::Deserialize;

use super::{
    CloudWatch,
    metrics::{Dimensions, MetricKey},
    unit::{UNITS, Unit},
};
use crate::aws::{ApiError, operation::operations};

pub use alarms::*;
pub use metrics::*;
pub use put_alarm::*;

operations! { pub(super) CloudWatch:
    PutMetricAlarm: Write => put_metric_alarm;
    DescribeAlarms: Read => describe_alarms;
    DescribeAlarmHistory: Read => describe_alarm_history;
    DeleteAlarms: Write => delete_alarms;
    SetAlarmState: Write => set_alarm_state;
    EnableAlarmActions: Write => enable_alarm_actions;
    DisableAlarmActions: Write => disable_alarm_actions;
    PutMetricData: Write Data => put_metric_data;
    GetMetricStatistics: Read => get_metric_statistics;
    GetMetricData: Read Data => get_metric_data;
    ListMetrics: Read => list_metrics;
}

/// A name and a value that tell one metric from another of the same name.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
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
    let message = format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {must}"
    );
    ApiError::client("ValidationError", message)
}

fn unit(text: Option<&str>) -> Result<Option<Unit>, ApiError> {
    text.map(|text| Unit::parse(text).ok_or_else(|| not_in_enum(text, "unit", UNITS))).transpose()
}
