//! Physical stimuli: what the world does to resources, as the values their metrics will show.
//!
//! A load order is a list of values, one per `every`; outside of it a resource is at its baseline. Nothing here
//! knows AWS: a resource and a metric are names.

pub mod template;

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::kernel::{InputId, SimDuration, SimTime};

/// Values that a metric of a resource will show from some moment on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadOrder {
    pub resource: Arc<str>,
    /// The metric's own name, such as `CPUUtilization`.
    pub metric: Arc<str>,
    pub every: SimDuration,
    /// One value per `every`; `None` is a datapoint that never comes.
    pub values: Vec<Option<f64>>,
}

/// A value to publish, and the input that makes it so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    pub value: f64,
    pub by: InputId,
}

/// What the world does to every resource, metric by metric.
#[derive(Clone, Debug, Default)]
pub struct Load {
    metrics: BTreeMap<Arc<str>, MetricLoad>,
}

/// What the world makes one metric show.
#[derive(Clone, Debug, Default)]
pub struct MetricLoad {
    /// Of any resource that has no baseline of its own.
    default: Option<Level>,
    resources: BTreeMap<Arc<str>, Driven>,
}

/// What drives one metric of one resource.
#[derive(Clone, Debug, Default)]
struct Driven {
    baseline: Option<Level>,
    /// In the order they were given; of two in force the later one counts.
    running: Vec<Running>,
}

/// An order, shared by the keyframes of a session.
#[derive(Clone, Debug)]
struct Running {
    values: Arc<[Option<f64>]>,
    every: SimDuration,
    since: SimTime,
    by: InputId,
}

impl Load {
    /// What `metric` shows for any resource that has no baseline of its own.
    pub fn set_default(&mut self, metric: &str, level: Level) {
        self.metric_mut(metric).default = Some(level);
    }

    /// What `metric` of `resource` shows when nothing drives it.
    pub fn set_baseline(&mut self, resource: &str, metric: &str, level: Level) {
        self.driven_mut(resource, metric).baseline = Some(level);
    }

    /// Starts an order; it replaces whatever drove that metric from this moment on.
    pub fn start(&mut self, order: LoadOrder, since: SimTime, by: InputId) {
        let driven = self.driven_mut(&order.resource, &order.metric);
        driven.running.retain(|running| running.ends_at() <= since);
        driven.running.push(Running { values: order.values.into(), every: order.every, since, by });
    }

    /// What the world makes a metric show, if it has ever touched it.
    pub fn of(&self, metric: &str) -> Option<&MetricLoad> {
        self.metrics.get(metric)
    }

    /// What `metric` of `resource` is at `moment`; `None` where no datapoint will come.
    pub fn at(&self, resource: &str, metric: &str, moment: SimTime) -> Option<Level> {
        self.of(metric)?.at(resource, moment)
    }

    fn metric_mut(&mut self, metric: &str) -> &mut MetricLoad {
        self.metrics.entry(metric.into()).or_default()
    }

    fn driven_mut(&mut self, resource: &str, metric: &str) -> &mut Driven {
        self.metric_mut(metric).resources.entry(resource.into()).or_default()
    }
}

impl MetricLoad {
    /// What a resource shows at `moment`; `None` where no datapoint will come.
    pub fn at(&self, resource: &str, moment: SimTime) -> Option<Level> {
        let Some(driven) = self.resources.get(resource) else { return self.default };
        let in_force = driven.running.iter().rev();
        match in_force.into_iter().find_map(|running| Some((running, running.slot(moment)?))) {
            Some((running, slot)) => running.values[slot].map(|value| Level { value, by: running.by }),
            None => driven.baseline.or(self.default),
        }
    }
}

impl Running {
    fn ends_at(&self) -> SimTime {
        self.since.after(self.every.times(self.values.len() as u64))
    }

    /// Which value is in force; `None` when this order says nothing of that moment.
    fn slot(&self, moment: SimTime) -> Option<usize> {
        if moment < self.since || self.every == SimDuration::ZERO {
            return None;
        }
        let index = moment.since(self.since).as_millis() / self.every.as_millis();
        usize::try_from(index).ok().filter(|slot| *slot < self.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(value: f64) -> Level {
        Level { value, by: InputId::from_index(0) }
    }

    fn order(values: &[Option<f64>]) -> LoadOrder {
        LoadOrder {
            resource: "i-1".into(),
            metric: "CPUUtilization".into(),
            every: SimDuration::MINUTE,
            values: values.to_vec(),
        }
    }

    #[test]
    fn a_resource_returns_to_its_baseline_when_its_list_ends() {
        let mut load = Load::default();
        load.set_default("CPUUtilization", level(20.0));
        load.start(order(&[Some(85.0), None]), SimTime::START, InputId::from_index(1));

        let shown = |minute: u64| {
            let middle = SimTime::from_millis(minute * 60_000 + 30_000);
            load.at("i-1", "CPUUtilization", middle).map(|level| level.value)
        };

        assert_eq!([shown(0), shown(1), shown(2)], [Some(85.0), None, Some(20.0)]);
    }

    #[test]
    fn a_new_order_replaces_the_one_in_force() {
        let mut load = Load::default();
        load.start(order(&[Some(1.0), Some(2.0)]), SimTime::START, InputId::from_index(1));
        load.start(order(&[Some(9.0)]), SimTime::from_millis(30_000), InputId::from_index(2));

        let now = load.at("i-1", "CPUUtilization", SimTime::from_millis(40_000));

        assert_eq!(now.map(|level| level.value), Some(9.0));
    }

    #[test]
    fn what_the_world_never_touched_shows_nothing() {
        let mut load = Load::default();
        load.set_baseline("i-1", "CPUUtilization", level(20.0));

        assert_eq!(load.at("i-2", "CPUUtilization", SimTime::START), None);
        assert!(load.of("Latency").is_none());
    }
}
