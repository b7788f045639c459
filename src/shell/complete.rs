//! What may come next in a line that is being typed: services, operations, options, values.
//!
//! Names of resources are not in the operation table; whoever asks hands them over by parameter name.

use std::ops::Range;

use serde_json::Value;

use super::{
    globals::{REGIONS, offered},
    help::summary,
    names::kebab,
    options::{CliOption, Meaning, Takes, options},
    output,
    parse::Catalogue,
};
use crate::aws::{Operation, ServiceName};

/// One thing that may stand where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub text: String,
    /// A line about it; empty when it speaks for itself.
    pub note: String,
}

/// What may stand at the end of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that a candidate takes the place of.
    pub range: Range<usize>,
    pub candidates: Vec<Candidate>,
}

/// The candidates for the end of a line; `names` gives the resources that a parameter of that name may name.
pub fn complete(line: &str, catalogue: &dyn Catalogue, names: &dyn Fn(&str) -> Vec<String>) -> Completion {
    let start = line
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    let begun = &line[start..];
    let mut before: Vec<&str> = line[..start].split_whitespace().collect();
    if before.first() == Some(&"aws") {
        before.remove(0);
    }
    let mut candidates = match before.as_slice() {
        _ if begun.starts_with('-') && before.len() < 2 => options_of(None, &before),
        [] => services(catalogue),
        [service, rest @ ..] => match (ServiceName::from_cli(service), rest) {
            (None, _) => Vec::new(),
            (Some(service), []) => operations(&catalogue.operations(service)),
            (Some(service), [name, words @ ..]) => {
                let operations = catalogue.operations(service);
                match operations.iter().find(|operation| kebab(operation.name) == *name) {
                    None => Vec::new(),
                    Some(operation) => arguments(service, operation, words, begun, names),
                }
            }
        },
    };
    candidates.retain(|candidate| candidate.text.starts_with(begun));
    Completion { range: start..line.len(), candidates }
}

fn services(catalogue: &dyn Catalogue) -> Vec<Candidate> {
    let services = ServiceName::ALL.iter().filter(|service| !catalogue.operations(**service).is_empty());
    services
        .map(|service| Candidate { text: service.cli().to_owned(), note: service.title().to_owned() })
        .collect()
}

fn operations(operations: &[&'static Operation]) -> Vec<Candidate> {
    let mut found: Vec<_> = operations
        .iter()
        .map(|operation| Candidate { text: kebab(operation.name), note: summary(operation) })
        .collect();
    found.sort_by(|left, right| left.text.cmp(&right.text));
    found
}

fn arguments(
    service: ServiceName,
    operation: &Operation,
    words: &[&str],
    begun: &str,
    names: &dyn Fn(&str) -> Vec<String>,
) -> Vec<Candidate> {
    let schema = Value::from((operation.schema)());
    let known = options(service, operation, &schema);
    if begun.starts_with('-') {
        return options_of(Some(&known), words);
    }
    let Some(last) = words.iter().rposition(|word| word.starts_with("--")) else {
        return options_of(Some(&known), words);
    };
    let name = words[last].trim_start_matches('-');
    let already = words.len() - last - 1;
    let bare = |text: &str| Candidate { text: text.to_owned(), note: String::new() };
    match known.iter().find(|option| option.name == name) {
        Some(option) if already == 0 || option.takes == Takes::Many => {
            if matches!(option.takes, Takes::Flag(_) | Takes::Perhaps) {
                return options_of(Some(&known), words);
            }
            let parameter = match option.meaning {
                Meaning::Parameter(parameter, _) => parameter,
                Meaning::Custom(custom) => custom.option,
            };
            let values = option.choices().into_iter().chain(names(parameter));
            values.map(|value| bare(&value)).collect()
        }
        None if already == 0 && name == "region" => REGIONS.iter().copied().map(bare).collect(),
        None if already == 0 && name == "output" => output::NAMES.iter().copied().map(bare).collect(),
        _ => options_of(Some(&known), words),
    }
}

/// The options not yet used: those of the operation, then the global ones.
fn options_of(known: Option<&[CliOption<'_>]>, words: &[&str]) -> Vec<Candidate> {
    let own = known.unwrap_or_default().iter().map(|option| Candidate {
        text: format!("--{}", option.name),
        note: option.doc.split("\n\n").next().unwrap_or_default().replace('\n', " "),
    });
    let global = offered().map(|name| Candidate { text: format!("--{name}"), note: String::new() });
    own.chain(global).filter(|candidate| !words.contains(&candidate.text.as_str())).collect()
}
