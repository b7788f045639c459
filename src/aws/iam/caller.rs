//! Who makes a request, as far as it is judged: their policies, what narrows them, and their condition keys.

use super::{
    super::{
        ApiError, Principal,
        arn::global_arn,
        policy::{PolicyContext, PolicyDocument, PrincipalRef},
        session::Session,
        tags::Tags,
        timestamps,
        unique_id::{role_id, user_id},
    },
    AuthorisationRequest, Iam,
    context::{self, Details},
    managed, refusals,
};

/// The caller, found.
pub(super) struct Caller<'s> {
    pub arn: String,
    pub role_arn: Option<String>,
    pub documents: Vec<&'s PolicyDocument>,
    pub boundary: Option<&'s PolicyDocument>,
    /// Session policies, any of which may allow; none when there are none.
    pub session: Option<Vec<&'s PolicyDocument>>,
    pub context: PolicyContext,
}

impl Caller<'_> {
    /// As policies name the caller.
    pub(super) fn principal<'a>(&'a self, account_id: &'a str) -> PrincipalRef<'a> {
        PrincipalRef::Aws { arn: &self.arn, role_arn: self.role_arn.as_deref(), account_id }
    }
}

impl Iam {
    pub(super) fn caller<'s>(
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
            .with("aws:ViaAWSService", details.via_service.is_some().to_string())
            .with("aws:PrincipalIsAWSService", "false")
            .with("kms:CallerAccount", account_id);
        let context = context::of_request(context, request.service, details);
        let unknown = || refusals::unknown_caller(request.service);
        match request.by {
            Principal::User(name) => {
                let user = self.state.users.get(name).ok_or_else(unknown)?;
                let signs = !details.console && details.via_service.is_none();
                if signs && self.signing_key(user).is_none() {
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
                        .with("aws:TokenIssueTime", timestamps::seconds_z(session.began));
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
                documents: managed::by_arn(managed::ADMINISTRATOR)
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
}

fn with_tags(mut context: PolicyContext, tags: &Tags) -> PolicyContext {
    for (key, value) in tags.iter() {
        context = context.with(&format!("aws:PrincipalTag/{key}"), value);
    }
    context
}
