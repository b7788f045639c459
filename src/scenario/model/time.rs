//! How times are written: `m:ss`, `h:mm:ss`, `90s`, `11m`, `2h`, `3d`; and the instant a story starts.

use std::{borrow::Cow, fmt};

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::kernel::SimDuration;

/// A length of time, or a moment of the story counted from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub SimDuration);

/// The longest story: a year, because retention is counted in days.
const LONGEST_SECS: u64 = 366 * 86_400;

impl Duration {
    /// Reads `2:00`, `1:02:03`, `90s`, `11m`, `2h`, `3d`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let secs = if text.contains(':') {
            let parts: Vec<u64> = text.split(':').map(whole).collect::<Option<_>>()?;
            match parts[..] {
                [minutes, secs] if secs < 60 => minutes.checked_mul(60)?.checked_add(secs)?,
                [hours, minutes, secs] if minutes < 60 && secs < 60 => {
                    hours.checked_mul(3_600)?.checked_add(minutes * 60 + secs)?
                }
                _ => return None,
            }
        } else {
            let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
            let scale = match unit {
                "s" => 1,
                "m" => 60,
                "h" => 3_600,
                "d" => 86_400,
                _ => return None,
            };
            whole(number)?.checked_mul(scale)?
        };
        (secs <= LONGEST_SECS).then(|| Self(SimDuration::from_secs(secs)))
    }
}

fn whole(text: &str) -> Option<u64> {
    (!text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

impl fmt::Display for Duration {
    /// As captions show it: `m:ss`, with hours when there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.0.as_secs();
        let (hours, minutes, secs) = (secs / 3_600, secs / 60 % 60, secs % 60);
        if hours > 0 { write!(f, "{hours}:{minutes:02}:{secs:02}") } else { write!(f, "{minutes}:{secs:02}") }
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format_args!("`{text}` is not a time")))
    }
}

impl JsonSchema for Duration {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "vigie-time",
            "pattern": r"^(\d+:[0-5]\d|\d+:[0-5]\d:[0-5]\d|\d+[smhd])$",
            "examples": ["2:00", "1:02:03", "90s", "11m"]
        })
    }
}

/// A moment of the simulated calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format_args!("`{text}` is not an instant")))
    }
}

impl Instant {
    /// Reads an RFC 3339 instant of this century, so that arithmetic on it cannot overflow.
    pub fn parse(text: &str) -> Option<Self> {
        use chrono::Datelike;
        let instant = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
        (2000..=2100).contains(&instant.year()).then_some(Self(instant))
    }
}

impl JsonSchema for Instant {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time", "examples": ["2026-03-02T09:00:00Z"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(text: &str) -> Option<u64> {
        Duration::parse(text).map(|time| time.0.as_secs())
    }

    #[test]
    fn times_are_minutes_and_seconds_or_a_number_with_its_unit() {
        assert_eq!(secs("2:00"), Some(120));
        assert_eq!(secs("1:02:03"), Some(3_723));
        assert_eq!(secs("90s"), Some(90));
        assert_eq!(secs("11m"), Some(660));
        assert_eq!(secs("3d"), Some(259_200));
    }

    #[test]
    fn anything_else_is_not_a_time() {
        for text in ["", "2", "2:60", "-1s", "1.5m", ":", "999999999999:00", "m", "4000d", "²s", "1:2:3:4"] {
            assert_eq!(secs(text), None, "{text}");
        }
    }
}
