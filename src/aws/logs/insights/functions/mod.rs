//! The functions on values, by name. Those that take a period or a whole group of events are not here.

mod address;
mod numbers;
mod texts;

use std::ops::RangeInclusive;

use super::value::Value;

/// A function of the language.
pub struct Function {
    pub name: &'static str,
    /// How many arguments it takes.
    pub takes: RangeInclusive<usize>,
    pub run: fn(&[Value]) -> Value,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Function {
    /// How many arguments it takes, in words.
    pub fn arity(&self) -> String {
        match (self.takes.start(), self.takes.end()) {
            (1, 1) => "1 argument".to_owned(),
            (least, most) if least == most => format!("{least} arguments"),
            (least, &MANY) => format!("at least {least} arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        }
    }
}

/// As many arguments as one likes.
const MANY: usize = usize::MAX;

const fn function(name: &'static str, takes: RangeInclusive<usize>, run: fn(&[Value]) -> Value) -> Function {
    Function { name, takes, run }
}

/// Source: user guide, "Boolean, comparison, numeric, datetime, and other functions".
static FUNCTIONS: [Function; 29] = [
    function("abs", 1..=1, |of| numbers::each(of, f64::abs)),
    function("ceil", 1..=1, |of| numbers::each(of, f64::ceil)),
    function("floor", 1..=1, |of| numbers::each(of, f64::floor)),
    function("log", 1..=1, |of| numbers::each(of, f64::ln)),
    function("sqrt", 1..=1, |of| numbers::each(of, f64::sqrt)),
    function("greatest", 1..=MANY, |of| numbers::all(of, f64::max)),
    function("least", 1..=MANY, |of| numbers::all(of, f64::min)),
    function("fromMillis", 1..=1, |of| of[0].number().map_or(Value::Null, |ms| Value::Moment(ms as i64))),
    function("toMillis", 1..=1, |of| of[0].moment().map_or(Value::Null, |ms| Value::of_number(ms as f64))),
    function("ispresent", 1..=1, |of| Value::of_truth(!of[0].is_null())),
    function("coalesce", 1..=MANY, |of| {
        of.iter().find(|value| !value.is_null()).cloned().unwrap_or(Value::Null)
    }),
    function("isempty", 1..=1, |of| Value::of_truth(of[0].text().is_none_or(|text| text.is_empty()))),
    function("isblank", 1..=1, |of| Value::of_truth(of[0].text().is_none_or(|text| text.trim().is_empty()))),
    function("concat", 1..=MANY, texts::concat),
    function("ltrim", 1..=2, |of| texts::trim(of, texts::Side::Left)),
    function("rtrim", 1..=2, |of| texts::trim(of, texts::Side::Right)),
    function("trim", 1..=2, |of| texts::trim(of, texts::Side::Both)),
    function("strlen", 1..=1, |of| {
        of[0].text().map_or(Value::Null, |text| Value::of_number(text.chars().count() as f64))
    }),
    function("toupper", 1..=1, |of| texts::each(of, str::to_uppercase)),
    function("tolower", 1..=1, |of| texts::each(of, str::to_lowercase)),
    function("substr", 2..=3, texts::substr),
    function("replace", 3..=3, texts::replace),
    function("strcontains", 2..=2, texts::strcontains),
    function("isValidIp", 1..=1, |of| address::is_valid(of, address::Version::Any)),
    function("isValidIpV4", 1..=1, |of| address::is_valid(of, address::Version::V4)),
    function("isValidIpV6", 1..=1, |of| address::is_valid(of, address::Version::V6)),
    function("isIpInSubnet", 2..=2, |of| address::is_in_subnet(of, address::Version::Any)),
    function("isIpv4InSubnet", 2..=2, |of| address::is_in_subnet(of, address::Version::V4)),
    function("isIpv6InSubnet", 2..=2, |of| address::is_in_subnet(of, address::Version::V6)),
];

/// The function of that name, in any case.
pub(super) fn named(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name))
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}
