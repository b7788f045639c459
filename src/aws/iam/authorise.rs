//! The decision: explicit deny, then allow, then implicit deny; and how each service words a refusal.
//!
//! Source: IAM user guide, "Policy evaluation for requests within a single account"; wording from real answers
//! (`samples/ct-*-denied.json`, `trail-config-lambda-sns.md` §5).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha512};

use super::{
    super::{
        ApiError, Principal, Reason, ServiceName,
        arn::{Arn, global_arn},
        note::reasons,
        policy::{PolicyContext, PolicyDocument, PolicyRequest, PrincipalRef, Verdict},
        service::{Admission, Reception},
        unique_id::{role_id, user_id},
    },
    AuthorisationRequest, Iam,
    actions::iam_action,
};

/// Whose policy decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    NothingAllows,
    IdentityDenies,
    ResourceDenies,
}

/// The caller, found.
struct Caller<'s> {
    arn: String,
    role_arn: Option<String>,
    documents: Vec<&'s PolicyDocument>,
    context: PolicyContext,
}

impl Iam {
    /// Explicit deny, then allow, then implicit deny.
    ///
    /// # Errors
    /// The refusal, in AWS's words.
    pub fn authorise(&self, request: &AuthorisationRequest<'_>) -> Result<(), ApiError> {
        if matches!(request.by, Principal::Root | Principal::Service(_)) {
            return Ok(());
        }
        let caller = self.caller(request).ok_or_else(|| unknown_caller(request.service))?;
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
            let outcome = if request.service == ServiceName::Sts && request.action == "AssumeRole" {
                self.decide_trust(&caller, &asked)
            } else {
                decide(&caller, resource_policy.as_ref(), &asked)
            };
            outcome.map_err(|refusal| word(request, &caller.arn, &action, resource, refusal))?;
        }
        Ok(())
    }

    /// The name of the role that a service may assume by this ARN: it exists, and trusts the service.
    pub fn role_trusting(&self, role_arn: &str, service: &str, source_arn: &str) -> Option<&str> {
        let name = Arn::parse(role_arn)?.resource.rsplit('/').next()?;
        let role = self.state.roles.get(name).filter(|role| self.role_arn(&role.name) == role_arn)?;
        let context = PolicyContext::default()
            .with("aws:SourceArn", source_arn)
            .with("aws:SourceAccount", self.account_id.as_ref());
        let asked = PolicyRequest {
            principal: PrincipalRef::Service(service),
            action: "sts:AssumeRole",
            resource: role_arn,
            context: &context,
        };
        (role.trust.document.judge(&asked) == Verdict::Allow).then_some(&*role.name)
    }

    fn caller(&self, request: &AuthorisationRequest<'_>) -> Option<Caller<'_>> {
        let account_id = request.account_id;
        let context = PolicyContext::default()
            .with("aws:PrincipalAccount", account_id)
            .with("aws:SourceIp", request.source_ip)
            .with("aws:RequestedRegion", request.region.as_str())
            .with("aws:SecureTransport", "true")
            .with("aws:PrincipalIsAWSService", "false");
        match request.by {
            Principal::User(name) => {
                let user = self.state.users.get(name)?;
                let arn = self.user_arn(name);
                let context = context
                    .with("aws:username", name.as_ref())
                    .with("aws:userid", user_id(account_id, name))
                    .with("aws:PrincipalType", "User")
                    .with("aws:PrincipalArn", arn.clone());
                let documents = self.state.user_documents(user).collect();
                Some(Caller { arn, role_arn: None, documents, context })
            }
            Principal::Role { role, session } => {
                let found = self.state.roles.get(role)?;
                let role_arn = self.role_arn(role);
                let context = context
                    .with("aws:userid", format!("{}:{session}", role_id(account_id, role)))
                    .with("aws:PrincipalType", "AssumedRole")
                    .with("aws:PrincipalArn", role_arn.clone());
                Some(Caller {
                    arn: global_arn("sts", account_id, &format!("assumed-role/{role}/{session}")),
                    role_arn: Some(role_arn),
                    documents: self.state.documents(&found.policies).collect(),
                    context,
                })
            }
            Principal::Root | Principal::Service(_) => None,
        }
    }

    /// Whether a service may do something as the role it names; a service that names none is not IAM's to judge.
    pub fn lets_act(&self, admission: &Admission) -> Reception {
        let Some(role_arn) = admission.role_arn.as_deref() else { return Ok(()) };
        let refuse = |detail: String| Err(Reason::new(reasons::NOT_AUTHORISED, detail));
        let name = Arn::parse(role_arn).and_then(|arn| arn.resource.rsplit('/').next());
        let Some(role) = name.and_then(|name| self.state.roles.get(name)) else {
            return refuse(format!("AccessDenied: the role {role_arn} does not exist"));
        };
        let by = admission.principal;
        let context = PolicyContext::default()
            .with("aws:SourceArn", &*admission.source_arn)
            .with("aws:SourceAccount", &*self.account_id);
        let asked = |action, resource| PolicyRequest {
            principal: PrincipalRef::Service(by),
            action,
            resource,
            context: &context,
        };
        if role.trust.document.judge(&asked("sts:AssumeRole", role_arn)) != Verdict::Allow {
            return refuse(format!("AccessDenied: the role {role_arn} does not trust {by}"));
        }
        for (action, resource) in &admission.asks {
            let verdicts =
                || self.state.documents(&role.policies).map(|policy| policy.judge(&asked(action, resource)));
            let is_denied = verdicts().any(|verdict| verdict == Verdict::Deny);
            if is_denied || !verdicts().any(|verdict| verdict == Verdict::Allow) {
                let why = if is_denied {
                    "with an explicit deny in an identity-based policy".to_owned()
                } else {
                    format!("because no identity-based policy allows the {action} action")
                };
                return refuse(format!(
                    "AccessDenied: {role_arn} is not authorized to perform: {action} on resource: {resource} {why}"
                ));
            }
        }
        Ok(())
    }

    /// A role must trust the caller; if it trusts only the account, the caller's own policies must allow as well.
    fn decide_trust(&self, caller: &Caller<'_>, asked: &PolicyRequest<'_>) -> Result<(), Refusal> {
        let name = Arn::parse(asked.resource).and_then(|arn| arn.resource.rsplit('/').next());
        let role = name.and_then(|name| self.state.roles.get(name)).ok_or(Refusal::NothingAllows)?;
        match role.trust.document.trusts(asked) {
            Verdict::Deny => Err(Refusal::ResourceDenies),
            Verdict::Silent => Err(Refusal::NothingAllows),
            Verdict::Allow => decide(caller, Some(&role.trust.document), asked),
        }
    }
}

