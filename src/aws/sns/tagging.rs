//! Tags of topics.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{ApiError, ApiOutcome, CallContext, Sns};
use crate::aws::tags::Tag;

/// Lists the tags of a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListTagsForResource {
    pub resource_arn: String,
}

/// Sets tags of a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagResource {
    pub resource_arn: String,
    pub tags: Vec<Tag>,
}

/// Removes tags of a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UntagResource {
    pub resource_arn: String,
    pub tag_keys: Vec<String>,
}

impl Sns {
    pub(super) fn list_tags_for_resource(
        &mut self,
        input: ListTagsForResource,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(json!({ "Tags": self.topic(&input.resource_arn).ok_or_else(no_resource)?.tags.list() }))
    }

    pub(super) fn tag_resource(&mut self, input: TagResource, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.topic_mut(&input.resource_arn).map_err(|_| no_resource())?.tags.set(&input.tags);
        self.announce(&input.resource_arn, cx);
        Ok(json!({}))
    }

    pub(super) fn untag_resource(
        &mut self,
        input: UntagResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let topic = self.topic_mut(&input.resource_arn).map_err(|_| no_resource())?;
        for key in &input.tag_keys {
            topic.tags.remove(key, None);
        }
        self.announce(&input.resource_arn, cx);
        Ok(json!({}))
    }
}

fn no_resource() -> ApiError {
    ApiError::not_found("ResourceNotFound", "Resource does not exist")
}
