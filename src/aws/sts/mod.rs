//! STS: takes on roles, and tells callers who they are.
//!
//! Whether a role may be taken on is IAM's decision, made at the door like every other; what is left here is to hand
//! out the credentials. Nobody signs with them in the simulator: whoever acts as a role says so.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Principal, Region, Service,
    ServiceName,
    arn::{Arn, global_arn},
    operation::operations,
    service::Reception,
    unique_id::{role_id, session_key_id, user_id},
};

/// The state of this service: it keeps none.
#[derive(Clone, Debug, Default)]
pub struct Sts {}

/// Takes on a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AssumeRole {
    pub role_arn: String,
    pub role_session_name: String,
    /// Seconds, from 900 to the role's maximum.
    pub duration_seconds: Option<u32>,
}

/// Says who the caller is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetCallerIdentity {}

operations! { pub(super) Sts:
    AssumeRole: Read => assume_role;
    GetCallerIdentity: Read => get_caller_identity;
}

#[expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "operations share one signature")]
impl Sts {
    pub fn new(_account_id: &str, _home: &Region) -> Self {
        Self::default()
    }

    fn assume_role(&mut self, input: AssumeRole, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let session = input.role_session_name;
        let duration = input.duration_seconds.unwrap_or(3_600);
        if !(900..=43_200).contains(&duration) {
            let message = format!(
                "1 validation error detected: Value '{duration}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200"
            );
            return Err(ApiError::client("ValidationError", message));
        }
        let name = Arn::parse(&input.role_arn)
            .and_then(|arn| arn.resource.strip_prefix("role/"))
            .and_then(|path| path.rsplit('/').next())
            .ok_or_else(|| ApiError::client("ValidationError", format!("{} is invalid", input.role_arn)))?;
        let expiration = cx.moment().utc + TimeDelta::seconds(duration.into());
        Ok(json!({
            "Credentials": {
                "AccessKeyId": session_key_id(cx.account_id, &format!("{name}/{session}")),
                "SecretAccessKey": cx.out.hex(40),
                "SessionToken": cx.out.base32(120),
                "Expiration": expiration.format("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
            },
            "AssumedRoleUser": {
                "AssumedRoleId": format!("{}:{session}", role_id(cx.account_id, name)),
                "Arn": global_arn("sts", cx.account_id, &format!("assumed-role/{name}/{session}")),
            },
        }))
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
