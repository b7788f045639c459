//! The policy of a bus: who may put events on it, and make rules on it.
//!
//! A policy is given statement by statement, for another account, or whole. EventBridge keeps the account's own
//! people to their own policies; a bus's policy adds to these, and its denials win.
//!
//! Source: `EventBridge` user guide, "Permissions for event buses"; recorded answers of `PutPermission`.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::state::{bus_name, bus_of};
use super::{ApiCall, ApiError, ApiOutcome, CallContext, EventBridge, errors};
use crate::aws::policy::{PolicyDocument, PolicyKind};

/// Characters of a policy. Source: quotas, user guide.
const MAX_POLICY_CHARS: usize = 10_240;

/// What a bus's policy may speak of. Source: recorded answers of `PutPermission`.
const ACTIONS: [&str; 15] = [
    "DeleteRule",
    "DescribeEventBus",
    "DescribeRule",
    "DisableRule",
    "EnableRule",
    "ListRuleNamesByTarget",
    "ListRules",
    "ListTagsForResource",
    "ListTargetsByRule",
    "PutEvents",
    "PutRule",
    "PutTargets",
    "RemoveTargets",
    "TagResource",
    "UntagResource",
];

/// The statements of a bus's policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BusPolicy(Vec<Value>);

/// Lets somebody put events on a bus, or replaces the whole policy of a bus.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutPermission {
    /// The default bus if left out.
    pub event_bus_name: Option<String>,
    /// `events:PutEvents`.
    pub action: Option<String>,
    /// Twelve digits of an account, or `*`.
    pub principal: Option<String>,
    pub statement_id: Option<String>,
    pub condition: Option<PermissionCondition>,
    /// A whole policy, as JSON text, instead of the other parameters.
    pub policy: Option<String>,
}

/// Only accounts of one organisation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PermissionCondition {
    /// `StringEquals`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// `aws:PrincipalOrgID`.
    pub key: String,
    pub value: String,
}

/// Takes a statement, or all of them, from the policy of a bus.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RemovePermission {
    pub statement_id: Option<String>,
    pub remove_all_permissions: Option<bool>,
    /// The default bus if left out.
    pub event_bus_name: Option<String>,
}

impl BusPolicy {
    /// The policy as JSON text; none if it has no statement.
    pub fn text(&self) -> Option<String> {
        self.document().map(|document| document.to_string())
    }

    pub fn document(&self) -> Option<Value> {
        (!self.0.is_empty()).then(|| json!({ "Version": "2012-10-17", "Statement": self.0 }))
    }

    /// Puts a statement in the place of the one of its id, or at the end.
    fn put(&mut self, statement: Value) {
        match self.0.iter_mut().find(|known| known.get("Sid") == statement.get("Sid")) {
            Some(known) => *known = statement,
            None => self.0.push(statement),
        }
    }

    /// Takes a statement away; whether it was there.
    fn remove(&mut self, id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|statement| statement.get("Sid").and_then(Value::as_str) != Some(id));
        self.0.len() < before
    }
}

impl EventBridge {
    pub(super) fn put_permission(
        &mut self,
        input: PutPermission,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?.to_owned();
        if !self.has_bus(cx.region(), &bus) {
            return Err(errors::no_such_bus(&bus));
        }
        let mut policy = self.bus(cx.region(), &bus).map(|bus| bus.policy.clone()).unwrap_or_default();
        match &input.policy {
            Some(text) => policy = whole(text)?,
            None => policy.put(statement(&input, &self.bus_arn(cx.region(), &bus))?),
        }
        if policy.text().is_some_and(|text| text.chars().count() > MAX_POLICY_CHARS) {
            let message = "The permission policy on the event bus can not exceed 10 KB in size.";
            return Err(ApiError::client("PolicyLengthExceededException", message));
        }
        let modified = Some(cx.moment().utc);
        let bus = self.bus_mut(cx.region(), &bus)?;
        (bus.policy, bus.modified) = (policy, modified);
        Ok(Value::Null)
    }

    pub(super) fn remove_permission(
        &mut self,
        input: RemovePermission,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let modified = Some(cx.moment().utc);
        let bus = bus_of(input.event_bus_name.as_deref(), cx.region())?;
        let bus = self.bus_mut(cx.region(), bus)?;
        if input.remove_all_permissions == Some(true) {
            bus.policy = BusPolicy::default();
        } else {
            let id = input.statement_id.ok_or_else(|| errors::missing_parameter("StatementId"))?;
            if !bus.policy.remove(&id) {
                let message = "Statement with the provided id does not exist.";
                return Err(ApiError::client("ResourceNotFoundException", message));
            }
        }
        bus.modified = modified;
        Ok(Value::Null)
    }

    /// The policy that a call's bus has, for calls that such a policy may speak of.
    pub(super) fn policy_of_call(&self, operation: &str, call: &ApiCall) -> Option<Value> {
        if !ACTIONS.contains(&operation) {
            return None;
        }
        let given = match operation {
            "DescribeEventBus" => call.parameters.get("Name"),
            "PutEvents" => call.parameters.pointer("/Entries/0/EventBusName"),
            _ => call.parameters.get("EventBusName"),
        };
        let bus = bus_name(given.and_then(Value::as_str));
        self.bus(&call.region, bus)?.policy.document()
    }
}

/// A whole policy that speaks of what a bus's policy may speak of.
fn whole(text: &str) -> Result<BusPolicy, ApiError> {
    let invalid = |why: &str| errors::validation(format!("Provided policy is not valid. Reason: {why}"));
    let document: Value = serde_json::from_str(text).map_err(|_| invalid("it is not JSON"))?;
    let policy = PolicyDocument::parse_as(PolicyKind::Resource, &document)
        .map_err(|error| invalid(&error.to_string()))?;
    let covers = |pattern: &str| {
        let pattern = pattern.strip_prefix("events:").unwrap_or(pattern);
        ACTIONS.iter().any(|action| crate::aws::policy::glob::matches(pattern, action))
    };
    if let Some(other) = policy.action_patterns().find(|pattern| !covers(pattern)) {
        return Err(invalid(&format!("{other} is not supported")));
    }
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.clone(),
        Some(statement) => vec![statement.clone()],
        None => Vec::new(),
    };
    Ok(BusPolicy(statements))
}

/// A statement for another account, made of its parts.
fn statement(input: &PutPermission, bus_arn: &str) -> Result<Value, ApiError> {
    let given =
        |value: &Option<String>, name: &str| value.clone().ok_or_else(|| errors::missing_parameter(name));
    let action = given(&input.action, "Action")?;
    let principal = given(&input.principal, "Principal")?;
    let id = given(&input.statement_id, "StatementId")?;
    if action != "events:PutEvents" {
        return Err(errors::validation("Provided value in parameter 'action' is not supported."));
    }
    errors::check_account(&principal, "principal")?;
    errors::check_name(&id, "statementId")?;
    let who = if principal == "*" {
        json!("*")
    } else {
        json!({ "AWS": format!("arn:aws:iam::{principal}:root") })
    };
    let mut statement = json!({
        "Sid": id,
        "Effect": "Allow",
        "Principal": who,
        "Action": action,
        "Resource": bus_arn,
    });
    if let Some(condition) = &input.condition {
        if condition.kind != "StringEquals" || condition.key != "aws:PrincipalOrgID" {
            return Err(errors::validation("Provided value in parameter 'condition' is not supported."));
        }
        let values: Map<String, Value> = Map::from_iter([(condition.key.clone(), json!(condition.value))]);
        statement["Condition"] = json!({ "StringEquals": values });
    }
    Ok(statement)
}
