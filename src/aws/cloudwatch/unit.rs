//! Units of metrics: AWS's closed list.

use std::fmt;

use serde::{Serialize, Serializer};

/// Every unit, as `StandardUnit` of the service model lists them.
pub const UNITS: &[&str] = &[
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// A unit: its position in [`UNITS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit(u8);

impl Unit {
    /// The unit of a datum that names none.
    pub const NONE: Self = Self(26);

    pub fn parse(text: &str) -> Option<Self> {
        UNITS.iter().position(|unit| *unit == text).map(|index| Self(index as u8))
    }

    pub fn as_str(self) -> &'static str {
        UNITS[usize::from(self.0)]
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datum_without_unit_has_the_unit_none() {
        assert_eq!(Unit::NONE.as_str(), "None");
        assert_eq!(Unit::parse("Percent").map(Unit::as_str), Some("Percent"));
        assert_eq!(Unit::parse("Furlongs"), None);
    }
}
