//! The `Condition` element: operators, several values, several keys.
//!
//! Values of one key are alternatives, keys and operators must all hold. An operator that denies
//! (`StringNotEquals`) holds when none of the values fits, and holds when the request lacks the key.

use std::{cmp::Ordering, net::IpAddr};

use chrono::{DateTime, Utc};
use ipnet::IpNet;

use super::{PolicyContext, glob};

/// One operator on one key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    operator: Operator,
    /// The operator's `Not` form.
    negated: bool,
    if_exists: bool,
    quantifier: Quantifier,
    key: String,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    None,
    ForAnyValue,
    ForAllValues,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Comparison),
    Date(Comparison),
    Bool,
    IpAddress,
    Arn,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Comparison {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equals => order.is_eq(),
            Self::LessThan => order.is_lt(),
            Self::LessThanEquals => order.is_le(),
            Self::GreaterThan => order.is_gt(),
            Self::GreaterThanEquals => order.is_ge(),
        }
    }
}

impl Condition {
    /// `None` when there is no such operator.
    pub(super) fn new(operator: &str, key: &str, values: Vec<String>) -> Option<Self> {
        let (quantifier, name) = match operator.split_once(':') {
            Some(("ForAnyValue", name)) => (Quantifier::ForAnyValue, name),
            Some(("ForAllValues", name)) => (Quantifier::ForAllValues, name),
            Some(_) => return None,
            None => (Quantifier::None, operator),
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) if name != "Null" => (name, true),
            Some(_) => return None,
            None => (name, false),
        };
        let (operator, negated) = parse_operator(name)?;
        Some(Self { operator, negated, if_exists, quantifier, key: key.to_ascii_lowercase(), values })
    }

    pub(super) fn holds(&self, context: &PolicyContext) -> bool {
        let present = context.get(&self.key);
        if self.operator == Operator::Null {
            let absent = present.is_none_or(<[String]>::is_empty);
            return self.values.iter().any(|value| value.eq_ignore_ascii_case("true") == absent);
        }
        let Some(actual) = present.filter(|values| !values.is_empty()) else {
            return self.if_exists
                || match self.quantifier {
                    Quantifier::ForAllValues => true,
                    Quantifier::ForAnyValue => false,
                    Quantifier::None => self.negated,
                };
        };
        let one = |value: &String| self.negated != self.fits_some(value, context);
        match self.quantifier {
            Quantifier::ForAllValues => actual.iter().all(one),
            Quantifier::None if self.negated => actual.iter().all(one),
            Quantifier::ForAnyValue | Quantifier::None => actual.iter().any(one),
        }
    }

    fn fits_some(&self, actual: &str, context: &PolicyContext) -> bool {
        self.values.iter().any(|wanted| {
            glob::expand(wanted, context).is_some_and(|wanted| self.operator.fits(&wanted, actual))
        })
    }

    /// Whether it pins the caller to fixed values, which makes a statement for everybody not public.
    pub(super) fn fixes_who(&self) -> bool {
        const KEYS: &[&str] = &[
            "aws:sourcearn",
            "aws:sourceaccount",
            "aws:sourceowner",
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:sourceip",
            "aws:principalarn",
            "aws:principalaccount",
            "aws:principalorgid",
            "aws:principalorgpaths",
            "aws:userid",
            "s3:dataaccesspointaccount",
            "s3:dataaccesspointarn",
        ];
        let pins = match self.operator {
            Operator::IpAddress => !self.values.iter().any(|value| value.ends_with("/0")),
            Operator::StringEquals | Operator::StringEqualsIgnoreCase => true,
            Operator::StringLike | Operator::Arn => {
                !self.values.iter().any(|value| value.contains(['*', '?']) && !value.starts_with("arn:aws:"))
            }
            _ => false,
        };
        pins && !self.negated && !self.if_exists && KEYS.contains(&self.key.as_str())
    }
}

fn parse_operator(name: &str) -> Option<(Operator, bool)> {
    Some(match name {
        "StringEquals" | "BinaryEquals" => (Operator::StringEquals, false),
        "StringNotEquals" => (Operator::StringEquals, true),
        "StringEqualsIgnoreCase" => (Operator::StringEqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (Operator::StringEqualsIgnoreCase, true),
        "StringLike" => (Operator::StringLike, false),
        "StringNotLike" => (Operator::StringLike, true),
        "Bool" => (Operator::Bool, false),
        "IpAddress" => (Operator::IpAddress, false),
        "NotIpAddress" => (Operator::IpAddress, true),
        "ArnEquals" | "ArnLike" => (Operator::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Operator::Arn, true),
        "Null" => (Operator::Null, false),
        _ => {
            return if let Some(rest) = name.strip_prefix("Numeric") {
                comparison(rest).map(|(how, negated)| (Operator::Numeric(how), negated))
            } else if let Some(rest) = name.strip_prefix("Date") {
                comparison(rest).map(|(how, negated)| (Operator::Date(how), negated))
            } else {
                None
            };
        }
    })
}

fn comparison(name: &str) -> Option<(Comparison, bool)> {
    Some(match name {
        "Equals" => (Comparison::Equals, false),
        "NotEquals" => (Comparison::Equals, true),
        "LessThan" => (Comparison::LessThan, false),
        "LessThanEquals" => (Comparison::LessThanEquals, false),
        "GreaterThan" => (Comparison::GreaterThan, false),
        "GreaterThanEquals" => (Comparison::GreaterThanEquals, false),
        _ => return None,
    })
}

impl Operator {
    fn fits(self, wanted: &str, actual: &str) -> bool {
        match self {
            Self::StringEquals => wanted == actual,
            Self::StringEqualsIgnoreCase | Self::Bool => wanted.eq_ignore_ascii_case(actual),
            Self::StringLike => glob::matches(wanted, actual),
            Self::Arn => glob::arn_matches(wanted, actual),
            Self::Numeric(how) => match (actual.parse::<f64>(), wanted.parse::<f64>()) {
                (Ok(actual), Ok(wanted)) => {
                    actual.partial_cmp(&wanted).is_some_and(|order| how.accepts(order))
                }
                _ => false,
            },
            Self::Date(how) => match (instant(actual), instant(wanted)) {
                (Some(actual), Some(wanted)) => how.accepts(actual.cmp(&wanted)),
                _ => false,
            },
            Self::IpAddress => match (actual.parse::<IpAddr>(), network(wanted)) {
                (Ok(address), Some(network)) => network.contains(&address),
                _ => false,
            },
            // Judged by presence alone, before any value is looked at.
            Self::Null => false,
        }
    }
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// An ISO 8601 instant or epoch seconds.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.with_timezone(&Utc))
        .ok()
        .or_else(|| text.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)))
        .or_else(|| {
            let midnight = format!("{text}T00:00:00Z");
            DateTime::parse_from_rfc3339(&midnight).map(|instant| instant.with_timezone(&Utc)).ok()
        })
}
