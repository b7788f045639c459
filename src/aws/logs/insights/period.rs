//! Periods such as `5m` or `1mo`, the bins they cut time into, and how moments are written. All in UTC.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime};

/// How moments are shown. Source: user guide, results of `bin` and `@timestamp`.
const SHOWN: &str = "%Y-%m-%d %H:%M:%S%.3f";
const DAY_MS: i64 = 86_400_000;

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Millis(i64),
    /// Whole weeks, from Monday on.
    Weeks(i64),
    Months(i64),
}

/// Every unit, by all its names. Source: user guide, "Datetime functions".
const UNITS: &[(&[&str], Period)] = &[
    (&["ms", "msec", "millisecond"], Period::Millis(1)),
    (&["s", "sec", "second"], Period::Millis(1_000)),
    (&["m", "min", "minute"], Period::Millis(60_000)),
    (&["h", "hr", "hour"], Period::Millis(3_600_000)),
    (&["d", "day"], Period::Millis(DAY_MS)),
    (&["w", "wk", "week"], Period::Weeks(1)),
    (&["mo", "mon", "month"], Period::Months(1)),
    (&["q", "qtr", "quarter"], Period::Months(3)),
    (&["y", "yr", "year"], Period::Months(12)),
];

/// Names of units, for suggestions.
pub fn unit_names() -> impl Iterator<Item = &'static str> {
    UNITS.iter().flat_map(|(names, _)| names.iter().copied())
}

impl Period {
    /// So many of a unit; names of more than one letter may be plural.
    pub fn new(count: u32, unit: &str) -> Option<Self> {
        let unit = unit.to_ascii_lowercase();
        let is_called = |name: &str| unit == name || name.len() > 1 && unit.strip_suffix('s') == Some(name);
        let (_, one) = UNITS.iter().find(|(names, _)| names.iter().any(|name| is_called(name)))?;
        let count = i64::from(count);
        (count > 0).then_some(match one {
            Self::Millis(ms) => Self::Millis(count * ms),
            Self::Weeks(weeks) => Self::Weeks(count * weeks),
            Self::Months(months) => Self::Months(count * months),
        })
    }

    /// The start of the bin that holds a moment.
    pub fn floor(self, ms: i64) -> Option<i64> {
        self.start(self.bin(ms)?)
    }

    /// The moment itself if a bin starts there, or else the start of the next.
    pub fn ceil(self, ms: i64) -> Option<i64> {
        let bin = self.bin(ms)?;
        let start = self.start(bin)?;
        if start == ms { Some(ms) } else { self.start(bin.checked_add(1)?) }
    }

    /// Which bin holds a moment, counted from the epoch or the year 0.
    fn bin(self, ms: i64) -> Option<i64> {
        Some(match self {
            Self::Millis(length) => ms.div_euclid(length),
            Self::Weeks(length) => (ms.div_euclid(DAY_MS) + MONDAY).div_euclid(7 * length),
            Self::Months(length) => {
                let date = DateTime::from_timestamp_millis(ms)?;
                (i64::from(date.year()) * 12 + i64::from(date.month0())).div_euclid(length)
            }
        })
    }

    fn start(self, bin: i64) -> Option<i64> {
        match self {
            Self::Millis(length) => bin.checked_mul(length),
            Self::Weeks(length) => bin.checked_mul(7 * length)?.checked_sub(MONDAY)?.checked_mul(DAY_MS),
            Self::Months(length) => {
                let months = bin.checked_mul(length)?;
                let year = i32::try_from(months.div_euclid(12)).ok()?;
                let month = u32::try_from(months.rem_euclid(12)).ok()? + 1;
                let first = NaiveDate::from_ymd_opt(year, month, 1)?.and_hms_opt(0, 0, 0)?;
                Some(first.and_utc().timestamp_millis())
            }
        }
    }
}

/// Days from the Monday before the epoch to the epoch, a Thursday. That weeks start on Monday is our inference.
const MONDAY: i64 = 3;

/// A moment as results show it.
pub fn shown(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).map_or_else(|| ms.to_string(), |date| date.format(SHOWN).to_string())
}

/// The moment that a text shows.
pub fn read(text: &str) -> Option<i64> {
    let bare = NaiveDateTime::parse_from_str(text, SHOWN).map(|date| date.and_utc().timestamp_millis());
    bare.or_else(|_| DateTime::parse_from_rfc3339(text).map(|date| date.timestamp_millis())).ok()
}
