//! What CloudWatch does by itself: takes datapoints, wakes up to look at its alarms, and writes down what became of
//! their actions.

use std::sync::Arc;

use serde_json::json;

use super::{
    CloudWatch,
    cascade::{CREATED, HOLD_ENDS, Trigger, UPDATED},
    evaluate::FIRST_LOOK,
    history::Outcome,
    metrics::MetricKey,
    sample::{Observed, Sample},
    unit::Unit,
};
use crate::{
    aws::{
        Outbox, Parcel, Reason, Receipt, Region, ServiceName, note::reasons, parcel::Timer,
        payload::Datapoint,
    },
    kernel::Cause,
};

/// Services publish at the standard resolution.
const MINUTE_MS: i64 = 60_000;

impl CloudWatch {
    pub(super) fn take(&mut self, point: &Datapoint, region: &Region, cause: Cause) {
        let key = MetricKey::new(
            Arc::clone(&point.namespace),
            Arc::clone(&point.metric_name),
            Arc::clone(&point.dimensions),
        );
        let unit = Unit::parse(point.unit).unwrap_or(Unit::NONE);
        let at = point.timestamp.div_euclid(MINUTE_MS) * MINUTE_MS;
        self.store(region, key, Sample { at, cause, unit, observed: Observed::One(point.value) });
    }

    /// A timer of ours fired.
    pub(super) fn wake(&mut self, timer: &Timer, region: &Region, out: &mut Outbox<'_>) {
        let account_id = Arc::clone(&self.account_id);
        let regional = self.regional(region);
        let (name, key) = match timer {
            Timer::EvaluateAlarms => return regional.look_at_due(&account_id, region, out),
            Timer::Named { name, key } => (*name, key),
            _ => return,
        };
        let trigger = match name {
            FIRST_LOOK => return regional.look_at_first(key, &account_id, region, out),
            HOLD_ENDS => return regional.hold_ended(key, &account_id, region, out),
            CREATED => Trigger::Created,
            UPDATED => Trigger::Updated,
            _ => return,
        };
        let changed = regional.look_at_composite(key, trigger, &account_id, region, out);
        let changed = changed.map(|hop| (Arc::clone(key), hop));
        regional.cascade(changed.into_iter().collect(), &account_id, region, out);
    }

    /// Writes down what became of an action, in the history of its alarm.
    pub(super) fn acted(&mut self, receipt: &Receipt, out: &Outbox<'_>) {
        let Some(action) = &receipt.reference else { return };
        let at = out.moment().utc;
        let regional = self.regional(&receipt.from.region);
        let Some(alarm) = regional.alarms.get(&receipt.from.resource) else { return };
        let published = match &receipt.parcel {
            Parcel::Publish(publish) => Some(
                json!({ "default": publish.message, "sms": publish.subject, "email": publish.by_protocol.get("email") }),
            ),
            _ => None,
        };
        let error = receipt.refused.as_ref().map(|reason| refusal(reason, receipt, action));
        let outcome = Outcome { action, published: published.as_ref(), error: error.as_deref() };
        regional.history.acted(alarm, at, outcome);
    }
}

/// Why an action failed, as the alarm history words it. Source: answers seen in real histories; AWS re:Post, "Why didn't I
/// receive an SNS notification for my CloudWatch alarm trigger?".
fn refusal(reason: &Reason, receipt: &Receipt, action: &str) -> String {
    match (receipt.to.service, reason.code) {
        (ServiceName::Sns, reasons::NOT_AUTHORISED) => format!(
            "CloudWatch Alarms is not authorized to perform: SNS:Publish on resource: {action} because no \
             resource-based policy allows the SNS:Publish action"
        ),
        (ServiceName::Sns, "kms-denied") => {
            "CloudWatch Alarms does not have authorization to access the SNS topic encryption key.".to_owned()
        }
        _ => reason.detail.to_string(),
    }
}
