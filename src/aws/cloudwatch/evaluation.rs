//! Alarm evaluation: a window of datapoints in, a state and the reason for it out.
//!
//! An alarm looks at its *evaluation range*: the last N + 2 periods. When N of them have a datapoint, the newest N
//! decide and `TreatMissingData` is not used at all; only when fewer do is the rest filled the way
//! `TreatMissingData` says. Nothing here knows time, metrics or actions, so it can be run over any list of numbers.
//!
//! Source: CloudWatch User Guide, "Alarm evaluation", "Configuring how CloudWatch alarms treat missing data",
//! "Avoiding premature transitions to alarm state" and "Percentile-based alarms and low data samples". What the
//! guide leaves open sits in one function each: [`evaluation_range`] and [`premature_state`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of an alarm.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum State {
    #[serde(rename = "OK")]
    Ok,
    #[serde(rename = "ALARM")]
    Alarm,
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl State {
    pub const ALL: [Self; 3] = [Self::Ok, Self::Alarm, Self::InsufficientData];

    /// The value as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a statistic is compared; the statistic is the first operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    GreaterThanOrEqualToThreshold,
    GreaterThanThreshold,
    LessThanThreshold,
    LessThanOrEqualToThreshold,
    /// Outside a band, strictly; the last three are for anomaly detection alone.
    LessThanLowerOrGreaterThanUpperThreshold,
    LessThanLowerThreshold,
    GreaterThanUpperThreshold,
}

impl Comparison {
    pub const ALL: [Self; 7] = [
        Self::GreaterThanOrEqualToThreshold,
        Self::GreaterThanThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
        Self::LessThanLowerOrGreaterThanUpperThreshold,
        Self::LessThanLowerThreshold,
        Self::GreaterThanUpperThreshold,
    ];

    /// The operator as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
            Self::LessThanLowerOrGreaterThanUpperThreshold => "LessThanLowerOrGreaterThanUpperThreshold",
            Self::LessThanLowerThreshold => "LessThanLowerThreshold",
            Self::GreaterThanUpperThreshold => "GreaterThanUpperThreshold",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|comparison| comparison.as_str() == text)
    }

    /// Whether it compares with a band instead of a threshold.
    pub const fn needs_band(self) -> bool {
        matches!(
            self,
            Self::LessThanLowerOrGreaterThanUpperThreshold
                | Self::LessThanLowerThreshold
                | Self::GreaterThanUpperThreshold
        )
    }

    /// Whether `value` breaches. A bound that is absent is never crossed.
    pub fn breaches(self, value: f64, bounds: Bounds) -> bool {
        let above = |bound: Option<f64>| bound.is_some_and(|bound| value > bound);
        let below = |bound: Option<f64>| bound.is_some_and(|bound| value < bound);
        match self {
            Self::GreaterThanOrEqualToThreshold => bounds.upper.is_some_and(|bound| value >= bound),
            Self::GreaterThanThreshold | Self::GreaterThanUpperThreshold => above(bounds.upper),
            Self::LessThanThreshold | Self::LessThanLowerThreshold => below(bounds.lower),
            Self::LessThanOrEqualToThreshold => bounds.lower.is_some_and(|bound| value <= bound),
            Self::LessThanLowerOrGreaterThanUpperThreshold => below(bounds.lower) || above(bounds.upper),
        }
    }
}

/// What one datapoint is compared with; a plain threshold is both bounds at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub lower: Option<f64>,
    pub upper: Option<f64>,
}

/// `TreatMissingData`: what to make of periods without a datapoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TreatMissingData {
    #[default]
    Missing,
    Ignore,
    Breaching,
    NotBreaching,
}

impl TreatMissingData {
    pub const ALL: [Self; 4] = [Self::Breaching, Self::NotBreaching, Self::Ignore, Self::Missing];

    /// The setting as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|treatment| treatment.as_str() == text)
    }
}

