//! What a service did by itself, which CloudTrail records although nobody called: `AwsServiceEvent`.
//!
//! Source: CloudTrail User Guide, "Non-API events captured by CloudTrail"; `samples/ct-service-event-RotateKey.json`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Record, Touched};
use crate::aws::{Node, Outbox, Region, ServiceName, timestamps};

/// Who acts when it is AWS itself.
const AWS_ITSELF: &str = "AWS Internal";

/// An act of a service on one of its resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEvent {
    pub service: ServiceName,
    /// Such as `RotateKey`.
    pub name: &'static str,
    /// Such as `AWS::KMS::Key`.
    pub resource_type: &'static str,
    pub arn: Arc<str>,
    /// `serviceEventDetails`.
    pub details: Value,
}

/// Writes the record of a service's own act.
pub fn of_service(event: &ServiceEvent, region: &Region, account_id: &str, out: &mut Outbox<'_>) -> Record {
    let event_id: Arc<str> = out.uuid().into();
    let record = json!({
        "eventVersion": "1.11",
        "userIdentity": { "accountId": account_id, "invokedBy": AWS_ITSELF },
        "eventTime": timestamps::seconds_z(out.moment().utc),
        "eventSource": event.service.event_source(),
        "eventName": event.name,
        "awsRegion": region,
        "sourceIPAddress": AWS_ITSELF,
        "userAgent": AWS_ITSELF,
        "requestParameters": null,
        "responseElements": null,
        "eventID": event_id,
        "readOnly": false,
        "resources": [{ "accountId": account_id, "type": event.resource_type, "ARN": event.arn }],
        "eventType": "AwsServiceEvent",
        "managementEvent": true,
        "recipientAccountId": account_id,
        "serviceEventDetails": event.details,
        "eventCategory": "Management",
    });
    Record {
        subject: Node::new(event.service, region, Arc::clone(&event.arn)),
        region: region.clone(),
        json: Arc::new(record),
        event_name: event.name.into(),
        event_source: event.service.event_source(),
        event_id,
        read_only: false,
        management: true,
        count: 1,
        touched: Arc::new([Touched { resource_type: event.resource_type, name: Arc::clone(&event.arn) }]),
    }
}
