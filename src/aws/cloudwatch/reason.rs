//! Why an alarm is in its state, in the service's words and as data.
//!
//! The sentences are those recorded from the service or quoted in its guide. Not documented, and decided here: the order
//! and number of `evaluatedDatapoints` (newest first, at most [`EVALUATED_KEPT`], because `StateReasonData` ends at
//! 4,000 characters), and the words before a long list of datapoints that did not cross.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    configuration::Configuration,
    evaluation::{Comparison, State, TreatMissingData, Verdict, Why},
    times,
    window::Looked,
};
use crate::aws::timestamps;

const EVALUATED_KEPT: usize = 25;

/// From so many datapoints on a sentence lists the newest of them after the threshold, and no more than these.
const LISTED_APART: usize = 5;

/// The sentence.
pub fn sentence(alarm: &Configuration, looked: &Looked, verdict: &Verdict) -> String {
    let periods = alarm.evaluation_periods;
    if verdict.state == State::InsufficientData {
        return format!(
            "Insufficient Data: {} unknown.",
            counted(periods, "datapoint was", "datapoints were")
        );
    }
    if verdict.considered == 0 {
        let silent = counted(periods, "period", "periods");
        let holes = treated(alarm, periods);
        return format!("Threshold Crossed: no datapoints were received for {silent} and {holes}.");
    }
    let breaching = verdict.state == State::Alarm;
    let crossed: Vec<usize> = looked
        .considered(verdict)
        .filter(|(index, value)| alarm.comparison.breaches(*value, looked.bounds(alarm, *index)) == breaching)
        .map(|(index, _)| index)
        .collect();
    let holes = match verdict.why {
        Why::Filled => format!(" and {}", treated(alarm, verdict.filled)),
        _ => String::new(),
    };
    let minimum =
        alarm.datapoints_to_alarm.map(|needed| minimum(alarm, needed, breaching)).unwrap_or_default();
    match alarm.fixed_threshold() {
        Some(threshold) => {
            let compared =
                format!("{} the threshold ({})", operator(alarm.comparison), times::number(threshold));
            format!(
                "Threshold Crossed: {}{holes}{minimum}.",
                told(alarm, looked, &crossed, breaching, &compared)
            )
        }
        None => {
            let compared = outside(alarm.comparison, looked, &crossed, breaching);
            format!(
                "Thresholds Crossed: {}{holes}{minimum}.",
                told(alarm, looked, &crossed, breaching, &compared)
            )
        }
    }
}

/// `1 datapoint [21.5 (20/11/26 07:00:00)] was greater than the threshold (21.0)`; a long list goes to the end.
fn told(
    alarm: &Configuration,
    looked: &Looked,
    crossed: &[usize],
    breaching: bool,
    compared: &str,
) -> String {
    let count = crossed.len() as u32;
    let points = match alarm.datapoints_to_alarm {
        Some(_) => format!("{count} out of the last {} datapoints", alarm.evaluation_periods),
        None => counted(count, "datapoint", "datapoints"),
    };
    let verb = match (count == 1, breaching) {
        (true, true) => "was",
        (true, false) => "was not",
        (false, true) => "were",
        (false, false) => "were not",
    };
    let listed: Vec<String> = crossed.iter().take(LISTED_APART).map(|index| point(looked, *index)).collect();
    let listed = listed.join(", ");
    if crossed.len() < LISTED_APART {
        return format!("{points} [{listed}] {verb} {compared}");
    }
    let which = if breaching { " which crossed the threshold" } else { "" };
    format!("{points} {verb} {compared}. The most recent datapoints{which}: [{listed}]")
}

fn point(looked: &Looked, index: usize) -> String {
    let value = looked.values[index].unwrap_or(f64::NAN);
    format!("{} ({})", times::number(value), times::in_reason(looked.grid.start(index)))
}

