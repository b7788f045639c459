//! Iam.

use serde_json::Value;

use super::{
    ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Principal, Region, Service, ServiceName,
    service::Reception,
};

/// The state of this service.
#[derive(Clone, Debug, Default)]
pub struct Iam {}

impl Iam {
    pub fn new(_account_id: &str, _home: &Region) -> Self {
        Self::default()
    }
}

/// A request to be judged.
#[derive(Clone, Debug)]
pub struct AuthorisationRequest<'a> {
    pub account_id: &'a str,
    pub by: &'a Principal,
    pub service: ServiceName,
    /// The API's name; the IAM action is derived from it.
    pub action: &'static str,
    /// ARNs of what it touches; `*` where the action has no resource.
    pub resources: Vec<String>,
    pub resource_policy: Option<Value>,
    pub source_ip: &'a str,
    pub region: &'a Region,
}

impl Iam {
    /// Explicit deny, then allow, then implicit deny.
    ///
    /// # Errors
    /// The refusal, in AWS's words.
    pub fn authorise(&self, _request: &AuthorisationRequest<'_>) -> Result<(), ApiError> {
        Ok(())
    }
}

impl Service for Iam {
    fn name(&self) -> ServiceName {
        ServiceName::Iam
    }

    fn operations(&self) -> Vec<&'static Operation> {
        Vec::new()
    }

    fn call(&mut self, _operation: &'static Operation, context: &mut CallContext<'_, '_>) -> ApiOutcome {
        let _ = context;
        Ok(serde_json::Value::Null)
    }

    fn receive(&mut self, _parcel: &Parcel, _region: &Region, _out: &mut Outbox<'_>) -> Reception {
        Ok(())
    }
}
