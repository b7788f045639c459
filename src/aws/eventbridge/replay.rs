//! Replays: the events of an archive, sent to its bus again.
//!
//! Events go minute by minute of their own time, oldest minute first, each with a new id and the replay's name. A
//! replay that is asked to stop sends no further minute. The archive is looked up at every step: deleted meanwhile,
//! the replay fails.
//!
//! Source: `EventBridge` user guide, "Replaying archived events"; recorded answers and events.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{EventBridge, Region};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, ServiceName, arn::arn, outbox::Send,
    parcel::Timer, timestamps,
};

/// The name of the timer of a replay's next step; its key is the replay's name.
pub(super) const NEXT_STEP: &str = "replay-step";

const MS_PER_MINUTE: i64 = 60_000;

/// How far a replay is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReplayState {
    Starting,
    Running,
    Cancelling,
    Completed,
    Cancelled,
    Failed,
}

impl ReplayState {
    /// Whether it still counts among those that run.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Cancelling)
    }
}

/// One replay.
#[derive(Clone, Debug)]
pub struct Replay {
    pub name: Arc<str>,
    pub description: Option<Arc<str>>,
    pub archive: Arc<str>,
    pub bus: Arc<str>,
    /// ARNs of the rules to replay to; empty for all.
    pub rules: Vec<Arc<str>>,
    /// The half-open stretch of event time it replays.
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub state: ReplayState,
    pub reason: Option<&'static str>,
    pub started: DateTime<Utc>,
    pub ended: Option<DateTime<Utc>>,
    /// The last minute that was replayed.
    pub reached: Option<DateTime<Utc>>,
    /// Where the next minute begins, epoch milliseconds.
    pub next: i64,
}

impl Replay {
    fn end(&mut self, state: ReplayState, now: DateTime<Utc>) {
        self.state = state;
        self.ended = Some(now);
    }
}

impl EventBridge {
    pub(super) fn replay_arn(&self, region: &Region, name: &str) -> String {
        arn("events", region, &self.account_id, &format!("replay/{name}"))
    }

    /// The rules that a replayed event is for; `None` for an event that is no replay, or is for every rule.
    pub(super) fn chosen_by_replay(&self, region: &Region, event: &Value) -> Option<Vec<Arc<str>>> {
        let name = event.get("replay-name")?.as_str()?;
        let replay = self.regions.get(region)?.replays.get(name)?;
        (!replay.rules.is_empty()).then(|| replay.rules.clone())
    }

    /// Sets the timer of a replay's next step.
    pub(super) fn step_later(&self, name: &Arc<str>, region: &Region, delay: Delay, out: &mut Outbox<'_>) {
        let node = Node::new(ServiceName::EventBridge, region, Arc::clone(name));
        let wait = out.delay(delay);
        out.timer(node, Timer::Named { name: NEXT_STEP, key: Arc::clone(name) }, wait);
    }

    /// Replays the next minute that has events, or ends.
    pub(super) fn step_replay(&mut self, name: &str, region: &Region, out: &mut Outbox<'_>) {
        let now = out.moment();
        let regional = self.regional(region);
        let Some(replay) = regional.replays.get_mut(name) else { return };
        if replay.state == ReplayState::Cancelling {
            replay.end(ReplayState::Cancelled, now.utc);
            return;
        }
        let Some(archive) = regional.archives.get(&replay.archive) else {
            replay.reason = Some("Archive resource not found.");
            replay.end(ReplayState::Failed, now.utc);
            return;
        };
        replay.state = ReplayState::Running;
        let until = replay.until.timestamp_millis();
        let mut left = archive.between(replay.next, until, now.epoch_ms()).peekable();
        let Some(first) = left.peek() else {
            replay.end(ReplayState::Completed, now.utc);
            return;
        };
        let minute = first.event_time().div_euclid(MS_PER_MINUTE) * MS_PER_MINUTE;
        let end = minute + MS_PER_MINUTE;
        let events: Vec<Arc<Value>> =
            left.take_while(|entry| entry.event_time() < end).map(|entry| Arc::clone(&entry.event)).collect();
        replay.next = end;
        replay.reached = Some(timestamps::from_epoch_ms(minute));
        let (name, bus) = (Arc::clone(&replay.name), Arc::clone(&replay.bus));
        for event in events {
            send_again(&event, &name, &bus, region, out);
        }
        self.step_later(&name, region, Delay::ReplayedMinute, out);
    }
}

/// Puts an archived event on its bus again.
fn send_again(event: &Value, replay: &Arc<str>, bus: &Arc<str>, region: &Region, out: &mut Outbox<'_>) {
    let event = Arc::new(as_replayed(event, replay, out.uuid()));
    let title = event.get("detail-type").and_then(Value::as_str).unwrap_or_default();
    out.send(Send {
        path: HopPath::ResBus,
        from: Node::new(ServiceName::EventBridge, region, Arc::clone(replay)),
        to: Node::new(ServiceName::EventBridge, region, Arc::clone(bus)),
        payload: Payload::json(PayloadKind::Event, title, Arc::clone(&event)),
        parcel: Parcel::BusEvent { bus: Arc::clone(bus), event: Arc::clone(&event), read_only: false },
        delay: Delay::None,
        reference: None,
    });
}

/// The event with a new id and the replay's name, which stands after the Region. Source: recorded replays.
fn as_replayed(event: &Value, replay: &str, id: String) -> Value {
    let mut again = Map::new();
    for (key, value) in event.as_object().into_iter().flatten() {
        let value = if key == "id" { Value::from(id.as_str()) } else { value.clone() };
        again.insert(key.clone(), value);
        if key == "region" {
            again.insert("replay-name".to_owned(), replay.into());
        }
    }
    again.entry("replay-name").or_insert_with(|| replay.into());
    Value::Object(again)
}
