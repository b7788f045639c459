//! The CloudTrail record of a call, field by field as in real records of version 1.11.
//!
//! Most of a record follows from the call itself. What differs between services is how they spell
//! `requestParameters` and `responseElements`: [`casing`] holds the general rule and those of RDS, IAM and STS,
//! [`ec2`] and [`s3`] theirs, and a service may word any part itself (`Service::trail_shape`).
//!
//! Source: CloudTrail User Guide, "CloudTrail record contents", and the records listed with the project's samples.

mod casing;
mod ec2;
mod errors;
mod facts;
mod read;
mod s3;
mod service_event;
#[cfg(test)]
mod tests;
mod touched;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    ApiCall, ApiOutcome, Node, Operation, Outbox, Plane, Principal, Region, Service, ServiceName, Via,
    registry::Services, service::TrailShape, timestamps,
};
pub use facts::is_read_only;
pub use read::{actor, field};
pub use service_event::{ServiceEvent, of_service};
pub use touched::Touched;

/// A record, with what CloudTrail needs to route it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The region it is written in.
    pub region: Region,
    /// The record itself, field by field as AWS writes it.
    pub json: Arc<Value>,
    pub event_name: Arc<str>,
    /// Such as `ec2.amazonaws.com`.
    pub event_source: &'static str,
    pub event_id: Arc<str>,
    pub read_only: bool,
    pub management: bool,
    /// How many calls alike it stands for; the record itself says nothing of it.
    pub count: u64,
    /// What was acted on, where the hop to CloudTrail begins.
    pub subject: Node,
    /// The resources `LookupEvents` finds it by.
    pub touched: Arc<[Touched]>,
}

impl Record {
    /// A text of the record, by its path: `userIdentity.arn`.
    pub fn text(&self, path: &str) -> Option<&str> {
        path.split('.').try_fold(&*self.json, |value, name| value.get(name))?.as_str()
    }

    /// Types and ARNs (or beginnings of ARNs) of its `resources`.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &str)> {
        let resources = self.json.get("resources").and_then(Value::as_array);
        resources.into_iter().flatten().filter_map(|resource| {
            let arn = resource.get("ARN").or_else(|| resource.get("ARNPrefix"))?;
            Some((resource.get("type")?.as_str()?, arn.as_str()?))
        })
    }

    /// See [`is_named_like_a_read`].
    pub fn is_named_like_a_read(&self) -> bool {
        is_named_like_a_read(&self.event_name)
    }
}

