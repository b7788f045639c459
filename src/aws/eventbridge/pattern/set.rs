//! Many patterns asked about the same events: each event is read once.
//!
//! The set shares one tree of asked paths, so an event's text is walked a single time whatever the number of
//! rules, fields that no rule names are skipped, and reading stops where nothing more can matter. One automaton
//! ([`super::index`]) then tells which patterns hold.

use serde_json::Value;

use super::Pattern;
use super::facts::{EventError, Facts};
use super::index::Index;
use super::paths::Paths;
use super::stop::Stop;

/// Patterns in the order they were given.
#[derive(Clone, Debug, Default)]
pub struct PatternSet {
    paths: Paths,
    index: Index,
    stop: Option<Stop>,
    len: usize,
}

impl PatternSet {
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> Self {
        let patterns: Vec<Pattern> = patterns.into_iter().collect();
        let mut paths = Paths::default();
        let index = Index::new(&patterns, &mut paths);
        let stop = Stop::for_paths(&paths);
        Self { paths, index, stop, len: patterns.len() }
    }

    /// How many patterns the set holds.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The positions of the patterns that match the text of an event. Only what some pattern asks about is looked at:
    /// whether the rest is well-formed goes unseen.
    pub fn matching_text(&self, event: &str) -> Result<Vec<usize>, EventError> {
        Ok(self.index.matching(&Facts::needed_of_text(event, &self.paths, self.stop.as_ref())?))
    }

    /// The positions of the patterns that match a parsed event.
    pub fn matching(&self, event: &Value) -> Result<Vec<usize>, EventError> {
        Ok(self.index.matching(&Facts::of_value(event, &self.paths)?))
    }
}
