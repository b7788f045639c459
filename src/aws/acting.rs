//! Parcels that a service sends in the name of a role: the account asks IAM before the addressee hears of them.
//!
//! The role must exist and trust the service, and be allowed the API call that the parcel amounts to, by its own
//! policies or by the addressee's. A service that acts in its own name is judged by the addressee alone.
//!
//! Source: EventBridge user guide, "Using resource-based policies" and "EventBridge and IAM roles".

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    Account, ApiCall, ApiError, Operation, Parcel, Principal, Reason, ServiceName, Via, arn::arn,
    note::reasons, outbox::Delivery, parcel::Sender, service::Admission,
};

impl Account {
    /// Why the role in whose name a parcel comes may not send it. `None` also for parcels that come in no role's name.
    pub(super) fn role_refuses(&self, delivery: &Delivery, now: DateTime<Utc>) -> Option<Reason> {
        if let Some(refusal) = self.log_writer_refuses(delivery) {
            return Some(refusal);
        }
        let (sender, service, operation, parameters) = amounts_to(&delivery.parcel)?;
        let Sender::Role { role_arn, principal, source_arn } = sender else { return None };
        let Some(role) = self.services().iam.role_trusting(role_arn, principal, source_arn) else {
            let detail = format!("{principal} is not able to assume role {role_arn}");
            return Some(Reason::new(reasons::ROLE_NOT_ASSUMED, detail));
        };
        let operation = self.operation(service, operation)?;
        let call = ApiCall {
            // What EventBridge names its sessions is not documented; the rule's name tells a reader who acts.
            by: Principal::role(role, source_arn.rsplit(['/', ':']).next().unwrap_or(principal)),
            via: Via::service(principal),
            region: delivery.to.region.clone(),
            service,
            operation: operation.name.into(),
            parameters,
        };
        let refusal = self.authorise(operation, &call, now).err()?;
        Some(Reason::new(reasons::NOT_AUTHORISED, refusal.message))
    }

    /// Tries the resources of other services that a call's settings name.
    pub(super) fn meet_needs(&self, operation: &'static Operation, call: &ApiCall) -> Result<(), ApiError> {
        let needs = self.services().get(call.service).map(|service| service.needs(operation, call));
        for need in needs.into_iter().flatten() {
            let there =
                self.services().get(need.of).map_or(Ok(()), |of| of.admits(&need.admission, &need.region));
            let granted = there.and_then(|()| self.services().iam.lets_act(&need.admission));
            granted.map_err(
                |reason| {
                    if reason.code == reasons::NO_RESOURCE { need.missing } else { need.refused }
                },
            )?;
        }
        Ok(())
    }

    /// Why the role in whose name log events are written does not let them through.
    fn log_writer_refuses(&self, delivery: &Delivery) -> Option<Reason> {
        let Parcel::LogEvents { group, stream, by, .. } = &delivery.parcel else { return None };
        if !by.starts_with("arn:") {
            return None;
        }
        let stream = format!("log-group:{group}:log-stream:{stream}");
        let stream_arn = arn("logs", &delivery.to.region, self.id(), &stream);
        let admission = Admission {
            principal: delivery.from.service.event_source(),
            role_arn: Some(Arc::clone(by)),
            asks: vec![("logs:CreateLogStream", stream_arn.clone()), ("logs:PutLogEvents", stream_arn)],
            source_arn: delivery.reference.clone().unwrap_or_else(|| Arc::clone(by)),
        };
        self.services().iam.lets_act(&admission).err()
    }
}

/// The API call that a parcel amounts to, and who makes it.
fn amounts_to(parcel: &Parcel) -> Option<(&Sender, ServiceName, &'static str, Value)> {
    Some(match parcel {
        Parcel::Publish(message) => {
            (&message.by, ServiceName::Sns, "Publish", json!({ "TopicArn": message.topic_arn }))
        }
        Parcel::Invoke(invoke) => {
            (&invoke.by, ServiceName::Lambda, "Invoke", json!({ "FunctionName": invoke.function_arn }))
        }
        Parcel::QueueMessage(message) => {
            let url = super::sqs::url_of_arn(&message.queue_arn)?;
            (&message.by, ServiceName::Sqs, "SendMessage", json!({ "QueueUrl": url }))
        }
        Parcel::KinesisRecord { stream_arn, by, .. } => {
            (by, ServiceName::Kinesis, "PutRecord", json!({ "StreamARN": stream_arn }))
        }
        Parcel::Forwarded(event) => {
            let entries = json!({ "Entries": [{ "EventBusName": event.bus_arn }] });
            (&event.by, ServiceName::EventBridge, "PutEvents", entries)
        }
        _ => return None,
    })
}
