//! Statistics: what a period's samples come to.
//!
//! The five plain ones can be told from sums; percentiles and the trimmed statistics need the values themselves. What
//! CloudWatch does not document, how ranks are rounded, sits in [`aggregate::kept_ranks`].
//!
//! Source: CloudWatch User Guide, "CloudWatch statistics definitions"; spelling from `AnomalyDetectorMetricStat` of
//! the service model.

pub mod aggregate;
mod parse;

#[cfg(test)]
mod tests;

use std::fmt;

pub use aggregate::Aggregate;

/// A statistic as alarms and queries name it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    SampleCount,
    Average,
    Sum,
    Minimum,
    Maximum,
    /// `p95`, `p99.9`: 0 to 100.
    Percentile(f64),
    /// `tm90`, `WM(10%:90%)`, `PR(:300)`.
    Trimmed(Trimmed),
}

/// A statistic of the values inside two bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trimmed {
    pub kind: TrimmedKind,
    pub range: Range,
    pub spelling: Spelling,
}

/// What is made of the values inside the bounds, and of those outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrimmedKind {
    /// TM: the mean of those inside.
    Mean,
    /// WM: the mean of all, those outside counting as the bound they crossed.
    WinsorizedMean,
    /// TC: how many are inside.
    Count,
    /// TS: the sum of those inside.
    Sum,
    /// PR: how many are inside, in percent of all.
    Rank,
}

/// Two bounds, the lower exclusive and the upper inclusive; an absent one is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// In percent of the samples, by rank.
    Percent { lower: Option<f64>, upper: Option<f64> },
    /// In the metric's own unit.
    Absolute { lower: Option<f64>, upper: Option<f64> },
}

/// The same statistic has several names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `tm90`.
    Short,
    /// `TM(:90%)`.
    Long,
    /// `IQM`, which is `TM(25%:75%)`.
    Interquartile,
}

impl Statistic {
    /// The plain statistics, in the order the service's own error text lists them.
    pub const PLAIN: [Self; 5] = [Self::Maximum, Self::SampleCount, Self::Sum, Self::Minimum, Self::Average];

    /// A plain statistic such as `Average`.
    pub fn parse_plain(text: &str) -> Option<Self> {
        Self::PLAIN.into_iter().find(|statistic| statistic.plain_name() == Some(text))
    }

    /// A percentile, a trimmed statistic or a rank, such as `p99.9`, `tm90` or `PR(:300)`.
    pub fn parse_extended(text: &str) -> Option<Self> {
        parse::extended(text)
    }

    /// Any statistic.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_plain(text).or_else(|| Self::parse_extended(text))
    }

    /// The name of a plain statistic.
    pub const fn plain_name(self) -> Option<&'static str> {
        match self {
            Self::SampleCount => Some("SampleCount"),
            Self::Average => Some("Average"),
            Self::Sum => Some("Sum"),
            Self::Minimum => Some("Minimum"),
            Self::Maximum => Some("Maximum"),
            Self::Percentile(_) | Self::Trimmed(_) => None,
        }
    }

    /// Whether it goes under `ExtendedStatistic`, and can be told from the values alone.
    pub const fn is_extended(self) -> bool {
        matches!(self, Self::Percentile(_) | Self::Trimmed(_))
    }
}

impl TrimmedKind {
    const ALL: [Self; 5] = [Self::Mean, Self::WinsorizedMean, Self::Count, Self::Sum, Self::Rank];

    const fn name(self) -> &'static str {
        match self {
            Self::Mean => "TM",
            Self::WinsorizedMean => "WM",
            Self::Count => "TC",
            Self::Sum => "TS",
            Self::Rank => "PR",
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentile(p) => write!(f, "p{p}"),
            Self::Trimmed(trimmed) => trimmed.fmt(f),
            plain => f.pad(plain.plain_name().unwrap_or_default()),
        }
    }
}

impl fmt::Display for Trimmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown =
            |bound: Option<f64>, unit: &str| bound.map_or_else(String::new, |it| format!("{it}{unit}"));
        match (self.spelling, self.range) {
            (Spelling::Interquartile, _) => f.write_str("IQM"),
            (Spelling::Short, Range::Percent { upper, .. }) => {
                write!(f, "{}{}", self.kind.name().to_ascii_lowercase(), shown(upper, ""))
            }
            (_, Range::Percent { lower, upper }) => {
                write!(f, "{}({}:{})", self.kind.name(), shown(lower, "%"), shown(upper, "%"))
            }
            (_, Range::Absolute { lower, upper }) => {
                write!(f, "{}({}:{})", self.kind.name(), shown(lower, ""), shown(upper, ""))
            }
        }
    }
}
