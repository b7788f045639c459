//! One metric's samples, the older ones rolled up.
//!
//! Source: CloudWatch User Guide, "Metrics retention".

use std::{collections::BTreeMap, sync::Arc};

use super::{
    math::Grid,
    sample::{Many, Observed, Sample},
    statistic::{Aggregate, Statistic},
    unit::Unit,
};
use crate::aws::chunks::Chunks;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long what a period is cut from is kept.
const HIGH_RESOLUTION_KEPT_MS: i64 = 3 * HOUR_MS;
const MINUTES_KEPT_MS: i64 = 15 * DAY_MS;
const FIVE_MINUTES_KEPT_MS: i64 = 63 * DAY_MS;
const HOURS_KEPT_MS: i64 = 455 * DAY_MS;

/// One metric's samples.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// As they were published.
    recent: Chunks<Sample>,
    /// Rolled up per five minutes, then per hour.
    five_minutes: Chunks<Sample>,
    hours: Chunks<Sample>,
}

impl Series {
    pub fn add(&mut self, sample: Sample) {
        let newest = self.recent.last().map_or(sample.at, |last| last.at.max(sample.at));
        self.recent.insert(sample);
        roll_up(&mut self.recent, &mut self.five_minutes, newest - MINUTES_KEPT_MS, 5 * MINUTE_MS);
        roll_up(&mut self.five_minutes, &mut self.hours, newest - FIVE_MINUTES_KEPT_MS, HOUR_MS);
        self.hours.forget_before(newest - HOURS_KEPT_MS);
    }

    pub fn newest(&self) -> Option<&Sample> {
        self.recent.last()
    }

    /// The samples of `from..until` (epoch milliseconds), of one unit if it is given.
    pub fn samples(&self, from: i64, until: i64, unit: Option<Unit>) -> impl Iterator<Item = &Sample> {
        let tiers = [&self.hours, &self.five_minutes, &self.recent];
        let all = tiers.into_iter().flat_map(move |tier| tier.between(from, until));
        all.filter(move |sample| unit.is_none_or(|unit| sample.unit == unit))
    }

    /// The same within the last two weeks, which is further than any alarm looks back.
    pub fn recent(&self, from: i64, until: i64, unit: Option<Unit>) -> impl Iterator<Item = &Sample> {
        self.recent.between(from, until).filter(move |sample| unit.is_none_or(|unit| sample.unit == unit))
    }

    /// The statistic of each period that has a sample, with the period's start, oldest first. Periods begin at
    /// multiples of their length.
    pub fn by_period(
        &self,
        from: i64,
        until: i64,
        period_ms: i64,
        statistic: Statistic,
        unit: Option<Unit>,
    ) -> Vec<(i64, f64)> {
        let told = |(start, aggregate): (i64, Aggregate)| Some((start, aggregate.value(statistic)?));
        self.aggregates(from, until, period_ms, statistic.is_extended(), unit)
            .into_iter()
            .filter_map(told)
            .collect()
    }

    /// The statistic of each period of a grid, wherever its periods begin.
    pub fn on(&self, grid: Grid, statistic: Statistic, unit: Option<Unit>) -> Vec<Option<f64>> {
        let mut points = vec![None; grid.count];
        let mut aggregate = Aggregate::default();
        let mut open = 0;
        for sample in self.samples(grid.from, grid.until(), unit) {
            let index = ((sample.at - grid.from) / grid.period_ms) as usize;
            if index != open {
                points[open] = aggregate.value(statistic);
                aggregate.clear();
                open = index;
            }
            aggregate.add(sample, statistic.is_extended());
        }
        if let Some(point) = points.get_mut(open) {
            *point = aggregate.value(statistic);
        }
        points
    }

    /// Each period that has a sample, added up; values are kept for extended statistics alone.
    pub fn aggregates(
        &self,
        from: i64,
        until: i64,
        period_ms: i64,
        keeps_values: bool,
        unit: Option<Unit>,
    ) -> Vec<(i64, Aggregate)> {
        let period_ms = period_ms.max(1);
        let mut periods: Vec<(i64, Aggregate)> = Vec::new();
        for sample in self.samples(from, until, unit) {
            let start = sample.at.div_euclid(period_ms) * period_ms;
            if periods.last().is_none_or(|(last, _)| *last != start) {
                periods.push((start, Aggregate::default()));
            }
            if let Some((_, aggregate)) = periods.last_mut() {
                aggregate.add(sample, keeps_values);
            }
        }
        periods
    }

