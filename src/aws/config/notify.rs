//! What Config tells others: events on the default bus, and the same bodies to the delivery channel's topic.
//!
//! Source: Config Developer Guide, the example notifications ("Example configuration item change notification",
//! "… compliance change …", "… oversized …", "Config rules evaluation started", "… history delivery …").

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{EvaluationResult, Item, channel::DeliveryChannel, deliveries, rule::Rule};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Region, ServiceName,
    arn::Arn,
    outbox::Send,
    parcel::{Publish, Sender},
    timestamps,
};

pub(super) const PRINCIPAL: &str = "config.amazonaws.com";

/// The longest subject of a message (SNS).
const SUBJECT_CAP: usize = 100;

/// The largest message or event, in bytes (SNS, EventBridge); a larger item is told of in short.
const MESSAGE_CAP: usize = 256 * 1024;

/// Something to tell.
pub(super) struct Notice {
    pub(super) from: Node,
    pub(super) title: Arc<str>,
    pub(super) detail_type: &'static str,
    pub(super) resources: Value,
    pub(super) subject: String,
    pub(super) on_bus: Value,
    /// The topic's copy, where it is another one.
    pub(super) on_topic: Option<Value>,
    pub(super) source_arn: Arc<str>,
}

/// Tells of a new item.
pub(super) fn item_changed(
    account_id: &str,
    region: &Region,
    item: &Item,
    channel: Option<&DeliveryChannel>,
    out: &mut Outbox<'_>,
) {
    let resource = &item.resource;
    let what = match item.status {
        "ResourceDiscovered" => "Created",
        "ResourceDeleted" => "Deleted",
        _ => "Updated",
    };
    let body = json!({
        "recordVersion": "1.3",
        "messageType": "ConfigurationItemChangeNotification",
        "configurationItemDiff": &*item.diff,
        "notificationCreationTime": timestamps::millis_z(out.moment().utc),
        "configurationItem": &*item.json,
    });
    let is_oversized = body.to_string().len() > MESSAGE_CAP;
    let body = if is_oversized { oversized(account_id, region, item, channel, out) } else { body };
    let notice = Notice {
        from: Node::new(ServiceName::Config, region, resource.shown_name()),
        title: item.status.into(),
        detail_type: "Config Configuration Item Change",
        resources: json!([&*resource.arn]),
        subject: format!(
            "[AWS Config:{region}] {} {} {what} in Account {account_id}",
            resource.resource_type, resource.resource_id
        ),
        on_bus: body,
        on_topic: None,
        source_arn: Arc::clone(&resource.arn),
    };
    tell(account_id, region, notice, channel, out);
}

/// The short form of an item that is too large to send; the item itself goes to the channel's bucket.
fn oversized(
    account_id: &str,
    region: &Region,
    item: &Item,
    channel: Option<&DeliveryChannel>,
    out: &mut Outbox<'_>,
) -> Value {
    const LEFT_OUT: [&str; 5] =
        ["relatedEvents", "tags", "relationships", "configuration", "supplementaryConfiguration"];
    let members = item.json.as_object().into_iter().flatten();
    let mut summary: Map<String, Value> = members
        .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    summary.insert("changeType".to_owned(), item.diff.get("changeType").cloned().unwrap_or_default());
    let location =
        channel.map(|channel| deliveries::deliver_oversized((account_id, region), channel, item, out));
    json!({
        "configurationItemSummary": summary,
        "s3DeliverySummary": { "s3BucketLocation": location, "errorCode": null, "errorMessage": null },
        "notificationCreationTime": timestamps::millis_z(out.moment().utc),
        "messageType": "OversizedConfigurationItemChangeNotification",
        "recordVersion": "1.0",
    })
}

/// Tells of a verdict that differs from the one before.
pub(super) fn compliance_changed(
    account_id: &str,
    region: &Region,
    (now, before): (&EvaluationResult, Option<&EvaluationResult>),
    channel: Option<&DeliveryChannel>,
    out: &mut Outbox<'_>,
) {
    let body = |result: fn(&EvaluationResult) -> Value| {
        let mut body = json!({
            "resourceId": &*now.resource_id,
            "awsRegion": region.as_str(),
            "awsAccountId": account_id,
            "configRuleName": &*now.rule,
            "recordVersion": "1.0",
            "configRuleARN": &*now.rule_arn,
            "messageType": "ComplianceChangeNotification",
            "newEvaluationResult": result(now),
        });
        if let Some(before) = before {
            body["oldEvaluationResult"] = result(before);
        }
        body["notificationCreationTime"] = timestamps::millis_z(now.recorded).into();
        body["resourceType"] = (*now.resource_type).into();
        body
    };
    let notice = Notice {
        from: Node::new(ServiceName::Config, region, Arc::clone(&now.rule)),
        title: now.compliance.as_str().into(),
        detail_type: "Config Rules Compliance Change",
        resources: json!([]),
        subject: format!(
            "[AWS Config:{region}] {} {} is {} with {} in Account {account_id}",
            now.resource_type,
            now.resource_id,
            now.compliance.as_str(),
            now.rule
        ),
        on_bus: body(on_bus),
        on_topic: Some(body(on_topic)),
        source_arn: Arc::clone(&now.rule_arn),
    };
    tell(account_id, region, notice, channel, out);
}

