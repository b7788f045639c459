//! The operations on tags of buses and rules.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, DEFAULT_BUS, EventBridge, Region, errors};
use crate::aws::{
    arn::Arn,
    tags::{Tag, Tags},
};

/// Tags a bus or a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagResource {
    #[serde(rename = "ResourceARN")]
    pub resource_arn: String,
    pub tags: Vec<Tag>,
}

/// Takes tags from a bus or a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UntagResource {
    #[serde(rename = "ResourceARN")]
    pub resource_arn: String,
    pub tag_keys: Vec<String>,
}

/// Lists the tags of a bus or a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListTagsForResource {
    #[serde(rename = "ResourceARN")]
    pub resource_arn: String,
}

impl EventBridge {
    pub(super) fn tag_resource(&mut self, input: TagResource, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.tags_of(&input.resource_arn, cx.region())?.set(&input.tags);
        Ok(Value::Null)
    }

    pub(super) fn untag_resource(
        &mut self,
        input: UntagResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let tags = self.tags_of(&input.resource_arn, cx.region())?;
        for key in &input.tag_keys {
            tags.remove(key, None);
        }
        Ok(Value::Null)
    }

    pub(super) fn list_tags_for_resource(
        &mut self,
        input: ListTagsForResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(json!({ "Tags": self.tags_of(&input.resource_arn, cx.region())?.list() }))
    }

    /// The tags of what an ARN names: `event-bus/name`, `rule/name` or `rule/bus/name`.
    fn tags_of(&mut self, arn: &str, region: &Region) -> Result<&mut Tags, ApiError> {
        let invalid = || errors::invalid_parameter("ResourceARN", "Provided Arn is not in correct format.");
        let (kind, path) =
            Arn::parse(arn).and_then(|arn| arn.resource.split_once('/')).ok_or_else(invalid)?;
        match kind {
            "event-bus" => Ok(&mut self.bus_mut(region, path)?.tags),
            "rule" => {
                let (bus, name) = path.rsplit_once('/').unwrap_or((DEFAULT_BUS, path));
                Ok(&mut self.rule_mut(region, bus, name)?.tags)
            }
            _ => Err(invalid()),
        }
    }
}