    /// The units its samples of a range are in: each is a stream of its own.
    pub fn units(&self, from: i64, until: i64) -> Vec<Unit> {
        let mut units: Vec<Unit> = self.samples(from, until, None).map(|sample| sample.unit).collect();
        units.sort_unstable();
        units.dedup();
        units
    }
}

/// How far back from now periods of that length can be asked for, because finer datapoints are rolled up by then.
pub const fn reach_ms(period_s: u32) -> i64 {
    if period_s < 60 {
        HIGH_RESOLUTION_KEPT_MS
    } else if !period_s.is_multiple_of(300) {
        MINUTES_KEPT_MS
    } else if !period_s.is_multiple_of(3_600) {
        FIVE_MINUTES_KEPT_MS
    } else {
        HOURS_KEPT_MS
    }
}

/// Moves what lies before `moment` from one tier to the next, one sample per period and unit.
fn roll_up(from: &mut Chunks<Sample>, to: &mut Chunks<Sample>, moment: i64, period_ms: i64) {
    let mut periods: BTreeMap<(i64, Unit), (Aggregate, Sample)> = BTreeMap::new();
    for sample in from.take_before(moment).iter().flat_map(|chunk| chunk.iter()) {
        let start = sample.at.div_euclid(period_ms) * period_ms;
        let (aggregate, newest) = periods
            .entry((start, sample.unit))
            .or_insert_with(|| (Aggregate::default(), Sample { at: start, ..sample.clone() }));
        aggregate.add(sample, true);
        newest.cause = sample.cause;
    }
    for (aggregate, newest) in periods.into_values() {
        let observed = Observed::Many(Arc::new(Many {
            count: aggregate.count,
            sum: aggregate.sum,
            minimum: aggregate.minimum,
            maximum: aggregate.maximum,
            values: aggregate.values().map(<[_]>::to_vec).unwrap_or_default(),
        }));
        to.insert(Sample { observed, ..newest });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Cause, InputId};

    fn published(minutes: impl Iterator<Item = i64>) -> Series {
        let mut series = Series::default();
        for minute in minutes {
            let observed = Observed::One((minute % 10) as f64);
            let cause = Cause::Input(InputId::from_index(minute as usize));
            series.add(Sample { at: minute * MINUTE_MS, cause, unit: Unit::NONE, observed });
        }
        series
    }

    #[test]
    fn what_is_older_than_fifteen_days_is_left_per_five_minutes_and_still_adds_up() {
        let minutes = 20 * 24 * 60;
        let series = published(0..minutes);

        let day = |period_ms| series.by_period(0, DAY_MS, period_ms, Statistic::Sum, None);
        assert_eq!((day(MINUTE_MS).len(), day(5 * MINUTE_MS).len()), (288, 288));
        assert_eq!(day(DAY_MS), [(0, 6_480.0)]);
        let last_day = (minutes - 24 * 60) * MINUTE_MS;
        let last = series.by_period(last_day, i64::MAX, MINUTE_MS, Statistic::Sum, None);
        assert_eq!(last.len(), 24 * 60);
    }

    #[test]
    fn a_rolled_up_sample_still_knows_its_values_and_what_brought_the_newest() {
        let series = published(0..20 * 24 * 60);

        let first = series.samples(0, 5 * MINUTE_MS, None).next().expect("it is kept");
        assert_eq!(first.cause, Cause::Input(InputId::from_index(4)));
        let highest = series.by_period(0, 10 * MINUTE_MS, 10 * MINUTE_MS, Statistic::Percentile(100.0), None);
        assert_eq!(highest, [(0, 9.0)]);
    }

    #[test]
    fn only_coarser_periods_reach_further_back() {
        let days = [10, 60, 300, 3_600].map(|period| reach_ms(period) / DAY_MS);

        assert_eq!(days, [0, 15, 63, 455]);
    }
}
