//! The resource policy: who may invoke a function, apart from those whose own policies say so.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Function, Lambda, Reception, configuration::announce, errors,
    state::plain_name,
};
use crate::aws::{
    Reason,
    note::reasons,
    policy::{PolicyContext, PolicyDocument, PolicyRequest, PrincipalRef, Verdict},
};

/// Lets a service or an account invoke a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AddPermission {
    pub function_name: String,
    /// A name of your own for the statement.
    pub statement_id: String,
    /// `lambda:InvokeFunction`.
    pub action: String,
    /// Such as `events.amazonaws.com`, or an account.
    pub principal: String,
    /// Only for this resource, such as a rule.
    pub source_arn: Option<String>,
    /// Only for resources of this account.
    pub source_account: Option<String>,
}

/// Takes a statement from a function's policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RemovePermission {
    pub function_name: String,
    pub statement_id: String,
}

/// Shows a function's policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetPolicy {
    pub function_name: String,
}

impl Lambda {
    pub(super) fn add_permission(
        &mut self,
        input: AddPermission,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let function = self.find(cx, &input.function_name)?;
        check(&input)?;
        if function.statements.iter().any(|(id, _)| **id == *input.statement_id) {
            return Err(errors::conflict(format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the \
                 existing statement.",
                input.statement_id
            )));
        }
        let statement = statement(&input, &function.arn);
        let text = statement.to_string();
        let region = cx.region().clone();
        if let Some(function) = self.function_mut(&region, plain_name(&input.function_name)) {
            function.statements.push((input.statement_id.into(), statement));
            function.revision_id = cx.out.uuid().into();
            announce(&region, function, false, cx.out);
        }
        Ok(json!({ "Statement": text }))
    }

    pub(super) fn remove_permission(
        &mut self,
        input: RemovePermission,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let known = |(id, _): &(Arc<str>, Value)| **id == *input.statement_id;
        if !self.find(cx, &input.function_name)?.statements.iter().any(known) {
            let message = format!("Statement {} is not found in resource policy.", input.statement_id);
            return Err(ApiError::not_found("ResourceNotFoundException", message));
        }
        let region = cx.region().clone();
        if let Some(function) = self.function_mut(&region, plain_name(&input.function_name)) {
            function.statements.retain(|statement| !known(statement));
            function.revision_id = cx.out.uuid().into();
            announce(&region, function, false, cx.out);
        }
        Ok(Value::Null)
    }

    pub(super) fn get_policy(&mut self, input: GetPolicy, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let function = self.find(cx, &input.function_name)?;
        let policy = function.policy().ok_or_else(|| {
            let message = "The resource you requested does not exist.";
            ApiError::not_found("ResourceNotFoundException", message)
        })?;
        Ok(json!({ "Policy": policy.to_string(), "RevisionId": &*function.revision_id }))
    }
}

/// Asks a function's policy whether a service may invoke it for one of its resources.
pub(super) fn admit(function: &Function, account_id: &str, principal: &str, source_arn: &str) -> Reception {
    let context = PolicyContext::default()
        .with("aws:SourceArn", source_arn)
        .with("aws:SourceAccount", account_id)
        .with("aws:PrincipalIsAWSService", "true");
    let request = PolicyRequest {
        principal: PrincipalRef::Service(principal),
        action: "lambda:InvokeFunction",
        resource: &function.arn,
        context: &context,
    };
    let policy = function.policy().and_then(|policy| PolicyDocument::parse(&policy).ok());
    match policy.map_or(Verdict::Silent, |policy| policy.judge(&request)) {
        Verdict::Allow => Ok(()),
        Verdict::Deny | Verdict::Silent => {
            let detail = format!(
                "User: {principal} is not authorized to perform: lambda:InvokeFunction on resource: {} because no \
                 resource-based policy allows the lambda:InvokeFunction action",
                function.arn
            );
            Err(Reason::new(reasons::NOT_AUTHORISED, detail))
        }
    }
}

fn check(input: &AddPermission) -> Result<(), ApiError> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let id = &input.statement_id;
    if !(1..=100).contains(&id.len()) || !id.bytes().all(is_plain) {
        let rule = "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)";
        return Err(errors::constraint(id, "statementId", rule));
    }
    let verb = input.action.strip_prefix("lambda:").unwrap_or(&input.action);
    if verb != "*" && (verb == input.action || !verb.bytes().all(|b| b.is_ascii_alphabetic())) {
        let rule = r"Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])";
        return Err(errors::constraint(&input.action, "action", rule));
    }
    if input.principal.is_empty() || input.principal.contains(char::is_whitespace) {
        return Err(errors::invalid(
            "The provided principal was invalid. Please check the principal and try again.",
        ));
    }
    Ok(())
}

fn statement(input: &AddPermission, function_arn: &str) -> Value {
    let principal = match input.principal.as_str() {
        "*" => json!("*"),
        service if service.ends_with(".amazonaws.com") => json!({ "Service": service }),
        account if account.bytes().all(|b| b.is_ascii_digit()) => {
            json!({ "AWS": format!("arn:aws:iam::{account}:root") })
        }
        arn => json!({ "AWS": arn }),
    };
    let mut condition = Map::new();
    if let Some(account) = &input.source_account {
        condition.insert("StringEquals".to_owned(), json!({ "AWS:SourceAccount": account }));
    }
    if let Some(arn) = &input.source_arn {
        condition.insert("ArnLike".to_owned(), json!({ "AWS:SourceArn": arn }));
    }
    let mut statement = json!({
        "Sid": input.statement_id,
        "Effect": "Allow",
        "Principal": principal,
        "Action": input.action,
        "Resource": function_arn,
    });
    if !condition.is_empty() {
        statement["Condition"] = condition.into();
    }
    statement
}
