//! CloudWatch Logs: log groups, their streams and events.
//!
//! Services write through parcels: CloudTrail to the group its trail names, Lambda to `/aws/lambda/<function>`, a group
//! that appears by itself as the function's role would create it. Everybody else writes with `PutLogEvents`. Any other
//! group must exist, or the parcel is refused.
//!
//! Source: CloudWatch Logs User Guide and service model, as gathered in the project's reference.

pub mod insights;
mod number;
mod ops;
pub mod pattern;
pub mod state;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

pub use self::state::{Group, Stream};
use super::{
    ApiCall, Operation, Outbox, Parcel, Reason, Region, Service, ServiceName, arn,
    note::reasons,
    parcel::LogEvent,
    service::{Admission, Reception},
};

/// Groups under this prefix appear when a function first writes.
const LAMBDA_PREFIX: &str = "/aws/lambda/";

/// The state of this service.
#[derive(Clone, Debug)]
pub struct Logs {
    account_id: Arc<str>,
    regions: BTreeMap<Region, BTreeMap<Arc<str>, Group>>,
}

impl Logs {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), regions: BTreeMap::new() }
    }

    /// The log group of that name.
    pub fn group(&self, region: &Region, name: &str) -> Option<&Group> {
        self.regions.get(region)?.get(name)
    }

    /// The log groups of a region, by name.
    pub fn groups(&self, region: &Region) -> impl Iterator<Item = &Group> {
        self.regions.get(region).into_iter().flat_map(BTreeMap::values)
    }

    fn group_mut(&mut self, region: &Region, name: &str) -> Option<&mut Group> {
        self.regions.get_mut(region)?.get_mut(name)
    }

    /// The group's ARN, without the `:*` that `DescribeLogGroups` adds.
    fn group_arn(&self, region: &Region, name: &str) -> String {
        arn::arn("logs", region, &self.account_id, &format!("log-group:{name}"))
    }

    fn create(&mut self, region: &Region, name: &str, now: i64) -> &mut Group {
        let groups = self.regions.entry(region.clone()).or_default();
        let name: Arc<str> = name.into();
        groups.entry(Arc::clone(&name)).or_insert_with(|| Group::new(name, now))
    }

    fn take(
        &mut self,
        region: &Region,
        group: &str,
        stream: &Arc<str>,
        events: &[LogEvent],
        now: i64,
    ) -> Reception {
        if self.group(region, group).is_none() && group.starts_with(LAMBDA_PREFIX) {
            self.create(region, group, now);
        }
        let Some(group) = self.group_mut(region, group) else {
            return Err(Reason::new(reasons::NO_RESOURCE, self.group_arn(region, group)));
        };
        group.add(stream, events, now);
        Ok(())
    }
}

impl Service for Logs {
    fn name(&self) -> ServiceName {
        ServiceName::Logs
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::LogEvents { group, stream, events, .. } => {
                self.take(region, group, stream, events, out.moment().epoch_ms())
            }
            _ => Ok(()),
        }
    }

    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        let name = |arn: &str| {
            arn.split(":log-group:").nth(1).map(|rest| rest.split(':').next().unwrap_or(rest).to_owned())
        };
        for (_, arn) in &admission.asks {
            if !name(arn).is_some_and(|group| self.group(region, &group).is_some()) {
                return Err(Reason::new(reasons::NO_RESOURCE, arn.as_str()));
            }
        }
        Ok(())
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, _account_id: &str) -> Vec<String> {
        let member = |name| call.parameters.get(name).and_then(Value::as_str);
        let Some(group) = member("logGroupName") else { return vec!["*".to_owned()] };
        let group = self.group_arn(&call.region, group);
        match member("logStreamName") {
            Some(stream) => vec![format!("{group}:log-stream:{stream}")],
            None => vec![group],
        }
    }
}
