//! The event loop: jobs, then requests, then the next moment at which something is due.

use rquickjs::{Context, FromJs, Function, Object, Persistent, Runtime, function::IntoArgs};
use serde_json::{Value, json};

use super::{
    FunctionError, SdkError, SdkSend,
    budget::{ANSWER_US, JOB_US, MAX_IN_FLIGHT, Stop, TURN_US},
    host::{Due, Host},
};

/// How the loop ended.
#[derive(Debug)]
pub(super) enum Ending {
    Answer(Value),
    Error(FunctionError),
    Stopped(Stop),
}

/// The interpreter with the code loaded.
pub(super) struct Machine<'a> {
    pub runtime: &'a Runtime,
    pub context: &'a Context,
    /// The JavaScript side's functions, by name.
    pub parts: Persistent<Object<'static>>,
    pub host: &'a Host,
}

/// Turns until the invocation has an ending.
pub(super) fn turn(
    machine: &Machine<'_>,
    send: &mut dyn FnMut(SdkSend) -> Result<Value, SdkError>,
) -> Ending {
    let host = machine.host;
    let mut in_flight = 0;
    loop {
        while host.clock.stop().is_none() {
            match machine.runtime.execute_pending_job() {
                Ok(true) => host.clock.spend(JOB_US),
                // What code throws rejects a promise; a job itself fails only when it is stopped.
                Ok(false) | Err(_) => break,
            }
        }
        if host.clock.stop().is_none() {
            machine.call::<_, ()>("afterTick", ());
        }
        if let Some(ending) = over(host) {
            return ending;
        }
        while in_flight < MAX_IN_FLIGHT && host.clock.stop().is_none() {
            let Some(request) = host.next_request() else { break };
            let left_us = request.asked_us.max(host.clock.now_us());
            let answer = send(SdkSend {
                service: request.service,
                operation: request.operation,
                input: serde_json::from_str(&request.input).unwrap_or(Value::Null),
                elapsed_ms: left_us / 1_000,
            });
            let text = match answer {
                Ok(output) => json!({"output": output}),
                Err(error) => {
                    json!({"code": error.code, "message": error.message, "status": error.status})
                }
            };
            host.arm(left_us + ANSWER_US, Due::Answer { id: request.id, text: text.to_string() });
            in_flight += 1;
        }
        let Some((due_us, due)) = host.next_due() else {
            // The loop is empty: the callback's answer, or the proof that none will come.
            machine.call::<_, ()>("idle", ());
            return over(host).unwrap_or(Ending::Answer(Value::Null));
        };
        match due {
            Due::Timer(id) => {
                if machine.call::<_, bool>("isArmed", (id,)) == Some(true) {
                    host.clock.wait_until(due_us);
                    host.clock.spend(TURN_US);
                    if host.clock.stop().is_none() {
                        machine.call::<_, ()>("fire", (id,));
                    }
                }
            }
            Due::Answer { id, text } => {
                in_flight -= 1;
                host.clock.wait_until(due_us);
                if host.clock.stop().is_none() {
                    machine.call::<_, ()>("settle", (id, text));
                }
            }
        }
    }
}

pub(super) fn over(host: &Host) -> Option<Ending> {
    host.ending().or_else(|| host.clock.stop().map(Ending::Stopped))
}

impl Machine<'_> {
    /// Calls one of our own functions; `None` if it threw.
    fn call<A, R>(&self, name: &str, arguments: A) -> Option<R>
    where
        A: for<'js> IntoArgs<'js>,
        R: for<'js> FromJs<'js>,
    {
        self.context.with(|ctx| {
            let answer = self
                .parts
                .clone()
                .restore(&ctx)
                .and_then(|parts| parts.get::<_, Function>(name))
                .and_then(|function| function.call::<A, R>(arguments));
            answer.map_err(|error| self.host.broken(&ctx, error)).ok()
        })
    }
}
