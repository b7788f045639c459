//! What the ledger keeps beside the hops: what became of them, what did not travel, and what alarms looked at.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{HopPath, Node, cloudwatch::look::Look};
use crate::kernel::HopId;

/// Why something was refused, dropped or never sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A stable word for checks and translations, such as `no-logging-trail`; see [`reasons`].
    pub code: &'static str,
    /// The particular case, in AWS's words where it has some: an error text, an ARN, a name.
    pub detail: Arc<str>,
    /// The condition that failed, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Arc<Condition>>,
}

impl Reason {
    pub fn new(code: &'static str, detail: impl Into<Arc<str>>) -> Self {
        Self { code, detail: detail.into(), condition: None }
    }

    /// This reason with the condition that failed.
    #[must_use]
    pub fn because(self, condition: Condition) -> Self {
        Self { condition: Some(Arc::new(condition)), ..self }
    }

    /// Whether it may heal by itself, so that a sender tries again. A missing permission or addressee never does.
    pub fn is_transient(&self) -> bool {
        matches!(self.code, reasons::ENDPOINT_DOWN | reasons::THROTTLED)
    }
}

/// A condition that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Condition {
    pub field: Arc<str>,
    pub expected: Arc<str>,
    /// What was there, if anything was.
    pub actual: Option<Arc<str>>,
}

impl Condition {
    pub fn new(field: &str, expected: &str, actual: Option<&str>) -> Self {
        Self { field: field.into(), expected: expected.into(), actual: actual.map(Into::into) }
    }
}

/// The codes of [`Reason`]. Each has a sentence in both catalogues (`reason.<code>`), which a test proves.
pub mod reasons {
    /// The call was recorded, but no trail was logging, so the bus hears nothing.
    pub const NO_LOGGING_TRAIL: &str = "no-logging-trail";
    /// The call was recorded, but the selectors of the trail leave it out.
    pub const NOT_SELECTED: &str = "not-selected";
    /// The trail would deliver this, but it does not log.
    pub const TRAIL_STOPPED: &str = "trail-stopped";
    /// A data event, which no logging trail asked for.
    pub const DATA_EVENTS_OFF: &str = "data-events-off";
    /// Read-only calls (Describe, Get, List) are not offered to an `ENABLED` rule.
    pub const READ_ONLY_NOT_OFFERED: &str = "read-only-not-offered";
    /// No rule on this bus matched: the event is gone.
    pub const NO_RULE_MATCHED: &str = "no-rule-matched";
    /// The rule is disabled.
    pub const RULE_DISABLED: &str = "rule-disabled";
    /// The subscription still waits for its confirmation.
    pub const PENDING_CONFIRMATION: &str = "pending-confirmation";
    /// The topic has no subscriber.
    pub const NO_SUBSCRIBER: &str = "no-subscriber";
    /// A filter policy did not accept the message.
    pub const FILTERED_OUT: &str = "filtered-out";
    /// A filter pattern does not match the line.
    pub const PATTERN_NOT_MATCHED: &str = "pattern-not-matched";
    /// The line matches, but lacks the number or the dimension its metric needs.
    pub const NO_METRIC_VALUE: &str = "no-metric-value";
    /// Lines stored before a filter was made are never counted by it.
    pub const ALREADY_STORED: &str = "already-stored";
    /// A resource policy does not let the sender in.
    pub const NOT_AUTHORISED: &str = "not-authorised";
    /// The addressee is encrypted, and its key does not let the sender in.
    pub const KMS_DENIED: &str = "kms-denied";
    /// The addressee is encrypted with a key that is disabled, about to be deleted, or gone.
    pub const KMS_UNUSABLE: &str = "kms-unusable";
    /// The role to act in does not exist, or does not trust the service.
    pub const ROLE_NOT_ASSUMED: &str = "role-not-assumed";
    /// The event has been sent on from one bus to another already.
    pub const THIRD_HOP: &str = "third-hop";
    /// The partner's event source is not active: it has no bus, or somebody deactivated it.
    pub const SOURCE_INACTIVE: &str = "source-inactive";
    /// The addressee does not exist.
    pub const NO_RESOURCE: &str = "no-resource";
    /// The alarm changed state, but no action is set for the new one.
    pub const NO_ACTION: &str = "no-action";
    /// The alarm's actions are disabled.
    pub const ACTIONS_DISABLED: &str = "actions-disabled";
    /// A suppressor alarm holds the composite alarm's actions back.
    pub const ACTIONS_SUPPRESSED: &str = "actions-suppressed";
    /// The recorder of this region is off or does not record the type.
    pub const NOT_RECORDED: &str = "not-recorded";
    /// No rule judges this resource.
    pub const NOT_IN_SCOPE: &str = "not-in-scope";
    /// The verdict is the same as before, so nobody is told.
    pub const UNCHANGED_VERDICT: &str = "unchanged-verdict";
    /// The function threw, timed out or ran out of memory.
    pub const FUNCTION_ERROR: &str = "function-error";
    /// Retries are used up.
    pub const RETRIES_EXHAUSTED: &str = "retries-exhausted";
    /// The message was received more often than its queue's redrive policy allows.
    pub const MAX_RECEIVES: &str = "max-receives";
    /// A mail address that SES has not verified.
    pub const NOT_VERIFIED: &str = "not-verified";
    /// The recorder looks at this type once a day.
    pub const RECORDED_DAILY: &str = "recorded-daily";
    /// The rule has a remediation that somebody has to start.
    pub const REMEDIATION_NOT_AUTOMATIC: &str = "remediation-not-automatic";
    /// The resource is excepted from automatic remediation.
    pub const REMEDIATION_EXCEPTION: &str = "remediation-exception";
    /// The account refused a call that a service made for somebody.
    pub const CALL_REFUSED: &str = "call-refused";
    /// A phone number that is not verified, while the account is in the SMS sandbox.
    pub const PHONE_NOT_VERIFIED: &str = "phone-not-verified";
    /// A measure is not an API call: CloudTrail records nothing of it.
    pub const NOT_AN_API_CALL: &str = "not-an-api-call";
    /// The target wants JSON, and what its template made of the event is not.
    pub const INVALID_INPUT: &str = "invalid-input";
    /// The addressee answers with a server error, for now.
    pub const ENDPOINT_DOWN: &str = "endpoint-down";
    /// The addressee has no room for more just now.
    pub const THROTTLED: &str = "throttled";
    /// An asynchronous event grew older than its function lets it.
    pub const EVENT_TOO_OLD: &str = "event-too-old";
    /// A function kept invoking itself, and Lambda stopped it.
    pub const RECURSIVE_LOOP: &str = "recursive-loop";
    /// The chain grew past its budget and was stopped.
    pub const RUNAWAY: &str = "runaway";

