//! CloudWatch Logs: log groups, their streams and events, and what is made of the events.
//!
//! Services write through parcels: CloudTrail to the group its trail names, Lambda to `/aws/lambda/<function>`, a group
//! that appears by itself as the function's role would create it. Everybody else writes with `PutLogEvents`. Any other
//! group must exist, or the parcel is refused.
//!
//! Lines that arrive are shown to the metric and subscription filters of their group ([`ingest`], [`pattern`]); lines
//! that are there are asked about with Logs Insights ([`insights`]). Lines past the retention of their group are gone.
//!
//! Source: CloudWatch Logs User Guide and service model, as gathered in the project's reference.

mod ingest;
pub mod insights;
pub mod metric_filter;
mod number;
mod ops;
pub mod pattern;
pub mod queries;
mod redelivery;
pub mod state;
pub mod subscription;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

pub use self::state::{Group, Stream};
use super::{
    ApiCall, Operation, Outbox, Parcel, Reason, Receipt, Region, Service, ServiceName, arn,
    counters::{Counters, PUBLISH_COUNTERS},
    note::reasons,
    parcel::{LogEvent, ResourceChange, Timer},
    service::{Admission, Need, Reception},
};

/// Groups under these prefixes appear when a function, or a topic, first writes.
const MADE_BY_WRITING: &[&str] = &["/aws/lambda/", "sns/"];

/// The state of this service.
#[derive(Clone, Debug)]
pub struct Logs {
    account_id: Arc<str>,
    regions: BTreeMap<Region, BTreeMap<Arc<str>, Group>>,
    queries: queries::QueriesByRegion,
    /// Messages of subscriptions that wait for another attempt, by a number of their own.
    pending: BTreeMap<u64, redelivery::Pending>,
    next_pending: u64,
    counters: Counters,
}

impl Logs {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self {
            account_id: account_id.into(),
            regions: BTreeMap::new(),
            queries: BTreeMap::new(),
            pending: BTreeMap::new(),
            next_pending: 0,
            counters: Counters::new(ServiceName::Logs, "AWS/Logs", "LogGroupName"),
        }
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
        out: &mut Outbox<'_>,
    ) -> Reception {
        if self.group(region, group).is_none() {
            if !MADE_BY_WRITING.iter().any(|prefix| group.starts_with(prefix)) {
                return Err(Reason::new(reasons::NO_RESOURCE, self.group_arn(region, group)));
            }
            self.create(region, group, out.moment().epoch_ms());
        }
        self.ingest(region, group, stream, events, out);
        Ok(())
    }
}

impl Service for Logs {
    fn name(&self) -> ServiceName {
        ServiceName::Logs
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::LogEvents { group, stream, events, .. } => self.take(region, group, stream, events, out),
            Parcel::Timer(Timer::Named { name, key }) => {
                match *name {
                    PUBLISH_COUNTERS => self.counters.publish(region, out),
                    ingest::MINUTE_ENDS => self.end_minute(region, key, out),
                    queries::COMPLETES => self.complete_query(region, key, out),
                    redelivery::TRIES_AGAIN => self.try_again(key, out),
                    _ => {}
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn needs(&self, operation: &'static Operation, call: &ApiCall) -> Vec<Need> {
        let group = call.parameters.get("logGroupName").and_then(Value::as_str);
        match (operation.name, group) {
            ("PutSubscriptionFilter", Some(group)) => {
                let source_arn = format!("{}:*", self.group_arn(&call.region, group));
                ops::need(call, source_arn).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        let name = |arn: &str| {
            arn.split(":log-group:").nth(1).map(|rest| rest.split(':').next().unwrap_or(rest).to_owned())
        };
        for (_, arn) in &admission.asks {
            if name(arn).is_none_or(|group| self.group(region, &group).is_none()) {
                return Err(Reason::new(reasons::NO_RESOURCE, arn.as_str()));
            }
        }
        Ok(())
    }

    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        self.hear_refusal(receipt, out);
    }

    /// Log groups are no type of AWS Config's, but its periodic rules ask the service about them.
    fn facts(&self, region: &Region) -> Vec<ResourceChange> {
        let fact = |group: &Group| ResourceChange {
            resource_type: "AWS::Logs::LogGroup".into(),
            resource_id: Arc::clone(&group.name),
            resource_name: Some(Arc::clone(&group.name)),
            arn: self.group_arn(region, &group.name).into(),
            availability_zone: "Not Applicable".into(),
            created_at: Some(group.created_at),
            tags: group.tags.map(),
            relationships: json!([]),
            configuration: json!({
                "logGroupName": &*group.name, "retentionInDays": group.retention_days, "kmsKeyId": null,
            }),
            supplementary: json!({}),
            deleted: false,
        };
        self.groups(region).map(fact).collect()
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
