//! Runs the functions that the account has started.
//!
//! A handler runs to its end inside one event. The runtime is lent a `send`: each of the code's SDK calls is a call
//! through the account's one door by the function's role, at the moment the code has reached by then.

mod lineage;

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::Engine;
use crate::{
    aws::{
        ApiCall, ApiOutcome, Delay, HopPath, Node, Payload, PayloadKind, Principal, Region, ServiceName, Via,
        iam::AuthorisationRequest,
        lambda::{
            Invocation, Start,
            runtime::{self, SdkError, SdkSend},
        },
    },
    kernel::{Cause, SimDuration, SimTime, Stream},
};

/// Where a function's calls come from: an address of AWS's own; this one is kept for documentation (RFC 5737).
const SOURCE_IP: &str = "192.0.2.44";

/// What a caller who waits gets.
struct Answer {
    payload: Value,
    is_error: bool,
    log: String,
}

impl Engine {
    /// Runs every invocation the Lambda service has accepted and not yet run.
    pub(super) fn run_functions(&mut self) {
        while let Some(invocation) = self.state.account.services_mut().lambda.next_ready() {
            self.run_function(invocation, self.state.clock, 0);
        }
    }

    /// The same after a call, whose outcome gets what the function answered to a caller who waits.
    pub(super) fn run_functions_for(&mut self, call: &ApiCall, outcome: &mut ApiOutcome) {
        self.answer(call, outcome, self.state.clock, 0);
        self.run_functions();
    }

    /// Completes the outcome of a synchronous `Invoke`, by running the function.
    fn answer(&mut self, call: &ApiCall, outcome: &mut ApiOutcome, now: SimTime, depth: usize) {
        let waits = call.service == ServiceName::Lambda && &*call.operation == "Invoke";
        let Ok(Value::Object(fields)) = outcome else { return };
        if !waits || fields.get("StatusCode") != Some(&json!(200)) {
            return;
        }
        let Some(invocation) = self.state.account.services_mut().lambda.take_awaited() else { return };
        if let Some(answer) = self.run_function(invocation, now, depth) {
            if answer.is_error {
                fields.insert("FunctionError".to_owned(), "Unhandled".into());
            }
            if call.parameters.get("LogType") == Some(&json!("Tail")) {
                fields.insert("LogResult".to_owned(), STANDARD.encode(answer.log).into());
            }
            fields.insert("Payload".to_owned(), answer.payload.to_string().into());
        }
    }

    fn run_function(&mut self, invocation: Invocation, now: SimTime, depth: usize) -> Option<Answer> {
        let cause = invocation.cause;
        let (invocation, start) = self.begin(invocation, now)?;
        let begins_at = start.begins_at;
        let utc = self.utc(begins_at);
        let seed = self.with_outbox_at(now, cause, |_, out| out.bits(Stream::Functions));
        let run = runtime::run(&start.program, &invocation.event, utc, seed, &mut |send| {
            self.send_for(&start, &invocation, send, depth)
        });
        let may_log = self.may_log(&start, &invocation.region);
        let answer = Answer {
            payload: run.outcome.payload(&start.program),
            is_error: run.outcome.is_error(),
            log: start.last_lines(&run),
        };
        self.with_outbox_at(begins_at, cause, |account, out| {
            account.services_mut().lambda.measure(&invocation, &run, out);
        });
        let ends_at = begins_at.after(SimDuration::from_millis(run.duration_ms()));
        self.with_outbox_at(ends_at, cause, |account, out| {
            account.services_mut().lambda.conclude(invocation, &start, &run, may_log, out);
        });
        Some(answer)
    }

    /// Lets an invocation begin, unless it is one too many of its chain or there is no room for it.
    fn begin(&mut self, invocation: Invocation, now: SimTime) -> Option<(Invocation, Start)> {
        // Who waits for an answer is counted by depth (`send_for`).
        let in_loop = invocation.is_async && self.is_in_loop(&invocation);
        self.with_outbox_at(now, invocation.cause, |account, out| {
            let lambda = &mut account.services_mut().lambda;
            let may_loop =
                lambda.function(&invocation.region, &invocation.function).is_some_and(|known| known.may_loop);
            if in_loop && !may_loop {
                lambda.stop_loop(invocation, out);
                None
            } else {
                lambda.begin(invocation, out)
            }
        })
    }

    /// One SDK call of a running function.
    fn send_for(
        &mut self,
        start: &Start,
        invocation: &Invocation,
        send: SdkSend,
        depth: usize,
    ) -> Result<Value, SdkError> {
        let now = start.begins_at.after(SimDuration::from_millis(send.elapsed_ms));
        let Some(service) = service_of(&send.service) else {
            let message = format!("Vigie does not simulate {}", send.service);
            return Err(SdkError { code: "UnknownOperationException".to_owned(), message, status: 404 });
        };
        if depth >= lineage::MAX_INVOCATIONS {
            let message = "Lambda has detected your function being invoked in a recursive loop with other AWS \
                           resources and stopped your function's invocation.";
            let code = "RecursiveInvocationException".to_owned();
            return Err(SdkError { code, message: message.to_owned(), status: 400 });
        }
        let call = Arc::new(ApiCall {
            by: Principal::role(&start.role, &invocation.function),
            via: Via {
                source_ip: SOURCE_IP.into(),
                user_agent: user_agent(&send.service).into(),
                console: false,
            },
            region: invocation.region.clone(),
            service,
            operation: send.operation.as_str().into(),
            parameters: send.input,
        });
        let mut outcome = self.call_as_function(&call, invocation, now);
        self.answer(&call, &mut outcome, now, depth + 1);
        outcome.map_err(|error| SdkError {
            code: error.code.to_string(),
            message: error.message.to_string(),
            status: error.status,
        })
    }

