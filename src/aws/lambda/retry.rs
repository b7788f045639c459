//! An asynchronous event that was not handled: tried again, or given up.
//!
//! A function error is tried twice more by default, one minute and then two minutes later. A throttled event goes
//! back to the queue for as long as it may live, at growing intervals, and no retry is spent on it. Every try carries the
//! same request id.
//!
//! Source: developer guide, "How Lambda handles errors and retries with asynchronous invocation".

use serde_json::{Value, json};

use super::{
    Function, Invocation, Lambda, Outbox,
    destinations::{self, Ending},
    runtime::{Outcome, Program, Run},
};
use crate::{
    aws::{
        Delay, HopPath, Node, Parcel, Payload, PayloadKind, Reason, ServiceName,
        note::{Fate, reasons},
        outbox::Send,
        parcel::Timer,
    },
    kernel::SimDuration,
};

/// Why an event is given up, as its record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GivenUp {
    RetriesExhausted,
    EventAgeExceeded,
    ZeroReservedConcurrency,
    RecursiveInvocation,
}

impl GivenUp {
    /// The `condition` of the invocation record.
    pub const fn condition(self) -> &'static str {
        match self {
            Self::RetriesExhausted => "RetriesExhausted",
            Self::EventAgeExceeded => "EventAgeExceeded",
            Self::ZeroReservedConcurrency => "ZeroReservedConcurrency",
            Self::RecursiveInvocation => "RecursiveInvocation",
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::RetriesExhausted => reasons::RETRIES_EXHAUSTED,
            Self::EventAgeExceeded => reasons::EVENT_TOO_OLD,
            Self::ZeroReservedConcurrency => reasons::THROTTLED,
            Self::RecursiveInvocation => reasons::RECURSIVE_LOOP,
        }
    }
}

/// The first interval between throttled tries, and the longest; each is twice the one before.
const FIRST_BACKOFF_S: u64 = 1;
const LONGEST_BACKOFF_S: u64 = 300;

impl Lambda {
    /// Tries an event whose run failed again, or gives it up.
    pub(super) fn retry_or_give_up(
        &mut self,
        mut invocation: Invocation,
        function: &Function,
        program: &Program,
        run: &Run,
        out: &mut Outbox<'_>,
    ) {
        let error = summary(&invocation, run);
        let ending = Ending {
            response: json!({ "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" }),
            payload: Some(run.outcome.payload(program)),
            code: 200,
            message: error_message(&run.outcome, program),
        };
        if invocation.failures >= function.asynchronous.max_retries {
            return self.give_up(invocation, function, GivenUp::RetriesExhausted, &error, &ending, out);
        }
        let wait = out.delay(if invocation.failures == 0 {
            Delay::LambdaFirstRetry
        } else {
            Delay::LambdaSecondRetry
        });
        if outlives(&invocation, function, wait, out) {
            return self.give_up(invocation, function, GivenUp::EventAgeExceeded, &error, &ending, out);
        }
        invocation.failures += 1;
        let attempt = u32::from(invocation.failures);
        self.again(invocation, attempt, Reason::new(reasons::FUNCTION_ERROR, error), wait, out);
    }

    /// Puts a throttled event back, or gives it up.
    pub(super) fn throttle(
        &mut self,
        mut invocation: Invocation,
        function: &Function,
        why: Reason,
        out: &mut Outbox<'_>,
    ) {
        self.count(&invocation.region, &invocation.function, "Throttles", 1.0, out);
        let refused = |code: u16, message: &str| Ending {
            response: json!({ "statusCode": code, "executedVersion": "$LATEST", "functionError": null }),
            payload: None,
            code,
            message: message.to_owned(),
        };
        if function.reserved == Some(0) {
            let message =
                "Function not invoked. Function is configured with zero reserved concurrent executions";
            let ending = refused(429, message);
            return self.give_up(
                invocation,
                function,
                GivenUp::ZeroReservedConcurrency,
                message,
                &ending,
                out,
            );
        }
        let doubled = FIRST_BACKOFF_S << invocation.throttles.min(16);
        let wait = SimDuration::from_secs(doubled.min(LONGEST_BACKOFF_S));
        if outlives(&invocation, function, wait, out) {
            let ending = refused(429, "Rate Exceeded.");
            return self.give_up(invocation, function, GivenUp::EventAgeExceeded, &why.detail, &ending, out);
        }
        invocation.throttles = invocation.throttles.saturating_add(1);
        let attempt = invocation.throttles;
        self.again(invocation, attempt, why, wait, out);
    }

