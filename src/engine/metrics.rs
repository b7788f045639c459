//! Every minute the resources publish what they did in the minute that ended.

use std::sync::Arc;

use super::Engine;
use crate::{
    aws::{
        Delay, HopPath, Node, Parcel, Payload, Region, ServiceName, outbox::Send, payload::Datapoint,
        registry::Services,
    },
    kernel::{Cause, InputId, SimDuration, SimTime, Stream},
};

/// A resource that publishes metrics by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricSource {
    pub service: ServiceName,
    pub region: Region,
    /// The name a reader knows it by (its Name tag), for the road it drives on.
    pub name: Arc<str>,
    /// The id a load order and the metric's dimension name.
    pub id: Arc<str>,
    pub dimension: &'static str,
    pub metrics: &'static [Metric],
    /// One datapoint of a service's metric per this many minutes: 1, or 5 with basic monitoring.
    pub every_minutes: u64,
}

/// A metric that a resource publishes, as far as scenarios drive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    pub namespace: &'static str,
    pub name: &'static str,
    pub unit: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Of the service itself, as often as its monitoring says.
    Service,
    /// Of the application that runs there, every minute.
    Application,
    /// The same, measured at each of the minute's requests: what is driven is their 95th percentile.
    Requests,
}

const fn metric(namespace: &'static str, name: &'static str, unit: &'static str, kind: Kind) -> Metric {
    Metric { namespace, name, unit, kind }
}

/// What EC2 publishes per instance, and what the application on it does, in a namespace of its own.
const EC2_METRICS: &[Metric] = &[
    metric("AWS/EC2", "CPUUtilization", "Percent", Kind::Service),
    metric("Ville/Appli", "Latency", "Milliseconds", Kind::Requests),
    metric("Ville/Appli", "Errors", "Count", Kind::Application),
];
/// What RDS publishes per database.
const RDS_METRICS: &[Metric] = &[
    metric("AWS/RDS", "CPUUtilization", "Percent", Kind::Service),
    metric("AWS/RDS", "DatabaseConnections", "Count", Kind::Service),
    metric("AWS/RDS", "WriteIOPS", "Count/Second", Kind::Service),
];

/// How many requests of an application are measured in a minute, and how many of them are the slowest: with two of
/// twenty the 95th percentile, however it is interpolated, is their value.
const REQUESTS: usize = 20;
const SLOWEST: usize = 2;

impl Engine {
    pub(super) fn publish_metrics(&mut self) {
        let now = self.state.clock;
        let sources = sources(self.state.account.services());
        let minute_of_epoch = self.moment().utc.timestamp().div_euclid(60);
        for source in sources {
            let is_time = minute_of_epoch.rem_euclid(source.every_minutes as i64) == 0;
            for metric in source.metrics {
                let minutes = if metric.kind == Kind::Service { source.every_minutes } else { 1 };
                if minutes > 1 && !is_time {
                    continue;
                }
                if let Some((value, by)) = self.mean_of(&source, metric.name, minutes, now) {
                    self.publish(&source, metric, minutes, value, by);
                }
            }
        }
    }

    /// The mean of the minutes that ended, over those that had a value, and who made the last of them so.
    fn mean_of(
        &self,
        source: &MetricSource,
        metric: &str,
        minutes: u64,
        now: SimTime,
    ) -> Option<(f64, InputId)> {
        let middles = (0..minutes).rev().map(|back| {
            let since_middle = 60_000 * back + 30_000;
            SimTime::from_millis(now.as_millis().saturating_sub(since_middle))
        });
        let levels: Vec<_> =
            middles.filter_map(|middle| self.state.load.at(&source.id, metric, middle)).collect();
        let last = levels.last()?;
        let sum: f64 = levels.iter().map(|level| level.value).sum();
        Some((sum / levels.len() as f64, last.by))
    }

    fn publish(&mut self, source: &MetricSource, metric: &Metric, minutes: u64, value: f64, by: InputId) {
        let period = SimDuration::MINUTE.times(minutes);
        let timestamp = self.moment().epoch_ms() - i64::try_from(period.as_millis()).unwrap_or_default();
        let datapoint = Datapoint {
            namespace: metric.namespace.into(),
            metric_name: metric.name.into(),
            dimensions: Arc::new([(source.dimension.into(), Arc::clone(&source.id))]),
            timestamp,
            value,
            unit: metric.unit,
        };
        let quicker = match metric.kind {
            Kind::Requests => self.quicker_than(value),
            Kind::Service | Kind::Application => Vec::new(),
        };
        let to = Node::new(ServiceName::CloudWatch, &source.region, metric.name);
        self.with_outbox(Cause::Input(by), |_, out| {
            let shown = Arc::new(datapoint.clone());
            out.send(Send {
                path: HopPath::ResMetric,
                from: Node::new(source.service, &source.region, Arc::clone(&source.name)),
                to: to.clone(),
                payload: Payload::Datapoint(Arc::clone(&shown)),
                parcel: Parcel::Datapoint(shown),
                delay: Delay::ResourceToMetric,
                reference: None,
            });
            for value in quicker {
                let sample = Arc::new(Datapoint { value, ..datapoint.clone() });
                out.hand_over(to.clone(), Parcel::Datapoint(sample), Delay::ResourceToMetric);
            }
        });
    }

    /// The other requests of a minute whose 95th percentile is `slowest`: as slow, or quicker.
    fn quicker_than(&mut self, slowest: f64) -> Vec<f64> {
        let dice = &mut self.state.dice;
        let quick = (0..REQUESTS - SLOWEST)
            .map(|_| (slowest * dice.between(Stream::Load, 30, 90) as f64 / 100.0).round());
        std::iter::repeat_n(slowest, SLOWEST - 1).chain(quick).collect()
    }
}

/// Every resource that publishes metrics now, in a settled order.
pub fn sources(services: &Services) -> Vec<MetricSource> {
    let instances = services.ec2.metric_sources().map(|instance| MetricSource {
        service: ServiceName::Ec2,
        region: instance.region,
        name: instance.name,
        id: instance.instance_id,
        dimension: "InstanceId",
        metrics: EC2_METRICS,
        // Basic monitoring: one datapoint in five minutes. Source: EC2 user guide, "Manage detailed monitoring".
        every_minutes: if instance.detailed { 1 } else { 5 },
    });
    let databases = services.rds.metric_sources().map(|database| MetricSource {
        service: ServiceName::Rds,
        region: database.region,
        name: Arc::clone(&database.identifier),
        id: database.identifier,
        dimension: "DBInstanceIdentifier",
        metrics: RDS_METRICS,
        every_minutes: 1,
    });
    instances.chain(databases).collect()
}
