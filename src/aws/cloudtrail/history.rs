//! The event history of a region: its management events of the last ninety days.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::{
    aws::{chunks::Timed, record::Record, timestamps},
    kernel::{HopId, SimTime},
};

/// How long the event history reaches back (CloudTrail User Guide).
pub(super) const KEPT: TimeDelta = TimeDelta::days(90);

/// One management event of the history.
#[derive(Clone, Debug)]
pub struct HistoryEvent {
    pub record: Record,
    /// When the call was made.
    pub at: SimTime,
    pub utc: DateTime<Utc>,
    /// From when on it shows.
    pub visible_at: SimTime,
    /// The `api>trail` hop that brought it.
    pub hop: HopId,
}

impl Timed for Arc<HistoryEvent> {
    fn at(&self) -> i64 {
        self.utc.timestamp_millis()
    }
}

impl HistoryEvent {
    /// Whether it shows at that moment: arrived already, and not older than ninety days.
    pub fn is_visible(&self, now: SimTime, utc: DateTime<Utc>) -> bool {
        self.visible_at <= now && utc - self.utc <= KEPT
    }

    /// `Username` of `LookupEvents`: the user, the role's session, `root`.
    pub fn username(&self) -> Option<&str> {
        let identity = self.record.json.get("userIdentity")?;
        let text = |key: &str| identity.get(key).and_then(Value::as_str);
        match text("type")? {
            "Root" => Some("root"),
            "AssumedRole" => {
                text("principalId").and_then(|id| id.split_once(':')).map(|(_, session)| session)
            }
            _ => text("userName"),
        }
    }

    pub fn access_key_id(&self) -> Option<&str> {
        self.record.json.get("userIdentity")?.get("accessKeyId")?.as_str()
    }

    /// The event as `LookupEvents` answers it.
    pub fn listing(&self) -> Value {
        let mut event = Map::new();
        event.insert("EventId".to_owned(), (*self.record.event_id).into());
        event.insert("EventName".to_owned(), (*self.record.event_name).into());
        event.insert("ReadOnly".to_owned(), self.record.read_only.to_string().into());
        if let Some(key) = self.access_key_id() {
            event.insert("AccessKeyId".to_owned(), key.into());
        }
        let whole_second = timestamps::from_epoch_ms(self.utc.timestamp() * 1_000);
        event.insert("EventTime".to_owned(), timestamps::cli(whole_second).into());
        event.insert("EventSource".to_owned(), self.record.event_source.into());
        if let Some(name) = self.username() {
            event.insert("Username".to_owned(), name.into());
        }
        let resources: Vec<Value> = self
            .record
            .touched
            .iter()
            .map(|touched| json!({ "ResourceType": touched.resource_type, "ResourceName": &*touched.name }))
            .collect();
        event.insert("Resources".to_owned(), resources.into());
        event.insert("CloudTrailEvent".to_owned(), self.record.json.to_string().into());
        Value::Object(event)
    }
}

/// A history event, ready to keep.
pub(super) fn event(
    record: &Record,
    (at, utc): (SimTime, DateTime<Utc>),
    visible_at: SimTime,
    hop: HopId,
) -> Arc<HistoryEvent> {
    Arc::new(HistoryEvent { record: record.clone(), at, utc, visible_at, hop })
}
