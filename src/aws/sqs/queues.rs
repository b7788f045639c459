//! Operations on queues.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Queue, Sqs, errors, metrics::Activity, names::Wanted,
    settings::Settings, tagging, urls,
};
use crate::aws::{arn, arn::Arn, chunks::Chunks, tags::Tags};

/// How long a deleted queue's name is taken, and how long a purge takes. Source: SQS API reference.
const GRACE_MS: i64 = 60_000;

/// Creates a standard queue, or answers the one that has this name and these attributes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateQueue {
    pub queue_name: String,
    /// `VisibilityTimeout`, `DelaySeconds`, `MessageRetentionPeriod`, `MaximumMessageSize`, `Policy`,
    /// `RedrivePolicy`, `RedriveAllowPolicy`, `KmsMasterKeyId`, `SqsManagedSseEnabled`, as texts.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Labels, name to value.
    #[serde(default, rename = "tags")]
    pub tags: BTreeMap<String, String>,
}

/// Deletes a queue and its messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteQueue {
    pub queue_url: String,
}

/// Gives the URL of a queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetQueueUrl {
    pub queue_name: String,
    #[serde(rename = "QueueOwnerAWSAccountId")]
    pub queue_owner_aws_account_id: Option<String>,
}

/// Shows the attributes of a queue: `All`, or those named.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetQueueAttributes {
    pub queue_url: String,
    #[serde(default)]
    pub attribute_names: Vec<String>,
}

/// Changes attributes of a queue; an empty `Policy` or `RedrivePolicy` takes it away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SetQueueAttributes {
    pub queue_url: String,
    pub attributes: BTreeMap<String, String>,
}

/// Lists the queues of the Region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListQueues {
    pub queue_name_prefix: Option<String>,
}

/// Deletes all messages of a queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PurgeQueue {
    pub queue_url: String,
}

/// Lists the queues whose dead letters come to this one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListDeadLetterSourceQueues {
    pub queue_url: String,
}

impl Sqs {
    pub(super) fn create_queue(&mut self, input: CreateQueue, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name(&input.queue_name)?;
        let now_ms = cx.moment().epoch_ms();
        let queue_arn: Arc<str> = arn::arn("sqs", cx.region(), cx.account_id, &input.queue_name).into();
        if self.deleted_ms.get(&queue_arn).is_some_and(|at| now_ms - at < GRACE_MS) {
            return Err(ApiError::client(
                "AWS.SimpleQueueService.QueueDeletedRecently",
                "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
            ));
        }
        let mut settings = Settings::default();
        for (name, value) in &input.attributes {
            settings.set(name, value)?;
        }
        if let Some(known) = self.queues.get(&queue_arn) {
            return same(known, &input.attributes, &settings);
        }
        self.check_redrive(&queue_arn, &settings)?;
        let mut tags = Tags::default();
        tags.set(&tagging::list(input.tags));
        let url: Arc<str> = urls::url(cx.region().as_str(), cx.account_id, &input.queue_name).into();
        let queue = Queue {
            arn: Arc::clone(&queue_arn),
            name: input.queue_name.as_str().into(),
            url: Arc::clone(&url),
            region: cx.region().clone(),
            settings,
            tags,
            created_ms: now_ms,
            changed_ms: now_ms,
            purged_ms: None,
            messages: Chunks::default(),
            activity: Activity::default(),
        };
        cx.out.changed(&queue.region, queue.resource(false));
        self.queues.insert(Arc::clone(&queue_arn), queue);
        self.count(&queue_arn, None, 0, cx.out);
        Ok(json!({ "QueueUrl": url }))
    }

    pub(super) fn delete_queue(&mut self, input: DeleteQueue, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        if let Some(queue) = self.queues.remove(&queue_arn) {
            self.deleted_ms.insert(queue_arn, cx.moment().epoch_ms());
            cx.out.changed(&queue.region, queue.resource(true));
        }
        Ok(Value::Null)
    }

    pub(super) fn get_queue_url(&mut self, input: GetQueueUrl, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let account_id = input.queue_owner_aws_account_id.as_deref().unwrap_or(cx.account_id);
        let queue_arn = arn::arn("sqs", cx.region(), account_id, &input.queue_name);
        let queue = self.queues.get(queue_arn.as_str()).ok_or_else(errors::no_queue)?;
        Ok(json!({ "QueueUrl": queue.url }))
    }

    pub(super) fn get_queue_attributes(
        &mut self,
        input: GetQueueAttributes,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        self.count(&queue_arn, None, 0, cx.out);
        let queue = self.queues.get(&queue_arn).ok_or_else(errors::no_queue)?;
        let known = queue.attributes(cx.moment().epoch_ms());
        let settable =
            |name: &str| Settings::default().set(name, "").is_err_and(|e| &*e.code == "InvalidAttributeName");
        if let Some(unknown) = input
            .attribute_names
            .iter()
            .find(|name| *name != "All" && !known.contains_key(*name) && settable(name))
        {
            return Err(errors::unknown_attribute(unknown));
        }
        let wanted = Wanted::new(input.attribute_names);
        let shown: Map<String, Value> = known.into_iter().filter(|(name, _)| wanted.includes(name)).collect();
        Ok(if shown.is_empty() { json!({}) } else { json!({ "Attributes": shown }) })
    }

