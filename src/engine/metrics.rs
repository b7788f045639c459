//! Every minute the resources publish what they did in the minute that ended.
//!
//! What a resource shows is what the world makes it show ([`Load`](crate::load::Load)): a metric that nothing drives and
//! that has no baseline is not published. A stopped instance publishes nothing at all.

use std::sync::Arc;

use super::Engine;
use crate::{
    aws::{
        Delay, HopPath, Node, Parcel, Payload, Region, ServiceName, outbox::Send, payload::Datapoint,
        registry::Services,
    },
    kernel::{Cause, InputId, SimDuration, SimTime, Stream},
    load::MetricLoad,
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
    /// One datapoint per this many minutes: 1, or 5 with basic monitoring.
    pub every_minutes: u64,
}

/// A metric that resources of one kind publish.
#[derive(Debug)]
struct Gauge {
    name: &'static str,
    unit: &'static str,
    namespace: &'static str,
    /// What names the resource.
    dimension: &'static str,
    /// Whether basic monitoring makes it come every five minutes only.
    follows_monitoring: bool,
    /// Whether it is measured at each of the minute's requests: what is driven is their 95th percentile.
    is_per_request: bool,
}

const fn of_instance(name: &'static str, unit: &'static str) -> Gauge {
    Gauge {
        name,
        unit,
        namespace: "AWS/EC2",
        dimension: "InstanceId",
        follows_monitoring: true,
        is_per_request: false,
    }
}

/// Status checks come every minute whatever the monitoring. Source: EC2 user guide, "Status checks for your instances".
const fn status_check(name: &'static str) -> Gauge {
    Gauge { follows_monitoring: false, ..of_instance(name, "Count") }
}

/// What the application on an instance publishes about itself, every minute; namespace as the lessons have it.
const fn of_application(name: &'static str, unit: &'static str, is_per_request: bool) -> Gauge {
    Gauge { namespace: "Ville/Appli", follows_monitoring: false, is_per_request, ..of_instance(name, unit) }
}

const fn of_database(name: &'static str, unit: &'static str) -> Gauge {
    let dimension = "DBInstanceIdentifier";
    Gauge { namespace: "AWS/RDS", dimension, follows_monitoring: false, ..of_instance(name, unit) }
}

/// What a running instance publishes.
static INSTANCE: &[Gauge] = &[
    of_instance("CPUUtilization", "Percent"),
    of_instance("NetworkIn", "Bytes"),
    of_instance("NetworkOut", "Bytes"),
    of_instance("NetworkPacketsIn", "Count"),
    of_instance("NetworkPacketsOut", "Count"),
    of_instance("DiskReadBytes", "Bytes"),
    of_instance("DiskWriteBytes", "Bytes"),
    of_instance("DiskReadOps", "Count"),
    of_instance("DiskWriteOps", "Count"),
    status_check("StatusCheckFailed"),
    status_check("StatusCheckFailed_Instance"),
    status_check("StatusCheckFailed_System"),
    of_application("Latency", "Milliseconds", true),
    of_application("Errors", "Count", false),
];

/// What a database that is up publishes.
static DATABASE: &[Gauge] = &[
    of_database("CPUUtilization", "Percent"),
    of_database("DatabaseConnections", "Count"),
    of_database("WriteIOPS", "Count/Second"),
    of_database("ReadIOPS", "Count/Second"),
    of_database("WriteLatency", "Seconds"),
    of_database("ReadLatency", "Seconds"),
    of_database("DiskQueueDepth", "Count"),
    of_database("ReplicaLag", "Seconds"),
    of_database("FreeStorageSpace", "Bytes"),
    of_database("FreeableMemory", "Bytes"),
    of_database("SwapUsage", "Bytes"),
];

/// Which kind of resource publishes what.
static GAUGES: &[(ServiceName, &[Gauge])] = &[(ServiceName::Ec2, INSTANCE), (ServiceName::Rds, DATABASE)];

impl MetricSource {
    /// The names of the metrics it may publish.
    pub fn metrics(&self) -> impl Iterator<Item = &'static str> {
        let of_its_kind = GAUGES.iter().filter(|(service, _)| *service == self.service);
        of_its_kind.flat_map(|(_, gauges)| gauges.iter().map(|gauge| gauge.name))
    }
}

/// How many requests of an application are measured in a minute, and how many of them are the slowest: with two of
/// twenty the 95th percentile, however it is interpolated, is their value.
const REQUESTS: usize = 20;
const SLOWEST: usize = 2;

