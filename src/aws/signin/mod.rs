//! Sign-in: attempts to enter the console. No API call, and yet a management event that CloudTrail records.
//!
//! It holds no state: IAM knows who there is, the attempt says what was typed. A name that no user of the account
//! has is masked in the record, because it may be a password typed in the wrong box. A person of a scenario has a
//! console password whether or not its template gives them one with `LoginProfile`.
//!
//! Source: CloudTrail User Guide, "AWS Management Console sign-in events"; `samples/ct-signin-*.json`.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Node, Outbox, Principal, Region, ServiceName, record::Record, timestamps};

/// What the browser of everybody says it is.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

/// One attempt to sign in to the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Root, a user by the name typed, or a session of a role for somebody federated.
    pub by: Principal,
    pub password: Password,
    /// Whether a second factor is given; `None`: as IAM knows this person.
    pub mfa: Option<bool>,
    pub source_ip: Arc<str>,
    /// The region whose sign-in page is used; `None`: the global one. Root always uses the global one.
    pub region: Option<Region>,
}

/// What was typed in the password box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Password {
    Right,
    Wrong,
}

/// What IAM says of somebody who tries to sign in.
#[derive(Clone, Debug)]
pub struct Known {
    /// `userIdentity` of the record.
    pub identity: Value,
    /// The serial number of the second factor they use.
    pub mfa_serial: Option<String>,
}

impl SignIn {
    /// The name a reader knows the attempt by.
    pub fn name(&self) -> &str {
        self.by.name()
    }

    /// Where it is recorded.
    pub fn recorded_in(&self) -> Region {
        match (&self.by, &self.region) {
            (Principal::Root, _) | (_, None) => Region::global_home(),
            (_, Some(region)) => region.clone(),
        }
    }
}

/// Writes the record of an attempt; `known` is none for a name no user of the account has.
pub fn record(attempt: &SignIn, known: Option<Known>, account_id: &str, out: &mut Outbox<'_>) -> Record {
    let region = attempt.recorded_in();
    let event_id: Arc<str> = out.uuid().into();
    let error = match (&known, attempt.password) {
        (None, _) => Some("No username found in supplied account"),
        (Some(_), Password::Wrong) => Some("Failed authentication"),
        (Some(_), Password::Right) => None,
    };
    let mfa_serial = known.as_ref().filter(|_| error.is_none()).and_then(|known| known.mfa_serial.clone());
    let identity = known.map_or_else(|| masked(account_id), |known| known.identity);

    let mut record = Map::new();
    let mut put = |key: &str, value: Value| {
        record.insert(key.to_owned(), value);
    };
    put("eventVersion", "1.11".into());
    put("userIdentity", identity);
    put("eventTime", timestamps::seconds_z(out.moment().utc).into());
    put("eventSource", ServiceName::SignIn.event_source().into());
    put("eventName", "ConsoleLogin".into());
    put("awsRegion", region.as_str().into());
    put("sourceIPAddress", (*attempt.source_ip).into());
    put("userAgent", BROWSER.into());
    if let Some(error) = error {
        put("errorMessage", error.into());
    }
    put("requestParameters", Value::Null);
    let result = if error.is_none() { "Success" } else { "Failure" };
    put("responseElements", json!({ "ConsoleLogin": result }));
    put("additionalEventData", additional(attempt, &region, mfa_serial.as_deref()));
    put("eventID", (*event_id).into());
    put("readOnly", false.into());
    put("eventType", "AwsConsoleSignIn".into());
    put("managementEvent", true.into());
    put("recipientAccountId", account_id.into());
    put("eventCategory", "Management".into());
    put(
        "tlsDetails",
        json!({
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": format!("{region}.signin.aws.amazon.com"),
        }),
    );
    Record {
        subject: Node::new(ServiceName::SignIn, &region, attempt.name()),
        region,
        json: Arc::new(Value::Object(record)),
        event_name: "ConsoleLogin".into(),
        event_source: ServiceName::SignIn.event_source(),
        event_id,
        read_only: false,
        management: true,
        count: 1,
        touched: Arc::from([]),
    }
}

/// Somebody whose name must not be repeated.
fn masked(account_id: &str) -> Value {
    json!({
        "type": "IAMUser",
        "principalId": "",
        "accountId": account_id,
        "accessKeyId": "",
        "userName": "HIDDEN_DUE_TO_SECURITY_REASONS",
    })
}

/// Who comes from an identity provider brings a finished session: no sign-in page sends them anywhere.
fn additional(attempt: &SignIn, region: &Region, mfa_serial: Option<&str>) -> Value {
    let mut data = Map::new();
    if !matches!(attempt.by, Principal::Role { .. }) {
        let console = format!("https://{region}.console.aws.amazon.com/console/home");
        let target = format!("{console}?region={region}&state=hashArgs%23&isauthcode=true");
        data.insert("LoginTo".to_owned(), target.into());
    }
    data.insert("MobileVersion".to_owned(), "No".into());
    if let Some(serial) = mfa_serial {
        data.insert("MFAIdentifier".to_owned(), serial.into());
    }
    data.insert("MFAUsed".to_owned(), if mfa_serial.is_some() { "Yes" } else { "No" }.into());
    Value::Object(data)
}
