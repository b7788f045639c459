//! Operations on metrics: publishing datapoints and reading them back.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Dimension, key, not_in_enum, unit};
use crate::aws::{
    ApiError, ApiOutcome, CallContext, Delay, HopPath, Node, Payload, PayloadKind, ServiceName,
    cloudwatch::{
        CloudWatch,
        metrics::{MetricKey, Series},
        sample::{Many, Observed, Sample},
        statistic::Statistic,
        unit::Unit,
    },
    payload::Datapoint,
    timestamps::{self, Timestamp},
};
use crate::kernel::Cause;

/// The most datapoints one `GetMetricStatistics` may ask for.
const MOST_DATAPOINTS: i64 = 1_440;
/// The most datums of one `PutMetricData`.
const MOST_DATUMS: usize = 1_000;
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

/// Gives statistics of one metric by period.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetMetricStatistics {
    pub namespace: String,
    pub metric_name: String,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    pub start_time: Timestamp,
    pub end_time: Timestamp,
    /// Seconds.
    pub period: u32,
    #[serde(default)]
    pub statistics: Vec<String>,
    /// Percentiles such as p95.
    #[serde(default)]
    pub extended_statistics: Vec<String>,
    pub unit: Option<String>,
}

/// Gives several metrics' statistics at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetMetricData {
    pub metric_data_queries: Vec<MetricDataQuery>,
    pub start_time: Timestamp,
    pub end_time: Timestamp,
    #[schemars(extend("enum" = ["TimestampDescending", "TimestampAscending"]))]
    pub scan_by: Option<String>,
}

/// One metric and statistic of `GetMetricData`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricDataQuery {
    /// Starts with a lower-case letter.
    pub id: String,
    pub metric_stat: Option<MetricStat>,
    pub label: Option<String>,
    pub return_data: Option<bool>,
}

/// A metric with its period and statistic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricStat {
    pub metric: Metric,
    /// Seconds.
    pub period: u32,
    pub stat: String,
    pub unit: Option<String>,
}

/// What identifies a metric.
#[expect(clippy::struct_field_names, reason = "`MetricName` is AWS's own name")]
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Metric {
    pub namespace: String,
    pub metric_name: String,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
}

/// Lists the metrics that have datapoints.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListMetrics {
    pub namespace: Option<String>,
    pub metric_name: Option<String>,
    #[serde(default)]
    pub dimensions: Vec<DimensionFilter>,
    /// `PT3H`: only metrics with a datapoint in the last three hours.
    #[schemars(extend("enum" = ["PT3H"]))]
    pub recently_active: Option<String>,
}

/// A dimension to look for, with any value unless one is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DimensionFilter {
    pub name: String,
    pub value: Option<String>,
}

impl CloudWatch {
    pub(super) fn put_metric_data(
        &mut self,
        input: PutMetricData,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.metric_data.len() > MOST_DATUMS {
            let message =
                format!("The collection MetricData must not have a size greater than {MOST_DATUMS}.");
            return Err(ApiError::client("InvalidParameterValue", message));
        }
        let now = cx.moment().epoch_ms();
        let mut ready = Vec::with_capacity(input.metric_data.len());
        for (index, datum) in input.metric_data.iter().enumerate() {
            let unit = unit(datum.unit.as_deref())?.unwrap_or(Unit::NONE);
            let at = datum.timestamp.map_or(now, |given| given.0.timestamp_millis());
            check_moment(index + 1, at, now)?;
            ready.push((datum, observed(index + 1, datum)?, unit, at));
        }
        for (datum, observed, unit, at) in ready {
            let key = key(&input.namespace, &datum.metric_name, &datum.dimensions);
            let cause = published(cx, &key, &observed, unit, at);
            self.store(cx.region(), key, Sample { at, cause, unit, observed });
        }
        Ok(Value::Null)
    }

    pub(super) fn get_metric_statistics(
        &mut self,
        input: GetMetricStatistics,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let (from, until) = range(input.start_time, input.end_time)?;
        let period_ms = period(input.period)?;
        let asked = (until - from) / period_ms;
        if asked > MOST_DATAPOINTS {
            let message = format!(
                "You have requested up to {asked} datapoints, which exceeds the limit of 1,440. You may reduce the \
                 datapoints requested by increasing Period, or decreasing the time range."
            );
            return Err(ApiError::client("InvalidParameterCombination", message));
        }
        let statistics = statistics(&input)?;
        let unit = unit(input.unit.as_deref())?;
        let key = key(&input.namespace, &input.metric_name, &input.dimensions);
        let series = self.series(cx.region(), &key);
        let datapoints = series
            .map(|series| datapoints(series, from, until, period_ms, &statistics, unit))
            .unwrap_or_default();
        Ok(json!({ "Label": input.metric_name, "Datapoints": datapoints }))
    }

