//! Operator objects of a leaf list: `{"prefix": "aws."}` -> [`Entry`].
//!
//! Source: EventBridge user guide, "Comparison operators"; corners and classes of fault in
//! `event-patterns.md` §§4 and 6.

use super::entry::{Bound, Caseless, Entry, ExactNumber, Range};
use super::fault::{Fault, Refusal};
use super::json::{Kind, Reader};
use super::scalar::Number;
use super::{cidr::Cidr, wildcard::Wildcard};

/// An operator object, read up to and including its closing brace. `None` is `{"exists": false}`.
pub(super) fn operator(reader: &mut Reader<'_>) -> Result<Option<Entry>, Refusal> {
    let start = reader.at();
    if reader.open(b'}') {
        return Err(Refusal::new(Fault::EmptyExpression, start, "Empty expressions are not allowed"));
    }
    let at = reader.at();
    let name = reader.key()?;
    let entry = match &*name {
        "prefix" | "suffix" => Some(affix(reader, &name)?),
        "equals-ignore-case" => Some(Entry::EqualsIgnoreCase(Caseless::new(&text(reader, &name)?))),
        "wildcard" => Some(Entry::Wildcard(wildcard(reader)?)),
        "cidr" => {
            let at = operand_at(reader)?;
            let block = text(reader, "cidr")?;
            Some(Entry::Cidr(Cidr::parse(&block).map_err(|reason| Refusal::new(Fault::CidrBad, at, reason))?))
        }
        "numeric" => Some(Entry::Numeric(numeric(reader)?)),
        "exists" => exists(reader)?.then_some(Entry::Exists),
        "anything-but" => Some(Entry::AnythingBut(anything_but(reader)?)),
        "$or" => {
            return Err(Refusal::new(
                Fault::OrBad,
                at,
                "$or is not a match expression: it belongs beside fields",
            ));
        }
        _ => return Err(Refusal::new(Fault::UnknownOperator, at, format!("Unrecognized match type {name}"))),
    };
    one_key_only(reader)?;
    Ok(entry)
}

/// The closing brace of an operator object, and nothing before it.
fn one_key_only(reader: &mut Reader<'_>) -> Result<(), Refusal> {
    if reader.more(b'}')? {
        let reason = "Only one key allowed in match expression";
        return Err(Refusal::new(Fault::ExtraOperatorKey, reader.at(), reason));
    }
    Ok(())
}

/// The offset of the operand about to be read, which is at least the beginning of some value.
fn operand_at(reader: &mut Reader<'_>) -> Result<usize, Refusal> {
    reader.kind()?;
    Ok(reader.at())
}

/// A string operand.
fn text(reader: &mut Reader<'_>, operator: &str) -> Result<String, Refusal> {
    if reader.kind()? == Kind::String {
        return Ok(reader.string()?.into_owned());
    }
    let reason = format!("{operator} match pattern must be a string");
    Err(Refusal::new(Fault::OperandNotString, reader.at(), reason))
}

fn wildcard(reader: &mut Reader<'_>) -> Result<Wildcard, Refusal> {
    let at = operand_at(reader)?;
    let text = text(reader, "wildcard")?;
    Wildcard::parse(&text).map_err(|(fault, reason)| Refusal::new(fault, at, reason))
}

/// `prefix` and `suffix`: a string, or `{"equals-ignore-case": string}`.
fn affix(reader: &mut Reader<'_>, name: &str) -> Result<Entry, Refusal> {
    let is_prefix = name == "prefix";
    if reader.kind()? != Kind::Object {
        let text = text(reader, name)?.into();
        return Ok(if is_prefix { Entry::Prefix(text) } else { Entry::Suffix(text) });
    }
    let start = reader.at();
    if reader.open(b'}') {
        return Err(Refusal::new(Fault::EmptyExpression, start, "Empty expressions are not allowed"));
    }
    let at = reader.at();
    let inner = reader.key()?;
    if inner != "equals-ignore-case" {
        let reason = format!("Unsupported {name} match pattern: {inner}");
        return Err(Refusal::new(Fault::UnsupportedInnerOperator, at, reason));
    }
    let text = Caseless::new(&text(reader, &inner)?);
    one_key_only(reader)?;
    Ok(if is_prefix { Entry::PrefixIgnoreCase(text) } else { Entry::SuffixIgnoreCase(text) })
}

fn exists(reader: &mut Reader<'_>) -> Result<bool, Refusal> {
    match reader.kind()? {
        Kind::True => reader.literal("true").map(|()| true).map_err(Into::into),
        Kind::False => reader.literal("false").map(|()| false).map_err(Into::into),
        _ => {
            let reason = "exists match pattern must be either true or false";
            Err(Refusal::new(Fault::ExistsNotBoolean, reader.at(), reason))
        }
    }
}

/// The operand of `numeric`: `[op, n]`, or `[low-op, n, high-op, m]` with n < m.
fn numeric(reader: &mut Reader<'_>) -> Result<Range, Refusal> {
    let bad = |at: usize, reason: String| Err(Refusal::new(Fault::NumericBad, at, reason));
    if reader.kind()? != Kind::Array {
        return bad(reader.at(), "Value of numeric must be an array".to_owned());
    }
    let start = reader.at();
    if reader.open(b']') {
        return bad(start, "Invalid member in numeric match: the array is empty".to_owned());
    }
    let (first, more) = comparison(reader)?;
    if !more {
        return Ok(match first {
            Comparison::Equal(value) => {
                let bound = Some(Bound { value, inclusive: true });
                Range { low: bound, high: bound }
            }
            Comparison::Low(bound) => Range { low: Some(bound), high: None },
            Comparison::High(bound) => Range { low: None, high: Some(bound) },
        });
    }
    let at = reader.at();
    let Comparison::Low(low) = first else {
        return bad(at, "Too many elements in numeric expression".to_owned());
    };
    match comparison(reader)? {
        (Comparison::High(_), true) => bad(reader.at(), "Too many elements in numeric expression".to_owned()),
        (Comparison::High(high), false) if low.value < high.value => {
            Ok(Range { low: Some(low), high: Some(high) })
        }
        (Comparison::High(_), false) => bad(at, "Bottom must be less than top".to_owned()),
        _ => bad(at, "Bad numeric range operator: the second one must be < or <=".to_owned()),
    }
}

