//! Files for the delivery channel's bucket: what was recorded in the last six hours, and snapshots of everything.
//!
//! Source: Config Developer Guide, "Viewing the delivery channel's files" (key layout) and the example notifications
//! of history and snapshot deliveries.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Datelike, Utc};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Config, Item,
    channel::DeliveryChannel,
    notify::{self, Notice, PRINCIPAL},
    state::RegionState,
};
use crate::aws::{
    ApiError, ApiOutcome, CallContext, Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason,
    Region, ServiceName, arn::arn, note::reasons, outbox::Send, parcel::Receipt, timestamps,
};

/// What the references of our files begin with, to know their receipts by.
const HISTORY: &str = "history";
const SNAPSHOT: &str = "snapshot";

/// What became of the last delivery of a kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Delivered {
    attempted: Option<DateTime<Utc>>,
    succeeded: Option<DateTime<Utc>>,
    refused: Option<Reason>,
}

impl Delivered {
    pub(super) fn take_note(&mut self, refused: Option<&Reason>, now: DateTime<Utc>) {
        self.attempted = Some(now);
        self.refused = refused.cloned();
        if refused.is_none() {
            self.succeeded = Some(now);
        }
    }

    fn outcome(&self) -> Map<String, Value> {
        let mut outcome = Map::new();
        let status = match (self.attempted, &self.refused) {
            (None, _) => return outcome,
            (_, None) => "SUCCESS",
            (_, Some(_)) => "FAILURE",
        };
        outcome.insert("lastStatus".to_owned(), status.into());
        if let Some(Reason { code, detail, .. }) = &self.refused {
            let error = if *code == reasons::NO_RESOURCE { "NoSuchBucket" } else { "AccessDenied" };
            outcome.insert("lastErrorCode".to_owned(), error.into());
            outcome.insert("lastErrorMessage".to_owned(), (**detail).into());
        }
        outcome
    }

    pub(super) fn describe(&self) -> Value {
        let mut info = self.outcome();
        for (name, time) in [("lastAttemptTime", self.attempted), ("lastSuccessfulTime", self.succeeded)] {
            if let Some(time) = time {
                info.insert(name.to_owned(), timestamps::cli(time).into());
            }
        }
        Value::Object(info)
    }

    /// The same of messages, where a channel without a topic has none.
    pub(super) fn describe_stream(&self, has_topic: bool) -> Value {
        if !has_topic {
            return json!({ "lastStatus": "NOT_APPLICABLE" });
        }
        let mut info = self.outcome();
        if let Some(time) = self.attempted {
            info.insert("lastStatusChangeTime".to_owned(), timestamps::cli(time).into());
        }
        Value::Object(info)
    }
}

/// Delivers a snapshot of everything recorded to the bucket of the delivery channel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliverConfigSnapshot {
    delivery_channel_name: String,
}

impl Config {
    pub(super) fn deliver_config_snapshot(
        &mut self,
        input: DeliverConfigSnapshot,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        let none = |code: &str, what: &str| {
            Err(ApiError::client(code, format!("There is no {what} to deliver a snapshot.")))
        };
        match self.recorder(&region).map(|recorder| recorder.is_recording) {
            None => return none("NoAvailableConfigurationRecorderException", "configuration recorder"),
            Some(false) => {
                return none("NoRunningConfigurationRecorderException", "running configuration recorder");
            }
            Some(true) => {}
        }
        self.channels(&[input.delivery_channel_name], cx)?;
        let id = self.deliver_snapshot(&region, cx.out);
        Ok(json!({ "configSnapshotId": id }))
    }

    /// Sends a snapshot of everything to the bucket; gives its id.
    pub(super) fn deliver_snapshot(&mut self, region: &Region, out: &mut Outbox<'_>) -> Option<String> {
        let account_id = Arc::clone(&self.account_id);
        let state = self.state(region)?;
        let channel = state.channel.as_ref()?;
        let id = out.uuid();
        let started =
            message("ConfigurationSnapshotDeliveryStarted", &[("configSnapshotId", id.as_str().into())], out);
        tell((&account_id, region), channel, SNAPSHOT_EVENT, started, out);
        let items: Vec<Value> = state.current_items().map(|item| item.json.as_ref().clone()).collect();
        let stamp = out.moment().utc.format("%Y%m%dT%H%M%SZ");
        let name = format!("ConfigSnapshot/{account_id}_Config_{region}_ConfigSnapshot_{stamp}_{id}.json.gz");
        let body = json!({ "fileVersion": "1.0", "configSnapshotId": id, "configurationItems": items });
        let reference = format!("{SNAPSHOT} {id}");
        put((&account_id, region), channel, &name, body, Some(reference), out);
        Some(id)
    }

