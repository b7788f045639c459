//! Messages arriving at a topic: from somebody's `Publish`, or from a service the topic's policy lets in.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Outbox, Reason, Reception, Region, Sns, Topic,
    errors::{invalid, no_topic},
    reasons,
    state::Protocol,
};
use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, ServiceName, batch,
    message_attributes::MessageAttributes,
    outbox::Send,
    parcel::{self, Sender},
    policy::ServiceAtDoor,
};

/// The longest message, in bytes, attributes included. Source: SNS API reference, `Publish`.
const MOST_BYTES: usize = 262_144;
/// The longest subject, in characters. Source: the same.
const LONGEST_SUBJECT: usize = 100;

/// Sends a message to a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Publish {
    pub topic_arn: Option<String>,
    /// The same as `TopicArn`.
    pub target_arn: Option<String>,
    pub message: String,
    pub subject: Option<String>,
    /// `json` when the message holds one text per protocol.
    pub message_structure: Option<String>,
    /// Name to `{DataType, StringValue}`.
    #[serde(default)]
    pub message_attributes: MessageAttributes,
}

/// Sends up to ten messages to a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PublishBatch {
    pub topic_arn: String,
    pub publish_batch_request_entries: Vec<PublishBatchRequestEntry>,
}

/// One message of a batch.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PublishBatchRequestEntry {
    pub id: String,
    pub message: String,
    pub subject: Option<String>,
    pub message_structure: Option<String>,
    #[serde(default)]
    pub message_attributes: MessageAttributes,
}

/// A message as a caller words it.
struct Words {
    message: String,
    subject: Option<String>,
    structure: Option<String>,
    attributes: MessageAttributes,
}

impl Sns {
    pub(super) fn publish(&mut self, input: Publish, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let arn = input
            .topic_arn
            .or(input.target_arn)
            .ok_or_else(|| invalid("TopicArn or TargetArn Reason: no value for required parameter"))?;
        let topic = self.topics.get(arn.as_str()).cloned().ok_or_else(no_topic)?;
        let words = Words {
            message: input.message,
            subject: input.subject,
            structure: input.message_structure,
            attributes: input.message_attributes,
        };
        send(&topic, words, cx)
    }

    pub(super) fn publish_batch(&mut self, input: PublishBatch, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let topic = self.topics.get(input.topic_arn.as_str()).cloned().ok_or_else(no_topic)?;
        let entries = input.publish_batch_request_entries;
        batch::check_ids("", entries.iter().map(|entry| entry.id.as_str()))?;
        let together: usize =
            entries.iter().map(|entry| size(&entry.message, &entry.message_attributes)).sum();
        if together > MOST_BYTES {
            let message = "The length of all the messages put together is more than the limit.";
            return Err(ApiError::client("BatchRequestTooLong", message));
        }
        let mut results = batch::Results::default();
        for entry in entries {
            let words = Words {
                message: entry.message,
                subject: entry.subject,
                structure: entry.message_structure,
                attributes: entry.message_attributes,
            };
            results.add(&entry.id, send(&topic, words, cx));
        }
        Ok(results.into_answer())
    }

    /// Takes a message that the engine delivers, if the topic's policy lets its sender in.
    pub(super) fn take(
        &mut self,
        message: &parcel::Publish,
        region: &Region,
        out: &mut Outbox<'_>,
    ) -> Reception {
        let topic = Arc::clone(self.topic_in(&message.topic_arn, region)?);
        self.admit(&topic, &message.by)?;
        self.fan_out(&topic, message, out);
        Ok(())
    }

    /// The topic of that ARN, if it is one of this region.
    pub(super) fn topic_in(&self, arn: &str, region: &Region) -> Result<&Arc<Topic>, Reason> {
        let found = self.topics.get(arn).filter(|topic| topic.region == *region);
        found.ok_or_else(|| Reason::new(reasons::NO_RESOURCE, arn))
    }

    /// Asks the topic's policy whether a service that comes in its own name may publish.
    pub(super) fn admit(&self, topic: &Topic, by: &Sender) -> Reception {
        let Sender::Service { principal, source_arn } = by else { return Ok(()) };
        let service = ServiceAtDoor {
            principal,
            source_arn,
            account_id: &self.account_id,
            action: "sns:Publish",
            resource: &topic.arn,
        };
        if topic.policy.admits(&service) {
            return Ok(());
        }
        let detail = format!(
            "User: {principal} is not authorized to perform: SNS:Publish on resource: {} because no resource-based \
             policy allows the SNS:Publish action",
            topic.arn
        );
        Err(Reason::new(reasons::NOT_AUTHORISED, detail))
    }
}

