//! A list of metrics and expressions that may name one another: `MetricDataQueries`, or an alarm's `Metrics`.

use std::{fmt, sync::Arc};

use super::{
    evaluate::{Evaluator, Reader},
    expression::Expression,
    function::Function,
    lexer::Fault,
    parse::parse,
    value::{Grid, Line, Value},
};
use crate::aws::cloudwatch::{metrics::MetricKey, statistic::Statistic, unit::Unit};

/// A metric with its period and statistic.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricStat {
    pub metric: MetricKey,
    /// Seconds.
    pub period_s: u32,
    pub statistic: Statistic,
    pub unit: Option<Unit>,
}

/// Where a query's points come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    Metric(MetricStat),
    Expression { text: Arc<str>, expression: Expression },
}

/// One metric or expression, with the id the others name it by.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub id: Arc<str>,
    /// As it was given.
    pub given_label: Option<Arc<str>>,
    pub returns_data: bool,
    pub source: Source,
}

impl Query {
    /// What a legend calls it.
    pub fn label(&self) -> &str {
        match (&self.given_label, &self.source) {
            (Some(label), _) => label,
            (None, Source::Metric(stat)) => &stat.metric.name,
            (None, Source::Expression { .. }) => &self.id,
        }
    }

    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn expression(text: &str) -> Result<Source, Fault> {
        Ok(Source::Expression { text: text.into(), expression: parse(text)? })
    }
}

/// What is wrong with an expression, in the service's form: `Error in expression 'e1': …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    pub id: Arc<str>,
    pub fault: Fault,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error in expression '{}': {} at char {}", self.id, self.fault.what, self.fault.at)
    }
}

/// Queries with unique ids whose expressions name only one another, and never themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queries {
    list: Vec<Query>,
}

impl Queries {
    /// Checks what the expressions name.
    ///
    /// # Errors
    /// An id that is not there, or an expression that leads back to itself.
    pub fn new(list: Vec<Query>) -> Result<Self, ExpressionError> {
        let queries = Self { list };
        for (index, query) in queries.list.iter().enumerate() {
            queries.check(index).map_err(|fault| ExpressionError { id: Arc::clone(&query.id), fault })?;
        }
        Ok(queries)
    }

    pub fn list(&self) -> &[Query] {
        &self.list
    }

    pub fn position(&self, id: &str) -> Option<usize> {
        self.list.iter().position(|query| *query.id == *id)
    }

    /// Those that return data, with their positions.
    pub fn returning(&self) -> impl Iterator<Item = (usize, &Query)> {
        self.list.iter().enumerate().filter(|(_, query)| query.returns_data)
    }

    /// Every metric among them.
    pub fn metrics(&self) -> impl Iterator<Item = &MetricStat> {
        self.list.iter().filter_map(|query| match &query.source {
            Source::Metric(stat) => Some(stat),
            Source::Expression { .. } => None,
        })
    }

    /// What a query names, over any number of steps, without itself; positions in the list.
    fn behind(&self, index: usize) -> Result<Vec<usize>, Fault> {
        let mut found: Vec<usize> = Vec::new();
        let mut next = vec![index];
        while let Some(current) = next.pop() {
            let Source::Expression { expression, .. } = &self.list[current].source else { continue };
            for (id, at) in expression.ids() {
                let position = self
                    .position(id)
                    .ok_or_else(|| Fault::new(at, format!("there is no query with the id '{id}'")))?;
                if position == index {
                    return Err(Fault::new(at, format!("'{id}' leads back to itself")));
                }
                if !found.contains(&position) {
                    found.push(position);
                    next.push(position);
                }
            }
        }
        Ok(found)
    }

    fn check(&self, index: usize) -> Result<(), Fault> {
        self.behind(index).map(drop)
    }

    /// The period a query's points have, in seconds: its metric's, or the least common multiple of all its metrics'.
    pub fn period_s(&self, index: usize) -> u32 {
        let Source::Expression { expression, .. } = &self.list[index].source else {
            return self.own_period(index).unwrap_or(60);
        };
        let named = self.behind(index).unwrap_or_default();
        let mut periods: Vec<u32> = named.iter().filter_map(|position| self.own_period(*position)).collect();
        let names_all = |it: &Expression| it.calls(Function::Metrics);
        let behind = named.iter().filter_map(|position| self.list[*position].expression_of());
        if names_all(expression) || behind.into_iter().any(names_all) {
            periods.extend(self.metrics().map(|stat| stat.period_s));
        }
        periods.into_iter().fold(1, least_common_multiple).max(1)
    }

    fn own_period(&self, index: usize) -> Option<u32> {
        match &self.list[index].source {
            Source::Metric(stat) => Some(stat.period_s),
            Source::Expression { .. } => None,
        }
    }

    /// The time series a query comes to.
    ///
    /// # Errors
    /// Where its expression goes wrong, or that it comes to a number.
    pub fn evaluate(&self, index: usize, grid: Grid, read: Reader<'_>) -> Result<Vec<Line>, ExpressionError> {
        let query = &self.list[index];
        let failed = |fault| ExpressionError { id: Arc::clone(&query.id), fault };
        match Evaluator::new(self, read).query(index, grid).map_err(failed)? {
            Value::Scalar(_) => {
                Err(failed(Fault::new(1, "it comes to a number, and must come to a time series")))
            }
            Value::Series(line) => Ok(vec![Line { label: query.label().to_owned(), ..line }]),
            Value::Several(mut lines) => {
                for line in &mut lines {
                    let label = format!("{} {}", query.label(), line.label);
                    label.trim().clone_into(&mut line.label);
                }
                Ok(lines)
            }
        }
    }

    /// How many time series a query comes to, whatever the data; errors as [`Self::evaluate`]'s.
    pub fn shape(&self, index: usize) -> Result<Shape, ExpressionError> {
        let nowhere = Grid { from: 0, period_ms: 60_000, count: 0 };
        let query = &self.list[index];
        let is_several = match Evaluator::new(self, &|_, _| Vec::new()).query(index, nowhere) {
            Ok(Value::Series(_)) => false,
            Ok(Value::Several(_)) => true,
            Ok(Value::Scalar(_)) => {
                let fault = Fault::new(1, "it comes to a number, and must come to a time series");
                return Err(ExpressionError { id: Arc::clone(&query.id), fault });
            }
            Err(fault) => return Err(ExpressionError { id: Arc::clone(&query.id), fault }),
        };
        let is_band = query.expression_of().is_some_and(Expression::is_band);
        Ok(match (is_band, is_several) {
            (true, _) => Shape::Band,
            (false, true) => Shape::Several,
            (false, false) => Shape::One,
        })
    }
}

/// How many time series a query comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    One,
    Several,
    /// The two of an anomaly detection band, upper and lower.
    Band,
}

impl Query {
    pub(super) fn expression_of(&self) -> Option<&Expression> {
        match &self.source {
            Source::Metric(_) => None,
            Source::Expression { expression, .. } => Some(expression),
        }
    }
}

fn least_common_multiple(a: u32, b: u32) -> u32 {
    let (mut divisor, mut rest) = (a, b);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    (a / divisor.max(1)).saturating_mul(b)
}
