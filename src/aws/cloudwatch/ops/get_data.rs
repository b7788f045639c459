//! `GetMetricData`: several metrics and expressions at once.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    invalid, not_in_enum, place, printed,
    queries::{self, MetricDataQuery},
    time_range, token, validation,
};
use crate::aws::{
    ApiError, ApiOutcome, CallContext, Region,
    cloudwatch::{
        CloudWatch,
        math::{Grid, Line, MetricStat, Queries, Source},
        series::reach_ms,
    },
    timestamps::Timestamp,
};

/// The most queries, and the most datapoints of one answer. Source: API reference.
const MOST_QUERIES: usize = 500;
const MOST_DATAPOINTS: usize = 100_800;
/// The most periods a query may be asked for before any is read, so that an answer comes in bounded time.
const MOST_PERIODS: usize = 1_000_000;

/// Gives statistics of several metrics, and what expressions make of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetMetricData {
    pub metric_data_queries: Vec<MetricDataQuery>,
    pub start_time: Timestamp,
    pub end_time: Timestamp,
    pub next_token: Option<String>,
    #[schemars(extend("enum" = ["TimestampDescending", "TimestampAscending"]))]
    pub scan_by: Option<String>,
    #[schemars(range(min = 1, max = 100_800))]
    pub max_datapoints: Option<usize>,
}

/// One time series of the answer, its points in the order asked for.
struct Found {
    id: String,
    label: String,
    points: Vec<(i64, f64)>,
    /// The metric has several units, and none was asked for.
    mixes_units: bool,
}

impl CloudWatch {
    pub(super) fn get_metric_data(
        &mut self,
        input: GetMetricData,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let (from, until) = time_range(input.start_time, input.end_time)?;
        let ascends = match input.scan_by.as_deref() {
            None | Some("TimestampDescending") => false,
            Some("TimestampAscending") => true,
            Some(text) => {
                return Err(not_in_enum(text, "scanBy", &["TimestampDescending", "TimestampAscending"]));
            }
        };
        if input.metric_data_queries.len() > MOST_QUERIES {
            return Err(invalid(format!(
                "The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}."
            )));
        }
        let queries = queries::read(&input.metric_data_queries, "MetricDataQueries")?;
        if queries.returning().next().is_none() {
            return Err(validation("At least one query must return data."));
        }
        let now = cx.moment().epoch_ms();
        let mut found = Vec::new();
        for (index, _) in queries.returning() {
            let grid = grid(&queries, index, (from, until), now, queries.list().len())?;
            found.extend(self.found(cx.region(), &queries, index, grid)?);
        }
        if !ascends {
            for series in &mut found {
                series.points.reverse();
            }
        }
        let most = input.max_datapoints.unwrap_or(MOST_DATAPOINTS).min(MOST_DATAPOINTS);
        answer(&found, most, input.next_token.as_deref())
    }

    fn found(
        &self,
        region: &Region,
        queries: &Queries,
        index: usize,
        grid: Grid,
    ) -> Result<Vec<Found>, ApiError> {
        let read = |stat: &MetricStat, grid: Grid| {
            self.series(region, &stat.metric)
                .map_or_else(|| vec![None; grid.count], |series| series.on(grid, stat.statistic, stat.unit))
        };
        let lines = queries.evaluate(index, grid, &read).map_err(|error| validation(error.to_string()))?;
        let query = &queries.list()[index];
        let mixes_units = match &query.source {
            Source::Metric(stat) if stat.unit.is_none() => self
                .series(region, &stat.metric)
                .is_some_and(|series| series.units(grid.from, grid.until()).len() > 1),
            _ => false,
        };
        let found = |line: Line| {
            let points = line.points.iter().enumerate();
            Found {
                id: query.id.to_string(),
                label: line.label,
                points: points.filter_map(|(place, point)| Some((grid.start(place), (*point)?))).collect(),
                mixes_units,
            }
        };
        Ok(lines.into_iter().map(found).collect())
    }
}

/// The periods of one query: only as far back as datapoints of that length are kept.
fn grid(
    queries: &Queries,
    index: usize,
    (from, until): (i64, i64),
    now: i64,
    share: usize,
) -> Result<Grid, ApiError> {
    let period_s = queries.period_s(index);
    let reached = from.max(now - reach_ms(period_s));
    let grid = Grid::aligned(reached.min(until), until, i64::from(period_s) * 1_000);
    if grid.count.saturating_mul(share) > MOST_PERIODS {
        return Err(invalid(
            "You have requested too many periods: increase Period, or ask for a shorter time range.",
        ));
    }
    Ok(grid)
}

/// One page of datapoints, series by series.
fn answer(found: &[Found], most: usize, from: Option<&str>) -> ApiOutcome {
    let total: usize = found.iter().map(|series| series.points.len()).sum();
    let start = place(from, total.max(1))?;
    let end = (start + most).min(total);
    let (mut results, mut seen) = (Vec::new(), 0);
    for series in found {
        let (first, last) = (start.max(seen), end.min(seen + series.points.len()));
        let is_here = first < last || (series.points.is_empty() && start == 0);
        if is_here {
            let shown = &series.points
                [first.saturating_sub(seen)..last.saturating_sub(seen).max(first.saturating_sub(seen))];
            results.push(described(series, shown, last < seen + series.points.len()));
        }
        seen += series.points.len();
    }
    let mut answer = Map::new();
    answer.insert("MetricDataResults".into(), results.into());
    if end < total {
        answer.insert("NextToken".into(), token(end));
    }
    answer.insert("Messages".into(), messages(found));
    Ok(answer.into())
}

fn described(series: &Found, shown: &[(i64, f64)], goes_on: bool) -> Value {
    let (times, values): (Vec<String>, Vec<f64>) =
        shown.iter().map(|(at, value)| (printed(*at), *value)).unzip();
    json!({
        "Id": series.id,
        "Label": series.label,
        "Timestamps": times,
        "Values": values,
        "StatusCode": if goes_on { "PartialData" } else { "Complete" },
    })
}

/// Source: recorded answers for a metric that was published in two units.
fn messages(found: &[Found]) -> Value {
    let mixed: BTreeSet<&str> =
        found.iter().filter(|series| series.mixes_units).map(|series| series.id.as_str()).collect();
    mixed
        .into_iter()
        .map(|id| {
            let value = format!("Multiple units returned for '{id}'.");
            json!({ "Code": "MultipleUnits", "Value": value })
        })
        .collect()
}
