//! Reads the names of extended statistics.

use super::{Range, Spelling, Statistic, Trimmed, TrimmedKind};

/// The most decimals of a bound.
const MOST_DECIMALS: usize = 10;

pub(super) fn extended(text: &str) -> Option<Statistic> {
    if text == "IQM" {
        let range = Range::Percent { lower: Some(25.0), upper: Some(75.0) };
        let spelling = Spelling::Interquartile;
        return Some(Statistic::Trimmed(Trimmed { kind: TrimmedKind::Mean, range, spelling }));
    }
    if let Some(number) = text.strip_prefix('p') {
        return percent(number).map(Statistic::Percentile);
    }
    let (name, rest) = text.split_at_checked(2)?;
    match rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(bounds) => long(name, bounds),
        None => short(name, rest),
    }
    .map(Statistic::Trimmed)
}

/// `tm90`: everything up to a percentage. A rank has no such name.
fn short(name: &str, number: &str) -> Option<Trimmed> {
    let is_named =
        |kind: &TrimmedKind| *kind != TrimmedKind::Rank && kind.name().to_ascii_lowercase() == name;
    let kind = TrimmedKind::ALL.into_iter().find(is_named)?;
    let range = Range::Percent { lower: None, upper: Some(percent(number)?) };
    Some(Trimmed { kind, range, spelling: Spelling::Short })
}

/// `TM(10%:90%)` or `TM(100:300)`; a rank has absolute bounds only.
fn long(name: &str, bounds: &str) -> Option<Trimmed> {
    let kind = TrimmedKind::ALL.into_iter().find(|kind| kind.name() == name)?;
    let (lower, upper) = bounds.split_once(':')?;
    if lower.is_empty() && upper.is_empty() {
        return None;
    }
    let range = if bounds.contains('%') && kind != TrimmedKind::Rank {
        let bound = |text: &str| percent(text.strip_suffix('%')?);
        Range::Percent { lower: optional(lower, bound)?, upper: optional(upper, bound)? }
    } else {
        Range::Absolute { lower: optional(lower, absolute)?, upper: optional(upper, absolute)? }
    };
    is_ascending(range).then_some(Trimmed { kind, range, spelling: Spelling::Long })
}

/// An absent bound is no bound; one that cannot be read is an error.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
fn optional(text: &str, read: impl Fn(&str) -> Option<f64>) -> Option<Option<f64>> {
    if text.is_empty() { Some(None) } else { read(text).map(Some) }
}

fn is_ascending(range: Range) -> bool {
    let (Range::Percent { lower, upper } | Range::Absolute { lower, upper }) = range;
    match (lower, upper) {
        (Some(lower), Some(upper)) => lower < upper,
        _ => true,
    }
}

/// 0 to 100, with at most ten decimals.
fn percent(text: &str) -> Option<f64> {
    decimal(text).filter(|percent| (0.0..=100.0).contains(percent))
}

/// Zero or more, possibly with a power of ten.
fn absolute(text: &str) -> Option<f64> {
    let (mantissa, power) = text.split_once(['E', 'e']).unwrap_or((text, "0"));
    decimal(mantissa)?;
    let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
    let is_power = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number: &f64| is_power && number.is_finite())
}

fn decimal(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if digits(whole) && digits(decimals) && decimals.len() <= MOST_DECIMALS {
        text.parse().ok()
    } else {
        None
    }
}
