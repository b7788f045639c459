//! How Config's items spell what the API answers: the same names with a small first letter.

use serde_json::Value;

/// The same value with small first letters.
pub fn small_first(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let spelled = members.iter().map(|(key, value)| {
                let mut letters = key.chars();
                let first = letters.next().map(|letter| letter.to_ascii_lowercase());
                (first.into_iter().chain(letters).collect(), small_first(value))
            });
            Value::Object(spelled.collect())
        }
        Value::Array(items) => items.iter().map(small_first).collect(),
        other => other.clone(),
    }
}
