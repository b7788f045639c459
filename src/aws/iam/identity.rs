//! `userIdentity`: who made a call, as CloudTrail writes it.
//!
//! Source: `trail-config-lambda-sns.md` §1.2, from real records.

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use serde_json::{Map, Value, json};

use super::{
    super::{
        Moment, Principal, Via,
        arn::global_arn,
        session::Session,
        unique_id::{access_key_id, role_id, session_key_id, user_id},
    },
    Iam,
};

/// A console session that somebody opened by signing in.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleSession {
    pub began: DateTime<Utc>,
    pub with_mfa: bool,
}

impl Iam {
    /// The `userIdentity` of a record, field by field.
    ///
    /// `assumed`: what `AssumeRole` handed out, if this is such a session.
    pub fn user_identity(
        &self,
        by: &Principal,
        via: &Via,
        assumed: Option<&Session>,
        account_id: &str,
        moment: Moment,
    ) -> Value {
        let mut identity = self.identity(by, via, assumed, account_id, moment);
        // A service that acts for somebody adds its name, and keeps the temporary key to itself.
        if via.is_service()
            && !matches!(by, Principal::Service(_))
            && let Some(members) = identity.as_object_mut()
        {
            members.shift_remove("accessKeyId");
            members.insert("invokedBy".to_owned(), (*via.source_ip).into());
        }
        identity
    }

    fn identity(
        &self,
        by: &Principal,
        via: &Via,
        assumed: Option<&Session>,
        account_id: &str,
        moment: Moment,
    ) -> Value {
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
                    identity["sessionContext"] = json!({ "attributes": self.session_attributes(by, moment) });
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
                    identity["sessionContext"] = json!({ "attributes": self.session_attributes(by, moment) });
                }
                identity
            }
            Principal::Role { role, session } => {
                let assumed = assumed.map(|session| (session.began, session.with_mfa));
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
                        "attributes": assumed.map_or_else(|| self.session_attributes(by, moment), attributes),
                    },
                })
            }
        }
    }

    /// The key a user signs with.
    fn key_id(&self, user: &str) -> String {
        let key = self.state.users.get(user).and_then(|user| self.signing_key(user));
        key.unwrap_or_else(|| access_key_id(&self.account_id, user))
    }

    fn session_attributes(&self, by: &Principal, moment: Moment) -> Value {
        let session = self.console_sessions.get(by);
        attributes(session.map_or_else(
            || (hour_of(moment.utc), self.has_mfa(by)),
            |session| (session.began, session.with_mfa),
        ))
    }

    /// Who somebody at the sign-in page is; `None` for a name that no user has. Only a session that the page lets in
    /// has an ARN, and none has a key yet.
    pub fn sign_in_identity(&self, by: &Principal, succeeds: bool, moment: Moment) -> Option<Value> {
        let account_id = &*self.account_id;
        let mut identity = match by {
            Principal::Service(_) => return None,
            Principal::User(name) if !self.has_user(name) => return None,
            _ => self.user_identity(by, &Via::cli(""), None, account_id, moment),
        };
        let members = identity.as_object_mut().map_or_else(Map::new, std::mem::take);
        let seen = |member: &str| match (by, member) {
            (Principal::User(_), "arn") => succeeds,
            (Principal::User(_) | Principal::Role { .. }, "accessKeyId") => !succeeds,
            _ => true,
        };
        let blanked =
            |(member, value)| if member == "accessKeyId" { (member, "".into()) } else { (member, value) };
        Some(members.into_iter().filter(|(member, _)| seen(member)).map(blanked).collect())
    }

    /// Opens somebody's console session, which their calls from the console then belong to.
    pub fn begin_console_session(&mut self, by: &Principal, began: DateTime<Utc>, with_mfa: bool) {
        self.console_sessions.insert(by.clone(), ConsoleSession { began, with_mfa });
        if let Principal::User(name) = by
            && let Some(user) = self.state.users.get_mut(name)
        {
            user.password_last_used = Some(began);
        }
    }

    /// Whether somebody has a second factor.
    pub fn has_mfa(&self, by: &Principal) -> bool {
        match by {
            Principal::Root => self.state.root_has_mfa,
            Principal::User(name) => {
                self.state.users.get(name).is_some_and(|user| !user.mfa_devices.is_empty())
            }
            Principal::Role { .. } | Principal::Service(_) => false,
        }
    }

    /// The serial number of somebody's second factor: the first they have, or the one everybody could have.
    pub fn mfa_serial(&self, by: &Principal) -> Option<String> {
        let name = match by {
            Principal::Root => "root-account-mfa-device",
            Principal::User(name) => name,
            Principal::Role { .. } | Principal::Service(_) => return None,
        };
        let device = self.state.users.get(name).and_then(|user| user.mfa_devices.first());
        let born_with = || global_arn("iam", &self.account_id, &format!("mfa/{name}"));
        Some(device.map_or_else(born_with, |device| device.serial.to_string()))
    }
}

/// `attributes` of a session context.
fn attributes((began, with_mfa): (DateTime<Utc>, bool)) -> Value {
    json!({
        "creationDate": began.to_rfc3339_opts(SecondsFormat::Secs, true),
        "mfaAuthenticated": if with_mfa { "true" } else { "false" },
    })
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
