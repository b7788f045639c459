//! Help of a service or an operation, from the operation table: no list is written twice.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    globals::offered,
    names::kebab,
    options::{CliOption, Takes, options},
    parse::Catalogue,
};
use crate::aws::{Operation, ServiceName};

/// What help is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    Services,
    Service(ServiceName),
    Operation(ServiceName, &'static Operation),
}

/// The help page of a topic, in English and in the form of the AWS CLI's own.
pub fn page(topic: Topic, catalogue: &dyn Catalogue) -> String {
    match topic {
        Topic::Services => services(catalogue),
        Topic::Service(service) => operations(service, &catalogue.operations(service)),
        Topic::Operation(service, operation) => one(service, operation),
    }
}

fn services(catalogue: &dyn Catalogue) -> String {
    let mut text =
        "SYNOPSIS\n    aws <service> <operation> [--option value ...]\n\nAVAILABLE SERVICES\n".to_owned();
    for service in ServiceName::ALL.iter().filter(|service| !catalogue.operations(**service).is_empty()) {
        let _ = writeln!(text, "    {:<16}{}", service.cli(), service.title());
    }
    text + &globals()
}

fn operations(service: ServiceName, operations: &[&'static Operation]) -> String {
    let mut text = format!("NAME\n    {} - {}\n\nAVAILABLE OPERATIONS\n", service.cli(), service.title());
    let mut rows: Vec<_> =
        operations.iter().map(|operation| (kebab(operation.name), summary(operation))).collect();
    rows.sort();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 2;
    for (name, summary) in rows {
        let _ = writeln!(text, "    {name:<width$}{summary}");
    }
    text
}

fn one(service: ServiceName, operation: &'static Operation) -> String {
    let schema = Value::from((operation.schema)());
    let known = options(service, operation, &schema);
    let name = kebab(operation.name);
    let doc = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut text = format!("NAME\n    {name}\n");
    if !doc.is_empty() {
        let _ = writeln!(text, "\nDESCRIPTION\n    {}", doc.replace('\n', "\n    "));
    }
    let _ = writeln!(text, "\nSYNOPSIS\n    aws {} {name}", service.cli());
    for option in &known {
        let _ = writeln!(text, "        {}", synopsis(option));
    }
    text.push_str("\nOPTIONS\n");
    for option in &known {
        let _ = writeln!(text, "    --{} ({})", option.name, option.type_word());
        if !option.doc.is_empty() {
            let _ = writeln!(text, "        {}", option.doc.replace('\n', "\n        "));
        }
        let choices = option.choices();
        if !choices.is_empty() {
            let _ = writeln!(text, "        Possible values: {}", choices.join(", "));
        }
    }
    text + &globals()
}

fn globals() -> String {
    let list: Vec<_> = offered().map(|name| format!("--{name}")).collect();
    format!("\nGLOBAL OPTIONS\n    {}\n", list.join(" "))
}

/// The first sentence of an operation's doc comment.
pub fn summary(operation: &Operation) -> String {
    let schema = Value::from((operation.schema)());
    let doc = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    doc.split("\n\n").next().unwrap_or_default().replace('\n', " ")
}

fn synopsis(option: &CliOption<'_>) -> String {
    let text = match option.takes {
        Takes::Flag(_) | Takes::Perhaps => format!("--{}", option.name),
        Takes::One => format!("--{} <value>", option.name),
        Takes::Many => format!("--{} <value> ...", option.name),
    };
    if option.is_required { text } else { format!("[{text}]") }
}
