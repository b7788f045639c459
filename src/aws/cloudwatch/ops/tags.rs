//! Tags of alarms.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::aws::{
    ApiError, ApiOutcome, CallContext, Region,
    cloudwatch::{Alarm, CloudWatch, composite::rule},
    tags::Tag,
};

/// Sets tags of an alarm.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagResource {
    #[serde(rename = "ResourceARN")]
    pub resource_arn: String,
    pub tags: Vec<Tag>,
}

/// Removes tags of an alarm.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UntagResource {
    #[serde(rename = "ResourceARN")]
    pub resource_arn: String,
    pub tag_keys: Vec<String>,
}

/// Lists the tags of an alarm.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListTagsForResource {
    #[serde(rename = "ResourceARN")]
    pub resource_arn: String,
}

impl CloudWatch {
    pub(super) fn tag_resource(&mut self, input: TagResource, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.tagged(&input.resource_arn, cx.region())?.tags.set(&input.tags);
        Ok(Value::Null)
    }

    pub(super) fn untag_resource(
        &mut self,
        input: UntagResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let alarm = self.tagged(&input.resource_arn, cx.region())?;
        for key in &input.tag_keys {
            alarm.tags.remove(key, None);
        }
        Ok(Value::Null)
    }

    pub(super) fn list_tags_for_resource(
        &mut self,
        input: ListTagsForResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let alarm = self.tagged(&input.resource_arn, cx.region())?;
        Ok(json!({ "Tags": alarm.tags.list() }))
    }

    fn tagged(&mut self, arn: &str, region: &Region) -> Result<&mut Alarm, ApiError> {
        let found = self.regional(region).alarms.get_mut(rule::name_of(arn));
        found.filter(|alarm| &*alarm.arn == arn).ok_or_else(|| {
            ApiError::not_found("ResourceNotFoundException", format!("Unknown resource: {arn}"))
        })
    }
}
