//! AWS's dialect of cron, told to the cron library in words that both understand.
//!
//! AWS writes six fields, the last a year; counts weekdays from 1 = Sunday; demands `?` in one of the two day fields;
//! lets ranges wrap around (`20-2`, `FRI-MON`). Every field is therefore read here and written out again as a plain
//! list; only `L`, `W` and `#` are passed on.
//!
//! Source: `event-patterns.md` §13.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A field that is a list of numbers: its bounds, and the names that stand for its first numbers.
struct Field {
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const MINUTES: Field = Field { least: 0, most: 59, names: &[] };
const HOURS: Field = Field { least: 0, most: 23, names: &[] };
const DAYS: Field = Field { least: 1, most: 31, names: &[] };
const MONTH: Field = Field { least: 1, most: 12, names: &MONTHS };
const WEEKDAY: Field = Field { least: 1, most: 7, names: &WEEKDAYS };
const YEARS: Field = Field { least: 1970, most: 2199, names: &[] };

/// A parsed expression.
#[derive(Debug)]
pub(super) struct CronExpression(Cron);

impl CronExpression {
    /// Reads the text between the parentheses.
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, weekdays, years] = fields[..] else { return None };
        // One of the two speaks of days, the other stands aside; two that stand aside would never come due.
        let (days, weekdays) = match (days, weekdays) {
            ("?", "?") => return None,
            (days, "?") => (day_of_month(days)?, "*".to_owned()),
            ("?", weekdays) => ("*".to_owned(), day_of_week(weekdays)?),
            _ => return None,
        };
        let plain = [
            "0".to_owned(),
            MINUTES.list(minutes)?,
            HOURS.list(hours)?,
            days,
            MONTH.list(months)?,
            weekdays,
            YEARS.list(years)?,
        ]
        .join(" ");
        let parser = CronParser::builder()
            .seconds(Seconds::Required)
            .year(Year::Required)
            .alternative_weekdays(true)
            .build();
        parser.parse(&plain).ok().map(Self)
    }

    pub fn next_after(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.0.find_next_occurrence(&moment, false).ok()
    }
}

impl Field {
    /// The field as a list of numbers, or as one range if it holds them all.
    fn list(&self, text: &str) -> Option<String> {
        let mut numbers = BTreeSet::new();
        for part in text.split(',') {
            self.add(part, &mut numbers)?;
        }
        if numbers.len() == (self.most - self.least + 1) as usize {
            return Some(format!("{}-{}", self.least, self.most));
        }
        let shown: Vec<String> = numbers.iter().map(u32::to_string).collect();
        Some(shown.join(","))
    }

    /// Adds what `a`, `a-b`, `*`, and each of these with `/step` stand for; `a/step` goes on to the end.
    fn add(&self, part: &str, numbers: &mut BTreeSet<u32>) -> Option<()> {
        let (range, step) = match part.split_once('/') {
            None => (part, None),
            Some((range, step)) => (range, Some(number(step).filter(|step| *step > 0)?)),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (self.least, self.most),
            Some((from, to)) => (self.value(from)?, self.value(to)?),
            None if step.is_some() => (self.value(range)?, self.most),
            None => (self.value(range)?, self.value(range)?),
        };
        // A range that ends before it begins goes around: `20-2` is 20 to 23 and 0 to 2.
        let width = self.most - self.least + 1;
        let count = (to + width - from) % width + 1;
        let around = |offset: u32| (from - self.least + offset) % width + self.least;
        numbers.extend((0..count).step_by(step.unwrap_or(1) as usize).map(around));
        Some(())
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().position(|name| *name == text.to_ascii_uppercase());
        let value = match named {
            Some(position) => u32::try_from(position).ok()? + self.least,
            None => number(text)?,
        };
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

fn number(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

/// A list of days, or one of `L`, `LW` and `15W`.
fn day_of_month(text: &str) -> Option<String> {
    match text.strip_suffix('W') {
        Some("L") => Some("LW".to_owned()),
        Some(day) => Some(format!("{}W", DAYS.value(day)?)),
        None if text == "L" => Some("L".to_owned()),
        None => DAYS.list(text),
    }
}

/// A list of weekdays, or one of `L` (Saturday, the last of the week), `6L` and `6#3`.
fn day_of_week(text: &str) -> Option<String> {
    if let Some((day, which)) = text.split_once('#') {
        let which = number(which).filter(|which| (1..=5).contains(which))?;
        return Some(format!("{}#{which}", WEEKDAY.value(day)?));
    }
    match text.strip_suffix('L') {
        Some("") => Some(WEEKDAY.most.to_string()),
        Some(day) => Some(format!("{}#L", WEEKDAY.value(day)?)),
        None => WEEKDAY.list(text),
    }
}
