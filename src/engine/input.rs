//! What comes from outside: calls, and pushes of the world. The log of them, with the setup, is the whole truth
//! of a session.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Engine, agenda::Recurring};
use crate::{
    aws::{
        ApiCall, ApiOutcome, Delay, Fault, HopPath, Node, Parcel, Payload, PayloadKind, Region, ServiceName,
        call::{Input, InputKind},
        eventbridge::PartnerAct,
        outbox::{Delivery, Send},
        parcel::Timer,
        ses,
        signin::SignIn,
        sns,
    },
    kernel::{Cause, InputId, SimTime},
    load::{Level, LoadOrder},
};

/// A push of the world: not an API call, so CloudTrail hears of none but a sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stimulus {
    /// A resource works harder or rests.
    Load(LoadOrder),
    /// What a resource does while nothing drives it.
    Baseline { resource: Option<Arc<str>>, metric: Arc<str>, value: f64 },
    /// Somebody opens the link of a mail, or types the code of a text: a subscription's token, the address or the number
    /// to verify. Nobody signs such a click, so CloudTrail does not record it.
    OpenLink { link: Link, region: Region, key: Arc<str> },
    /// The same thing happens again and again.
    Recurring(Recurring),
    /// Somebody tries to sign in to the console. CloudTrail does record it, though it is no API call.
    SignIn(SignIn),
    /// A partner acts on its side: offers an event source, sends an event.
    Partner { region: Region, act: PartnerAct },
    /// A service puts a finished event on a bus.
    Event { region: Region, bus: Arc<str>, event: Arc<Value> },
    /// Something goes wrong from now on, for a while.
    Fault(Fault),
}

/// Which mail's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// Of an SNS confirmation, in a mail or at a web endpoint; the key is its token.
    Subscription,
    /// Of a text that verifies a phone for SNS; the key is the number.
    Phone,
    /// Of an SES verification mail; the key is the address.
    Identity,
}

/// One input as the log keeps it.
#[derive(Clone, Debug)]
pub enum Logged {
    Call(ApiCall),
    Stimulus(Stimulus),
}

/// What an input came to.
#[derive(Clone, Debug)]
pub struct Answer {
    pub input: InputId,
    /// `None` for a push of the world, which nobody answers.
    pub outcome: Option<ApiOutcome>,
}

/// An input, when it came, and the story step it belongs to.
#[derive(Clone, Debug)]
pub struct LogEntry {
    pub at: SimTime,
    pub step: Option<Arc<str>>,
    pub input: Logged,
}

impl Engine {
    /// Applies an input now.
    pub fn submit(&mut self, input: Logged, step: Option<Arc<str>>) -> Answer {
        match input {
            Logged::Call(call) => {
                let (input, outcome) = self.call(call, step);
                Answer { input, outcome: Some(outcome) }
            }
            Logged::Stimulus(stimulus) => Answer { input: self.push(stimulus, step), outcome: None },
        }
    }

    /// Lets the world push now.
    pub fn push(&mut self, stimulus: Stimulus, step: Option<Arc<str>>) -> InputId {
        let (kind, subject): (_, Arc<str>) = match &stimulus {
            Stimulus::Load(order) => ("load", Arc::clone(&order.resource)),
            Stimulus::Baseline { resource, .. } => {
                ("baseline", resource.clone().unwrap_or_else(|| "*".into()))
            }
            Stimulus::OpenLink { key, .. } => ("link", Arc::clone(key)),
            Stimulus::Recurring(order) => ("recurring", order.subject()),
            Stimulus::SignIn(attempt) => ("sign-in", attempt.name().into()),
            Stimulus::Partner { act, .. } => ("partner", Arc::clone(act.source())),
            Stimulus::Event { event, .. } => {
                ("event", event.get("detail-type").and_then(Value::as_str).unwrap_or_default().into())
            }
            Stimulus::Fault(fault) => {
                let path = || fault.path.map_or("*", HopPath::as_str).into();
                (fault.kind.as_str(), fault.resource.clone().unwrap_or_else(path))
            }
        };
        let id = self
            .ledger
            .arrive(self.state.clock, Input { step: step.clone(), kind: InputKind::World { kind, subject } });
        match stimulus {
            Stimulus::Load(order) => self.state.load.start(order, self.state.clock, id),
            Stimulus::Baseline { resource, metric, value } => {
                let level = Level { value, by: id };
                match resource {
                    Some(resource) => self.state.load.set_baseline(&resource, &metric, level),
                    None => self.state.load.set_default(&metric, level),
                }
            }
            Stimulus::OpenLink { link, region, key } => {
                let (service, name) = match link {
                    Link::Subscription => (ServiceName::Sns, sns::CONFIRMATION_LINK),
                    Link::Phone => (ServiceName::Sns, sns::PHONE_CODE),
                    Link::Identity => (ServiceName::Ses, ses::VERIFICATION_LINK),
                };
                let parcel = Parcel::Timer(Timer::Named { name, key: Arc::clone(&key) });
                let node = Node::new(service, &region, key);
                let cause = Cause::Input(id);
                let delivery =
                    Delivery { to: node.clone(), parcel, cause, hop: None, from: node, reference: None };
                self.deliver(delivery);
            }
            Stimulus::Recurring(order) => self.schedule(order, id, step),
            Stimulus::SignIn(attempt) => {
                self.with_outbox(Cause::Input(id), |account, out| account.sign_in(&attempt, out));
            }
            Stimulus::Partner { region, act } => self.with_outbox(Cause::Input(id), |account, out| {
                account.services_mut().eventbridge.hear_partner(&act, &region, out);
            }),
            Stimulus::Event { region, bus, event } => self.with_outbox(Cause::Input(id), |_, out| {
                let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default();
                out.send(Send {
                    path: HopPath::ResBus,
                    from: Node::new(ServiceName::Outside, &region, text("source")),
                    to: Node::new(ServiceName::EventBridge, &region, Arc::clone(&bus)),
                    payload: Payload::json(PayloadKind::Event, text("detail-type"), Arc::clone(&event)),
                    parcel: Parcel::BusEvent { bus, event: Arc::clone(&event), read_only: false },
                    delay: Delay::ResourceToBus,
                    reference: None,
                });
            }),
            Stimulus::Fault(fault) => self.state.faults.switch_on(fault, self.state.clock),
        }
        id
    }
}
