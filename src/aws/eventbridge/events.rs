//! `PutEvents` and `TestEventPattern`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::partner;
use super::rules::compile;
use super::state::bus_of;
use super::{ApiError, ApiOutcome, CallContext, EventBridge, Region, errors};
use crate::aws::{Delay, HopPath, Node, Parcel, Payload, PayloadKind, ServiceName, outbox::Send, timestamps};

/// Entries of one call. Source: service model.
const MAX_ENTRIES: usize = 10;
/// Bytes of all entries of one call. Source: EventBridge user guide, "`PutEvents` entry size" (current edition).
const MAX_BYTES: usize = 1_048_576;
/// What an entry's `Time` weighs, in bytes. Source: the same page.
const TIME_BYTES: usize = 14;

/// Puts events of your own on a bus.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutEvents {
    pub entries: Vec<Entry>,
}

/// One event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Entry {
    /// When it happened; now if left out.
    pub time: Option<timestamps::Timestamp>,
    /// Who says it, such as `ville.capteurs`; must not begin with `aws.`.
    pub source: Option<String>,
    /// ARNs of what it is about.
    #[serde(default)]
    pub resources: Vec<String>,
    pub detail_type: Option<String>,
    /// A JSON object, as text.
    pub detail: Option<String>,
    /// Name or ARN; the default bus if left out.
    pub event_bus_name: Option<String>,
}

/// Says whether a pattern matches an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TestEventPattern {
    /// The pattern, as JSON text.
    pub event_pattern: String,
    /// The event, as JSON text, with all the fields of an envelope.
    pub event: String,
}

/// What an event must have to be tested. Source: API reference, `TestEventPattern`.
const ENVELOPE: [&str; 7] = ["id", "account", "source", "time", "region", "resources", "detail-type"];

impl EventBridge {
    pub(super) fn put_events(&mut self, input: PutEvents, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        errors::check_count(input.entries.len(), "entries", MAX_ENTRIES)?;
        if input.entries.iter().map(weight).sum::<usize>() > MAX_BYTES {
            return Err(errors::validation("Total size of the entries in the request is over the limit."));
        }
        let region = cx.region().clone();
        let buses =
            input.entries.iter().map(|entry| bus_for_anybody(entry.event_bus_name.as_deref(), &region));
        let buses = buses.collect::<Result<Vec<&str>, ApiError>>()?;
        let mut failed = 0;
        let answers: Vec<Value> = input
            .entries
            .iter()
            .zip(buses)
            .map(|(entry, bus)| match detail_of(entry) {
                Ok(detail) => json!({ "EventId": put(entry, detail, bus, cx) }),
                Err((code, message)) => {
                    failed += 1;
                    json!({ "ErrorCode": code, "ErrorMessage": message })
                }
            })
            .collect();
        Ok(json!({ "FailedEntryCount": failed, "Entries": answers }))
    }

    pub(super) fn test_event_pattern(
        &mut self,
        input: TestEventPattern,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let pattern = compile(&input.event_pattern)?;
        let Ok(event @ Value::Object(_)) = serde_json::from_str::<Value>(&input.event) else {
            return Err(errors::validation(
                "Parameter Event is not valid. Reason: Event is not a JSON object.",
            ));
        };
        if let Some(missing) = ENVELOPE.iter().find(|field| event.get(field).is_none()) {
            let message = format!("Parameter Event is not valid. Reason: {missing} is a required field.");
            return Err(errors::validation(message));
        }
        let result = pattern.matches_text(&input.event).unwrap_or(false);
        Ok(json!({ "Result": result }))
    }
}

/// The bus that an entry is for, which is none of a partner's.
fn bus_for_anybody<'e>(given: Option<&'e str>, region: &Region) -> Result<&'e str, ApiError> {
    let bus = bus_of(given, region)?;
    if partner::is_source(bus) {
        return Err(errors::invalid_parameter(
            "EventBusName",
            "Only the partner puts events on its event bus.",
        ));
    }
    Ok(bus)
}

/// What an entry counts for the size limit. Source: EventBridge user guide, "`PutEvents` entry size".
fn weight(entry: &Entry) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let time = if entry.time.is_some() { TIME_BYTES } else { 0 };
    let resources: usize = entry.resources.iter().map(String::len).sum();
    time + length(&entry.source) + length(&entry.detail_type) + length(&entry.detail) + resources
}

/// The detail of an entry that may go on a bus, or why it may not (code and message of its answer).
fn detail_of(entry: &Entry) -> Result<Value, (&'static str, String)> {
    for (name, value) in
        [("Source", &entry.source), ("DetailType", &entry.detail_type), ("Detail", &entry.detail)]
    {
        if value.as_ref().is_none_or(String::is_empty) {
            let message = format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
            return Err(("InvalidArgument", message));
        }
    }
    if entry.source.as_ref().is_some_and(|source| source.starts_with("aws.")) {
        return Err(("NotAuthorizedForSourceException", "Not authorized for the source.".to_owned()));
    }
    match serde_json::from_str(entry.detail.as_deref().unwrap_or_default()) {
        Ok(detail @ Value::Object(_)) => Ok(detail),
        _ => Err(("MalformedDetail", "Detail is malformed.".to_owned())),
    }
}

/// Sends the event to its bus and returns its id.
fn put(entry: &Entry, detail: Value, bus: &str, cx: &mut CallContext<'_, '_>) -> String {
    let id = cx.out.uuid();
    let time = entry.time.map_or(cx.moment().utc, |time| time.0);
    let detail_type = entry.detail_type.as_deref().unwrap_or_default();
    let event = Arc::new(json!({
        "version": "0",
        "id": id,
        "detail-type": detail_type,
        "source": entry.source,
        "account": cx.account_id,
        "time": timestamps::seconds_z(time),
        "region": cx.region().as_str(),
        "resources": entry.resources,
        "detail": detail,
    }));
    let region = cx.region().clone();
    cx.out.send(Send {
        path: HopPath::AppBus,
        from: Node::new(ServiceName::Outside, &region, cx.call.by.name()),
        to: Node::new(ServiceName::EventBridge, &region, bus),
        payload: Payload::json(PayloadKind::Event, detail_type, Arc::clone(&event)),
        parcel: Parcel::BusEvent { bus: bus.into(), event, read_only: false },
        delay: Delay::None,
        reference: None,
    });
    id
}
