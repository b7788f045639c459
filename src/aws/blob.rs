//! Bytes among an operation's parameters: base64, as the AWS CLI takes and prints them; and their MD5, by which the
//! messaging services let a client see that they arrived whole.

use base64::{Engine, engine::general_purpose::STANDARD};

use md5::{Digest, Md5};

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

/// The MD5 of some bytes, as a number: hexadecimal with 32 digits is how it is printed.
pub(in crate::aws) fn md5(bytes: impl AsRef<[u8]>) -> u128 {
    u128::from_be_bytes(Md5::digest(bytes).into())
}
