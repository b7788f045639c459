//! One look of an alarm at what it watches, as the ledger keeps it: each period, what was there, and how it was read.
//!
//! There is a look per alarm and minute, so it is kept small: what stays the same is shared ([`Criteria`]), and so are the
//! values while they stay the same. How each period was read follows from the two ([`Look::slots`]).
//!
//! Source for the readings: CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data".

use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{
    evaluation::{AlarmSettings, Bounds, State, TreatMissingData, Verdict, Why},
    window::Looked,
};
use crate::aws::Node;

/// What the looks of one configuration have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Criteria {
    pub alarm: Node,
    pub settings: AlarmSettings,
    pub period_ms: i64,
}

/// One look.
#[derive(Clone, Debug)]
pub struct Look {
    pub criteria: Arc<Criteria>,
    /// Start of the newest period, epoch milliseconds.
    pub newest: i64,
    pub state: State,
    pub why: Why,
    /// Datapoints that decided, how many of them breach, and how many holes were filled to reach N.
    pub considered: u32,
    pub breaching: u32,
    pub filled: u32,
    /// Oldest first, as many as were looked at; a missing datapoint is not a number.
    values: Arc<[f64]>,
    /// The band beside each of them, lower and upper, for an alarm on a band.
    band: Option<Arc<[(f64, f64)]>>,
}

/// One period of a look.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenSlot {
    /// Epoch milliseconds.
    pub start: i64,
    pub value: Option<f64>,
    /// The band it was compared with, for an alarm on a band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<(f64, f64)>,
    pub reading: Reading,
}

/// How one period was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A datapoint that breaches.
    Breaching,
    /// A datapoint that does not.
    NotBreaching,
    /// A datapoint older than the N that decided.
    TooOld,
    /// Missing, and read as breaching.
    FilledBreaching,
    /// Missing, and read as not breaching.
    FilledNotBreaching,
    /// Missing, and no matter: N datapoints were there without it, or holes enough were filled.
    NotNeeded,
    /// Missing, and left so: `TreatMissingData` is `missing` or `ignore`.
    LeftMissing,
}

impl Look {
    /// Writes down a look; `before` is the alarm's last one, whose memory is shared when it saw the same.
    pub(super) fn new(
        criteria: &Arc<Criteria>,
        looked: &Looked,
        verdict: &Verdict,
        before: Option<&Self>,
    ) -> Self {
        let window = criteria.settings.window as usize;
        let shown = verdict.oldest.min(looked.values.len().saturating_sub(window));
        let seen = || looked.values[shown..].iter().map(|value| value.unwrap_or(f64::NAN));
        let is_same = |old: &&Self| {
            old.values.len() == looked.values.len() - shown
                && old.values.iter().zip(seen()).all(|(old, new)| old.to_bits() == new.to_bits())
        };
        let band = || looked.lower.iter().copied().zip(looked.upper.iter().copied()).skip(shown);
        Self {
            criteria: Arc::clone(criteria),
            newest: looked.grid.until() - looked.grid.period_ms,
            state: verdict.state,
            why: verdict.why,
            considered: verdict.considered,
            breaching: verdict.breaching,
            filled: verdict.filled,
            values: before.filter(is_same).map_or_else(|| seen().collect(), |old| Arc::clone(&old.values)),
            band: (!looked.lower.is_empty()).then(|| band().collect()),
        }
    }

    /// Every period looked at, oldest first, and how it was read.
    pub fn slots(&self) -> impl DoubleEndedIterator<Item = SeenSlot> + '_ {
        let readings = self.readings();
        readings.into_iter().enumerate().map(|(index, reading)| SeenSlot {
            start: self.newest - (self.values.len() - 1 - index) as i64 * self.criteria.period_ms,
            value: self.value(index),
            band: self.band.as_ref().and_then(|band| band.get(index).copied()),
            reading,
        })
    }

    fn value(&self, index: usize) -> Option<f64> {
        Some(self.values[index]).filter(|value| !value.is_nan())
    }

    fn breaches(&self, index: usize, value: f64) -> bool {
        let settings = &self.criteria.settings;
        let band = self.band.as_ref().and_then(|band| band.get(index).copied());
        let bounds = Bounds {
            lower: settings.threshold.or(band.map(|(lower, _)| lower)),
            upper: settings.threshold.or(band.map(|(_, upper)| upper)),
        };
        settings.comparison.breaches(value, bounds)
    }

    /// The guide says how many holes are filled, not which: the newest ones, we say.
    fn readings(&self) -> Vec<Reading> {
        let settings = &self.criteria.settings;
        let (mut real, mut holes) = (0, 0);
        let mut readings: Vec<Reading> = (0..self.values.len())
            .rev()
            .map(|index| {
                let Some(value) = self.value(index) else {
                    holes += 1;
                    return self.hole(holes);
                };
                real += 1;
                if real > settings.window {
                    Reading::TooOld
                } else if self.breaches(index, value) {
                    Reading::Breaching
                } else {
                    Reading::NotBreaching
                }
            })
            .collect();
        readings.reverse();
        readings
    }

    /// How the hole that is the `rank`th from the newest on was read.
    fn hole(&self, rank: u32) -> Reading {
        match self.criteria.settings.treat_missing_data {
            _ if rank > self.filled => Reading::NotNeeded,
            TreatMissingData::Breaching => Reading::FilledBreaching,
            TreatMissingData::NotBreaching => Reading::FilledNotBreaching,
            TreatMissingData::Missing | TreatMissingData::Ignore => Reading::LeftMissing,
        }
    }
}

