//! What `stats` computes over the events of a group.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{ast::Expr, eval, order, run::Row, value::Value};

/// An aggregate function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    Count,
    CountDistinct,
    Sum,
    Average,
    Minimum,
    Maximum,
    Percentile,
    Deviation,
    Earliest,
    Latest,
    SortsFirst,
    SortsLast,
}

/// `percentile` is an older name of `pct`, which samples still use.
const NAMES: [(&str, Aggregate); 13] = [
    ("count", Aggregate::Count),
    ("count_distinct", Aggregate::CountDistinct),
    ("sum", Aggregate::Sum),
    ("avg", Aggregate::Average),
    ("min", Aggregate::Minimum),
    ("max", Aggregate::Maximum),
    ("pct", Aggregate::Percentile),
    ("percentile", Aggregate::Percentile),
    ("stddev", Aggregate::Deviation),
    ("earliest", Aggregate::Earliest),
    ("latest", Aggregate::Latest),
    ("sortsFirst", Aggregate::SortsFirst),
    ("sortsLast", Aggregate::SortsLast),
];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}

impl Aggregate {
    /// The function of that name, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, aggregate)| *aggregate)
    }

    /// Its value over a group. Events that lack the field do not count.
    pub(super) fn over(self, group: &[&Row], argument: Option<&Expr>, parameter: f64) -> Value {
        let Some(argument) = argument else { return Value::of_number(group.len() as f64) };
        let present: Vec<(&Row, Value)> = group
            .iter()
            .map(|row| (*row, eval::on_row(argument, row)))
            .filter(|(_, value)| !value.is_null())
            .collect();
        let values = || present.iter().map(|(_, value)| value);
        match self {
            Self::Count => Value::of_number(present.len() as f64),
            Self::CountDistinct => {
                let distinct: BTreeSet<_> = values().filter_map(Value::text).collect();
                Value::of_number(distinct.len() as f64)
            }
            Self::Minimum | Self::SortsFirst => edge(values(), Ordering::Less),
            Self::Maximum | Self::SortsLast => edge(values(), Ordering::Greater),
            Self::Earliest => by_time(&present, Ordering::Less),
            Self::Latest => by_time(&present, Ordering::Greater),
            Self::Sum | Self::Average | Self::Percentile | Self::Deviation => {
                let mut numbers: Vec<f64> = values().filter_map(Value::number).collect();
                if numbers.is_empty() {
                    return Value::Null;
                }
                self.of_numbers(&mut numbers, parameter)
            }
        }
    }

    fn of_numbers(self, numbers: &mut [f64], parameter: f64) -> Value {
        let count = numbers.len() as f64;
        let sum: f64 = numbers.iter().sum();
        let mean = sum / count;
        Value::of_number(match self {
            Self::Sum => sum,
            Self::Average => mean,
            Self::Percentile => {
                numbers.sort_by(f64::total_cmp);
                nearest_rank(numbers, parameter)
            }
            // Of the whole population: the corpus wants 0 for a single value.
            _ => (numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count).sqrt(),
        })
    }
}

/// The interpolation of percentiles is not documented: nearest rank is our inference.
fn nearest_rank(sorted: &[f64], percent: f64) -> f64 {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted[rank.saturating_sub(1).min(sorted.len() - 1)]
}

/// The first value that comes before (or after) all others.
fn edge<'v>(values: impl Iterator<Item = &'v Value>, wanted: Ordering) -> Value {
    let best = values.reduce(|best, value| if order::compare(value, best) == wanted { value } else { best });
    best.cloned().unwrap_or(Value::Null)
}

/// The value of the earliest (or latest) event.
fn by_time(present: &[(&Row, Value)], wanted: Ordering) -> Value {
    let time = |row: &Row| row.timestamp();
    let best = present
        .iter()
        .reduce(|best, next| if time(next.0).cmp(&time(best.0)) == wanted { next } else { best });
    best.map_or(Value::Null, |(_, value)| value.clone())
}
