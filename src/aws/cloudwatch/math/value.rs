//! What parts of an expression come to: a number, a time series, or several.

/// The periods an expression is evaluated over; every series in it has one place per period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Start of the first period, epoch milliseconds.
    pub from: i64,
    pub period_ms: i64,
    pub count: usize,
}

impl Grid {
    /// The periods of `from..until` that begin at multiples of the period.
    pub fn aligned(from: i64, until: i64, period_ms: i64) -> Self {
        let period_ms = period_ms.max(1);
        let from = from.div_euclid(period_ms) * period_ms;
        let length = (until - from).max(0);
        Self { from, period_ms, count: (length + period_ms - 1).div_euclid(period_ms) as usize }
    }

    pub const fn start(self, index: usize) -> i64 {
        self.from + index as i64 * self.period_ms
    }

    pub const fn until(self) -> i64 {
        self.start(self.count)
    }
}

/// A time series on a grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// What a legend calls it: the metric's or the expression's label.
    pub label: String,
    /// One place per period, oldest first.
    pub points: Vec<Option<f64>>,
}

impl Line {
    pub(super) fn new(label: &str, points: Vec<Option<f64>>) -> Self {
        Self { label: label.to_owned(), points }
    }

    /// The same with its points made into others.
    #[must_use]
    pub(super) fn with(&self, points: Vec<Option<f64>>) -> Self {
        Self { label: self.label.clone(), points }
    }

    /// The values there are.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.points.iter().copied().flatten()
    }
}

/// S, TS or TS[] in the words of the guide.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Scalar(f64),
    Series(Line),
    Several(Vec<Line>),
}

impl Value {
    /// Its type, in the guide's own abbreviation.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Scalar(_) => "S",
            Self::Series(_) => "TS",
            Self::Several(_) => "TS[]",
        }
    }

    /// Does the same to every series in it.
    pub(super) fn map(self, act: impl Fn(&Line) -> Line) -> Self {
        match self {
            Self::Scalar(number) => Self::Scalar(number),
            Self::Series(line) => Self::Series(act(&line)),
            Self::Several(lines) => Self::Several(lines.iter().map(act).collect()),
        }
    }
}
