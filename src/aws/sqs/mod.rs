//! SQS: standard queues, in which messages wait until somebody takes them out.
//!
//! A message comes from somebody's `SendMessage`, or from a service that the queue's policy lets in; without a
//! policy no service gets in. Receiving hides a message, deleting removes it, and one that is received too often
//! moves to the dead-letter queue. Nothing here needs a timer: visibility, delay and retention are moments that
//! are compared when somebody looks.
//!
//! Refused by name: FIFO queues, long polling, message move tasks.
//!
//! Source: SQS developer guide and API reference; API model `sqs` in botocore.

mod errors;
mod message;
mod metrics;
mod names;
mod queue;
mod queues;
mod receive;
mod send;
mod settings;
mod tagging;
#[cfg(test)]
mod tests;
mod urls;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Plane, Region, Service,
    ServiceName,
    key_use::KeyUse,
    note::{Reason, reasons},
    operation::operations,
    parcel::{Sender, Timer},
    service::{Admission, Reception, TrailShape},
};

pub use message::Message;
pub use queue::{Depth, Queue};
pub use queues::{
    CreateQueue, DeleteQueue, GetQueueAttributes, GetQueueUrl, ListDeadLetterSourceQueues, ListQueues,
    PurgeQueue, SetQueueAttributes,
};
pub use receive::{
    ChangeMessageVisibility, ChangeMessageVisibilityBatch, DeleteMessage, DeleteMessageBatch, ReceiveMessage,
};
pub use send::{SendMessage, SendMessageBatch};
pub use tagging::{ListQueueTags, TagQueue, UntagQueue};
pub use urls::url_of_arn;

operations! { pub Sqs:
    ChangeMessageVisibility: Write Data => change_message_visibility;
    ChangeMessageVisibilityBatch: Write Data => change_message_visibility_batch;
    CreateQueue: Write => create_queue;
    DeleteMessage: Write Data => delete_message;
    DeleteMessageBatch: Write Data => delete_message_batch;
    DeleteQueue: Write => delete_queue;
    GetQueueAttributes: Read => get_queue_attributes;
    GetQueueUrl: Read => get_queue_url;
    ListDeadLetterSourceQueues: Read => list_dead_letter_source_queues;
    ListQueueTags: Read => list_queue_tags;
    ListQueues: Read => list_queues;
    PurgeQueue: Write => purge_queue;
    ReceiveMessage: Write Data => receive_message;
    SendMessage: Write Data => send_message;
    SendMessageBatch: Write Data => send_message_batch;
    SetQueueAttributes: Write => set_queue_attributes;
    TagQueue: Write => tag_queue;
    UntagQueue: Write => untag_queue;
}

/// The state of SQS.
#[derive(Clone, Debug, Default)]
pub struct Sqs {
    account_id: Arc<str>,
    /// By ARN.
    queues: BTreeMap<Arc<str>, Queue>,
    deleted_ms: queues::Deletions,
    /// The Regions whose queues report each minute.
    reporting: BTreeSet<Region>,
}

impl Sqs {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), ..Self::default() }
    }

    pub fn queue(&self, arn: &str) -> Option<&Queue> {
        self.queues.get(arn)
    }

    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values()
    }
}

impl Service for Sqs {
    fn name(&self) -> ServiceName {
        ServiceName::Sqs
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::QueueMessage(message) => self.take(message, region, out),
            Parcel::Timer(Timer::Named { name, .. }) if *name == metrics::REPORT => {
                self.report(region, out);
                Ok(())
            }
            _ => Err(Reason::new(reasons::NO_RESOURCE, "SQS takes messages for queues")),
        }
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let text = |name: &str| call.parameters.get(name).and_then(Value::as_str);
        let by_name = || text("QueueName").map(|name| super::arn::arn("sqs", &call.region, account_id, name));
        let arn = text("QueueUrl").and_then(urls::arn_of_url).or_else(by_name);
        vec![arn.unwrap_or_else(|| "*".to_owned())]
    }

    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        let by = Sender::Service {
            principal: admission.principal.into(),
            source_arn: Arc::clone(&admission.source_arn),
        };
        admission.asks.iter().try_for_each(|(_, arn)| self.admit(self.queue_in(arn, region)?, &by))
    }

    fn key_for_parcel(&self, parcel: &Parcel) -> Option<KeyUse> {
        let Parcel::QueueMessage(message) = parcel else { return None };
        let queue = self.queues.get(&message.queue_arn)?;
        self.admit(queue, &message.by).ok()?;
        Some(KeyUse {
            key: Arc::clone(queue.settings.kms_key()?),
            operations: &["GenerateDataKey", "Decrypt"],
        })
    }

    fn key_for_call(&self, operation: &'static Operation, call: &ApiCall) -> Option<KeyUse> {
        let operations: &[&str] = match operation.name {
            "SendMessage" | "SendMessageBatch" => &["GenerateDataKey", "Decrypt"],
            "ReceiveMessage" => &["Decrypt"],
            _ => return None,
        };
        let url = call.parameters.get("QueueUrl")?.as_str()?;
        let queue = self.queues.get(urls::arn_of_url(url)?.as_str())?;
        Some(KeyUse { key: Arc::clone(queue.settings.kms_key()?), operations })
    }

    fn resource_policy(&self, _operation: &'static Operation, call: &ApiCall) -> Option<Value> {
        let url = call.parameters.get("QueueUrl")?.as_str()?;
        let queue = self.queues.get(urls::arn_of_url(url)?.as_str())?;
        serde_json::from_str(queue.settings.policy_text()?).ok()
    }

    fn trail_shape(&self, operation: &'static Operation, call: &ApiCall, outcome: &ApiOutcome) -> TrailShape {
        let arn = call.parameters.get("QueueUrl").and_then(Value::as_str).and_then(urls::arn_of_url);
        let resources = arn
            .filter(|_| operation.plane == Plane::Data)
            .map(|arn| json!([{ "accountId": self.account_id, "type": "AWS::SQS::Queue", "ARN": arn }]));
        // What a reader received is nobody else's to read.
        let is_receipt = operation.name == "ReceiveMessage" && outcome.is_ok();
        TrailShape { resources, response: is_receipt.then_some(Value::Null), ..TrailShape::default() }
    }
}
