//! `Filters` of the Describe operations: names AND, values OR, `*` and `?` as wildcards.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    super::{ApiError, policy::glob, tags::Tags},
    errors::invalid_value,
};

/// A name and the values it may have.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Filter {
    pub name: String,
    #[serde(default)]
    pub values: Vec<String>,
}

/// Keeps what passes every filter. `values_of` gives what a thing has under a filter's name, or nothing where no such
/// filter exists.
pub(super) fn keep<T>(
    things: impl Iterator<Item = T>,
    filters: &[Filter],
    tags_of: impl Fn(&T) -> Tags,
    values_of: impl Fn(&T, &str) -> Option<Vec<String>>,
) -> Result<Vec<T>, ApiError> {
    let mut kept = Vec::new();
    'things: for thing in things {
        for filter in filters {
            let tags = tags_of(&thing);
            let has = if let Some(key) = filter.name.strip_prefix("tag:") {
                tags.get(key).map(str::to_owned).into_iter().collect()
            } else if filter.name == "tag-key" {
                tags.iter().map(|(key, _)| key.to_owned()).collect()
            } else if let Some(values) = values_of(&thing, &filter.name) {
                values
            } else {
                return Err(invalid_value(format!("The filter '{}' is invalid", filter.name)));
            };
            let passes =
                has.iter().any(|value| filter.values.iter().any(|wanted| glob::matches(wanted, value)));
            if !passes {
                continue 'things;
            }
        }
        kept.push(thing);
    }
    Ok(kept)
}
