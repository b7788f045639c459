//! Encrypting with a key: bytes in, bytes out, and nobody opens them without the key and the same context.
//!
//! The ciphertext carries the key's ARN, as AWS's does in a form of its own. The cipher is a keystream of SHA-256 with
//! a check value: enough that a wrong key, context or byte is refused, and of no worth outside this simulation.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{ApiError, ApiOutcome, CallContext, Kms, errors};
use crate::{aws::blob, kernel::Stream};

/// The most bytes `Encrypt` takes. Source: KMS API reference.
const MOST_BYTES: usize = 4_096;

/// Encrypts up to 4 KB with a key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Encrypt {
    pub key_id: String,
    /// Bytes in base64.
    pub plaintext: String,
    /// What must be said again to decrypt.
    #[serde(default)]
    pub encryption_context: BTreeMap<String, String>,
}

/// Decrypts what a key of this account encrypted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Decrypt {
    /// Bytes in base64.
    pub ciphertext_blob: String,
    #[serde(default)]
    pub encryption_context: BTreeMap<String, String>,
    /// The key it must have been encrypted with.
    pub key_id: Option<String>,
}

/// Makes a data key: in the clear to encrypt with now, and encrypted to keep.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GenerateDataKey {
    pub key_id: String,
    #[serde(default)]
    pub encryption_context: BTreeMap<String, String>,
    /// `AES_256` or `AES_128`.
    pub key_spec: Option<String>,
    /// Instead of `KeySpec`: 1 to 1024.
    pub number_of_bytes: Option<usize>,
}

type Context = BTreeMap<String, String>;

impl Kms {
    pub(super) fn encrypt(&mut self, input: Encrypt, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let key_arn = Arc::clone(&self.usable(&input.key_id, cx)?.arn);
        let plaintext = blob::decode(&input.plaintext)?;
        if plaintext.is_empty() || plaintext.len() > MOST_BYTES {
            return Err(errors::invalid(
                "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
            ));
        }
        let blob = seal(&key_arn, &input.encryption_context, &plaintext, cx.out.bits(Stream::Ids));
        Ok(json!({ "CiphertextBlob": blob, "KeyId": key_arn, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }))
    }

    pub(super) fn decrypt(&mut self, input: Decrypt, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let invalid = || ApiError::client("InvalidCiphertextException", "");
        let named = key_of(&input.ciphertext_blob).ok_or_else(invalid)?;
        let key = self.usable(&named, cx)?;
        if let Some(expected) = &input.key_id
            && self.found(expected, cx)?.arn != key.arn
        {
            let message =
                "The key ID in the request does not identify a CMK that can perform this operation.";
            return Err(ApiError::client("IncorrectKeyException", message));
        }
        let plaintext =
            open(&key.arn, &input.encryption_context, &input.ciphertext_blob).ok_or_else(invalid)?;
        Ok(json!({
            "KeyId": key.arn,
            "Plaintext": blob::encode(plaintext),
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        }))
    }

    pub(super) fn generate_data_key(
        &mut self,
        input: GenerateDataKey,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let key_arn = Arc::clone(&self.usable(&input.key_id, cx)?.arn);
        let count = match (input.key_spec.as_deref(), input.number_of_bytes) {
            (Some("AES_256"), None) => 32,
            (Some("AES_128"), None) => 16,
            (None, Some(count @ 1..=1_024)) => count,
            _ => return Err(errors::invalid("Please specify either number of bytes or key spec.")),
        };
        let seed = cx.out.bits(Stream::Ids);
        let data_key: Vec<u8> = keystream(&format!("data key {seed}")).take(count).collect();
        let blob = seal(&key_arn, &input.encryption_context, &data_key, cx.out.bits(Stream::Ids));
        Ok(json!({ "CiphertextBlob": blob, "Plaintext": blob::encode(data_key), "KeyId": key_arn }))
    }
}

/// `base64(key ARN \0 nonce \0 check \0 bytes)`
fn seal(key_arn: &str, context: &Context, plaintext: &[u8], nonce: u64) -> String {
    let secret = secret(key_arn, context, nonce);
    let mut sealed = format!("{key_arn}\0{nonce:016x}\0").into_bytes();
    sealed.extend(check(&secret, plaintext));
    sealed.extend(plaintext.iter().zip(keystream(&secret)).map(|(byte, mask)| byte ^ mask));
    blob::encode(sealed)
}

fn open(key_arn: &str, context: &Context, text: &str) -> Option<Vec<u8>> {
    let bytes = blob::decode(text).ok()?;
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let (_, nonce, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let nonce = u64::from_str_radix(std::str::from_utf8(nonce).ok()?, 16).ok()?;
    let secret = secret(key_arn, context, nonce);
    let (value, hidden) = rest.split_at_checked(32)?;
    let plaintext: Vec<u8> = hidden.iter().zip(keystream(&secret)).map(|(byte, mask)| byte ^ mask).collect();
    (check(&secret, &plaintext).as_slice() == value).then_some(plaintext)
}

/// The key that a ciphertext was made with.
pub(super) fn key_of(text: &str) -> Option<String> {
    let bytes = blob::decode(text).ok()?;
    let name = bytes.split(|byte| *byte == 0).next()?;
    String::from_utf8(name.to_vec()).ok().filter(|name| name.starts_with("arn:aws:kms:"))
}

fn secret(key_arn: &str, context: &Context, nonce: u64) -> String {
    format!("{key_arn}\n{context:?}\n{nonce}")
}

fn check(secret: &str, plaintext: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(secret).chain_update(plaintext).finalize().to_vec()
}

fn keystream(secret: &str) -> impl Iterator<Item = u8> {
    let secret = secret.to_owned();
    (0_u32..).flat_map(move |block| Sha256::digest(format!("{block}\n{secret}")).to_vec())
}
