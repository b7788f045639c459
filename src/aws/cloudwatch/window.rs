//! The evaluation range of an alarm, period by period.

use super::{
    configuration::{Configuration, Threshold, Watched},
    evaluation::{self, Bounds, State, Verdict, Window},
    math::{Grid, MetricStat, Queries},
    metrics::Metrics,
    series::Series,
    statistic::Aggregate,
};
use crate::kernel::Cause;

/// What an evaluation looks at; its buffers are used again for the next one.
#[derive(Debug)]
pub struct Looked {
    pub grid: Grid,
    /// The statistic of each period, oldest first; `None` is a missing datapoint.
    pub values: Vec<Option<f64>>,
    /// How many samples each is made of; empty for math.
    pub samples: Vec<f64>,
    /// The band of each period; empty for a plain threshold.
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
    /// The hop that brought the newest sample.
    pub newest_cause: Option<Cause>,
    aggregate: Aggregate,
}

impl Default for Looked {
    fn default() -> Self {
        Self {
            grid: Grid { from: 0, period_ms: 60_000, count: 0 },
            values: Vec::new(),
            samples: Vec::new(),
            lower: Vec::new(),
            upper: Vec::new(),
            newest_cause: None,
            aggregate: Aggregate::default(),
        }
    }
}

impl Looked {
    /// Reads the range that ends at `until`, the end of the newest period (epoch milliseconds).
    ///
    /// The window slides with the minute: the newest of five-minute periods at 9:07 is 9:02 to 9:07. `series` is where
    /// the metric of an alarm on one is, if it is already known.
    pub fn read(&mut self, alarm: &Configuration, metrics: &Metrics, series: Option<usize>, until: i64) {
        let count = evaluation::evaluation_range(alarm.evaluation_periods) as usize;
        let period_ms = i64::from(alarm.period_s) * 1_000;
        self.grid = Grid { from: until - count as i64 * period_ms, period_ms, count };
        self.values.clear();
        self.samples.clear();
        self.lower.clear();
        self.upper.clear();
        self.newest_cause = None;
        match &alarm.watched {
            Watched::Metric(stat) => {
                self.values.resize(count, None);
                self.samples.resize(count, 0.0);
                if let Some(series) = series.and_then(|position| metrics.at(position)) {
                    self.fill(stat, series);
                }
            }
            Watched::Math { queries, compared } => {
                self.newest_cause = newest_cause(queries, metrics, self.grid);
                self.values = evaluated(queries, *compared, metrics, self.grid).swap_remove(0);
                if let Threshold::Band(band) = alarm.threshold {
                    self.read_band(queries, band, metrics);
                }
            }
        }
    }

    fn fill(&mut self, stat: &MetricStat, series: &Series) {
        let Grid { from, period_ms, .. } = self.grid;
        let keeps_values = stat.statistic.is_extended();
        let mut open = None;
        for sample in series.recent(from, self.grid.until(), stat.unit) {
            let index = ((sample.at - from) / period_ms) as usize;
            if open != Some(index) {
                self.close(open, stat);
                open = Some(index);
            }
            self.aggregate.add(sample, keeps_values);
            self.newest_cause = Some(sample.cause);
        }
        self.close(open, stat);
    }

    fn close(&mut self, period: Option<usize>, stat: &MetricStat) {
        if let Some(index) = period {
            self.values[index] = self.aggregate.value(stat.statistic);
            self.samples[index] = self.aggregate.count;
        }
        self.aggregate.clear();
    }

    /// A period without a band cannot be compared with it: its datapoint is as good as missing.
    fn read_band(&mut self, queries: &Queries, band: usize, metrics: &Metrics) {
        let mut lines = evaluated(queries, band, metrics, self.grid);
        let lower = lines.pop().unwrap_or_default();
        let upper = lines.pop().unwrap_or_default();
        for index in 0..self.grid.count {
            let bounds = lower.get(index).copied().flatten().zip(upper.get(index).copied().flatten());
            if bounds.is_none() {
                self.values[index] = None;
            }
            let (lower, upper) = bounds.unwrap_or((f64::NAN, f64::NAN));
            self.lower.push(lower);
            self.upper.push(upper);
        }
    }

    /// Judges what was read.
    pub fn judge(&self, alarm: &Configuration, previous: State) -> Verdict {
        let window = Window {
            datapoints: &self.values,
            lower_band: &self.lower,
            upper_band: &self.upper,
            too_few_samples: self.too_few_samples(alarm),
        };
        evaluation::judge(&alarm.settings(), window, previous)
    }

    /// Whether the newest datapoint is a percentile of too few samples, for an alarm that ignores those.
    fn too_few_samples(&self, alarm: &Configuration) -> bool {
        let Some(p) = alarm.percentile_of_enough_samples() else { return false };
        let newest = self.values.iter().rposition(Option::is_some);
        newest.is_some_and(|index| evaluation::too_few_samples(p, self.samples[index]))
    }

    /// What a period is compared with.
    pub fn bounds(&self, alarm: &Configuration, index: usize) -> Bounds {
        let fixed = alarm.fixed_threshold();
        Bounds {
            lower: fixed.or_else(|| self.lower.get(index).copied()),
            upper: fixed.or_else(|| self.upper.get(index).copied()),
        }
    }

    /// The places of the datapoints that decided, newest first.
    pub fn considered(&self, verdict: &Verdict) -> impl Iterator<Item = (usize, f64)> {
        let oldest = verdict.oldest.min(self.values.len());
        (oldest..self.values.len()).rev().filter_map(|index| Some((index, self.values[index]?)))
    }

    /// Where the periods worth showing begin: the newest N, and older ones when the evaluation reached past gaps.
    pub fn shown_from(&self, alarm: &Configuration, verdict: &Verdict) -> usize {
        verdict.oldest.min(self.values.len().saturating_sub(alarm.evaluation_periods as usize))
    }
}

/// The points of each time series a query comes to; expressions were checked when the alarm was made.
fn evaluated(queries: &Queries, index: usize, metrics: &Metrics, grid: Grid) -> Vec<Vec<Option<f64>>> {
    let read = |stat: &MetricStat, grid: Grid| points(metrics, stat, grid);
    match queries.evaluate(index, grid, &read) {
        Ok(lines) if !lines.is_empty() => lines.into_iter().map(|line| line.points).collect(),
        _ => vec![vec![None; grid.count]],
    }
}

/// A metric's statistic for each period of a grid.
pub fn points(metrics: &Metrics, stat: &MetricStat, grid: Grid) -> Vec<Option<f64>> {
    metrics
        .get(&stat.metric)
        .map_or_else(|| vec![None; grid.count], |series| series.on(grid, stat.statistic, stat.unit))
}

/// The hop that brought the newest sample of any metric.
fn newest_cause(queries: &Queries, metrics: &Metrics, grid: Grid) -> Option<Cause> {
    let newest = |stat: &MetricStat| {
        metrics
            .get(&stat.metric)?
            .recent(grid.from, grid.until(), stat.unit)
            .last()
            .map(|it| (it.at, it.cause))
    };
    queries.metrics().filter_map(newest).max_by_key(|(at, _)| *at).map(|(_, cause)| cause)
}
