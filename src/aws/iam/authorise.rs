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
        ApiError, Principal, Reason, ServiceName,
        arn::{Arn, global_arn},
        note::reasons,
        policy::{PolicyContext, PolicyDocument, PolicyRequest, PrincipalRef, Verdict},
        service::{Admission, Reception},
        session::Session,
        tags::Tags,
        unique_id::{role_id, user_id},
    },
    AuthorisationRequest, Iam,
    actions::iam_action,
    context::{self, Details},
    refusals::{self, Refusal},
    state::Role,
};

/// The caller, found.
struct Caller<'s> {
    arn: String,
    role_arn: Option<String>,
    documents: Vec<&'s PolicyDocument>,
    boundary: Option<&'s PolicyDocument>,
    /// Session policies, any of which may allow; none when there are none.
    session: Option<Vec<&'s PolicyDocument>>,
    context: PolicyContext,
}

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
                principal: PrincipalRef::Aws {
                    arn: &caller.arn,
                    role_arn: caller.role_arn.as_deref(),
                    account_id: request.account_id,
                },
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
        Ok(())
    }

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
        let principal = PrincipalRef::Aws {
            arn: &caller.arn,
            role_arn: caller.role_arn.as_deref(),
            account_id: &self.account_id,
        };
        let asked = PolicyRequest { principal, action, resource, context: &context };
        Ok(match decide(&caller, None, &asked) {
            Ok(()) => Verdict::Allow,
            Err(Refusal::IdentityDenies | Refusal::BoundaryDenies | Refusal::SessionDenies) => Verdict::Deny,
            Err(_) => Verdict::Silent,
        })
    }

    fn caller<'s>(
        &'s self,
        request: &AuthorisationRequest<'_>,
        details: &Details<'s>,
    ) -> Result<Caller<'s>, ApiError> {
        let account_id = request.account_id;
        let context = PolicyContext::default()
            .with("aws:PrincipalAccount", account_id)
            .with("aws:SourceIp", request.source_ip)
            .with("aws:RequestedRegion", request.region.as_str())
            .with("aws:SecureTransport", "true")
            .with("aws:ViaAWSService", "false")
            .with("aws:PrincipalIsAWSService", "false")
            .with("kms:CallerAccount", account_id);
        let context = context::of_request(context, request.service, details);
        let unknown = || refusals::unknown_caller(request.service);
        match request.by {
            Principal::User(name) => {
                let user = self.state.users.get(name).ok_or_else(unknown)?;
                if !details.console && self.signing_key(user).is_none() {
                    return Err(unknown());
                }
                let arn = self.user_arn(name);
                let mut context = with_tags(context, &user.tags)
                    .with("aws:username", name.as_ref())
                    .with("aws:userid", user_id(account_id, name))
                    .with("aws:PrincipalType", "User")
                    .with("aws:PrincipalArn", arn.clone());
                if details.console {
                    let signed_in = self.console_sessions.get(request.by);
                    let with_mfa =
                        signed_in.map_or_else(|| self.has_mfa(request.by), |session| session.with_mfa);
                    context = context.with("aws:MultiFactorAuthPresent", with_mfa.to_string());
                }
                Ok(Caller {
                    arn,
                    role_arn: None,
                    documents: self.state.user_documents(user).collect(),
                    boundary: user.boundary.as_deref().and_then(|arn| self.state.managed(arn)),
                    session: None,
                    context,
                })
            }
            Principal::Role { role, session } => {
                let found = self.state.roles.get(role).ok_or_else(unknown)?;
                let role_arn = self.role_arn(role);
                let mut context = with_tags(context, &found.tags)
                    .with("aws:userid", format!("{}:{session}", role_id(account_id, role)))
                    .with("aws:PrincipalType", "AssumedRole")
                    .with("aws:PrincipalArn", role_arn.clone());
                if let Some(session) = details.session {
                    if details.now.is_some_and(|now| now >= session.expires) {
                        return Err(refusals::expired(request.service));
                    }
                    context = context
                        .with("aws:MultiFactorAuthPresent", session.with_mfa.to_string())
                        .with("aws:TokenIssueTime", super::super::timestamps::seconds_z(session.began));
                }
                Ok(Caller {
                    arn: global_arn("sts", account_id, &format!("assumed-role/{role}/{session}")),
                    role_arn: Some(role_arn),
                    documents: self.state.documents(&found.policies).collect(),
                    boundary: found.boundary.as_deref().and_then(|arn| self.state.managed(arn)),
                    session: details.session.and_then(|session| self.session_policies(session)),
                    context,
                })
            }
            // Root needs no policy; a resource may still deny even root.
            Principal::Root | Principal::Service(_) => Ok(Caller {
                arn: global_arn("iam", account_id, "root"),
                role_arn: None,
                documents: super::managed::by_arn(super::managed::ADMINISTRATOR)
                    .map(|policy| policy.document.as_ref())
                    .into_iter()
                    .collect(),
                boundary: None,
                session: None,
                context: context
                    .with("aws:PrincipalType", "Account")
                    .with("aws:PrincipalArn", global_arn("iam", account_id, "root")),
            }),
        }
    }

    fn session_policies<'s>(&'s self, session: &'s Session) -> Option<Vec<&'s PolicyDocument>> {
        let managed = session.policy_arns.iter().filter_map(|arn| self.state.managed(arn));
        session.is_narrowed().then(|| managed.chain(session.policy.as_deref()).collect())
    }

    /// A role must trust the caller; if it trusts only the account, the caller's own policies must allow as well.
    fn let_caller_assume(
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
    fn let_service_assume(
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

/// Root may always mend the policy of a bucket, so that nobody locks everybody out.
///
/// Source: S3 API reference, `DeleteBucketPolicy`.
fn is_roots_last_resort(request: &AuthorisationRequest<'_>) -> bool {
    *request.by == Principal::Root
        && request.service == ServiceName::S3
        && matches!(request.action, "GetBucketPolicy" | "PutBucketPolicy" | "DeleteBucketPolicy")
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

fn with_tags(mut context: PolicyContext, tags: &Tags) -> PolicyContext {
    for (key, value) in tags.iter() {
        context = context.with(&format!("aws:PrincipalTag/{key}"), value);
    }
    context
}

/// The resource's own policy must let the caller in, directly or through the account.
fn trusting(
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

fn decide(
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
