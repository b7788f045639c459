//! The samples of one period, added up.

use super::{Range, Statistic, Trimmed, TrimmedKind};
use crate::aws::cloudwatch::sample::{Observed, Sample};

/// The samples of one period, added up.
#[derive(Clone, Debug, Default)]
pub struct Aggregate {
    pub count: f64,
    pub sum: f64,
    pub minimum: f64,
    pub maximum: f64,
    /// Values and how often each came; kept only when an extended statistic is wanted.
    values: Vec<(f64, f64)>,
    /// A statistic set hid its values, so that no extended statistic can be told.
    hides_values: bool,
}

impl Aggregate {
    pub fn is_empty(&self) -> bool {
        self.count <= 0.0
    }

    /// Forgets everything but its buffer.
    pub fn clear(&mut self) {
        let values = std::mem::take(&mut self.values);
        *self = Self { values, ..Self::default() };
        self.values.clear();
    }

    /// Adds a sample; its values are needed for an extended statistic alone.
    pub fn add(&mut self, sample: &Sample, keeps_values: bool) {
        match &sample.observed {
            Observed::One(value) => {
                self.add_summary(1.0, *value, *value, *value);
                if keeps_values {
                    self.values.push((*value, 1.0));
                }
            }
            Observed::Many(many) => {
                self.add_summary(many.count, many.sum, many.minimum, many.maximum);
                if keeps_values {
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

    /// The values behind it, unless a statistic set hid some.
    pub fn values(&self) -> Option<&[(f64, f64)]> {
        (!self.hides_values).then_some(&self.values)
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
            Statistic::Percentile(p) => at_rank(&self.sorted()?, rank(p, self.count)),
            Statistic::Trimmed(trimmed) => trimmed.of(&self.sorted()?, self.count),
        }
    }

    /// The values in order, where an extended statistic can be told: not when a value is negative, nor from statistic
    /// sets that hide their values.
    fn sorted(&self) -> Option<Vec<(f64, f64)>> {
        if self.hides_values || self.minimum < 0.0 {
            return None;
        }
        let mut values = self.values.clone();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(values)
    }
}

/// Multiplied first, so that whole ranks come out whole.
fn rank(percent: f64, count: f64) -> f64 {
    percent * count / 100.0
}

/// The value at a rank from 1 up, the nearest at or above it; how CloudWatch interpolates is not documented.
fn at_rank(sorted: &[(f64, f64)], rank: f64) -> Option<f64> {
    let mut seen = 0.0;
    for (value, count) in sorted {
        seen += count;
        if seen >= rank {
            return Some(*value);
        }
    }
    sorted.last().map(|(value, _)| *value)
}

/// The ranks a range in percent keeps, above the first and up to the second.
///
/// Not documented. A sample is left out only when it lies wholly outside, so that never more than the share asked for
/// is: `tm90` of ten values leaves out the highest, of five values none.
fn kept_ranks(lower: Option<f64>, upper: Option<f64>, count: f64) -> (f64, f64) {
    let above = lower.map_or(0.0, |percent| rank(percent, count).floor());
    let up_to = upper.map_or(count, |percent| rank(percent, count).ceil());
    (above, up_to)
}

impl Trimmed {
    fn of(self, sorted: &[(f64, f64)], count: f64) -> Option<f64> {
        let kept = self.range.kept(sorted, count);
        let inside: f64 = kept.iter().map(|(_, weight)| weight).sum();
        let sum: f64 = kept.iter().map(|(value, weight)| value * weight).sum();
        match self.kind {
            TrimmedKind::Mean => (inside > 0.0).then(|| sum / inside),
            TrimmedKind::Count => Some(inside),
            TrimmedKind::Sum => Some(sum),
            TrimmedKind::Rank => Some(inside / count * 100.0),
            TrimmedKind::WinsorizedMean => {
                let (lowest, highest) = self.range.edges(&kept)?;
                let clamped = sorted.iter().map(|(value, weight)| value.clamp(lowest, highest) * weight);
                Some(clamped.sum::<f64>() / count)
            }
        }
    }
}

impl Range {
    /// The values inside, and how much of each.
    fn kept(self, sorted: &[(f64, f64)], count: f64) -> Vec<(f64, f64)> {
        match self {
            Self::Absolute { lower, upper } => {
                let is_inside = |value: f64| {
                    lower.is_none_or(|lower| value > lower) && upper.is_none_or(|upper| value <= upper)
                };
                sorted.iter().copied().filter(|(value, _)| is_inside(*value)).collect()
            }
            Self::Percent { lower, upper } => {
                let (above, up_to) = kept_ranks(lower, upper, count);
                let mut before = 0.0;
                let mut kept = Vec::new();
                for (value, weight) in sorted {
                    let inside = (before + weight).min(up_to) - f64::max(before, above);
                    if inside > 0.0 {
                        kept.push((*value, inside));
                    }
                    before += weight;
                }
                kept
            }
        }
    }

    /// What a value outside counts as.
    fn edges(self, kept: &[(f64, f64)]) -> Option<(f64, f64)> {
        match self {
            Self::Absolute { lower, upper } => {
                Some((lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY)))
            }
            Self::Percent { .. } => Some((kept.first()?.0, kept.last()?.0)),
        }
    }
}
