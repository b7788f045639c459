//! Readers: receiving hides a message for a while, deleting is what takes it out, and one received too often goes
//! to the dead-letter queue.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Outbox, Sqs, errors,
    message::{Message, Visibility, not_a_handle, not_in_flight, read_handle},
    metrics,
    names::Wanted,
    reasons,
};
use crate::aws::{Delay, HopPath, Node, Payload, PayloadKind, ServiceName, batch};

/// The longest a message may stay hidden: 12 hours. Source: SQS API reference, `ChangeMessageVisibility`.
const MOST_VISIBILITY_S: i64 = 43_200;

/// Receives up to ten messages, which are then hidden from other readers for the visibility timeout.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ReceiveMessage {
    pub queue_url: String,
    /// System attributes to show; the older name of `MessageSystemAttributeNames`.
    #[serde(default)]
    pub attribute_names: Vec<String>,
    /// System attributes to show, such as `ApproximateReceiveCount`, or `All`.
    #[serde(default)]
    pub message_system_attribute_names: Vec<String>,
    /// Message attributes to show, or `All`.
    #[serde(default)]
    pub message_attribute_names: Vec<String>,
    /// 1 to 10; 1 if not given.
    pub max_number_of_messages: Option<i64>,
    /// Seconds; the queue's own if not given.
    pub visibility_timeout: Option<i64>,
}

/// Deletes a message that was received.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteMessage {
    pub queue_url: String,
    pub receipt_handle: String,
}

/// Deletes up to ten messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteMessageBatch {
    pub queue_url: String,
    pub entries: Vec<DeleteMessageBatchRequestEntry>,
}

/// One message of a batch to delete.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteMessageBatchRequestEntry {
    pub id: String,
    pub receipt_handle: String,
}

/// Changes how long a received message stays hidden, from now; 0 gives it back at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ChangeMessageVisibility {
    pub queue_url: String,
    pub receipt_handle: String,
    pub visibility_timeout: i64,
}

/// Changes how long up to ten messages stay hidden.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ChangeMessageVisibilityBatch {
    pub queue_url: String,
    pub entries: Vec<ChangeMessageVisibilityBatchRequestEntry>,
}

/// One message of a batch to hide longer or shorter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ChangeMessageVisibilityBatchRequestEntry {
    pub id: String,
    pub receipt_handle: String,
    pub visibility_timeout: i64,
}

impl Sqs {
    pub(super) fn receive_message(
        &mut self,
        input: ReceiveMessage,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        let most = input.max_number_of_messages.unwrap_or(1);
        if !(1..=10).contains(&most) {
            let reason = "Must be between 1 and 10, if provided.";
            return Err(errors::invalid_value(most, "MaxNumberOfMessages", reason));
        }
        if let Some(timeout) = input.visibility_timeout {
            check_timeout(timeout)?;
        }
        let system =
            Wanted::new(input.attribute_names.into_iter().chain(input.message_system_attribute_names));
        let own = Wanted::new(input.message_attribute_names);
        self.redrive(&queue_arn, cx.out);

        let now_ms = cx.moment().epoch_ms();
        let queue = self.queues.get_mut(&queue_arn).ok_or_else(errors::no_queue)?;
        queue.expire(now_ms);
        let timeout_s =
            input.visibility_timeout.unwrap_or_else(|| queue.settings.visibility_timeout_s().into());
        let mut messages: Vec<Value> = Vec::new();
        while messages.len() < most as usize {
            let is_next = |message: &Message| {
                message.visibility(now_ms) == Visibility::Visible
                    && !messages.iter().any(|taken| taken["MessageId"] == *message.id)
            };
            let mut answer = None;
            queue.messages.update(is_next, |message| {
                message.received += 1;
                message.first_received_ms.get_or_insert(now_ms);
                message.hidden_until_ms = now_ms + timeout_s * 1_000;
                answer = Some(message.answer(&system, &own));
            });
            match answer {
                Some(answer) => messages.push(answer),
                None => break,
            }
        }
        let (metric, count) =
            if messages.is_empty() { (metrics::EMPTY, 1) } else { (metrics::RECEIVED, messages.len()) };
        self.count(&queue_arn, Some(metric), count, cx.out);
        Ok(if messages.is_empty() { json!({}) } else { json!({ "Messages": messages }) })
    }

