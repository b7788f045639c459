//! Ids that follow from a name alone, so that every service words the same identity without asking IAM for it.
//!
//! AWS draws these at creation. Here they are a digest of the account and the name: the same user has the same
//! `AIDA…` in every scenario, which is one thing less to look up in class.

use sha2::{Digest, Sha256};

use super::Region;

/// `prefix` and `length` characters of `A-Z2-7`.
pub fn unique_id(prefix: &str, account_id: &str, name: &str, length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digest = Sha256::digest(format!("{prefix}/{account_id}/{name}"));
    let letters = digest.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).take(length);
    prefix.chars().chain(letters).collect()
}

/// The unique id of a user: `AIDA…`.
pub fn user_id(account_id: &str, name: &str) -> String {
    unique_id("AIDA", account_id, name, 17)
}

/// The unique id of a role: `AROA…`.
pub fn role_id(account_id: &str, name: &str) -> String {
    unique_id("AROA", account_id, name, 17)
}

/// The long-lived key of a user who was never given one by name: `AKIA…`.
pub fn access_key_id(account_id: &str, user: &str) -> String {
    unique_id("AKIA", account_id, user, 16)
}

/// The short-lived key of a session: `ASIA…`.
pub fn session_key_id(account_id: &str, session: &str) -> String {
    unique_id("ASIA", account_id, session, 16)
}

/// The id of the default security group of a Region's default VPC.
pub fn default_group_id(account_id: &str, region: &Region) -> String {
    resource_id("sg-", account_id, &format!("{region}default"), 17)
}

/// `prefix` and `length` lower-case hexadecimal digits, for what is there before anybody creates it.
pub fn resource_id(prefix: &str, account_id: &str, name: &str, length: usize) -> String {
    let digest = Sha256::digest(format!("{prefix}/{account_id}/{name}"));
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).take(length);
    prefix.chars().chain(digits).collect()
}
