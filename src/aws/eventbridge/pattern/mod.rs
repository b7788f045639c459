//! EventBridge event patterns: the language in which a rule says which events it wants.
//!
//! A pattern is JSON text; it is compiled once ([`Pattern::parse`]) and then asked about events, given as raw
//! text or as parsed JSON. The raw text counts: `300` and `3e2` are one number, a key written twice means
//! something, and a mistake is reported at its line and column. [`Pattern::explain`] says field by field why an
//! event is taken or left.
//!
//! The matcher never panics and its work is bounded, whatever the pattern and the event: nesting is limited, a
//! wildcard matches in linear time, and the search for consistent array elements has a budget. It knows nothing
//! of buses, rules or time.
//!
//! Source: EventBridge user guide, "Event patterns"; `event-patterns.md` for the corners.

mod cidr;
mod entry;
mod explain;
mod facts;
mod fault;
mod index;
mod json;
mod operator;
mod parse;
mod paths;
mod scalar;
mod search;
mod set;
mod stop;
mod wildcard;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

pub use self::explain::{Explanation, FieldOutcome, FieldReport};
pub use self::facts::EventError;
pub use self::fault::{EXCERPT_CHARS, Fault, PatternError};
pub use self::parse::MAX_BRANCHES;
pub use self::set::PatternSet;

use self::entry::LeafList;
use self::facts::Facts;
use self::paths::Paths;
use self::search::{Budget, Field, Outcome};

/// A compiled event pattern. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Pattern(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    text: Box<str>,
    paths: Paths,
    /// Dotted names, by path number.
    names: Vec<String>,
    /// Every leaf list in the order of the text, with its path number.
    lists: Vec<(usize, LeafList)>,
    /// For each branch the lists it demands, in ascending UTF-16 order of their paths' names.
    branches: Vec<Vec<usize>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// Compiles a pattern, or says what is wrong with it and where.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let parsed = parse::parse(text).map_err(|refusal| refusal.locate(text))?;
        let mut paths = Paths::default();
        for name in &parsed.paths {
            // Distinct dotted names have distinct places in the tree, so numbers and indexes agree.
            paths.ask(name);
        }
        let rank = ranks(&parsed.paths);
        let branches = parsed.branches.iter().map(|branch| {
            let mut fields: Vec<_> = branch.iter().map(|(&path, &list)| (rank[path], list)).collect();
            fields.sort_unstable();
            fields.into_iter().map(|(_, list)| list).collect()
        });
        let branches = branches.collect();
        Ok(Self(Arc::new(Compiled {
            text: text.into(),
            paths,
            names: parsed.paths,
            lists: parsed.lists,
            branches,
        })))
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// How many branches the pattern has once every `$or` is expanded; 1 without `$or`.
    pub fn branch_count(&self) -> usize {
        self.0.branches.len()
    }

    /// Whether a parsed event matches. Anything but a JSON object does not.
    pub fn matches(&self, event: &Value) -> bool {
        Facts::of_value(event, &self.0.paths).is_ok_and(|facts| self.holds(&facts, |path| path))
    }

    /// Whether the text of an event matches; an error if it is not a JSON object.
    pub fn matches_text(&self, event: &str) -> Result<bool, EventError> {
        Ok(self.holds(&Facts::of_text(event, &self.0.paths)?, |path| path))
    }

    /// Why a parsed event is taken or left, field by field.
    pub fn explain(&self, event: &Value) -> Result<Explanation, EventError> {
        Ok(explain::explain(self, &Facts::of_value(event, &self.0.paths)?))
    }

    /// Why an event, given as text, is taken or left, field by field.
    pub fn explain_text(&self, event: &str) -> Result<Explanation, EventError> {
        Ok(explain::explain(self, &Facts::of_text(event, &self.0.paths)?))
    }

    /// Whether some branch holds. `number` turns this pattern's path numbers into those of the facts.
    fn holds(&self, facts: &Facts<'_>, number: impl Fn(usize) -> usize + Copy) -> bool {
        let mut budget = Budget::new();
        (0..self.0.branches.len()).any(|branch| self.branch_holds(branch, facts, number, &mut budget).is_ok())
    }

    /// Whether one branch holds; otherwise a field (its position in the branch) that cannot be satisfied.
    fn branch_holds(
        &self,
        branch: usize,
        facts: &Facts<'_>,
        number: impl Fn(usize) -> usize + Copy,
        budget: &mut Budget,
    ) -> Result<(), usize> {
        let lists = &self.0.branches[branch];
        let field = |position: usize| {
            lists.get(position).map(|&index| {
                let (path, list) = &self.0.lists[index];
                Field { path: number(*path), list }
            })
        };
        for position in 0..lists.len() {
            if !field(position).is_some_and(|field| search::alone(field, facts, budget)) {
                return Err(position);
            }
        }
        if !facts.in_arrays() {
            return Ok(());
        }
        match search::together(field, facts, budget) {
            Outcome::Match => Ok(()),
            Outcome::StuckAt(position) => Err(position),
        }
    }
}

/// The rank of each name in ascending UTF-16 order, the order in which the service looks at fields.
fn ranks(names: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| names[a].encode_utf16().cmp(names[b].encode_utf16()));
    let mut rank = vec![0; names.len()];
    for (position, &name) in order.iter().enumerate() {
        rank[name] = position;
    }
    rank
}
