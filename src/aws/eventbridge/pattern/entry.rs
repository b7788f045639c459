//! One entry of a leaf list, compiled: what a leaf value must be.

use std::net::IpAddr;

use super::cidr::{Cidr, address_of};
use super::scalar::{Number, Scalar};
use super::wildcard::Wildcard;

/// A compiled entry. `exists: false` is kept apart, on the list: it asks about absence, not about a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Entry {
    String(Box<str>),
    /// An exact string that spells an address is compared as an address (`event-patterns.md` §7).
    Address(IpAddr),
    Number(ExactNumber),
    Bool(bool),
    Null,
    Prefix(Box<str>),
    Suffix(Box<str>),
    PrefixIgnoreCase(Caseless),
    SuffixIgnoreCase(Caseless),
    EqualsIgnoreCase(Caseless),
    Wildcard(Wildcard),
    /// Any present leaf but those that one of the entries accepts.
    AnythingBut(Vec<Entry>),
    Numeric(Range),
    Cidr(Cidr),
    Exists,
}

impl Entry {
    /// The entry for a plain string of a leaf list.
    pub fn exact(text: &str) -> Self {
        address_of(text).map_or_else(|| Self::String(text.into()), Self::Address)
    }

    /// What an `anything-but` over plain strings excludes.
    pub fn excluded_strings(&self) -> Option<Vec<&str>> {
        let Self::AnythingBut(excluded) = self else { return None };
        excluded
            .iter()
            .map(|entry| if let Self::String(text) = entry { Some(&**text) } else { None })
            .collect()
    }

    /// Whether a present leaf satisfies the entry. Types never mix: `"5"` is not `5`.
    pub fn accepts(&self, leaf: &Scalar<'_>) -> bool {
        match (self, leaf) {
            (Self::AnythingBut(excluded), _) => !excluded.iter().any(|entry| entry.accepts(leaf)),
            (Self::String(wanted), Scalar::String(text)) => **wanted == **text,
            (Self::Address(wanted), Scalar::String(text)) => address_of(text) == Some(*wanted),
            (Self::Prefix(wanted), Scalar::String(text)) => text.starts_with(&**wanted),
            (Self::Suffix(wanted), Scalar::String(text)) => ends(text, wanted),
            (Self::PrefixIgnoreCase(wanted), Scalar::String(text)) => wanted.starts(text),
            (Self::SuffixIgnoreCase(wanted), Scalar::String(text)) => wanted.ends(text),
            (Self::EqualsIgnoreCase(wanted), Scalar::String(text)) => wanted.equals(text),
            (Self::Wildcard(wanted), Scalar::String(text)) => wanted.matches(text),
            (Self::Cidr(block), Scalar::String(text)) => block.holds(text),
            (Self::Number(wanted), Scalar::Number(number)) => wanted.equals(*number),
            (Self::Numeric(range), Scalar::Number(number)) => range.holds(number.value()),
            (Self::Bool(wanted), Scalar::Bool(value)) => wanted == value,
            (Self::Exists, _) | (Self::Null, Scalar::Null) => true,
            _ => false,
        }
    }
}

/// Whether a text ends so. Most do not, and the last byte tells.
pub(super) fn ends(text: &str, wanted: &str) -> bool {
    wanted.as_bytes().last().is_none_or(|last| text.as_bytes().last() == Some(last)) && text.ends_with(wanted)
}

/// A number of a leaf list: equal by value, or by identical text beyond the range of binary64.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExactNumber {
    value: f64,
    text: Box<str>,
}

impl ExactNumber {
    pub fn parse(text: &str) -> Self {
        Self { value: Number::Text(text).value(), text: text.into() }
    }

    fn equals(&self, number: Number<'_>) -> bool {
        match number {
            Number::Text(text) if *self.text == *text => true,
            _ => self.value.is_finite() && exactly(self.value, number.value()),
        }
    }
}

/// Equality of two finite numbers, by value: the operator the user asked for, so no tolerance.
#[allow(clippy::float_cmp)]
fn exactly(one: f64, other: f64) -> bool {
    one == other
}

/// A `numeric` operand: one or two bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    pub low: Option<Bound>,
    pub high: Option<Bound>,
}

/// A bound and whether it belongs to the range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bound {
    pub value: f64,
    pub inclusive: bool,
}

impl Range {
    fn holds(self, value: f64) -> bool {
        let above =
            self.low.is_none_or(|low| value > low.value || (low.inclusive && exactly(value, low.value)));
        let below =
            self.high.is_none_or(|high| value < high.value || (high.inclusive && exactly(value, high.value)));
        value.is_finite() && above && below
    }
}

/// A text compared without regard to case, by the simple one-to-one mapping of each letter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Caseless(Vec<[char; 3]>);

impl Caseless {
    pub fn new(text: &str) -> Self {
        Self(text.chars().map(|c| [c, simple(c, c.to_lowercase()), simple(c, c.to_uppercase())]).collect())
    }

    fn starts(&self, text: &str) -> bool {
        let mut letters = text.chars();
        self.0.iter().all(|forms| letters.next().is_some_and(|letter| forms.contains(&letter)))
    }

    fn ends(&self, text: &str) -> bool {
        let mut letters = text.chars().rev();
        self.0.iter().rev().all(|forms| letters.next().is_some_and(|letter| forms.contains(&letter)))
    }

    fn equals(&self, text: &str) -> bool {
        let mut letters = text.chars();
        self.0.iter().all(|forms| letters.next().is_some_and(|letter| forms.contains(&letter)))
            && letters.next().is_none()
    }
}

/// The other case of a letter when that is one letter, else the letter itself.
fn simple(letter: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

/// A compiled leaf list: the field is satisfied by a leaf that any entry accepts, or by absence.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct LeafList {
    pub entries: Vec<Entry>,
    /// The list holds `{"exists": false}`.
    pub or_absent: bool,
    /// The list as written, on one line, for people.
    pub text: Box<str>,
}

impl LeafList {
    /// Whether most values, or none at all, satisfy the list.
    pub fn is_broad(&self) -> bool {
        self.or_absent
            || self.entries.iter().any(|entry| matches!(entry, Entry::AnythingBut(_) | Entry::Exists))
    }

    pub fn accepts(&self, leaf: &Scalar<'_>) -> bool {
        self.entries.iter().any(|entry| entry.accepts(leaf))
    }
}
