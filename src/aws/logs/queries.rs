//! Queries of Logs Insights that were started: they run for a while, and their results are kept.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    Logs,
    insights::{Answer, Event, Query},
    state::{Group, StoredEvent, Stream},
};
use crate::aws::{Outbox, Region};

/// The timer at which a query is complete; its key is the query's id.
pub(super) const COMPLETES: &str = "insights-query";
/// How long results are kept. Source: user guide, quotas of Logs Insights.
const KEPT_MS: i64 = 7 * 86_400_000;

/// A query somebody started.
#[derive(Clone, Debug)]
pub struct StartedQuery {
    pub id: Arc<str>,
    pub text: Arc<str>,
    pub query: Query,
    pub groups: Vec<Arc<str>>,
    /// Epoch milliseconds, both included.
    pub from: i64,
    pub until: i64,
    pub limit: usize,
    /// Epoch milliseconds.
    pub created_at: i64,
    pub status: Status,
}

#[derive(Clone, Debug)]
pub enum Status {
    Running,
    Complete { answer: Arc<Answer>, took_ms: i64 },
    Cancelled,
}

impl Status {
    /// As the API names it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Complete { .. } => "Complete",
            Self::Cancelled => "Cancelled",
        }
    }
}

/// The queries of a region, in the order they were started.
pub type Queries = Vec<Arc<StartedQuery>>;

impl Logs {
    /// The queries of a region that are still remembered, oldest first.
    pub fn queries(&self, region: &Region) -> &[Arc<StartedQuery>] {
        self.queries.get(region).map_or(&[], Vec::as_slice)
    }

    pub(super) fn query_mut(&mut self, region: &Region, id: &str) -> Option<&mut StartedQuery> {
        let queries = self.queries.get_mut(region)?;
        queries.iter_mut().find(|query| *query.id == *id).map(Arc::make_mut)
    }

    pub(super) fn remember_query(&mut self, region: &Region, query: StartedQuery) {
        let queries = self.queries.entry(region.clone()).or_default();
        queries.retain(|old| old.created_at + KEPT_MS > query.created_at);
        queries.push(Arc::new(query));
    }

    /// The time of a query is up: it looks at the events that are there now.
    pub(super) fn complete_query(&mut self, region: &Region, id: &str, out: &Outbox<'_>) {
        let now = out.moment().epoch_ms();
        let Some(started) = self.queries(region).iter().find(|query| *query.id == *id).map(Arc::clone) else {
            return;
        };
        if !matches!(started.status, Status::Running) {
            return;
        }
        let groups = started.groups.iter().filter_map(|name| self.group(region, name));
        let mut events: Vec<(&Group, &Stream, &StoredEvent)> = groups
            .flat_map(|group| {
                group.events(now).into_iter().map(move |(stream, event)| (group, stream, event))
            })
            .filter(|(_, _, event)| (started.from..=started.until).contains(&event.timestamp))
            .collect();
        events.sort_by_key(|(_, _, event)| event.timestamp);
        let events = events.into_iter().map(|(group, stream, event)| self.as_event(group, stream, event));
        let answer = Arc::new(started.query.run(events.collect(), started.limit));
        if let Some(query) = self.query_mut(region, id) {
            query.status = Status::Complete { answer, took_ms: now - query.created_at };
        }
    }

    /// A stored event as a query sees it.
    pub(super) fn as_event(&self, group: &Group, stream: &Stream, event: &StoredEvent) -> Event {
        let log = format!("{}:{}", self.account_id, group.name);
        let pointer = format!("{}:{}:{}", group.name, stream.name, event.number);
        let message = Arc::clone(&event.message);
        Event::new(event.timestamp, event.ingested_at, message, Arc::clone(&stream.name))
            .kept_at(log.into(), URL_SAFE_NO_PAD.encode(pointer).into())
    }

    /// The event a `@ptr` points to.
    pub(super) fn pointed_to(&self, region: &Region, pointer: &str, now: i64) -> Option<Event> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(pointer).ok()?).ok()?;
        let mut parts = text.splitn(3, ':');
        let group = self.group(region, parts.next()?)?;
        let stream = group.stream(parts.next()?)?;
        let number: u64 = parts.next()?.parse().ok()?;
        let event = group.kept(stream, now).find(|event| event.number == number)?;
        Some(self.as_event(group, stream, event))
    }
}

/// Queries by region.
pub(super) type QueriesByRegion = BTreeMap<Region, Queries>;
