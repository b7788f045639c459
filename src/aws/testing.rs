//! An account on a bench, for tests: somebody calls, time passes, and one looks at what is in the ledger.
//!
//! It has the account number, Region and clock of the reference samples, and the `classroom` delays.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{
    Account, ApiCall, ApiOutcome, Delays, Fate, Fault, Faults, HopPath, Ledger, Moment, NearMiss, Note,
    Outbox, Parcel, Principal, Region, ServiceName, Via,
    call::{Input, InputKind},
    outbox::Delivery,
    registry::Services,
};
use crate::kernel::{Cause, Dice, EventQueue, SimDuration, SimTime};

/// An account, its ledger and its clock.
#[derive(Debug)]
pub struct Sandbox {
    pub account: Account,
    pub ledger: Ledger,
    queue: EventQueue<Delivery>,
    dice: Dice,
    pub delays: Delays,
    faults: Faults,
    now: SimTime,
    epoch: DateTime<Utc>,
    by: Principal,
    via: Via,
    region: Region,
    refusals: Vec<String>,
    /// How many hops and notes are forgotten.
    since: (usize, usize),
    /// Everything delivered so far, to whom.
    pub delivered: Vec<(ServiceName, Parcel)>,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// Account 123456789012 in us-east-1, on 2026-11-20 at 09:00 UTC; the installer acts.
    pub fn new() -> Self {
        let region = Region::new("us-east-1");
        Self {
            account: Account::new("123456789012", region.clone()),
            ledger: Ledger::default(),
            queue: EventQueue::default(),
            dice: Dice::new(1),
            delays: Delays::default(),
            faults: Faults::default(),
            now: SimTime::START,
            epoch: DateTime::parse_from_rfc3339("2026-11-20T09:00:00Z").unwrap().to_utc(),
            by: Principal::role("installateur", "deploy"),
            via: Via::cli("203.0.113.24"),
            region,
            refusals: Vec::new(),
            since: (0, 0),
            delivered: Vec::new(),
        }
    }

    /// Switches a fault on now.
    pub fn break_down(&mut self, fault: Fault) -> &mut Self {
        self.faults.switch_on(fault, self.now);
        self
    }

    /// From here on `by` makes the calls.
    pub fn act_as(&mut self, by: Principal) -> &mut Self {
        self.by = by;
        self
    }

    /// From here on calls go to another Region.
    pub fn in_region(&mut self, region: &str) -> &mut Self {
        self.region = Region::new(region);
        self
    }

    /// From here on calls come from a console session.
    pub fn from_console(&mut self) -> &mut Self {
        self.via.console = true;
        self
    }

    /// Creates a user with an AWS managed policy and lets them make the calls from here on.
    pub fn act_as_user(&mut self, name: &str, managed_policies: &[&str]) -> &mut Self {
        self.by = Principal::role("installateur", "deploy");
        self.ok(ServiceName::Iam, "CreateUser", serde_json::json!({ "UserName": name }));
        for policy in managed_policies {
            let arn = super::iam::managed::arn_of(policy).expect("an AWS managed policy");
            let parameters = serde_json::json!({ "UserName": name, "PolicyArn": arn });
            self.ok(ServiceName::Iam, "AttachUserPolicy", parameters);
        }
        self.act_as(Principal::user(name))
    }

    /// Makes a call through the one door.
    pub fn call(&mut self, service: ServiceName, operation: &str, parameters: Value) -> ApiOutcome {
        let call = Arc::new(ApiCall {
            by: self.by.clone(),
            via: self.via.clone(),
            region: self.region.clone(),
            service,
            operation: operation.into(),
            parameters,
        });
        let kind = InputKind::Call { call: Arc::clone(&call), count: 1, outcome: None };
        let id = self.ledger.arrive(self.now, Input { step: None, kind });
        self.with_outbox(Cause::Input(id), |account, out| account.call(&call, out))
    }

