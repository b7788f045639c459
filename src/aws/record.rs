//! The CloudTrail record of a call.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{ApiCall, ApiOutcome, Operation, Outbox, Region, registry::Services};

/// A record, with what CloudTrail needs to route it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The region it is written in.
    pub region: Region,
    /// The record itself, field by field as AWS writes it.
    pub json: Arc<Value>,
    pub event_name: Arc<str>,
    pub read_only: bool,
    pub management: bool,
}

/// Writes the record of a call.
pub fn build(
    _services: &Services,
    _account_id: &str,
    operation: &'static Operation,
    call: &ApiCall,
    _outcome: &ApiOutcome,
    _out: &mut Outbox<'_>,
) -> Record {
    Record {
        region: call.region.clone(),
        json: Arc::new(json!({})),
        event_name: operation.name.into(),
        read_only: operation.access == super::Access::Read,
        management: operation.plane == super::Plane::Management,
    }
}
