//! EC2's refusals, word for word.

use super::super::ApiError;

/// Ends a call that was only tried, of which nothing is done (HTTP 412). It has been let in at the door: it may be made.
///
/// Source: EC2 API reference, "Common query parameters", `DryRun`.
pub(super) fn stop_if_dry(dry_run: Option<bool>) -> Result<(), ApiError> {
    if dry_run != Some(true) {
        return Ok(());
    }
    let message = "Request would have succeeded, but DryRun flag is set.";
    Err(ApiError { status: 412, ..ApiError::client("DryRunOperation", message) })
}

pub(super) fn invalid_value(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterValue", message.into())
}

pub(super) fn missing(parameter: &str) -> ApiError {
    ApiError::client("MissingParameter", format!("The request must contain the parameter {parameter}"))
}

pub(super) fn no_group(group: &str) -> ApiError {
    ApiError::client("InvalidGroup.NotFound", format!("The security group '{group}' does not exist"))
}

pub(super) fn malformed_group(id: &str) -> ApiError {
    ApiError::client("InvalidGroupId.Malformed", format!("Invalid id: \"{id}\" (expecting \"sg-...\")"))
}

pub(super) fn no_instances(ids: &[&str]) -> ApiError {
    let message = match ids {
        [id] => format!("The instance ID '{id}' does not exist"),
        ids => format!("The instance IDs '{}' do not exist", ids.join(", ")),
    };
    ApiError::client("InvalidInstanceID.NotFound", message)
}

pub(super) fn malformed_instance(id: &str) -> ApiError {
    ApiError::client("InvalidInstanceID.Malformed", format!("Invalid id: \"{id}\""))
}

pub(super) fn wrong_state(message: String) -> ApiError {
    ApiError::client("IncorrectInstanceState", message)
}

pub(super) fn no_subnet(id: &str) -> ApiError {
    ApiError::client("InvalidSubnetID.NotFound", format!("The subnet ID '{id}' does not exist"))
}

pub(super) fn no_vpc(id: &str) -> ApiError {
    ApiError::client("InvalidVpcID.NotFound", format!("The vpc ID '{id}' does not exist"))
}

pub(super) fn no_rule() -> ApiError {
    ApiError::client(
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
    )
}

pub(super) fn no_rule_id(id: &str) -> ApiError {
    ApiError::client(
        "InvalidSecurityGroupRuleId.NotFound",
        format!("The security group rule ID '{id}' does not exist"),
    )
}

/// `i-` and 8 or 17 hexadecimal digits, and the like for other prefixes.
pub(super) fn is_well_formed(prefix: &str, id: &str) -> bool {
    id.strip_prefix(prefix)
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}
