//! A state that becomes another one, and whoever hears of it: the history, the bus, the actions.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    alarm::{Alarm, Kind, StateReason},
    evaluation::State,
    history::History,
    messages::Change,
};
use crate::{
    aws::{Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Region, Send, ServiceName},
    kernel::{Cause, HopId},
};

/// Where a change of state comes from, for the hop and whoever opens it.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub from: Node,
    pub cause: Cause,
    /// What was looked at.
    pub evidence: (&'static str, Value),
}

/// Whom a change may have to tell.
#[derive(Debug)]
pub(super) struct Telling<'a, 'o> {
    pub account_id: &'a str,
    pub region: &'a Region,
    pub history: &'a mut History,
    pub out: &'a mut Outbox<'o>,
}

/// Whether the actions of the new state run now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actions {
    Run,
    Withheld,
}

impl Telling<'_, '_> {
    /// The alarm takes a state; if it is another one, everybody concerned hears of it, and the hop is told.
    pub fn become_state(
        &mut self,
        alarm: &mut Alarm,
        new: StateReason,
        origin: Origin,
        actions: Actions,
    ) -> Option<HopId> {
        let previous = std::mem::replace(&mut alarm.current, new);
        if previous.state == alarm.state() {
            return None;
        }
        alarm.transitioned_at = alarm.current.at;
        self.history.state_changed(alarm, &previous);
        let change = Change { alarm, previous: &previous, account_id: self.account_id, region: self.region };
        let mut body = change.detail();
        let (name, evidence) = origin.evidence;
        body[name] = evidence;
        let title = format!("{}→{}", previous.state, alarm.state());
        let payload = Payload::json(PayloadKind::Alarm, title, body);
        let region = self.region;
        let hop = self.out.with_cause(origin.cause, |out| {
            let hop = out.mark(HopPath::MetricAlarm, origin.from, alarm.node.clone(), payload, Delay::None);
            out.caused_by(hop, |out| {
                tell_bus(&change, region, out);
                match actions {
                    Actions::Run => change.run_actions(out),
                    Actions::Withheld => change.withhold_actions(out),
                }
            });
            hop
        });
        if let (Kind::Composite(composite), Actions::Withheld) = (&mut alarm.kind, actions) {
            composite.withheld = Some(Arc::new(previous));
        }
        Some(hop)
    }
}

/// The bus hears of every change, whether or not actions are enabled.
fn tell_bus(change: &Change<'_>, region: &Region, out: &mut Outbox<'_>) {
    let event: Arc<Value> = change.event(&out.uuid()).into();
    out.send(Send {
        path: HopPath::AlarmBus,
        from: change.alarm.node.clone(),
        to: Node::new(ServiceName::EventBridge, region, "default"),
        payload: Payload::json(PayloadKind::Event, "CloudWatch Alarm State Change", Arc::clone(&event)),
        parcel: Parcel::BusEvent { bus: "default".into(), event, read_only: false },
        delay: Delay::AlarmToBus,
        reference: None,
    });
}

impl Origin {
    /// Somebody set the state by hand.
    pub fn by_hand(alarm: &Alarm, cause: Cause) -> Self {
        let from = match &alarm.kind {
            Kind::Metric(metric) => Node { resource: metric.configuration.subject(), ..alarm.node.clone() },
            Kind::Composite(_) => alarm.node.clone(),
        };
        Self { from, cause, evidence: ("datapoints", json!([])) }
    }
}

/// The state an alarm is born with.
pub(super) fn newborn(at: chrono::DateTime<chrono::Utc>) -> StateReason {
    StateReason {
        state: State::InsufficientData,
        reason: "Unchecked: Initial alarm creation".into(),
        data: None,
        suppressed_by: None,
        at,
    }
}
