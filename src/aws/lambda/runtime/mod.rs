//! The Lambda runtime: a function's real JavaScript, run to its end inside one simulated event.
//!
//! [`run`] takes the code, the event and the moment, and says what the Invoke API would answer, what the function
//! printed, and how long it took. Every invocation gets a fresh context: nothing survives it, so a clone of the
//! account is a clone of its functions. The code sees the simulated clock, seeded chance, and one way out: an SDK
//! client's `send`, which the caller lends. It must never reach the machine's clock, network, files or threads, and
//! whatever the code does, `run` returns the same [`Run`] for the same arguments, soon.
//!
//! Messages and protocol follow AWS's Node.js runtime interface client (`aws-lambda-nodejs-runtime-interface-client`)
//! and `samples/lambda-log-lines.json` of the reference.

mod budget;
mod doors;
mod facts;
mod host;
#[cfg(test)]
mod image;
mod machine;
mod meter;
mod pump;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use self::{budget::Stop, host::Host, machine::Machine};

/// What is to run, and under which name.
#[derive(Clone, Debug)]
pub struct Program {
    /// The text of `index.js`, as `Code.ZipFile` of a template gives it.
    pub code: String,
    /// `file.export`, such as `index.handler`.
    pub handler: String,
    /// `MemorySize`, in MB.
    pub memory_mb: u32,
    /// `Timeout`, in milliseconds.
    pub timeout_ms: u64,
    /// The variables of `Environment`; Lambda's own are added to them.
    pub env: BTreeMap<String, String>,
    pub identity: Identity,
}

/// Who is running: what `context` and the reserved environment variables say.
#[derive(Clone, Debug)]
pub struct Identity {
    pub arn: String,
    pub name: String,
    /// `$LATEST` or a number.
    pub version: String,
    pub region: String,
    pub request_id: String,
    pub log_group: String,
    pub log_stream: String,
}

/// One SDK call on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct SdkSend {
    /// The client package's own name, from `@aws-sdk/client-NAME`: `ec2`, `sesv2`, `config-service`, `cloudwatch-logs`.
    pub service: String,
    /// `RevokeSecurityGroupIngress`.
    pub operation: String,
    pub input: Value,
    /// Milliseconds since the invocation began.
    pub elapsed_ms: u64,
}

/// What the SDK throws when a service says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdkError {
    /// Becomes the error's `name`: `InvalidPermission.NotFound`.
    pub code: String,
    pub message: String,
    /// HTTP status: 4xx is the client's fault, 5xx the server's.
    pub status: u16,
}

/// One log event, without its final newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Milliseconds since the invocation began.
    pub elapsed_ms: u64,
    pub text: String,
}

/// A function error, as the Invoke API spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// The exception's name, or one of Lambda's: `Runtime.HandlerNotFound`, `Runtime.ExitError`.
    pub error_type: String,
    pub error_message: String,
    /// The stack, line by line; `None` where Lambda gives none.
    pub trace: Option<Vec<String>>,
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The handler's answer.
    Success(Value),
    /// The code threw, or could not be loaded, or left.
    Failure(FunctionError),
    /// `Timeout` passed.
    TimedOut,
    /// The heap reached what `MemorySize` allows.
    OutOfMemory,
}

/// One finished invocation.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub outcome: Outcome,
    /// Simulated microseconds, so that REPORT can print hundredths of a millisecond.
    pub duration_us: u64,
    /// What the code printed, and what Lambda said about its end; START, END and REPORT are the service's.
    pub lines: Vec<LogLine>,
    /// `Max Memory Used`, in MB.
    pub max_memory_mb: u32,
    /// How many SDK calls went out.
    pub sends: u32,
}

impl Run {
    /// Whole milliseconds, rounded up: what is billed, and when the invocation is over.
    pub const fn duration_ms(&self) -> u64 {
        self.duration_us.div_ceil(1_000)
    }
}

impl Outcome {
    /// Does the Invoke API answer with `X-Amz-Function-Error: Unhandled`?
    pub const fn is_error(&self) -> bool {
        !matches!(self, Self::Success(_))
    }

