//! Operations on the tags of log groups.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{group_of, too_many};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    logs::{Group, Logs},
    tags::Tag,
};

/// Source: the service model's `Tags`.
const MOST_TAGS: usize = 50;

/// Sets tags of a log group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TagResource {
    /// The group's ARN, without `:*`.
    pub resource_arn: String,
    pub tags: BTreeMap<String, String>,
}

/// Removes tags of a log group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UntagResource {
    /// The group's ARN, without `:*`.
    pub resource_arn: String,
    pub tag_keys: Vec<String>,
}

/// Shows the tags of a log group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListTagsForResource {
    /// The group's ARN, without `:*`.
    pub resource_arn: String,
}

impl Logs {
    pub(super) fn tag_resource(&mut self, input: TagResource, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        tag(self.tagged(cx, &input.resource_arn)?, &input.tags)?;
        Ok(Value::Null)
    }

    pub(super) fn untag_resource(
        &mut self,
        input: UntagResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let group = self.tagged(cx, &input.resource_arn)?;
        for key in &input.tag_keys {
            group.tags.remove(key, None);
        }
        Ok(Value::Null)
    }

    pub(super) fn list_tags_for_resource(
        &mut self,
        input: ListTagsForResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(json!({ "tags": self.tagged(cx, &input.resource_arn)?.tags.map() }))
    }

    fn tagged(&mut self, cx: &CallContext<'_, '_>, arn: &str) -> Result<&mut Group, ApiError> {
        self.group_mut(cx.region(), group_of(arn)).ok_or_else(|| {
            ApiError::client("ResourceNotFoundException", "The specified resource does not exist.")
        })
    }
}

/// Sets tags, of which a group has fifty at most.
pub(super) fn tag(group: &mut Group, tags: &BTreeMap<String, String>) -> Result<(), ApiError> {
    let new = tags.keys().filter(|key| group.tags.get(key).is_none()).count();
    if group.tags.iter().count() + new > MOST_TAGS {
        return Err(too_many(format!("A resource has no more than {MOST_TAGS} tags.")));
    }
    let pair = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
    group.tags.set(&tags.iter().map(pair).collect::<Vec<_>>());
    Ok(())
}
