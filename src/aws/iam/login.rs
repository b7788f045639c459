//! Passwords for the console, and second factors.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, arn::global_arn},
    Iam, check_name, date, no_such,
    state::{Login, MfaDevice},
    users::named_or_caller,
};

/// The most second factors of a user (IAM quotas).
const MOST_DEVICES: usize = 8;

/// Gives a user a password for the console.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateLoginProfile {
    user_name: String,
    password: String,
    password_reset_required: Option<bool>,
}

/// Says since when a user has a password for the console.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetLoginProfile {
    user_name: String,
}

/// Changes a user's password for the console.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateLoginProfile {
    user_name: String,
    password: Option<String>,
    password_reset_required: Option<bool>,
}

/// Takes a user's password for the console away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteLoginProfile {
    user_name: String,
}

/// Makes a virtual second factor, which nobody uses yet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateVirtualMFADevice {
    #[serde(rename = "VirtualMFADeviceName")]
    name: String,
}

/// Deletes a virtual second factor that nobody uses.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteVirtualMFADevice {
    serial_number: String,
}

/// Gives a user a second factor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EnableMFADevice {
    user_name: String,
    serial_number: String,
    /// Six digits; which ones makes no difference here.
    authentication_code1: String,
    /// The six digits after those.
    authentication_code2: String,
}

/// Takes a second factor away from a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeactivateMFADevice {
    user_name: String,
    serial_number: String,
}

/// Lists a user's second factors; without a name, the caller's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListMFADevices {
    user_name: Option<String>,
}

impl Iam {
    pub(super) fn create_login_profile(
        &mut self,
        input: CreateLoginProfile,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.check_password(&input.password)?;
        let login = Login {
            created: cx.moment().utc,
            reset_required: input.password_reset_required.unwrap_or_default(),
        };
        let user = self.user_mut(&input.user_name)?;
        if user.login.is_some() {
            let message = format!("Login Profile for user {} already exists.", input.user_name);
            return Err(ApiError { status: 409, ..ApiError::client("EntityAlreadyExists", message) });
        }
        user.login = Some(login);
        Ok(json!({ "LoginProfile": describe_login(&input.user_name, login) }))
    }

    pub(super) fn get_login_profile(
        &mut self,
        input: GetLoginProfile,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let login = self.user(&input.user_name)?.login.ok_or_else(|| no_login(&input.user_name))?;
        Ok(json!({ "LoginProfile": describe_login(&input.user_name, login) }))
    }

    pub(super) fn update_login_profile(
        &mut self,
        input: UpdateLoginProfile,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        input.password.as_deref().map_or(Ok(()), |password| self.check_password(password))?;
        let login = self.user_mut(&input.user_name)?.login.as_mut();
        let login = login.ok_or_else(|| no_login(&input.user_name))?;
        login.reset_required = input.password_reset_required.unwrap_or(login.reset_required);
        Ok(Value::Null)
    }

    pub(super) fn delete_login_profile(
        &mut self,
        input: DeleteLoginProfile,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let login = self.user_mut(&input.user_name)?.login.take();
        login.map_or_else(|| Err(no_login(&input.user_name)), |_| Ok(Value::Null))
    }

    pub(super) fn create_virtual_mfa_device(
        &mut self,
        input: CreateVirtualMFADevice,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_name("virtualMFADeviceName", &input.name)?;
        let serial: Arc<str> = global_arn("iam", cx.account_id, &format!("mfa/{}", input.name)).into();
        if self.state.spare_devices.contains(&serial) || self.owner_of(&serial).is_some() {
            let message = "MFADevice entity at the same path and name already exists.";
            return Err(ApiError { status: 409, ..ApiError::client("EntityAlreadyExists", message) });
        }
        self.state.spare_devices.push(Arc::clone(&serial));
        Ok(json!({ "VirtualMFADevice": {
            "SerialNumber": &*serial,
            "Base32StringSeed": cx.out.base32(64),
        }}))
    }

    pub(super) fn delete_virtual_mfa_device(
        &mut self,
        input: DeleteVirtualMFADevice,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let serial = &*input.serial_number;
        if self.owner_of(serial).is_some() {
            let message = "Cannot delete entity, MFA VirtualDevice is in use.";
            return Err(super::delete_conflict(message));
        }
        let place = self.state.spare_devices.iter().position(|spare| **spare == *serial);
        self.state.spare_devices.remove(place.ok_or_else(|| no_such_device(serial))?);
        Ok(Value::Null)
    }

    pub(super) fn enable_mfa_device(
        &mut self,
        input: EnableMFADevice,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let is_code = |code: &str| code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit());
        if !is_code(&input.authentication_code1) || !is_code(&input.authentication_code2) {
            let message = "Authentication code for device is not valid.";
            return Err(ApiError { status: 403, ..ApiError::client("InvalidAuthenticationCode", message) });
        }
        let serial: Arc<str> = input.serial_number.into();
        if self.owner_of(&serial).is_some() {
            let message = "MFA Device is already in use.";
            return Err(ApiError { status: 409, ..ApiError::client("EntityAlreadyExists", message) });
        }
        let enabled = cx.moment().utc;
        let user = self.user_mut(&input.user_name)?;
        if user.mfa_devices.len() >= MOST_DEVICES {
            return Err(super::limit_exceeded(format!(
                "Cannot exceed quota for MFADevicesPerUser: {MOST_DEVICES}"
            )));
        }
        user.mfa_devices.push(MfaDevice { serial: Arc::clone(&serial), enabled });
        self.state.spare_devices.retain(|spare| *spare != serial);
        Ok(Value::Null)
    }

    pub(super) fn deactivate_mfa_device(
        &mut self,
        input: DeactivateMFADevice,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let devices = &mut self.user_mut(&input.user_name)?.mfa_devices;
        let place = devices.iter().position(|device| *device.serial == *input.serial_number);
        let device = devices.remove(place.ok_or_else(|| no_such_device(&input.serial_number))?);
        self.state.spare_devices.push(device.serial);
        Ok(Value::Null)
    }

    pub(super) fn list_mfa_devices(
        &mut self,
        input: ListMFADevices,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = named_or_caller(input.user_name, cx)?;
        let devices = self.user(&name)?.mfa_devices.iter();
        let listed: Vec<Value> = devices
            .map(|device| {
                json!({
                    "UserName": &*name,
                    "SerialNumber": &*device.serial,
                    "EnableDate": date(device.enabled),
                })
            })
            .collect();
        Ok(json!({ "MFADevices": listed }))
    }

    fn owner_of(&self, serial: &str) -> Option<&str> {
        let uses = |devices: &[MfaDevice]| devices.iter().any(|device| *device.serial == *serial);
        self.state.users.values().find(|user| uses(&user.mfa_devices)).map(|user| &*user.name)
    }
}

fn describe_login(user: &str, login: Login) -> Value {
    json!({
        "UserName": user,
        "CreateDate": date(login.created),
        "PasswordResetRequired": login.reset_required,
    })
}

fn no_login(user: &str) -> ApiError {
    ApiError::not_found("NoSuchEntity", format!("Login Profile for User {user} cannot be found."))
}

fn no_such_device(serial: &str) -> ApiError {
    no_such("MFA Device", serial)
}
