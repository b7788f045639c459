//! Why an alarm is in its state, in the service's words and as data.
//!
//! The sentences are those recorded from the service or quoted in its guide. Not documented, and decided here: how a
//! sentence reads when some datapoints are there and the holes were filled, and the order and number of
//! `evaluatedDatapoints` (newest first, at most [`EVALUATED_KEPT`], because `StateReasonData` ends at 4,000 characters).

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    alarm::Configuration,
    evaluation::{Comparison, State, TreatMissingData, Verdict, Why},
    times,
    window::Looked,
};
use crate::aws::timestamps;

const EVALUATED_KEPT: usize = 25;

/// The sentence.
pub fn sentence(alarm: &Configuration, looked: &Looked, verdict: &Verdict) -> String {
    if verdict.state == State::InsufficientData {
        let missing = alarm.evaluation_periods;
        return format!(
            "Insufficient Data: {} unknown.",
            counted(missing, "datapoint was", "datapoints were")
        );
    }
    if verdict.considered == 0 {
        return format!(
            "Threshold Crossed: no datapoints were received for {} and {}.",
            counted(alarm.evaluation_periods, "period", "periods"),
            treated(alarm, alarm.evaluation_periods)
        );
    }
    let breaching = verdict.state == State::Alarm;
    let crossed: Vec<String> = looked
        .considered(verdict)
        .filter(|(_, value)| breaches(alarm, *value) == breaching)
        .map(|(start, value)| format!("{} ({})", times::number(value), times::in_reason(start)))
        .collect();
    let count = crossed.len() as u32;
    let verb = match (count == 1, breaching) {
        (true, true) => "was",
        (true, false) => "was not",
        (false, true) => "were",
        (false, false) => "were not",
    };
    let points = match alarm.datapoints_to_alarm {
        Some(_) => format!("{count} out of the last {} datapoints", alarm.evaluation_periods),
        None => counted(count, "datapoint", "datapoints"),
    };
    let holes = match verdict.why {
        Why::Filled => format!(" and {}", treated(alarm, verdict.filled)),
        _ => String::new(),
    };
    let minimum =
        alarm.datapoints_to_alarm.map(|needed| minimum(alarm, needed, breaching)).unwrap_or_default();
    format!(
        "Threshold Crossed: {points} [{}] {verb} {} the threshold ({}){holes}{minimum}.",
        crossed.join(", "),
        operator(alarm.comparison),
        times::number(alarm.threshold)
    )
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

fn breaches(alarm: &Configuration, value: f64) -> bool {
    let bound = Some(alarm.threshold);
    alarm.comparison.breaches(value, super::evaluation::Bounds { lower: bound, upper: bound })
}

/// `StateReasonData`, before it becomes a text.
pub fn data(alarm: &Configuration, looked: &Looked, verdict: &Verdict, at: DateTime<Utc>) -> Value {
    let mut recent: Vec<(i64, f64)> = looked.considered(verdict).collect();
    recent.reverse();
    let mut json = Map::new();
    json.insert("version".into(), json!("1.0"));
    json.insert("queryDate".into(), json!(times::in_data(at)));
    if let Some((start, _)) = recent.first() {
        json.insert("startDate".into(), json!(times::in_data(timestamps::from_epoch_ms(*start))));
    }
    if let Some(unit) = alarm.unit {
        json.insert("unit".into(), json!(unit));
    }
    json.insert("statistic".into(), json!(alarm.statistic.to_string()));
    json.insert("period".into(), json!(alarm.period_s));
    let values: Vec<f64> = recent.iter().map(|(_, value)| *value).collect();
    let newest = values.len().saturating_sub(EVALUATED_KEPT);
    json.insert("recentDatapoints".into(), json!(&values[newest..]));
    json.insert("threshold".into(), json!(alarm.threshold));
    json.insert("evaluatedDatapoints".into(), evaluated(alarm, looked, verdict));
    json.into()
}

fn evaluated(alarm: &Configuration, looked: &Looked, verdict: &Verdict) -> Value {
    looked
        .shown(alarm, verdict)
        .iter()
        .rev()
        .take(EVALUATED_KEPT)
        .map(|slot| {
            let timestamp = times::in_data(timestamps::from_epoch_ms(slot.start));
            match slot.value {
                Some(value) => {
                    json!({ "timestamp": timestamp, "sampleCount": slot.samples, "value": value })
                }
                None => json!({ "timestamp": timestamp }),
            }
        })
        .collect()
}