    /// Makes a call that must succeed.
    pub fn ok(&mut self, service: ServiceName, operation: &str, parameters: Value) -> Value {
        self.call(service, operation, parameters).unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// Makes a call that must fail, and gives `code: message`.
    pub fn error(&mut self, service: ServiceName, operation: &str, parameters: Value) -> String {
        self.call(service, operation, parameters).expect_err("it must fail").to_string()
    }

    /// Lets so many seconds pass, delivering what falls due.
    pub fn wait(&mut self, seconds: u64) -> &mut Self {
        let until = self.now.after(SimDuration::from_secs(seconds));
        while self.queue.next_due().is_some_and(|due| due <= until) {
            let (due, delivery) = self.queue.pop().expect("it has just been seen");
            self.now = due;
            self.delivered.push((delivery.to.service, delivery.parcel.clone()));
            let reception = self.with_outbox(delivery.cause, |account, out| account.deliver(&delivery, out));
            self.refusals.extend(reception.err().map(|reason| reason.detail.to_string()));
        }
        self.now = until;
        self
    }

    /// How long it has been.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// How many deliveries and timers are still to come.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Why deliveries were refused since this was last asked.
    pub fn refusals(&mut self) -> Vec<String> {
        std::mem::take(&mut self.refusals)
    }

    /// The services, to change behind the account's back: what a scenario says of people.
    pub fn services_mut(&mut self) -> &mut Services {
        self.account.services_mut()
    }

    /// Looks at what happens from here on only: hops and near misses so far are no longer counted.
    pub fn forget(&mut self) -> &mut Self {
        self.since = (self.ledger.hops().len(), self.ledger.notes().len());
        self
    }

    /// What became of hops other than being accepted, as services wrote it down.
    pub fn fates(&self) -> Vec<&Fate> {
        let notes = self.ledger.notes()[self.since.1..].iter();
        notes
            .filter_map(|note| if let Note::Fate { fate, .. } = &note.body { Some(fate) } else { None })
            .collect()
    }

    /// The services, to look at.
    pub fn services(&self) -> &Services {
        self.account.services()
    }

    /// What travelled on a path so far: each payload's JSON.
    pub fn payloads(&self, path: HopPath) -> Vec<Value> {
        let hops = self.hops(path).into_iter();
        hops.map(|hop| hop.payload.body().into_owned()).collect()
    }

    /// The hops of a path so far.
    pub fn hops(&self, path: HopPath) -> Vec<&super::hop::Hop> {
        self.ledger.hops()[self.since.0..].iter().filter(|hop| hop.path == path).collect()
    }

    /// The titles of what travelled on a path so far.
    pub fn titles(&self, path: HopPath) -> Vec<String> {
        self.hops(path).iter().map(|hop| hop.payload.title().into_owned()).collect()
    }

    /// Why something did not travel on a path, each time.
    pub fn missed(&self, path: HopPath) -> Vec<&'static str> {
        let misses = self.near_misses().into_iter();
        misses.filter(|miss| miss.path == path).map(|miss| miss.reason.code).collect()
    }

    /// What might have travelled and did not.
    pub fn near_misses(&self) -> Vec<Arc<NearMiss>> {
        let notes = self.ledger.notes()[self.since.1..].iter();
        notes
            .filter_map(|note| match &note.body {
                Note::NearMiss(miss) => Some(Arc::clone(miss)),
                _ => None,
            })
            .collect()
    }

    /// Lets a test write to the outbox itself, as an input would.
    pub fn with_outbox<T>(
        &mut self,
        cause: Cause,
        act: impl FnOnce(&mut Account, &mut Outbox<'_>) -> T,
    ) -> T {
        let passed = TimeDelta::milliseconds(self.now.as_millis() as i64);
        let moment = Moment { now: self.now, utc: self.epoch + passed };
        let mut out = Outbox::new(
            &mut self.ledger,
            &mut self.queue,
            &mut self.dice,
            &self.delays,
            &mut self.faults,
            moment,
            cause,
        );
        act(&mut self.account, &mut out)
    }
}