    /// Sends what was recorded since the last delivery to the bucket, a file per type.
    pub(super) fn deliver_history(&mut self, region: &Region, out: &mut Outbox<'_>) {
        let account_id = Arc::clone(&self.account_id);
        let now = out.moment().utc;
        let state = self.state_mut(region);
        let Some(channel) = state.channel.as_mut() else { return };
        let since = std::mem::replace(&mut channel.history.delivered_until, now);
        let channel = channel.clone();
        for (resource_type, items) in by_type(state, since, now) {
            let stamp = |moment: DateTime<Utc>| moment.format("%Y%m%dT%H%M%SZ").to_string();
            let captured = items.iter().map(|item| item.captured);
            let (from, to) = (captured.clone().min().unwrap_or(since), captured.max().unwrap_or(now));
            let name = format!(
                "ConfigHistory/{account_id}_Config_{region}_ConfigHistory_{resource_type}_{}_{}_1.json.gz",
                stamp(from),
                stamp(to)
            );
            let items: Vec<Value> = items.iter().map(|item| item.json.as_ref().clone()).collect();
            let body = json!({ "fileVersion": "1.0", "configurationItems": items });
            put((&account_id, region), &channel, &name, body, Some(HISTORY.to_owned()), out);
        }
    }

    /// Learns what became of a file, and tells that it is there.
    pub(super) fn file_was_put(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        let account_id = Arc::clone(&self.account_id);
        let region = receipt.from.region.clone();
        let Parcel::PutObject { bucket, key, .. } = &receipt.parcel else { return };
        let Some(reference) = receipt.reference.as_deref() else { return };
        let Some(channel) = self.state_mut(&region).channel.as_mut() else { return };
        let snapshot = reference.strip_prefix(SNAPSHOT).map(str::trim);
        let kept = if snapshot.is_some() { &mut channel.snapshot } else { &mut channel.history.last };
        kept.take_note(receipt.refused.as_ref(), out.moment().utc);
        if receipt.refused.is_some() {
            return;
        }
        let channel = channel.clone();
        let place = [("s3ObjectKey", Value::from(&**key)), ("s3Bucket", Value::from(&**bucket))];
        match snapshot {
            Some(id) => {
                let [key, bucket] = place;
                let members = [("configSnapshotId", id.into()), key, bucket];
                let body = message("ConfigurationSnapshotDeliveryCompleted", &members, out);
                tell((&account_id, &region), &channel, SNAPSHOT_EVENT, body, out);
            }
            None => {
                let body = message("ConfigurationHistoryDeliveryCompleted", &place, out);
                tell(
                    (&account_id, &region),
                    &channel,
                    "Config Configuration History Delivery Status",
                    body,
                    out,
                );
            }
        }
    }

    /// Learns what became of a message to the channel's topic.
    pub(super) fn topic_was_told(&mut self, receipt: &Receipt, out: &Outbox<'_>) {
        let channel = self.state_mut(&receipt.from.region).channel.as_mut();
        if let Some(channel) = channel {
            channel.stream.take_note(receipt.refused.as_ref(), out.moment().utc);
        }
    }
}

const SNAPSHOT_EVENT: &str = "Config Configuration Snapshot Delivery Status";