/// Tells that somebody has rules judge everything again.
pub(super) fn evaluation_started(
    account_id: &str,
    region: &Region,
    rules: &[Arc<Rule>],
    channel: Option<&DeliveryChannel>,
    out: &mut Outbox<'_>,
) {
    let Some(first) = rules.first() else { return };
    let names: Vec<&str> = rules.iter().map(|rule| &*rule.name).collect();
    let notice = Notice {
        from: Node::new(ServiceName::Config, region, "default"),
        title: "ConfigRulesEvaluationStarted".into(),
        detail_type: "Config Rules Re-evaluation Status",
        resources: json!([]),
        subject: format!("[AWS Config:{region}] Config Rules Evaluation Started for Account {account_id}"),
        on_bus: json!({
            "awsAccountId": account_id,
            "awsRegion": region.as_str(),
            "configRuleNames": names,
            "notificationCreationTime": timestamps::millis_z(out.moment().utc),
            "messageType": "ConfigRulesEvaluationStarted",
            "recordVersion": "1.0",
        }),
        on_topic: None,
        source_arn: Arc::clone(&first.arn),
    };
    tell(account_id, region, notice, channel, out);
}

fn on_bus(result: &EvaluationResult) -> Value {
    json!({
        "evaluationResultIdentifier": {
            "evaluationResultQualifier": {
                "configRuleName": &*result.rule,
                "resourceType": &*result.resource_type,
                "resourceId": &*result.resource_id,
            },
            "orderingTimestamp": timestamps::millis_z(result.ordering),
        },
        "complianceType": result.compliance.as_str(),
        "resultRecordedTime": timestamps::millis_z(result.recorded),
        "configRuleInvokedTime": timestamps::millis_z(result.invoked),
    })
}

/// The topic's copy says what it does not say, too.
fn on_topic(result: &EvaluationResult) -> Value {
    let mut body = on_bus(result);
    body["annotation"] = Value::Null;
    body["resultToken"] = Value::Null;
    body
}

pub(super) fn tell(
    account_id: &str,
    region: &Region,
    notice: Notice,
    channel: Option<&DeliveryChannel>,
    out: &mut Outbox<'_>,
) {
    let on_topic = notice.on_topic.unwrap_or_else(|| notice.on_bus.clone());
    let event = Arc::new(json!({
        "version": "0",
        "id": out.uuid(),
        "detail-type": notice.detail_type,
        "source": "aws.config",
        "account": account_id,
        "time": timestamps::seconds_z(out.moment().utc),
        "region": region.as_str(),
        "resources": notice.resources,
        "detail": notice.on_bus,
    }));
    out.send(Send {
        path: HopPath::ConfigBus,
        from: notice.from.clone(),
        to: Node::new(ServiceName::EventBridge, region, "default"),
        payload: Payload::json(PayloadKind::Compliance, Arc::clone(&notice.title), Arc::clone(&event)),
        parcel: Parcel::BusEvent { bus: "default".into(), event, read_only: false },
        delay: Delay::ConfigToBus,
        reference: None,
    });
    let Some(topic_arn) = channel.and_then(|channel| channel.topic_arn.clone()) else { return };
    let topic = Arn::parse(&topic_arn).map_or_else(|| Arc::clone(&topic_arn), |arn| arn.name().into());
    let topic_region = Arn::parse(&topic_arn).map_or_else(|| region.clone(), |arn| Region::new(arn.region));
    let publish = Publish {
        subject: Some(cut(&notice.subject).into()),
        message: on_topic.to_string().into(),
        by_protocol: Arc::default(),
        attributes: Arc::default(),
        by: Sender::Service { principal: PRINCIPAL.into(), source_arn: notice.source_arn },
        topic_arn,
    };
    out.send(Send {
        path: HopPath::ConfigSns,
        from: notice.from,
        to: Node::new(ServiceName::Sns, &topic_region, topic),
        payload: Payload::json(PayloadKind::Compliance, notice.title, on_topic),
        parcel: Parcel::Publish(Arc::new(publish)),
        delay: Delay::ConfigToBus,
        reference: None,
    });
}

/// A subject that SNS takes: its end becomes `...`.
fn cut(subject: &str) -> String {
    if subject.chars().count() <= SUBJECT_CAP {
        return subject.to_owned();
    }
    subject.chars().take(SUBJECT_CAP - 3).chain("...".chars()).collect()
}
