//! Metric math: expressions over metrics, for `GetMetricData` and for alarms.
//!
//! An expression is read once ([`parse`]) and evaluated over a [`Grid`] of periods ([`evaluate`]). What it may name is a
//! list of [`Queries`]: metrics and other expressions, each with an id. Functions that need what Vigie does not have
//! (`SEARCH`, Contributor Insights, service quotas) are refused by name.
//!
//! Source: CloudWatch User Guide, "Using metric math". Where the guide is silent, the choice is one function with a
//! comment that says so.

mod band;
mod dates;
mod evaluate;
mod expression;
mod function;
mod lexer;
mod operators;
mod parse;
mod queries;
mod series;
mod value;

#[cfg(test)]
mod tests;

pub use evaluate::Reader;
pub use queries::{ExpressionError, MetricStat, Queries, Query, Shape, Source};
pub use value::{Grid, Line};
