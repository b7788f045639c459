//! A message in a queue, and the digests by which a client checks it arrived whole.
//!
//! Source: SQS developer guide, "Calculating the MD5 message digest for message attributes"; API reference,
//! `ReceiveMessage`, for the system attributes.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{errors, names::Wanted};
use crate::{
    aws::{ApiError, blob, chunks::Timed, message_attributes::MessageAttributes},
    kernel::Cause,
};

/// How many attributes a message may have. Source: SQS developer guide, "Amazon SQS message attributes".
const MOST_ATTRIBUTES: usize = 10;

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub id: Arc<str>,
    pub body: Arc<str>,
    pub attributes: Arc<MessageAttributes>,
    /// Who sent it: a user's or a session's id, a service's name.
    pub sender_id: Arc<str>,
    /// What brought it here: the hop it came as, or the call of whoever sent it.
    pub cause: Cause,
    /// Epoch milliseconds; its age counts from here, in a dead-letter queue too.
    pub sent_ms: i64,
    /// Nobody sees it before this moment: a delay, or somebody's visibility timeout.
    pub hidden_until_ms: i64,
    /// How often it has been received.
    pub received: u32,
    pub first_received_ms: Option<i64>,
    /// In a dead-letter queue: the queue it comes from.
    pub dead_letter_source: Option<Arc<str>>,
}

impl Timed for Message {
    fn at(&self) -> i64 {
        self.sent_ms
    }
}

/// Whether a reader can have a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    Visible,
    /// Received, and not deleted yet.
    InFlight,
    /// Sent with a delay that has not passed.
    Delayed,
}

impl Message {
    pub fn visibility(&self, now_ms: i64) -> Visibility {
        match (self.hidden_until_ms <= now_ms, self.received) {
            (true, _) => Visibility::Visible,
            (false, 0) => Visibility::Delayed,
            (false, _) => Visibility::InFlight,
        }
    }

    /// The proof of this receipt: what deletes the message, until it is received again.
    pub fn receipt_handle(&self) -> String {
        format!("AQEB{}", blob::encode(format!("{}#{}", self.id, self.received)))
    }

    /// The message as `ReceiveMessage` answers it.
    pub fn answer(&self, system: &Wanted, own: &Wanted) -> Value {
        let mut answer = json!({
            "MessageId": self.id,
            "ReceiptHandle": self.receipt_handle(),
            "MD5OfBody": md5_of(&self.body),
            "Body": self.body,
        });
        let shown: Map<String, Value> =
            self.system_attributes().into_iter().filter(|(name, _)| system.includes(name)).collect();
        if !shown.is_empty() {
            answer["Attributes"] = shown.into();
        }
        let attributes: MessageAttributes = self
            .attributes
            .iter()
            .filter(|(name, _)| own.includes(name))
            .map(|(name, attribute)| (Arc::clone(name), attribute.clone()))
            .collect();
        if !attributes.is_empty() {
            answer["MD5OfMessageAttributes"] = md5_of_attributes(&attributes).into();
            answer["MessageAttributes"] = json!(attributes);
        }
        answer
    }

    /// What SQS itself says of a message; numbers are texts.
    fn system_attributes(&self) -> Map<String, Value> {
        let mut known = Map::new();
        let mut say = |name: &str, value: String| {
            known.insert(name.to_owned(), value.into());
        };
        say("SenderId", self.sender_id.to_string());
        if let Some(first) = self.first_received_ms {
            say("ApproximateFirstReceiveTimestamp", first.to_string());
        }
        say("ApproximateReceiveCount", self.received.to_string());
        say("SentTimestamp", self.sent_ms.to_string());
        if let Some(source) = &self.dead_letter_source {
            say("DeadLetterQueueSourceArn", source.to_string());
        }
        known
    }
}

/// The message id and the receipt that a handle stands for; `None` for what no queue ever handed out.
pub(super) fn read_handle(handle: &str) -> Option<(String, u32)> {
    let bytes = blob::decode(handle.strip_prefix("AQEB")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, receipt) = text.split_once('#')?;
    Some((id.to_owned(), receipt.parse().ok()?))
}

/// What a sender wrote, checked: its size in bytes, attributes included.
pub(super) fn check(body: &str, attributes: &MessageAttributes, most_bytes: u32) -> Result<usize, ApiError> {
    if body.is_empty() {
        return Err(ApiError::client(
            "MissingParameter",
            "The request must contain the parameter MessageBody.",
        ));
    }
    if attributes.len() > MOST_ATTRIBUTES {
        let message =
            format!("Number of message attributes [{}] exceeds the allowed maximum [10].", attributes.len());
        return Err(ApiError::client("InvalidParameterValue", message));
    }
    for (name, attribute) in attributes {
        if let Some(fault) = attribute.fault(name) {
            return Err(ApiError::client("InvalidParameterValue", fault));
        }
    }
    let size = body.len() + size_of_attributes(attributes);
    if size > most_bytes as usize {
        let reason = format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {most_bytes} bytes."
        );
        return Err(ApiError::client("InvalidParameterValue", reason));
    }
    // What XML 1.0 cannot hold, a queue refuses. Source: SQS API reference, `SendMessage`.
    let is_allowed = |byte: u8| byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r');
    let is_no_character = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}');
    if !body.bytes().all(is_allowed) || (!body.is_ascii() && body.contains(is_no_character)) {
        return Err(ApiError::client(
            "InvalidMessageContents",
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to \
             #xFFFD | #x10000 to #x10FFFF",
        ));
    }
    Ok(size)
}

fn size_of_attributes(attributes: &MessageAttributes) -> usize {
    let size = |(name, attribute): (&Arc<str>, &crate::aws::message_attributes::MessageAttribute)| {
        name.len() + attribute.data_type.len() + attribute.value().map_or(0, |value| value.len())
    };
    attributes.iter().map(size).sum()
}

/// The MD5 of a text, as it is printed.
pub(super) fn md5_of(text: &str) -> String {
    format!("{:032x}", blob::md5(text))
}

/// The digest of attributes: each name, type and value behind its length, in the order of their names.
pub(super) fn md5_of_attributes(attributes: &MessageAttributes) -> String {
    const STRING: u8 = 1;
    const BINARY: u8 = 2;
    let mut whole = Vec::new();
    for (name, attribute) in attributes {
        let decoded = attribute.binary_value.as_ref().and_then(|value| blob::decode(value).ok());
        let text = attribute.string_value.as_deref().unwrap_or_default();
        add(&mut whole, name.as_bytes());
        add(&mut whole, attribute.data_type.as_bytes());
        whole.push(if decoded.is_some() { BINARY } else { STRING });
        add(&mut whole, decoded.as_deref().unwrap_or(text.as_bytes()));
    }
    format!("{:032x}", blob::md5(whole))
}

fn add(whole: &mut Vec<u8>, bytes: &[u8]) {
    whole.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    whole.extend(bytes);
}

/// The message of a handle that is no handle.
pub(super) fn not_a_handle(handle: &str) -> ApiError {
    let message = format!("The input receipt handle \"{handle}\" is not a valid receipt handle.");
    ApiError { status: 404, ..ApiError::client("ReceiptHandleIsInvalid", message) }
}

/// A handle of a message that is no longer in flight.
pub(super) fn not_in_flight(handle: &str) -> ApiError {
    errors::invalid_value(
        handle,
        "ReceiptHandle",
        "Message does not exist or is not available for visibility timeout change.",
    )
}
