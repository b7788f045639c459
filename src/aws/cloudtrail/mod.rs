//! CloudTrail.

use super::{
    ApiOutcome, CallContext, Operation, Outbox, Parcel, Region, Service, ServiceName, record::Record,
    service::Reception,
};

/// The state of this service.
#[derive(Clone, Debug, Default)]
pub struct CloudTrail {}

impl CloudTrail {
    pub fn new(_account_id: &str, _home: &Region) -> Self {
        Self::default()
    }
}

impl CloudTrail {
    /// Takes the record of a call: into the event history, and to whatever trail is logging.
    pub fn record(&mut self, _record: Record, _out: &mut Outbox<'_>) {}
}

impl Service for CloudTrail {
    fn name(&self) -> ServiceName {
        ServiceName::CloudTrail
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
