//! Operations on events: writing them and reading them back.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{invalid, named_group, no_group, no_stream, offset, token};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    logs::{
        Logs,
        pattern::{Line, Pattern},
        state::{EVENT_OVERHEAD, StoredEvent, sequence_token},
    },
    parcel::LogEvent,
};

/// The most events and bytes of a batch, or of a page.
const MOST_EVENTS: usize = 10_000;
const MOST_BYTES: usize = 1_048_576;
const DAY_MS: i64 = 86_400_000;
const TWO_HOURS_MS: i64 = 2 * 3_600_000;
/// Events older than that are rejected, whatever the retention.
const OLDEST_DAYS: i64 = 14;

/// Writes a batch of events to a stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutLogEvents {
    pub log_group_name: String,
    pub log_stream_name: String,
    /// In chronological order.
    pub log_events: Vec<InputLogEvent>,
    /// Ignored by the service since 2023.
    #[expect(dead_code, reason = "the service takes it and ignores it")]
    pub sequence_token: Option<String>,
}

/// One event to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InputLogEvent {
    /// Epoch milliseconds.
    #[schemars(range(min = 0))]
    pub timestamp: i64,
    #[schemars(length(min = 1))]
    pub message: String,
}

/// Reads the events of one stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetLogEvents {
    pub log_group_name: Option<String>,
    /// A name or an ARN, instead of the name.
    pub log_group_identifier: Option<String>,
    pub log_stream_name: String,
    /// Epoch milliseconds.
    pub start_time: Option<i64>,
    /// Epoch milliseconds.
    pub end_time: Option<i64>,
    pub next_token: Option<String>,
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: Option<usize>,
    /// Begin with the oldest events instead of the newest.
    pub start_from_head: Option<bool>,
}

/// Searches the events of a group's streams.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FilterLogEvents {
    pub log_group_name: Option<String>,
    /// A name or an ARN, instead of the name.
    pub log_group_identifier: Option<String>,
    #[serde(default)]
    pub log_stream_names: Vec<String>,
    pub log_stream_name_prefix: Option<String>,
    /// Epoch milliseconds.
    pub start_time: Option<i64>,
    /// Epoch milliseconds.
    pub end_time: Option<i64>,
    /// Such as `ERROR "timed out"` or `{ $.eventName = ConsoleLogin }`.
    #[schemars(length(max = 1024))]
    pub filter_pattern: Option<String>,
    pub next_token: Option<String>,
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: Option<usize>,
    /// Ignored by the service since 2019: the streams of a group are always interleaved.
    #[expect(dead_code, reason = "the service takes it and ignores it")]
    pub interleaved: Option<bool>,
}

impl Logs {
    pub(super) fn put_log_events(&mut self, input: PutLogEvents, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_batch(&input.log_events)?;
        let now = cx.moment().epoch_ms();
        let region = cx.region().clone();
        let group = self.group(&region, &input.log_group_name).ok_or_else(no_group)?;
        let stream = group.stream(&input.log_stream_name).ok_or_else(no_stream)?;
        let name = Arc::clone(&stream.name);
        let sorted = Sorted::of(&input.log_events, now, group.retention_days);
        let accepted: Vec<LogEvent> = input.log_events[sorted.first..sorted.end]
            .iter()
            .map(|event| LogEvent { timestamp: event.timestamp, message: event.message.as_str().into() })
            .collect();
        let written = stream.len() + accepted.len();
        if !accepted.is_empty() {
            self.ingest(&region, &input.log_group_name, &name, &accepted, cx.out);
        }
        let mut answer = Map::new();
        answer.insert("nextSequenceToken".into(), json!(sequence_token(written)));
        if let Some(rejected) = sorted.rejected() {
            answer.insert("rejectedLogEventsInfo".into(), rejected);
        }
        Ok(answer.into())
    }

