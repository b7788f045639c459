//! What the account asks of its users' passwords.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, spelling::small_first},
    Iam,
};

/// What passwords must be; without it the account has AWS's default, which asks for eight characters.
///
/// Limits and defaults: API reference, `UpdateAccountPasswordPolicy`.
#[derive(Clone, Copy, Debug)]
pub(super) struct PasswordPolicy {
    minimum_length: u32,
    symbols: bool,
    numbers: bool,
    uppercase: bool,
    lowercase: bool,
    users_may_change: bool,
    /// Days; none where passwords never expire.
    max_age: Option<u32>,
    /// How many earlier passwords may not come back.
    reuse_prevention: Option<u32>,
    hard_expiry: bool,
}

/// Sets what passwords must be: what is left out goes back to its default, whatever it was.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateAccountPasswordPolicy {
    /// 6 to 128 characters; 6 unless said.
    minimum_password_length: Option<u32>,
    require_symbols: Option<bool>,
    require_numbers: Option<bool>,
    require_uppercase_characters: Option<bool>,
    require_lowercase_characters: Option<bool>,
    allow_users_to_change_password: Option<bool>,
    /// 1 to 1,095 days.
    max_password_age: Option<u32>,
    /// 1 to 24 earlier passwords.
    password_reuse_prevention: Option<u32>,
    hard_expiry: Option<bool>,
}

/// Says what passwords must be, if the account has a policy of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAccountPasswordPolicy {}

/// Goes back to AWS's default.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteAccountPasswordPolicy {}

impl Iam {
    pub(super) fn update_account_password_policy(
        &mut self,
        input: UpdateAccountPasswordPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        within("minimumPasswordLength", input.minimum_password_length, 6, 128)?;
        within("maxPasswordAge", input.max_password_age, 1, 1_095)?;
        within("passwordReusePrevention", input.password_reuse_prevention, 1, 24)?;
        self.state.password_policy = Some(PasswordPolicy {
            minimum_length: input.minimum_password_length.unwrap_or(6),
            symbols: input.require_symbols.unwrap_or_default(),
            numbers: input.require_numbers.unwrap_or_default(),
            uppercase: input.require_uppercase_characters.unwrap_or_default(),
            lowercase: input.require_lowercase_characters.unwrap_or_default(),
            users_may_change: input.allow_users_to_change_password.unwrap_or_default(),
            max_age: input.max_password_age,
            reuse_prevention: input.password_reuse_prevention,
            hard_expiry: input.hard_expiry.unwrap_or_default(),
        });
        Ok(Value::Null)
    }

    pub(super) fn get_account_password_policy(
        &mut self,
        _input: GetAccountPasswordPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let policy = self.state.password_policy.ok_or_else(|| self.no_password_policy())?;
        Ok(json!({ "PasswordPolicy": policy.describe() }))
    }

    pub(super) fn delete_account_password_policy(
        &mut self,
        _input: DeleteAccountPasswordPolicy,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let policy = self.state.password_policy.take();
        policy.map_or_else(|| Err(self.no_password_policy()), |_| Ok(Value::Null))
    }

    fn no_password_policy(&self) -> ApiError {
        let message = format!("The Password Policy with domain name {} cannot be found.", self.account_id);
        ApiError::not_found("NoSuchEntity", message)
    }

    /// Whether a password is what the account asks for. Of AWS's default only the length is asked here.
    pub(super) fn check_password(&self, password: &str) -> Result<(), ApiError> {
        let missing = match &self.state.password_policy {
            Some(policy) => policy.missing_in(password),
            None => too_short(password, DEFAULT_LENGTH).into_iter().collect(),
        };
        if missing.is_empty() {
            return Ok(());
        }
        Err(ApiError::client("PasswordPolicyViolation", missing.join(", ")))
    }
}

/// Characters that AWS's default asks for (user guide, "Default password policy").
const DEFAULT_LENGTH: u32 = 8;

impl PasswordPolicy {
    /// As `GetAccountPasswordPolicy` shows it: what was never set is left out.
    fn describe(&self) -> Value {
        let mut shown = json!({
            "MinimumPasswordLength": self.minimum_length,
            "RequireSymbols": self.symbols,
            "RequireNumbers": self.numbers,
            "RequireUppercaseCharacters": self.uppercase,
            "RequireLowercaseCharacters": self.lowercase,
            "AllowUsersToChangePassword": self.users_may_change,
            "ExpirePasswords": self.max_age.is_some(),
        });
        if let Some(days) = self.max_age {
            shown["MaxPasswordAge"] = days.into();
        }
        if let Some(count) = self.reuse_prevention {
            shown["PasswordReusePrevention"] = count.into();
        }
        shown["HardExpiry"] = self.hard_expiry.into();
        shown
    }

    /// As Config's rules about the account see it.
    pub(super) fn for_rules(&self) -> Value {
        small_first(&self.describe())
    }

    /// What a password lacks, in the service's words.
    fn missing_in(&self, password: &str) -> Vec<String> {
        let lacks = |is_asked: bool, is_such: fn(char) -> bool, what: &str| {
            (is_asked && !password.contains(is_such))
                .then(|| format!("Password should have at least one {what}"))
        };
        too_short(password, self.minimum_length)
            .into_iter()
            .chain(lacks(self.uppercase, |c| c.is_ascii_uppercase(), "uppercase letter"))
            .chain(lacks(self.lowercase, |c| c.is_ascii_lowercase(), "lowercase letter"))
            .chain(lacks(self.numbers, |c| c.is_ascii_digit(), "number"))
            .chain(lacks(self.symbols, |c| SYMBOLS.contains(c), "symbol"))
            .collect()
    }
}

/// What counts as a symbol (API reference, `UpdateAccountPasswordPolicy`).
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";

fn too_short(password: &str, least: u32) -> Option<String> {
    (password.chars().count() < least as usize)
        .then(|| format!("Password should have a minimum length of {least}"))
}

fn within(member: &str, value: Option<u32>, least: u32, most: u32) -> Result<(), ApiError> {
    let Some(value) = value.filter(|value| !(least..=most).contains(value)) else { return Ok(()) };
    let rule = if value < least {
        format!("greater than or equal to {least}")
    } else {
        format!("less than or equal to {most}")
    };
    let rule = format!("Member must have value {rule}");
    Err(ApiError::constraint("ValidationError", &value.to_string(), member, &rule))
}
