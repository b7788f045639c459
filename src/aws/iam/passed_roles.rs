//! Roles that a call hands to a service: whoever makes the call needs `iam:PassRole` for them, or anybody who may set
//! up a function could give themselves what the strongest role may do.
//!
//! Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service"; each service's guide for its
//! parameters. An instance profile passes its role too, and there are none here.

use serde_json::Value;

use super::super::ServiceName;

/// The action it takes.
pub(super) const PASS_ROLE: &str = "iam:PassRole";

/// Where the parameters of an operation name roles; `*` is every item of a list.
const PASSED: &[(ServiceName, &str, &str)] = &[
    (ServiceName::CloudTrail, "CreateTrail", "CloudWatchLogsRoleArn"),
    (ServiceName::CloudTrail, "UpdateTrail", "CloudWatchLogsRoleArn"),
    (ServiceName::Config, "PutConfigurationRecorder", "ConfigurationRecorder/roleARN"),
    (
        ServiceName::Config,
        "PutRemediationConfigurations",
        "RemediationConfigurations/*/Parameters/AutomationAssumeRole/StaticValue/Values/*",
    ),
    (ServiceName::EventBridge, "PutRule", "RoleArn"),
    (ServiceName::EventBridge, "PutTargets", "Targets/*/RoleArn"),
    (ServiceName::Lambda, "CreateFunction", "Role"),
    (ServiceName::Lambda, "UpdateFunctionConfiguration", "Role"),
];

/// ARNs of the roles that a call passes.
pub(super) fn of<'p>(service: ServiceName, operation: &str, parameters: Option<&'p Value>) -> Vec<&'p str> {
    let named = |(of, name, path): &(ServiceName, &str, &'static str)| {
        (*of == service && *name == operation).then_some(*path)
    };
    let Some((parameters, path)) = parameters.zip(PASSED.iter().find_map(named)) else { return Vec::new() };
    let mut found = vec![parameters];
    for step in path.split('/') {
        found = found
            .into_iter()
            .flat_map(|value| match (step, value) {
                ("*", Value::Array(items)) => items.iter().collect(),
                (name, value) => Vec::from_iter(value.get(name)),
            })
            .collect();
    }
    found.into_iter().filter_map(Value::as_str).collect()
}
