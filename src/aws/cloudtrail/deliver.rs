//! What happens to a record: the event history, then the bus, the bucket and the log group of the trails that log.
//!
//! The three deliveries of a trail are counted from the act, side by side, not one after the other.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{CloudTrail, Trail, history};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, ServiceName, note::reasons,
    outbox::Send, parcel::LogEvent, record::Record,
};

/// The principal that writes to buckets and log groups.
const PRINCIPAL: &str = "cloudtrail.amazonaws.com";

impl CloudTrail {
    /// Takes the record of a call: into the event history, and to whatever trail is logging.
    ///
    /// `bus_wants_reads`: some rule of the region's default bus has the state
    /// `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub fn record(&mut self, record: Record, bus_wants_reads: bool, out: &mut Outbox<'_>) {
        let closing = self.closing.take();
        let covering: Vec<Trail> = self
            .trails
            .iter()
            .filter(|trail| trail.is_logging)
            .chain(&closing)
            .filter(|trail| trail.covers(&record))
            .cloned()
            .collect();
        if !record.management && covering.is_empty() {
            return; // Nobody asked for this data event, so it is nowhere.
        }

        let notebook = Node::new(ServiceName::CloudTrail, &record.region, Arc::clone(&record.event_name));
        let payload = act(&record, Arc::clone(&record.json));
        let hop = out.mark(HopPath::ApiTrail, record.subject.clone(), notebook.clone(), payload, Delay::None);
        if record.management {
            let moment = out.moment();
            let visible_at = moment.now.after(out.delay(Delay::EventHistory));
            let event = history::event(&record, (moment.now, moment.utc), visible_at, hop);
            self.history.entry(record.region.clone()).or_default().push(event);
        }
        out.caused_by(hop, |out| {
            let is_logged = !covering.is_empty();
            offer_to_bus(&self.account_id, &record, &notebook, (is_logged, bus_wants_reads), out);
            for trail in &covering {
                send_to_bucket(&self.account_id, trail, &record, &notebook, out);
                send_to_logs(&self.account_id, trail, &record, &notebook, out);
            }
        });
    }
}

fn act(record: &Record, body: Arc<Value>) -> Payload {
    Payload::json(PayloadKind::Act, Arc::clone(&record.event_name), body)
}

fn offer_to_bus(
    account_id: &str,
    record: &Record,
    notebook: &Node,
    (is_logged, bus_wants_reads): (bool, bool),
    out: &mut Outbox<'_>,
) {
    let bus = Node::new(ServiceName::EventBridge, &record.region, "default");
    let read_only = record.is_named_like_a_read();
    let kept_back = if !is_logged {
        Some(reasons::NO_LOGGING_TRAIL)
    } else if read_only && !bus_wants_reads {
        Some(reasons::READ_ONLY_NOT_OFFERED)
    } else {
        None
    };
    if let Some(code) = kept_back {
        let reason = Reason::new(code, Arc::clone(&record.event_name));
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
    let detail_type = match record.json.get("eventType").and_then(Value::as_str) {
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

fn send_to_bucket(account_id: &str, trail: &Trail, record: &Record, notebook: &Node, out: &mut Outbox<'_>) {
    let key: Arc<str> = object_key(account_id, trail, record, out).into();
    let body = Arc::new(json!({ "Records": [&*record.json] }));
    out.send(Send {
        path: HopPath::TrailS3,
        from: notebook.clone(),
        to: Node::new(ServiceName::S3, &trail.home, Arc::clone(&trail.bucket)),
        payload: act(record, Arc::clone(&body)),
        parcel: Parcel::PutObject {
            bucket: Arc::clone(&trail.bucket),
            key,
            body,
            by: PRINCIPAL.into(),
            source_arn: Arc::clone(&trail.arn),
        },
        delay: Delay::TrailToS3,
        reference: Some(Arc::clone(&trail.arn)),
    });
}

/// `[prefix/]AWSLogs/ACC/CloudTrail/REGION/YYYY/MM/DD/ACC_CloudTrail_REGION_YYYYMMDDTHHmmZ_16RANDOM.json.gz`.
///
/// Each call gets a file of its own: several files may carry the same minute, and so each keeps its one cause.
fn object_key(account_id: &str, trail: &Trail, record: &Record, out: &mut Outbox<'_>) -> String {
    let utc = out.moment().utc;
    let (day, minute) = (utc.format("%Y/%m/%d"), utc.format("%Y%m%dT%H%MZ"));
    let (region, random) = (&record.region, out.base32(16));
    let prefix = trail.key_prefix.as_deref().map_or_else(String::new, |prefix| format!("{prefix}/"));
    format!(
        "{prefix}AWSLogs/{account_id}/CloudTrail/{region}/{day}/\
         {account_id}_CloudTrail_{region}_{minute}_{random}.json.gz"
    )
}

fn send_to_logs(account_id: &str, trail: &Trail, record: &Record, notebook: &Node, out: &mut Outbox<'_>) {
    let Some((group, region)) = trail.log_group() else { return };
    let stream = format!("{account_id}_CloudTrail_{}", record.region);
    let line = LogEvent { timestamp: out.moment().epoch_ms(), message: record.json.to_string().into() };
    out.send(Send {
        path: HopPath::TrailLogs,
        from: notebook.clone(),
        to: Node::new(ServiceName::Logs, &region, Arc::clone(&group)),
        payload: act(record, Arc::clone(&record.json)),
        parcel: Parcel::LogEvents {
            group,
            stream: stream.into(),
            events: Arc::from([line]),
            by: PRINCIPAL.into(),
        },
        delay: Delay::TrailToLogs,
        reference: Some(Arc::clone(&trail.arn)),
    });
}