    pub const ALL: &[&str] = &[
        NO_LOGGING_TRAIL,
        NOT_SELECTED,
        TRAIL_STOPPED,
        DATA_EVENTS_OFF,
        READ_ONLY_NOT_OFFERED,
        NO_RULE_MATCHED,
        RULE_DISABLED,
        PENDING_CONFIRMATION,
        NO_SUBSCRIBER,
        FILTERED_OUT,
        PATTERN_NOT_MATCHED,
        NO_METRIC_VALUE,
        ALREADY_STORED,
        NOT_AUTHORISED,
        KMS_DENIED,
        KMS_UNUSABLE,
        ROLE_NOT_ASSUMED,
        THIRD_HOP,
        SOURCE_INACTIVE,
        NO_RESOURCE,
        NO_ACTION,
        ACTIONS_DISABLED,
        ACTIONS_SUPPRESSED,
        NOT_RECORDED,
        NOT_IN_SCOPE,
        UNCHANGED_VERDICT,
        FUNCTION_ERROR,
        RETRIES_EXHAUSTED,
        MAX_RECEIVES,
        NOT_VERIFIED,
        CALL_REFUSED,
        RECORDED_DAILY,
        REMEDIATION_NOT_AUTOMATIC,
        REMEDIATION_EXCEPTION,
        PHONE_NOT_VERIFIED,
        NOT_AN_API_CALL,
        INVALID_INPUT,
        ENDPOINT_DOWN,
        THROTTLED,
        EVENT_TOO_OLD,
        RECURSIVE_LOOP,
        RUNAWAY,
    ];
}

/// What became of a hop when it arrived. No fate noted means: accepted.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    Retried { attempt: u32, reason: Reason },
    Dropped(Reason),
    DeadLettered(Reason),
}

/// Something that could have travelled and did not.
#[derive(Clone, Debug, Serialize)]
pub struct NearMiss {
    /// The journey that did not happen.
    pub path: HopPath,
    pub from: Node,
    pub to: Node,
    pub reason: Reason,
}

/// One entry beside the hops.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    Fate {
        hop: HopId,
        fate: Fate,
    },
    NearMiss(Arc<NearMiss>),
    /// One look of an alarm at what it watches.
    Evaluation(Look),
    /// Anything else a view may show: its kind and its JSON.
    Remark {
        kind: &'static str,
        about: Node,
        body: Arc<Value>,
    },
}