/// The items captured after `since`, up to `now`, by type.
fn by_type(
    state: &RegionState,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> BTreeMap<Arc<str>, Vec<Arc<Item>>> {
    let mut found: BTreeMap<Arc<str>, Vec<Arc<Item>>> = BTreeMap::new();
    for ((resource_type, _), items) in state.items.iter() {
        // The newest are last.
        let fresh = items.iter().rev().take_while(|item| item.captured > since);
        let fresh: Vec<&Arc<Item>> = fresh.filter(|item| item.captured <= now).collect();
        if !fresh.is_empty() {
            found.entry(Arc::clone(resource_type)).or_default().extend(fresh.into_iter().rev().cloned());
        }
    }
    found
}

fn message(kind: &str, members: &[(&str, Value)], out: &Outbox<'_>) -> Value {
    let mut body: Map<String, Value> =
        members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    body.insert("notificationCreationTime".to_owned(), timestamps::millis_z(out.moment().utc).into());
    body.insert("messageType".to_owned(), kind.into());
    body.insert("recordVersion".to_owned(), "1.1".into());
    Value::Object(body)
}

fn tell(
    (account_id, region): (&str, &Region),
    channel: &DeliveryChannel,
    detail_type: &'static str,
    body: Value,
    out: &mut Outbox<'_>,
) {
    let title = body.get("messageType").and_then(Value::as_str).unwrap_or_default();
    let what = match title {
        "ConfigurationHistoryDeliveryCompleted" => "Configuration History Delivery Completed",
        "ConfigurationSnapshotDeliveryStarted" => "Configuration Snapshot Delivery Started",
        _ => "Configuration Snapshot Delivery Completed",
    };
    let notice = Notice {
        from: Node::new(ServiceName::Config, region, Arc::clone(&channel.name)),
        title: title.into(),
        detail_type,
        resources: json!([]),
        subject: format!("[AWS Config:{region}] {what} for Account {account_id}"),
        on_bus: body,
        on_topic: None,
        source_arn: source_arn(account_id, region, channel),
    };
    notify::tell(account_id, region, notice, Some(channel), out);
}

/// What Config acts for when it writes to the bucket.
fn source_arn(account_id: &str, region: &Region, channel: &DeliveryChannel) -> Arc<str> {
    arn("config", region, account_id, &format!("delivery-channel/{}", channel.name)).into()
}

/// `[prefix/]AWSLogs/ACC/Config/REGION/Y/M/D/…`, year, month and day without leading zeros.
fn key(
    account_id: &str,
    region: &Region,
    channel: &DeliveryChannel,
    name: &str,
    now: DateTime<Utc>,
) -> Arc<str> {
    let prefix = channel.key_prefix.as_deref().map_or(String::new(), |prefix| format!("{prefix}/"));
    let (year, month, day) = (now.year(), now.month(), now.day());
    format!("{prefix}AWSLogs/{account_id}/Config/{region}/{year}/{month}/{day}/{name}").into()
}

fn put(
    (account_id, region): (&str, &Region),
    channel: &DeliveryChannel,
    name: &str,
    body: Value,
    reference: Option<String>,
    out: &mut Outbox<'_>,
) -> Arc<str> {
    let key = key(account_id, region, channel, name, out.moment().utc);
    let title = name.split('/').next().unwrap_or_default();
    let body = Arc::new(body);
    out.send(Send {
        path: HopPath::ConfigS3,
        from: Node::new(ServiceName::Config, region, Arc::clone(&channel.name)),
        to: Node::new(ServiceName::S3, region, Arc::clone(&channel.bucket)),
        payload: Payload::json(PayloadKind::Compliance, title, Arc::clone(&body)),
        parcel: Parcel::PutObject {
            bucket: Arc::clone(&channel.bucket),
            key: Arc::clone(&key),
            body,
            by: PRINCIPAL.into(),
            source_arn: source_arn(account_id, region, channel),
            kms_key: None,
        },
        delay: Delay::ConfigToS3,
        reference: reference.map(Into::into),
    });
    key
}

/// Sends an item that is too large for a message to the bucket; gives where it will be.
pub(super) fn deliver_oversized(
    place: (&str, &Region),
    channel: &DeliveryChannel,
    item: &Item,
    out: &mut Outbox<'_>,
) -> String {
    let (account_id, region) = place;
    let resource = &item.resource;
    let name = format!(
        "OversizedChangeNotification/{}/{}/{account_id}_Config_{region}_ChangeNotification_{}_{}_{}_1.json.gz",
        resource.resource_type,
        resource.resource_id,
        resource.resource_type,
        resource.resource_id,
        item.captured.format("%Y%m%dT%H%M%SZ"),
    );
    let body = json!({ "configurationItemDiff": &*item.diff, "configurationItem": &*item.json });
    let key = put(place, channel, &name, body, None, out);
    format!("{}/{key}", channel.bucket)
}
