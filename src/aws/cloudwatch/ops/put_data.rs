//! `PutMetricData`: publishes datapoints of custom metrics.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Dimension, invalid, key, unit};
use crate::{
    aws::{
        ApiError, ApiOutcome, CallContext, Delay, HopPath, Node, Payload, PayloadKind, ServiceName,
        cloudwatch::{
            CloudWatch,
            metrics::MetricKey,
            sample::{Many, Observed, Sample},
            unit::Unit,
        },
        payload::Datapoint,
        timestamps::Timestamp,
    },
    kernel::Cause,
};

/// The most datums of one request, values of one datum and dimensions of one metric. Source: API reference.
const MOST_DATUMS: usize = 1_000;
const MOST_VALUES: usize = 150;
const MOST_DIMENSIONS: usize = 30;
const TWO_WEEKS_MS: i64 = 14 * 86_400_000;
const TWO_HOURS_MS: i64 = 2 * 3_600_000;

/// Publishes datapoints of custom metrics.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutMetricData {
    #[schemars(length(min = 1, max = 255))]
    pub namespace: String,
    #[serde(default)]
    pub metric_data: Vec<MetricDatum>,
}

/// One datum: a value, several values with their counts, or a statistic set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricDatum {
    #[schemars(length(min = 1, max = 255))]
    pub metric_name: String,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    pub timestamp: Option<Timestamp>,
    pub value: Option<f64>,
    pub statistic_values: Option<StatisticSet>,
    #[serde(default)]
    pub values: Vec<f64>,
    #[serde(default)]
    pub counts: Vec<f64>,
    pub unit: Option<String>,
    /// 1 or 60 seconds.
    pub storage_resolution: Option<u32>,
}

/// Samples summed up by whoever publishes them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StatisticSet {
    pub sample_count: f64,
    pub sum: f64,
    pub minimum: f64,
    pub maximum: f64,
}

impl CloudWatch {
    pub(super) fn put_metric_data(
        &mut self,
        input: PutMetricData,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_namespace(&input.namespace)?;
        if input.metric_data.len() > MOST_DATUMS {
            return Err(too_many("MetricData", MOST_DATUMS));
        }
        let now = cx.moment().epoch_ms();
        let mut ready = Vec::with_capacity(input.metric_data.len());
        for (index, datum) in input.metric_data.iter().enumerate() {
            let member = format!("MetricData.member.{}", index + 1);
            let unit = unit(datum.unit.as_deref())?.unwrap_or(Unit::NONE);
            let at = datum.timestamp.map_or(now, |given| given.0.timestamp_millis());
            check_moment(&member, at, now)?;
            check_names(&member, datum)?;
            let at = kept_at(at, resolution(&member, datum.storage_resolution)?);
            ready.push((datum, observed(&member, datum)?, unit, at));
        }
        for (datum, observed, unit, at) in ready {
            let key = key(&input.namespace, &datum.metric_name, &datum.dimensions);
            let cause = published(cx, &key, &observed, unit, at);
            self.store(cx.region(), key, Sample { at, cause, unit, observed });
        }
        Ok(Value::Null)
    }
}

/// Namespaces of AWS's own services are theirs.
fn check_namespace(namespace: &str) -> Result<(), ApiError> {
    let is_known = |letter: char| letter.is_ascii_alphanumeric() || ".-_/#: ".contains(letter);
    if namespace.starts_with("AWS/") {
        return Err(invalid("The value AWS/ for parameter Namespace is invalid."));
    }
    let length = namespace.chars().count();
    if namespace.trim().is_empty()
        || length > 255
        || namespace.starts_with(':')
        || !namespace.chars().all(is_known)
    {
        return Err(invalid(format!("The value {namespace} for parameter Namespace is invalid.")));
    }
    Ok(())
}

fn check_names(member: &str, datum: &MetricDatum) -> Result<(), ApiError> {
    let is_long = |text: &str, most: usize| text.is_empty() || text.chars().count() > most;
    if is_long(&datum.metric_name, 255) {
        return Err(invalid(format!(
            "The value {} for parameter {member}.MetricName is invalid.",
            datum.metric_name
        )));
    }
    if datum.dimensions.len() > MOST_DIMENSIONS {
        return Err(too_many(&format!("{member}.Dimensions"), MOST_DIMENSIONS));
    }
    for (index, dimension) in datum.dimensions.iter().enumerate() {
        let member = format!("{member}.Dimensions.member.{}", index + 1);
        for (name, text, most) in [("Name", &dimension.name, 255), ("Value", &dimension.value, 1_024)] {
            if is_long(text, most) {
                return Err(invalid(format!("The value {text} for parameter {member}.{name} is invalid.")));
            }
        }
    }
    Ok(())
}

fn check_moment(member: &str, at: i64, now: i64) -> Result<(), ApiError> {
    let message = if at < now - TWO_WEEKS_MS {
        "must specify a time within the past two weeks."
    } else if at > now + TWO_HOURS_MS {
        "must specify a time no more than two hours in the future."
    } else {
        return Ok(());
    };
    Err(invalid(format!("The parameter {member}.Timestamp {message}")))
}

/// Milliseconds of what it is kept at: a minute unless said otherwise.
fn resolution(member: &str, seconds: Option<u32>) -> Result<i64, ApiError> {
    match seconds {
        None | Some(60) => Ok(60_000),
        Some(1) => Ok(1_000),
        Some(other) => Err(invalid(format!(
            "The value {other} for parameter {member}.StorageResolution is not supported: it is 1 or 60."
        ))),
    }
}

