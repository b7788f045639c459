//! Reading records back.

use serde_json::Value;

/// Who a record says acted, by the name a person would use.
pub fn actor(record: &Value) -> &str {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    match text("/userIdentity/type") {
        Some("Root") => "root",
        _ => text("/userIdentity/userName")
            .or_else(|| text("/userIdentity/sessionContext/sessionIssuer/userName"))
            .or_else(|| text("/userIdentity/invokedBy"))
            .unwrap_or("?"),
    }
}

/// The value at a dotted path, a text without its quotes; none for a field that is absent or null.
pub fn field(record: &Value, path: &str) -> Option<String> {
    let value = path.split('.').try_fold(record, |value, name| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => value.get(name),
    })?;
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_is_found_by_its_dotted_path() {
        let record =
            json!({ "readOnly": false, "resources": [{ "type": "AWS::S3::Object" }], "errorCode": null });

        assert_eq!(field(&record, "resources.0.type").as_deref(), Some("AWS::S3::Object"));
        assert_eq!(field(&record, "readOnly").as_deref(), Some("false"));
        assert_eq!(field(&record, "errorCode"), None);
        assert_eq!(field(&record, "userIdentity.type"), None);
    }
}