/// Sends the message of an authorised caller on its way. The subscribers get it from the topic a moment later, so
/// that the way to the topic is a hop of its own.
fn send(topic: &Topic, words: Words, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
    check(&words)?;
    let (text, by_protocol) = texts(&words)?;
    let message_id = cx.out.uuid();
    let message = Arc::new(parcel::Publish {
        topic_arn: Arc::clone(&topic.arn),
        subject: words.subject.map(Into::into),
        message: text,
        by_protocol: Arc::new(by_protocol),
        attributes: Arc::new(words.attributes),
        by: Sender::Authorised,
    });
    let title: Arc<str> = message.subject.clone().unwrap_or_else(|| "Publish".into());
    let mut shown = json!({
        "MessageId": message_id,
        "TopicArn": topic.arn,
        "Subject": message.subject,
        "Message": words.message,
    });
    if !message.attributes.is_empty() {
        shown["MessageAttributes"] = json!(*message.attributes);
    }
    cx.out.send(Send {
        path: HopPath::AppSns,
        from: Node::new(ServiceName::Outside, cx.region(), cx.call.by.name()),
        to: topic.node(),
        payload: Payload::json(PayloadKind::Notice, title, shown),
        parcel: Parcel::Publish(message),
        delay: Delay::None,
        reference: None,
    });
    Ok(json!({ "MessageId": message_id }))
}

fn check(words: &Words) -> Result<(), ApiError> {
    if words.message.is_empty() {
        return Err(invalid("Empty message"));
    }
    if size(&words.message, &words.attributes) > MOST_BYTES {
        return Err(invalid("Message too long"));
    }
    if let Some(subject) = &words.subject {
        let is_too_long = subject.chars().count() > LONGEST_SUBJECT;
        if subject.is_empty() || is_too_long || subject.chars().any(char::is_control) {
            return Err(invalid("Subject"));
        }
    }
    for (name, attribute) in &words.attributes {
        let is_array = &*attribute.data_type == "String.Array";
        let is_list = |text: &Arc<str>| serde_json::from_str::<Vec<Value>>(text).is_ok();
        if let Some(fault) = attribute.fault(name) {
            return Err(ApiError::client("ParameterValueInvalid", fault));
        }
        if is_array && !attribute.string_value.as_ref().is_some_and(is_list) {
            return Err(ApiError::client(
                "ParameterValueInvalid",
                format!("The message attribute '{name}' of type String.Array must hold a JSON array."),
            ));
        }
    }
    Ok(())
}

fn size(message: &str, attributes: &MessageAttributes) -> usize {
    let of_attributes = attributes.iter().map(|(name, attribute)| {
        name.len() + attribute.data_type.len() + attribute.value().map_or(0, |value| value.len())
    });
    message.len() + of_attributes.sum::<usize>()
}

/// Texts by the protocol they are for.
type ByProtocol = BTreeMap<Arc<str>, Arc<str>>;

/// The text for everybody, and those for subscribers of one protocol, when the message is a JSON object of them.
/// Keys that name no protocol, and values that are no texts, are ignored.
fn texts(words: &Words) -> Result<(Arc<str>, ByProtocol), ApiError> {
    match words.structure.as_deref() {
        None => Ok((words.message.as_str().into(), BTreeMap::new())),
        Some("json") => {
            let texts: Value = serde_json::from_str(&words.message)
                .ok()
                .filter(Value::is_object)
                .ok_or_else(|| invalid("Message Structure - JSON message body failed to parse"))?;
            let text = |name: &str| texts.get(name).and_then(Value::as_str).map(Arc::from);
            let everybody = text("default")
                .ok_or_else(|| invalid("Message Structure - No default entry in JSON message body"))?;
            let named = |protocol: &Protocol| Some((protocol.as_str().into(), text(protocol.as_str())?));
            Ok((everybody, Protocol::ALL.iter().filter_map(named).collect()))
        }
        Some(_) => Err(invalid("Invalid message structure")),
    }
}
