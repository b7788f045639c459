//! `GetMetricStatistics`: one metric's statistics by period.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Dimension, invalid, key, not_in_enum, period_ms, printed, time_range, unit, unsupported_statistic,
};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    cloudwatch::{
        CloudWatch,
        series::{Series, reach_ms},
        statistic::{Aggregate, Statistic},
        unit::Unit,
    },
    timestamps::Timestamp,
};

/// The most datapoints one call may ask for, and the most statistics of either kind. Source: API reference.
const MOST_DATAPOINTS: i64 = 1_440;
const MOST_STATISTICS: usize = 5;
const MOST_EXTENDED: usize = 10;

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
    /// Such as p95, tm90 or PR(:300).
    #[serde(default)]
    pub extended_statistics: Vec<String>,
    pub unit: Option<String>,
}

impl CloudWatch {
    pub(super) fn get_metric_statistics(
        &mut self,
        input: GetMetricStatistics,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let (from, until) = time_range(input.start_time, input.end_time)?;
        let period_ms = period_ms(input.period)?;
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
        let reached = from.max(cx.moment().epoch_ms() - reach_ms(input.period));
        let datapoints = self
            .series(cx.region(), &key)
            .map(|series| datapoints(series, (reached, until), period_ms, &statistics, unit))
            .unwrap_or_default();
        Ok(json!({ "Label": input.metric_name, "Datapoints": datapoints }))
    }
}

fn statistics(input: &GetMetricStatistics) -> Result<Vec<Statistic>, ApiError> {
    let mut wanted = Vec::new();
    for text in &input.statistics {
        let names = Statistic::PLAIN.map(|plain| plain.plain_name().unwrap_or_default());
        wanted.push(Statistic::parse_plain(text).ok_or_else(|| not_in_enum(text, "statistics", &names))?);
    }
    for text in &input.extended_statistics {
        wanted.push(Statistic::parse_extended(text).ok_or_else(|| unsupported_statistic(text))?);
    }
    if input.statistics.len() > MOST_STATISTICS || input.extended_statistics.len() > MOST_EXTENDED {
        return Err(invalid(
            "The collection Statistics must not have a size greater than 5, nor ExtendedStatistics than 10.",
        ));
    }
    if wanted.is_empty() {
        let message = "Must specify either Statistics or ExtendedStatistics";
        return Err(ApiError::client("InvalidParameterCombination", message));
    }
    Ok(wanted)
}

/// One object per period and unit, oldest first; a metric's units are streams of their own.
fn datapoints(
    series: &Series,
    (from, until): (i64, i64),
    period_ms: i64,
    statistics: &[Statistic],
    unit: Option<Unit>,
) -> Vec<Value> {
    let keeps_values = statistics.iter().any(|statistic| statistic.is_extended());
    let units = unit.map_or_else(|| series.units(from, until), |unit| vec![unit]);
    let mut found: Vec<(i64, Value)> = Vec::new();
    for unit in units {
        let periods = series.aggregates(from, until, period_ms, keeps_values, Some(unit));
        found.extend(
            periods.iter().map(|(start, period)| (*start, described(*start, period, statistics, unit))),
        );
    }
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, datapoint)| datapoint).collect()
}

fn described(start: i64, period: &Aggregate, statistics: &[Statistic], unit: Unit) -> Value {
    let mut datapoint = Map::new();
    let mut extended = Map::new();
    datapoint.insert("Timestamp".into(), json!(printed(start)));
    for statistic in statistics {
        let Some(value) = period.value(*statistic) else { continue };
        let object = if statistic.is_extended() { &mut extended } else { &mut datapoint };
        object.insert(statistic.to_string(), json!(value));
    }
    datapoint.insert("Unit".into(), json!(unit));
    if !extended.is_empty() {
        datapoint.insert("ExtendedStatistics".into(), extended.into());
    }
    datapoint.into()
}
