//! YAML for `--cli-input-yaml` and `--output yaml`.

use serde_json::Value;

/// Reads parameters written in YAML.
///
/// # Errors
/// The reader's sentence, with its line and column.
pub fn read(text: &str) -> Result<Value, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}
