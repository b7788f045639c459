//! The recording group of a recorder: three ways to say which types it records, of which one is meant.

use schemars::JsonSchema;
use serde::Deserialize;

use super::recorder::Recorded;
use crate::aws::ApiError;

/// Which resource types to record.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordingGroup {
    all_supported: Option<bool>,
    #[serde(default)]
    include_global_resource_types: bool,
    #[serde(default)]
    resource_types: Vec<String>,
    exclusion_by_resource_types: Option<Exclusion>,
    recording_strategy: Option<Strategy>,
}

/// Types to leave out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exclusion {
    #[serde(default)]
    resource_types: Vec<String>,
}

/// How the lists of types are meant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Strategy {
    use_only: UseOnly,
}

/// The recording strategies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum UseOnly {
    #[serde(rename = "ALL_SUPPORTED_RESOURCE_TYPES")]
    AllSupported,
    #[serde(rename = "INCLUSION_BY_RESOURCE_TYPES")]
    Inclusion,
    #[serde(rename = "EXCLUSION_BY_RESOURCE_TYPES")]
    Exclusion,
}

/// What a group comes to.
///
/// # Errors
/// Ways that contradict each other.
pub(super) fn recorded(group: Option<RecordingGroup>) -> Result<Recorded, ApiError> {
    let invalid = |message: &str| Err(ApiError::client("InvalidRecordingGroupException", message));
    let Some(group) = group else { return Ok(Recorded::All { with_global: false }) };
    let with_global = group.include_global_resource_types;
    let included = group.resource_types;
    let excluded =
        group.exclusion_by_resource_types.map(|exclusion| exclusion.resource_types).unwrap_or_default();
    let guessed = if !excluded.is_empty() {
        UseOnly::Exclusion
    } else if included.is_empty() && group.all_supported.unwrap_or(true) {
        UseOnly::AllSupported
    } else {
        UseOnly::Inclusion
    };
    let strategy = group.recording_strategy.map_or(guessed, |strategy| strategy.use_only);
    let shared = |types: Vec<String>| types.into_iter().map(Into::into).collect();
    if group.all_supported == Some(true) && !(included.is_empty() && excluded.is_empty()) {
        return invalid("A recording group for all supported types must not list resource types.");
    }
    match strategy {
        UseOnly::AllSupported => Ok(Recorded::All { with_global }),
        UseOnly::Inclusion if included.is_empty() => {
            invalid("A recording group must list resource types or record all supported ones.")
        }
        UseOnly::Inclusion if with_global => {
            invalid("Global resource types can only be included with all supported types.")
        }
        UseOnly::Inclusion => Ok(Recorded::Only(shared(included))),
        UseOnly::Exclusion if with_global => {
            invalid("Global resource types are left out by naming them, not by includeGlobalResourceTypes.")
        }
        UseOnly::Exclusion => Ok(Recorded::AllBut(shared(excluded))),
    }
}
