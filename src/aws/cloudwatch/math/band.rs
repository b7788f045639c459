//! `ANOMALY_DETECTION_BAND`, simplified.
//!
//! CloudWatch trains a model with hours, days and weeks in it. Ours is the mean of what came before the periods looked
//! at, up to two weeks of it, and so many standard deviations around: the same for all periods. It has no seasons, but it
//! makes the same lesson: the bounds come from the metric's own past, and there are none until there is a past.

use super::{series, value::Grid, value::Line};

/// How far back the model looks. Source: CloudWatch User Guide, "Using CloudWatch anomaly detection".
const TRAINING_MS: i64 = 14 * 86_400_000;
/// Fewer datapoints than that make no model: teaching default.
const LEAST_POINTS: usize = 15;
/// Standard deviations around the mean unless said otherwise. Source: the guide's table of functions.
pub(super) const DEFAULT_WIDTH: f64 = 2.0;

/// The periods the model is trained on.
pub(super) fn training(grid: Grid) -> Grid {
    let count = TRAINING_MS.div_euclid(grid.period_ms);
    Grid { from: grid.from - count * grid.period_ms, period_ms: grid.period_ms, count: count as usize }
}

/// The upper and the lower bound; empty series where there is no model.
pub(super) fn band(past: &Line, width: f64, grid: Grid) -> Vec<Line> {
    let mean = series::mean(&mut past.values());
    let deviation = series::deviation(&mut past.values());
    let model = mean.zip(deviation).filter(|_| past.values().count() >= LEAST_POINTS);
    let line = |bound: fn(f64, f64) -> f64| {
        let value = model.map(|(mean, deviation)| bound(mean, width * deviation));
        past.with(vec![value; grid.count])
    };
    vec![line(|mean, around| mean + around), line(|mean, around| mean - around)]
}
