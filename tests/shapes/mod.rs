//! Compares what the account produces with a sample, key path by key path.
//!
//! Values are free; names and kinds are not. Items of a list are compared together, as `items[]`.

use std::collections::BTreeMap;

use serde_json::Value;

/// A sample of `tests/samples/`.
pub fn sample(name: &str) -> Value {
    let path = format!("{}/tests/samples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).expect("samples are JSON")
}

/// Panics with every key path that differs, but for those below `allowed` (each with its reason).
pub fn assert_same_shape(actual: &Value, sample_name: &str, allowed: &[(&str, &str)]) {
    assert_same_paths(actual, &sample(sample_name), sample_name, allowed);
}

/// The same with a part of a sample.
pub fn assert_same_paths(actual: &Value, expected: &Value, sample_name: &str, allowed: &[(&str, &str)]) {
    let (mine, theirs) = (paths(actual), paths(expected));
    let is_allowed = |path: &str| {
        allowed.iter().any(|(prefix, _)| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    };
    let mut differences = Vec::new();
    for (path, kind) in &theirs {
        match mine.get(path) {
            _ if is_allowed(path) => {}
            None => differences.push(format!("missing   {path}: {kind}")),
            Some(own) if own != kind => differences.push(format!("different {path}: {own}, not {kind}")),
            Some(_) => {}
        }
    }
    for (path, kind) in &mine {
        if !theirs.contains_key(path) && !is_allowed(path) {
            differences.push(format!("extra     {path}: {kind}"));
        }
    }
    assert!(differences.is_empty(), "{sample_name}\n{}\nin {actual:#}", differences.join("\n"));
}

fn paths(value: &Value) -> BTreeMap<String, &'static str> {
    let mut found = BTreeMap::new();
    walk(value, String::new(), &mut found);
    found
}

fn walk(value: &Value, path: String, found: &mut BTreeMap<String, &'static str>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(items) => {
            for item in items {
                walk(item, format!("{path}[]"), found);
            }
            "list"
        }
        Value::Object(members) => {
            for (name, member) in members {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(member, below, found);
            }
            "object"
        }
    };
    found.insert(path, kind);
}
