//! Many patterns asked about the same events: each event is read once.
//!
//! The set shares one tree of asked paths, so an event's text is walked a single time whatever the number of
//! rules, and fields that no rule names are skipped.

use serde_json::Value;

use super::Pattern;
use super::facts::{EventError, Facts};
use super::paths::Paths;

/// Patterns in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct PatternSet {
    paths: Paths,
    /// Each pattern, with the number in `paths` of each of its own path numbers.
    patterns: Vec<(Pattern, Vec<usize>)>,
}

impl PatternSet {
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> Self {
        let mut set = Self::default();
        for pattern in patterns {
            set.add(pattern);
        }
        set
    }

    /// Adds a pattern and returns its position.
    pub fn add(&mut self, pattern: Pattern) -> usize {
        let numbers = pattern.0.names.iter().map(|name| self.paths.ask(name)).collect();
        self.patterns.push((pattern, numbers));
        self.patterns.len() - 1
    }

    /// How many patterns the set holds.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The positions of the patterns that match the text of an event.
    pub fn matching_text(&self, event: &str) -> Result<Vec<usize>, EventError> {
        Ok(self.matching_facts(&Facts::of_text(event, &self.paths)?))
    }

    /// The positions of the patterns that match a parsed event.
    pub fn matching(&self, event: &Value) -> Result<Vec<usize>, EventError> {
        Ok(self.matching_facts(&Facts::of_value(event, &self.paths)?))
    }

    fn matching_facts(&self, facts: &Facts<'_>) -> Vec<usize> {
        let holds = |(pattern, numbers): &(Pattern, Vec<usize>)| pattern.holds(facts, |path| numbers[path]);
        self.patterns
            .iter()
            .enumerate()
            .filter(|(_, entry)| holds(entry))
            .map(|(position, _)| position)
            .collect()
    }
}
