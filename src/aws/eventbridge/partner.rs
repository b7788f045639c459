//! Partners: event sources that another company's software offers, and the buses that listen to them.
//!
//! A partner offers a source to the account. It waits (`PENDING`) until somebody makes a bus of exactly its name for
//! it (`ACTIVE`), may be deactivated and activated again, and is `DELETED` once the partner withdraws it. Events of a
//! source that is not active are lost. Only the partner can put events on its source.
//!
//! Source: `EventBridge` user guide, "Receiving events from a `SaaS` partner"; API reference.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::paging::{Limit, page};
use super::{ApiError, ApiOutcome, CallContext, EventBridge, Region, errors};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, ServiceName, note::reasons,
    outbox::Send, timestamps,
};

/// What the name of every partner source, and so of its bus, begins with.
const PREFIX: &str = "aws.partner/";
/// How long a source waits for its bus. Source: API reference, `DeactivateEventSource`.
const DAYS_TO_EXPIRY: i64 = 14;
/// Entries of one call. Source: service model.
const MAX_PARTNER_ENTRIES: usize = 20;

/// An event source that a partner offers to the account.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerSource {
    pub name: Arc<str>,
    pub created: DateTime<Utc>,
    pub state: SourceState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SourceState {
    /// It has no bus, or its bus does not listen.
    Pending,
    Active,
    /// The partner has withdrawn it.
    Deleted,
}

/// What a partner does on its side; no call of the account's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartnerAct {
    /// Offers a source of that name, such as `aws.partner/parking.example/ville`.
    Offer { source: Arc<str> },
    /// Puts an event on a source.
    Event { source: Arc<str>, detail_type: Arc<str>, detail: Arc<Value> },
    /// Withdraws a source.
    Withdraw { source: Arc<str> },
}

impl PartnerAct {
    pub const fn source(&self) -> &Arc<str> {
        match self {
            Self::Offer { source } | Self::Event { source, .. } | Self::Withdraw { source } => source,
        }
    }
}

/// Shows a partner's event source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeEventSource {
    pub name: String,
}

/// Lists the event sources that partners offer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListEventSources {
    pub name_prefix: Option<String>,
    /// How many to answer at once, at most 100.
    pub limit: Option<Limit>,
    pub next_token: Option<String>,
}

/// Lets the bus of a partner's event source listen again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ActivateEventSource {
    pub name: String,
}

/// Stops the bus of a partner's event source from listening.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeactivateEventSource {
    pub name: String,
}

/// Puts events on a partner's event source. Only the partner may.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutPartnerEvents {
    pub entries: Vec<PartnerEntry>,
}

/// One event of a partner.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PartnerEntry {
    pub time: Option<timestamps::Timestamp>,
    /// The partner's event source.
    pub source: Option<String>,
    #[serde(default)]
    pub resources: Vec<String>,
    pub detail_type: Option<String>,
    pub detail: Option<String>,
}

/// Whether a bus is, by its name, that of a partner's source.
pub(super) fn is_source(name: &str) -> bool {
    name.starts_with(PREFIX)
}

impl EventBridge {
    /// Learns what a partner does on its side.
    pub fn hear_partner(&mut self, act: &PartnerAct, region: &Region, out: &mut Outbox<'_>) {
        let created = out.moment().utc;
        let sources = &mut self.regional(region).sources;
        match act {
            PartnerAct::Offer { source } => {
                let name = Arc::clone(source);
                let offered = PartnerSource { name: Arc::clone(&name), created, state: SourceState::Pending };
                sources.entry(name).or_insert(offered);
            }
            PartnerAct::Withdraw { source } => {
                if let Some(known) = sources.get_mut(source) {
                    known.state = SourceState::Deleted;
                }
            }
            PartnerAct::Event { source, detail_type, detail } => {
                let event = json!({
                    "version": "0",
                    "id": out.uuid(),
                    "detail-type": detail_type,
                    "source": source,
                    "account": &*self.account_id,
                    "time": timestamps::seconds_z(created),
                    "region": region.as_str(),
                    "resources": [],
                    "detail": detail.as_ref(),
                });
                send(source, detail_type, Arc::new(event), region, out);
            }
        }
    }