/// The settings an evaluation depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlarmSettings {
    pub comparison: Comparison,
    /// Absent for an alarm on a band.
    pub threshold: Option<f64>,
    /// `EvaluationPeriods`, N.
    pub window: u32,
    /// `DatapointsToAlarm`, M.
    pub needed: u32,
    pub treat_missing_data: TreatMissingData,
}

/// What an evaluation looks at: one entry per period, oldest first, the whole evaluation range.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window<'a> {
    /// The statistic of each period; `None` is a missing datapoint.
    pub datapoints: &'a [Option<f64>],
    /// Bounds of the band, entry by entry beside the datapoints; empty for a plain threshold.
    pub lower_band: &'a [f64],
    pub upper_band: &'a [f64],
    /// There are too few samples for the percentile to mean something, and the alarm ignores such periods.
    pub too_few_samples: bool,
}

/// Which rule of the guide decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// N datapoints were there: M of the newest N decide.
    EnoughData,
    /// The holes were filled as breaching or as not breaching.
    Filled,
    /// No datapoint at all: insufficient data, or the present state under `ignore`.
    NoData,
    /// Too few datapoints for N, yet M of them breach already.
    EnoughBreaching,
    /// Too few datapoints for N, and one of them is fine.
    OnePointIsFine,
    /// Only breaching datapoints, fewer than M: how old the oldest is settles it.
    Premature,
    /// Too few samples for a percentile.
    TooFewSamples,
}

/// What an evaluation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub state: State,
    pub why: Why,
    /// Datapoints that decided: how many there were, and how many of them breach.
    pub considered: u32,
    pub breaching: u32,
    /// How many holes were filled to reach N.
    pub filled: u32,
    /// Position in the window of the oldest datapoint that decided; the window's length when there was none.
    pub oldest: usize,
}

/// How many periods an evaluation fetches.
///
/// The guide says only that it is more than N; both its tables show 5 for N = 3.
pub const fn evaluation_range(window: u32) -> u32 {
    window.saturating_add(2)
}

/// Whether `samples` are too few for percentile `p` (0 to 100) to be judged by an alarm that ignores low samples.
pub fn too_few_samples(p: f64, samples: f64) -> bool {
    let tail_percent = if p >= 50.0 { 100.0 - p } else { p };
    samples * tail_percent < 1_000.0
}

/// One evaluation: the state an alarm in `previous` takes after looking at `window`.
pub fn judge(settings: &AlarmSettings, window: Window<'_>, previous: State) -> Verdict {
    let count = count(settings, window);
    let (state, why) = if window.too_few_samples {
        (previous, Why::TooFewSamples)
    } else {
        decide(settings, &count, previous)
    };
    Verdict {
        state,
        why,
        considered: count.real,
        breaching: count.breaching,
        filled: settings.window.saturating_sub(count.real),
        oldest: count.oldest,
    }
}

/// The newest N datapoints that exist, counted.
struct Count {
    real: u32,
    breaching: u32,
    oldest: usize,
    /// Position of the oldest breaching datapoint counted from the newest period, which is 1.
    age_of_oldest_breach: u32,
}

fn count(settings: &AlarmSettings, window: Window<'_>) -> Count {
    let length = window.datapoints.len();
    let mut count = Count { real: 0, breaching: 0, oldest: length, age_of_oldest_breach: 0 };
    for (position, value) in window.datapoints.iter().enumerate().rev() {
        if count.real == settings.window {
            break;
        }
        let Some(value) = *value else { continue };
        count.real += 1;
        count.oldest = position;
        let bounds = Bounds {
            lower: settings.threshold.or_else(|| window.lower_band.get(position).copied()),
            upper: settings.threshold.or_else(|| window.upper_band.get(position).copied()),
        };
        if settings.comparison.breaches(value, bounds) {
            count.breaching += 1;
            count.age_of_oldest_breach = (length - position) as u32;
        }
    }
    count
}

