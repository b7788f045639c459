//! Schedule expressions: `rate(…)` and `cron(…)` as rules of the default bus take them, in UTC.
//!
//! Source: `EventBridge` user guide, "Setting a schedule pattern"; recorded answers, as gathered in
//! `event-patterns.md` §13.

mod cron;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use cron::CronExpression;

/// When a rule's schedule makes an event.
#[derive(Clone, Debug)]
pub struct Schedule(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    text: Box<str>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// So many seconds after the schedule was wound up, and again so many after each time.
    Rate {
        seconds: i64,
    },
    Cron(Box<CronExpression>),
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Schedule {
    /// Reads an expression; `None` for what the service calls not valid.
    pub fn parse(text: &str) -> Option<Self> {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let kind = match (inside("rate"), inside("cron")) {
            (Some(rate), _) => Kind::Rate { seconds: rate_seconds(rate)? },
            (_, Some(fields)) => Kind::Cron(Box::new(CronExpression::parse(fields)?)),
            _ => return None,
        };
        Some(Self(Arc::new(Parsed { text: text.into(), kind })))
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The next time after `moment`, which for a rate is when it was wound up or last rang. `None`: never again.
    pub fn next_after(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.0.kind {
            Kind::Rate { seconds } => moment.checked_add_signed(TimeDelta::try_seconds(*seconds)?),
            Kind::Cron(cron) => cron.next_after(moment),
        }
    }
}

/// `5 minutes`: a whole number above zero, one space, and a unit that is singular for 1 and plural for the rest.
fn rate_seconds(rate: &str) -> Option<i64> {
    let (number, unit) = rate.split_once(' ')?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = number.parse().ok().filter(|number| *number > 0)?;
    let singular = if number == 1 { unit } else { unit.strip_suffix('s')? };
    let seconds = match singular {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    number.checked_mul(seconds)
}
