//! The event loop: jobs, then requests, then the next moment at which something is due.

use serde_json::{Value, json};

use super::{
    FunctionError, SdkError, SdkSend,
    budget::{ANSWER_US, MAX_IN_FLIGHT, Stop, TURN_US},
    host::Due,
    machine::Machine,
};

/// How the loop ended.
#[derive(Debug)]
pub(super) enum Ending {
    Answer(Value),
    Error(FunctionError),
    Stopped(Stop),
}

/// Turns until the invocation has an ending.
pub(super) fn turn(
    machine: &mut Machine,
    send: &mut dyn FnMut(SdkSend) -> Result<Value, SdkError>,
) -> Ending {
    let mut in_flight = 0;
    loop {
        while machine.stop().is_none() && machine.run_job() {}
        if machine.stop().is_none() {
            machine.call("afterTick", 0, "");
        }
        if let Some(ending) = over(machine) {
            return ending;
        }
        while in_flight < MAX_IN_FLIGHT && machine.stop().is_none() {
            let Some(request) = machine.host_mut().next_request() else { break };
            let left_us = request.asked_us.max(machine.now_us());
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
            let answer = Due::Answer { id: request.id, text: text.to_string() };
            machine.host_mut().arm(left_us + ANSWER_US, answer);
            in_flight += 1;
        }
        let Some((due_us, due)) = machine.host_mut().next_due() else {
            // The loop is empty: the callback's answer, or the proof that none will come.
            machine.call("idle", 0, "");
            return over(machine).unwrap_or(Ending::Answer(Value::Null));
        };
        match due {
            Due::Timer(id) => {
                if machine.call("isArmed", id, "") == Some(true) {
                    machine.wait_until(due_us);
                    machine.spend(TURN_US);
                    if machine.stop().is_none() {
                        machine.call("fire", id, "");
                    }
                }
            }
            Due::Answer { id, text } => {
                in_flight -= 1;
                machine.wait_until(due_us);
                if machine.stop().is_none() {
                    machine.call("settle", id, &text);
                }
            }
        }
    }
}

fn over(machine: &mut Machine) -> Option<Ending> {
    machine.host_mut().ending().or_else(|| machine.stop().map(Ending::Stopped))
}