fn decide(settings: &AlarmSettings, count: &Count, previous: State) -> (State, Why) {
    let filled = settings.window.saturating_sub(count.real);
    let alarm_if = |breaching: u32| if breaching >= settings.needed { State::Alarm } else { State::Ok };
    if filled == 0 {
        return (alarm_if(count.breaching), Why::EnoughData);
    }
    match settings.treat_missing_data {
        TreatMissingData::Breaching => (alarm_if(count.breaching + filled), Why::Filled),
        TreatMissingData::NotBreaching => (alarm_if(count.breaching), Why::Filled),
        TreatMissingData::Missing if count.real == 0 => (State::InsufficientData, Why::NoData),
        TreatMissingData::Ignore if count.real == 0 => (previous, Why::NoData),
        _ if count.breaching >= settings.needed => (State::Alarm, Why::EnoughBreaching),
        _ if count.breaching < count.real => (State::Ok, Why::OnePointIsFine),
        TreatMissingData::Ignore => (previous, Why::Premature),
        TreatMissingData::Missing => {
            (premature_state(count.age_of_oldest_breach, settings.needed), Why::Premature)
        }
    }
}

/// The state when the only datapoints breach and are fewer than M, under `missing`.
///
/// The guide says that the alarm goes off when the oldest of them is at least as old as M periods, and that it does
/// not otherwise; which other state it takes then is not said, and we say `OK`.
const fn premature_state(age_of_oldest_breach: u32, needed: u32) -> State {
    if age_of_oldest_breach >= needed { State::Alarm } else { State::Ok }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(window: u32, needed: u32, treat_missing_data: TreatMissingData) -> AlarmSettings {
        AlarmSettings {
            comparison: Comparison::GreaterThanThreshold,
            threshold: Some(50.0),
            window,
            needed,
            treat_missing_data,
        }
    }

    /// `X` breaches, `0` does not, `-` is missing; newest on the right, as in the guide's tables.
    fn look(picture: &str) -> Vec<Option<f64>> {
        picture
            .split_whitespace()
            .map(|mark| match mark {
                "X" => Some(90.0),
                "-" => None,
                _ => Some(10.0),
            })
            .collect()
    }

    fn state_after(settings: AlarmSettings, picture: &str, previous: State) -> State {
        let datapoints = look(picture);
        judge(&settings, Window { datapoints: &datapoints, ..Window::default() }, previous).state
    }

    #[test]
    fn a_real_point_that_is_fine_anywhere_in_the_range_stops_the_premature_rule() {
        let two_of_three = settings(3, 2, TreatMissingData::Missing);

        assert_eq!(state_after(two_of_three, "0 - X - -", State::Ok), State::Ok);
        assert_eq!(state_after(two_of_three, "- - X - -", State::Ok), State::Alarm);
    }

    #[test]
    fn missing_data_is_not_treated_at_all_while_enough_older_points_are_in_range() {
        let one_of_one = settings(1, 1, TreatMissingData::NotBreaching);

        assert_eq!(state_after(one_of_one, "X - -", State::Alarm), State::Alarm);
        assert_eq!(state_after(one_of_one, "- - -", State::Alarm), State::Ok);
    }

    #[test]
    fn a_percentile_over_too_few_samples_keeps_the_state() {
        let datapoints = look("X X X");
        let window = Window { datapoints: &datapoints, too_few_samples: true, ..Window::default() };

        assert_eq!(judge(&settings(1, 1, TreatMissingData::Missing), window, State::Ok).state, State::Ok);
        assert!(too_few_samples(99.0, 999.0));
        assert!(!too_few_samples(75.0, 40.0));
        assert!(too_few_samples(10.0, 99.0));
    }

    #[test]
    fn the_verdict_says_what_was_counted_and_how_many_holes_were_filled() {
        let datapoints = look("X - - 0 X");
        let verdict = judge(
            &settings(3, 2, TreatMissingData::Breaching),
            Window { datapoints: &datapoints, ..Window::default() },
            State::Ok,
        );

        assert_eq!((verdict.considered, verdict.breaching, verdict.filled, verdict.oldest), (3, 2, 0, 0));
        assert_eq!((verdict.state, verdict.why), (State::Alarm, Why::EnoughData));
    }
}
