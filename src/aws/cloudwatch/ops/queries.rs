//! `MetricDataQuery`, which `GetMetricData` and `PutMetricAlarm` share.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Dimension, key, period_ms, unit, unsupported_statistic, validation};
use crate::aws::{
    ApiError,
    cloudwatch::{
        math::{self, Queries, Query, Source},
        statistic::Statistic,
    },
};

/// The most characters of an expression. Source: service model.
const LONGEST_EXPRESSION: usize = 2_048;

/// A metric, or an expression over others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricDataQuery {
    /// Starts with a lower-case letter; expressions name it.
    pub id: String,
    pub metric_stat: Option<MetricStat>,
    /// Metric math over the ids of other queries.
    pub expression: Option<String>,
    pub label: Option<String>,
    /// Whether it is part of the answer, or what an alarm watches; true unless said otherwise.
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

/// Reads a list of queries; `member` is its name in the request.
///
/// # Errors
/// Ids that are no ids or come twice, queries that are neither metric nor expression, expressions that are wrong.
pub(super) fn read(list: &[MetricDataQuery], member: &str) -> Result<Queries, ApiError> {
    let mut queries = Vec::with_capacity(list.len());
    for (index, given) in list.iter().enumerate() {
        let member = format!("{member}.member.{}", index + 1);
        check_id(&given.id, &member)?;
        if queries.iter().any(|query: &Query| *query.id == *given.id) {
            return Err(validation("The values for parameter id in MetricDataQueries are not unique."));
        }
        queries.push(Query {
            id: given.id.as_str().into(),
            given_label: given.label.as_deref().map(Arc::from),
            returns_data: given.return_data.unwrap_or(true),
            source: source(given, &member)?,
        });
    }
    Queries::new(queries).map_err(|error| validation(error.to_string()))
}

fn check_id(id: &str, member: &str) -> Result<(), ApiError> {
    let is_rest = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if id.starts_with(|letter: char| letter.is_ascii_lowercase()) && id.chars().all(is_rest) {
        return Ok(());
    }
    Err(validation(format!(
        "The value {id} for parameter {member}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."
    )))
}

fn source(given: &MetricDataQuery, member: &str) -> Result<Source, ApiError> {
    match (&given.metric_stat, &given.expression) {
        (Some(stat), None) => {
            period_ms(stat.period)?;
            Ok(Source::Metric(math::MetricStat {
                metric: key(&stat.metric.namespace, &stat.metric.metric_name, &stat.metric.dimensions),
                period_s: stat.period,
                statistic: Statistic::parse(&stat.stat).ok_or_else(|| unsupported_statistic(&stat.stat))?,
                unit: unit(stat.unit.as_deref())?,
            }))
        }
        (None, Some(text)) if text.chars().count() > LONGEST_EXPRESSION => Err(validation(format!(
            "The expression of {member} must not have more than {LONGEST_EXPRESSION} characters."
        ))),
        (None, Some(text)) => Query::expression(text).map_err(|fault| {
            let error = math::ExpressionError { id: given.id.as_str().into(), fault };
            validation(error.to_string())
        }),
        (Some(_), Some(_)) => Err(validation(format!(
            "The parameters {member}.Expression and {member}.MetricStat are mutually exclusive and you have \
             specified both."
        ))),
        (None, None) => Err(validation(format!(
            "At least one of the parameters {member}.Expression and {member}.MetricStat must be specified."
        ))),
    }
}
