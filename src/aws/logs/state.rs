//! Log groups, streams and events.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value, json};

use super::{metric_filter::MetricFilter, subscription::SubscriptionFilter};
use crate::aws::{
    chunks::{Chunks, Timed},
    parcel::LogEvent,
    tags::Tags,
};

/// What an event weighs beside its text, in bytes: the service counts 26 for each.
pub const EVENT_OVERHEAD: usize = 26;
const DAY_MS: i64 = 86_400_000;

/// A log group.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: Arc<str>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// `None`: events never expire.
    pub retention_days: Option<u32>,
    pub tags: Tags,
    pub(super) metric_filters: BTreeMap<Arc<str>, MetricFilterState>,
    pub(super) subscription_filters: BTreeMap<Arc<str>, Arc<SubscriptionFilter>>,
    streams: BTreeMap<Arc<str>, Stream>,
    /// Counts events, so that each has an id of its own.
    next_event: u64,
}

/// A metric filter, and the minute it is in.
#[derive(Clone, Debug)]
pub struct MetricFilterState {
    pub filter: Arc<MetricFilter>,
    pub minute: Option<Minute>,
}

/// A minute in which a filter saw lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    /// Epoch milliseconds.
    pub start: i64,
    pub has_match: bool,
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
            tags: Tags::default(),
            metric_filters: BTreeMap::new(),
            subscription_filters: BTreeMap::new(),
            streams: BTreeMap::new(),
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

    /// Metric filters by name.
    pub fn metric_filters(&self) -> impl Iterator<Item = &MetricFilter> {
        self.metric_filters.values().map(|state| &*state.filter)
    }

    /// Subscription filters by name.
    pub fn subscription_filters(&self) -> impl Iterator<Item = &SubscriptionFilter> {
        self.subscription_filters.values().map(AsRef::as_ref)
    }

    pub(super) fn remove_stream(&mut self, name: &str) -> Option<Stream> {
        self.streams.remove(name)
    }

    /// The events of a stream that have not expired, oldest first.
    pub fn kept<'s>(&self, stream: &'s Stream, now: i64) -> impl Iterator<Item = &'s StoredEvent> + use<'s> {
        stream.events.since(self.expired_before(now))
    }

    /// Events before this moment have expired.
    fn expired_before(&self, now: i64) -> i64 {
        self.retention_days.map_or(i64::MIN, |days| now - i64::from(days) * DAY_MS)
    }

    /// Every event of every stream that has not expired, oldest first.
    pub fn events(&self, now: i64) -> Vec<(&Stream, &StoredEvent)> {
        let mut events: Vec<_> = self
            .streams
            .values()
            .flat_map(|stream| self.kept(stream, now).map(move |event| (stream, event)))
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

    /// Keeps events, and gives them back as they are kept.
    pub fn add(&mut self, stream: &Arc<str>, events: &[LogEvent], now: i64) -> Vec<StoredEvent> {
        let numbers = self.next_event..;
        self.next_event += events.len() as u64;
        let expired = self.expired_before(now);
        let stream = self.open(stream, now);
        stream.last_ingestion = Some(now);
        let kept: Vec<StoredEvent> = numbers
            .zip(events)
            .map(|(number, event)| StoredEvent {
                timestamp: event.timestamp,
                message: Arc::clone(&event.message),
                ingested_at: now,
                number,
            })
            .collect();
        for event in &kept {
            stream.events.insert(event.clone());
        }
        stream.events.forget_before(expired);
        kept
    }

    /// As `DescribeLogGroups` answers.
    pub fn describe(&self, arn: &str, now: i64) -> Value {
        let size = |(_, event): &(&Stream, &StoredEvent)| event.message.len() + EVENT_OVERHEAD;
        let stored_bytes: usize = self.events(now).iter().map(size).sum();
        let mut json = Map::new();
        json.insert("logGroupName".into(), json!(&*self.name));
        json.insert("creationTime".into(), json!(self.created_at));
        if let Some(days) = self.retention_days {
            json.insert("retentionInDays".into(), json!(days));
        }
        json.insert("metricFilterCount".into(), json!(self.metric_filters.len()));
        json.insert("arn".into(), json!(format!("{arn}:*")));
        json.insert("storedBytes".into(), json!(stored_bytes));
        json.insert("logGroupClass".into(), json!("STANDARD"));
        json.insert("logGroupArn".into(), json!(arn));
        json.into()
    }
}

impl MetricFilterState {
    pub const fn new(filter: Arc<MetricFilter>) -> Self {
        Self { filter, minute: None }
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
