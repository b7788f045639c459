//! How many runs of a function there may be at once: its own reserve, or what the account has left.
//!
//! Source: developer guide, "Lambda function scaling" and "Configuring reserved concurrency".

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Function, Lambda, Outbox, Region, errors, state::plain_name};
use crate::{
    aws::{FaultKind, Node, Reason, ServiceName, faults::Journey, note::reasons},
    kernel::SimTime,
};

/// Runs at once in an account and Region, and how many of them must stay free of reserves. Source: Lambda quotas.
const ACCOUNT_LIMIT: u32 = 1_000;
const UNRESERVED_FLOOR: u32 = 100;
/// Bytes of code storage, of a package and of its zip. Source: Lambda quotas.
const CODE_STORAGE: u64 = 75 << 30;
const UNZIPPED: u64 = 250 << 20;
const ZIPPED: u64 = 50 << 20;

/// Reserves a number of runs at once for a function, which is also its limit; 0 stops it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutFunctionConcurrency {
    pub function_name: String,
    pub reserved_concurrent_executions: u32,
}

/// Shows what a function has reserved.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetFunctionConcurrency {
    pub function_name: String,
}

/// Lets a function run on what the account has left again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteFunctionConcurrency {
    pub function_name: String,
}

/// Shows the limits of the account in the Region, and what is used of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetAccountSettings {}

impl Lambda {
    pub(super) fn put_function_concurrency(
        &mut self,
        input: PutFunctionConcurrency,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = plain_name(&input.function_name);
        self.find(cx, name)?;
        let wanted = input.reserved_concurrent_executions;
        let others: u32 = self
            .functions(cx.region())
            .filter(|function| *function.name != *name)
            .filter_map(|function| function.reserved)
            .sum();
        if others.saturating_add(wanted) > ACCOUNT_LIMIT - UNRESERVED_FLOOR {
            return Err(errors::invalid(format!(
                "Specified ReservedConcurrentExecutions for function decreases account's \
                 UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_FLOOR}]."
            )));
        }
        self.reserve(cx, name, Some(wanted))?;
        Ok(json!({ "ReservedConcurrentExecutions": wanted }))
    }

    pub(super) fn get_function_concurrency(
        &mut self,
        input: GetFunctionConcurrency,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let reserved = self.find(cx, &input.function_name)?.reserved;
        Ok(reserved.map_or(json!({}), |reserved| json!({ "ReservedConcurrentExecutions": reserved })))
    }

    pub(super) fn delete_function_concurrency(
        &mut self,
        input: DeleteFunctionConcurrency,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = plain_name(&input.function_name);
        self.reserve(cx, name, None)?;
        Ok(Value::Null)
    }

    pub(super) fn get_account_settings(
        &mut self,
        _input: GetAccountSettings,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let functions = self.functions(cx.region());
        let (count, size) =
            functions.fold((0_u32, 0), |(count, size), function| (count + 1, size + function.code.len()));
        Ok(json!({
            "AccountLimit": {
                "TotalCodeSize": CODE_STORAGE,
                "CodeSizeUnzipped": UNZIPPED,
                "CodeSizeZipped": ZIPPED,
                "ConcurrentExecutions": ACCOUNT_LIMIT,
                "UnreservedConcurrentExecutions": ACCOUNT_LIMIT - self.reserved(cx.region()),
            },
            "AccountUsage": { "TotalCodeSize": size, "FunctionCount": count },
        }))
    }

    fn reserve(
        &mut self,
        cx: &CallContext<'_, '_>,
        name: &str,
        reserved: Option<u32>,
    ) -> Result<(), ApiError> {
        let function = self
            .function_mut(cx.region(), name)
            .ok_or_else(|| errors::no_such_function(cx.region(), cx.account_id, name))?;
        function.reserved = reserved;
        Ok(())
    }

    /// Why a function may not run now: its reserve or the account's rest is in use, or a fault says so.
    pub(super) fn throttles(
        &self,
        region: &Region,
        function: &Function,
        out: &mut Outbox<'_>,
    ) -> Option<Reason> {
        let now = out.now();
        let to = Node::new(ServiceName::Lambda, region, std::sync::Arc::clone(&function.name));
        let journey = Journey { path: None, from: None, to: &to };
        let by_fault = out.faults().strike(FaultKind::Throttled, journey, now).is_some();
        let limit = match function.reserved {
            Some(reserved) if by_fault || function.running(now) >= reserved => {
                "ReservedFunctionConcurrentInvocationLimitExceeded"
            }
            None if by_fault
                || self.unreserved_running(region, now) >= ACCOUNT_LIMIT - self.reserved(region) =>
            {
                "ConcurrentInvocationLimitExceeded"
            }
            _ => return None,
        };
        Some(Reason::new(reasons::THROTTLED, limit))
    }

    fn reserved(&self, region: &Region) -> u32 {
        self.functions(region).filter_map(|function| function.reserved).sum()
    }

    /// Runs under way of all functions.
    pub(super) fn all_running(&self, region: &Region, now: SimTime) -> u32 {
        self.functions(region).map(|function| function.running(now)).sum()
    }

    /// Runs under way of functions without a reserve of their own.
    pub(super) fn unreserved_running(&self, region: &Region, now: SimTime) -> u32 {
        let functions = self.functions(region).filter(|function| function.reserved.is_none());
        functions.map(|function| function.running(now)).sum()
    }
}

impl Function {
    /// Runs under way.
    pub(super) fn running(&self, now: SimTime) -> u32 {
        u32::try_from(self.environments.iter().filter(|place| place.free_at > now).count())
            .unwrap_or(u32::MAX)
    }
}
