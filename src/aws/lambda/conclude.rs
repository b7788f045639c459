//! What follows a run: counters, log lines, and for an event nobody waits for another try, or its end.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Function, Invocation, Lambda, Outbox, Start, logs,
    runtime::{Outcome, Run},
};
use crate::{
    aws::{
        Delay, HopPath, Node, Parcel, Payload, PayloadKind, Reason, Region, ServiceName,
        arn::Arn,
        note::{Fate, reasons},
        outbox::Send,
        parcel::{Invoke, Publish, QueueMessage, Sender, Timer},
        timestamps,
    },
    kernel::SimDuration,
};

impl Lambda {
    /// Counts a run, as of the moment it began.
    pub fn measure(&mut self, invocation: &Invocation, run: &Run, out: &mut Outbox<'_>) {
        let (region, name) = (&invocation.region, &invocation.function);
        let errors = if run.outcome.is_error() { 1.0 } else { 0.0 };
        self.counters.add(region, name, "Invocations", 1.0, out);
        self.counters.add(region, name, "Errors", errors, out);
        let at = out.moment().epoch_ms();
        let duration = (run.duration_us as f64 / 1_000.0, "Milliseconds");
        self.counters.sample(region, name, "Duration", duration, at, out);
    }

    /// Frees the environment, writes the log, and decides what becomes of an event that failed. Called as of the
    /// moment the run ended. `may_log`: the role lets the function write its log.
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
        if invocation.is_async
            && let Some(function) = self.function(&invocation.region, &invocation.function).cloned()
        {
            let record = record(&invocation, &function, start, run, out);
            if run.outcome.is_error() {
                self.retry_or_drop(invocation, &function, run, record, out);
            } else if let Some(target) = &function.asynchronous.on_success {
                send_record(&invocation, target, HopPath::AppLambda, record, out);
            }
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

    /// Two more tries by default, one minute and then two minutes later; then the end.
    fn retry_or_drop(
        &mut self,
        mut invocation: Invocation,
        function: &Function,
        run: &Run,
        record: Value,
        out: &mut Outbox<'_>,
    ) {
        let settings = &function.asynchronous;
        let node = Node::new(ServiceName::Lambda, &invocation.region, Arc::clone(&invocation.function));
        let error = summary(&invocation, run);
        let delay = if invocation.failures == 0 { Delay::LambdaFirstRetry } else { Delay::LambdaSecondRetry };
        let age = out.now().after(out.delay(delay)).since(invocation.received_at);
        let is_young = age.as_secs() <= u64::from(settings.max_age_s);
        if invocation.failures < settings.max_retries && is_young {
            invocation.failures += 1;
            let attempt = u32::from(invocation.failures);
            if let Some(hop) = invocation.hop {
                let reason = Reason::new(reasons::FUNCTION_ERROR, error.as_str());
                out.fate(hop, Fate::Retried { attempt, reason });
            }
            let timer = Timer::RetryInvocation { invocation: invocation.id };
            out.send(Send {
                path: HopPath::Retry,
                from: node.clone(),
                to: node,
                payload: Payload::json(PayloadKind::Failed, error, Arc::clone(&invocation.event)),
                parcel: Parcel::Timer(timer),
                delay,
                reference: None,
            });
            self.waiting.insert(invocation.id, invocation);
            return;
        }
        let reason = Reason::new(reasons::RETRIES_EXHAUSTED, error.as_str());
        let targets = [settings.on_failure.as_ref(), function.dead_letter.as_ref()];
        let fate = if targets.iter().any(Option::is_some) {
            Fate::DeadLettered(reason)
        } else {
            Fate::Dropped(reason)
        };
        if let Some(hop) = invocation.hop {
            out.fate(hop, fate);
        }
        if let Some(target) = &settings.on_failure {
            send_record(&invocation, target, HopPath::DeadLetter, record, out);
        }
        if let Some(target) = &function.dead_letter {
            send_event(&invocation, target, &run.outcome, out);
        }
        if targets.iter().all(Option::is_none) {
            let name = Arc::clone(&invocation.function);
            self.counters.add(&invocation.region, &name, "AsyncEventsDropped", 1.0, out);
            let payload = Payload::json(PayloadKind::Failed, error, Arc::clone(&invocation.event));
            out.mark(HopPath::Drop, node.clone(), node, payload, Delay::None);
        }
    }
}

/// A run in one line: what failed, or how long it took.
fn summary(invocation: &Invocation, run: &Run) -> String {
    match &run.outcome {
        Outcome::Success(_) => format!("{} {} ms", invocation.function, run.duration_ms()),
        Outcome::Failure(error) => format!("{}: {}", error.error_type, error.error_message),
        Outcome::TimedOut => format!("Sandbox.Timedout: {}", invocation.function),
        Outcome::OutOfMemory => format!("Runtime.OutOfMemory: {}", invocation.function),
    }
}

/// The record of an invocation, as its destination gets it. Shape: `samples/lambda-async-failure-record.json`.
fn record(invocation: &Invocation, function: &Function, start: &Start, run: &Run, out: &Outbox<'_>) -> Value {
    let is_error = run.outcome.is_error();
    let mut response = json!({ "statusCode": 200, "executedVersion": "$LATEST" });
    if is_error {
        response["functionError"] = "Unhandled".into();
    }
    json!({
        "version": "1.0",
        "timestamp": timestamps::millis_z(out.moment().utc),
        "requestContext": {
            "requestId": &*invocation.request_id,
            "functionArn": format!("{}:$LATEST", function.arn),
            "condition": if is_error { "RetriesExhausted" } else { "Success" },
            "approximateInvokeCount": invocation.failures + 1,
        },
        "requestPayload": invocation.event.as_ref(),
        "responseContext": response,
        "responsePayload": run.outcome.payload(&start.program),
    })
}

/// Sends the record of an invocation to a destination.
fn send_record(
    invocation: &Invocation,
    target: &Arc<str>,
    path: HopPath,
    record: Value,
    out: &mut Outbox<'_>,
) {
    let outcome = if path == HopPath::DeadLetter { "Failure" } else { "Success" };
    let title = format!("Lambda Function Invocation Result - {outcome}");
    let Some(arn) = Arn::parse(target) else { return };
    let region = Region::new(arn.region);
    let (service, name, parcel) = match arn.service {
        "lambda" => {
            let invoke = Invoke {
                function_arn: Arc::clone(target),
                event: Arc::new(record.clone()),
                by: Sender::Authorised,
            };
            (ServiceName::Lambda, arn.name(), Parcel::Invoke(Arc::new(invoke)))
        }
        "events" => {
            let event = json!({
                "version": "0",
                "id": out.uuid(),
                "detail-type": title,
                "source": "lambda",
                "account": arn.account_id,
                "time": timestamps::seconds_z(out.moment().utc),
                "region": arn.region,
                "resources": [&**target, record["requestContext"]["functionArn"]],
                "detail": record,
            });
            let bus = arn.name();
            let parcel = Parcel::BusEvent { bus: bus.into(), event: Arc::new(event), read_only: false };
            (ServiceName::EventBridge, bus, parcel)
        }
        "sns" => (ServiceName::Sns, arn.resource, publish(target, &record)),
        _ => (ServiceName::Sqs, arn.resource, message(target, &record)),
    };
    let to = Node::new(service, &region, name);
    depart(invocation, path, to, title, record, parcel, out);
}

/// Sends an event that failed for good to its dead-letter queue or topic: the event alone.
fn send_event(invocation: &Invocation, target: &Arc<str>, outcome: &Outcome, out: &mut Outbox<'_>) {
    let Some(arn) = Arn::parse(target) else { return };
    let event = invocation.event.as_ref().clone();
    let (service, parcel) = match arn.service {
        "sns" => (ServiceName::Sns, publish(target, &event)),
        _ => (ServiceName::Sqs, message(target, &event)),
    };
    let title = match outcome {
        Outcome::Failure(error) => error.error_message.clone(),
        _ => "Unhandled".to_owned(),
    };
    let to = Node::new(service, &Region::new(arn.region), arn.resource);
    depart(invocation, HopPath::DeadLetter, to, title, event, parcel, out);
}

fn depart(
    invocation: &Invocation,
    path: HopPath,
    to: Node,
    title: String,
    body: Value,
    parcel: Parcel,
    out: &mut Outbox<'_>,
) {
    let from = Node::new(ServiceName::Lambda, &invocation.region, Arc::clone(&invocation.function));
    let kind = if path == HopPath::DeadLetter { PayloadKind::Failed } else { PayloadKind::Mission };
    let payload = Payload::json(kind, title, body);
    out.send(Send { path, from, to, payload, parcel, delay: Delay::SnsToMachine, reference: None });
}

fn publish(topic: &Arc<str>, body: &Value) -> Parcel {
    Parcel::Publish(Arc::new(Publish {
        topic_arn: Arc::clone(topic),
        subject: None,
        message: body.to_string().into(),
        by_protocol: Arc::default(),
        attributes: Arc::default(),
        by: Sender::Authorised,
    }))
}

fn message(queue: &Arc<str>, body: &Value) -> Parcel {
    Parcel::QueueMessage(Arc::new(QueueMessage {
        queue_arn: Arc::clone(queue),
        body: body.to_string().into(),
        attributes: Arc::default(),
        by: Sender::Authorised,
    }))
}