impl Serialize for Look {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let settings = &self.criteria.settings;
        let mut shown = serializer.serialize_struct("Look", 11)?;
        shown.serialize_field("alarm", &self.criteria.alarm)?;
        shown.serialize_field("state", &self.state)?;
        shown.serialize_field("why", &self.why)?;
        shown.serialize_field("evaluationPeriods", &settings.window)?;
        shown.serialize_field("datapointsToAlarm", &settings.needed)?;
        shown.serialize_field("comparisonOperator", settings.comparison.as_str())?;
        shown.serialize_field("threshold", &settings.threshold)?;
        shown.serialize_field("treatMissingData", settings.treat_missing_data.as_str())?;
        shown.serialize_field("breaching", &self.breaching)?;
        shown.serialize_field("filled", &self.filled)?;
        shown.serialize_field("periods", &self.slots().collect::<Vec<_>>())?;
        shown.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{
        Region, ServiceName,
        cloudwatch::{
            evaluation::{Comparison, Window, judge},
            math::Grid,
        },
    };

    /// `X` breaches, `0` does not, `-` is missing; newest on the right.
    fn look(treat_missing_data: TreatMissingData, picture: &str, before: Option<&Look>) -> Look {
        let settings = AlarmSettings {
            comparison: Comparison::GreaterThanThreshold,
            threshold: Some(50.0),
            window: 3,
            needed: 3,
            treat_missing_data,
        };
        let values: Vec<Option<f64>> = picture
            .split_whitespace()
            .map(|mark| match mark {
                "X" => Some(90.0),
                "-" => None,
                _ => Some(10.0),
            })
            .collect();
        let verdict = judge(&settings, Window { datapoints: &values, ..Window::default() }, State::Ok);
        let alarm = Node::new(ServiceName::CloudWatch, &Region::new("eu-west-3"), "radar");
        let criteria = Arc::new(Criteria { alarm, settings, period_ms: 60_000 });
        let grid = Grid { from: (11 - values.len() as i64) * 60_000, period_ms: 60_000, count: values.len() };
        let mut looked = Looked::default();
        (looked.grid, looked.values) = (grid, values);
        Look::new(&criteria, &looked, &verdict, before)
    }

    fn readings(treat_missing_data: TreatMissingData, picture: &str) -> Vec<Reading> {
        look(treat_missing_data, picture, None).slots().map(|slot| slot.reading).collect()
    }

    #[test]
    fn a_look_says_of_every_hole_whether_it_was_filled_and_as_what() {
        use Reading::*;
        use TreatMissingData as Treat;

        assert_eq!(readings(Treat::Breaching, "- - X - -"), [Breaching, FilledBreaching, FilledBreaching]);
        assert_eq!(
            readings(Treat::NotBreaching, "0 - - - -"),
            [NotBreaching, NotNeeded, NotNeeded, FilledNotBreaching, FilledNotBreaching]
        );
        assert_eq!(readings(Treat::Missing, "- - - - -"), [LeftMissing, LeftMissing, LeftMissing]);
        assert_eq!(readings(Treat::Breaching, "0 X X - X"), [Breaching, Breaching, NotNeeded, Breaching]);
    }

    #[test]
    fn a_look_shows_the_newest_periods_and_older_ones_only_when_it_reached_for_them() {
        let starts = |picture| -> Vec<i64> {
            look(TreatMissingData::Missing, picture, None).slots().map(|slot| slot.start / 60_000).collect()
        };

        assert_eq!(starts("0 0 0 0 0"), [8, 9, 10]);
        assert_eq!(starts("0 - 0 - 0"), [6, 7, 8, 9, 10]);
    }

    #[test]
    fn looks_that_saw_the_same_share_what_they_saw() {
        let first = look(TreatMissingData::Missing, "0 0 0 0 0", None);
        let second = look(TreatMissingData::Missing, "0 0 0 0 0", Some(&first));
        let third = look(TreatMissingData::Missing, "0 0 0 0 X", Some(&second));

        assert!(Arc::ptr_eq(&first.values, &second.values));
        assert!(!Arc::ptr_eq(&second.values, &third.values));
    }
}
