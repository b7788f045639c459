//! The life of a key: enabled, disabled, waiting to be deleted, gone; and its rotation.
//!
//! Source: KMS developer guide, "Deleting AWS KMS keys" and "Rotating AWS KMS keys".

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    ApiOutcome, CallContext, Key, KeyState, Kms, Manager, Outbox, Parcel, ServiceName, errors, key::Rotation,
};
use crate::{
    aws::{Delay, Node, parcel::Timer, record::ServiceEvent, timestamps},
    kernel::SimDuration,
};

/// The timer on which a key goes away; its key is the ARN.
pub(super) const DELETE_KEY: &str = "delete-key";

/// The timer on which a key's material is renewed; its key is the ARN.
pub(super) const ROTATE_KEY: &str = "rotate-key";

/// How long a key waits to be deleted, in days: 7 to 30, 30 if nothing is said.
const WINDOW_DAYS: std::ops::RangeInclusive<u32> = 7..=30;
/// How often a key may rotate, in days: 90 to 2,560, 365 if nothing is said.
const ROTATION_DAYS: std::ops::RangeInclusive<u32> = 90..=2_560;
const YEAR_DAYS: u32 = 365;

/// Lets a key be used again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EnableKey {
    pub key_id: String,
}

/// Keeps a key from being used, until it is enabled.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DisableKey {
    pub key_id: String,
}

/// Has a key deleted after a waiting period, during which it cannot be used.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ScheduleKeyDeletion {
    pub key_id: String,
    /// 7 to 30; 30 if not given.
    pub pending_window_in_days: Option<u32>,
}

/// Keeps a key from being deleted; it is disabled afterwards.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CancelKeyDeletion {
    pub key_id: String,
}

/// Has a key's material renewed at regular times.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EnableKeyRotation {
    pub key_id: String,
    /// 90 to 2560; 365 if not given.
    pub rotation_period_in_days: Option<u32>,
}

/// Stops the rotation of a key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DisableKeyRotation {
    pub key_id: String,
}

/// Says whether a key rotates, and when next.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetKeyRotationStatus {
    pub key_id: String,
}

impl Kms {
    pub(super) fn enable_key(&mut self, input: EnableKey, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.change(&input.key_id, cx, |key| key.state = KeyState::Enabled)
    }

    pub(super) fn disable_key(&mut self, input: DisableKey, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        self.change(&input.key_id, cx, |key| key.state = KeyState::Disabled)
    }

    pub(super) fn schedule_key_deletion(
        &mut self,
        input: ScheduleKeyDeletion,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let window_days = input.pending_window_in_days.unwrap_or(*WINDOW_DAYS.end());
        if !WINDOW_DAYS.contains(&window_days) {
            let message = format!(
                "1 validation error detected: Value '{window_days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value between 7 and 30"
            );
            return Err(errors::invalid(message));
        }
        let now = cx.moment();
        let at = midnight_after(now.utc, window_days);
        let state = KeyState::PendingDeletion { at_ms: at.timestamp_millis(), window_days };
        self.change(&input.key_id, cx, |key| key.state = state)?;
        let key = self.found(&input.key_id, cx)?;
        let wait = SimDuration::from_millis((at - now.utc).num_milliseconds().unsigned_abs());
        cx.out.timer(key.node(), Timer::Named { name: DELETE_KEY, key: Arc::clone(&key.arn) }, wait);
        Ok(json!({
            "KeyId": key.arn,
            "DeletionDate": timestamps::cli(at),
            "KeyState": key.state.as_str(),
            "PendingWindowInDays": window_days,
        }))
    }

    pub(super) fn cancel_key_deletion(
        &mut self,
        input: CancelKeyDeletion,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let key = self.found_mut(&input.key_id, cx)?;
        if !matches!(key.state, KeyState::PendingDeletion { .. }) {
            return Err(errors::invalid_state(&key.arn, "not pending deletion"));
        }
        key.state = KeyState::Disabled;
        let (region, resource, arn) = (key.region.clone(), key.resource(false), Arc::clone(&key.arn));
        cx.out.changed(&region, resource);
        Ok(json!({ "KeyId": arn }))
    }

