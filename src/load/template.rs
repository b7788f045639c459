//! Texts that differ a little each time: `<n>` counts from 1, `<20..80>` is a whole number, `<GET|POST>` a word.
//!
//! Angle brackets, because lines are often JSON; whatever else stands between two of them is left as it is.

use serde::{Deserialize, Serialize};

/// A text with places to fill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Piece {
    Text(String),
    Count,
    Between(u64, u64),
    OneOf(Vec<String>),
}

impl Template {
    pub fn new(text: &str) -> Self {
        Self(pieces(text))
    }

    /// A text without places.
    pub fn literal(text: &str) -> Self {
        Self(vec![Piece::Text(text.to_owned())])
    }

    /// The text for the `n`th time, counted from 1; `pick` draws a whole number of `low..=high`.
    pub fn fill(&self, n: u64, mut pick: impl FnMut(u64, u64) -> u64) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Count => filled.push_str(&n.to_string()),
                Piece::Between(low, high) => filled.push_str(&pick(*low, *high).to_string()),
                Piece::OneOf(words) => {
                    let last = words.len().saturating_sub(1) as u64;
                    filled.push_str(&words[pick(0, last) as usize]);
                }
            }
        }
        filled
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        plain.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let place = inside.find(['<', '>']).filter(|end| inside[*end..].starts_with('>'));
        match place.and_then(|end| Some((piece(&inside[..end])?, end))) {
            Some((piece, end)) => {
                found.push(Piece::Text(std::mem::take(&mut plain)));
                found.push(piece);
                rest = &inside[end + 1..];
            }
            None => {
                plain.push('<');
                rest = inside;
            }
        }
    }
    plain.push_str(rest);
    found.push(Piece::Text(plain));
    found
}

fn piece(inside: &str) -> Option<Piece> {
    if inside == "n" {
        return Some(Piece::Count);
    }
    if let Some((low, high)) = inside.split_once("..") {
        let (low, high) = (low.parse().ok()?, high.parse().ok()?);
        return (low <= high).then_some(Piece::Between(low, high));
    }
    inside.contains('|').then(|| Piece::OneOf(inside.split('|').map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, n: u64) -> String {
        Template::new(text).fill(n, |_, high| high)
    }

    #[test]
    fn places_are_filled_and_the_rest_stays() {
        assert_eq!(
            filled(r#"{"n":<n>,"ms":<20..80>,"verb":"<GET|POST>"}"#, 3),
            r#"{"n":3,"ms":80,"verb":"POST"}"#
        );
    }

    #[test]
    fn what_is_no_place_is_left_as_it_is() {
        for text in ["a < b", "<b>", "<9..1>", "<<n", "<", "1 <2..x> 3", ""] {
            assert_eq!(filled(text, 1), text);
        }
        assert_eq!(filled("<<n>", 7), "<7");
    }
}
