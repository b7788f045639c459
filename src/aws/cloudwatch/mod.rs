//! CloudWatch: keeps datapoints, and turns them into alarm state changes.
//!
//! A metric is a namespace, a name and a set of dimensions; a datapoint arrives as a `res>metric` hop or with
//! `PutMetricData`. Every UTC minute, a little after it so that the minute's datapoints are there, each metric alarm looks
//! at its last periods ([`window`], [`evaluation`]) or at what expressions make of several metrics ([`math`]), and leaves
//! in the ledger what it saw ([`look`]). A change of state is a `metric>alarm` hop caused by the newest datapoint looked
//! at ([`change`]); from it go the event to the bus and the actions of the new state ([`actions`]): on a change only,
//! never again while the state holds. Composite alarms follow their children at once ([`cascade`]). Nobody calls an API
//! there, so CloudTrail records nothing of it.
//!
//! Refused by name: dashboards, metric streams, Contributor Insights, `SEARCH`, mute rules, cross-account metrics, and
//! actions other than topics, functions and stopping, rebooting or terminating an instance. Only `Account::call` creates
//! or edits an alarm.
//!
//! Source: CloudWatch User Guide and service model, as gathered in the project's reference.

mod actions;
pub mod alarm;
mod cascade;
mod change;
pub mod composite;
pub mod configuration;
mod configure;
mod describe;
mod evaluate;
pub mod evaluation;
pub mod history;
pub mod look;
pub mod math;
mod messages;
pub mod metrics;
mod ops;
mod react;
mod reason;
pub mod sample;
pub mod series;
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
    evaluate::NextLook,
    history::{History, Item},
    metrics::{MetricKey, Metrics},
    sample::Sample,
    series::Series,
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
    /// What the timer under way is for; no metric alarm, no timer.
    next_look: Option<NextLook>,
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
            Parcel::Datapoints(points) => {
                for point in &**points {
                    self.take(point, region, out.cause());
                }
            }
            Parcel::Timer(timer) => self.wake(timer, region, out),
            _ => {}
        }
        Ok(())
    }

    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        self.acted(receipt, out);
    }

    fn resources(&self, operation: &'static Operation, call: &ApiCall, _account_id: &str) -> Vec<String> {
        let texts = |member: &str| -> Vec<&str> {
            match call.parameters.get(member) {
                Some(Value::String(text)) => vec![text],
                Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            }
        };
        let names = match operation.name {
            "PutMetricAlarm" | "PutCompositeAlarm" | "SetAlarmState" => texts("AlarmName"),
            "DeleteAlarms" | "EnableAlarmActions" | "DisableAlarmActions" => texts("AlarmNames"),
            "TagResource" | "UntagResource" | "ListTagsForResource" => {
                return texts("ResourceARN").into_iter().map(str::to_owned).collect();
            }
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
