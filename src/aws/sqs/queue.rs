//! A queue: its settings, its messages, and what a reader may have of them.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    Region,
    message::{Message, Visibility},
    metrics::Activity,
    settings::Settings,
};
use crate::aws::{chunks::Chunks, parcel::ResourceChange, tags::Tags, timestamps};

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    pub arn: Arc<str>,
    pub name: Arc<str>,
    pub url: Arc<str>,
    pub region: Region,
    pub settings: Settings,
    pub tags: Tags,
    /// Epoch milliseconds.
    pub created_ms: i64,
    pub changed_ms: i64,
    pub purged_ms: Option<i64>,
    pub(super) messages: Chunks<Message>,
    pub(super) activity: Activity,
}

/// How many messages a queue holds, by what a reader can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    pub visible: usize,
    pub in_flight: usize,
    pub delayed: usize,
}

impl Queue {
    /// The messages it holds, oldest first.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }

    pub fn depth(&self, now_ms: i64) -> Depth {
        let mut depth = Depth::default();
        for message in self.kept(now_ms) {
            match message.visibility(now_ms) {
                Visibility::Visible => depth.visible += 1,
                Visibility::InFlight => depth.in_flight += 1,
                Visibility::Delayed => depth.delayed += 1,
            }
        }
        depth
    }

    /// How long its oldest message has waited, in seconds.
    pub fn age_of_oldest_s(&self, now_ms: i64) -> i64 {
        self.kept(now_ms).next().map_or(0, |oldest| (now_ms - oldest.sent_ms) / 1_000)
    }

    /// The messages whose retention period has not passed.
    fn kept(&self, now_ms: i64) -> impl Iterator<Item = &Message> {
        self.messages.since(self.oldest_kept_ms(now_ms))
    }

    fn oldest_kept_ms(&self, now_ms: i64) -> i64 {
        now_ms - i64::from(self.settings.retention_s()) * 1_000
    }

    /// Forgets what has been kept long enough. Done whenever somebody looks, so no timer is needed.
    pub(super) fn expire(&mut self, now_ms: i64) {
        self.messages.drop_before(self.oldest_kept_ms(now_ms));
    }

    /// Everything `GetQueueAttributes` can show.
    pub(super) fn attributes(&self, now_ms: i64) -> Map<String, Value> {
        let depth = self.depth(now_ms);
        let mut shown = Map::new();
        shown.insert("QueueArn".to_owned(), json!(self.arn));
        for (name, count) in [
            ("ApproximateNumberOfMessages", depth.visible),
            ("ApproximateNumberOfMessagesNotVisible", depth.in_flight),
            ("ApproximateNumberOfMessagesDelayed", depth.delayed),
        ] {
            shown.insert(name.to_owned(), count.to_string().into());
        }
        for (name, at_ms) in
            [("CreatedTimestamp", self.created_ms), ("LastModifiedTimestamp", self.changed_ms)]
        {
            shown.insert(name.to_owned(), (at_ms / 1_000).to_string().into());
        }
        shown.extend(self.settings.shown());
        shown
    }

    /// The queue as Config records it: its id is its URL.
    pub(super) fn resource(&self, deleted: bool) -> ResourceChange {
        let mut configuration = self.settings.shown();
        configuration.insert("QueueArn".to_owned(), json!(self.arn));
        for (name, at_ms) in
            [("CreatedTimestamp", self.created_ms), ("LastModifiedTimestamp", self.changed_ms)]
        {
            let moment = timestamps::millis_z(timestamps::from_epoch_ms(at_ms));
            configuration.insert(name.to_owned(), moment.into());
        }
        ResourceChange {
            resource_type: "AWS::SQS::Queue".into(),
            resource_id: Arc::clone(&self.url),
            resource_name: Some(Arc::clone(&self.name)),
            arn: Arc::clone(&self.arn),
            availability_zone: "Not Applicable".into(),
            created_at: Some(self.created_ms),
            tags: self.tags.map(),
            relationships: json!([]),
            configuration: if deleted { Value::Null } else { configuration.into() },
            supplementary: json!({}),
            deleted,
        }
    }
}