enum Comparison {
    Equal(f64),
    Low(Bound),
    High(Bound),
}

/// One operator and its number, and whether the array goes on.
fn comparison(reader: &mut Reader<'_>) -> Result<(Comparison, bool), Refusal> {
    let bad = |at: usize, reason: String| Err(Refusal::new(Fault::NumericBad, at, reason));
    if reader.kind()? != Kind::String {
        return bad(reader.at(), "Invalid member in numeric match: an operator was expected".to_owned());
    }
    let at = reader.at();
    let operator = reader.string()?;
    if !matches!(&*operator, "=" | "<" | "<=" | ">" | ">=") {
        return bad(at, format!("Unrecognized numeric range operator: {operator}"));
    }
    if !reader.more(b']')? || reader.kind()? != Kind::Number {
        return bad(reader.at(), format!("Value of {operator} must be numeric"));
    }
    let at = reader.at();
    let value = Number::Text(reader.number()?).value();
    if !value.is_finite() {
        return bad(at, format!("Value of {operator} is out of range"));
    }
    let bound = Bound { value, inclusive: operator.ends_with('=') };
    let comparison = match operator.as_bytes()[0] {
        b'=' => Comparison::Equal(value),
        b'>' => Comparison::Low(bound),
        _ => Comparison::High(bound),
    };
    Ok((comparison, reader.more(b']')?))
}

/// The operand of `anything-but`: a string, a number, a list of either, or an inner test.
fn anything_but(reader: &mut Reader<'_>) -> Result<Vec<Entry>, Refusal> {
    let bad = |at: usize, reason: &str| Err(Refusal::new(Fault::AnythingButBadType, at, reason));
    match reader.kind()? {
        Kind::String => Ok(vec![Entry::String((*reader.string()?).into())]),
        Kind::Number => Ok(vec![Entry::Number(ExactNumber::parse(reader.number()?))]),
        Kind::Object => anything_but_inner(reader),
        Kind::Array => {
            let start = reader.at();
            if reader.open(b']') {
                return bad(start, "Empty arrays are not allowed");
            }
            let mut entries = Vec::new();
            loop {
                entries.push(match reader.kind()? {
                    Kind::String => Entry::String((*reader.string()?).into()),
                    Kind::Number => Entry::Number(ExactNumber::parse(reader.number()?)),
                    _ => {
                        let reason = "Inside anything-but list, only strings or numbers are supported";
                        return bad(reader.at(), reason);
                    }
                });
                if !reader.more(b']')? {
                    break;
                }
            }
            let strings = entries.iter().filter(|entry| matches!(entry, Entry::String(_))).count();
            if strings != 0 && strings != entries.len() {
                let reason = "Inside anything-but list, either all values are number or string, mixed type is not supported";
                return bad(start, reason);
            }
            Ok(entries)
        }
        _ => bad(reader.at(), "Value of anything-but must be a string, a number, an array or an object"),
    }
}

/// The nested forms: `{"prefix": s}` or `{"prefix": [s, …]}`, and the same for the three others.
fn anything_but_inner(reader: &mut Reader<'_>) -> Result<Vec<Entry>, Refusal> {
    let start = reader.at();
    if reader.open(b'}') {
        return Err(Refusal::new(Fault::EmptyExpression, start, "Empty expressions are not allowed"));
    }
    let at = reader.at();
    let name = reader.key()?.into_owned();
    if !matches!(name.as_str(), "prefix" | "suffix" | "equals-ignore-case" | "wildcard") {
        let reason = format!("Unsupported anything-but pattern: {name}");
        return Err(Refusal::new(Fault::UnsupportedInnerOperator, at, reason));
    }
    let mut entries = Vec::new();
    if reader.kind()? == Kind::Array {
        let start = reader.at();
        if reader.open(b']') {
            return Err(Refusal::new(Fault::AnythingButBadType, start, "Empty arrays are not allowed"));
        }
        loop {
            entries.push(excluded(reader, &name)?);
            if !reader.more(b']')? {
                break;
            }
        }
    } else {
        entries.push(excluded(reader, &name)?);
    }
    one_key_only(reader)?;
    Ok(entries)
}

/// One string of a nested form.
fn excluded(reader: &mut Reader<'_>, name: &str) -> Result<Entry, Refusal> {
    let kind = reader.kind()?;
    let at = reader.at();
    if kind != Kind::String {
        let fault = if name == "wildcard" { Fault::OperandNotString } else { Fault::AnythingButBadType };
        return Err(Refusal::new(fault, at, format!("{name} match pattern must be a string")));
    }
    if name == "wildcard" {
        return Ok(Entry::Wildcard(wildcard(reader)?));
    }
    let text = reader.string()?;
    Ok(match name {
        "equals-ignore-case" => Entry::EqualsIgnoreCase(Caseless::new(&text)),
        _ if text.is_empty() => {
            let reason = format!("Null {name} not allowed");
            return Err(Refusal::new(Fault::AnythingButBadType, at, reason));
        }
        "prefix" => Entry::Prefix((*text).into()),
        _ => Entry::Suffix((*text).into()),
    })
}
