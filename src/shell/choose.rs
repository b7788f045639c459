//! The service and the operation a line names, among those there are.

use std::fmt::Write as _;

use super::{
    error::{ParseError, ParseErrorKind},
    line::Word,
    names::kebab,
    parse::Context,
};
use crate::aws::{Advice, Operation, ServiceName, advice::closest, model_index};

/// Services as they are typed.
pub fn names(services: &[ServiceName]) -> Vec<&'static str> {
    services.iter().map(|service| service.cli()).collect()
}

/// The service of that name.
///
/// # Errors
/// There is none; the choices, and the nearest.
pub fn service(word: &Word, context: &Context<'_>) -> Result<ServiceName, ParseError> {
    let services = context.services();
    if let Some(service) = ServiceName::from_cli(&word.text).filter(|service| services.contains(service)) {
        return Ok(service);
    }
    let other_name = match word.text.as_str() {
        "s3" => Some("s3api"),
        "ses" => Some("sesv2"),
        "config" => Some("configservice"),
        "eventbridge" => Some("events"),
        "monitoring" => Some("cloudwatch"),
        _ => None,
    };
    let names = names(&services);
    let help = other_name
        .filter(|name| names.contains(name))
        .map_or_else(|| Advice::choice(&word.text, &names), Advice::did_you_mean);
    Err(invalid_choice("command", word, &names, help))
}

/// The operation of that name.
///
/// # Errors
/// There is none; the choices, and the nearest.
pub fn operation(
    word: &Word,
    service: ServiceName,
    context: &Context<'_>,
) -> Result<&'static Operation, ParseError> {
    let operations = context.catalogue.operations(service);
    if let Some(operation) = operations.iter().find(|operation| kebab(operation.name) == word.text) {
        return Ok(operation);
    }
    let names: Vec<String> = operations.iter().map(|operation| kebab(operation.name)).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    let is_of_aws = model_index::operations(service).any(|name| kebab(name) == word.text);
    let help = if is_of_aws { Advice::not_simulated(&word.text) } else { Advice::choice(&word.text, &names) };
    Err(invalid_choice("operation", word, &names, help))
}

/// The CLI's text for a word that is none of its choices: two columns, then what was maybe meant.
fn invalid_choice(what: &str, word: &Word, choices: &[&str], help: Advice) -> ParseError {
    let mut message = format!("aws: error: argument {what}: Invalid choice, valid choices are:\n\n");
    for pair in choices.chunks(2) {
        let cells: Vec<_> = pair.iter().map(|choice| format!("{choice:<40}")).collect();
        let _ = writeln!(message, "{}", cells.join(" | ").trim_end());
    }
    if let Some(near) = closest(&word.text, choices.iter().copied()) {
        let _ = write!(message, "\nInvalid choice: '{}', maybe you meant:\n\n  * {near}", word.text);
    }
    let kind = if what == "command" { ParseErrorKind::Service } else { ParseErrorKind::Operation };
    ParseError::new(kind, word.range.clone(), message.trim_end()).with_help(help)
}
