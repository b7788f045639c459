//! What a call touches, for permissions.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon `EventBridge`".

use serde_json::Value;

use super::state::bus_name;
use super::{ApiCall, DEFAULT_BUS, EventBridge};
use crate::aws::arn::arn;

impl EventBridge {
    /// ARNs of what a call touches.
    pub(super) fn arns_touched(&self, operation: &str, call: &ApiCall) -> Vec<String> {
        let parameter = |name: &str| call.parameters.get(name).and_then(Value::as_str);
        let region = &call.region;
        let bus = bus_name(parameter("EventBusName"));
        let touched = match operation {
            "PutRule" | "DeleteRule" | "EnableRule" | "DisableRule" | "DescribeRule" => {
                self.rule_arn(region, bus, parameter("Name").unwrap_or("*"))
            }
            "PutTargets" | "RemoveTargets" | "ListTargetsByRule" => {
                self.rule_arn(region, bus, parameter("Rule").unwrap_or("*"))
            }
            "ListRuleNamesByTarget" | "ListRules" => self.rule_arn(region, bus, "*"),
            "CreateEventBus" | "UpdateEventBus" | "DeleteEventBus" | "DescribeEventBus" => {
                self.bus_arn(region, bus_name(parameter("Name")))
            }
            "PutPermission" | "RemovePermission" => self.bus_arn(region, bus),
            "CreateArchive" | "UpdateArchive" | "DescribeArchive" | "DeleteArchive" => {
                self.archive_arn(region, parameter("ArchiveName").unwrap_or("*"))
            }
            "StartReplay" | "DescribeReplay" | "CancelReplay" => {
                self.replay_arn(region, parameter("ReplayName").unwrap_or("*"))
            }
            "DescribeEventSource" | "ActivateEventSource" | "DeactivateEventSource" => {
                arn("events", region, "", &format!("event-source/{}", parameter("Name").unwrap_or("*")))
            }
            "TagResource" | "UntagResource" | "ListTagsForResource" => {
                parameter("ResourceARN").unwrap_or("*").to_owned()
            }
            "PutEvents" => return self.buses_of_entries(call),
            _ => "*".to_owned(),
        };
        vec![touched]
    }

    fn buses_of_entries(&self, call: &ApiCall) -> Vec<String> {
        let entries = call.parameters.get("Entries").and_then(Value::as_array);
        let buses = entries.into_iter().flatten().map(|entry| entry.get("EventBusName"));
        let mut arns: Vec<String> =
            buses.map(|bus| self.bus_arn(&call.region, bus_name(bus.and_then(Value::as_str)))).collect();
        arns.dedup();
        if arns.is_empty() { vec![self.bus_arn(&call.region, DEFAULT_BUS)] } else { arns }
    }
}
