//! The JSON Schema of the format: for editors, and for our own shape check. One description, from the structs.

use std::sync::OnceLock;

use serde_json::Value;

use super::model::Scenario;

/// Where the published copy stands, from the root of the repository.
pub const PUBLISHED: &str = "assets/scenario.schema.json";

/// The schema.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut schema = schemars::schema_for!(Scenario).to_value();
        if let Some(top) = schema.as_object_mut() {
            top.insert("title".to_owned(), "Vigie scenario".into());
            top.insert(
                "description".to_owned(),
                "A scenario or a fixture of Vigie, format version 1.".into(),
            );
        }
        schema
    })
}

/// The schema as it is published.
pub fn published() -> String {
    let mut text = serde_json::to_string_pretty(schema()).expect("a schema is plain JSON");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `VIGIE_BLESS=1 cargo test schema` writes it anew.
    #[test]
    fn the_published_schema_is_the_one_the_structs_give() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PUBLISHED);
        if std::env::var_os("VIGIE_BLESS").is_some() {
            std::fs::write(&path, published()).expect("the repository can be written");
        }

        let kept = std::fs::read_to_string(&path).unwrap_or_default();

        assert!(kept == published(), "{PUBLISHED} is stale: run VIGIE_BLESS=1 cargo test schema");
    }
}
