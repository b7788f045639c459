//! An alarm: who it is, what it is, and the state it is in.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    composite::{Composite, Suppression},
    configuration::Configuration,
    evaluation::State,
    look::{Criteria, Look},
};
use crate::{
    aws::{Node, tags::Tags},
    kernel::Cause,
};

/// What every alarm has, whatever it watches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reactions {
    pub description: Option<String>,
    pub actions_enabled: bool,
    pub ok_actions: Vec<String>,
    pub alarm_actions: Vec<String>,
    pub insufficient_data_actions: Vec<String>,
}

impl Reactions {
    /// Action ARNs for a state.
    pub fn to(&self, state: State) -> &[String] {
        match state {
            State::Ok => &self.ok_actions,
            State::Alarm => &self.alarm_actions,
            State::InsufficientData => &self.insufficient_data_actions,
        }
    }

    /// Every action ARN.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        State::ALL.into_iter().flat_map(|state| self.to(state))
    }
}

/// A state with the reason for it.
#[derive(Clone, Debug, PartialEq)]
pub struct StateReason {
    pub state: State,
    pub reason: Arc<str>,
    /// A JSON text.
    pub data: Option<Arc<str>>,
    /// Why its actions were held back, of a composite alarm's.
    pub suppressed_by: Option<Suppression>,
    /// When it was written.
    pub at: DateTime<Utc>,
}

impl StateReason {
    /// `{value, reason, reasonData, timestamp}`, as events and invocations carry it.
    pub fn json(&self) -> Value {
        let mut json = Map::new();
        if let Some(suppression) = self.suppressed_by {
            json.insert("actionsSuppressedBy".into(), json!(suppression.as_str()));
            json.insert("actionsSuppressedReason".into(), json!(suppression.reason()));
        }
        json.insert("value".into(), json!(self.state));
        json.insert("reason".into(), json!(&*self.reason));
        if let Some(data) = &self.data {
            json.insert("reasonData".into(), json!(&**data));
        }
        json.insert("timestamp".into(), json!(super::times::in_data(self.at)));
        json.into()
    }
}

/// An alarm.
#[derive(Clone, Debug)]
pub struct Alarm {
    pub name: Arc<str>,
    pub arn: Arc<str>,
    pub node: Node,
    pub reactions: Arc<Reactions>,
    pub kind: Kind,
    pub tags: Tags,
    pub updated_at: DateTime<Utc>,
    pub current: StateReason,
    /// When the state last became another.
    pub transitioned_at: DateTime<Utc>,
    /// The call that last configured it: what a change of state without any datapoint is caused by.
    pub cause: Cause,
}

/// What an alarm goes by.
#[derive(Clone, Debug)]
pub enum Kind {
    Metric(MetricAlarm),
    Composite(Composite),
}

/// An alarm on a metric or an expression.
#[derive(Clone, Debug)]
pub struct MetricAlarm {
    pub configuration: Arc<Configuration>,
    /// The id its metric goes by in events: a UUID drawn when the alarm was created.
    pub metric_id: Arc<str>,
    /// What it last looked at.
    pub last_look: Option<Look>,
    /// What stays the same from look to look.
    pub(super) criteria: Arc<Criteria>,
    /// Where its metric is, once there is one.
    pub(super) series: Option<usize>,
}

impl MetricAlarm {
    pub(super) fn new(node: &Node, configuration: Configuration, metric_id: Arc<str>) -> Self {
        let criteria = Criteria {
            alarm: node.clone(),
            settings: configuration.settings(),
            period_ms: i64::from(configuration.period_s) * 1_000,
        };
        Self {
            configuration: Arc::new(configuration),
            metric_id,
            last_look: None,
            criteria: Arc::new(criteria),
            series: None,
        }
    }
}

impl Alarm {
    pub fn state(&self) -> State {
        self.current.state
    }

    /// What it is made of, if it watches metrics.
    pub const fn metric(&self) -> Option<&MetricAlarm> {
        match &self.kind {
            Kind::Metric(metric) => Some(metric),
            Kind::Composite(_) => None,
        }
    }

    /// What it is made of, if it watches other alarms.
    pub const fn composite(&self) -> Option<&Composite> {
        match &self.kind {
            Kind::Metric(_) => None,
            Kind::Composite(composite) => Some(composite),
        }
    }

    /// `MetricAlarm` or `CompositeAlarm`.
    pub const fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Metric(_) => "MetricAlarm",
            Kind::Composite(_) => "CompositeAlarm",
        }
    }
}
