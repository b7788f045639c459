//! Functions on texts; a field that is not there gives nothing, but for `concat`, where it adds nothing.

use std::borrow::Cow;

use crate::aws::logs::insights::value::Value;

/// The longest text a function makes, so that texts made of texts stay small. Source: the largest event, 1 MB.
const LONGEST: usize = 1_048_576;

/// Which end `trim` works on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
    Both,
}

pub(super) fn each(arguments: &[Value], of: fn(&str) -> String) -> Value {
    arguments[0].text().map_or(Value::Null, |text| Value::of_text(of(&text)))
}

pub(super) fn concat(arguments: &[Value]) -> Value {
    let texts: Vec<Cow<'_, str>> = arguments.iter().filter_map(Value::text).collect();
    within(texts.iter().map(|text| text.len()).sum(), || texts.concat())
}

/// Without a second argument, blanks go; with one, any of its characters.
pub(super) fn trim(arguments: &[Value], side: Side) -> Value {
    let Some(text) = arguments[0].text() else { return Value::Null };
    let set = arguments.get(1).and_then(Value::text);
    let goes = |letter: char| set.as_ref().map_or(letter.is_whitespace(), |set| set.contains(letter));
    let mut kept: &str = &text;
    if side != Side::Right {
        kept = kept.trim_start_matches(goes);
    }
    if side != Side::Left {
        kept = kept.trim_end_matches(goes);
    }
    Value::of_text(kept)
}

/// From an index counted from 0, to the end or for a length, in Unicode code points.
pub(super) fn substr(arguments: &[Value]) -> Value {
    let (Some(text), Some(start)) = (arguments[0].text(), arguments[1].number()) else { return Value::Null };
    let length = arguments.get(2).map_or(Some(f64::MAX), Value::number);
    let Some(length) = length else { return Value::Null };
    let part: String = text.chars().skip(start.max(0.0) as usize).take(length.max(0.0) as usize).collect();
    Value::of_text(part)
}

pub(super) fn replace(arguments: &[Value]) -> Value {
    let [Some(text), Some(old), Some(new)] = [0, 1, 2].map(|place: usize| arguments[place].text()) else {
        return Value::Null;
    };
    if old.is_empty() {
        return arguments[0].clone();
    }
    let length = text.len() + text.matches(&*old).count() * new.len();
    within(length, || text.replace(&*old, &new))
}

pub(super) fn strcontains(arguments: &[Value]) -> Value {
    match (arguments[0].text(), arguments[1].text()) {
        (Some(text), Some(part)) => Value::of_truth(text.contains(&*part)),
        _ => Value::of_truth(false),
    }
}

fn within(length: usize, make: impl FnOnce() -> String) -> Value {
    if length > LONGEST { Value::Null } else { Value::of_text(make()) }
}
