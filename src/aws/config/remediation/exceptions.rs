//! Resources that are not repaired automatically: somebody says so, or every attempt has failed.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Exception;
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    config::{Config, page::page, rule::invalid, state::Key},
    timestamps::{self, Timestamp},
};

/// A resource of a remediation exception: its type and id.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ExceptionKey {
    resource_type: String,
    resource_id: String,
}

/// Excepts resources from the automatic remediation of a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRemediationExceptions {
    config_rule_name: String,
    /// From 1 to 100.
    resource_keys: Vec<ExceptionKey>,
    message: Option<String>,
    /// When it ends by itself.
    expiration_time: Option<Timestamp>,
}

/// Describes the resources excepted from the remediation of a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeRemediationExceptions {
    config_rule_name: String,
    #[serde(default)]
    resource_keys: Vec<ExceptionKey>,
    /// From 0 (the default, all) to 100.
    limit: Option<usize>,
    next_token: Option<String>,
}

/// Has resources repaired automatically again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteRemediationExceptions {
    config_rule_name: String,
    /// From 1 to 100.
    resource_keys: Vec<ExceptionKey>,
}

impl ExceptionKey {
    fn key(&self) -> Key {
        (self.resource_type.as_str().into(), self.resource_id.as_str().into())
    }
}

impl Config {
    pub(in crate::aws::config) fn put_remediation_exceptions(
        &mut self,
        input: PutRemediationExceptions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let rule: Arc<str> = input.config_rule_name.into();
        let remediations = &mut self.state_mut(cx.region()).remediations;
        if !remediations.has(&rule) {
            return Err(invalid(format!("The rule {rule} has no remediation configuration.")));
        }
        for key in &input.resource_keys {
            let exception = Exception {
                message: input.message.as_deref().map(Into::into),
                expires: input.expiration_time.map(|time| time.0),
            };
            remediations.exceptions.insert((Arc::clone(&rule), key.key()), exception);
        }
        Ok(json!({ "FailedBatches": [] }))
    }

    pub(in crate::aws::config) fn describe_remediation_exceptions(
        &mut self,
        input: DescribeRemediationExceptions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let utc = cx.moment().utc;
        let keys: Vec<Key> = input.resource_keys.iter().map(ExceptionKey::key).collect();
        let all = self.state(cx.region()).into_iter().flat_map(|state| &state.remediations.exceptions);
        let list: Vec<Value> = all
            .filter(|((rule, key), _)| {
                **rule == *input.config_rule_name && (keys.is_empty() || keys.contains(key))
            })
            .filter(|(_, exception)| exception.expires.is_none_or(|at| at > utc))
            .map(|((rule, key), exception)| {
                let mut entry = json!({
                    "ConfigRuleName": &**rule, "ResourceType": &*key.0, "ResourceId": &*key.1,
                });
                if let Some(message) = &exception.message {
                    entry["Message"] = (**message).into();
                }
                if let Some(expires) = exception.expires {
                    entry["ExpirationTime"] = timestamps::cli(expires).into();
                }
                entry
            })
            .collect();
        let names = ("RemediationExceptions", "NextToken");
        page(names, list, (input.limit, 100), input.next_token.as_deref())
    }

    pub(in crate::aws::config) fn delete_remediation_exceptions(
        &mut self,
        input: DeleteRemediationExceptions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let rule: Arc<str> = input.config_rule_name.into();
        let remediations = &mut self.state_mut(cx.region()).remediations;
        if !remediations.exceptions.keys().any(|(of, _)| *of == rule) {
            let message = format!("No remediation exception for rule {rule} exists.");
            return Err(ApiError::client("NoSuchRemediationExceptionException", message));
        }
        for key in &input.resource_keys {
            let id = (Arc::clone(&rule), key.key());
            remediations.exceptions.remove(&id);
            if let Some(execution) = remediations.executions.get_mut(&id).filter(|it| it.state.is_over()) {
                execution.attempt = 0;
            }
        }
        Ok(json!({ "FailedBatches": [] }))
    }
}
