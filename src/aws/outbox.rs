//! What a service writes to: every send becomes a hop with the cause the outbox carries.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{
    Delay, Delays, FaultKind, Faults, HopPath, Ledger, NearMiss, Node, Note, Parcel, Payload, Reason, Region,
    faults::Journey,
    hop::Hop,
    note::{Fate, reasons},
    parcel::{ResourceChange, Timer},
};
use crate::kernel::{Cause, Dice, EventQueue, HopId, SimDuration, SimTime, Stream, ids, ledger::NewHop};

/// An instant, both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub now: SimTime,
    pub utc: DateTime<Utc>,
}

impl Moment {
    /// Epoch milliseconds.
    pub fn epoch_ms(self) -> i64 {
        self.utc.timestamp_millis()
    }
}

/// Something to deliver.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub to: Node,
    pub parcel: Parcel,
    pub cause: Cause,
    /// The hop it travels as; a timer travels as none.
    pub hop: Option<HopId>,
    /// Who hears what became of it, and under what name.
    pub from: Node,
    pub reference: Option<Arc<str>>,
}

/// A hop to send.
#[derive(Clone, Debug)]
pub struct Send {
    pub path: HopPath,
    pub from: Node,
    pub to: Node,
    pub payload: Payload,
    pub parcel: Parcel,
    pub delay: Delay,
    /// What the sender will recognise the receipt by.
    pub reference: Option<Arc<str>>,
}

/// A parcel for a hop that was written before it.
#[derive(Clone, Debug)]
pub struct Handover {
    pub from: Node,
    pub to: Node,
    pub parcel: Parcel,
    pub reference: Option<Arc<str>>,
}

/// Where a service writes what leaves it.
#[derive(Debug)]
pub struct Outbox<'a> {
    ledger: &'a mut Ledger,
    queue: &'a mut EventQueue<Delivery>,
    dice: &'a mut Dice,
    delays: &'a Delays,
    faults: &'a mut Faults,
    moment: Moment,
    cause: Cause,
    changes: Vec<(Region, ResourceChange)>,
    settled: Vec<HopId>,
}

impl<'a> Outbox<'a> {
    pub fn new(
        ledger: &'a mut Ledger,
        queue: &'a mut EventQueue<Delivery>,
        dice: &'a mut Dice,
        delays: &'a Delays,
        faults: &'a mut Faults,
        moment: Moment,
        cause: Cause,
    ) -> Self {
        let (changes, settled) = (Vec::new(), Vec::new());
        Self { ledger, queue, dice, delays, faults, moment, cause, changes, settled }
    }

    pub fn moment(&self) -> Moment {
        self.moment
    }

    pub fn now(&self) -> SimTime {
        self.moment.now
    }

    /// What everything written from here on is caused by.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// Sends under another cause, and restores this one after.
    pub fn caused_by<T>(&mut self, cause: impl Into<Option<HopId>>, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.cause;
        if let Some(hop) = cause.into() {
            self.cause = Cause::Hop(hop);
        }
        let result = write(self);
        self.cause = before;
        result
    }

