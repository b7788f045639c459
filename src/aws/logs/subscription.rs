//! Subscription filters: lines that match are sent to a function as they arrive.
//!
//! Source: user guide, "Log group-level subscription filters": the payload is JSON, compressed and in base64, under
//! `awslogs.data`.

use std::{
    io::{Read as _, Write as _},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Value, json};

use super::{pattern::Pattern, state::StoredEvent};

/// On whose behalf functions are invoked. Source: user guide, "Subscription filters with AWS Lambda".
pub const PRINCIPAL: &str = "logs.amazonaws.com";

/// A subscription filter of a log group.
#[derive(Clone, Debug)]
pub struct SubscriptionFilter {
    pub name: Arc<str>,
    pub pattern_text: Arc<str>,
    pub pattern: Pattern,
    pub destination_arn: Arc<str>,
    /// Epoch milliseconds.
    pub created_at: i64,
}

impl SubscriptionFilter {
    /// As `DescribeSubscriptionFilters` answers.
    pub fn describe(&self, group: &str) -> Value {
        json!({
            "filterName": &*self.name,
            "logGroupName": group,
            "filterPattern": &*self.pattern_text,
            "destinationArn": &*self.destination_arn,
            "distribution": "ByLogStream",
            "applyOnTransformedLogs": false,
            "creationTime": self.created_at,
        })
    }

    /// The message that carries lines of a stream; shape as in the sample `lambda-event-cwlogs`.
    pub fn message(&self, owner: &str, group: &str, stream: &str, events: &[&StoredEvent]) -> Value {
        let line = |event: &&StoredEvent| json!({ "id": event.id(), "timestamp": event.timestamp, "message": &*event.message });
        json!({
            "messageType": "DATA_MESSAGE",
            "owner": owner,
            "logGroup": group,
            "logStream": stream,
            "subscriptionFilters": [&*self.name],
            "logEvents": events.iter().map(line).collect::<Vec<_>>(),
        })
    }
}

/// The event a function receives.
pub fn encode(message: &Value) -> Value {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let zipped = encoder.write_all(message.to_string().as_bytes()).and_then(|()| encoder.finish());
    json!({ "awslogs": { "data": STANDARD.encode(zipped.expect("writing to memory cannot fail")) } })
}

/// The message in the event a function receives.
pub fn decode(event: &Value) -> Option<Value> {
    let zipped = STANDARD.decode(event.pointer("/awslogs/data")?.as_str()?).ok()?;
    let mut text = String::new();
    GzDecoder::new(&*zipped).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
