//! The operations on remediation configurations and executions.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ParameterValue, Remediation, documents, run};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    arn::arn,
    config::{
        Config,
        lookup::ResourceKey,
        page::page,
        rule::invalid,
        state::{Key, RegionState},
    },
};

/// The most configurations, or resources, one call may name (API reference).
const MOST_CONFIGURATIONS: usize = 25;
const MOST_RESOURCES: usize = 100;

/// Says what is done about resources that do not comply with rules.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRemediationConfigurations {
    /// From 1 to 25.
    remediation_configurations: Vec<RemediationInput>,
}

/// What is done about the resources that do not comply with a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RemediationInput {
    config_rule_name: String,
    target_type: TargetType,
    /// The name of an automation document, such as `AWS-DisablePublicAccessForSecurityGroup`.
    target_id: String,
    target_version: Option<String>,
    #[serde(default)]
    parameters: BTreeMap<String, ParameterValue>,
    /// Only resources of this type.
    resource_type: Option<String>,
    /// Whether it is done as soon as a resource is found not to comply.
    #[serde(default)]
    automatic: bool,
    /// From 1 to 25; 5 unless said otherwise.
    maximum_automatic_attempts: Option<u64>,
    /// The seconds within which so many attempts are made; 60 unless said otherwise.
    retry_attempt_seconds: Option<u64>,
}

/// What carries out a remediation.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum TargetType {
    #[serde(rename = "SSM_DOCUMENT")]
    SsmDocument,
}

/// Describes the remediation configurations of rules.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeRemediationConfigurations {
    config_rule_names: Vec<String>,
}

/// Deletes the remediation configuration of a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteRemediationConfiguration {
    config_rule_name: String,
    resource_type: Option<String>,
}

/// Runs the remediation of a rule on resources, now.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StartRemediationExecution {
    config_rule_name: String,
    /// From 1 to 100.
    resource_keys: Vec<ResourceKey>,
}

/// Tells how far the remediation of a rule has come, resource by resource.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeRemediationExecutionStatus {
    config_rule_name: String,
    #[serde(default)]
    resource_keys: Vec<ResourceKey>,
    /// From 0 (the default, all) to 100.
    limit: Option<usize>,
    next_token: Option<String>,
}

impl Config {
    pub(in crate::aws::config) fn put_remediation_configurations(
        &mut self,
        input: PutRemediationConfigurations,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let count = input.remediation_configurations.len();
        if !(1..=MOST_CONFIGURATIONS).contains(&count) {
            return Err(invalid(format!(
                "From 1 to {MOST_CONFIGURATIONS} configurations can be put at once."
            )));
        }
        let mut accepted = Vec::new();
        for input in input.remediation_configurations {
            accepted.push(self.read(input, cx)?);
        }
        let configurations = &mut self.state_mut(cx.region()).remediations.configurations;
        for remediation in accepted {
            configurations.insert(Arc::clone(&remediation.rule), Arc::new(remediation));
        }
        Ok(json!({ "FailedBatches": [] }))
    }

    fn read(&self, input: RemediationInput, cx: &mut CallContext<'_, '_>) -> Result<Remediation, ApiError> {
        let name = input.config_rule_name;
        let TargetType::SsmDocument = input.target_type;
        if self.state(cx.region()).and_then(|state| state.rule(&name)).is_none() {
            return Err(invalid(format!("The ConfigRule '{name}' provided in the request does not exist.")));
        }
        let Some(document) = documents::find(&input.target_id) else {
            let known: Vec<&str> = documents::names().collect();
            return Err(invalid(format!(
                "The document {} is not simulated by Vigie, which has {}.",
                input.target_id,
                known.join(", ")
            )));
        };
        check_parameters(document, &input.parameters)?;
        if input.automatic && !input.parameters.contains_key(run::ROLE) {
            return Err(invalid(format!("An automatic remediation needs the parameter {}.", run::ROLE)));
        }
        if !input.automatic
            && (input.maximum_automatic_attempts.is_some() || input.retry_attempt_seconds.is_some())
        {
            return Err(invalid("Attempts are counted for automatic remediations only."));
        }
        let max_attempts = input.maximum_automatic_attempts.unwrap_or(5);
        let retry_s = input.retry_attempt_seconds.unwrap_or(60);
        if !(1..=25).contains(&max_attempts) || !(1..=2_678_000).contains(&retry_s) {
            return Err(invalid(
                "MaximumAutomaticAttempts is from 1 to 25, RetryAttemptSeconds from 1 to 2678000.",
            ));
        }
        let id = cx.out.uuid();
        let own =
            arn("config", cx.region(), cx.account_id, &format!("remediation-configuration/{name}/{id}"));
        Ok(Remediation {
            rule: name.into(),
            arn: own.into(),
            document,
            version: input.target_version.map(Into::into),
            parameters: input.parameters,
            resource_type: input.resource_type.map(Into::into),
            is_automatic: input.automatic,
            max_attempts,
            retry_s,
        })
    }

