//! What follows a run: its environment is free, its lines go to the log, and an event nobody waits for that failed is
//! tried again, or comes to its end.

use std::sync::Arc;

use serde_json::json;

use super::{
    Invocation, Lambda, Outbox, Start,
    destinations::{self, Ending},
    logs,
    retry::summary,
    runtime::{Outcome, Run},
};
use crate::{
    aws::{
        Delay, HopPath, Node, Parcel, Payload, PayloadKind, Reason, ServiceName, note::reasons, outbox::Send,
    },
    kernel::SimDuration,
};

impl Lambda {
    /// Frees the environment, writes the log, and decides what becomes of an event that nobody waits for. Called as of
    /// the moment the run ended. `may_log`: the role lets the function write its log.
    pub fn conclude(
        &mut self,
        invocation: Invocation,
        start: &Start,
        run: &Run,
        may_log: bool,
        out: &mut Outbox<'_>,
    ) {
        self.release(&invocation, start, run, out);
        self.log(&invocation, start, run, may_log, out);
        if !invocation.is_async {
            return;
        }
        let Some(function) = self.function(&invocation.region, &invocation.function).cloned() else { return };
        if run.outcome.is_error() {
            self.retry_or_give_up(invocation, &function, &start.program, run, out);
        } else if let Some(target) = &function.asynchronous.on_success {
            let ending = Ending {
                response: json!({ "statusCode": 200, "executedVersion": "$LATEST" }),
                payload: Some(run.outcome.payload(&start.program)),
                code: 200,
                message: String::new(),
            };
            let record = destinations::record(&invocation, &function, "Success", &ending, out);
            destinations::send_record(&invocation, &function, target, HopPath::LambdaApi, record, out);
        }
    }

    /// An environment whose process died is not used again.
    fn release(&mut self, invocation: &Invocation, start: &Start, run: &Run, out: &Outbox<'_>) {
        let Some(function) = self.function_mut(&invocation.region, &invocation.function) else { return };
        let stream = start.program.identity.log_stream.as_str();
        let died = match &run.outcome {
            Outcome::Success(_) => false,
            Outcome::Failure(error) => error.error_type.starts_with("Runtime."),
            Outcome::TimedOut | Outcome::OutOfMemory => true,
        };
        if died {
            function.environments.retain(|place| *place.log_stream != *stream);
        } else if let Some(place) =
            function.environments.iter_mut().find(|place| *place.log_stream == *stream)
        {
            place.free_at = out.now();
        }
    }

    fn log(&self, invocation: &Invocation, start: &Start, run: &Run, may_log: bool, out: &mut Outbox<'_>) {
        let who = &start.program.identity;
        let from = Node::new(ServiceName::Lambda, &invocation.region, Arc::clone(&invocation.function));
        let to = Node::new(ServiceName::Logs, &invocation.region, who.log_group.as_str());
        if !may_log {
            let detail = format!(
                "{} is not authorized to perform: logs:PutLogEvents because no identity-based policy allows the \
                 logs:PutLogEvents action",
                start.role
            );
            out.near_miss(HopPath::LambdaLogs, from, to, Reason::new(reasons::NOT_AUTHORISED, detail));
            return;
        }
        let init_ms = start.init.map_or(0, SimDuration::as_millis);
        let received_ms = out.moment().epoch_ms() - (run.duration_ms() + init_ms) as i64;
        let events = logs::lines(start, run, received_ms);
        let body = json!({ "logGroup": who.log_group, "logStream": who.log_stream, "events": events });
        out.send(Send {
            path: HopPath::LambdaLogs,
            from,
            to,
            payload: Payload::json(PayloadKind::Mission, summary(invocation, run), body),
            parcel: Parcel::LogEvents {
                group: who.log_group.as_str().into(),
                stream: who.log_stream.as_str().into(),
                events: events.into(),
                by: Arc::clone(&start.role),
            },
            delay: Delay::LambdaToLogs,
            reference: None,
        });
    }
}
