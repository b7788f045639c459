//! The evaluation range of an alarm, period by period.

use super::{
    alarm::Configuration,
    evaluation::{self, State, Verdict, Window},
    metrics::Series,
    statistic::Aggregate,
};
use crate::kernel::Cause;

/// One period of the range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// Epoch milliseconds.
    pub start: i64,
    pub value: Option<f64>,
    pub samples: f64,
    /// The hop that brought its newest sample.
    pub cause: Option<Cause>,
}

/// What an evaluation looked at; its buffers are used again for the next one.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// Oldest first.
    pub slots: Vec<Slot>,
    values: Vec<Option<f64>>,
}

impl Looked {
    /// Reads the range that ends at `until`, the end of the newest period (epoch milliseconds).
    ///
    /// The window slides with the minute: the newest of five-minute periods at 9:07 is 9:02 to 9:07.
    pub fn read(&mut self, alarm: &Configuration, series: Option<&Series>, until: i64) {
        let count = i64::from(evaluation::evaluation_range(alarm.evaluation_periods));
        let period = i64::from(alarm.period_s) * 1_000;
        let from = until - count * period;
        self.slots.clear();
        self.slots.extend((0..count).map(|index| Slot {
            start: from + index * period,
            value: None,
            samples: 0.0,
            cause: None,
        }));
        if let Some(series) = series {
            self.fill(alarm, series, from, until);
        }
        self.values.clear();
        self.values.extend(self.slots.iter().map(|slot| slot.value));
    }

    fn fill(&mut self, alarm: &Configuration, series: &Series, from: i64, until: i64) {
        let period = i64::from(alarm.period_s) * 1_000;
        let mut open: Option<(usize, Aggregate)> = None;
        for sample in series.samples(from, until, alarm.unit) {
            let index = ((sample.at - from) / period) as usize;
            match &mut open {
                Some((current, aggregate)) if *current == index => {
                    aggregate.add(sample, alarm.statistic.is_percentile());
                }
                _ => {
                    self.close(alarm, open.take());
                    let mut aggregate = Aggregate::default();
                    aggregate.add(sample, alarm.statistic.is_percentile());
                    open = Some((index, aggregate));
                }
            }
            if let Some(slot) = self.slots.get_mut(index) {
                slot.cause = Some(sample.cause);
            }
        }
        self.close(alarm, open);
    }

    fn close(&mut self, alarm: &Configuration, period: Option<(usize, Aggregate)>) {
        if let Some((index, aggregate)) = period
            && let Some(slot) = self.slots.get_mut(index)
        {
            slot.value = aggregate.value(alarm.statistic);
            slot.samples = aggregate.count;
        }
    }

    /// Judges what was read.
    pub fn judge(&self, alarm: &Configuration, previous: State) -> Verdict {
        let window = Window {
            datapoints: &self.values,
            too_few_samples: self.too_few_samples(alarm),
            ..Window::default()
        };
        evaluation::judge(&alarm.settings(), window, previous)
    }

    /// Whether the newest datapoint is a percentile of too few samples, for an alarm that ignores those.
    fn too_few_samples(&self, alarm: &Configuration) -> bool {
        let super::statistic::Statistic::Percentile(p) = alarm.statistic else { return false };
        alarm.ignores_low_samples == Some(true)
            && self
                .slots
                .iter()
                .rev()
                .find(|slot| slot.value.is_some())
                .is_some_and(|slot| evaluation::too_few_samples(p, slot.samples))
    }

    /// The datapoints that decided, newest first.
    pub fn considered(&self, verdict: &Verdict) -> impl Iterator<Item = (i64, f64)> {
        let oldest = verdict.oldest.min(self.slots.len());
        self.slots[oldest..].iter().rev().filter_map(|slot| Some((slot.start, slot.value?)))
    }

    /// The periods worth showing, oldest first: the newest N, and older ones when the evaluation reached past gaps.
    pub fn shown(&self, alarm: &Configuration, verdict: &Verdict) -> &[Slot] {
        let newest = self.slots.len().saturating_sub(alarm.evaluation_periods as usize);
        &self.slots[verdict.oldest.min(newest)..]
    }

    /// The hop that brought the newest datapoint looked at.
    pub fn newest_cause(&self) -> Option<Cause> {
        self.slots.iter().rev().find_map(|slot| slot.cause)
    }
}
