//! Why an event is taken or left: what each field of the pattern wants and what the event has.
//!
//! The explanation evaluates exactly what the matcher evaluates. With `$or` it shows every field of the pattern
//! and marks those of the branch that decided: the one that matched, or else the one that came nearest.

use serde::Serialize;

use super::Pattern;
use super::facts::Facts;
use super::search::{self, Budget, Field};

/// How much of an event's values a report quotes, in characters. Teaching default: one line on screen.
const HAS_CHARS: usize = 160;

/// An answer with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    pub matches: bool,
    /// One report per field, in the order of the pattern's text.
    pub fields: Vec<FieldReport>,
}

/// What the pattern wants of one field, and what it finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldReport {
    /// Dotted path: `detail.eventName`.
    pub path: String,
    /// The leaf list as written: `["RunInstances", {"prefix": "Create"}]`.
    pub wants: String,
    /// The event's value as JSON, several values in brackets; `None` if the field is absent.
    pub has: Option<String>,
    pub outcome: FieldOutcome,
    /// Whether the field belongs to the branch that decided; always true without `$or`.
    pub decides: bool,
}

/// How a field fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldOutcome {
    Ok,
    /// Present, but no entry of the list accepts it.
    Differs,
    /// The event has no such field.
    Absent,
    /// An object or an empty array sits there; patterns see only strings, numbers and literals.
    NotALeaf,
    /// Present, though the pattern wants it absent.
    Unwanted,
    /// Some value would do, but in another element of an array than the values the other fields need.
    OtherElement,
}

impl FieldReport {
    pub fn is_ok(&self) -> bool {
        self.outcome == FieldOutcome::Ok
    }
}

impl Explanation {
    /// The fields that made the answer "no", if it is: not satisfied, in the branch that decided.
    pub fn failed(&self) -> impl Iterator<Item = &FieldReport> {
        self.fields.iter().filter(|field| field.decides && !field.is_ok())
    }
}

pub(super) fn explain(pattern: &Pattern, facts: &Facts<'_>) -> Explanation {
    let compiled = &pattern.0;
    let mut budget = Budget::new();
    let mut outcomes: Vec<FieldOutcome> = compiled
        .lists
        .iter()
        .map(|(path, list)| outcome(Field { path: *path, list }, facts, &mut budget))
        .collect();

    // A budget of its own, as the matcher has: the answers must be the same.
    let mut budget = Budget::new();
    let verdicts = (0..compiled.branches.len())
        .map(|branch| pattern.branch_holds(branch, facts, |path| path, &mut budget));
    let verdicts: Vec<Result<(), usize>> = verdicts.collect();
    let failures = |branch: usize| {
        let lists = &compiled.branches[branch];
        lists.iter().filter(|&&list| outcomes[list] != FieldOutcome::Ok).count()
    };
    let winner = verdicts.iter().position(Result::is_ok);
    let nearest = || (0..verdicts.len()).min_by_key(|&branch| failures(branch));
    let decisive = winner.or_else(nearest);

    let lists = decisive.map_or(&[][..], |branch| &compiled.branches[branch]);
    if let Some(Err(position)) = decisive.map(|branch| verdicts[branch])
        && lists.iter().all(|&list| outcomes[list] == FieldOutcome::Ok)
    {
        outcomes[lists[position]] = FieldOutcome::OtherElement;
    }

    // A list that a later one overrides belongs to no branch: it says nothing.
    let used: Vec<bool> = {
        let mut used = vec![false; compiled.lists.len()];
        compiled.branches.iter().flatten().for_each(|&list| used[list] = true);
        used
    };
    let reports = compiled.lists.iter().enumerate().filter(|&(index, _)| used[index]);
    let fields = reports.map(|(index, (path, list))| FieldReport {
        path: compiled.names[*path].clone(),
        wants: list.text.to_string(),
        has: has(*path, facts),
        outcome: outcomes[index],
        decides: lists.contains(&index),
    });
    Explanation { matches: winner.is_some(), fields: fields.collect() }
}

/// How a field fares when looked at alone.
fn outcome(field: Field<'_>, facts: &Facts<'_>, budget: &mut Budget) -> FieldOutcome {
    if search::alone(field, facts, budget) {
        FieldOutcome::Ok
    } else if facts.at(field.path).next().is_some() {
        if field.list.entries.is_empty() { FieldOutcome::Unwanted } else { FieldOutcome::Differs }
    } else if facts.has_container(field.path) {
        FieldOutcome::NotALeaf
    } else {
        FieldOutcome::Absent
    }
}

/// The event's values at a path, as JSON on one line.
fn has(path: usize, facts: &Facts<'_>) -> Option<String> {
    let mut values = facts.at(path).map(|fact| fact.value.to_json());
    let Some(first) = values.next() else {
        return facts.has_container(path).then(|| "{}".to_owned());
    };
    let Some(second) = values.next() else { return Some(shortened(first)) };
    let mut all = format!("[{first}, {second}");
    for value in values {
        all.push_str(", ");
        all.push_str(&value);
        if all.len() > 4 * HAS_CHARS {
            break;
        }
    }
    all.push(']');
    Some(shortened(all))
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(HAS_CHARS) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
