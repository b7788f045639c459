//! Points in time as AWS writes and reads them: one place, because each service has its own habit.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

/// `2026-11-20T09:14:27Z`, as in CloudTrail's `eventTime` and EventBridge's `time`: whole seconds.
pub fn seconds_z(utc: DateTime<Utc>) -> String {
    utc.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `2026-11-20T09:16:30.512Z`, as in Config's items.
pub fn millis_z(utc: DateTime<Utc>) -> String {
    utc.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `2026-11-20T09:14:27+00:00`, as the AWS CLI prints a timestamp; six decimals when there is a fraction.
pub fn cli(utc: DateTime<Utc>) -> String {
    if utc.timestamp_subsec_micros() == 0 {
        utc.format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
    } else {
        utc.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
    }
}

/// The moment of that many milliseconds since 1970; the last one there is when it lies beyond.
pub fn from_epoch_ms(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Reads what the AWS CLI accepts as a timestamp: ISO 8601 with or without zone (UTC then), a date, epoch seconds.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc());
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, form) {
            return Some(moment.and_utc());
        }
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(date.and_time(chrono::NaiveTime::MIN).and_utc());
    }
    text.parse::<i64>().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}

/// A timestamp among an operation's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String")]
pub struct Timestamp(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let moment = match &value {
            serde_json::Value::String(text) => parse(text),
            serde_json::Value::Number(number) => number
                .as_f64()
                .map(|seconds| seconds * 1_000.0)
                .and_then(|millis| DateTime::from_timestamp_millis(millis as i64)),
            _ => None,
        };
        moment.map(Self).ok_or_else(|| de::Error::custom(format_args!("Invalid timestamp \"{value}\"")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_printed_the_way_each_reader_expects() {
        let moment = parse("2026-11-20T09:14:27.512Z").expect("it is RFC 3339");

        assert_eq!(seconds_z(moment), "2026-11-20T09:14:27Z");
        assert_eq!(millis_z(moment), "2026-11-20T09:14:27.512Z");
        assert_eq!(cli(moment), "2026-11-20T09:14:27.512000+00:00");
    }

    #[test]
    fn a_timestamp_without_zone_is_utc() {
        assert_eq!(parse("2026-11-20T09:14:27"), parse("2026-11-20T10:14:27+01:00"));
        assert_eq!(parse("2026-11-20"), parse("1795132800"));
        assert_eq!(parse("yesterday"), None);
    }
}
