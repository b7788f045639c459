//! Phones: while an account is in the SMS sandbox, which a new one is, only verified numbers get texts.
//!
//! Source: SNS developer guide, "Using the Amazon SNS SMS sandbox"; API model `sns` in botocore.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Region, Sns, errors};
use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, ServiceName, outbox::Send, parcel::Sms,
};

/// How many numbers a sandbox takes. Source: SNS developer guide.
const MOST_PHONES: usize = 10;

/// The numbers of the sandbox: Region and number, and the code that is waited for.
#[derive(Clone, Debug, Default)]
pub struct Phones(BTreeMap<(Region, Arc<str>), Option<Arc<str>>>);

impl Phones {
    pub fn is_verified(&self, region: &Region, number: &str) -> bool {
        self.0.get(&(region.clone(), number.into())) == Some(&None)
    }

    /// The number's owner types the code of the text they got.
    pub(super) fn verify(&mut self, region: &Region, number: &str) {
        if let Some(code) = self.0.get_mut(&(region.clone(), number.into())) {
            *code = None;
        }
    }
}

/// Adds a number to the SMS sandbox; a text with a code goes there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateSMSSandboxPhoneNumber {
    /// Such as `+33600000001`.
    pub phone_number: String,
}

/// Verifies a number with the code it got.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct VerifySMSSandboxPhoneNumber {
    pub phone_number: String,
    pub one_time_password: String,
}

/// Removes a number from the SMS sandbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteSMSSandboxPhoneNumber {
    pub phone_number: String,
}

/// Lists the numbers of the SMS sandbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListSMSSandboxPhoneNumbers {}

/// Says whether the account is in the SMS sandbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetSMSSandboxAccountStatus {}

/// `+` and 8 to 15 digits: E.164.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl Sns {
    pub(super) fn create_sms_sandbox_phone_number(
        &mut self,
        input: CreateSMSSandboxPhoneNumber,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if !is_number(&input.phone_number) {
            return Err(errors::invalid("PhoneNumber"));
        }
        let number: Arc<str> = input.phone_number.into();
        let here = self.phones.0.keys().filter(|(region, _)| region == cx.region()).count();
        let place = (cx.region().clone(), Arc::clone(&number));
        if here >= MOST_PHONES && !self.phones.0.contains_key(&place) {
            return Err(ApiError::client("UserError", "Maximum number of phone numbers already created"));
        }
        if self.phones.is_verified(cx.region(), &number) {
            return Err(ApiError::client("UserError", "Phone number is already verified"));
        }
        let code = code(cx.out.bits(crate::kernel::Stream::Ids));
        self.phones.0.insert(place, Some(Arc::clone(&code)));
        let text = format!("Your verification code is {code}");
        let sms = Arc::new(Sms { to: Arc::clone(&number), message: text.into(), code: Some(code) });
        cx.out.send(Send {
            path: HopPath::SnsSub,
            from: Node::new(ServiceName::Sns, cx.region(), "SMS"),
            to: Node::new(ServiceName::Outside, cx.region(), number),
            payload: Payload::json(PayloadKind::Notice, "SMS", json!(sms.as_ref())),
            parcel: Parcel::Sms(sms),
            delay: Delay::SnsToPhone,
            reference: None,
        });
        Ok(Value::Null)
    }

    pub(super) fn verify_sms_sandbox_phone_number(
        &mut self,
        input: VerifySMSSandboxPhoneNumber,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let place = (cx.region().clone(), Arc::from(input.phone_number));
        let code = self.phones.0.get_mut(&place).ok_or_else(no_phone)?;
        if code.as_deref().is_some_and(|code| code != input.one_time_password) {
            return Err(ApiError::client("VerificationException", "Verification code is incorrect"));
        }
        *code = None;
        Ok(Value::Null)
    }

    pub(super) fn delete_sms_sandbox_phone_number(
        &mut self,
        input: DeleteSMSSandboxPhoneNumber,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let place = (cx.region().clone(), Arc::from(input.phone_number));
        self.phones.0.remove(&place).map(|_| Value::Null).ok_or_else(no_phone)
    }

    pub(super) fn list_sms_sandbox_phone_numbers(
        &mut self,
        _input: ListSMSSandboxPhoneNumbers,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let here = self.phones.0.iter().filter(|((region, _), _)| region == cx.region());
        let listed: Vec<Value> = here
            .map(|((_, number), code)| {
                let status = if code.is_none() { "Verified" } else { "Pending" };
                json!({ "PhoneNumber": number, "Status": status })
            })
            .collect();
        Ok(json!({ "PhoneNumbers": listed }))
    }

    pub(super) fn get_sms_sandbox_account_status(
        &mut self,
        _input: GetSMSSandboxAccountStatus,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(json!({ "IsInSandbox": true }))
    }
}

fn no_phone() -> ApiError {
    ApiError::not_found("ResourceNotFound", "Phone number does not exist in the SMS sandbox")
}

/// Six digits.
fn code(bits: u64) -> Arc<str> {
    format!("{:06}", bits % 1_000_000).into()
}