    /// Ends a chain in which a function keeps invoking itself by roads that Lambda follows.
    pub fn stop_loop(&mut self, invocation: Invocation, out: &mut Outbox<'_>) {
        let Some(function) = self.function(&invocation.region, &invocation.function).cloned() else { return };
        self.count(&invocation.region, &invocation.function, "RecursiveInvocationsDropped", 1.0, out);
        let message = "Lambda detected a recursive loop and stopped the invocation";
        let ending = Ending {
            response: json!({
                "statusCode": 400, "executedVersion": "$LATEST", "functionError": "RecursiveInvocationException",
            }),
            payload: None,
            code: 400,
            message: message.to_owned(),
        };
        self.give_up(invocation, &function, GivenUp::RecursiveInvocation, message, &ending, out);
    }

    /// Sets the next try.
    fn again(
        &mut self,
        invocation: Invocation,
        attempt: u32,
        why: Reason,
        wait: SimDuration,
        out: &mut Outbox<'_>,
    ) {
        let node = node(&invocation);
        let title = why.detail.to_string();
        if let Some(hop) = invocation.hop {
            out.fate(hop, Fate::Retried { attempt, reason: why });
        }
        let retry = Send {
            path: HopPath::Retry,
            from: node.clone(),
            to: node,
            payload: Payload::json(PayloadKind::Failed, title, std::sync::Arc::clone(&invocation.event)),
            parcel: Parcel::Timer(Timer::RetryInvocation { invocation: invocation.id }),
            delay: Delay::None,
            reference: None,
        };
        out.send_in(retry, wait);
        self.waiting.insert(invocation.id, invocation);
    }

    /// Sends what is left of an event where the function's settings say, or loses it.
    fn give_up(
        &mut self,
        invocation: Invocation,
        function: &Function,
        why: GivenUp,
        detail: &str,
        ending: &Ending,
        out: &mut Outbox<'_>,
    ) {
        let reason = Reason::new(why.code(), detail);
        let targets = [function.asynchronous.on_failure.as_ref(), function.dead_letter.as_ref()];
        let is_lost = targets.iter().all(Option::is_none);
        if let Some(hop) = invocation.hop {
            let fate = if is_lost { Fate::Dropped(reason) } else { Fate::DeadLettered(reason) };
            out.fate(hop, fate);
        }
        if let Some(target) = &function.asynchronous.on_failure {
            let record = destinations::record(&invocation, function, why.condition(), ending, out);
            destinations::send_record(&invocation, function, target, HopPath::DeadLetter, record, out);
        }
        if let Some(target) = &function.dead_letter {
            destinations::send_event(&invocation, function, target, ending, out);
        }
        if is_lost {
            self.count(&invocation.region, &invocation.function, "AsyncEventsDropped", 1.0, out);
            let payload =
                Payload::json(PayloadKind::Failed, detail, std::sync::Arc::clone(&invocation.event));
            out.mark(HopPath::Drop, node(&invocation), node(&invocation), payload, Delay::None);
        }
    }
}

/// Whether an event would be older than it may be after so long a wait.
fn outlives(invocation: &Invocation, function: &Function, wait: SimDuration, out: &Outbox<'_>) -> bool {
    let age = out.now().after(wait).since(invocation.received_at);
    age > SimDuration::from_secs(u64::from(function.asynchronous.max_age_s))
}

fn node(invocation: &Invocation) -> Node {
    Node::new(ServiceName::Lambda, &invocation.region, std::sync::Arc::clone(&invocation.function))
}

/// A run in one line: what failed, or how long it took.
pub(super) fn summary(invocation: &Invocation, run: &Run) -> String {
    match &run.outcome {
        Outcome::Success(_) => format!("{} {} ms", invocation.function, run.duration_ms()),
        Outcome::Failure(error) => format!("{}: {}", error.error_type, error.error_message),
        Outcome::TimedOut => format!("Sandbox.Timedout: {}", invocation.function),
        Outcome::OutOfMemory => format!("Runtime.OutOfMemory: {}", invocation.function),
    }
}

fn error_message(outcome: &Outcome, program: &Program) -> String {
    let payload: Value = outcome.payload(program);
    payload["errorMessage"].as_str().unwrap_or_default().to_owned()
}