    /// Sends under any cause, an input included.
    pub fn with_cause<T>(&mut self, cause: Cause, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.cause, cause);
        let result = write(self);
        self.cause = before;
        result
    }

    /// Sends a parcel: a hop in the ledger now, a delivery when it is due. Faults of the road may hold it back, or
    /// send it a second time as a hop of its own.
    pub fn send(&mut self, send: Send) -> HopId {
        let (copies, leaves_at) = self.faults_of_the_road(&send);
        let repeated: Vec<Send> = std::iter::repeat_n(&send, copies).cloned().collect();
        let held_back = leaves_at.map(|_| send.to.clone());
        let wait = self.delay(send.delay);
        let due_at = leaves_at.unwrap_or(self.moment.now).after(wait);
        let hop = self.depart(send, due_at);
        if let Some(to) = held_back {
            self.struck(FaultKind::Reorders, to, hop);
        }
        for copy in repeated {
            let to = copy.to.clone();
            let due_at = due_at.after(self.delay(Delay::Duplicate));
            let again = self.depart(copy, due_at);
            self.struck(FaultKind::Duplicates, to, again);
        }
        hop
    }

    /// Sends after a wait of the sender's own, whatever delay it names; no fault of the road concerns it.
    pub fn send_in(&mut self, send: Send, wait: SimDuration) -> HopId {
        self.depart(send, self.moment.now.after(wait))
    }

    /// What a hop carries, to send it again or to show what became of it.
    pub fn payload_of(&self, hop: HopId) -> Payload {
        self.ledger.hop(hop).payload.clone()
    }

    /// How many copies of it will follow, and when it leaves if it is held back.
    fn faults_of_the_road(&mut self, send: &Send) -> (usize, Option<SimTime>) {
        if matches!(send.parcel, Parcel::Timer(_)) {
            return (0, None);
        }
        let now = self.moment.now;
        let journey = Journey { path: Some(send.path), from: Some(&send.from), to: &send.to };
        let copies = self.faults.strikes(FaultKind::Duplicates, journey, now).count();
        (copies, self.faults.strike(FaultKind::Reorders, journey, now))
    }

    /// Notes beside a hop which fault made it so.
    fn struck(&mut self, kind: FaultKind, about: Node, hop: HopId) {
        let body = Arc::new(json!({ "fault": kind.as_str(), "hop": hop }));
        self.note(Note::Remark { kind: "fault", about, body });
    }

    /// The faults that are on, for whoever delivers or runs.
    pub fn faults(&mut self) -> &mut Faults {
        self.faults
    }

    /// Why an addressee takes nothing now, if a fault says so.
    pub(in crate::aws) fn outage(&mut self, delivery: &Delivery) -> Option<Reason> {
        let hop = delivery.hop.filter(|_| !matches!(delivery.parcel, Parcel::Timer(_)))?;
        let path = Some(self.ledger.hop(hop).path);
        let journey = Journey { path, from: Some(&delivery.from), to: &delivery.to };
        self.faults.strike(FaultKind::Down, journey, self.moment.now)?;
        Some(Reason::new(reasons::ENDPOINT_DOWN, Arc::clone(&delivery.to.resource)))
    }

    fn depart(&mut self, send: Send, due_at: SimTime) -> HopId {
        let hop = self.ledger.depart(NewHop {
            path: send.path,
            cause: self.cause,
            from: send.from.clone(),
            to: send.to.clone(),
            sent_at: self.moment.now,
            due_at,
            payload: send.payload,
        });
        self.queue.push(
            due_at,
            Delivery {
                to: send.to,
                parcel: send.parcel,
                cause: Cause::Hop(hop),
                hop: Some(hop),
                from: send.from,
                reference: send.reference,
            },
        );
        hop
    }

    /// A hop that has been written, to look at.
    pub fn hop(&self, hop: HopId) -> &Hop {
        self.ledger.hop(hop)
    }

    /// Writes a hop that needs no delivery: something seen at once by its addressee, or visible after `delay`.
    pub fn mark(&mut self, path: HopPath, from: Node, to: Node, payload: Payload, delay: Delay) -> HopId {
        let due_at = self.moment.now.after(self.delay(delay));
        self.mark_until(path, from, to, payload, due_at)
    }

    /// The same, when it is known at what moment it arrives.
    pub fn mark_until(
        &mut self,
        path: HopPath,
        from: Node,
        to: Node,
        payload: Payload,
        due_at: SimTime,
    ) -> HopId {
        self.ledger.depart(NewHop {
            path,
            cause: self.cause,
            from,
            to,
            sent_at: self.moment.now,
            due_at,
            payload,
        })
    }

    /// Sets a timer of the sender's own: delivered to `to` (itself) after `wait`, under the present cause.
    pub fn timer(&mut self, to: Node, timer: Timer, wait: SimDuration) {
        let from = to.clone();
        self.queue.push(
            self.moment.now.after(wait),
            Delivery {
                to,
                parcel: Parcel::Timer(timer),
                cause: self.cause,
                hop: None,
                from,
                reference: None,
            },
        );
    }

    /// Hands over a parcel that is no journey of its own, such as a service's counters about itself: no hop, no
    /// receipt, but delivered like any other.
    pub fn hand_over(&mut self, to: Node, parcel: Parcel, delay: Delay) {
        let due_at = self.moment.now.after(self.delay(delay));
        let from = to.clone();
        self.queue.push(due_at, Delivery { to, parcel, cause: self.cause, hop: None, from, reference: None });
    }

    /// Hands over, after `wait`, a parcel for a hop that was marked before: what becomes of it is that hop's fate, and
    /// the receipt tells of that hop.
    pub fn hand_over_for(&mut self, hop: HopId, handover: Handover, wait: SimDuration) {
        let Handover { from, to, parcel, reference } = handover;
        let due_at = self.moment.now.after(wait);
        self.queue
            .push(due_at, Delivery { to, parcel, cause: Cause::Hop(hop), hop: Some(hop), from, reference });
    }

    /// Writes down something that could have travelled and did not.
    pub fn near_miss(&mut self, path: HopPath, from: Node, to: Node, reason: Reason) {
        self.note(Note::NearMiss(Arc::new(NearMiss { path, from, to, reason })));
    }

    /// Writes down what became of a hop.
    pub fn fate(&mut self, hop: HopId, fate: Fate) {
        self.settled.push(hop);
        self.note(Note::Fate { hop, fate });
    }

    /// Whether somebody has written what became of a hop since this outbox was opened.
    pub(in crate::aws) fn is_settled(&self, hop: HopId) -> bool {
        self.settled.contains(&hop)
    }

    pub fn note(&mut self, note: Note) {
        self.ledger.note(self.moment.now, self.cause, note);
    }

    /// Announces a resource as it now is; the account hands it to Config if its recorder wants it.
    pub fn changed(&mut self, region: &Region, change: ResourceChange) {
        self.changes.push((region.clone(), change));
    }

    pub(in crate::aws) fn take_changes(&mut self) -> Vec<(Region, ResourceChange)> {
        std::mem::take(&mut self.changes)
    }

    /// How long `delay` takes this time, by the table of the scenario and the seed.
    pub fn delay(&mut self, delay: Delay) -> SimDuration {
        self.delays.draw(delay, self.dice)
    }

    /// A UUID for a request, an event, a message.
    pub fn uuid(&mut self) -> String {
        ids::uuid(self.dice)
    }

    /// The suffix of a resource id (`count` hexadecimal digits).
    pub fn hex(&mut self, count: usize) -> String {
        ids::hex(self.dice, count)
    }

    /// The suffix of an IAM unique id or an access key.
    pub fn base32(&mut self, count: usize) -> String {
        ids::base32(self.dice, count)
    }

    /// Sixty-four seeded bits.
    pub fn bits(&mut self, of: Stream) -> u64 {
        self.dice.bits(of)
    }
}