    pub(super) fn get_log_events(&mut self, input: GetLogEvents, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let now = cx.moment().epoch_ms();
        let name = named_group(input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
        let group = self.group(cx.region(), name).ok_or_else(no_group)?;
        let stream = group.stream(&input.log_stream_name).ok_or_else(no_stream)?;
        let events: Vec<&StoredEvent> =
            group.kept(stream, now).filter(|event| within(event, input.start_time, input.end_time)).collect();
        let limit = page(input.limit)?;
        let (first, end) = match input.next_token.as_deref() {
            Some(given) => match (offset(given, "f/"), offset(given, "b/")) {
                (Some(first), _) => (first.min(events.len()), first.saturating_add(limit)),
                (_, Some(end)) => (end.saturating_sub(limit), end),
                _ => return Err(invalid("The specified nextToken is invalid.")),
            },
            None if input.start_from_head == Some(true) => (0, limit),
            None => (events.len().saturating_sub(limit), events.len()),
        };
        let end = end.min(events.len());
        let first = first.min(end);
        let shown: Vec<Value> = events[first..end]
            .iter()
            .map(|event| {
                json!({
                    "timestamp": event.timestamp,
                    "message": &*event.message,
                    "ingestionTime": event.ingested_at,
                })
            })
            .collect();
        Ok(json!({
            "events": shown,
            "nextForwardToken": token("f/", end),
            "nextBackwardToken": token("b/", first),
        }))
    }

    pub(super) fn filter_log_events(
        &mut self,
        input: FilterLogEvents,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())?;
        let name = named_group(input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
        let group = self.group(cx.region(), name).ok_or_else(no_group)?;
        if !input.log_stream_names.is_empty() && input.log_stream_name_prefix.is_some() {
            return Err(invalid("logStreamNames and logStreamNamePrefix are mutually exclusive parameters."));
        }
        if input.log_stream_names.iter().any(|name| group.stream(name).is_none()) {
            return Err(no_stream());
        }
        let skip = match input.next_token.as_deref() {
            None => 0,
            Some(given) => {
                offset(given, "n/").ok_or_else(|| invalid("The specified nextToken is invalid."))?
            }
        };
        let limit = page(input.limit)?;
        let in_stream = |name: &str| {
            let names = &input.log_stream_names;
            (names.is_empty() || names.iter().any(|wanted| wanted == name))
                && input.log_stream_name_prefix.as_deref().is_none_or(|prefix| name.starts_with(prefix))
        };
        let mut found = group
            .events(cx.moment().epoch_ms())
            .into_iter()
            .filter(|(stream, _)| in_stream(&stream.name))
            .filter(|(_, event)| within(event, input.start_time, input.end_time))
            .filter(|(_, event)| pattern.matches(&Line::new(&event.message)))
            .skip(skip)
            .peekable();
        let (mut events, mut bytes) = (Vec::new(), 0);
        let size = |event: &StoredEvent| event.message.len() + EVENT_OVERHEAD;
        while events.len() < limit
            && let Some((stream, event)) = found.next_if(|(_, event)| bytes + size(event) <= MOST_BYTES)
        {
            bytes += size(event);
            events.push(json!({
                "logStreamName": &*stream.name,
                "timestamp": event.timestamp,
                "message": &*event.message,
                "ingestionTime": event.ingested_at,
                "eventId": event.id(),
            }));
        }
        let next = skip + events.len();
        let mut answer = Map::new();
        answer.insert("events".into(), events.into());
        answer.insert("searchedLogStreams".into(), json!([]));
        if found.peek().is_some() {
            answer.insert("nextToken".into(), json!(token("n/", next)));
        }
        Ok(answer.into())
    }
}

/// From `start`, included, to `end`, excluded.
fn within(event: &StoredEvent, start: Option<i64>, end: Option<i64>) -> bool {
    start.is_none_or(|start| event.timestamp >= start) && end.is_none_or(|end| event.timestamp < end)
}

fn page(limit: Option<usize>) -> Result<usize, ApiError> {
    match limit {
        None => Ok(MOST_EVENTS),
        Some(limit @ 1..=MOST_EVENTS) => Ok(limit),
        Some(limit) => Err(invalid(format!(
            "1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must have \
             value between 1 and {MOST_EVENTS}"
        ))),
    }
}

/// What the service refuses of a whole batch.
fn check_batch(events: &[InputLogEvent]) -> Result<(), ApiError> {
    let bytes: usize = events.iter().map(|event| event.message.len() + EVENT_OVERHEAD).sum();
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Err(invalid(
            "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have \
             length greater than or equal to 1",
        ));
    };
    if events.len() > MOST_EVENTS {
        return Err(invalid(format!(
            "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length \
             less than or equal to {MOST_EVENTS}"
        )));
    }
    if bytes > MOST_BYTES {
        return Err(invalid(format!("Upload too large: {bytes} bytes exceeds limit of {MOST_BYTES}")));
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    if last.timestamp.saturating_sub(first.timestamp) > DAY_MS {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(())
}

/// Which events of a batch are kept: neither too old, nor expired, nor too far ahead.
struct Sorted {
    too_old: usize,
    expired: usize,
    first: usize,
    end: usize,
    length: usize,
}

impl Sorted {
    fn of(events: &[InputLogEvent], now: i64, retention_days: Option<u32>) -> Self {
        let before = |moment: i64| events.partition_point(|event| event.timestamp < moment);
        let too_old = before(now - OLDEST_DAYS * DAY_MS);
        let expired = retention_days.map_or(0, |days| before(now - i64::from(days) * DAY_MS));
        let end = before(now + TWO_HOURS_MS + 1);
        let first = too_old.max(expired).min(end);
        Self { too_old, expired, first, end, length: events.len() }
    }

    fn rejected(&self) -> Option<Value> {
        let mut json = Map::new();
        if self.end < self.length {
            json.insert("tooNewLogEventStartIndex".into(), json!(self.end));
        }
        if self.too_old > 0 {
            json.insert("tooOldLogEventEndIndex".into(), json!(self.too_old));
        }
        if self.expired > 0 {
            json.insert("expiredLogEventEndIndex".into(), json!(self.expired));
        }
        (!json.is_empty()).then(|| json.into())
    }
}