    /// Refuses what a partner sends to a source that is not active; counts what it sends to one that is.
    pub(super) fn check_source(
        &mut self,
        region: &Region,
        bus: &Arc<str>,
        event: &Value,
        out: &mut Outbox<'_>,
    ) -> Result<(), Reason> {
        if !is_source(bus) || event.get("replay-name").is_some() {
            return Ok(());
        }
        let state = self.regional(region).sources.get(bus).map(|source| source.state);
        match state {
            Some(SourceState::Active) => {
                self.count_partner_event(region, bus, out);
                Ok(())
            }
            Some(_) => Err(Reason::new(reasons::SOURCE_INACTIVE, Arc::clone(bus))),
            None => Err(Reason::new(reasons::NO_RESOURCE, Arc::clone(bus))),
        }
    }

    /// Matches a bus to the source of its name, or frees the source again.
    pub(super) fn match_source(
        &mut self,
        region: &Region,
        name: &str,
        state: SourceState,
    ) -> Result<(), ApiError> {
        let source = self.find_source(region, name)?;
        if source.state == SourceState::Deleted {
            return Err(errors::invalid_state(format!("Event source {name} has been deleted.")));
        }
        source.state = state;
        Ok(())
    }

    pub(super) fn describe_event_source(
        &mut self,
        input: DescribeEventSource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        Ok(show(self.find_source(&region, &input.name)?, &region))
    }

    pub(super) fn list_event_sources(
        &mut self,
        input: ListEventSources,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        let prefix = input.name_prefix.unwrap_or_default();
        let sources = self.regional(&region).sources.values();
        let wanted = sources.filter(|source| source.name.starts_with(&prefix));
        let shown = wanted.map(|source| (source.name.as_ref(), show(source, &region)));
        page("EventSources", shown, input.limit, input.next_token.as_deref())
    }

    pub(super) fn activate_event_source(
        &mut self,
        input: ActivateEventSource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.switch_source(&input.name, SourceState::Active, cx)
    }

    pub(super) fn deactivate_event_source(
        &mut self,
        input: DeactivateEventSource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.switch_source(&input.name, SourceState::Pending, cx)
    }

    fn switch_source(&mut self, name: &str, state: SourceState, cx: &CallContext<'_, '_>) -> ApiOutcome {
        let region = cx.region().clone();
        self.find_source(&region, name)?;
        if !self.has_bus(&region, name) {
            return Err(errors::invalid_state(format!("Event source {name} has no matching event bus.")));
        }
        self.match_source(&region, name, state)?;
        Ok(Value::Null)
    }

    /// No caller of this account is the partner, whose own account signs this call.
    pub(super) fn put_partner_events(
        &mut self,
        input: PutPartnerEvents,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        errors::check_count(input.entries.len(), "entries", MAX_PARTNER_ENTRIES)?;
        let refused = json!({
            "ErrorCode": "NotAuthorizedForSourceException",
            "ErrorMessage": "Not authorized for the source.",
        });
        let entries = vec![refused; input.entries.len()];
        Ok(json!({ "FailedEntryCount": entries.len(), "Entries": entries }))
    }

    fn find_source(&mut self, region: &Region, name: &str) -> Result<&mut PartnerSource, ApiError> {
        self.regional(region).sources.get_mut(name).ok_or_else(|| errors::no_such("Event source", name))
    }
}

/// The partner's part of a source's name: its first two segments.
fn partner_of(source: &str) -> &str {
    let end = source.match_indices('/').nth(1).map_or(source.len(), |(at, _)| at);
    &source[..end]
}

/// Sends a partner's event to the bus of its source.
fn send(source: &Arc<str>, title: &Arc<str>, event: Arc<Value>, region: &Region, out: &mut Outbox<'_>) {
    out.send(Send {
        path: HopPath::ResBus,
        from: Node::new(ServiceName::Outside, region, partner_of(source)),
        to: Node::new(ServiceName::EventBridge, region, Arc::clone(source)),
        payload: Payload::json(PayloadKind::Event, Arc::clone(title), Arc::clone(&event)),
        parcel: Parcel::BusEvent { bus: Arc::clone(source), event, read_only: false },
        delay: Delay::ResourceToBus,
        reference: None,
    });
}

fn show(source: &PartnerSource, region: &Region) -> Value {
    let mut shown = json!({
        "Arn": format!("arn:aws:events:{region}::event-source/{}", source.name),
        "CreatedBy": partner_of(&source.name),
        "CreationTime": timestamps::cli(source.created),
    });
    if source.state == SourceState::Pending {
        let expires = source.created + TimeDelta::days(DAYS_TO_EXPIRY);
        shown["ExpirationTime"] = timestamps::cli(expires).into();
    }
    shown["Name"] = source.name.as_ref().into();
    shown["State"] = json!(source.state);
    shown
}
