//! Lambda: functions, who may invoke them, and what happens when they run.

pub mod runtime;

use super::{
    ApiOutcome, CallContext, Operation, Outbox, Parcel, Region, Service, ServiceName, service::Reception,
};

/// The state of this service.
#[derive(Clone, Debug, Default)]
pub struct Lambda {}

impl Lambda {
    pub fn new(_account_id: &str, _home: &Region) -> Self {
        Self::default()
    }
}

impl Service for Lambda {
    fn name(&self) -> ServiceName {
        ServiceName::Lambda
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