    /// Moves what has been received as often as the redrive policy allows, and is visible again, to the dead-letter
    /// queue. AWS does so when somebody would receive it once more; a queue that is gone takes nothing.
    fn redrive(&mut self, queue_arn: &Arc<str>, out: &mut Outbox<'_>) {
        let now_ms = out.moment().epoch_ms();
        let Some(source) = self.queues.get_mut(queue_arn) else { return };
        let Some(redrive) = source.settings.redrive.clone() else { return };
        let from = Node::new(ServiceName::Sqs, &source.region, Arc::clone(&source.name));
        let is_spent = |message: &Message| {
            message.received >= redrive.max_receive_count && message.visibility(now_ms) == Visibility::Visible
        };
        if !self.queues.contains_key(&redrive.dead_letter_target_arn) {
            return;
        }
        while let Some(source) = self.queues.get_mut(queue_arn)
            && let Some(message) = source.messages.remove(is_spent)
            && let Some(target) = self.queues.get_mut(&redrive.dead_letter_target_arn)
        {
            let to = Node::new(ServiceName::Sqs, &target.region, Arc::clone(&target.name));
            let body = json!({
                "reason": reasons::MAX_RECEIVES,
                "field": "maxReceiveCount",
                "expected": redrive.max_receive_count,
                "actual": message.received,
                "MessageId": message.id,
                "Body": message.body,
            });
            let payload = Payload::json(PayloadKind::Failed, "maxReceiveCount", body);
            out.with_cause(message.cause, |out| {
                out.mark(HopPath::DeadLetter, from.clone(), to, payload, Delay::None);
            });
            // Its age still counts from when it was first sent. Source: SQS developer guide, "Dead-letter queues".
            target.messages.insert(Message {
                received: 0,
                first_received_ms: None,
                dead_letter_source: Some(Arc::clone(queue_arn)),
                ..message
            });
            self.count(&redrive.dead_letter_target_arn, None, 0, out);
        }
    }

    pub(super) fn delete_message(
        &mut self,
        input: DeleteMessage,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        self.delete(&queue_arn, &input.receipt_handle, cx.out)
    }

    pub(super) fn delete_message_batch(
        &mut self,
        input: DeleteMessageBatch,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        batch::check_ids(errors::PREFIX, input.entries.iter().map(|entry| entry.id.as_str()))?;
        let mut results = batch::Results::default();
        for entry in input.entries {
            results.add(&entry.id, self.delete(&queue_arn, &entry.receipt_handle, cx.out));
        }
        Ok(results.into_answer())
    }

    /// Takes a message out. A handle of an earlier receipt succeeds and deletes nothing, as in AWS.
    fn delete(&mut self, queue_arn: &str, handle: &str, out: &mut Outbox<'_>) -> ApiOutcome {
        let (id, receipt) = read_handle(handle).ok_or_else(|| not_a_handle(handle))?;
        if let Some(queue) = self.queues.get_mut(queue_arn) {
            queue.messages.remove(|message| *message.id == *id && message.received == receipt);
        }
        self.count(queue_arn, Some(metrics::DELETED), 1, out);
        Ok(Value::Null)
    }

    pub(super) fn change_message_visibility(
        &mut self,
        input: ChangeMessageVisibility,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        self.hide(&queue_arn, &input.receipt_handle, input.visibility_timeout, cx.out)
    }

    pub(super) fn change_message_visibility_batch(
        &mut self,
        input: ChangeMessageVisibilityBatch,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        batch::check_ids(errors::PREFIX, input.entries.iter().map(|entry| entry.id.as_str()))?;
        let mut results = batch::Results::default();
        for entry in input.entries {
            let hidden = self.hide(&queue_arn, &entry.receipt_handle, entry.visibility_timeout, cx.out);
            results.add(&entry.id, hidden);
        }
        Ok(results.into_answer())
    }

    fn hide(&mut self, queue_arn: &str, handle: &str, timeout_s: i64, out: &mut Outbox<'_>) -> ApiOutcome {
        check_timeout(timeout_s)?;
        let (id, receipt) = read_handle(handle).ok_or_else(|| not_a_handle(handle))?;
        let now_ms = out.moment().epoch_ms();
        let queue = self.queues.get_mut(queue_arn).ok_or_else(errors::no_queue)?;
        let is_it = |message: &Message| {
            *message.id == *id
                && message.received == receipt
                && message.visibility(now_ms) == Visibility::InFlight
        };
        if !queue.messages.update(is_it, |message| message.hidden_until_ms = now_ms + timeout_s * 1_000) {
            return Err(not_in_flight(handle));
        }
        self.count(queue_arn, None, 0, out);
        Ok(Value::Null)
    }
}

fn check_timeout(timeout_s: i64) -> Result<(), ApiError> {
    if (0..=MOST_VISIBILITY_S).contains(&timeout_s) {
        return Ok(());
    }
    let reason = "Must be between 0 and 43200, if provided.";
    Err(errors::invalid_value(timeout_s, "VisibilityTimeout", reason))
}
