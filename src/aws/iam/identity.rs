//! `userIdentity`: who made a call, as CloudTrail writes it.
//!
//! Source: `trail-config-lambda-sns.md` §1.2, from real records.

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use serde_json::{Value, json};

use super::{
    super::{
        Moment, Principal, Via,
        arn::global_arn,
        unique_id::{access_key_id, role_id, session_key_id, user_id},
    },
    Iam,
};

impl Iam {
    /// The `userIdentity` of a record, field by field.
    pub fn user_identity(&self, by: &Principal, via: &Via, account_id: &str, moment: Moment) -> Value {
        match by {
            Principal::Service(name) => json!({ "type": "AWSService", "invokedBy": name.as_ref() }),
            Principal::Root => {
                let mut identity = json!({
                    "type": "Root",
                    "principalId": account_id,
                    "arn": global_arn("iam", account_id, "root"),
                    "accountId": account_id,
                    "accessKeyId": key_of(via, account_id, "root"),
                });
                if via.console {
                    identity["sessionContext"] =
                        json!({ "attributes": self.session_attributes(None, moment) });
                }
                identity
            }
            Principal::User(name) => {
                let mut identity = json!({
                    "type": "IAMUser",
                    "principalId": user_id(account_id, name),
                    "arn": self.user_arn(name),
                    "accountId": account_id,
                    "accessKeyId": if via.console { key_of(via, account_id, name) } else { self.key_id(name) },
                    "userName": name.as_ref(),
                });
                if via.console {
                    identity["sessionContext"] =
                        json!({ "attributes": self.session_attributes(Some(name), moment) });
                }
                identity
            }
            Principal::Role { role, session } => {
                let principal_id = role_id(account_id, role);
                json!({
                    "type": "AssumedRole",
                    "principalId": format!("{principal_id}:{session}"),
                    "arn": global_arn("sts", account_id, &format!("assumed-role/{role}/{session}")),
                    "accountId": account_id,
                    "accessKeyId": session_key_id(account_id, &format!("{role}/{session}")),
                    "sessionContext": {
                        "sessionIssuer": {
                            "type": "Role",
                            "principalId": principal_id,
                            "arn": self.role_arn(role),
                            "accountId": account_id,
                            "userName": role.as_ref(),
                        },
                        "attributes": self.session_attributes(None, moment),
                    },
                })
            }
        }
    }

    /// The key a user signs with: the first they were given, or the one everybody is born with.
    fn key_id(&self, user: &str) -> String {
        let given = self.state.users.get(user).and_then(|user| user.access_keys.first());
        given.map_or_else(|| access_key_id(&self.account_id, user), |key| key.id.to_string())
    }

    fn session_attributes(&self, user: Option<&str>, moment: Moment) -> Value {
        let with_mfa = user.is_some_and(|user| self.mfa_users.contains(user));
        json!({
            "creationDate": hour_of(moment.utc).to_rfc3339_opts(SecondsFormat::Secs, true),
            "mfaAuthenticated": if with_mfa { "true" } else { "false" },
        })
    }
}

fn key_of(via: &Via, account_id: &str, name: &str) -> String {
    if via.console { session_key_id(account_id, name) } else { access_key_id(account_id, name) }
}

/// Sessions are taken to have begun on the hour: teaching default.
fn hour_of(utc: DateTime<Utc>) -> DateTime<Utc> {
    utc.with_minute(0)
        .and_then(|utc| utc.with_second(0))
        .and_then(|utc| utc.with_nanosecond(0))
        .unwrap_or(utc)
}
