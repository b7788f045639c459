//! The versions of a function, of which there is one here, and whether it may invoke itself in a loop.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Lambda, configuration, errors, state::plain_name};

/// Lists the versions of a function: `$LATEST`, as Vigie publishes none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListVersionsByFunction {
    pub function_name: String,
}

/// Shows whether Lambda ends a loop in which the function invokes itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetFunctionRecursionConfig {
    pub function_name: String,
}

/// Says whether Lambda ends a loop in which the function invokes itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutFunctionRecursionConfig {
    pub function_name: String,
    /// `Terminate`, as it is for a new function, or `Allow`.
    pub recursive_loop: String,
}

/// The qualifier of an unpublished version.
pub(super) const LATEST: &str = "$LATEST";

/// Refuses a version or alias other than the one there is.
pub(super) fn check_qualifier(function: &str, qualifier: Option<&str>) -> Result<(), ApiError> {
    match qualifier {
        None | Some(LATEST) => Ok(()),
        Some(other) => Err(errors::not_simulated(&format!("{function}:{other} (a version or an alias)"))),
    }
}

impl Lambda {
    pub(super) fn list_versions_by_function(
        &mut self,
        input: ListVersionsByFunction,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let function = self.find(cx, &input.function_name)?;
        let mut version = configuration::of(function, cx.moment());
        version["FunctionArn"] = format!("{}:{LATEST}", function.arn).into();
        Ok(json!({ "Versions": [version] }))
    }

    pub(super) fn get_function_recursion_config(
        &mut self,
        input: GetFunctionRecursionConfig,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(shown(self.find(cx, &input.function_name)?.may_loop))
    }

    pub(super) fn put_function_recursion_config(
        &mut self,
        input: PutFunctionRecursionConfig,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let may_loop = match input.recursive_loop.as_str() {
            "Allow" => true,
            "Terminate" => false,
            other => {
                let rule = "Member must satisfy enum value set: [Allow, Terminate]";
                return Err(errors::constraint(other, "recursiveLoop", rule));
            }
        };
        let name = plain_name(&input.function_name);
        let function = self
            .function_mut(cx.region(), name)
            .ok_or_else(|| errors::no_such_function(cx.region(), cx.account_id, name))?;
        function.may_loop = may_loop;
        Ok(shown(may_loop))
    }
}

fn shown(may_loop: bool) -> Value {
    json!({ "RecursiveLoop": if may_loop { "Allow" } else { "Terminate" } })
}
