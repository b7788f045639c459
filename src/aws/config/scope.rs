//! The scope of a rule: which resources it looks at, and why it leaves one out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aws::{ApiError, parcel::ResourceChange};

/// Which resources a rule looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Scope {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compliance_resource_types: Vec<String>,
    /// Instead of types: resources with this tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_key: Option<String>,
    /// The value the tag must have, if any will not do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_value: Option<String>,
    /// The one resource, together with its one type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compliance_resource_id: Option<String>,
}

impl Scope {
    /// Why a resource lies outside, if it does: the setting, what it asks for, and what was found.
    pub fn objection(&self, resource: &ResourceChange) -> Option<String> {
        let types = &self.compliance_resource_types;
        if !types.is_empty() && !types.iter().any(|kept| **kept == *resource.resource_type) {
            let expected = types.join(", ");
            return Some(format!(
                "Scope.ComplianceResourceTypes: expected {expected}, found {}",
                resource.resource_type
            ));
        }
        if let Some(id) = self.compliance_resource_id.as_ref().filter(|id| ***id != *resource.resource_id) {
            return Some(format!(
                "Scope.ComplianceResourceId: expected {id}, found {}",
                resource.resource_id
            ));
        }
        let key = self.tag_key.as_ref()?;
        let found = resource.tags.get(key).and_then(Value::as_str);
        match (found, &self.tag_value) {
            (None, _) => Some(format!("Scope.TagKey: expected {key}, found no such tag")),
            (Some(found), Some(wanted)) if found != wanted => {
                Some(format!("Scope.TagValue: expected {wanted}, found {found}"))
            }
            _ => None,
        }
    }

    /// Refuses combinations Config does not take.
    pub(super) fn check(&self) -> Result<(), ApiError> {
        let invalid = |message: &str| Err(ApiError::client("InvalidParameterValueException", message));
        let has_types = !self.compliance_resource_types.is_empty();
        if self.tag_value.is_some() && self.tag_key.is_none() {
            return invalid("A TagKey must be given with a TagValue in the scope.");
        }
        if self.tag_key.is_some() && (has_types || self.compliance_resource_id.is_some()) {
            return invalid("A scope holds either resource types or a tag, not both.");
        }
        if self.compliance_resource_id.is_some() && self.compliance_resource_types.len() != 1 {
            return invalid("A ComplianceResourceId needs exactly one resource type in the scope.");
        }
        Ok(())
    }
}