    /// The waiting period is over, unless it was cancelled, or began anew since.
    pub(super) fn delete_key(&mut self, key_arn: &str, out: &mut Outbox<'_>) {
        let now_ms = out.moment().epoch_ms();
        let is_due = |state| matches!(state, KeyState::PendingDeletion { at_ms, .. } if at_ms <= now_ms);
        if self.keys.get(key_arn).is_some_and(|key| is_due(key.state))
            && let Some(key) = self.keys.remove(key_arn)
        {
            self.aliases.retain(|_, arn| **arn != *key_arn);
            tell_trail("DeleteKey", &key, out);
            out.changed(&key.region, key.resource(true));
        }
    }

    pub(super) fn enable_key_rotation(
        &mut self,
        input: EnableKeyRotation,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let days = input.rotation_period_in_days.unwrap_or(YEAR_DAYS);
        if !ROTATION_DAYS.contains(&days) {
            let message = format!(
                "1 validation error detected: Value '{days}' at 'rotationPeriodInDays' failed to satisfy constraint: \
                 Member must have value between 90 and 2560"
            );
            return Err(errors::invalid(message));
        }
        let rotation = Rotation::from(cx.moment().epoch_ms(), days);
        let answer = self.change(&input.key_id, cx, |key| key.rotation = Some(rotation))?;
        arm_rotation(&*self.found(&input.key_id, cx)?, cx.out);
        Ok(answer)
    }

    pub(super) fn disable_key_rotation(
        &mut self,
        input: DisableKeyRotation,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.change(&input.key_id, cx, |key| key.rotation = None)
    }

    /// Renews a key's material, unless it no longer rotates, or rotates at another time. A key that is not enabled
    /// waits for the next time.
    pub(super) fn rotate_key(&mut self, key_arn: &str, out: &mut Outbox<'_>) {
        let now_ms = out.moment().epoch_ms();
        let Some(key) = self.keys.get_mut(key_arn) else { return };
        let Some(due) = key.rotation.filter(|rotation| rotation.next_ms <= now_ms) else { return };
        key.rotation = Some(Rotation::from(due.next_ms, due.period_days));
        if key.state == KeyState::Enabled {
            tell_trail("RotateKey", key, out);
        }
        arm_rotation(key, out);
    }

    pub(super) fn get_key_rotation_status(
        &mut self,
        input: GetKeyRotationStatus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let key = self.found(&input.key_id, cx)?;
        let mut answer = json!({ "KeyRotationEnabled": key.rotation.is_some(), "KeyId": key.arn });
        if let (Some(rotation), Manager::Customer) = (key.rotation, key.manager) {
            answer["RotationPeriodInDays"] = rotation.period_days.into();
            answer["NextRotationDate"] = timestamps::cli(timestamps::from_epoch_ms(rotation.next_ms)).into();
        }
        Ok(answer)
    }
}

/// Sets the timer of a key's next rotation.
fn arm_rotation(key: &Key, out: &mut Outbox<'_>) {
    let Some(rotation) = key.rotation else { return };
    let wait_ms = rotation.next_ms - out.moment().epoch_ms();
    let timer = Timer::Named { name: ROTATE_KEY, key: Arc::clone(&key.arn) };
    out.timer(key.node(), timer, SimDuration::from_millis(u64::try_from(wait_ms).unwrap_or_default()));
}

/// Has CloudTrail record what KMS does to a key by itself.
fn tell_trail(name: &'static str, key: &Key, out: &mut Outbox<'_>) {
    let event = ServiceEvent {
        service: ServiceName::Kms,
        name,
        resource_type: "AWS::KMS::Key",
        arn: Arc::clone(&key.arn),
        details: json!({ "keyId": key.id }),
    };
    let to = Node::new(ServiceName::CloudTrail, &key.region, name);
    out.hand_over(to, Parcel::ServiceEvent(Arc::new(event)), Delay::None);
}

/// KMS counts whole days, from the midnight before.
fn midnight_after(now: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    let day = now.date_naive().checked_add_days(Days::new(u64::from(days))).unwrap_or(now.date_naive());
    day.and_time(NaiveTime::MIN).and_utc()
}
