//! One automaton for the patterns of a set: which leaf lists a value satisfies, and which branches then hold.
//!
//! Equal leaf lists of one path are one list, and branches of equal lists one branch, whatever the number of rules that
//! hold them. Exact strings are found by a search in sorted values; every other entry is tried once for all lists that
//! have it. A branch is looked at only when its most selective list is satisfied.

use std::collections::BTreeMap;

use smallvec::{SmallVec, smallvec};

use super::Pattern;
use super::entry::{Entry, LeafList};
use super::facts::{Facts, Place};
use super::paths::Paths;
use super::scalar::Scalar;
use super::search::{self, Budget, Field, Outcome};

/// So many matching patterns are counted on: more only cost a move.
const FEW_MATCHES: usize = 64;

type ListId = usize;
type BranchId = usize;

/// A leaf list of a path.
#[derive(Clone, Debug)]
struct List {
    path: usize,
    list: LeafList,
    /// Branches of which this list is the most selective.
    guards: Vec<BranchId>,
}

/// Lists that must hold together.
#[derive(Clone, Debug)]
struct Branch {
    /// In ascending UTF-16 order of their paths' names, the order in which the service looks at fields.
    lists: Vec<ListId>,
    /// Positions of the patterns that have it, ascending.
    patterns: Vec<usize>,
}

/// What is tried on the values of one path.
#[derive(Clone, Debug, Default)]
struct Tests {
    /// Exact strings, the shortest first, with the lists that accept them.
    exact: ByText<ListId>,
    /// Lists of an `anything-but` over strings, and by string which of those entries exclude it.
    but: Vec<Vec<ListId>>,
    excluded: ByText<usize>,
    /// Every other entry, once.
    others: Vec<(Entry, Vec<ListId>)>,
    /// Lists that absence satisfies.
    absent: Vec<ListId>,
}

/// The automaton.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    lists: Vec<List>,
    branches: Vec<Branch>,
    /// By path number.
    tests: Vec<Tests>,
}

impl Index {
    /// Joins the patterns; `paths` gets the paths they ask about.
    pub fn new(patterns: &[Pattern], paths: &mut Paths) -> Self {
        let mut index = Self::default();
        let mut known: BTreeMap<Vec<ListId>, BranchId> = BTreeMap::new();
        for (position, pattern) in patterns.iter().enumerate() {
            let compiled = &pattern.0;
            let numbers: Vec<usize> = compiled.names.iter().map(|name| paths.ask(name)).collect();
            let lists: Vec<ListId> =
                compiled.lists.iter().map(|(path, list)| index.list(numbers[*path], list)).collect();
            for branch in &compiled.branches {
                let lists: Vec<ListId> = branch.iter().map(|&list| lists[list]).collect();
                let next = index.branches.len();
                let id = *known.entry(lists.clone()).or_insert(next);
                if id == next {
                    index.branches.push(Branch { lists, patterns: Vec::new() });
                }
                let patterns = &mut index.branches[id].patterns;
                if patterns.last() != Some(&position) {
                    patterns.push(position);
                }
            }
        }
        index.tests.resize_with(paths.len(), Tests::default);
        index.set_guards();
        for id in 0..index.lists.len() {
            index.add_tests(id);
        }
        index
    }

    fn list(&mut self, path: usize, list: &LeafList) -> ListId {
        let same = |known: &List| {
            known.path == path && known.list.or_absent == list.or_absent && known.list.entries == list.entries
        };
        self.lists.iter().position(same).unwrap_or_else(|| {
            self.lists.push(List { path, list: list.clone(), guards: Vec::new() });
            self.lists.len() - 1
        })
    }

    /// Gives each branch to the list that is satisfied most rarely, as far as can be told without events.
    fn set_guards(&mut self) {
        let mut uses = vec![0_usize; self.lists.len()];
        for branch in &self.branches {
            for &list in &branch.lists {
                uses[list] += 1;
            }
        }
        for id in 0..self.branches.len() {
            let lists = &self.branches[id].lists;
            let rarest =
                lists.iter().copied().min_by_key(|&list| (self.lists[list].list.is_broad(), uses[list]));
            if let Some(rarest) = rarest {
                self.lists[rarest].guards.push(id);
            }
        }
    }

