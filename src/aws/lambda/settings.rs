//! What happens to asynchronous events: how often they are tried, how long, and where they go in the end.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Function, Lambda, errors, state::plain_name, versions::check_qualifier,
};
use crate::aws::arn::Arn;

/// Sets how asynchronous events of a function are treated; what is left out goes back to its default.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutFunctionEventInvokeConfig {
    pub function_name: String,
    /// `$LATEST`.
    pub qualifier: Option<String>,
    /// 0 to 2; 2 if left out.
    pub maximum_retry_attempts: Option<u32>,
    /// 60 to 21600 seconds; 21600 if left out.
    pub maximum_event_age_in_seconds: Option<u32>,
    pub destination_config: Option<DestinationConfig>,
}

/// Where the record of an invocation goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DestinationConfig {
    pub on_success: Option<Destination>,
    pub on_failure: Option<Destination>,
}

/// A queue, a topic, a function, a bus, or on failure a bucket.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Destination {
    /// Its ARN.
    pub destination: Option<String>,
}

/// Changes how asynchronous events of a function are treated; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateFunctionEventInvokeConfig {
    pub function_name: String,
    /// `$LATEST`.
    pub qualifier: Option<String>,
    /// 0 to 2.
    pub maximum_retry_attempts: Option<u32>,
    /// 60 to 21600 seconds.
    pub maximum_event_age_in_seconds: Option<u32>,
    pub destination_config: Option<DestinationConfig>,
}

/// Lists how asynchronous events of a function's versions are treated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListFunctionEventInvokeConfigs {
    pub function_name: String,
}

/// Shows how asynchronous events of a function are treated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetFunctionEventInvokeConfig {
    pub function_name: String,
    /// `$LATEST`.
    pub qualifier: Option<String>,
}

/// Treats asynchronous events of a function as usual again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteFunctionEventInvokeConfig {
    pub function_name: String,
    /// `$LATEST`.
    pub qualifier: Option<String>,
}

/// How asynchronous events are treated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsyncSettings {
    pub max_retries: u8,
    pub max_age_s: u32,
    pub on_success: Option<Arc<str>>,
    pub on_failure: Option<Arc<str>>,
    /// When they were set, in seconds since 1970; `None` for the defaults.
    pub set_at: Option<i64>,
}

impl Default for AsyncSettings {
    /// Source: developer guide, "Asynchronous invocation": two retries, six hours.
    fn default() -> Self {
        Self { max_retries: 2, max_age_s: 21_600, on_success: None, on_failure: None, set_at: None }
    }
}

impl Lambda {
    pub(super) fn put_function_event_invoke_config(
        &mut self,
        input: PutFunctionEventInvokeConfig,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_qualifier(&input.function_name, input.qualifier.as_deref())?;
        let mut settings = AsyncSettings::default();
        settings.change(
            input.maximum_retry_attempts,
            input.maximum_event_age_in_seconds,
            input.destination_config,
        )?;
        settings.set_at = Some(cx.moment().utc.timestamp());
        self.set(cx, &input.function_name, settings)
    }

    pub(super) fn update_function_event_invoke_config(
        &mut self,
        input: UpdateFunctionEventInvokeConfig,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_qualifier(&input.function_name, input.qualifier.as_deref())?;
        let mut settings = self.configured(cx, &input.function_name)?.asynchronous.clone();
        settings.change(
            input.maximum_retry_attempts,
            input.maximum_event_age_in_seconds,
            input.destination_config,
        )?;
        settings.set_at = Some(cx.moment().utc.timestamp());
        self.set(cx, &input.function_name, settings)
    }

    pub(super) fn list_function_event_invoke_configs(
        &mut self,
        input: ListFunctionEventInvokeConfigs,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let function = self.find(cx, &input.function_name)?;
        let is_set = function.asynchronous.set_at.is_some();
        let configs: Vec<Value> = is_set.then(|| shown(function)).into_iter().collect();
        Ok(json!({ "FunctionEventInvokeConfigs": configs }))
    }

    pub(super) fn get_function_event_invoke_config(
        &mut self,
        input: GetFunctionEventInvokeConfig,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_qualifier(&input.function_name, input.qualifier.as_deref())?;
        Ok(shown(self.configured(cx, &input.function_name)?))
    }

    pub(super) fn delete_function_event_invoke_config(
        &mut self,
        input: DeleteFunctionEventInvokeConfig,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_qualifier(&input.function_name, input.qualifier.as_deref())?;
        self.set(cx, &input.function_name, AsyncSettings::default())?;
        Ok(Value::Null)
    }

    /// A function whose settings are its own.
    fn configured(&self, cx: &CallContext<'_, '_>, given: &str) -> Result<&Function, ApiError> {
        let function = self.find(cx, given)?;
        if function.asynchronous.set_at.is_none() {
            let message = format!("The function {} doesn't have an EventInvokeConfig", function.arn);
            return Err(ApiError::not_found("ResourceNotFoundException", message));
        }
        Ok(function)
    }

    fn set(&mut self, cx: &CallContext<'_, '_>, given: &str, settings: AsyncSettings) -> ApiOutcome {
        let function = self
            .function_mut(cx.region(), plain_name(given))
            .ok_or_else(|| errors::no_such_function(cx.region(), cx.account_id, plain_name(given)))?;
        function.asynchronous = settings;
        Ok(shown(function))
    }
}

fn shown(function: &Function) -> Value {
    let settings = &function.asynchronous;
    let destination =
        |arn: &Option<Arc<str>>| arn.as_ref().map_or(json!({}), |arn| json!({ "Destination": &**arn }));
    json!({
        "LastModified": settings.set_at,
        "FunctionArn": format!("{}:$LATEST", function.arn),
        "MaximumRetryAttempts": settings.max_retries,
        "MaximumEventAgeInSeconds": settings.max_age_s,
        "DestinationConfig": {
            "OnSuccess": destination(&settings.on_success),
            "OnFailure": destination(&settings.on_failure),
        },
    })
}

impl AsyncSettings {
    fn change(
        &mut self,
        retries: Option<u32>,
        age: Option<u32>,
        destinations: Option<DestinationConfig>,
    ) -> Result<(), ApiError> {
        if let Some(retries) = retries {
            let retries = errors::check_range(retries, "maximumRetryAttempts", 0, 2)?;
            self.max_retries = u8::try_from(retries).unwrap_or(2);
        }
        if let Some(age) = age {
            self.max_age_s = errors::check_range(age, "maximumEventAgeInSeconds", 60, 21_600)?;
        }
        if let Some(given) = destinations {
            self.on_success = check_destination(given.on_success, &["sqs", "sns", "lambda", "events"])?;
            self.on_failure = check_destination(given.on_failure, &["sqs", "sns", "lambda", "events", "s3"])?;
        }
        Ok(())
    }
}

fn check_destination(given: Option<Destination>, services: &[&str]) -> Result<Option<Arc<str>>, ApiError> {
    let Some(arn) = given.and_then(|given| given.destination).filter(|arn| !arn.is_empty()) else {
        return Ok(None);
    };
    match Arn::parse(&arn) {
        // Source: developer guide: standard queues and topics only.
        Some(parsed) if services.contains(&parsed.service) && !parsed.resource.ends_with(".fifo") => {
            Ok(Some(arn.into()))
        }
        _ => Err(errors::invalid(format!("The destination ARN {arn} is invalid."))),
    }
}
