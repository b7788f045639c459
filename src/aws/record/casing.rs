//! How most services spell parameters and answers in a record: names with a small first letter, secrets hidden.
//!
//! RDS has no rule of its own (`DBInstanceIdentifier` gives `dBInstanceIdentifier`), but leaves out the wrapper of
//! its answers. IAM, STS and KMS write dates as text and policy documents percent-encoded.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::aws::{ServiceName, spelling::lower_first, timestamps};

/// What CloudTrail writes where a value must not be read.
pub(super) const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Maps whose keys belong to the customer and keep their spelling.
const FREE_MAPS: &[&str] = &["Attributes", "Tags", "tags", "Variables"];

/// Parameters as `requestParameters` spells them.
pub(super) fn spell(service: ServiceName, value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(spell_members(service, members)),
        Value::Array(items) => Value::Array(items.iter().map(|item| spell(service, item)).collect()),
        other => other.clone(),
    }
}

/// An answer as `responseElements` spells it.
pub(super) fn spell_answer(service: ServiceName, answer: &Value) -> Value {
    let inner = answer.as_object().filter(|members| service == ServiceName::Rds && members.len() == 1);
    match inner.and_then(|members| members.values().next()) {
        // RDS: the instance itself, not a member that holds it.
        Some(instance @ Value::Object(_)) => spell(service, instance),
        _ => spell(service, answer),
    }
}

fn spell_members(service: ServiceName, members: &Map<String, Value>) -> Map<String, Value> {
    members
        .iter()
        .filter_map(|(key, value)| {
            let value = match secret(service, key) {
                Secret::Open if value.is_object() && FREE_MAPS.contains(&key.as_str()) => value.clone(),
                Secret::Open => respell(service, key, value),
                Secret::Replaced(replacement) => replacement,
                Secret::LeftOut => return None,
            };
            Some((lower_first(key), value))
        })
        .collect()
}

enum Secret {
    Open,
    Replaced(Value),
    LeftOut,
}

fn secret(service: ServiceName, key: &str) -> Secret {
    match (service, key) {
        (
            ServiceName::Iam | ServiceName::Sts,
            "SecretAccessKey"
            | "Password"
            | "Base32StringSeed"
            | "AuthenticationCode1"
            | "AuthenticationCode2"
            | "TokenCode",
        )
        | (ServiceName::Lambda, "ZipFile" | "Payload")
        | (ServiceName::Kinesis, "Data" | "Records")
        | (ServiceName::Kms, "Plaintext" | "CiphertextBlob") => Secret::LeftOut,
        (ServiceName::Lambda, "Environment") => Secret::Replaced(Value::Object(Map::new())),
        (ServiceName::Rds, "MasterUserPassword")
        | (ServiceName::Sns, "Message" | "Subject" | "MessageAttributes" | "Endpoint")
        | (ServiceName::Sqs, "MessageBody" | "MessageAttributes")
        | (ServiceName::Ses, "Content") => Secret::Replaced(HIDDEN.into()),
        _ => Secret::Open,
    }
}

fn respell(service: ServiceName, key: &str, value: &Value) -> Value {
    match (service, key, value) {
        (ServiceName::Iam | ServiceName::Sts | ServiceName::Kms, _, Value::String(text))
            if key.ends_with("Date") || key == "Expiration" =>
        {
            timestamps::parse(text).map_or_else(|| value.clone(), |moment| date_text(moment).into())
        }
        (ServiceName::Iam, _, Value::Object(_)) if key.ends_with("PolicyDocument") => {
            percent_encoded(&value.to_string()).into()
        }
        // Amounts of CloudWatch are numbers with a fraction, whatever was typed.
        (ServiceName::CloudWatch, "Threshold", Value::Number(number)) => {
            number.as_f64().map_or_else(|| value.clone(), Value::from)
        }
        _ => spell(service, value),
    }
}

/// `Nov 20, 2026, 9:30:00 AM`, as IAM and STS write dates in records.
fn date_text(moment: DateTime<Utc>) -> String {
    moment.format("%b %-d, %Y, %-I:%M:%S %p").to_string()
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