fn decide(
    caller: &Caller<'_>,
    resource_policy: Option<&PolicyDocument>,
    asked: &PolicyRequest<'_>,
) -> Result<(), Refusal> {
    let mut allowed = false;
    for document in &caller.documents {
        match document.judge(asked) {
            Verdict::Deny => return Err(Refusal::IdentityDenies),
            Verdict::Allow => allowed = true,
            Verdict::Silent => {}
        }
    }
    match resource_policy.map_or(Verdict::Silent, |policy| policy.judge(asked)) {
        Verdict::Deny => Err(Refusal::ResourceDenies),
        Verdict::Allow => Ok(()),
        Verdict::Silent if allowed => Ok(()),
        Verdict::Silent => Err(Refusal::NothingAllows),
    }
}

/// Keys that no account knows: each protocol has its own words, and no account gets a record of it.
fn unknown_caller(service: ServiceName) -> ApiError {
    let (code, message) = match service {
        ServiceName::Ec2 => ("AuthFailure", "AWS was not able to validate the provided access credentials"),
        ServiceName::S3 => {
            ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        }
        service if answers_json(service) => {
            ("UnrecognizedClientException", "The security token included in the request is invalid.")
        }
        _ => ("InvalidClientTokenId", "The security token included in the request is invalid."),
    };
    ApiError { malformed: true, ..ApiError::refused(code, message) }
}

/// Services with a JSON protocol append `Exception` to their error codes.
const fn answers_json(service: ServiceName) -> bool {
    matches!(
        service,
        ServiceName::CloudTrail
            | ServiceName::Config
            | ServiceName::EventBridge
            | ServiceName::Kinesis
            | ServiceName::Kms
            | ServiceName::Lambda
            | ServiceName::Logs
            | ServiceName::Ses
    )
}

fn word(
    request: &AuthorisationRequest<'_>,
    caller_arn: &str,
    action: &str,
    resource: &str,
    refusal: Refusal,
) -> ApiError {
    let on = shown_resource(request, resource);
    let because = match refusal {
        // STS keeps to itself whether the role is missing, does not trust, or the caller's policies are silent.
        Refusal::NothingAllows if request.service == ServiceName::Sts => String::new(),
        Refusal::NothingAllows => format!(" because no identity-based policy allows the {action} action"),
        Refusal::IdentityDenies => " with an explicit deny in an identity-based policy".to_owned(),
        Refusal::ResourceDenies => " with an explicit deny in a resource-based policy".to_owned(),
    };
    let sentence = format!("User: {caller_arn} is not authorized to perform: {action}{on}{because}");
    match request.service {
        ServiceName::Ec2 => {
            let encoded = encoded_failure(&sentence);
            let message = format!(
                "You are not authorized to perform this operation. {sentence}. Encoded authorization failure message: {encoded}"
            );
            ApiError::refused("UnauthorizedOperation", message)
        }
        ServiceName::Sns => ApiError::refused("AuthorizationError", sentence),
        service if answers_json(service) => ApiError::refused("AccessDeniedException", sentence),
        _ => ApiError::refused("AccessDenied", sentence),
    }
}

/// ` on resource: …`, as each service names its resources.
fn shown_resource(request: &AuthorisationRequest<'_>, resource: &str) -> String {
    match request.service {
        ServiceName::Ec2 | ServiceName::S3 if resource == "*" => String::new(),
        ServiceName::S3 => format!(" on resource: \"{resource}\""),
        ServiceName::Iam if !request.action.starts_with("Create") || request.action == "CreateAccessKey" => {
            match Arn::parse(resource).and_then(|arn| arn.resource.split_once('/')) {
                Some((kind @ ("user" | "role" | "group"), path)) if !path.is_empty() => {
                    format!(" on resource: {kind} {}", path.rsplit('/').next().unwrap_or(path))
                }
                _ => format!(" on resource: {resource}"),
            }
        }
        _ => format!(" on resource: {resource}"),
    }
}

/// What `sts decode-authorization-message` would open: here a digest with the length and alphabet of the real one.
fn encoded_failure(sentence: &str) -> String {
    let blocks = (0_u8..5).map(|block| Sha512::digest(format!("{block}{sentence}")));
    blocks.map(|block| URL_SAFE_NO_PAD.encode(block)).collect()
}
