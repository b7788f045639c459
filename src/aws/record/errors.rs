//! `errorCode` and `errorMessage`.

use crate::aws::{ApiError, ServiceName};

/// The most that CloudTrail keeps of an error text or a user agent: 1 KB (record contents).
const CAP: usize = 1_024;

/// The code as CloudTrail writes it: EC2 puts `Client.` or `Server.` before its own, and a refusal reads
/// `AccessDenied` in every other service, also where the API itself answers `AccessDeniedException`.
pub(super) fn code(service: ServiceName, error: &ApiError) -> String {
    if service == ServiceName::Ec2 {
        let side = if error.status >= 500 { "Server" } else { "Client" };
        let own = if error.refused && error.code.starts_with("AccessDenied") {
            "UnauthorizedOperation"
        } else {
            &error.code
        };
        return format!("{side}.{own}");
    }
    // IAM answers `NoSuchEntity`; its records name the exception.
    let is_modelled =
        ["NoSuchEntity", "EntityAlreadyExists", "DeleteConflict", "LimitExceeded", "MalformedPolicyDocument"]
            .contains(&&*error.code);
    if service == ServiceName::Iam && is_modelled {
        return format!("{}Exception", error.code);
    }
    let is_denial = error.code.starts_with("AccessDenied") || &*error.code == "UnauthorizedOperation";
    if error.refused && is_denial { "AccessDenied".to_owned() } else { error.code.to_string() }
}

/// The text, cut after 1 KB.
pub(super) fn capped(text: &str) -> &str {
    let end = (0..=CAP.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}