/// Read-only by its name, which is what keeps a call from an `ENABLED` rule: `Describe…`, `Get…`, `List…`, but for
/// the two STS calls that hand out credentials.
pub fn is_named_like_a_read(name: &str) -> bool {
    let exempt = matches!(name, "GetFederationToken" | "GetSessionToken");
    !exempt && ["Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb))
}

/// The name under which calls of an operation are recorded.
pub fn event_name(service: &dyn Service, operation: &'static Operation) -> &'static str {
    let call = ApiCall {
        by: Principal::Root,
        via: Via::cli(""),
        region: Region::global_home(),
        service: service.name(),
        operation: operation.name.into(),
        parameters: Value::Null,
    };
    let own = service.trail_shape(operation, &call, &Ok(Value::Null)).event_name;
    own.unwrap_or_else(|| facts::event_name(service.name(), operation.name))
}

/// `requestParameters`, `responseElements` and the rest that services spell their own way.
#[derive(Debug, Default)]
struct Wording {
    request: Value,
    response: Value,
    additional_event_data: Option<Value>,
}

/// Writes the record of a call.
pub fn build(
    services: &Services,
    account_id: &str,
    operation: &'static Operation,
    call: &ApiCall,
    outcome: &ApiOutcome,
    out: &mut Outbox<'_>,
) -> Record {
    let region = if call.service.is_global() { Region::global_home() } else { call.region.clone() };
    let shape = services
        .get(call.service)
        .map_or_else(TrailShape::default, |service| service.trail_shape(operation, call, outcome));
    let request_id = if call.service == ServiceName::S3 { out.base32(16) } else { out.uuid() };
    let event_id: Arc<str> = out.uuid().into();
    let read_only = is_read_only(call.service, operation);
    let management = operation.plane == Plane::Management;
    let event_name = shape.event_name.unwrap_or_else(|| facts::event_name(call.service, operation.name));
    let touched = touched::by(call, outcome, read_only);
    let wording = word(operation, call, outcome, shape.clone(), &request_id, out);
    let resources = shape.resources.or_else(|| facts::resources(call, account_id, management));

    let mut record = Map::new();
    let mut put = |key: &str, value: Value| {
        record.insert(key.to_owned(), value);
    };
    put("eventVersion", "1.11".into());
    let session = services.sts.session(&call.by);
    put("userIdentity", services.iam.user_identity(&call.by, &call.via, session, account_id, out.moment()));
    put("eventTime", timestamps::seconds_z(out.moment().utc).into());
    put("eventSource", call.service.event_source().into());
    put("eventName", event_name.into());
    put("awsRegion", region.as_str().into());
    put("sourceIPAddress", (*call.via.source_ip).into());
    put("userAgent", errors::capped(&call.via.user_agent).into());
    if let Err(error) = outcome {
        put("errorCode", errors::code(call.service, error).into());
        put("errorMessage", errors::capped(&error.message).into());
    }
    put("requestParameters", wording.request);
    put("responseElements", wording.response);
    if let Some(data) = wording.additional_event_data {
        put("additionalEventData", data);
    }
    put("requestID", request_id.into());
    put("eventID", (*event_id).into());
    put("readOnly", read_only.into());
    if let Some(resources) = resources {
        put("resources", resources);
    }
    put("eventType", "AwsApiCall".into());
    if let Some(version) = facts::api_version(call.service) {
        put("apiVersion", version.into());
    }
    put("managementEvent", management.into());
    put("recipientAccountId", account_id.into());
    if matches!(call.by, Principal::Service(_)) {
        put("sharedEventID", out.uuid().into());
    }
    put("eventCategory", if management { "Management" } else { "Data" }.into());
    if !call.via.is_service() {
        put("tlsDetails", facts::tls_details(call, &region));
    }
    if call.via.console {
        put("sessionCredentialFromConsole", "true".into());
    }

    let subject =
        touched.first().map_or_else(|| call.service.title().into(), |touched| Arc::clone(&touched.name));
    Record {
        subject: Node::new(call.service, &call.region, subject),
        region,
        json: Arc::new(Value::Object(record)),
        event_name: event_name.into(),
        event_source: call.service.event_source(),
        event_id,
        read_only,
        management,
        count: 1,
        touched: touched.into(),
    }
}

/// Spells the call in its service's way, then nulls what CloudTrail nulls.
fn word(
    operation: &'static Operation,
    call: &ApiCall,
    outcome: &ApiOutcome,
    shape: TrailShape,
    request_id: &str,
    out: &mut Outbox<'_>,
) -> Wording {
    let answer = outcome.as_ref().ok();
    let mut wording = match call.service {
        ServiceName::Ec2 => ec2::word(operation.name, &call.parameters, answer, request_id, &shape),
        ServiceName::S3 => s3::word(operation.name, call, outcome, out),
        service => Wording {
            request: casing::spell(service, &call.parameters),
            response: answer.map_or(Value::Null, |answer| casing::spell_answer(service, answer)),
            additional_event_data: None,
        },
    };
    if let Some(request) = shape.request {
        wording.request = request;
    }
    if let (Some(response), false) = (shape.response, call.service == ServiceName::Ec2) {
        wording.response = response;
    }
    wording.additional_event_data = shape.additional_event_data.or(wording.additional_event_data);

    let keeps_refused_request = matches!(call.service, ServiceName::Ec2 | ServiceName::S3);
    if outcome.as_ref().is_err_and(|error| error.refused) && !keeps_refused_request
        || is_empty(&wording.request)
    {
        wording.request = Value::Null;
    }
    let is_read = is_read_only(call.service, operation) && call.service != ServiceName::Sts;
    if outcome.is_err() || is_read || is_empty(&wording.response) {
        wording.response = Value::Null;
    }
    wording.request = within(LARGEST_PART, wording.request);
    wording.response = within(LARGEST_PART, wording.response);
    wording.additional_event_data = wording
        .additional_event_data
        .map(|data| within(LARGEST_ADDITION, data))
        .filter(|data| !data.is_null());
    wording
}

/// The most bytes of `requestParameters` and of `responseElements`, and of `additionalEventData`.
///
/// Source: CloudTrail User Guide, "CloudTrail record contents": beyond them, the content is omitted.
const LARGEST_PART: usize = 100 * 1_024;
const LARGEST_ADDITION: usize = 28 * 1_024;

fn within(limit: usize, part: Value) -> Value {
    if part.to_string().len() > limit { Value::Null } else { part }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}