    pub(super) fn set_queue_attributes(
        &mut self,
        input: SetQueueAttributes,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        let mut settings = self.queues.get(&queue_arn).ok_or_else(errors::no_queue)?.settings.clone();
        for (name, value) in &input.attributes {
            settings.set(name, value)?;
        }
        self.check_redrive(&queue_arn, &settings)?;
        let queue = self.queues.get_mut(&queue_arn).ok_or_else(errors::no_queue)?;
        queue.settings = settings;
        queue.changed_ms = cx.moment().epoch_ms();
        cx.out.changed(&queue.region, queue.resource(false));
        Ok(Value::Null)
    }

    pub(super) fn list_queues(&mut self, input: ListQueues, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let prefix = input.queue_name_prefix.unwrap_or_default();
        let here = self.queues.values().filter(|queue| queue.region == *cx.region());
        let urls: Vec<&Arc<str>> =
            here.filter(|queue| queue.name.starts_with(&prefix)).map(|queue| &queue.url).collect();
        // SQS leaves the member out when there is nothing to list.
        Ok(if urls.is_empty() { json!({}) } else { json!({ "QueueUrls": urls }) })
    }

    pub(super) fn purge_queue(&mut self, input: PurgeQueue, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        let now_ms = cx.moment().epoch_ms();
        let queue = self.queues.get_mut(&queue_arn).ok_or_else(errors::no_queue)?;
        if queue.purged_ms.is_some_and(|at| now_ms - at < GRACE_MS) {
            let message =
                format!("Only one PurgeQueue operation on {} is allowed every 60 seconds.", queue.name);
            return Err(ApiError::client("AWS.SimpleQueueService.PurgeQueueInProgress", message));
        }
        queue.purged_ms = Some(now_ms);
        queue.messages = Chunks::default();
        Ok(Value::Null)
    }

    pub(super) fn list_dead_letter_source_queues(
        &mut self,
        input: ListDeadLetterSourceQueues,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        let leads_here = |queue: &&Queue| {
            queue.settings.redrive.as_ref().is_some_and(|redrive| redrive.dead_letter_target_arn == queue_arn)
        };
        let urls: Vec<&Arc<str>> = self.queues.values().filter(leads_here).map(|queue| &queue.url).collect();
        Ok(json!({ "queueUrls": urls }))
    }

    /// The ARN of the queue of a URL.
    pub(super) fn found(&self, url: &str, cx: &CallContext<'_, '_>) -> Result<Arc<str>, ApiError> {
        let queue_arn = urls::arn_of_url(url).ok_or_else(|| {
            ApiError::client("InvalidAddress", format!("The address {url} is not valid for this endpoint."))
        })?;
        let queue = self.queues.get(queue_arn.as_str()).ok_or_else(errors::no_queue)?;
        if queue.region == *cx.region() { Ok(Arc::clone(&queue.arn)) } else { Err(errors::no_queue()) }
    }

    /// A dead-letter queue must be there, in the same Region, and agree.
    fn check_redrive(&self, source_arn: &str, settings: &Settings) -> Result<(), ApiError> {
        let Some(redrive) = &settings.redrive else { return Ok(()) };
        let target = &redrive.dead_letter_target_arn;
        let no = |reason: &str| {
            let policy = json!({
                "deadLetterTargetArn": target, "maxReceiveCount": redrive.max_receive_count,
            });
            Err(errors::invalid_value(policy, "RedrivePolicy", reason))
        };
        let region_of = |text: &str| Arn::parse(text).map(|arn| arn.region.to_owned());
        match self.queues.get(target) {
            None => no("Dead letter target does not exist."),
            Some(_) if region_of(target) != region_of(source_arn) => {
                no("Dead-letter target owner should be same as the source.")
            }
            Some(queue) if !queue.settings.takes_dead_letters_of(source_arn) => {
                no("Queue does not have permission to use the dead letter queue.")
            }
            Some(_) => Ok(()),
        }
    }
}

fn check_name(name: &str) -> Result<(), ApiError> {
    if name.strip_suffix(".fifo").is_some() {
        return Err(errors::not_simulated("A FIFO queue"));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > 80 || !name.chars().all(fits) {
        return Err(ApiError::client(
            "InvalidParameterValue",
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        ));
    }
    Ok(())
}

/// A queue of that name is there: the answer is its URL, unless a given attribute differs.
fn same(known: &Queue, given: &BTreeMap<String, String>, settings: &Settings) -> ApiOutcome {
    let (mine, theirs) = (known.settings.shown(), settings.shown());
    match given.keys().find(|name| mine.get(*name) != theirs.get(*name)) {
        None => Ok(json!({ "QueueUrl": known.url })),
        Some(name) => {
            let message = format!(
                "A queue already exists with the same name and a different value for attribute {name}"
            );
            Err(ApiError::client("QueueAlreadyExists", message))
        }
    }
}

/// When a queue of an ARN was deleted.
pub(super) type Deletions = BTreeMap<Arc<str>, i64>;
