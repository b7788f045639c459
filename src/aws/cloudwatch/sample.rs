//! One sample of a metric as it was published.

use std::sync::Arc;

use super::unit::Unit;
use crate::{aws::chunks::Timed, kernel::Cause};

/// What was published at one moment.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Epoch milliseconds.
    pub at: i64,
    /// The hop that brought it: what an alarm's change of state is caused by.
    pub cause: Cause,
    pub unit: Unit,
    pub observed: Observed,
}

/// One value, or several published together.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed {
    One(f64),
    Many(Arc<Many>),
}

/// Several values, or a statistic set that stands for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Many {
    pub count: f64,
    pub sum: f64,
    pub minimum: f64,
    pub maximum: f64,
    /// Values and how often each came; empty for a statistic set.
    pub values: Vec<(f64, f64)>,
}

impl Timed for Sample {
    fn at(&self) -> i64 {
        self.at
    }
}