/// A gauge ready to publish, with its names as datapoints share them.
struct Published {
    gauge: &'static Gauge,
    namespace: Arc<str>,
    metric: Arc<str>,
    dimension: Arc<str>,
}

impl Published {
    fn new(gauge: &'static Gauge) -> Self {
        let [namespace, metric, dimension] = [gauge.namespace, gauge.name, gauge.dimension].map(Arc::from);
        Self { gauge, namespace, metric, dimension }
    }
}

impl Engine {
    pub(super) fn publish_metrics(&mut self) {
        let sources = sources(self.state.account.services());
        for (service, gauges) in GAUGES {
            for gauge in *gauges {
                if self.state.load.of(gauge.name).is_some() {
                    self.publish_gauge(gauge, sources.iter().filter(|source| source.service == *service));
                }
            }
        }
    }

    fn publish_gauge<'a>(&mut self, gauge: &'static Gauge, sources: impl Iterator<Item = &'a MetricSource>) {
        let minute_of_epoch = self.moment().utc.timestamp().div_euclid(60);
        let published = Published::new(gauge);
        for source in sources {
            let minutes = if gauge.follows_monitoring { source.every_minutes } else { 1 };
            if minute_of_epoch.rem_euclid(minutes as i64) != 0 {
                continue;
            }
            let load = self.state.load.of(gauge.name);
            let level = load.and_then(|load| mean_of(load, &source.id, minutes, self.state.clock));
            if let Some((value, by)) = level {
                self.publish(source, &published, minutes, value, by);
            }
        }
    }

    fn publish(&mut self, source: &MetricSource, what: &Published, minutes: u64, value: f64, by: InputId) {
        let period = SimDuration::MINUTE.times(minutes);
        let timestamp = self.moment().epoch_ms() - i64::try_from(period.as_millis()).unwrap_or_default();
        let datapoint = Arc::new(Datapoint {
            namespace: Arc::clone(&what.namespace),
            metric_name: Arc::clone(&what.metric),
            dimensions: Arc::new([(Arc::clone(&what.dimension), Arc::clone(&source.id))]),
            timestamp,
            value,
            unit: what.gauge.unit,
        });
        let quicker = if what.gauge.is_per_request { self.quicker_than(value) } else { Vec::new() };
        let to = Node::new(ServiceName::CloudWatch, &source.region, Arc::clone(&what.metric));
        self.with_outbox(Cause::Input(by), |_, out| {
            out.send(Send {
                path: HopPath::ResMetric,
                from: Node::new(source.service, &source.region, Arc::clone(&source.name)),
                to: to.clone(),
                payload: Payload::Datapoint(Arc::clone(&datapoint)),
                parcel: Parcel::Datapoint(Arc::clone(&datapoint)),
                delay: Delay::ResourceToMetric,
                reference: None,
            });
            for value in quicker {
                let sample = Arc::new(Datapoint { value, ..Datapoint::clone(&datapoint) });
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

/// The mean of the minutes that ended, over those that had a value, and who made the last of them so.
fn mean_of(load: &MetricLoad, resource: &str, minutes: u64, now: SimTime) -> Option<(f64, InputId)> {
    let middles = (0..minutes).rev().map(|back| {
        let since_middle = 60_000 * back + 30_000;
        SimTime::from_millis(now.as_millis().saturating_sub(since_middle))
    });
    let (mut sum, mut count, mut last) = (0.0, 0_u32, None);
    for level in middles.filter_map(|middle| load.at(resource, middle)) {
        sum += level.value;
        count += 1;
        last = Some(level.by);
    }
    Some((sum / f64::from(count), last?))
}

/// Every resource that publishes metrics now, in a settled order.
pub fn sources(services: &Services) -> Vec<MetricSource> {
    let instances = services.ec2.metric_sources().map(|instance| MetricSource {
        service: ServiceName::Ec2,
        region: instance.region,
        name: instance.name,
        id: instance.instance_id,
        // Basic monitoring: one datapoint in five minutes. Source: EC2 user guide, "Manage detailed monitoring".
        every_minutes: if instance.detailed { 1 } else { 5 },
    });
    let databases = services.rds.metric_sources().map(|database| MetricSource {
        service: ServiceName::Rds,
        region: database.region,
        name: Arc::clone(&database.identifier),
        id: database.identifier,
        every_minutes: 1,
    });
    instances.chain(databases).collect()
}
