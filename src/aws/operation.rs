//! The operation table: one row per API operation, from which dispatch, validation, command-line options, help,
//! IAM action names and CloudTrail's read-only flag all derive.
//!
//! The parameter struct is the only description of an operation's parameters:
//!
//! ```text
//! /// Starts the recording of calls by a trail.
//! #[derive(Debug, Deserialize, JsonSchema)]
//! #[serde(rename_all = "PascalCase", deny_unknown_fields)]
//! pub struct StartLogging { pub name: String }
//!
//! operations! { pub(super) CloudTrail:
//!     StartLogging: Write => start_logging;
//!     GetTrailStatus: Read => get_trail_status;
//! }
//! // gives `OPERATIONS: &[Row<CloudTrail>]` and `impl Dispatch for CloudTrail`; each function is
//! // fn start_logging(&mut self, input: StartLogging, cx: &mut CallContext<'_, '_>) -> ApiOutcome
//! ```

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{ApiError, ApiOutcome, CallContext};

/// Whether an operation changes anything; CloudTrail's `readOnly`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

/// Whether CloudTrail records an operation by default (management) or only when a trail asks (data).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    Management,
    Data,
}

/// One API operation, without the code that runs it.
pub struct Operation {
    /// The API's name, such as `PutMetricAlarm`.
    pub name: &'static str,
    pub access: Access,
    pub plane: Plane,
    /// JSON Schema of its parameters, derived from its struct; the struct's doc comment is its help.
    pub schema: fn() -> schemars::Schema,
    /// Whether these parameters fit the struct; the error is serde's sentence.
    pub fits: fn(&Value) -> Result<(), String>,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("name", &self.name)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

/// One API operation and the function of service `S` that runs it.
pub struct Row<S: 'static> {
    pub operation: Operation,
    pub run: fn(&mut S, &mut CallContext<'_, '_>) -> ApiOutcome,
}

impl<S> fmt::Debug for Row<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.operation.fmt(f)
    }
}

/// Parses a call's parameters into an operation's struct.
///
/// # Errors
/// What the AWS CLI would say of parameters that do not fit.
pub fn input<T: DeserializeOwned>(parameters: &Value) -> Result<T, ApiError> {
    T::deserialize(parameters)
        .map_err(|error| ApiError::malformed(format!("Parameter validation failed:\n{error}")))
}

/// The row that runs `operation`.
pub fn row<S>(rows: &'static [Row<S>], operation: &'static Operation) -> Option<&'static Row<S>> {
    rows.iter().find(|row| std::ptr::eq(&raw const row.operation, operation))
}

/// Declares the operation table of a service. See the module documentation.
macro_rules! operations {
    (@plane) => { $crate::aws::operation::Plane::Management };
    (@plane Data) => { $crate::aws::operation::Plane::Data };
    ($vis:vis $service:ident: $($input:ident: $access:ident $($plane:ident)? => $run:ident;)*) => {
        /// The operations of this service.
        $vis static OPERATIONS: &[$crate::aws::operation::Row<$service>] = &[$(
            $crate::aws::operation::Row {
                operation: $crate::aws::operation::Operation {
                    name: stringify!($input),
                    access: $crate::aws::operation::Access::$access,
                    plane: $crate::aws::operation::operations!(@plane $($plane)?),
                    schema: || schemars::schema_for!($input),
                    fits: |parameters| {
                        <$input as serde::Deserialize>::deserialize(parameters)
                            .map(|_| ())
                            .map_err(|error| error.to_string())
                    },
                },
                run: |service, context| {
                    let input = $crate::aws::operation::input::<$input>(&context.call.parameters)?;
                    service.$run(input, context)
                },
            },
        )*];

        impl $crate::aws::service::Dispatch for $service {
            fn operations(&self) -> Vec<&'static $crate::aws::Operation> {
                OPERATIONS.iter().map(|row| &row.operation).collect()
            }

            fn operation(&self, name: &str) -> Option<&'static $crate::aws::Operation> {
                OPERATIONS.iter().map(|row| &row.operation).find(|operation| operation.name == name)
            }

            fn call(
                &mut self,
                operation: &'static $crate::aws::Operation,
                context: &mut $crate::aws::CallContext<'_, '_>,
            ) -> $crate::aws::ApiOutcome {
                let row = $crate::aws::operation::row(OPERATIONS, operation)
                    .expect("the door dispatches only what the table lists");
                (row.run)(self, context)
            }
        }
    };
}
pub(in crate::aws) use operations;
