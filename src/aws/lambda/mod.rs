//! Lambda: functions, who may invoke them, and what happens when they run.
//!
//! An invocation arrives as a parcel (a rule, a topic, an alarm, Config) or by `Invoke`; the function's resource
//! policy judges a service that sends one, and a refusal goes back to it. What is accepted waits here for the engine,
//! which runs the code ([`runtime`]) because a function's own calls go through the account's one door, and then tells
//! Lambda what the run came to: log lines, counters, and for an asynchronous event that failed two more tries, then
//! its dead-letter queue, its destination, or nothing.
//!
//! Source: Lambda developer guide and API reference, as gathered in `trail-config-lambda-sns.md` §3; names and types
//! of parameters from the service model.

mod checks;
mod conclude;
mod concurrency;
mod configuration;
mod destinations;
mod errors;
mod faults;
mod functions;
mod invocation;
mod invoke;
mod logs;
mod metrics;
mod permissions;
mod retry;
pub mod runtime;
mod settings;
mod state;
mod tagging;
#[cfg(test)]
mod tests;
mod versions;

use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Reason, Receipt, Region, Service,
    ServiceName,
    counters::PUBLISH_COUNTERS,
    note::reasons,
    operation::operations,
    parcel::Timer,
    service::{Admission, Reception, TrailShape},
};

pub use concurrency::{
    DeleteFunctionConcurrency, GetAccountSettings, GetFunctionConcurrency, PutFunctionConcurrency,
};
pub use functions::{
    Code, CreateFunction, DeadLetterConfig, DeleteFunction, Environment, GetFunction,
    GetFunctionConfiguration, ListFunctions, UpdateFunctionCode, UpdateFunctionConfiguration,
};
pub use invocation::{Invocation, Start};
pub use invoke::Invoke;
pub use permissions::{AddPermission, GetPolicy, RemovePermission};
pub use settings::{
    DeleteFunctionEventInvokeConfig, Destination, DestinationConfig, GetFunctionEventInvokeConfig,
    ListFunctionEventInvokeConfigs, PutFunctionEventInvokeConfig, UpdateFunctionEventInvokeConfig,
};
pub use state::{Function, Lambda};
pub use tagging::{ListTags, TagResource, UntagResource};
pub use versions::{GetFunctionRecursionConfig, ListVersionsByFunction, PutFunctionRecursionConfig};

operations! { pub Lambda:
    AddPermission: Write => add_permission;
    CreateFunction: Write => create_function;
    DeleteFunction: Write => delete_function;
    DeleteFunctionConcurrency: Write => delete_function_concurrency;
    DeleteFunctionEventInvokeConfig: Write => delete_function_event_invoke_config;
    GetAccountSettings: Read => get_account_settings;
    GetFunction: Read => get_function;
    GetFunctionConcurrency: Read => get_function_concurrency;
    GetFunctionConfiguration: Read => get_function_configuration;
    GetFunctionEventInvokeConfig: Read => get_function_event_invoke_config;
    GetFunctionRecursionConfig: Read => get_function_recursion_config;
    GetPolicy: Read => get_policy;
    Invoke: Write Data => invoke;
    ListFunctionEventInvokeConfigs: Read => list_function_event_invoke_configs;
    ListFunctions: Read => list_functions;
    ListTags: Read => list_tags;
    ListVersionsByFunction: Read => list_versions_by_function;
    PutFunctionConcurrency: Write => put_function_concurrency;
    PutFunctionEventInvokeConfig: Write => put_function_event_invoke_config;
    PutFunctionRecursionConfig: Write => put_function_recursion_config;
    RemovePermission: Write => remove_permission;
    TagResource: Write => tag_resource;
    UntagResource: Write => untag_resource;
    UpdateFunctionCode: Write => update_function_code;
    UpdateFunctionConfiguration: Write => update_function_configuration;
    UpdateFunctionEventInvokeConfig: Write => update_function_event_invoke_config;
}

/// Lambda's records keep the API version in the event's name. Source: CloudTrail records; Lambda developer guide,
/// "Logging API calls using CloudTrail".
const EVENT_NAMES: &[(&str, &str)] = &[
    ("AddPermission", "AddPermission20150331v2"),
    ("CreateFunction", "CreateFunction20150331"),
    ("DeleteFunction", "DeleteFunction20150331"),
    ("DeleteFunctionConcurrency", "DeleteFunctionConcurrency20171031"),
    ("GetAccountSettings", "GetAccountSettings20160819"),
    ("GetFunction", "GetFunction20150331v2"),
    ("GetFunctionConfiguration", "GetFunctionConfiguration20150331v2"),
    ("GetPolicy", "GetPolicy20150331v2"),
    ("ListFunctions", "ListFunctions20150331"),
    ("ListTags", "ListTags20170331"),
    ("ListVersionsByFunction", "ListVersionsByFunction20150331"),
    ("PutFunctionConcurrency", "PutFunctionConcurrency20171031"),
    ("RemovePermission", "RemovePermission20150331v2"),
    ("TagResource", "TagResource20170331v2"),
    ("UntagResource", "UntagResource20170331v2"),
    ("UpdateFunctionCode", "UpdateFunctionCode20150331v2"),
    ("UpdateFunctionConfiguration", "UpdateFunctionConfiguration20150331v2"),
];

impl Service for Lambda {
    fn name(&self) -> ServiceName {
        ServiceName::Lambda
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::Invoke(invoke) => self.accept(invoke, region, out),
            Parcel::Timer(Timer::RetryInvocation { invocation }) => {
                self.try_again(*invocation, out);
                Ok(())
            }
            Parcel::Timer(Timer::Named { name: PUBLISH_COUNTERS, .. }) => {
                self.counters.publish(region, out);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        admission.asks.iter().try_for_each(|(_, arn)| {
            let function = self.function(region, state::plain_name(arn));
            let function = function.ok_or_else(|| Reason::new(reasons::NO_RESOURCE, arn.as_str()))?;
            permissions::admit(function, &self.account_id, admission.principal, &admission.source_arn)
        })
    }

    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        self.learn_of(receipt, out);
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let named = call.parameters.get("FunctionName").or_else(|| call.parameters.get("Resource"));
        let name = named.and_then(Value::as_str);
        vec![name.map_or_else(
            || "*".to_owned(),
            |name| state::arn_of(&call.region, account_id, state::plain_name(name)),
        )]
    }

    fn resource_policy(&self, _operation: &'static Operation, call: &ApiCall) -> Option<Value> {
        let name = call.parameters.get("FunctionName")?.as_str()?;
        self.function(&call.region, state::plain_name(name))?.policy()
    }

    fn trail_shape(
        &self,
        operation: &'static Operation,
        call: &ApiCall,
        _outcome: &ApiOutcome,
    ) -> TrailShape {
        let event_name =
            EVENT_NAMES.iter().find(|(name, _)| *name == operation.name).map(|(_, shown)| *shown);
        let mut shape = TrailShape { event_name, ..TrailShape::default() };
        if operation.name == "Invoke" {
            let text = |key: &str| call.parameters.get(key).and_then(Value::as_str);
            let name = text("FunctionName").unwrap_or_default();
            let arn = state::arn_of(&call.region, &self.account_id, state::plain_name(name));
            let kind = text("InvocationType").unwrap_or("RequestResponse");
            shape.request = Some(json!({ "functionName": name, "invocationType": kind }));
            shape.response = Some(Value::Null);
            shape.additional_event_data = Some(json!({ "functionVersion": format!("{arn}:$LATEST") }));
        }
        shape
    }
}
