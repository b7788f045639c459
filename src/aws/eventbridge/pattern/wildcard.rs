//! The `wildcard` operator: `*` is any run of characters, `\*` and `\\` are themselves.
//!
//! Matching is linear: a pattern is cut at its stars, the first and last pieces are anchored, the others are
//! searched left to right, each as early as possible. The service refuses patterns whose stars could keep many
//! partial matches alive at once; that guard is computed here too.
//!
//! Source: EventBridge user guide, "Wildcard matching"; the metric is that of `event-patterns.md` §6.

use std::collections::BTreeSet;

use super::entry::ends;
use super::fault::Fault;

/// How many prefixes of a wildcard may match one text at the same time.
///
/// Recorded accepted patterns reach 7, a recorded refusal sits at 11; the exact limit is unknown.
const MAX_LIVE_PREFIXES: usize = 10;

/// How many sets of live prefixes the guard looks at before it lets a pattern through.
///
/// Matching here is linear whatever the pattern, so giving up is harmless.
const MAX_SETS: usize = 2_000;

/// A compiled wildcard: the literal pieces between its stars.
///
/// One piece means no star at all; `a*` is `["a", ""]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wildcard {
    pieces: Vec<String>,
}

impl Wildcard {
    /// Compiles an unescaped JSON string.
    pub fn parse(text: &str) -> Result<Self, (Fault, String)> {
        let mut pieces = vec![String::new()];
        let mut letters = text.chars().enumerate();
        let mut after_star = false;
        while let Some((position, letter)) = letters.next() {
            if letter == '*' {
                if after_star {
                    let reason = format!("Consecutive wildcard characters at pos {}", position - 1);
                    return Err((Fault::WildcardConsecutive, reason));
                }
                pieces.push(String::new());
                after_star = true;
                continue;
            }
            after_star = false;
            let literal =
                if letter == '\\' { letters.next().map(|(_, escaped)| escaped) } else { Some(letter) };
            match (literal, pieces.last_mut()) {
                (Some(literal), Some(piece)) if letter != '\\' || matches!(literal, '*' | '\\') => {
                    piece.push(literal);
                }
                _ => {
                    return Err((
                        Fault::WildcardBadEscape,
                        format!("Invalid escape character at pos {position}"),
                    ));
                }
            }
        }
        let wildcard = Self { pieces };
        if wildcard.live_prefixes() > MAX_LIVE_PREFIXES {
            return Err((Fault::WildcardTooComplex, "Rule is too complex".to_owned()));
        }
        Ok(wildcard)
    }

    /// Whether the whole of `text` fits.
    pub fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.pieces.as_slice() else {
            return self.pieces.first().is_some_and(|only| only == text);
        };
        if !ends(text, last) {
            return false;
        }
        let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
        let Some(mut rest) = rest.strip_suffix(last.as_str()) else { return false };
        middle.iter().all(|piece| match rest.find(piece.as_str()) {
            Some(found) => {
                rest = &rest[found + piece.len()..];
                true
            }
            None => false,
        })
    }

    /// The largest number of non-empty prefixes of the pattern that one text can match at once.
    ///
    /// Walks the sets of prefixes alive after each possible text, as a subset construction does, and stops as
    /// soon as the answer is past the limit or the walk has become long.
    fn live_prefixes(&self) -> usize {
        let symbols = self.symbols();
        if symbols.iter().all(Option::is_some) {
            return 1;
        }
        let alphabet: BTreeSet<Option<char>> = symbols.iter().copied().collect();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![reached(&symbols, vec![0])];
        let mut largest = 0;
        while let Some(set) = waiting.pop() {
            largest = largest.max(set.iter().filter(|&&prefix| prefix > 0).count());
            if largest > MAX_LIVE_PREFIXES || seen.len() >= MAX_SETS {
                break;
            }
            for &letter in alphabet.iter().filter(|letter| letter.is_some()) {
                let next = reached(&symbols, step(&symbols, &set, letter));
                if !next.is_empty() && seen.insert(next.clone()) {
                    waiting.push(next);
                }
            }
        }
        largest
    }

    /// The pattern as letters, `None` for a star.
    fn symbols(&self) -> Vec<Option<char>> {
        let mut symbols = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            if index > 0 {
                symbols.push(None);
            }
            symbols.extend(piece.chars().map(Some));
        }
        symbols
    }
}

/// The prefixes alive after one more letter: the next symbol is that letter, or the last one was a star.
fn step(symbols: &[Option<char>], alive: &[usize], letter: Option<char>) -> Vec<usize> {
    let mut next = Vec::with_capacity(alive.len() + 1);
    for &prefix in alive {
        if prefix > 0 && symbols[prefix - 1].is_none() {
            next.push(prefix);
        }
        if symbols.get(prefix) == Some(&letter) {
            next.push(prefix + 1);
        }
    }
    next
}

/// Adds the prefixes that end in a star matching nothing; sorted, each once.
fn reached(symbols: &[Option<char>], mut alive: Vec<usize>) -> Vec<usize> {
    for index in 0..alive.len() {
        if symbols.get(alive[index]) == Some(&None) {
            alive.push(alive[index] + 1);
        }
    }
    alive.sort_unstable();
    alive.dedup();
    alive
}
