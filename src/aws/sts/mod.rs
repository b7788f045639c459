//! STS: takes on roles, and tells callers who they are.
//!
//! Whether a role may be taken on is IAM's decision, made at the door like every other; what is left here is to hand
//! out the credentials and to remember until when they hold. Nobody signs with them in the simulator: whoever acts as
//! a session of a role says so. A session nobody has asked for with `AssumeRole` is one that was open already.

use std::{collections::BTreeMap, sync::Arc};

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Principal, Region, Service,
    ServiceName,
    arn::{Arn, global_arn},
    operation::operations,
    policy::{PolicyDocument, PolicyKind},
    service::Reception,
    session::Session,
    unique_id::{role_id, session_key_id, user_id},
};

/// The most characters of a session policy (STS API reference, `AssumeRole`).
const MOST_POLICY_CHARACTERS: usize = 2_048;

/// The state of this service: the sessions it handed out, by role and session name.
#[derive(Clone, Debug, Default)]
pub struct Sts {
    sessions: BTreeMap<(Arc<str>, Arc<str>), Session>,
}

/// Takes on a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AssumeRole {
    role_arn: String,
    role_session_name: String,
    /// Managed policies that must allow too.
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    /// A policy, as JSON text, that must allow too.
    policy: Option<String>,
    /// Seconds, from 900 to the role's maximum.
    duration_seconds: Option<u32>,
    /// What a trust policy may ask for as `sts:ExternalId`.
    #[allow(dead_code, reason = "a condition key: trust policies are judged by it at the door")]
    external_id: Option<String>,
    /// The caller's second factor.
    serial_number: Option<String>,
    /// Its six digits.
    token_code: Option<String>,
}

/// A managed policy by its ARN.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDescriptor {
    arn: String,
}

/// Says who the caller is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetCallerIdentity {}

operations! { pub(super) Sts:
    AssumeRole: Read => assume_role;
    GetCallerIdentity: Read => get_caller_identity;
}

impl Sts {
    pub fn new(_account_id: &str, _home: &Region) -> Self {
        Self::default()
    }

    /// The session of a role that `AssumeRole` handed out last under that name.
    pub fn session(&self, by: &Principal) -> Option<&Session> {
        let Principal::Role { role, session } = by else { return None };
        self.sessions.get(&(Arc::clone(role), Arc::clone(session)))
    }

    fn assume_role(&mut self, input: AssumeRole, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let session_name = input.role_session_name;
        check_session_name(&session_name)?;
        let seconds = check_duration(input.duration_seconds.unwrap_or(3_600))?;
        let role = Arn::parse(&input.role_arn)
            .and_then(|arn| arn.resource.strip_prefix("role/"))
            .and_then(|path| path.rsplit('/').next())
            .ok_or_else(|| ApiError::client("ValidationError", format!("{} is invalid", input.role_arn)))?;
        let policy = input.policy.as_deref().map(session_policy).transpose()?;
        let began = cx.moment().utc;
        let session = Session {
            began,
            expires: began + TimeDelta::seconds(seconds.into()),
            with_mfa: input.serial_number.is_some() && input.token_code.is_some(),
            policy,
            policy_arns: input.policy_arns.into_iter().map(|policy| policy.arn.into()).collect(),
        };
        let mut answer = json!({
            "Credentials": {
                "AccessKeyId": session_key_id(cx.account_id, &format!("{role}/{session_name}")),
                "SecretAccessKey": cx.out.hex(40),
                "SessionToken": cx.out.base32(120),
                "Expiration": session.expires.format("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
            },
            "AssumedRoleUser": {
                "AssumedRoleId": format!("{}:{session_name}", role_id(cx.account_id, role)),
                "Arn": global_arn("sts", cx.account_id, &format!("assumed-role/{role}/{session_name}")),
            },
        });
        if let Some(policy) = &input.policy {
            answer["PackedPolicySize"] = (policy.len() * 100).div_ceil(MOST_POLICY_CHARACTERS).into();
        }
        self.sessions.insert((role.into(), session_name.into()), session);
        Ok(answer)
    }

    fn get_caller_identity(&mut self, _input: GetCallerIdentity, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let account_id = cx.account_id;
        let (id, arn) = match &cx.call.by {
            Principal::Root => (account_id.to_owned(), global_arn("iam", account_id, "root")),
            Principal::User(name) => {
                (user_id(account_id, name), global_arn("iam", account_id, &format!("user/{name}")))
            }
            Principal::Role { role, session } => (
                format!("{}:{session}", role_id(account_id, role)),
                global_arn("sts", account_id, &format!("assumed-role/{role}/{session}")),
            ),
            Principal::Service(name) => (name.to_string(), name.to_string()),
        };
        Ok(json!({ "UserId": id, "Account": account_id, "Arn": arn }))
    }
}

/// 2 to 64 letters, digits and `=,.@_-`.
fn check_session_name(name: &str) -> Result<(), ApiError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "=,.@_-".contains(letter);
    if (2..=64).contains(&name.len()) && name.chars().all(fits) {
        return Ok(());
    }
    let message = format!(
        "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    );
    Err(ApiError { malformed: true, ..ApiError::client("ValidationError", message) })
}

fn check_duration(seconds: u32) -> Result<u32, ApiError> {
    let bound = match seconds {
        0..900 => "greater than or equal to 900",
        900..=43_200 => return Ok(seconds),
        _ => "less than or equal to 43200",
    };
    let message = format!(
        "1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value {bound}"
    );
    Err(ApiError::client("ValidationError", message))
}

fn session_policy(text: &str) -> Result<Arc<PolicyDocument>, ApiError> {
    if text.chars().count() > MOST_POLICY_CHARACTERS {
        let message = format!(
            "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to {MOST_POLICY_CHARACTERS}"
        );
        return Err(ApiError::client("ValidationError", message));
    }
    PolicyDocument::parse_as(PolicyKind::Identity, &text.into())
        .map(Arc::new)
        .map_err(|error| ApiError::client("MalformedPolicyDocument", error.to_string()))
}

impl Service for Sts {
    fn name(&self) -> ServiceName {
        ServiceName::Sts
    }

    fn receive(&mut self, _parcel: &Parcel, _region: &Region, _out: &mut Outbox<'_>) -> Reception {
        Ok(())
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, _account_id: &str) -> Vec<String> {
        let role = call.parameters.get("RoleArn").and_then(Value::as_str);
        vec![role.unwrap_or("*").to_owned()]
    }
}