    pub(super) fn get_metric_data(
        &mut self,
        input: GetMetricData,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let (from, until) = range(input.start_time, input.end_time)?;
        let ascending = input.scan_by.as_deref() == Some("TimestampAscending");
        let mut results = Vec::new();
        for query in &input.metric_data_queries {
            let Some(stat) = &query.metric_stat else {
                let message = format!(
                    "The query {} must have a MetricStat: expressions are not simulated yet.",
                    query.id
                );
                return Err(ApiError::client("ValidationError", message));
            };
            if query.return_data == Some(false) {
                continue;
            }
            let statistic = Statistic::parse(&stat.stat).ok_or_else(|| unsupported_statistic(&stat.stat))?;
            let unit = unit(stat.unit.as_deref())?;
            let period_ms = period(stat.period)?;
            let key = key(&stat.metric.namespace, &stat.metric.metric_name, &stat.metric.dimensions);
            let mut points = self
                .series(cx.region(), &key)
                .map(|series| series.by_period(from, until, period_ms, statistic, unit))
                .unwrap_or_default();
            if !ascending {
                points.reverse();
            }
            let (times, values): (Vec<String>, Vec<f64>) =
                points.into_iter().map(|(at, value)| (printed(at), value)).unzip();
            results.push(json!({
                "Id": query.id,
                "Label": query.label.as_deref().unwrap_or(&stat.metric.metric_name),
                "Timestamps": times,
                "Values": values,
                "StatusCode": "Complete",
            }));
        }
        Ok(json!({ "MetricDataResults": results, "Messages": [] }))
    }