/// `less than the lower thresholds [0.02] or greater than the upper thresholds [0.3]`.
fn outside(comparison: Comparison, looked: &Looked, crossed: &[usize], breaching: bool) -> String {
    let list = |bounds: &[f64]| {
        let shown: Vec<String> = crossed
            .iter()
            .take(LISTED_APART)
            .filter_map(|index| bounds.get(*index).map(|bound| times::number(*bound)))
            .collect();
        shown.join(", ")
    };
    let below = format!("less than the lower thresholds [{}]", list(&looked.lower));
    let above = format!("greater than the upper thresholds [{}]", list(&looked.upper));
    match comparison {
        Comparison::LessThanLowerThreshold => below,
        Comparison::GreaterThanUpperThreshold => above,
        _ if breaching => format!("{below} or {above}"),
        _ => format!("{below} or not {above}"),
    }
}

/// ` (minimum 3 datapoints for OK -> ALARM transition)`: M breaching datapoints go to ALARM, N - M + 1 others back.
fn minimum(alarm: &Configuration, needed: u32, breaching: bool) -> String {
    let (minimum, transition) = if breaching {
        (needed, "OK -> ALARM")
    } else {
        (alarm.evaluation_periods.saturating_sub(needed) + 1, "ALARM -> OK")
    };
    format!(" (minimum {} for {transition} transition)", counted(minimum, "datapoint", "datapoints"))
}

fn treated(alarm: &Configuration, filled: u32) -> String {
    let treatment = match alarm.treatment() {
        TreatMissingData::Breaching => "Breaching",
        TreatMissingData::NotBreaching => "NonBreaching",
        TreatMissingData::Ignore => "Ignore",
        TreatMissingData::Missing => "Missing",
    };
    format!(
        "{} treated as [{treatment}]",
        counted(filled, "missing datapoint was", "missing datapoints were")
    )
}

fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The operator in words.
pub const fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::GreaterThanOrEqualToThreshold => "greater than or equal to",
        Comparison::LessThanOrEqualToThreshold => "less than or equal to",
        Comparison::LessThanThreshold | Comparison::LessThanLowerThreshold => "less than",
        Comparison::GreaterThanThreshold
        | Comparison::GreaterThanUpperThreshold
        | Comparison::LessThanLowerOrGreaterThanUpperThreshold => "greater than",
    }
}

/// `StateReasonData`, before it becomes a text.
pub fn data(alarm: &Configuration, looked: &Looked, verdict: &Verdict, at: DateTime<Utc>) -> Value {
    let mut recent: Vec<(usize, f64)> = looked.considered(verdict).take(EVALUATED_KEPT).collect();
    recent.reverse();
    let mut json = Map::new();
    json.insert("version".into(), json!("1.0"));
    json.insert("queryDate".into(), json!(times::in_data(at)));
    if verdict.considered > 0 {
        let start = looked.grid.start(verdict.oldest.min(looked.values.len()));
        json.insert("startDate".into(), json!(times::in_data(timestamps::from_epoch_ms(start))));
    }
    if let Some(stat) = alarm.metric() {
        if let Some(unit) = stat.unit {
            json.insert("unit".into(), json!(unit));
        }
        json.insert("statistic".into(), json!(stat.statistic.to_string()));
    }
    json.insert("period".into(), json!(alarm.period_s));
    json.insert("recentDatapoints".into(), recent.iter().map(|(_, value)| *value).collect());
    if let Some(threshold) = alarm.fixed_threshold() {
        json.insert("threshold".into(), json!(threshold));
    } else {
        let bounds =
            |bounds: &[f64]| -> Value { recent.iter().map(|(index, _)| json!(bounds[*index])).collect() };
        json.insert("recentLowerThresholds".into(), bounds(&looked.lower));
        json.insert("recentUpperThresholds".into(), bounds(&looked.upper));
    }
    json.insert("evaluatedDatapoints".into(), evaluated(alarm, looked, verdict));
    json.into()
}

fn evaluated(alarm: &Configuration, looked: &Looked, verdict: &Verdict) -> Value {
    let shown = looked.shown_from(alarm, verdict)..looked.values.len();
    shown
        .rev()
        .take(EVALUATED_KEPT)
        .map(|index| {
            let mut point = Map::new();
            let start = timestamps::from_epoch_ms(looked.grid.start(index));
            point.insert("timestamp".into(), json!(times::in_data(start)));
            if let Some(value) = looked.values[index] {
                if let Some(samples) = looked.samples.get(index) {
                    point.insert("sampleCount".into(), json!(samples));
                }
                point.insert("value".into(), json!(value));
            }
            Value::Object(point)
        })
        .collect()
}
