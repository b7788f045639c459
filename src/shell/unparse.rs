//! A call back into a line that can be copied: what a console's history or a record's "do it again" shows.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{
    customise,
    line::quote,
    names::kebab,
    options::{CliOption, Meaning, Takes, options},
    parse::Catalogue,
    shape::{Kind, Shape},
};
use crate::aws::{ApiCall, ServiceName};

/// The `aws` line of a call. Reading it gives the same parameters.
pub fn unparse(call: &ApiCall, catalogue: &dyn Catalogue) -> String {
    let mut line = format!("aws {} {}", call.service.cli(), kebab(&call.operation));
    let mut parameters = call.parameters.as_object().cloned().unwrap_or_default();
    let operation =
        catalogue.operations(call.service).into_iter().find(|operation| operation.name == &*call.operation);
    if let Some(operation) = operation {
        let schema = Value::from((operation.schema)());
        let simple = customise::as_simple_rule(call.service, operation.name, &mut parameters);
        for option in options(call.service, operation, &schema) {
            write_option(&mut line, &option, &mut parameters);
        }
        for (option, value) in simple {
            let _ = write!(line, " --{option} {}", quote(&value));
        }
        if customise::takes_outfile(call.service, operation.name) {
            line.push_str(" /dev/stdout");
        }
    }
    // What the table does not know still shows, as JSON.
    for (name, value) in parameters {
        let _ = write!(line, " --{} {}", kebab(&name), quote(&plain(&value)));
    }
    line
}

fn write_option(line: &mut String, option: &CliOption<'_>, parameters: &mut Map<String, Value>) {
    match option.meaning {
        Meaning::Parameter(name, shape) => {
            let is_mine = match (option.takes, parameters.get(name)) {
                (_, None) => false,
                (Takes::Flag(flag), Some(value)) => said(value) == Some(flag),
                (Takes::Perhaps, Some(value)) => said(value) == Some(true),
                _ => true,
            };
            if !is_mine {
                return;
            }
            let value = parameters.shift_remove(name).unwrap_or_default();
            let _ = write!(line, " --{}", option.name);
            if !matches!(option.takes, Takes::Flag(_) | Takes::Perhaps) {
                for word in words(&value, shape) {
                    let _ = write!(line, " {}", quote(&word));
                }
            }
        }
        Meaning::Custom(custom) if custom.service == ServiceName::Ec2 && custom.option == "count" => {
            if let (Some(least), Some(most)) =
                (parameters.shift_remove("MinCount"), parameters.shift_remove("MaxCount"))
            {
                let count = if least == most { least.to_string() } else { format!("{least}:{most}") };
                let _ = write!(line, " --count {count}");
            }
        }
        Meaning::Custom(_) => {}
    }
}

/// The boolean a flag stands for, be it alone or the `Value` of a structure.
fn said(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.get("Value")?.as_bool())
}

/// The words that give a parameter this value: shorthand where it is short and safe, JSON otherwise.
fn words(value: &Value, shape: Shape<'_>) -> Vec<String> {
    match (value, shape.kind()) {
        (Value::Array(items), Kind::List(item)) if !items.is_empty() && !item.is_complex() => {
            let words: Vec<_> = items.iter().map(plain).collect();
            if words.iter().any(|word| word.starts_with(['-', '[', '{'])) {
                vec![value.to_string()]
            } else {
                words
            }
        }
        (Value::Object(members), Kind::Structure | Kind::Map(_)) => {
            vec![shorthand(members).unwrap_or_else(|| value.to_string())]
        }
        (Value::Array(items), Kind::List(item)) if !items.is_empty() && item.takes_shorthand() => {
            let short: Option<Vec<_>> =
                items.iter().map(|item| item.as_object().and_then(shorthand)).collect();
            short.unwrap_or_else(|| vec![value.to_string()])
        }
        _ => vec![plain(value)],
    }
}

/// A structure of plain words as `Key=a,Value=b`.
fn shorthand(members: &Map<String, Value>) -> Option<String> {
    let pairs: Option<Vec<_>> = members
        .iter()
        .map(|(name, value)| {
            let is_safe = |text: &str| {
                !text.is_empty()
                    && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./:".contains(letter))
            };
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Bool(flag) => flag.to_string(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            (is_safe(&text) && is_safe(name)).then(|| format!("{name}={text}"))
        })
        .collect();
    pairs.filter(|pairs| !pairs.is_empty()).map(|pairs| pairs.join(","))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
