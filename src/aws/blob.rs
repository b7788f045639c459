//! Bytes among an operation's parameters: base64, as the AWS CLI takes and prints them.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::ApiError;

/// The bytes that a text stands for.
///
/// # Errors
/// What the AWS CLI says of a text that is no base64.
pub(in crate::aws) fn decode(text: &str) -> Result<Vec<u8>, ApiError> {
    STANDARD.decode(text.trim()).map_err(|_| ApiError::malformed(format!("Invalid base64: \"{text}\"")))
}

pub(in crate::aws) fn encode(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}
