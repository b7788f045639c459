//! Every minute the resources publish what they did in the minute that ended.

use std::sync::Arc;

use super::Engine;
use crate::{
    aws::{
        Delay, HopPath, Node, Parcel, Payload, Region, ServiceName, outbox::Send, payload::Datapoint,
        registry::Services,
    },
    kernel::{Cause, InputId, SimDuration, SimTime},
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
    pub namespace: &'static str,
    pub dimension: &'static str,
    pub metrics: &'static [(&'static str, &'static str)],
    /// One datapoint per this many minutes: 1, or 5 with basic monitoring.
    pub every_minutes: u64,
}

/// What EC2 publishes per instance, with its unit, as far as scenarios drive it.
const EC2_METRICS: &[(&str, &str)] = &[("CPUUtilization", "Percent")];
/// What RDS publishes per database.
const RDS_METRICS: &[(&str, &str)] =
    &[("CPUUtilization", "Percent"), ("DatabaseConnections", "Count"), ("WriteIOPS", "Count/Second")];

impl Engine {
    pub(super) fn publish_metrics(&mut self) {
        let now = self.state.clock;
        let sources = sources(self.state.account.services());
        let minute_of_epoch = self.moment().utc.timestamp().div_euclid(60);
        for source in sources {
            if minute_of_epoch.rem_euclid(source.every_minutes as i64) != 0 {
                continue;
            }
            for (metric, unit) in source.metrics {
                if let Some((value, by)) = self.mean_of(&source, metric, now) {
                    self.publish(&source, metric, unit, value, by);
                }
            }
        }
    }

    /// The mean of the minutes that ended, over those that had a value, and who made the last of them so.
    fn mean_of(&self, source: &MetricSource, metric: &str, now: SimTime) -> Option<(f64, InputId)> {
        let middles = (0..source.every_minutes).rev().map(|back| {
            let since_middle = 60_000 * back + 30_000;
            SimTime::from_millis(now.as_millis().saturating_sub(since_middle))
        });
        let levels: Vec<_> =
            middles.filter_map(|middle| self.state.load.at(&source.id, metric, middle)).collect();
        let last = levels.last()?;
        let sum: f64 = levels.iter().map(|level| level.value).sum();
        Some((sum / levels.len() as f64, last.by))
    }

    fn publish(&mut self, source: &MetricSource, metric: &str, unit: &'static str, value: f64, by: InputId) {
        let period = SimDuration::MINUTE.times(source.every_minutes);
        let timestamp = self.moment().epoch_ms() - i64::try_from(period.as_millis()).unwrap_or_default();
        let datapoint = Arc::new(Datapoint {
            namespace: source.namespace.into(),
            metric_name: metric.into(),
            dimensions: Arc::new([(source.dimension.into(), Arc::clone(&source.id))]),
            timestamp,
            value,
            unit,
        });
        self.with_outbox(Cause::Input(by), |_, out| {
            out.send(Send {
                path: HopPath::ResMetric,
                from: Node::new(source.service, &source.region, Arc::clone(&source.name)),
                to: Node::new(ServiceName::CloudWatch, &source.region, metric),
                payload: Payload::Datapoint(Arc::clone(&datapoint)),
                parcel: Parcel::Datapoint(datapoint),
                delay: Delay::ResourceToMetric,
                reference: None,
            });
        });
    }
}

/// Every resource that publishes metrics now, in a settled order.
pub fn sources(services: &Services) -> Vec<MetricSource> {
    let instances = services.ec2.metric_sources().map(|instance| MetricSource {
        service: ServiceName::Ec2,
        region: instance.region,
        name: instance.name,
        id: instance.instance_id,
        namespace: "AWS/EC2",
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
        namespace: "AWS/RDS",
        dimension: "DBInstanceIdentifier",
        metrics: RDS_METRICS,
        every_minutes: 1,
    });
    instances.chain(databases).collect()
}