    pub(in crate::aws::config) fn describe_remediation_configurations(
        &mut self,
        input: DescribeRemediationConfigurations,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let known = self.state(cx.region()).map(|state| &state.remediations.configurations);
        let named = input.config_rule_names.iter();
        let found: Vec<Value> =
            named.filter_map(|name| Some(known?.get(name.as_str())?.describe())).collect();
        Ok(json!({ "RemediationConfigurations": found }))
    }

    pub(in crate::aws::config) fn delete_remediation_configuration(
        &mut self,
        input: DeleteRemediationConfiguration,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name: Arc<str> = input.config_rule_name.into();
        let state = self.state_mut(cx.region());
        let remediation = remediation_of(state, &name)?;
        if input.resource_type.is_some()
            && input.resource_type.as_deref() != remediation.resource_type.as_deref()
        {
            return Err(none_for(&name));
        }
        let remediations = &mut state.remediations;
        let of_rule = |id: &(Arc<str>, Key)| id.0 == name;
        let running = remediations.executions.iter().any(|(id, it)| of_rule(id) && !it.state.is_over());
        if running {
            return Err(ApiError::client(
                "RemediationInProgressException",
                "Remediation action is in progress. Either cancel execution or wait and try again later.",
            ));
        }
        remediations.configurations.remove(&name);
        remediations.executions.retain(|id, _| !of_rule(id));
        remediations.exceptions.retain(|id, _| !of_rule(id));
        Ok(json!({}))
    }

    pub(in crate::aws::config) fn start_remediation_execution(
        &mut self,
        input: StartRemediationExecution,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if !(1..=MOST_RESOURCES).contains(&input.resource_keys.len()) {
            return Err(invalid(format!("From 1 to {MOST_RESOURCES} resources can be remediated at once.")));
        }
        let region = cx.region().clone();
        let state = self.state_mut(&region);
        let remediation = remediation_of(state, &input.config_rule_name)?;
        let mut failed = Vec::new();
        for resource in input.resource_keys {
            let key = resource.key();
            let is_known = self.state(&region).is_some_and(|state| state.present.contains_key(&key));
            if is_known {
                run::start(self, &region, &remediation, &key, Some(&cx.call.by), cx.out);
            } else {
                failed.push(resource);
            }
        }
        Ok(if failed.is_empty() {
            json!({ "FailedItems": [] })
        } else {
            json!({ "FailureMessage": "The resources do not exist.", "FailedItems": failed })
        })
    }

    pub(in crate::aws::config) fn describe_remediation_execution_status(
        &mut self,
        input: DescribeRemediationExecutionStatus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = input.config_rule_name;
        let state = self.state_mut(cx.region());
        remediation_of(state, &name)?;
        let keys: Vec<Key> = input.resource_keys.iter().map(ResourceKey::key).collect();
        let statuses = state
            .remediations
            .executions
            .iter()
            .filter(|((rule, key), _)| **rule == *name && (keys.is_empty() || keys.contains(key)))
            .map(|((_, key), execution)| execution.describe(key))
            .collect();
        let names = ("RemediationExecutionStatuses", "NextToken");
        page(names, statuses, (input.limit, MOST_RESOURCES), input.next_token.as_deref())
    }
}

fn check_parameters(
    document: &documents::Document,
    given: &BTreeMap<String, ParameterValue>,
) -> Result<(), ApiError> {
    let is_known = |name: &str| name == run::ROLE || document.parameters.iter().any(|one| one.name == name);
    if let Some(unknown) = given.keys().find(|name| !is_known(name)) {
        return Err(invalid(format!(
            "The document {} has no parameter {unknown} that Vigie simulates.",
            document.name
        )));
    }
    let wrong = given.iter().find(|(_, value)| {
        let values = value.static_value.as_ref().map(|fixed| fixed.values.len());
        value.resource_value.is_some() == values.is_some() || values == Some(0)
    });
    if let Some((name, _)) = wrong {
        return Err(invalid(format!("The parameter {name} needs one ResourceValue or StaticValue.")));
    }
    let missing =
        document.parameters.iter().find(|one| one.default.is_none() && !given.contains_key(one.name));
    match missing {
        Some(missing) => Err(invalid(format!("The parameter {} is required.", missing.name))),
        None => Ok(()),
    }
}

fn remediation_of(state: &RegionState, rule: &str) -> Result<Arc<Remediation>, ApiError> {
    state.remediations.configurations.get(rule).map(Arc::clone).ok_or_else(|| none_for(rule))
}

fn none_for(rule: &str) -> ApiError {
    let message = format!("No RemediationConfiguration for rule {rule} exists.");
    ApiError::client("NoSuchRemediationConfigurationException", message)
}
