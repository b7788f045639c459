//! Remediation: what is done about a resource that does not comply, by an automation document of Systems Manager.
//!
//! A document is a list of calls. Each goes through the account's one door, by the role the configuration names, and so
//! leaves a record, changes the resource or is refused. Success does not set a verdict: the changed resource gets a new
//! item, and the rule looks again.
//!
//! Source: Config Developer Guide, "Remediating noncompliant resources"; the automation runbook reference.

mod calls;
mod documents;
mod exceptions;
mod ops;
pub(super) mod run;

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::state::Key;
use crate::aws::{Principal, timestamps};
use documents::Document;
pub use exceptions::{DeleteRemediationExceptions, DescribeRemediationExceptions, PutRemediationExceptions};
pub use ops::{
    DeleteRemediationConfiguration, DescribeRemediationConfigurations, DescribeRemediationExecutionStatus,
    PutRemediationConfigurations, StartRemediationExecution,
};

/// Everything about remediation in a region.
#[derive(Clone, Debug, Default)]
pub(super) struct Remediations {
    configurations: BTreeMap<Arc<str>, Arc<Remediation>>,
    /// The last execution of a rule's remediation on a resource.
    executions: BTreeMap<(Arc<str>, Key), Execution>,
    /// Resources that are no longer repaired automatically.
    exceptions: BTreeMap<(Arc<str>, Key), Exception>,
}

impl Remediations {
    pub(super) fn has(&self, rule: &str) -> bool {
        self.configurations.contains_key(rule)
    }
}

/// What is done about the resources that do not comply with a rule.
#[derive(Clone, Debug)]
struct Remediation {
    rule: Arc<str>,
    arn: Arc<str>,
    document: &'static Document,
    version: Option<Arc<str>>,
    parameters: BTreeMap<String, ParameterValue>,
    resource_type: Option<Arc<str>>,
    is_automatic: bool,
    max_attempts: u64,
    retry_s: u64,
}

/// The value of a document's parameter: fixed, or the resource's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ParameterValue {
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_value: Option<ResourceValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    static_value: Option<StaticValue>,
}

/// A value that differs from resource to resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ResourceValue {
    value: ResourceValueType,
}

/// What of the resource is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ResourceValueType {
    #[serde(rename = "RESOURCE_ID")]
    ResourceId,
}

/// A value that is the same for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StaticValue {
    /// From 1 to 25.
    values: Vec<String>,
}

/// One run of a document on a resource.
#[derive(Clone, Debug)]
struct Execution {
    state: State,
    steps: Vec<Step>,
    /// What the calls of the steps so far were answered.
    answers: Vec<Arc<Value>>,
    /// Who makes the calls.
    by: Principal,
    attempt: u64,
    invoked: DateTime<Utc>,
    updated: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Queued,
    InProgress,
    Succeeded,
    Failed,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
        }
    }

    const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

/// A step as far as it has come.
#[derive(Clone, Debug)]
struct Step {
    name: &'static str,
    state: &'static str,
    error: Option<Arc<str>>,
    started: DateTime<Utc>,
    stopped: Option<DateTime<Utc>>,
}

/// A resource that is left alone, and why.
#[derive(Clone, Debug)]
struct Exception {
    message: Option<Arc<str>>,
    expires: Option<DateTime<Utc>>,
}

impl Remediation {
    /// Which value a parameter has for a resource.
    fn value(&self, name: &str, resource_id: &str) -> Option<String> {
        let value = self.parameters.get(name)?;
        let fixed = || value.static_value.as_ref().map(|fixed| fixed.values.join(","));
        value.resource_value.as_ref().map(|_| resource_id.to_owned()).or_else(fixed)
    }

    fn describe(&self) -> Value {
        let mut body = json!({
            "ConfigRuleName": &*self.rule,
            "TargetType": "SSM_DOCUMENT",
            "TargetId": self.document.name,
            "Parameters": &self.parameters,
            "Automatic": self.is_automatic,
            "Arn": &*self.arn,
        });
        for (name, value) in [("TargetVersion", &self.version), ("ResourceType", &self.resource_type)] {
            if let Some(value) = value {
                body[name] = (**value).into();
            }
        }
        if self.is_automatic {
            body["MaximumAutomaticAttempts"] = self.max_attempts.into();
            body["RetryAttemptSeconds"] = self.retry_s.into();
        }
        body
    }
}

impl Execution {
    fn describe(&self, key: &Key) -> Value {
        let steps: Vec<Value> = self.steps.iter().map(Step::describe).collect();
        json!({
            "ResourceKey": { "resourceType": &*key.0, "resourceId": &*key.1 },
            "State": self.state.as_str(),
            "StepDetails": steps,
            "InvocationTime": timestamps::cli(self.invoked),
            "LastUpdatedTime": timestamps::cli(self.updated),
        })
    }
}

impl Step {
    fn describe(&self) -> Value {
        let mut step = Map::new();
        step.insert("Name".to_owned(), self.name.into());
        step.insert("State".to_owned(), self.state.into());
        if let Some(error) = &self.error {
            step.insert("ErrorMessage".to_owned(), (**error).into());
        }
        step.insert("StartTime".to_owned(), timestamps::cli(self.started).into());
        if let Some(stopped) = self.stopped {
            step.insert("StopTime".to_owned(), timestamps::cli(stopped).into());
        }
        Value::Object(step)
    }
}
