//! How each service words a refusal, and credentials it cannot use.
//!
//! Source: wording of real answers (`samples/ct-*-denied.json`, `trail-config-lambda-sns.md` §5).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha512};

use super::{
    super::{ApiError, ServiceName, arn::Arn},
    AuthorisationRequest,
};

/// Whose policy decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NothingAllows,
    IdentityDenies,
    ResourceDenies,
    /// The resource's own policy would have had to allow.
    ResourceSilent,
    BoundaryDenies,
    BoundarySilent,
    SessionDenies,
    SessionSilent,
}

/// The end of the sentence: which kind of policy, and whether it denied or kept silent.
pub(super) fn because(refusal: Refusal, action: &str) -> String {
    let silent = |kind: &str| format!(" because no {kind} allows the {action} action");
    let denied = |kind: &str| format!(" with an explicit deny in {kind}");
    match refusal {
        Refusal::NothingAllows => silent("identity-based policy"),
        Refusal::ResourceSilent => silent("resource-based policy"),
        Refusal::BoundarySilent => silent("permissions boundary"),
        Refusal::SessionSilent => silent("session policy"),
        Refusal::IdentityDenies => denied("an identity-based policy"),
        Refusal::ResourceDenies => denied("a resource-based policy"),
        Refusal::BoundaryDenies => denied("a permissions boundary"),
        Refusal::SessionDenies => denied("a session policy"),
    }
}

/// Credentials that no account knows: each protocol has its own words, and no account gets a record of it.
pub(super) fn unknown_caller(service: ServiceName) -> ApiError {
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

/// Temporary credentials past their time.
pub(super) fn expired(service: ServiceName) -> ApiError {
    let (code, message) = match service {
        ServiceName::Ec2 => ("RequestExpired", "Request has expired."),
        ServiceName::S3 => ("ExpiredToken", "The provided token has expired."),
        service if answers_json(service) => {
            ("ExpiredTokenException", "The security token included in the request is expired")
        }
        _ => ("ExpiredToken", "The security token included in the request is expired"),
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

/// The refusal of one request.
pub(super) fn word(
    request: &AuthorisationRequest<'_>,
    caller_arn: &str,
    action: &str,
    resource: &str,
    refusal: Refusal,
) -> ApiError {
    let on = shown_resource(request, resource);
    let because = match refusal {
        // STS keeps to itself whether the role is missing, does not trust, or the caller's policies are silent.
        Refusal::NothingAllows | Refusal::ResourceSilent if request.service == ServiceName::Sts => {
            String::new()
        }
        refusal => because(refusal, action),
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
