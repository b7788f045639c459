//! Fields that are found in a message: the leaves of JSON by their path, and what Lambda writes about itself.
//!
//! Source: user guide, "Supported logs and discovered fields".

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::value::Value;

/// Fields found in one JSON document at most. Source: user guide, quotas.
const MOST_FIELDS: usize = 200;

/// The fields of a message, by name.
pub(super) fn fields(message: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    match serde_json::from_str::<Json>(message) {
        Ok(document @ (Json::Object(_) | Json::Array(_))) => flatten(&document, String::new(), &mut found),
        _ => lambda(message, &mut found),
    }
    found
}

/// `a.b.c`, arrays `items.0.id`; a name that starts with @ takes another, so that it hides no system field.
fn flatten(value: &Json, path: String, found: &mut BTreeMap<String, Value>) {
    if found.len() >= MOST_FIELDS {
        return;
    }
    let below = |key: &str| match path.as_str() {
        "" if key.starts_with('@') => format!("@{key}"),
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    };
    match value {
        Json::Object(members) => {
            for (key, member) in members {
                flatten(member, below(key), found);
            }
        }
        Json::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                flatten(element, below(&index.to_string()), found);
            }
        }
        Json::Null => {}
        // Conditions are worth 1 or 0 everywhere in the language; that JSON's own are too is our inference.
        Json::Bool(holds) => {
            found.insert(path, Value::of_truth(*holds));
        }
        Json::Number(number) => {
            found.insert(path, Value::of_text(number.to_string()));
        }
        Json::String(text) => {
            found.insert(path, Value::of_text(text.as_str()));
        }
    }
}

/// What the platform's own lines of a function's log say, and the label before each number.
const REPORTED: [(&str, &str, f64); 5] = [
    ("@duration", "Duration:", 1.0),
    ("@billedDuration", "Billed Duration:", 1.0),
    ("@initDuration", "Init Duration:", 1.0),
    // Megabytes on the line, bytes in the field.
    ("@memorySize", "Memory Size:", 1_000_000.0),
    ("@maxMemoryUsed", "Max Memory Used:", 1_000_000.0),
];

fn lambda(message: &str, found: &mut BTreeMap<String, Value>) {
    let Some((kind, rest)) = message.split_once(" RequestId: ") else { return };
    if !matches!(kind, "START" | "END" | "REPORT") {
        return;
    }
    let request = rest.split_whitespace().next().unwrap_or_default();
    found.insert("@type".to_owned(), Value::of_text(kind));
    found.insert("@requestId".to_owned(), Value::of_text(request));
    for part in rest.split('\t') {
        for (field, label, factor) in REPORTED {
            let number =
                part.trim().strip_prefix(label).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
            if let Some(number) = number {
                let number: f64 = number;
                found.insert(field.to_owned(), Value::of_number(number * factor));
            }
        }
    }
}
