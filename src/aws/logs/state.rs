//! Log groups, streams and events.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value, json};

use crate::aws::{
    chunks::{Chunks, Timed},
    parcel::LogEvent,
};

/// What an event weighs beside its text, in bytes: the service counts 26 for each.
pub const EVENT_OVERHEAD: usize = 26;

/// A log group.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: Arc<str>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// `None`: events never expire.
    pub retention_days: Option<u32>,
    streams: BTreeMap<Arc<str>, Stream>,
    stored_bytes: usize,
    /// Counts events, so that each has an id of its own.
    next_event: u64,
}

/// A log stream of a group.
#[derive(Clone, Debug)]
pub struct Stream {
    pub name: Arc<str>,
    /// Epoch milliseconds.
    pub created_at: i64,
    pub last_ingestion: Option<i64>,
    events: Chunks<StoredEvent>,
}

/// One event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Epoch milliseconds, as its writer says.
    pub timestamp: i64,
    pub message: Arc<str>,
    /// Epoch milliseconds.
    pub ingested_at: i64,
    pub number: u64,
}

impl Timed for StoredEvent {
    fn at(&self) -> i64 {
        self.timestamp
    }
}

impl StoredEvent {
    /// Fifty-six digits, as the service's event ids have: when, then which.
    pub fn id(&self) -> String {
        format!("3{:015}{:040}", self.timestamp.max(0), self.number)
    }
}

impl Group {
    pub fn new(name: Arc<str>, now: i64) -> Self {
        Self {
            name,
            created_at: now,
            retention_days: None,
            streams: BTreeMap::new(),
            stored_bytes: 0,
            next_event: 0,
        }
    }

    pub fn stream(&self, name: &str) -> Option<&Stream> {
        self.streams.get(name)
    }

    /// Streams by name.
    pub fn streams(&self) -> impl Iterator<Item = &Stream> {
        self.streams.values()
    }

    /// Every event of every stream, oldest first.
    pub fn events(&self) -> Vec<(&Stream, &StoredEvent)> {
        let mut events: Vec<_> = self
            .streams
            .values()
            .flat_map(|stream| stream.events.iter().map(move |event| (stream, event)))
            .collect();
        events.sort_by_key(|(_, event)| (event.timestamp, event.number));
        events
    }

    /// Makes sure the stream exists.
    pub fn open(&mut self, name: &Arc<str>, now: i64) -> &mut Stream {
        self.streams.entry(Arc::clone(name)).or_insert_with(|| Stream {
            name: Arc::clone(name),
            created_at: now,
            last_ingestion: None,
            events: Chunks::default(),
        })
    }

    pub fn add(&mut self, stream: &Arc<str>, events: &[LogEvent], now: i64) {
        let first = self.next_event;
        self.next_event += events.len() as u64;
        self.stored_bytes += events.iter().map(|event| event.message.len() + EVENT_OVERHEAD).sum::<usize>();
        let expired = self.retention_days.map(|days| now - i64::from(days) * 86_400_000);
        let stream = self.open(stream, now);
        stream.last_ingestion = Some(now);
        for (number, event) in (first..).zip(events) {
            stream.events.insert(StoredEvent {
                timestamp: event.timestamp,
                message: Arc::clone(&event.message),
                ingested_at: now,
                number,
            });
        }
        if let Some(expired) = expired {
            stream.events.forget_before(expired);
        }
    }

    /// As `DescribeLogGroups` answers.
    pub fn describe(&self, arn: &str) -> Value {
        let mut json = Map::new();
        json.insert("logGroupName".into(), json!(&*self.name));
        json.insert("creationTime".into(), json!(self.created_at));
        if let Some(days) = self.retention_days {
            json.insert("retentionInDays".into(), json!(days));
        }
        json.insert("metricFilterCount".into(), json!(0));
        json.insert("arn".into(), json!(format!("{arn}:*")));
        json.insert("storedBytes".into(), json!(self.stored_bytes));
        json.insert("logGroupClass".into(), json!("STANDARD"));
        json.insert("logGroupArn".into(), json!(arn));
        json.into()
    }
}

impl Stream {
    /// Events, oldest first.
    pub fn events(&self) -> impl Iterator<Item = &StoredEvent> {
        self.events.iter()
    }

    pub fn newest(&self) -> Option<&StoredEvent> {
        self.events.last()
    }

    /// As `DescribeLogStreams` answers.
    pub fn describe(&self, group_arn: &str) -> Value {
        let mut json = Map::new();
        json.insert("logStreamName".into(), json!(&*self.name));
        json.insert("creationTime".into(), json!(self.created_at));
        if let (Some(first), Some(last)) = (self.events.first(), self.events.last()) {
            json.insert("firstEventTimestamp".into(), json!(first.timestamp));
            json.insert("lastEventTimestamp".into(), json!(last.timestamp));
        }
        if let Some(ingested_at) = self.last_ingestion {
            json.insert("lastIngestionTime".into(), json!(ingested_at));
            json.insert("uploadSequenceToken".into(), json!(sequence_token(self.events.len())));
        }
        json.insert("arn".into(), json!(format!("{group_arn}:log-stream:{}", self.name)));
        json.insert("storedBytes".into(), json!(0));
        json.into()
    }

    pub const fn len(&self) -> usize {
        self.events.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

/// A token that writers may send back; the service has ignored it since 2023.
pub fn sequence_token(events: usize) -> String {
    format!("49{events:054}")
}
