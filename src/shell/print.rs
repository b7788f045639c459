//! The AWS CLI's four forms of output, byte for byte where a reader could tell.
//!
//! Source: `awscli/formatter.py`, `text.py`, `table.py`. Text sorts keys, as there; JSON and YAML keep them.

use std::fmt::Write as _;

use serde::Serialize as _;
use serde_json::{Map, Value, ser::PrettyFormatter};

/// Four spaces, as Python's `json.dumps(indent=4)`.
pub fn json(value: &Value) -> String {
    let mut bytes = Vec::new();
    let mut writer =
        serde_json::Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    value.serialize(&mut writer).expect("a JSON value can always be written to memory");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// Block style, keys in order.
pub fn yaml(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, indent: usize, text: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                let _ = write!(text, "{pad}{}:", yaml_text(name));
                match value {
                    Value::Object(inner) if !inner.is_empty() => {
                        text.push('\n');
                        block(value, indent + 2, text);
                    }
                    Value::Array(inner) if !inner.is_empty() => {
                        text.push('\n');
                        block(value, indent, text);
                    }
                    _ => {
                        let _ = writeln!(text, " {}", yaml_scalar(value));
                    }
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let mut inner = String::new();
                block(item, indent + 2, &mut inner);
                // The dash takes the place of the first two spaces.
                let _ = write!(text, "{pad}- {}", inner.get(indent + 2..).unwrap_or_default());
            }
        }
        _ => {
            let _ = writeln!(text, "{pad}{}", yaml_scalar(value));
        }
    }
}

fn yaml_scalar(value: &Value) -> String {
    match value {
        Value::String(text) => yaml_text(text),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

/// A string as YAML writes it: bare if it could be nothing else.
fn yaml_text(text: &str) -> String {
    let is_word = |letter: char| letter.is_alphanumeric() || "_-./:+@ ".contains(letter);
    let looks_special = text.parse::<f64>().is_ok()
        || ["true", "false", "null", "yes", "no", "on", "off", "~", ""]
            .contains(&text.to_lowercase().as_str())
        || text.contains(": ")
        || text.starts_with(['-', ' ', ':', '.'])
        || text.ends_with([' ', ':'])
        || text.starts_with(|first: char| first.is_ascii_digit());
    if text.chars().all(is_word) && !looks_special {
        return text.to_owned();
    }
    if text.chars().any(char::is_control) {
        return Value::from(text).to_string();
    }
    format!("'{}'", text.replace('\'', "''"))
}

/// Tab-separated lines, each led by the name of the list it comes from.
pub fn text(value: &Value) -> String {
    let mut lines = String::new();
    text_of(value, None, None, &mut lines);
    lines
}

pub(super) fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// A scalar as Python's `str` gives it.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn sorted(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    members
}

fn text_of(value: &Value, name: Option<&str>, columns: Option<&[String]>, lines: &mut String) {
    match value {
        Value::Object(members) => {
            let mut cells: Vec<String> = match columns {
                Some(columns) => {
                    columns.iter().map(|column| members.get(column).map(cell).unwrap_or_default()).collect()
                }
                None => sorted(members)
                    .into_iter()
                    .filter(|(_, value)| is_scalar(value))
                    .map(|(_, value)| cell(value))
                    .collect(),
            };
            if !cells.is_empty() {
                cells.splice(0..0, name.map(str::to_uppercase));
                let _ = writeln!(lines, "{}", cells.join("\t"));
            }
            for (name, value) in sorted(members).into_iter().filter(|(_, value)| !is_scalar(value)) {
                text_of(value, Some(name), None, lines);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let columns = scalar_columns(items);
            for item in items {
                text_of(item, name, Some(&columns), lines);
            }
        }
        Value::Array(items) => {
            let (scalars, others): (Vec<_>, Vec<_>) = items.iter().partition(|item| is_scalar(item));
            match name {
                _ if scalars.is_empty() => {}
                Some(name) => {
                    for item in &scalars {
                        let _ = writeln!(lines, "{}\t{}", name.to_uppercase(), cell(item));
                    }
                }
                None => {
                    let cells: Vec<_> = scalars.iter().map(|item| cell(item)).collect();
                    let _ = writeln!(lines, "{}", cells.join("\t"));
                }
            }
            for item in others {
                text_of(item, name, None, lines);
            }
        }
        scalar => {
            let _ = writeln!(lines, "{}", cell(scalar));
        }
    }
}

/// Every key with a scalar value in a list of structures, sorted.
fn scalar_columns(items: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> = items
        .iter()
        .filter_map(Value::as_object)
        .flatten()
        .filter(|(_, value)| is_scalar(value))
        .map(|(name, _)| name.clone())
        .collect();
    columns.sort();
    columns.dedup();
    columns
}

pub use super::table::table;
