//! What the world does a little at a time: lines of an application, messages and reads at a rate, sign-ins.
//!
//! An entry knows only what comes next, so however long it lasts a keyframe of it is small.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Engine;
use crate::{
    aws::{
        ApiCall, Delay, HopPath, Node, Parcel, Payload, PayloadKind, Region, ServiceName, outbox::Send,
        parcel::LogEvent, signin::SignIn,
    },
    kernel::{Cause, InputId, SimDuration, SimTime, Stream},
    load::template::Template,
};

/// The same thing again and again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recurring {
    pub every: SimDuration,
    /// How often in all.
    pub times: u64,
    pub what: Happening,
}

/// What happens each time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// An application writes a line of its log, one text after the other.
    Line { region: Region, group: Arc<str>, stream: Arc<str>, texts: Vec<Template> },
    /// Somebody calls, so many times; texts of the parameters are templates.
    Calls { call: ApiCall, each: u64 },
    /// The same call so many times that it is told as one, with its count.
    Bulk { call: ApiCall, count: u64 },
    /// Somebody tries to sign in to the console.
    SignIn(SignIn),
}

impl Recurring {
    /// What it is about, for the reader.
    pub(super) fn subject(&self) -> Arc<str> {
        match &self.what {
            Happening::Line { group, .. } => Arc::clone(group),
            Happening::Calls { call, .. } | Happening::Bulk { call, .. } => Arc::clone(&call.operation),
            Happening::SignIn(attempt) => attempt.name().into(),
        }
    }
}

/// A recurring thing under way.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    order: Arc<Recurring>,
    by: InputId,
    step: Option<Arc<str>>,
    done: u64,
}

impl Engine {
    /// Puts a recurring thing on the agenda; its first time is now.
    pub(super) fn schedule(&mut self, order: Recurring, by: InputId, step: Option<Arc<str>>) {
        let entry = Entry { order: Arc::new(order), by, step, done: 0 };
        self.happen(entry);
    }

    /// When the world next does something by itself.
    pub(super) fn next_on_agenda(&self) -> Option<SimTime> {
        self.state.agenda.next_due()
    }

    /// Does what is next on the agenda.
    pub(super) fn keep_agenda(&mut self) {
        if let Some((due, entry)) = self.state.agenda.pop() {
            self.state.clock = due;
            self.happen(entry);
        }
    }

    fn happen(&mut self, mut entry: Entry) {
        if entry.done >= entry.order.times {
            return;
        }
        match &entry.order.what {
            Happening::Line { region, group, stream, texts } => {
                if let Some(text) = texts.get((entry.done % texts.len().max(1) as u64) as usize) {
                    let dice = &mut self.state.dice;
                    let line =
                        text.fill(entry.done + 1, |low, high| dice.between(Stream::Scenario, low, high));
                    self.write_line(region, group, stream, &line, entry.by);
                }
            }
            Happening::Calls { call, each } => {
                for turn in 1..=*each {
                    self.call_once_more(call, 1, entry.done * each + turn, &entry);
                }
            }
            Happening::Bulk { call, count } => self.call_once_more(call, *count, entry.done + 1, &entry),
            Happening::SignIn(attempt) => self.with_outbox(Cause::Input(entry.by), |account, out| {
                account.sign_in(attempt, out);
            }),
        }
        entry.done += 1;
        if entry.done < entry.order.times {
            self.state.agenda.push(self.state.clock.after(entry.order.every), entry);
        }
    }

    /// Makes the `n`th call of an entry. What it was answered, a refusal too, stands in the ledger.
    fn call_once_more(&mut self, call: &ApiCall, count: u64, n: u64, entry: &Entry) {
        let parameters = self.filled(&call.parameters, n);
        let call = ApiCall { parameters, ..call.clone() };
        let _ = self.call_many(call, count, entry.step.clone());
    }

    /// Parameters whose texts have been filled.
    fn filled(&mut self, parameters: &Value, n: u64) -> Value {
        match parameters {
            Value::String(text) => Template::new(text)
                .fill(n, |low, high| self.state.dice.between(Stream::Scenario, low, high))
                .into(),
            Value::Array(items) => items.iter().map(|item| self.filled(item, n)).collect(),
            Value::Object(members) => {
                let filled = members.iter().map(|(key, value)| (key.clone(), self.filled(value, n)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        }
    }

    fn write_line(&mut self, region: &Region, group: &Arc<str>, stream: &Arc<str>, line: &str, by: InputId) {
        self.with_outbox(Cause::Input(by), |_, out| {
            let event = LogEvent { timestamp: out.moment().epoch_ms(), message: line.into() };
            let body = json!({ "logGroup": &**group, "logStream": &**stream, "events": [&event] });
            out.send(Send {
                path: HopPath::AppLogs,
                from: Node::new(ServiceName::Outside, region, Arc::clone(stream)),
                to: Node::new(ServiceName::Logs, region, Arc::clone(group)),
                payload: Payload::json(PayloadKind::Mission, line, body),
                parcel: Parcel::LogEvents {
                    group: Arc::clone(group),
                    stream: Arc::clone(stream),
                    events: Arc::from([event]),
                    by: APPLICATION.into(),
                },
                delay: Delay::LambdaToLogs,
                reference: None,
            });
        });
    }
}

/// In whose name the CloudWatch agent of an application writes.
const APPLICATION: &str = "appli";
