//! CloudWatch: keeps datapoints, and turns them into alarm state changes.
//!
//! A metric is a namespace, a name and a set of dimensions; a datapoint arrives as a `res>metric` hop or with
//! `PutMetricData`. Every UTC minute, a little after it so that the minute's datapoints are there, each alarm looks at
//! its last periods ([`evaluation`], [`window`]). A change of state is a `metric>alarm` hop caused by the newest
//! datapoint looked at, and from it go the event to the bus and the actions of the new state: on a change only, never
//! again while the state holds. Nobody calls an API there, so CloudTrail records nothing of it.
//!
//! Not here: composite alarms, metric math, anomaly detection, and actions other than topics and functions; each is
//! refused by name. Only `Account::call` creates or edits an alarm.
//!
//! Source: CloudWatch User Guide and service model, as gathered in the project's reference.

pub mod alarm;
pub mod evaluation;
pub mod history;
mod messages;
pub mod metrics;
mod ops;
mod react;
mod reason;
pub mod sample;
pub mod statistic;
mod times;
pub mod unit;
mod window;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

pub use self::{alarm::Alarm, evaluation::State};
use self::{
    history::{History, Item},
    metrics::{MetricKey, Metrics, Series},
    sample::Sample,
};
use super::{
    ApiCall, ApiOutcome, Operation, Outbox, Parcel, Receipt, Region, Service, ServiceName, arn,
    service::{Reception, TrailShape},
};

/// The state of this service.
#[derive(Clone, Debug)]
pub struct CloudWatch {
    account_id: Arc<str>,
    regions: BTreeMap<Region, Regional>,
}

/// What a region remembers.
#[derive(Clone, Debug, Default)]
struct Regional {
    metrics: Metrics,
    alarms: BTreeMap<Arc<str>, Alarm>,
    history: History,
    /// The minute (epoch milliseconds) the timer under way is for; no alarm, no timer.
    next_look: Option<i64>,
}

impl CloudWatch {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), regions: BTreeMap::new() }
    }

    /// The alarm of that name.
    pub fn alarm(&self, region: &Region, name: &str) -> Option<&Alarm> {
        self.regions.get(region)?.alarms.get(name)
    }

    /// The alarms of a region, by name.
    pub fn alarms(&self, region: &Region) -> impl Iterator<Item = &Alarm> {
        self.regions.get(region).into_iter().flat_map(|regional| regional.alarms.values())
    }

    /// What happened to the alarms of a region, oldest first.
    pub fn history(&self, region: &Region) -> impl DoubleEndedIterator<Item = &Item> {
        self.regions.get(region).into_iter().flat_map(|regional| regional.history.iter())
    }

    /// The metrics of a region, in the order they were first heard of.
    pub fn metrics(&self, region: &Region) -> impl Iterator<Item = (&MetricKey, &Series)> {
        self.regions.get(region).into_iter().flat_map(|regional| regional.metrics.iter())
    }

    /// A metric's samples.
    pub fn series(&self, region: &Region, key: &MetricKey) -> Option<&Series> {
        self.regions.get(region)?.metrics.get(key)
    }

    /// The metrics of a resource: those with a dimension of that value, such as an instance id.
    pub fn metrics_of<'a>(
        &'a self,
        region: &Region,
        resource_id: &'a str,
    ) -> impl Iterator<Item = (&'a MetricKey, &'a Series)> {
        self.metrics(region)
            .filter(move |(key, _)| key.dimensions().iter().any(|(_, value)| **value == *resource_id))
    }

    fn store(&mut self, region: &Region, key: MetricKey, sample: Sample) {
        self.regional(region).metrics.add(key, sample);
    }

    fn regional(&mut self, region: &Region) -> &mut Regional {
        if !self.regions.contains_key(region) {
            self.regions.insert(region.clone(), Regional::default());
        }
        self.regions.get_mut(region).expect("it was inserted just above when it was not there")
    }

    fn alarm_arn(&self, region: &Region, name: &str) -> String {
        arn::arn("cloudwatch", region, &self.account_id, &format!("alarm:{name}"))
    }
}

impl Service for CloudWatch {
    fn name(&self) -> ServiceName {
        ServiceName::CloudWatch
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::Datapoint(point) => self.take(point, region, out.cause()),
            Parcel::Timer(timer) => self.look(timer, region, out),
            _ => {}
        }
        Ok(())
    }

    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        let Some(action) = &receipt.reference else { return };
        let failure = receipt.refused.as_ref().map(|reason| &*reason.detail);
        let at = out.moment().utc;
        self.regional(&receipt.from.region).history.acted(&receipt.from.resource, at, action, failure);
    }

    fn resources(&self, operation: &'static Operation, call: &ApiCall, _account_id: &str) -> Vec<String> {
        let names: Vec<&str> = match operation.name {
            "PutMetricAlarm" | "SetAlarmState" => {
                call.parameters.get("AlarmName").and_then(Value::as_str).into_iter().collect()
            }
            "DeleteAlarms" | "EnableAlarmActions" | "DisableAlarmActions" => call
                .parameters
                .get("AlarmNames")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
            _ => return vec!["*".to_owned()],
        };
        names.into_iter().map(|name| self.alarm_arn(&call.region, name)).collect()
    }

    fn trail_shape(
        &self,
        operation: &'static Operation,
        call: &ApiCall,
        _outcome: &ApiOutcome,
    ) -> TrailShape {
        let request = (operation.name == "PutMetricAlarm").then(|| ops::recorded_request(call));
        TrailShape { request, ..TrailShape::default() }
    }
}
