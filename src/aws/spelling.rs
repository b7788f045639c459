//! Names with a small first letter: how Config and CloudTrail spell what the API answers.

use serde_json::Value;

/// A name with a small first letter.
pub fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The same value with small first letters, at every level.
pub fn small_first(value: &Value) -> Value {
    small_first_but(value, &[])
}

/// The same, except below members of these names, where the names are the customer's own.
pub fn small_first_but(value: &Value, own: &[&str]) -> Value {
    match value {
        Value::Object(members) => {
            let spelled = members.iter().map(|(name, value)| {
                let is_own = own.contains(&name.as_str());
                (lower_first(name), if is_own { value.clone() } else { small_first_but(value, own) })
            });
            Value::Object(spelled.collect())
        }
        Value::Array(items) => items.iter().map(|item| small_first_but(item, own)).collect(),
        other => other.clone(),
    }
}
