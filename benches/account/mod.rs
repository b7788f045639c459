//! An account under load: calls as its root would make them.

use serde_json::Value;
use vigie::{
    aws::{ApiCall, Principal, Region, ServiceName, Via},
    engine::Engine,
};

/// Calls an operation that must succeed; answers what it answers.
pub fn ask(engine: &mut Engine, service: ServiceName, operation: &str, parameters: Value) -> Value {
    let call = ApiCall {
        by: Principal::Root,
        via: Via::cli("203.0.113.24"),
        region: Region::new("eu-west-3"),
        service,
        operation: operation.into(),
        parameters,
    };
    engine.call(call, None).1.unwrap_or_else(|error| panic!("{operation}: {error}"))
}
