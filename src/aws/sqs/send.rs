//! Messages arriving in a queue: from somebody's `SendMessage`, or from a service the queue's policy lets in.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    ApiOutcome, CallContext, Outbox, Queue, Reason, Reception, Region, Sqs, errors,
    message::{self, Message, md5_of, md5_of_attributes},
    metrics, reasons,
};
use crate::aws::{
    Delay, HopPath, Node, Payload, PayloadKind, ServiceName, batch,
    message_attributes::MessageAttributes,
    parcel::{QueueMessage, Sender},
    policy::ServiceAtDoor,
};

/// The longest delay of one message, in seconds. Source: SQS API reference, `SendMessage`.
const MOST_DELAY_S: i64 = 900;

/// Sends a message to a queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SendMessage {
    pub queue_url: String,
    pub message_body: String,
    /// Seconds before anybody sees it; the queue's own delay if not given.
    pub delay_seconds: Option<i64>,
    /// Name to `{DataType, StringValue}`.
    #[serde(default)]
    pub message_attributes: MessageAttributes,
}

/// Sends up to ten messages to a queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SendMessageBatch {
    pub queue_url: String,
    pub entries: Vec<SendMessageBatchRequestEntry>,
}

/// One message of a batch.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SendMessageBatchRequestEntry {
    pub id: String,
    pub message_body: String,
    pub delay_seconds: Option<i64>,
    #[serde(default)]
    pub message_attributes: MessageAttributes,
}

impl Sqs {
    pub(super) fn send_message(&mut self, input: SendMessage, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        self.put(&queue_arn, input.message_body, input.message_attributes, input.delay_seconds, cx)
    }

    pub(super) fn send_message_batch(
        &mut self,
        input: SendMessageBatch,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue_arn = self.found(&input.queue_url, cx)?;
        batch::check_ids(errors::PREFIX, input.entries.iter().map(|entry| entry.id.as_str()))?;
        let mut results = batch::Results::default();
        for entry in input.entries {
            let sent =
                self.put(&queue_arn, entry.message_body, entry.message_attributes, entry.delay_seconds, cx);
            results.add(&entry.id, sent);
        }
        Ok(results.into_answer())
    }

    fn put(
        &mut self,
        queue_arn: &Arc<str>,
        body: String,
        attributes: MessageAttributes,
        delay_s: Option<i64>,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let queue = self.queues.get(queue_arn).ok_or_else(errors::no_queue)?;
        message::check(&body, &attributes, queue.settings.maximum_message_bytes())?;
        let delay_s = delay_s.unwrap_or_else(|| i64::from(queue.settings.delay_s()));
        if !(0..=MOST_DELAY_S).contains(&delay_s) {
            let reason = "DelaySeconds must be >= 0 and <= 900.";
            return Err(errors::invalid_value(delay_s, "DelaySeconds", reason));
        }
        let from = Node::new(ServiceName::Outside, cx.region(), cx.call.by.name());
        let to = Node::new(ServiceName::Sqs, &queue.region, Arc::clone(&queue.name));
        let attributes = Arc::new(attributes);
        let message_id = cx.out.uuid();
        let mut answer = json!({ "MD5OfMessageBody": md5_of(&body), "MessageId": message_id });
        if !attributes.is_empty() {
            answer["MD5OfMessageAttributes"] = md5_of_attributes(&attributes).into();
        }
        let shown = json!({ "MessageId": message_id, "Body": body, "MessageAttributes": *attributes });
        let hop = cx.out.mark(
            HopPath::AppSqs,
            from,
            to,
            Payload::json(PayloadKind::Queue, "SendMessage", shown),
            Delay::None,
        );
        let sender_id: Arc<str> = cx.call.by.name().into();
        cx.out.caused_by(hop, |out| {
            self.keep(queue_arn, message_id.into(), body.into(), attributes, sender_id, delay_s, out);
        });
        Ok(answer)
    }

    /// Takes a message that the engine delivers, if the queue's policy lets its sender in.
    pub(super) fn take(&mut self, parcel: &QueueMessage, region: &Region, out: &mut Outbox<'_>) -> Reception {
        let queue = self.queue_in(&parcel.queue_arn, region)?;
        self.admit(queue, &parcel.by)?;
        let sender_id = match &parcel.by {
            Sender::Authorised => Arc::clone(&self.account_id),
            Sender::Service { principal, .. } => Arc::clone(principal),
            Sender::Role { role_arn, .. } => Arc::clone(role_arn),
        };
        message::check(&parcel.body, &parcel.attributes, queue.settings.maximum_message_bytes())
            .map_err(|error| Reason::new(reasons::INVALID_INPUT, error.message))?;
        let delay_s = i64::from(queue.settings.delay_s());
        let message_id = out.uuid().into();
        let (body, attributes) = (Arc::clone(&parcel.body), Arc::clone(&parcel.attributes));
        self.keep(&parcel.queue_arn, message_id, body, attributes, sender_id, delay_s, out);
        Ok(())
    }

    /// The queue of that ARN, if it is one of this region.
    pub(super) fn queue_in(&self, arn: &str, region: &Region) -> Result<&Queue, Reason> {
        let found = self.queues.get(arn).filter(|queue| queue.region == *region);
        found.ok_or_else(|| Reason::new(reasons::NO_RESOURCE, arn))
    }

    /// Asks the queue's policy whether a service that comes in its own name may send.
    pub(super) fn admit(&self, queue: &Queue, by: &Sender) -> Reception {
        let Sender::Service { principal, source_arn } = by else { return Ok(()) };
        let service = ServiceAtDoor {
            principal,
            source_arn,
            account_id: &self.account_id,
            action: "sqs:SendMessage",
            resource: &queue.arn,
        };
        if queue.settings.policy().is_some_and(|policy| policy.admits(&service)) {
            return Ok(());
        }
        let detail = format!(
            "User: {principal} is not authorized to perform: sqs:sendmessage on resource: {} because no \
             resource-based policy allows the sqs:sendmessage action",
            queue.arn
        );
        Err(Reason::new(reasons::NOT_AUTHORISED, detail))
    }

    #[allow(clippy::too_many_arguments)] // the parts of one message
    fn keep(
        &mut self,
        queue_arn: &str,
        id: Arc<str>,
        body: Arc<str>,
        attributes: Arc<MessageAttributes>,
        sender_id: Arc<str>,
        delay_s: i64,
        out: &mut Outbox<'_>,
    ) {
        let now_ms = out.moment().epoch_ms();
        if let Some(queue) = self.queues.get_mut(queue_arn) {
            queue.expire(now_ms);
            queue.messages.insert(Message {
                id,
                body,
                attributes,
                sender_id,
                cause: out.cause(),
                sent_ms: now_ms,
                hidden_until_ms: now_ms + delay_s * 1_000,
                received: 0,
                first_received_ms: None,
                dead_letter_source: None,
            });
        }
        self.count(queue_arn, Some(metrics::SENT), 1, out);
    }
}
