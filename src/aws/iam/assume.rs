//! Roles taken on: by callers, who must be trusted and may need their own policies' consent, and by services, which
//! then may do what the role may.

use super::{
    super::{
        ApiError, Reason,
        arn::Arn,
        note::reasons,
        policy::{PolicyContext, PolicyRequest, PrincipalRef, Verdict},
        service::{Admission, Reception},
    },
    AuthorisationRequest, Iam,
    authorise::{decide, trusting},
    caller::Caller,
    context::{self, Details},
    refusals::{self, Refusal},
    state::Role,
};

impl Iam {
    /// The name of the role that a service may assume by this ARN: it exists, and trusts the service.
    pub fn role_trusting(&self, role_arn: &str, service: &str, source_arn: &str) -> Option<&str> {
        let role = self.role_of_arn(role_arn).filter(|role| self.role_arn(&role.name) == role_arn)?;
        self.trusts(role, role_arn, service, source_arn).then_some(&*role.name)
    }

    fn trusts(&self, role: &Role, role_arn: &str, service: &str, source_arn: &str) -> bool {
        let context = self.on_behalf_of(source_arn);
        let asked = PolicyRequest {
            principal: PrincipalRef::Service(service),
            action: "sts:AssumeRole",
            resource: role_arn,
            context: &context,
        };
        role.trust.document.judge(&asked) == Verdict::Allow
    }

    /// What the keys of a request say when a service acts for a resource of the account.
    fn on_behalf_of(&self, source_arn: &str) -> PolicyContext {
        PolicyContext::default()
            .with("aws:SourceArn", source_arn)
            .with("aws:SourceAccount", self.account_id.as_ref())
    }

    /// A role must trust the caller; if it trusts only the account, the caller's own policies must allow as well.
    pub(super) fn let_caller_assume(
        &self,
        caller: &Caller<'_>,
        asked: &PolicyRequest<'_>,
        details: &Details<'_>,
    ) -> Result<Result<(), Refusal>, ApiError> {
        let role = self.role_of_arn(asked.resource);
        if caller.arn.ends_with(":root") {
            return Err(ApiError::refused("AccessDenied", "Roles may not be assumed by root accounts."));
        }
        let outcome = match role {
            Some(role) => trusting(caller, Some(&role.trust.document), asked),
            None => Err(Refusal::NothingAllows),
        };
        if let (Ok(()), Some(role)) = (outcome, role) {
            check_duration(role.max_session_s, caller.role_arn.is_some(), details)?;
        }
        Ok(outcome)
    }

    /// A service takes on a role that trusts it.
    pub(super) fn let_service_assume(
        &self,
        service: &str,
        request: &AuthorisationRequest<'_>,
        details: &Details<'_>,
    ) -> Result<(), ApiError> {
        let context = PolicyContext::default().with("aws:SourceAccount", request.account_id);
        let context = context::of_request(context, request.service, details);
        for resource in &request.resources {
            let asked = PolicyRequest {
                principal: PrincipalRef::Service(service),
                action: "sts:AssumeRole",
                resource,
                context: &context,
            };
            let role = self.role_of_arn(resource);
            if role.is_none_or(|role| role.trust.document.judge(&asked) != Verdict::Allow) {
                let refusal = Refusal::NothingAllows;
                return Err(refusals::word(request, service, "sts:AssumeRole", resource, refusal));
            }
        }
        Ok(())
    }

    fn role_of_arn(&self, arn: &str) -> Option<&Role> {
        let name = Arn::parse(arn).and_then(|arn| arn.resource.rsplit('/').next());
        name.and_then(|name| self.state.roles.get(name))
    }

    /// Whether a service may do something as the role it names; a service that names none is not IAM's to judge.
    pub fn lets_act(&self, admission: &Admission) -> Reception {
        let Some(role_arn) = admission.role_arn.as_deref() else { return Ok(()) };
        let refuse = |detail: String| Err(Reason::new(reasons::NOT_AUTHORISED, detail));
        let Some(role) = self.role_of_arn(role_arn) else {
            return refuse(format!("AccessDenied: the role {role_arn} does not exist"));
        };
        let by = admission.principal;
        if !self.trusts(role, role_arn, by, &admission.source_arn) {
            return refuse(format!("AccessDenied: the role {role_arn} does not trust {by}"));
        }
        let caller = Caller {
            arn: role_arn.to_owned(),
            role_arn: None,
            documents: self.state.documents(&role.policies).collect(),
            boundary: role.boundary.as_deref().and_then(|arn| self.state.managed(arn)),
            session: None,
            context: self.on_behalf_of(&admission.source_arn),
        };
        for (action, resource) in &admission.asks {
            let principal = PrincipalRef::Service(by);
            let asked = PolicyRequest { principal, action, resource, context: &caller.context };
            decide(&caller, None, &asked).or_else(|refusal| {
                let because = refusals::because(refusal, action);
                refuse(format!(
                    "AccessDenied: {role_arn} is not authorized to perform: {action} on resource: {resource}{because}"
                ))
            })?;
        }
        Ok(())
    }
}

/// Sessions last at least a quarter of an hour, and no longer than the role says; an hour when a role takes on
/// another.
fn check_duration(limit_s: u32, is_chained: bool, details: &Details<'_>) -> Result<(), ApiError> {
    let wanted = details.parameters.and_then(|parameters| parameters.get("DurationSeconds")?.as_u64());
    let refuse = |message: &str| Err(ApiError::client("ValidationError", message));
    match wanted {
        Some(seconds) if is_chained && seconds > 3_600 => refuse(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ),
        Some(seconds) if seconds > u64::from(limit_s) => {
            refuse("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        _ => Ok(()),
    }
}
