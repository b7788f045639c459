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

#[derive(Clone, Debug)]
struct Running {
    order: LoadOrder,
    since: SimTime,
    by: InputId,
}

/// A value to publish, and the input that makes it so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    pub value: f64,
    pub by: InputId,
}

/// What the world does to every resource.
#[derive(Clone, Debug, Default)]
pub struct Load {
    baselines: BTreeMap<(Arc<str>, Arc<str>), Level>,
    defaults: BTreeMap<Arc<str>, Level>,
    running: Vec<Running>,
}

impl Load {
    /// What `metric` shows for any resource that has no baseline of its own.
    pub fn set_default(&mut self, metric: &str, level: Level) {
        self.defaults.insert(metric.into(), level);
    }

    /// What `metric` of `resource` shows when nothing drives it.
    pub fn set_baseline(&mut self, resource: &str, metric: &str, level: Level) {
        self.baselines.insert((resource.into(), metric.into()), level);
    }

    /// Starts an order; it replaces whatever drove that metric from this moment on.
    pub fn start(&mut self, order: LoadOrder, since: SimTime, by: InputId) {
        self.running.retain(|running| {
            let same = running.order.resource == order.resource && running.order.metric == order.metric;
            !same || running.ends_at() <= since
        });
        self.running.push(Running { order, since, by });
    }

    /// What `metric` of `resource` is at `moment`; `None` where no datapoint will come.
    pub fn at(&self, resource: &str, metric: &str, moment: SimTime) -> Option<Level> {
        let driven = self
            .running
            .iter()
            .rev()
            .filter(|running| *running.order.resource == *resource && *running.order.metric == *metric)
            .find_map(|running| running.slot(moment).map(|slot| (running, slot)));
        if let Some((running, slot)) = driven {
            return running.order.values[slot].map(|value| Level { value, by: running.by });
        }
        let own = self.baselines.iter().find(|((of, name), _)| **of == *resource && **name == *metric);
        own.map(|(_, level)| *level).or_else(|| self.defaults.get(metric).copied())
    }
}

impl Running {
    fn ends_at(&self) -> SimTime {
        self.since.after(self.order.every.times(self.order.values.len() as u64))
    }

    /// Which value is in force; `None` when this order says nothing of that moment.
    fn slot(&self, moment: SimTime) -> Option<usize> {
        if moment < self.since || self.order.every == SimDuration::ZERO {
            return None;
        }
        let index = moment.since(self.since).as_millis() / self.order.every.as_millis();
        usize::try_from(index).ok().filter(|slot| *slot < self.order.values.len())
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
}