    /// Makes a function's call. A mail that leaves is a journey of its own, `lambda>email`; every other call is
    /// `lambda>api`, with the error once it is known.
    fn call_as_function(&mut self, call: &Arc<ApiCall>, invocation: &Invocation, now: SimTime) -> ApiOutcome {
        let is_mail = call.service == ServiceName::Ses && &*call.operation == "SendEmail";
        if is_mail {
            let outcome = self.with_outbox_at(now, invocation.cause, |account, out| account.call(call, out));
            if outcome.is_err() {
                self.mark_call(call, &outcome, invocation, now);
            }
            return outcome;
        }
        let hop = self.mark_call(call, &Ok(Value::Null), invocation, now);
        let outcome = self.with_outbox_at(now, Cause::Hop(hop), |account, out| account.call(call, out));
        if outcome.is_err() {
            self.ledger.hop_mut(hop).payload = shown(call, &outcome);
        }
        outcome
    }

    fn mark_call(
        &mut self,
        call: &ApiCall,
        outcome: &ApiOutcome,
        invocation: &Invocation,
        now: SimTime,
    ) -> crate::kernel::HopId {
        let region = &invocation.region;
        self.with_outbox_at(now, invocation.cause, |_, out| {
            let from = Node::new(ServiceName::Lambda, region, Arc::clone(&invocation.function));
            let to = Node::new(call.service, region, subject(call));
            out.mark(HopPath::LambdaApi, from, to, shown(call, outcome), Delay::None)
        })
    }

    /// Whether a function's role lets it write its log.
    fn may_log(&self, start: &Start, region: &Region) -> bool {
        let account = &self.state.account;
        let who = &start.program.identity;
        let group = &who.log_group;
        let arn =
            format!("arn:aws:logs:{region}:{}:log-group:{group}:log-stream:{}", account.id(), who.log_stream);
        let request = AuthorisationRequest {
            account_id: account.id(),
            by: &Principal::role(&start.role, &who.name),
            service: ServiceName::Logs,
            action: "PutLogEvents",
            resources: vec![arn],
            resource_policy: None,
            source_ip: SOURCE_IP,
            region,
        };
        account.services().iam.authorise(&request).is_ok()
    }
}

/// A function's call as a reader sees it.
fn shown(call: &ApiCall, outcome: &ApiOutcome) -> Payload {
    let mut body = json!({
        "service": call.service.cli(),
        "operation": &*call.operation,
        "by": call.by.name(),
        "parameters": call.parameters,
    });
    if let Err(error) = outcome {
        body["errorCode"] = (*error.code).into();
        body["errorMessage"] = (*error.message).into();
    }
    Payload::json(PayloadKind::Mission, Arc::clone(&call.operation), body)
}

/// What a call acts on, as far as its parameters say: an id, a name, or the service itself.
fn subject(call: &ApiCall) -> Arc<str> {
    const NAMES: [&str; 12] = [
        "GroupId",
        "InstanceId",
        "Bucket",
        "TopicArn",
        "FunctionName",
        "AlarmName",
        "Name",
        "DBInstanceIdentifier",
        "RoleName",
        "UserName",
        "Rule",
        "TrailName",
    ];
    const LISTS: [&str; 3] = ["Resources", "InstanceIds", "GroupIds"];
    let parameters = &call.parameters;
    let named = NAMES.iter().find_map(|name| parameters.get(*name)?.as_str());
    let listed = || LISTS.iter().find_map(|name| parameters.get(*name)?.get(0)?.as_str());
    named.or_else(listed).unwrap_or_else(|| call.service.title()).into()
}

/// The service behind `@aws-sdk/client-NAME`.
fn service_of(client: &str) -> Option<ServiceName> {
    Some(match client {
        "s3" => ServiceName::S3,
        "cloudwatch-logs" => ServiceName::Logs,
        "config-service" => ServiceName::Config,
        "eventbridge" | "cloudwatch-events" => ServiceName::EventBridge,
        other => ServiceName::from_cli(other)?,
    })
}

/// What the SDK for JavaScript says it is, inside Lambda.
fn user_agent(client: &str) -> String {
    format!(
        "aws-sdk-js/3.901.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#22.19.0 api/{client}#3.901.0 \
         exec-env/AWS_Lambda_nodejs22.x m/E"
    )
}

#[cfg(test)]
mod asynchronous_tests;
#[cfg(test)]
mod tests;
