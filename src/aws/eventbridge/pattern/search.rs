//! Whether a branch holds on an event: one fact for each field, all consistent.
//!
//! Fields are tried in ascending order of their dotted names. `exists: false` looks only at what was picked
//! before it, so that order shows; the service inherits this from its library (`event-patterns.md` §3.4).

use super::entry::LeafList;
use super::facts::{Facts, Place};

/// How much work one question may cost: an entry tried on a fact, or two places compared.
///
/// Ordinary questions cost tens. A hostile pattern on a hostile event gets the answer "no match" when the
/// budget is gone.
pub(super) const BUDGET: u32 = 1_000_000;

/// A field of a branch: which path, and what it wants of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'p> {
    /// The path's number in the [`Facts`].
    pub path: usize,
    pub list: &'p LeafList,
}

/// What is left of the budget of one question.
#[derive(Debug)]
pub(super) struct Budget(u32);

impl Budget {
    pub fn new() -> Self {
        Self(BUDGET)
    }

    /// Pays for `work`; `false` when nothing is left.
    fn pay(&mut self, work: usize) -> bool {
        self.0 = self.0.saturating_sub(u32::try_from(work).unwrap_or(u32::MAX));
        !self.is_spent()
    }

    fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

/// Whether one field, looked at alone, could be satisfied.
pub(super) fn alone(field: Field<'_>, facts: &Facts<'_>, budget: &mut Budget) -> bool {
    let mut missing = true;
    for fact in facts.at(field.path) {
        missing = false;
        if !budget.pay(field.list.entries.len() + 1) {
            return false;
        }
        // Inside an array, a fact may lie in another element than the facts picked: absent, so to say.
        if field.list.accepts(&fact.value) || (field.list.or_absent && fact.place != Place::TOP) {
            return true;
        }
    }
    missing && field.list.or_absent
}

/// The outcome of the search, with the furthest field reached: the one to name when there is no match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Match,
    /// No fact of this field (by position in the branch) goes with those picked for the fields before it.
    StuckAt(usize),
}

/// Whether all fields hold together. `fields` is in ascending order of path name.
pub(super) fn together<'p>(
    fields: impl Fn(usize) -> Option<Field<'p>>,
    facts: &Facts<'_>,
    budget: &mut Budget,
) -> Outcome {
    let mut search = Search { fields, facts, budget, picked: Vec::new(), furthest: 0 };
    if search.from(0) { Outcome::Match } else { Outcome::StuckAt(search.furthest) }
}

struct Search<'s, 'e, F> {
    fields: F,
    facts: &'s Facts<'e>,
    budget: &'s mut Budget,
    /// Places of the facts picked so far, but those outside any array.
    picked: Vec<Place>,
    furthest: usize,
}

impl<'p, F: Fn(usize) -> Option<Field<'p>>> Search<'_, '_, F> {
    fn from(&mut self, position: usize) -> bool {
        if self.budget.is_spent() {
            return false;
        }
        let Some(field) = (self.fields)(position) else { return true };
        self.furthest = self.furthest.max(position);
        let facts = self.facts;
        let mut absent = true;
        let mut tried = None;
        for fact in facts.at(field.path) {
            if !self.goes_with_picked(fact.place) {
                continue;
            }
            absent = false;
            if !self.budget.pay(field.list.entries.len()) {
                return false;
            }
            // Two facts of one place allow the same continuations.
            if tried == Some(fact.place) || !field.list.accepts(&fact.value) {
                continue;
            }
            tried = Some(fact.place);
            let pushed = fact.place != Place::TOP && !self.picked.contains(&fact.place);
            if pushed {
                self.picked.push(fact.place);
            }
            let found = self.from(position + 1);
            if pushed {
                self.picked.pop();
            }
            if found {
                return true;
            }
        }
        absent && field.list.or_absent && self.from(position + 1)
    }

    fn goes_with_picked(&mut self, place: Place) -> bool {
        self.budget.pay(1 + self.picked.len())
            && self.picked.iter().all(|&picked| self.facts.consistent(picked, place))
    }
}