/// A sample belongs to the minute, or to the second, it was taken in.
const fn kept_at(at: i64, resolution_ms: i64) -> i64 {
    at.div_euclid(resolution_ms) * resolution_ms
}

fn observed(member: &str, datum: &MetricDatum) -> Result<Observed, ApiError> {
    let exclusive = |one: &str, other: &str| {
        let message = format!(
            "The parameters {member}.{one} and {member}.{other} are mutually exclusive and you have specified both."
        );
        ApiError::client("InvalidParameterCombination", message)
    };
    match (datum.value, datum.values.as_slice(), &datum.statistic_values) {
        (Some(_), [_, ..], _) => Err(exclusive("Value", "Values")),
        (Some(_), _, Some(_)) => Err(exclusive("Value", "StatisticValues")),
        (None, [_, ..], Some(_)) => Err(exclusive("Values", "StatisticValues")),
        (Some(value), [], None) => in_range(member, "Value", value).map(Observed::One),
        (None, [], Some(set)) => statistic_set(member, set).map(|many| Observed::Many(Arc::new(many))),
        (None, values @ [_, ..], None) => {
            several(member, values, &datum.counts).map(|many| Observed::Many(Arc::new(many)))
        }
        (None, [], None) => {
            let message = format!(
                "At least one of the parameters {member}.Value, {member}.Values and {member}.StatisticValues must be \
                 specified."
            );
            Err(ApiError::client("MissingParameter", message))
        }
    }
}

/// -2^360 to 2^360.
fn in_range(member: &str, name: &str, value: f64) -> Result<f64, ApiError> {
    if value.abs() <= 2.0_f64.powi(360) {
        Ok(value)
    } else {
        Err(invalid(format!("The value {value} for parameter {member}.{name} is invalid.")))
    }
}

fn statistic_set(member: &str, set: &StatisticSet) -> Result<Many, ApiError> {
    let member = format!("{member}.StatisticValues");
    for (name, value) in [("Sum", set.sum), ("Minimum", set.minimum), ("Maximum", set.maximum)] {
        in_range(&member, name, value)?;
    }
    if set.sample_count <= 0.0 {
        return Err(invalid(format!(
            "The value {} for parameter {member}.SampleCount is invalid.",
            set.sample_count
        )));
    }
    if set.minimum > set.maximum {
        let message = format!("The parameter {member}.Maximum must be greater than {member}.Minimum.");
        return Err(invalid(message));
    }
    let is_one_value = set.minimum.to_bits() == set.maximum.to_bits() || set.sample_count <= 1.0;
    Ok(Many {
        count: set.sample_count,
        sum: set.sum,
        minimum: set.minimum,
        maximum: set.maximum,
        values: if is_one_value { vec![(set.maximum, set.sample_count)] } else { Vec::new() },
    })
}

fn several(member: &str, values: &[f64], counts: &[f64]) -> Result<Many, ApiError> {
    if values.len() > MOST_VALUES {
        return Err(too_many(&format!("{member}.Values"), MOST_VALUES));
    }
    if !counts.is_empty() && counts.len() != values.len() {
        let message = format!("The parameters {member}.Values and {member}.Counts must be of the same size.");
        return Err(invalid(message));
    }
    let mut pairs = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let count = counts.get(index).copied().unwrap_or(1.0);
        if count <= 0.0 {
            return Err(invalid(format!("The value {count} for parameter {member}.Counts is invalid.")));
        }
        pairs.push((in_range(member, "Values", *value)?, count));
    }
    Ok(Many {
        count: pairs.iter().map(|(_, count)| count).sum(),
        sum: pairs.iter().map(|(value, count)| value * count).sum(),
        minimum: values.iter().copied().fold(f64::INFINITY, f64::min),
        maximum: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        values: pairs,
    })
}

fn too_many(collection: &str, most: usize) -> ApiError {
    invalid(format!("The collection {collection} must not have a size greater than {most}."))
}

/// The hop of a datum somebody published, so that an alarm's change of state can name it.
fn published(
    cx: &mut CallContext<'_, '_>,
    key: &MetricKey,
    observed: &Observed,
    unit: Unit,
    at: i64,
) -> Cause {
    let region = cx.region().clone();
    let from = Node::new(ServiceName::Outside, &region, cx.call.by.name());
    let to = Node::new(ServiceName::CloudWatch, &region, Arc::clone(&key.name));
    let payload = match observed {
        Observed::One(value) => Payload::Datapoint(Arc::new(Datapoint {
            namespace: Arc::clone(&key.namespace),
            metric_name: Arc::clone(&key.name),
            dimensions: key.dimensions().into(),
            timestamp: at,
            value: *value,
            unit: unit.as_str(),
        })),
        Observed::Many(many) => Payload::json(
            PayloadKind::Measure,
            format!("{} ×{}", key.name, many.count),
            json!({
                "Namespace": &*key.namespace,
                "MetricName": &*key.name,
                "Dimensions": key.dimensions_json(),
                "Timestamp": at,
                "StatisticValues": {
                    "SampleCount": many.count,
                    "Sum": many.sum,
                    "Minimum": many.minimum,
                    "Maximum": many.maximum,
                },
                "Unit": unit,
            }),
        ),
    };
    Cause::Hop(cx.out.mark(HopPath::ResMetric, from, to, payload, Delay::None))
}
