//! Tags of trails.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::announce;
use crate::aws::{ApiError, ApiOutcome, CallContext, cloudtrail::CloudTrail, tags::Tag};

/// The most tags of a trail (service model, `AddTags`).
const MOST_TAGS: usize = 50;

/// Puts tags on a trail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AddTags {
    /// The trail's ARN.
    resource_id: String,
    tags_list: Vec<Tag>,
}

/// Takes tags off a trail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RemoveTags {
    /// The trail's ARN.
    resource_id: String,
    /// A value is not looked at: the key decides.
    tags_list: Vec<Tag>,
}

/// Lists the tags of trails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListTags {
    /// ARNs of trails.
    resource_id_list: Vec<String>,
}

impl CloudTrail {
    pub(super) fn add_tags(&mut self, input: AddTags, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.tagged(&input.resource_id, cx)?;
        let trail = self.trail_mut(place);
        let mut tags = trail.tags.clone();
        tags.set(&input.tags_list);
        if tags.iter().count() > MOST_TAGS {
            let message = format!("A trail has at most {MOST_TAGS} tags.");
            return Err(ApiError::client("TagsLimitExceededException", message));
        }
        trail.tags = tags;
        announce(trail, false, cx);
        Ok(json!({}))
    }

    pub(super) fn remove_tags(&mut self, input: RemoveTags, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.tagged(&input.resource_id, cx)?;
        let trail = self.trail_mut(place);
        for tag in &input.tags_list {
            trail.tags.remove(&tag.key, None);
        }
        announce(trail, false, cx);
        Ok(json!({}))
    }

    pub(super) fn list_tags(&mut self, input: ListTags, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let lists: Result<Vec<Value>, ApiError> = input
            .resource_id_list
            .iter()
            .map(|arn| {
                let trail = &self.trails[self.tagged(arn, cx)?];
                Ok(json!({ "ResourceId": arn, "TagsList": trail.tags.list() }))
            })
            .collect();
        Ok(json!({ "ResourceTagList": lists? }))
    }

    /// Tags go by ARN only.
    fn tagged(&self, arn: &str, cx: &CallContext<'_, '_>) -> Result<usize, ApiError> {
        if !arn.starts_with("arn:") {
            let message = format!("{arn} is not the ARN of a trail.");
            return Err(ApiError::client("CloudTrailARNInvalidException", message));
        }
        self.find(arn, cx)
            .map_err(|_| ApiError::client("ResourceNotFoundException", format!("Unknown resource: {arn}")))
    }
}