    /// The payload the Invoke API answers with.
    pub fn payload(&self, program: &Program) -> Value {
        let request_id = &program.identity.request_id;
        match self {
            Self::Success(value) => value.clone(),
            Self::Failure(error) => {
                let mut payload = json!({"errorType": error.error_type, "errorMessage": error.error_message});
                if let (Some(trace), Some(fields)) = (&error.trace, payload.as_object_mut()) {
                    fields.insert("trace".to_owned(), json!(trace));
                }
                payload
            }
            Self::TimedOut => json!({
                "errorType": "Sandbox.Timedout",
                "errorMessage": format!("RequestId: {request_id} Error: {}", timed_out(program.timeout_ms)),
            }),
            Self::OutOfMemory => json!({
                "errorType": "Runtime.OutOfMemory",
                "errorMessage": format!("RequestId: {request_id} Error: {KILLED}"),
            }),
        }
    }
}

const KILLED: &str = "Runtime exited with error: signal: killed";

fn timed_out(timeout_ms: u64) -> String {
    format!("Task timed out after {}.{:02} seconds", timeout_ms / 1_000, timeout_ms % 1_000 / 10)
}

/// Runs one invocation to its end.
///
/// `start_utc` is when it begins; `seed` feeds `Math.random` and the hundredths of the duration; `send` answers the
/// SDK calls, in the order they leave, at once.
pub fn run(
    program: &Program,
    event: &Value,
    start_utc: DateTime<Utc>,
    seed: u64,
    send: &mut dyn FnMut(SdkSend) -> Result<Value, SdkError>,
) -> Run {
    let mut host = Host::new(program.timeout_ms, start_utc, &program.identity.request_id, seed);
    let first_us = budget::first_cost_us(host.chance());
    let facts = facts::of(program, event, host.date_ms(0)).to_string();
    let mut machine = Machine::new(host, budget::heap_bytes(program.memory_mb));
    machine.spend(first_us);
    machine.call("start", 0, &facts);
    let ending = pump::turn(&mut machine, send);
    conclude(program, &mut machine, ending)
}

/// The ending in the words of the Invoke API and of the log.
fn conclude(program: &Program, machine: &mut Machine, ending: pump::Ending) -> Run {
    let request_id = &program.identity.request_id;
    let used_mb = budget::memory_mb(program.memory_mb, machine.heap_used());
    let duration_us = machine.now_us();
    let host = machine.host_mut();
    let outcome = match ending {
        pump::Ending::Answer(value) => Outcome::Success(value),
        pump::Ending::Error(error) => Outcome::Failure(error),
        pump::Ending::Stopped(Stop::Killed) => {
            host.say(duration_us, format!("RequestId: {request_id} Error: {KILLED}\nRuntime.ExitError"));
            Outcome::OutOfMemory
        }
        pump::Ending::Stopped(Stop::TimedOut) => {
            let text = format!("{} {request_id} {}", host.stamp(duration_us), timed_out(program.timeout_ms));
            host.say(duration_us, text);
            Outcome::TimedOut
        }
        pump::Ending::Stopped(Stop::Crashed) => {
            gone(program, host, duration_us, "Runtime exited with error: signal: segmentation fault")
        }
        pump::Ending::Stopped(Stop::Exited(0)) => {
            gone(program, host, duration_us, "Runtime exited without providing a reason")
        }
        pump::Ending::Stopped(Stop::Exited(code)) => {
            gone(program, host, duration_us, &format!("Runtime exited with error: exit status {code}"))
        }
    };
    let max_memory_mb = if outcome == Outcome::OutOfMemory { program.memory_mb } else { used_mb };
    Run { outcome, duration_us, lines: host.take_lines(), max_memory_mb, sends: host.sends() }
}

/// The process left before the handler answered.
fn gone(program: &Program, host: &mut Host, duration_us: u64, reason: &str) -> Outcome {
    let error_message = format!("RequestId: {} Error: {reason}", program.identity.request_id);
    host.say(duration_us, format!("{error_message}\nRuntime.ExitError"));
    Outcome::Failure(FunctionError { error_type: "Runtime.ExitError".to_owned(), error_message, trace: None })
}
