//! Tags of queues.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiOutcome, CallContext, Sqs, errors};
use crate::aws::tags::Tag;

/// Lists the tags of a queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListQueueTags {
    pub queue_url: String,
}

/// Sets tags of a queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagQueue {
    pub queue_url: String,
    pub tags: BTreeMap<String, String>,
}

/// Removes tags of a queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UntagQueue {
    pub queue_url: String,
    pub tag_keys: Vec<String>,
}

impl Sqs {
    pub(super) fn list_queue_tags(
        &mut self,
        input: ListQueueTags,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        let queue = self.queues.get(&queue_arn).ok_or_else(errors::no_queue)?;
        Ok(if queue.tags.is_empty() { json!({}) } else { json!({ "Tags": queue.tags.map() }) })
    }

    pub(super) fn tag_queue(&mut self, input: TagQueue, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        let queue = self.queues.get_mut(&queue_arn).ok_or_else(errors::no_queue)?;
        queue.tags.set(&list(input.tags));
        cx.out.changed(&queue.region, queue.resource(false));
        Ok(Value::Null)
    }

    pub(super) fn untag_queue(&mut self, input: UntagQueue, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        let queue = self.queues.get_mut(&queue_arn).ok_or_else(errors::no_queue)?;
        for key in &input.tag_keys {
            queue.tags.remove(key, None);
        }
        cx.out.changed(&queue.region, queue.resource(false));
        Ok(Value::Null)
    }
}

/// A map of tags as a list.
pub(super) fn list(tags: BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}
