//! `LookupEvents`: the event history, newest first, by one attribute at a time.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{CloudTrail, HistoryEvent};
use crate::{
    aws::{ApiError, ApiOutcome, CallContext, timestamps::Timestamp},
    kernel::SimTime,
};

/// Looks up management events of the last 90 days in this region, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct LookupEvents {
    /// At most one attribute.
    #[serde(default)]
    lookup_attributes: Vec<LookupAttribute>,
    start_time: Option<Timestamp>,
    end_time: Option<Timestamp>,
    /// `insight` for Insights events; management events without it.
    event_category: Option<EventCategory>,
    /// From 1 to 50.
    max_results: Option<u32>,
    next_token: Option<String>,
}

/// What to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct LookupAttribute {
    attribute_key: AttributeKey,
    attribute_value: String,
}

/// What events can be found by.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum AttributeKey {
    EventId,
    EventName,
    ReadOnly,
    Username,
    ResourceType,
    ResourceName,
    EventSource,
    AccessKeyId,
}

/// Events other than management events.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventCategory {
    Insight,
}

/// The most of one page.
const PAGE: usize = 50;

impl CloudTrail {
    pub(super) fn lookup_events(&mut self, input: LookupEvents, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        if input.lookup_attributes.len() > 1 {
            return Err(ApiError::client(
                "InvalidLookupAttributesException",
                "Only one lookup attribute can be used at a time.",
            ));
        }
        if let (Some(start), Some(end)) = (input.start_time, input.end_time)
            && start > end
        {
            return Err(ApiError::client(
                "InvalidTimeRangeException",
                "The start time must not be later than the end time.",
            ));
        }
        let page = match input.max_results.map(|count| count as usize) {
            None => PAGE,
            Some(count) if (1..=PAGE).contains(&count) => count,
            Some(count) => {
                let message =
                    format!("A max results value of {count} is invalid. Specify a value from 1 to {PAGE}.");
                return Err(ApiError::client("InvalidMaxResultsException", message));
            }
        };
        let (from, asked_at) = match input.next_token.as_deref().map(parse_token) {
            None => (0, cx.moment().now),
            Some(Some(place)) => place,
            Some(None) => {
                return Err(ApiError::client("InvalidNextTokenException", "Invalid pagination token."));
            }
        };
        let attribute = input.lookup_attributes.first();
        let mut found = self
            .history(cx.region())
            .rev()
            .filter(|_| input.event_category.is_none()) // Vigie produces no Insights events.
            .filter(|event| event.is_visible(asked_at, cx.moment().utc))
            .filter(|event| input.start_time.is_none_or(|start| event.utc >= start.0))
            .filter(|event| input.end_time.is_none_or(|end| event.utc <= end.0))
            .filter(|event| attribute.is_none_or(|attribute| attribute.fits(event)))
            .skip(from);
        let events: Vec<Value> = found.by_ref().take(page).map(|event| event.listing()).collect();
        let more = found.next().is_some();

        let mut answer = Map::from_iter([("Events".to_owned(), Value::Array(events))]);
        if more {
            let token = format!("{}.{}", from + page, asked_at.as_millis());
            answer.insert("NextToken".to_owned(), token.into());
        }
        Ok(Value::Object(answer))
    }
}

/// Where the next page begins, among what showed when the first one was asked for.
fn parse_token(token: &str) -> Option<(usize, SimTime)> {
    let (from, asked_at) = token.split_once('.')?;
    Some((from.parse().ok()?, SimTime::from_millis(asked_at.parse().ok()?)))
}

impl LookupAttribute {
    fn fits(&self, event: &HistoryEvent) -> bool {
        let (record, value) = (&event.record, &*self.attribute_value);
        match self.attribute_key {
            AttributeKey::EventId => &*record.event_id == value,
            AttributeKey::EventName => &*record.event_name == value,
            AttributeKey::ReadOnly => record.read_only.to_string() == value,
            AttributeKey::Username => event.username() == Some(value),
            AttributeKey::ResourceType => record.touched.iter().any(|touched| touched.resource_type == value),
            AttributeKey::ResourceName => record.touched.iter().any(|touched| &*touched.name == value),
            AttributeKey::EventSource => record.event_source == value,
            AttributeKey::AccessKeyId => event.access_key_id() == Some(value),
        }
    }
}
