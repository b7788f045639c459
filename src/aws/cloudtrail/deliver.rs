//! What happens to a record: the event history, then the bus, the bucket and the log group of the trails that log.
//!
//! The three deliveries of a trail are counted from the act, side by side, not one after the other. A trail that does
//! not deliver a record says why, beside the hops.

use std::sync::Arc;

use serde_json::Value;

use super::{
    CloudTrail, PRINCIPAL, Trail,
    bus::{self, Silence},
    history,
};
use crate::{
    aws::{
        Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, Region, ServiceName,
        note::reasons, outbox::Send, parcel::LogEvent, payload::COUNT, record::Record,
    },
    kernel::HopId,
};

impl CloudTrail {
    /// Takes the record of a call: into the event history, and to whatever trail is logging.
    ///
    /// `bus_wants_reads`: some rule of the region's default bus has the state
    /// `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub fn record(&mut self, record: Record, bus_wants_reads: bool, out: &mut Outbox<'_>) {
        let closing = self.closing.take();
        let remaining =
            self.trails.iter().filter(|trail| closing.as_ref().is_none_or(|it| it.arn != trail.arn));
        let trails: Vec<Arc<Trail>> = remaining.chain(&closing).cloned().collect();
        let (covering, others): (Vec<_>, Vec<_>) = trails
            .into_iter()
            .map(|trail| (refusal(&trail, &record), trail))
            .partition(|(why, _)| why.is_none());
        let notebook = Node::new(ServiceName::CloudTrail, &record.region, Arc::clone(&record.event_name));
        if !record.management && covering.is_empty() {
            // Only what a selector could have asked for is worth a word.
            if record.resources().next().is_some() {
                let reason = Reason::new(reasons::DATA_EVENTS_OFF, asked_for(&record));
                out.near_miss(HopPath::ApiTrail, record.subject.clone(), notebook, reason);
            }
            return;
        }

        let payload = act(&record, Arc::clone(&record.json));
        let hop = out.mark(HopPath::ApiTrail, record.subject.clone(), notebook.clone(), payload, Delay::None);
        if record.management {
            self.remember(&record, hop, out);
        }
        out.caused_by(hop, |out| {
            let silence = if covering.is_empty() { Some(silence(&others)) } else { None };
            bus::offer(&self.account_id, &record, &notebook, silence, bus_wants_reads, out);
            for (_, trail) in &covering {
                self.file(trail, &record, &notebook, out);
                send_to_logs(&self.account_id, trail, &record, &notebook, out);
            }
            for (why, trail) in others {
                if let Some(reason) = why {
                    let bucket = Node::new(ServiceName::S3, &trail.home, Arc::clone(&trail.bucket));
                    out.near_miss(HopPath::TrailS3, notebook.clone(), bucket, reason);
                }
            }
        });
    }

    fn remember(&mut self, record: &Record, hop: HopId, out: &mut Outbox<'_>) {
        let moment = out.moment();
        let visible_at = moment.now.after(out.delay(Delay::EventHistory));
        let event = history::event(record, (moment.now, moment.utc), visible_at, hop);
        let events = self.history.entry(record.region.clone()).or_default();
        events.forget_before((moment.utc - history::KEPT).timestamp_millis());
        events.insert(event);
    }
}

/// Why a trail does not deliver a record; `None` when it does.
fn refusal(trail: &Trail, record: &Record) -> Option<Reason> {
    match trail.keeps_out(record) {
        Some(why) => Some(Reason::new(reasons::NOT_SELECTED, format!("{}: {why}", trail.name))),
        None if !trail.is_logging => Some(Reason::new(reasons::TRAIL_STOPPED, Arc::clone(&trail.name))),
        None => None,
    }
}

/// Why the bus hears nothing when no trail delivers.
fn silence(others: &[(Option<Reason>, Arc<Trail>)]) -> Silence {
    let logging = others.iter().filter(|(_, trail)| trail.is_logging);
    let whys: Vec<&str> = logging.filter_map(|(why, _)| why.as_ref().map(|why| &*why.detail)).collect();
    if whys.is_empty() { Silence::NoLoggingTrail } else { Silence::NotSelected(whys.join("; ")) }
}

/// `GetObject`, or `GetObject ×40`.
fn asked_for(record: &Record) -> String {
    match record.count {
        1 => record.event_name.to_string(),
        count => format!("{} ×{count}", record.event_name),
    }
}

/// A record as it travels; many alike travel as one, with their count beside it.
pub(super) fn act(record: &Record, mut body: Arc<Value>) -> Payload {
    if record.count > 1
        && let Some(members) = Arc::make_mut(&mut body).as_object_mut()
    {
        members.insert(COUNT.to_owned(), record.count.into());
    }
    Payload::json(PayloadKind::Act, Arc::clone(&record.event_name), body)
}

/// The stream of a region's records in a trail's log group.
pub(super) fn log_stream(account_id: &str, region: &Region) -> String {
    format!("{account_id}_CloudTrail_{region}")
}

fn send_to_logs(account_id: &str, trail: &Trail, record: &Record, notebook: &Node, out: &mut Outbox<'_>) {
    let Some((group, region)) = trail.log_group() else { return };
    let line = LogEvent { timestamp: out.moment().epoch_ms(), message: record.json.to_string().into() };
    out.send(Send {
        path: HopPath::TrailLogs,
        from: notebook.clone(),
        to: Node::new(ServiceName::Logs, &region, Arc::clone(&group)),
        payload: act(record, Arc::clone(&record.json)),
        parcel: Parcel::LogEvents {
            group,
            stream: log_stream(account_id, &record.region).into(),
            events: Arc::from([line]),
            by: trail.log_role_arn.clone().unwrap_or_else(|| PRINCIPAL.into()),
        },
        delay: Delay::TrailToLogs,
        reference: Some(Arc::clone(&trail.arn)),
    });
}
