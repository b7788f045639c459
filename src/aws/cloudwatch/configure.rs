//! Alarms created, replaced, switched and deleted: what the history, the bus and the recorder hear of it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Alarm, CloudWatch, Regional,
    alarm::{Kind, Reactions},
    change::newborn,
    messages::{ConfigurationChange, full_configuration},
};
use crate::aws::{
    CallContext, Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Region, Send, ServiceName,
    parcel::ResourceChange,
    spelling::small_first,
    tags::{Tag, Tags},
    timestamps,
};

/// What a call makes of an alarm.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub name: &'a str,
    pub reactions: Reactions,
    pub kind: Kind,
    pub tags: &'a [Tag],
}

impl CloudWatch {
    /// Creates an alarm, or replaces the whole configuration of one, whose state stays. Tags are those of its creation.
    pub(super) fn configure(&mut self, cx: &mut CallContext<'_, '_>, wanted: Wanted<'_>) {
        let (region, at, cause) = (cx.region().clone(), cx.moment().utc, cx.out.cause());
        let (account_id, arn) = (Arc::clone(&self.account_id), self.alarm_arn(&region, wanted.name));
        let regional = self.regional(&region);
        let name: Arc<str> = wanted.name.into();
        let before = regional.alarms.get(&name).map(full_configuration);
        let alarm = regional.alarms.entry(Arc::clone(&name)).or_insert_with(|| {
            let mut tags = Tags::default();
            tags.set(wanted.tags);
            Alarm {
                node: Node::new(ServiceName::CloudWatch, &region, Arc::clone(&name)),
                name: Arc::clone(&name),
                arn: arn.into(),
                reactions: Arc::new(Reactions::default()),
                kind: wanted.kind.clone(),
                tags,
                updated_at: at,
                current: newborn(at),
                transitioned_at: at,
                cause,
            }
        });
        alarm.reactions = Arc::new(wanted.reactions);
        alarm.kind = wanted.kind;
        (alarm.updated_at, alarm.cause) = (at, cause);
        let operation = if before.is_some() { "update" } else { "create" };
        let change = ConfigurationChange {
            operation,
            alarm,
            previous: before.as_ref(),
            account_id: &account_id,
            region: &region,
        };
        regional.history.configured(change.alarm, at, if before.is_some() { "updated" } else { "created" });
        announce(&change, cx.out);
        regional.look_at_new(&region, &name, before.is_some(), cx.out);
    }

    pub(super) fn remove(&mut self, cx: &mut CallContext<'_, '_>, name: &str) {
        let (region, at) = (cx.region().clone(), cx.moment().utc);
        let account_id = Arc::clone(&self.account_id);
        let regional = self.regional(&region);
        if let Some(alarm) = regional.alarms.remove(name) {
            let change = ConfigurationChange {
                operation: "delete",
                alarm: &alarm,
                previous: None,
                account_id: &account_id,
                region: &region,
            };
            regional.history.configured(&alarm, at, "deleted");
            announce(&change, cx.out);
        }
    }

    pub(super) fn switch_actions(&mut self, cx: &mut CallContext<'_, '_>, names: &[String], enabled: bool) {
        let (region, at) = (cx.region().clone(), cx.moment().utc);
        let account_id = Arc::clone(&self.account_id);
        let Regional { alarms, history, .. } = self.regional(&region);
        for name in names {
            let Some(alarm) = alarms.get_mut(name.as_str()) else { continue };
            let before = full_configuration(alarm);
            Arc::make_mut(&mut alarm.reactions).actions_enabled = enabled;
            alarm.updated_at = at;
            history.configured(alarm, at, "updated");
            let change = ConfigurationChange {
                operation: "update",
                alarm,
                previous: Some(&before),
                account_id: &account_id,
                region: &region,
            };
            announce(&change, cx.out);
        }
    }
}

/// Tells the bus and the configuration recorder. CloudTrail hears of the call, so the event is no `alarm>bus`: that road
/// is for states.
fn announce(change: &ConfigurationChange<'_>, out: &mut Outbox<'_>) {
    let alarm = change.alarm;
    let time = timestamps::seconds_z(out.moment().utc);
    let event: Arc<Value> = change.event(&out.uuid(), &time).into();
    out.send(Send {
        path: HopPath::ResBus,
        from: alarm.node.clone(),
        to: Node::new(ServiceName::EventBridge, change.region, "default"),
        payload: Payload::json(
            PayloadKind::Event,
            "CloudWatch Alarm Configuration Change",
            Arc::clone(&event),
        ),
        parcel: Parcel::BusEvent { bus: "default".into(), event, read_only: false },
        delay: Delay::ResourceToBus,
        reference: None,
    });
    if matches!(alarm.kind, Kind::Metric(_)) {
        record(alarm, change.operation == "delete", change.region, out);
    }
}

/// Tells the configuration recorder what a metric alarm is now; it does not know composite alarms. Source: Config
/// developer guide, "Supported resource types".
fn record(alarm: &Alarm, deleted: bool, region: &Region, out: &mut Outbox<'_>) {
    out.changed(
        region,
        ResourceChange {
            resource_type: "AWS::CloudWatch::Alarm".into(),
            resource_id: Arc::clone(&alarm.name),
            resource_name: Some(Arc::clone(&alarm.name)),
            arn: Arc::clone(&alarm.arn),
            availability_zone: "Regional".into(),
            created_at: None,
            tags: alarm.tags.map(),
            relationships: json!([]),
            configuration: if deleted { Value::Null } else { small_first(&alarm.describe()) },
            supplementary: json!({}),
            deleted,
        },
    );
}
