//! `Invoke`: somebody calls a function, and waits for its answer or not.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Lambda, errors, versions::check_qualifier};
use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, Principal, ServiceName,
    outbox::Send,
    parcel::{self, Sender},
};

/// Calls a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Invoke {
    pub function_name: String,
    /// `RequestResponse` waits for the answer, `Event` does not, `DryRun` only asks whether one may.
    pub invocation_type: Option<String>,
    /// The event, as JSON.
    pub payload: Option<Value>,
    /// `$LATEST`.
    pub qualifier: Option<String>,
    /// `Tail` adds the last lines of the log to a waiting caller's answer, in base64.
    pub log_type: Option<String>,
}

/// The largest asynchronous event, in bytes. Source: Lambda quotas.
const MAX_EVENT_BYTES: usize = 1 << 20;
/// The largest synchronous one.
const MAX_REQUEST_BYTES: usize = 6 << 20;

impl Lambda {
    pub(super) fn invoke(&mut self, input: Invoke, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_qualifier(&input.function_name, input.qualifier.as_deref())?;
        if let Some(other) = input.log_type.as_deref().filter(|kind| !matches!(*kind, "None" | "Tail")) {
            let rule = "Member must satisfy enum value set: [None, Tail]";
            return Err(errors::constraint(other, "logType", rule));
        }
        let function = Arc::clone(self.find(cx, &input.function_name)?);
        let event = Arc::new(read(input.payload)?);
        let is_async = match input.invocation_type.as_deref() {
            None | Some("RequestResponse") => false,
            Some("Event") => true,
            Some("DryRun") => return Ok(json!({ "StatusCode": 204 })),
            Some(other) => {
                let rule = "Member must satisfy enum value set: [RequestResponse, DryRun, Event]";
                return Err(errors::constraint(other, "invocationType", rule));
            }
        };
        let limit = if is_async { MAX_EVENT_BYTES } else { MAX_REQUEST_BYTES };
        if event.to_string().len() > limit {
            let message =
                format!("Request must be smaller than {limit} bytes for the InvokeFunction operation");
            return Err(ApiError { status: 413, ..ApiError::client("RequestTooLargeException", message) });
        }
        let region = cx.region().clone();
        let from = match &cx.call.by {
            Principal::Role { session, .. } if self.function(&region, session).is_some() => {
                Node::new(ServiceName::Lambda, &region, Arc::clone(session))
            }
            other => Node::new(ServiceName::Outside, &region, other.name()),
        };
        let to = Node::new(ServiceName::Lambda, &region, Arc::clone(&function.name));
        let payload = Payload::json(PayloadKind::Mission, "Invoke", Arc::clone(&event));
        if is_async {
            let invoke =
                parcel::Invoke { function_arn: Arc::clone(&function.arn), event, by: Sender::Authorised };
            cx.out.send(Send {
                path: HopPath::AppLambda,
                from,
                to,
                payload,
                parcel: Parcel::Invoke(Arc::new(invoke)),
                delay: Delay::None,
                reference: None,
            });
            return Ok(json!({ "StatusCode": 202 }));
        }
        if self.throttles(&region, &function, cx.out).is_some() {
            self.count(&region, &function.name, "Throttles", 1.0, cx.out);
            let refusal = ApiError::refused("TooManyRequestsException", "Rate Exceeded.");
            return Err(ApiError { status: 429, ..refusal });
        }
        let hop = cx.out.mark(HopPath::AppLambda, from, to, payload, Delay::None);
        cx.out.caused_by(hop, |out| self.queue(&region, &function.name, event, false, out));
        // The engine runs it before the caller sees this, and adds what the function answered.
        Ok(json!({ "StatusCode": 200, "ExecutedVersion": "$LATEST" }))
    }
}

/// The event: JSON text, the base64 of it, or JSON itself; nothing is `{}`.
fn read(payload: Option<Value>) -> Result<Value, ApiError> {
    let text = match payload {
        None => return Ok(json!({})),
        Some(Value::String(text)) if text.is_empty() => return Ok(json!({})),
        Some(Value::String(text)) => text,
        Some(json) => return Ok(json),
    };
    let plain = serde_json::from_str(&text);
    let decoded = || STANDARD.decode(&text).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    plain.or_else(|error| decoded().ok_or(error)).map_err(|error| {
        let message = format!("Could not parse request body into json: {error}");
        ApiError::client("InvalidRequestContentException", message)
    })
}
