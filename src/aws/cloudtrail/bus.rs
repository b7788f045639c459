//! What the default event bus of a region hears: records of calls, as long as a trail logs them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::deliver::act;
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Reason, ServiceName, note::reasons, outbox::Send, record::Record,
};

/// Why the bus is told nothing of a record, before any rule is asked.
pub(super) enum Silence {
    /// No trail of the region logs.
    NoLoggingTrail,
    /// Those that log do not select it; what keeps it out.
    NotSelected(String),
}

/// Tells the bus, or writes down why not.
///
/// `bus_wants_reads`: some rule of the bus has the state `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
pub(super) fn offer(
    account_id: &str,
    record: &Record,
    notebook: &Node,
    silence: Option<Silence>,
    bus_wants_reads: bool,
    out: &mut Outbox<'_>,
) {
    let bus = Node::new(ServiceName::EventBridge, &record.region, "default");
    let read_only = record.is_named_like_a_read();
    let name = || Arc::clone(&record.event_name);
    let kept_back = match silence {
        Some(Silence::NoLoggingTrail) => Some(Reason::new(reasons::NO_LOGGING_TRAIL, name())),
        Some(Silence::NotSelected(why)) => Some(Reason::new(reasons::NOT_SELECTED, why)),
        None if read_only && !bus_wants_reads => Some(Reason::new(reasons::READ_ONLY_NOT_OFFERED, name())),
        None => None,
    };
    if let Some(reason) = kept_back {
        out.near_miss(HopPath::TrailBus, notebook.clone(), bus, reason);
        return;
    }
    let event = Arc::new(envelope(account_id, record, &out.uuid()));
    out.send(Send {
        path: HopPath::TrailBus,
        from: notebook.clone(),
        to: bus,
        payload: act(record, Arc::clone(&event)),
        parcel: Parcel::BusEvent { bus: "default".into(), event, read_only },
        delay: Delay::TrailToBus,
        reference: None,
    });
}

/// The event as EventBridge delivers it.
fn envelope(account_id: &str, record: &Record, id: &str) -> Value {
    let detail_type = match record.text("eventType") {
        Some("AwsConsoleSignIn") => "AWS Console Sign In via CloudTrail",
        Some("AwsServiceEvent") => "AWS Service Event via CloudTrail",
        Some("AwsConsoleAction") => "AWS Console Action via CloudTrail",
        Some("AwsCloudTrailInsight") => "AWS Insight via CloudTrail",
        Some("AwsVpceEvent") => "AWS Network Activity Event via CloudTrail",
        _ => "AWS API Call via CloudTrail",
    };
    let service = record.event_source.split('.').next().unwrap_or_default();
    json!({
        "version": "0",
        "id": id,
        "detail-type": detail_type,
        "source": format!("aws.{service}"),
        "account": account_id,
        "time": record.json.get("eventTime"),
        "region": record.region.as_str(),
        "resources": [],
        "detail": &*record.json,
    })
}
