//! The tags of functions, by ARN.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Lambda, configuration::announce, errors, state::plain_name};
use crate::aws::tags::{Tag, Tags};

/// Shows the tags of a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListTags {
    /// The function's ARN.
    pub resource: String,
}

/// Sets tags on a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagResource {
    /// The function's ARN.
    pub resource: String,
    pub tags: BTreeMap<String, String>,
}

/// Takes tags from a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UntagResource {
    /// The function's ARN.
    pub resource: String,
    pub tag_keys: Vec<String>,
}

impl Lambda {
    pub(super) fn list_tags(&mut self, input: ListTags, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        Ok(json!({ "Tags": self.find(cx, &input.resource)?.tags.map() }))
    }

    pub(super) fn tag_resource(&mut self, input: TagResource, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let tags = listed(input.tags);
        self.retag(cx, &input.resource, |known| known.set(&tags))
    }

    pub(super) fn untag_resource(
        &mut self,
        input: UntagResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.retag(cx, &input.resource, |known| {
            for key in &input.tag_keys {
                known.remove(key, None);
            }
        })
    }

    fn retag(
        &mut self,
        cx: &mut CallContext<'_, '_>,
        arn: &str,
        change: impl FnOnce(&mut Tags),
    ) -> ApiOutcome {
        let (region, name) = (cx.region().clone(), plain_name(arn));
        let function = self
            .function_mut(&region, name)
            .ok_or_else(|| -> ApiError { errors::no_such_function(&region, cx.account_id, name) })?;
        change(&mut function.tags);
        announce(&region, function, false, cx.out);
        Ok(Value::Null)
    }
}

pub(super) fn listed(tags: BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}
