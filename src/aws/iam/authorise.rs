//! The decision: explicit deny, then allow, then implicit deny.
//!
//! An explicit deny anywhere ends it. Then the identity's own policies or the resource's must allow, and whatever
//! narrows the identity (a permissions boundary, a session policy) must allow as well. Of a KMS key and of a role,
//! their own policy must let the caller in: an identity's policies alone do not suffice.
//!
//! Source: IAM user guide, "Policy evaluation for requests within a single account", "Permissions boundaries",
//! "Session policies"; KMS developer guide, "Default key policy".

use super::{
    super::{
        ApiError, Principal, ServiceName,
        policy::{PolicyContext, PolicyDocument, PolicyRequest, Verdict},
    },
    AuthorisationRequest, Iam,
    actions::iam_action,
    caller::Caller,
    context::Details,
    passed_roles::{self, PASS_ROLE},
    refusals::{self, Refusal},
};

impl Iam {
    /// Judges a request of which nothing but the bare essentials is known.
    ///
    /// # Errors
    /// The refusal, in AWS's words.
    pub fn authorise(&self, request: &AuthorisationRequest<'_>) -> Result<(), ApiError> {
        self.authorise_in_detail(request, &Details::default())
    }

    /// Explicit deny, then allow, then implicit deny.
    ///
    /// # Errors
    /// The refusal, in AWS's words.
    pub fn authorise_in_detail(
        &self,
        request: &AuthorisationRequest<'_>,
        details: &Details<'_>,
    ) -> Result<(), ApiError> {
        let takes_role = request.service == ServiceName::Sts && request.action == "AssumeRole";
        if let Principal::Service(name) = request.by {
            return if takes_role { self.let_service_assume(name, request, details) } else { Ok(()) };
        }
        let caller = self.caller(request, details)?;
        let Some(action) = iam_action(request.service, request.action) else { return Ok(()) };
        let resource_policy =
            request.resource_policy.as_ref().and_then(|policy| PolicyDocument::parse(policy).ok());
        for resource in &request.resources {
            let asked = PolicyRequest {
                principal: caller.principal(request.account_id),
                action: &action,
                resource,
                context: &caller.context,
            };
            let policy = resource_policy.as_ref().filter(|_| !is_roots_last_resort(request));
            let outcome = if takes_role {
                self.let_caller_assume(&caller, &asked, details)?
            } else if request.service == ServiceName::Kms && policy.is_some() {
                trusting(&caller, policy, &asked)
            } else {
                decide(&caller, policy, &asked)
            };
            outcome.map_err(|refusal| refusals::word(request, &caller.arn, &action, resource, refusal))?;
        }
        may_pass_roles(&caller, request, details)
    }

    /// Whether an identity's policies allow an action, whatever resources' policies say: what
    /// `SimulatePrincipalPolicy` answers.
    pub(super) fn simulate(
        &self,
        by: &Principal,
        (action, resource): (&str, &str),
        extra: &PolicyContext,
    ) -> Result<Verdict, ApiError> {
        let region = super::Region::global_home();
        let request = AuthorisationRequest {
            account_id: &self.account_id,
            by,
            service: ServiceName::Iam,
            action: "",
            resources: Vec::new(),
            resource_policy: None,
            source_ip: "",
            region: &region,
        };
        let details = Details { console: true, ..Details::default() };
        let caller = self.caller(&request, &details)?;
        let context = caller.context.clone().overridden_by(extra);
        let principal = caller.principal(&self.account_id);
        let asked = PolicyRequest { principal, action, resource, context: &context };
        Ok(match decide(&caller, None, &asked) {
            Ok(()) => Verdict::Allow,
            Err(Refusal::IdentityDenies | Refusal::BoundaryDenies | Refusal::SessionDenies) => Verdict::Deny,
            Err(_) => Verdict::Silent,
        })
    }
}

/// Whoever hands a role to a service needs to be allowed that.
fn may_pass_roles(
    caller: &Caller<'_>,
    request: &AuthorisationRequest<'_>,
    details: &Details<'_>,
) -> Result<(), ApiError> {
    for role in passed_roles::of(request.service, request.action, details.parameters) {
        let context = caller.context.clone().with("iam:PassedToService", request.service.event_source());
        let principal = caller.principal(request.account_id);
        let asked = PolicyRequest { principal, action: PASS_ROLE, resource: role, context: &context };
        decide(caller, None, &asked)
            .map_err(|refusal| refusals::word(request, &caller.arn, PASS_ROLE, role, refusal))?;
    }
    Ok(())
}

/// Root may always mend the policy of a bucket, so that nobody locks everybody out.
///
/// Source: S3 API reference, `DeleteBucketPolicy`.
fn is_roots_last_resort(request: &AuthorisationRequest<'_>) -> bool {
    *request.by == Principal::Root
        && request.service == ServiceName::S3
        && matches!(request.action, "GetBucketPolicy" | "PutBucketPolicy" | "DeleteBucketPolicy")
}

/// The resource's own policy must let the caller in, directly or through the account.
pub(super) fn trusting(
    caller: &Caller<'_>,
    policy: Option<&PolicyDocument>,
    asked: &PolicyRequest<'_>,
) -> Result<(), Refusal> {
    match policy.map_or(Verdict::Silent, |policy| policy.trusts(asked)) {
        Verdict::Deny => Err(Refusal::ResourceDenies),
        Verdict::Silent => Err(Refusal::ResourceSilent),
        Verdict::Allow => decide(caller, policy, asked),
    }
}

/// An explicit deny, then an allow that nothing narrows away, then the implicit deny.
pub(super) fn decide(
    caller: &Caller<'_>,
    resource_policy: Option<&PolicyDocument>,
    asked: &PolicyRequest<'_>,
) -> Result<(), Refusal> {
    let identity = combined(caller.documents.iter().copied(), asked);
    let boundary = caller.boundary.map_or(Verdict::Allow, |boundary| boundary.judge(asked));
    let session =
        caller.session.as_ref().map_or(Verdict::Allow, |policies| combined(policies.iter().copied(), asked));
    let resource = resource_policy.map_or(Verdict::Silent, |policy| policy.judge(asked));
    for (verdict, refusal) in [
        (identity, Refusal::IdentityDenies),
        (resource, Refusal::ResourceDenies),
        (boundary, Refusal::BoundaryDenies),
        (session, Refusal::SessionDenies),
    ] {
        if verdict == Verdict::Deny {
            return Err(refusal);
        }
    }
    // A resource that lets a user in needs nobody else's consent; one that lets a role in needs that of what narrows it.
    let is_let_in = resource == Verdict::Allow;
    if is_let_in && caller.role_arn.is_none() {
        return Ok(());
    }
    if !is_let_in && identity != Verdict::Allow {
        return Err(Refusal::NothingAllows);
    }
    if boundary != Verdict::Allow {
        return Err(Refusal::BoundarySilent);
    }
    if session == Verdict::Allow { Ok(()) } else { Err(Refusal::SessionSilent) }
}

/// What several documents say together: one deny denies, one allow allows.
fn combined<'d>(documents: impl Iterator<Item = &'d PolicyDocument>, asked: &PolicyRequest<'_>) -> Verdict {
    let mut together = Verdict::Silent;
    for document in documents {
        match document.judge(asked) {
            Verdict::Deny => return Verdict::Deny,
            Verdict::Allow => together = Verdict::Allow,
            Verdict::Silent => {}
        }
    }
    together
}
