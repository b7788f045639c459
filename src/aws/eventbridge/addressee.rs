//! A target's ARN, understood, and what EventBridge wants of a target of its kind.
//!
//! Source: `EventBridge` user guide, "Targets" and "Using resource-based policies"; recorded answers of `PutTargets`.

use std::sync::Arc;

use super::Region;
use crate::aws::{HopPath, ServiceName, arn::Arn};

/// Where a target is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    pub service: ServiceName,
    pub region: Region,
    /// What AWS shows: the topic's, function's, queue's, stream's, log group's or bus's name.
    pub name: Arc<str>,
    pub path: HopPath,
}

/// Why an ARN is no target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTarget {
    Malformed,
    /// A kind of target that AWS has and Vigie does not.
    NotSimulated,
}

/// Whether a target is reached in the name of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleUse {
    /// Streams and buses: always.
    Required,
    /// Topics, functions and queues: a role, or else their own policy.
    Optional,
    /// Log groups: never.
    Refused,
}

impl Addressee {
    pub fn of(text: &str) -> Result<Self, NoTarget> {
        let arn = Arn::parse(text).ok_or(NoTarget::Malformed)?;
        let below = |kind: &str| arn.resource.strip_prefix(kind).ok_or(NoTarget::Malformed);
        let (service, path, name) = match arn.service {
            "sns" => (ServiceName::Sns, HopPath::BusSns, arn.resource),
            "sqs" => (ServiceName::Sqs, HopPath::BusSqs, arn.resource),
            "lambda" => (ServiceName::Lambda, HopPath::BusLambda, below("function:")?),
            "kinesis" => (ServiceName::Kinesis, HopPath::BusKinesis, below("stream/")?),
            "logs" => (ServiceName::Logs, HopPath::BusLogs, below("log-group:")?),
            "events" if !arn.resource.starts_with("api-destination/") => {
                (ServiceName::EventBridge, HopPath::BusBus, below("event-bus/")?)
            }
            _ => return Err(NoTarget::NotSimulated),
        };
        // `log-group:name:*` is how other services write a group; EventBridge does not take it.
        let is_plain_group = service != ServiceName::Logs || !name.contains(':');
        let is_complete = !name.is_empty() && !arn.region.is_empty() && !arn.account_id.is_empty();
        if !is_complete || !is_plain_group {
            return Err(NoTarget::Malformed);
        }
        Ok(Self { service, region: Region::new(arn.region), name: name.into(), path })
    }

    pub const fn role_use(&self) -> RoleUse {
        match self.service {
            ServiceName::Kinesis | ServiceName::EventBridge => RoleUse::Required,
            ServiceName::Logs => RoleUse::Refused,
            _ => RoleUse::Optional,
        }
    }

    /// Only a bus may be in another Region than the rule.
    pub fn may_be_elsewhere(&self) -> bool {
        self.service == ServiceName::EventBridge
    }

    /// Whether it is a queue that keeps order, and wants a message group.
    pub fn is_fifo_queue(&self) -> bool {
        self.service == ServiceName::Sqs && self.name.strip_suffix(".fifo").is_some()
    }
}
