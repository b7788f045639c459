//! Statistics: what a period's samples come to.
//!
//! `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` and percentiles. The other extended statistics of CloudWatch (trimmed
//! and winsorized means, ranks) are refused by name where they are asked for.

use std::fmt;

use super::sample::{Observed, Sample};

/// A statistic as alarms and queries name it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Statistic {
    SampleCount,
    Average,
    Sum,
    Minimum,
    Maximum,
    /// `p95`, `p99.9`: 0 to 100.
    Percentile(f64),
}

impl Statistic {
    /// The plain statistics, in the order the service's own error text lists them.
    pub const PLAIN: [Self; 5] = [Self::Maximum, Self::SampleCount, Self::Sum, Self::Minimum, Self::Average];

    /// A plain statistic such as `Average`.
    pub fn parse_plain(text: &str) -> Option<Self> {
        Self::PLAIN.into_iter().find(|statistic| statistic.plain_name() == Some(text))
    }

    /// A percentile such as `p95` or `p99.9`, with at most ten decimals.
    pub fn parse_percentile(text: &str) -> Option<Self> {
        let number = text.strip_prefix('p')?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > 10 {
            return None;
        }
        let p: f64 = number.parse().ok()?;
        (0.0..=100.0).contains(&p).then_some(Self::Percentile(p))
    }

    /// Any statistic this account computes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_plain(text).or_else(|| Self::parse_percentile(text))
    }

    /// The name of a plain statistic.
    pub const fn plain_name(self) -> Option<&'static str> {
        match self {
            Self::SampleCount => Some("SampleCount"),
            Self::Average => Some("Average"),
            Self::Sum => Some("Sum"),
            Self::Minimum => Some("Minimum"),
            Self::Maximum => Some("Maximum"),
            Self::Percentile(_) => None,
        }
    }

    pub const fn is_percentile(self) -> bool {
        matches!(self, Self::Percentile(_))
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentile(p) => write!(f, "p{p}"),
            plain => f.pad(plain.plain_name().unwrap_or_default()),
        }
    }
}

/// The samples of one period, added up.
#[derive(Clone, Debug, Default)]
pub struct Aggregate {
    pub count: f64,
    pub sum: f64,
    pub minimum: f64,
    pub maximum: f64,
    /// Values and how often each came; kept only when a percentile is wanted.
    values: Vec<(f64, f64)>,
    /// A statistic set hid its values, so that no percentile can be told.
    hides_values: bool,
}

impl Aggregate {
    pub fn is_empty(&self) -> bool {
        self.count <= 0.0
    }

    pub fn add(&mut self, sample: &Sample, keep_values: bool) {
        match &sample.observed {
            Observed::One(value) => {
                self.add_summary(1.0, *value, *value, *value);
                if keep_values {
                    self.values.push((*value, 1.0));
                }
            }
            Observed::Many(many) => {
                self.add_summary(many.count, many.sum, many.minimum, many.maximum);
                if keep_values {
                    self.values.extend_from_slice(&many.values);
                    self.hides_values |= many.values.is_empty();
                }
            }
        }
    }

    fn add_summary(&mut self, count: f64, sum: f64, minimum: f64, maximum: f64) {
        if self.is_empty() {
            (self.minimum, self.maximum) = (minimum, maximum);
        }
        self.minimum = self.minimum.min(minimum);
        self.maximum = self.maximum.max(maximum);
        self.count += count;
        self.sum += sum;
    }

    /// The statistic, or nothing when the period has no sample it could be told from.
    pub fn value(&self, statistic: Statistic) -> Option<f64> {
        if self.is_empty() {
            return None;
        }
        match statistic {
            Statistic::SampleCount => Some(self.count),
            Statistic::Average => Some(self.sum / self.count),
            Statistic::Sum => Some(self.sum),
            Statistic::Minimum => Some(self.minimum),
            Statistic::Maximum => Some(self.maximum),
            Statistic::Percentile(p) => self.percentile(p),
        }
    }

    /// Nearest rank; how CloudWatch interpolates is not documented. Percentiles are not available when a value is
    /// negative, nor from statistic sets that hide their values.
    fn percentile(&self, p: f64) -> Option<f64> {
        if self.hides_values || self.minimum < 0.0 {
            return None;
        }
        let mut values = self.values.clone();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rank = p / 100.0 * self.count;
        let mut seen = 0.0;
        for (value, count) in &values {
            seen += count;
            if seen >= rank {
                return Some(*value);
            }
        }
        values.last().map(|(value, _)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aws::cloudwatch::{sample::Many, unit::Unit},
        kernel::{Cause, InputId},
    };

    fn aggregate(samples: Vec<Observed>) -> Aggregate {
        let mut aggregate = Aggregate::default();
        for observed in samples {
            let cause = Cause::Input(InputId::from_index(0));
            aggregate.add(&Sample { at: 0, cause, unit: Unit::NONE, observed }, true);
        }
        aggregate
    }

    #[test]
    fn a_period_without_samples_has_no_statistic_not_even_a_sum_of_zero() {
        assert_eq!(aggregate(vec![]).value(Statistic::Sum), None);
    }

    #[test]
    fn a_percentile_is_the_value_at_its_rank() {
        let latencies = aggregate((1..=100).map(|value| Observed::One(f64::from(value))).collect());

        assert_eq!(latencies.value(Statistic::Percentile(95.0)), Some(95.0));
        assert_eq!(latencies.value(Statistic::Percentile(99.9)), Some(100.0));
        assert_eq!(latencies.value(Statistic::Average), Some(50.5));
    }

    #[test]
    fn a_statistic_set_tells_its_average_but_no_percentile() {
        let set = Many { count: 4.0, sum: 10.0, minimum: 1.0, maximum: 4.0, values: vec![] };
        let period = aggregate(vec![Observed::Many(set.into())]);

        assert_eq!(period.value(Statistic::Average), Some(2.5));
        assert_eq!(period.value(Statistic::Percentile(50.0)), None);
    }

    #[test]
    fn statistics_are_read_as_they_are_written() {
        assert_eq!(Statistic::parse("p99.9"), Some(Statistic::Percentile(99.9)));
        assert_eq!(Statistic::parse("p101"), None);
        assert_eq!(Statistic::parse("tm90"), None);
        assert_eq!(Statistic::Percentile(95.0).to_string(), "p95");
    }
}
