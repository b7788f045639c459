//! Rules that ring by themselves: a timer for the next time, and the event it puts on the default bus.
//!
//! A schedule is wound up when its rule is created or enabled, or gets another expression; changing anything else
//! about the rule does not move its times. What rings reaches every rule of the bus whose pattern matches, and the
//! rule itself whatever its pattern.
//!
//! Source: EventBridge user guide, "Creating a scheduled rule"; recorded deliveries.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::schedule::Schedule;
use super::{DEFAULT_BUS, EventBridge, Region, Rule};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, ServiceName, outbox::Send, parcel::Timer,
    timestamps,
};
use crate::kernel::SimDuration;

/// The name of the timer; its key is the rule's name and the number it was wound up under.
pub(super) const RING: &str = "ring-schedule";

const SOURCE: &str = "aws.events";
const DETAIL_TYPE: &str = "Scheduled Event";

impl EventBridge {
    /// Winds a rule's schedule up if it has one and is enabled. `before` is the rule as it was.
    pub(super) fn wind_up(
        &mut self,
        region: &Region,
        rule: &mut Rule,
        before: Option<&Rule>,
        out: &mut Outbox<'_>,
    ) {
        let still = before.filter(|before| before.schedule == rule.schedule).and_then(|before| before.wound);
        let Some(schedule) = rule.schedule.clone().filter(|_| rule.is_enabled()) else {
            rule.wound = None;
            return;
        };
        rule.wound = still;
        if still.is_none() {
            let number = self.new_number();
            rule.wound = Some(number);
            set(&schedule, &rule.name, number, region, out);
        }
    }

    /// Puts a rule's event on the bus, unless it has been stopped or wound up anew meanwhile.
    pub(super) fn ring(&mut self, key: &str, region: &Region, out: &mut Outbox<'_>) {
        let Some((name, number)) = key.rsplit_once(' ') else { return };
        let Some(rule) = self.rule(region, DEFAULT_BUS, name).cloned() else { return };
        let Some(number) = rule.wound.filter(|wound| wound.to_string() == number) else { return };
        let Some(schedule) = &rule.schedule else { return };
        let event = Arc::new(json!({
            "version": "0",
            "id": out.uuid(),
            "detail-type": DETAIL_TYPE,
            "source": SOURCE,
            "account": &*self.account_id,
            "time": timestamps::seconds_z(out.moment().utc),
            "region": region.as_str(),
            "resources": [&*rule.arn],
            "detail": {},
        }));
        out.send(Send {
            path: HopPath::ResBus,
            from: Node::new(ServiceName::EventBridge, region, Arc::clone(&rule.name)),
            to: Node::new(ServiceName::EventBridge, region, DEFAULT_BUS),
            payload: Payload::json(PayloadKind::Event, DETAIL_TYPE, Arc::clone(&event)),
            parcel: Parcel::BusEvent { bus: DEFAULT_BUS.into(), event, read_only: false },
            delay: Delay::None,
            reference: None,
        });
        set(schedule, &rule.name, number, region, out);
    }
}

/// Whether an event is the ringing of that rule's own schedule.
pub(super) fn is_ring_of(rule: &Rule, event: &Value) -> bool {
    let text = |name: &str| event.get(name).and_then(Value::as_str);
    text("source") == Some(SOURCE)
        && text("detail-type") == Some(DETAIL_TYPE)
        && event.pointer("/resources/0").and_then(Value::as_str) == Some(&*rule.arn)
}

/// Sets the timer for the next time; none if there is no next time.
fn set(schedule: &Schedule, rule: &Arc<str>, number: u64, region: &Region, out: &mut Outbox<'_>) {
    let now: DateTime<Utc> = out.moment().utc;
    let Some(next) = schedule.next_after(now) else { return };
    let wait = (next - now).num_milliseconds().max(1).unsigned_abs();
    let timer = Timer::Named { name: RING, key: format!("{rule} {number}").into() };
    let node = Node::new(ServiceName::EventBridge, region, Arc::clone(rule));
    out.timer(node, timer, SimDuration::from_millis(wait));
}