    pub(super) fn list_metrics(&mut self, input: ListMetrics, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let silence = match input.recently_active.as_deref() {
            None => TWO_WEEKS_MS,
            Some("PT3H") => 3 * 3_600_000,
            Some(text) => return Err(not_in_enum(text, "recentlyActive", &["PT3H"])),
        };
        let since = cx.moment().epoch_ms() - silence;
        let has = |key: &MetricKey, filter: &DimensionFilter| {
            key.dimension(&filter.name)
                .is_some_and(|value| filter.value.as_deref().is_none_or(|wanted| wanted == value))
        };
        let metrics: Vec<Value> = self
            .metrics(cx.region())
            .filter(|(_, series)| series.newest().is_some_and(|newest| newest.at >= since))
            .map(|(key, _)| key)
            .filter(|key| input.namespace.as_deref().is_none_or(|wanted| *key.namespace == *wanted))
            .filter(|key| input.metric_name.as_deref().is_none_or(|wanted| *key.name == *wanted))
            .filter(|key| input.dimensions.iter().all(|filter| has(key, filter)))
            .map(|key| {
                json!({
                    "Namespace": &*key.namespace,
                    "MetricName": &*key.name,
                    "Dimensions": key.dimensions_json(),
                })
            })
            .collect();
        Ok(json!({ "Metrics": metrics }))
    }
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

fn check_moment(member: usize, at: i64, now: i64) -> Result<(), ApiError> {
    let message = if at < now - TWO_WEEKS_MS {
        "must specify a time within the past two weeks."
    } else if at > now + TWO_HOURS_MS {
        "must specify a time no more than two hours in the future."
    } else {
        return Ok(());
    };
    let message = format!("The parameter MetricData.member.{member}.Timestamp {message}");
    Err(ApiError::client("InvalidParameterValue", message))
}

fn observed(member: usize, datum: &MetricDatum) -> Result<Observed, ApiError> {
    let member = format!("MetricData.member.{member}");
    if let Some(resolution) = datum.storage_resolution
        && !matches!(resolution, 1 | 60)
    {
        let message = format!(
            "The value {resolution} for parameter {member}.StorageResolution is not supported: it is 1 or 60."
        );
        return Err(ApiError::client("InvalidParameterValue", message));
    }
    let exclusive = |one: &str, other: &str| {
        let message = format!(
            "The parameters {member}.{one} and {member}.{other} are mutually exclusive and you have specified both."
        );
        ApiError::client("InvalidParameterCombination", message)
    };
    let in_range = |value: f64| {
        if value.abs() <= 2.0_f64.powi(360) {
            return Ok(value);
        }
        let message = format!("The value {value} for parameter {member}.Value is invalid.");
        Err(ApiError::client("InvalidParameterValue", message))
    };
    match (datum.value, datum.values.as_slice(), &datum.statistic_values) {
        (Some(_), [_, ..], _) => Err(exclusive("Value", "Values")),
        (Some(_), _, Some(_)) => Err(exclusive("Value", "StatisticValues")),
        (None, [_, ..], Some(_)) => Err(exclusive("Values", "StatisticValues")),
        (Some(value), [], None) => in_range(value).map(Observed::One),
        (None, [], Some(set)) => Ok(Observed::Many(Arc::new(Many {
            count: set.sample_count,
            sum: in_range(set.sum)?,
            minimum: in_range(set.minimum)?,
            maximum: in_range(set.maximum)?,
            values: if set.minimum.to_bits() == set.maximum.to_bits() || set.sample_count <= 1.0 {
                vec![(set.maximum, set.sample_count)]
            } else {
                Vec::new()
            },
        }))),
        (None, values @ [_, ..], None) => several(&member, values, &datum.counts),
        (None, [], None) => {
            let message = format!(
                "At least one of the parameters {member}.Value, {member}.Values and {member}.StatisticValues must be \
                 specified."
            );
            Err(ApiError::client("MissingParameter", message))
        }
    }
}

fn several(member: &str, values: &[f64], counts: &[f64]) -> Result<Observed, ApiError> {
    if !counts.is_empty() && counts.len() != values.len() {
        let message = format!("The parameters {member}.Values and {member}.Counts must be of the same size.");
        return Err(ApiError::client("InvalidParameterValue", message));
    }
    let count_of = |index: usize| counts.get(index).copied().unwrap_or(1.0);
    let pairs: Vec<(f64, f64)> =
        values.iter().enumerate().map(|(index, value)| (*value, count_of(index))).collect();
    Ok(Observed::Many(Arc::new(Many {
        count: pairs.iter().map(|(_, count)| count).sum(),
        sum: pairs.iter().map(|(value, count)| value * count).sum(),
        minimum: values.iter().copied().fold(f64::INFINITY, f64::min),
        maximum: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        values: pairs,
    })))
}

fn range(start: Timestamp, end: Timestamp) -> Result<(i64, i64), ApiError> {
    let (from, until) = (start.0.timestamp_millis(), end.0.timestamp_millis());
    if from < until {
        return Ok((from, until));
    }
    let message = "The parameter StartTime must be less than the parameter EndTime.";
    Err(ApiError::client("InvalidParameterValue", message))
}

fn period(seconds: u32) -> Result<i64, ApiError> {
    if matches!(seconds, 1 | 5 | 10 | 20 | 30) || (seconds > 0 && seconds.is_multiple_of(60)) {
        return Ok(i64::from(seconds) * 1_000);
    }
    let message = "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.";
    Err(ApiError::client("InvalidParameterValue", message))
}

fn statistics(input: &GetMetricStatistics) -> Result<Vec<(String, Statistic)>, ApiError> {
    let mut wanted = Vec::new();
    for text in &input.statistics {
        let names = Statistic::PLAIN.map(|plain| plain.plain_name().unwrap_or_default());
        let statistic =
            Statistic::parse_plain(text).ok_or_else(|| not_in_enum(text, "statistics", &names))?;
        wanted.push((text.clone(), statistic));
    }
    for text in &input.extended_statistics {
        let statistic = Statistic::parse_percentile(text).ok_or_else(|| unsupported_statistic(text))?;
        wanted.push((text.clone(), statistic));
    }
    if wanted.is_empty() {
        let message = "Must specify either Statistics or ExtendedStatistics";
        return Err(ApiError::client("InvalidParameterCombination", message));
    }
    Ok(wanted)
}

fn unsupported_statistic(text: &str) -> ApiError {
    let message =
        format!("The statistic {text} is not supported: Vigie knows the five plain ones and percentiles.");
    ApiError::client("InvalidParameterValue", message)
}

/// What one period comes to, statistic by statistic.
struct Row {
    start: i64,
    plain: Map<String, Value>,
    extended: Map<String, Value>,
}

impl Row {
    fn describe(self, unit: Unit) -> Value {
        let mut datapoint = Map::new();
        datapoint.insert("Timestamp".into(), json!(printed(self.start)));
        datapoint.extend(self.plain);
        datapoint.insert("Unit".into(), json!(unit));
        if !self.extended.is_empty() {
            datapoint.insert("ExtendedStatistics".into(), self.extended.into());
        }
        datapoint.into()
    }
}

/// One object per period and unit, oldest first; a metric's units are streams of their own.
fn datapoints(
    series: &Series,
    from: i64,
    until: i64,
    period_ms: i64,
    statistics: &[(String, Statistic)],
    unit: Option<Unit>,
) -> Vec<Value> {
    let mut units: Vec<Unit> = series.samples(from, until, unit).map(|sample| sample.unit).collect();
    units.sort_unstable();
    units.dedup();
    let mut found: Vec<(i64, Value)> = Vec::new();
    for unit in units {
        let mut periods: Vec<Row> = Vec::new();
        for (name, statistic) in statistics {
            for (start, value) in series.by_period(from, until, period_ms, *statistic, Some(unit)) {
                let place = periods.partition_point(|row| row.start < start);
                if periods.get(place).is_none_or(|row| row.start != start) {
                    periods.insert(place, Row { start, plain: Map::new(), extended: Map::new() });
                }
                let row = &mut periods[place];
                let object = if statistic.is_percentile() { &mut row.extended } else { &mut row.plain };
                object.insert(name.clone(), json!(value));
            }
        }
        found.extend(periods.into_iter().map(|row| (row.start, row.describe(unit))));
    }
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, datapoint)| datapoint).collect()
}

fn printed(epoch_ms: i64) -> String {
    timestamps::cli(timestamps::from_epoch_ms(epoch_ms))
}