    fn add_tests(&mut self, id: ListId) {
        let List { path, list, .. } = &self.lists[id];
        let tests = &mut self.tests[*path];
        if list.or_absent {
            tests.absent.push(id);
        }
        for entry in &list.entries {
            match (entry, entry.excluded_strings()) {
                (Entry::String(text), _) => tests.exact.add(text, id),
                (_, Some(texts)) => {
                    for text in texts {
                        tests.excluded.add(text, tests.but.len());
                    }
                    tests.but.push(vec![id]);
                }
                _ => match tests.others.iter_mut().find(|(known, _)| known == entry) {
                    Some((_, lists)) => lists.push(id),
                    None => tests.others.push((entry.clone(), vec![id])),
                },
            }
        }
    }

    /// The positions of the patterns that hold, ascending.
    pub fn matching(&self, facts: &Facts<'_>) -> Vec<usize> {
        let mut satisfied = Satisfied::new(self.lists.len());
        for (path, tests) in self.tests.iter().enumerate() {
            let mut is_absent = true;
            for fact in facts.at(path) {
                is_absent = false;
                tests.of(&fact.value, &mut satisfied);
                if fact.place != Place::TOP {
                    // It may lie in another element than the facts picked: absent, so to say.
                    satisfied.add_all(&tests.absent);
                }
            }
            if is_absent {
                satisfied.add_all(&tests.absent);
            }
        }
        let mut found = Vec::with_capacity(FEW_MATCHES);
        for &list in &satisfied.in_order {
            for &branch in &self.lists[list].guards {
                let branch = &self.branches[branch];
                if branch.lists.iter().all(|&list| satisfied.has(list)) && self.agree(branch, facts) {
                    found.extend_from_slice(&branch.patterns);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether facts for all lists of a branch can be picked from consistent elements of arrays.
    fn agree(&self, branch: &Branch, facts: &Facts<'_>) -> bool {
        if !facts.in_arrays() {
            return true;
        }
        let field = |position: usize| {
            let List { path, list, .. } = &self.lists[*branch.lists.get(position)?];
            Some(Field { path: *path, list })
        };
        search::together(field, facts, &mut Budget::new()) == Outcome::Match
    }
}

impl Tests {
    /// Adds the lists that a value satisfies.
    fn of(&self, value: &Scalar<'_>, satisfied: &mut Satisfied) {
        let text = if let Scalar::String(text) = value { Some(&**text) } else { None };
        if let Some(text) = text {
            satisfied.add_all(self.exact.get(text));
        }
        let mut excluding = text.map_or(&[][..], |text| self.excluded.get(text)).iter().peekable();
        for (entry, lists) in self.but.iter().enumerate() {
            if excluding.next_if_eq(&&entry).is_none() {
                satisfied.add_all(lists);
            }
        }
        for (entry, lists) in &self.others {
            if entry.accepts(value) {
                satisfied.add_all(lists);
            }
        }
    }
}

/// Numbers by text. Shorter texts come first, so that most of a search compares lengths only.
#[derive(Clone, Debug)]
struct ByText<N>(Vec<(Box<str>, Vec<N>)>);

impl<N> Default for ByText<N> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<N: PartialEq> ByText<N> {
    fn find(&self, text: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.len().cmp(&text.len()).then_with(|| (**known).cmp(text)))
    }

    fn add(&mut self, text: &str, number: N) {
        match self.find(text) {
            Ok(found) => {
                let numbers = &mut self.0[found].1;
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
            Err(place) => self.0.insert(place, (text.into(), vec![number])),
        }
    }

    fn get(&self, text: &str) -> &[N] {
        self.find(text).map_or(&[], |found| &self.0[found].1)
    }
}

/// The lists satisfied so far: a bit each, and in the order they were.
struct Satisfied {
    bits: SmallVec<[u64; 8]>,
    in_order: SmallVec<[ListId; 32]>,
}

impl Satisfied {
    fn new(lists: usize) -> Self {
        Self { bits: smallvec![0; lists.div_ceil(64)], in_order: SmallVec::new() }
    }

    fn has(&self, list: ListId) -> bool {
        self.bits[list / 64] & (1 << (list % 64)) != 0
    }

    fn add_all(&mut self, lists: &[ListId]) {
        for &list in lists {
            if !self.has(list) {
                self.bits[list / 64] |= 1 << (list % 64);
                self.in_order.push(list);
            }
        }
    }
}
