//! Config: how resources are configured, how they were, and whether that is in order.
//!
//! The account announces every changed resource; while the recorder of the region is on, Config writes a
//! *configuration item* a little later, has the rules in whose scope it lies judge it, and tells the default bus
//! and its delivery channel what is new. It never names an author, and changes nothing itself: a remediation is calls
//! through the account's one door, by a role.
//!
//! Source: Config Developer Guide ("Components of a configuration item", "Evaluating resources with rules",
//! "Example configuration item change notification" and "compliance change notification").

mod channel;
mod compliance;
mod custom;
mod deliveries;
mod diff;
mod evaluate;
mod facts;
mod item;
mod item_answer;
mod lookup;
pub mod managed;
mod neighbours;
mod notify;
mod observe;
mod page;
mod recorder;
mod recorders;
mod recording_group;
mod remediation;
mod rule;
mod rules;
mod scope;
mod state;
mod status;
#[cfg(test)]
mod tests;
mod timers;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Outbox, Parcel, Region, Service, ServiceName,
    operation::operations,
    parcel::{Receipt, Timer},
    service::Reception,
};
pub use channel::DeliveryChannel;
use channel::{
    DeleteDeliveryChannel, DescribeDeliveryChannelStatus, DescribeDeliveryChannels, PutDeliveryChannel,
};
use compliance::{
    DescribeComplianceByConfigRule, DescribeComplianceByResource, GetComplianceDetailsByConfigRule,
    GetComplianceDetailsByResource, GetComplianceSummaryByConfigRule, GetComplianceSummaryByResourceType,
};
use custom::PutEvaluations;
pub use custom::{FunctionRule, SourceDetail};
use deliveries::DeliverConfigSnapshot;
pub use item::Item;
use lookup::{
    BatchGetResourceConfig, GetDiscoveredResourceCounts, GetResourceConfigHistory, ListDiscoveredResources,
};
pub use managed::{Compliance, Verdict};
pub use recorder::{Recorded, Recorder, RecordingFrequency, RecordingMode};
use recorders::{
    DeleteConfigurationRecorder, DescribeConfigurationRecorderStatus, DescribeConfigurationRecorders,
    PutConfigurationRecorder, StartConfigurationRecorder, StopConfigurationRecorder,
};
use remediation::{
    DeleteRemediationConfiguration, DeleteRemediationExceptions, DescribeRemediationConfigurations,
    DescribeRemediationExceptions, DescribeRemediationExecutionStatus, PutRemediationConfigurations,
    PutRemediationExceptions, StartRemediationExecution,
};
pub use rule::{Frequency, Judge, Rule};
use rules::{
    DeleteConfigRule, DeleteEvaluationResults, DescribeConfigRuleEvaluationStatus, DescribeConfigRules,
    PutConfigRule, StartConfigRulesEvaluation,
};
pub use scope::Scope;
pub use state::EvaluationResult;
use state::RegionState;

operations! { pub(super) Config:
    PutConfigurationRecorder: Write => put_configuration_recorder;
    DescribeConfigurationRecorders: Read => describe_configuration_recorders;
    DescribeConfigurationRecorderStatus: Read => describe_configuration_recorder_status;
    StartConfigurationRecorder: Write => start_configuration_recorder;
    StopConfigurationRecorder: Write => stop_configuration_recorder;
    DeleteConfigurationRecorder: Write => delete_configuration_recorder;
    PutDeliveryChannel: Write => put_delivery_channel;
    DescribeDeliveryChannels: Read => describe_delivery_channels;
    DescribeDeliveryChannelStatus: Read => describe_delivery_channel_status;
    DeleteDeliveryChannel: Write => delete_delivery_channel;
    DeliverConfigSnapshot: Read => deliver_config_snapshot;
    PutConfigRule: Write => put_config_rule;
    DescribeConfigRules: Read => describe_config_rules;
    DescribeConfigRuleEvaluationStatus: Read => describe_config_rule_evaluation_status;
    DeleteConfigRule: Write => delete_config_rule;
    DeleteEvaluationResults: Write => delete_evaluation_results;
    StartConfigRulesEvaluation: Write => start_config_rules_evaluation;
    PutEvaluations: Write => put_evaluations;
    DescribeComplianceByConfigRule: Read => describe_compliance_by_config_rule;
    DescribeComplianceByResource: Read => describe_compliance_by_resource;
    GetComplianceDetailsByConfigRule: Read => get_compliance_details_by_config_rule;
    GetComplianceDetailsByResource: Read => get_compliance_details_by_resource;
    GetComplianceSummaryByConfigRule: Read => get_compliance_summary_by_config_rule;
    GetComplianceSummaryByResourceType: Read => get_compliance_summary_by_resource_type;
    GetResourceConfigHistory: Read => get_resource_config_history;
    BatchGetResourceConfig: Read => batch_get_resource_config;
    ListDiscoveredResources: Read => list_discovered_resources;
    GetDiscoveredResourceCounts: Read => get_discovered_resource_counts;
    PutRemediationConfigurations: Write => put_remediation_configurations;
    DescribeRemediationConfigurations: Read => describe_remediation_configurations;
    DeleteRemediationConfiguration: Write => delete_remediation_configuration;
    StartRemediationExecution: Write => start_remediation_execution;
    DescribeRemediationExecutionStatus: Read => describe_remediation_execution_status;
    PutRemediationExceptions: Write => put_remediation_exceptions;
    DescribeRemediationExceptions: Read => describe_remediation_exceptions;
    DeleteRemediationExceptions: Write => delete_remediation_exceptions;
}

/// Config in every region.
#[derive(Clone, Debug)]
pub struct Config {
    account_id: Arc<str>,
    regions: BTreeMap<Region, RegionState>,
}

impl Config {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), regions: BTreeMap::new() }
    }

    /// Whether the recorder of `region` is on and records `resource_type`.
    pub fn records(&self, region: &Region, resource_type: &str) -> bool {
        self.recorder(region).is_some_and(|recorder| recorder.records(resource_type))
    }

    /// The recorder of a region, on or off.
    pub fn recorder(&self, region: &Region) -> Option<&Recorder> {
        self.state(region)?.recorder.as_ref()
    }

    /// The delivery channel of a region.
    pub fn channel(&self, region: &Region) -> Option<&DeliveryChannel> {
        self.state(region)?.channel.as_ref()
    }

    /// The rules of a region, in the order they were made.
    pub fn rules(&self, region: &Region) -> &[Arc<Rule>] {
        self.state(region).map_or(&[], |state| &state.rules)
    }

    /// What every rule last said of every resource, by rule.
    pub fn compliance(&self, region: &Region) -> impl Iterator<Item = &EvaluationResult> {
        self.state(region).into_iter().flat_map(|state| state.results.values()).map(AsRef::as_ref)
    }

    /// The items of a resource, oldest first.
    pub fn items(&self, region: &Region, resource_type: &str, resource_id: &str) -> &[Arc<Item>] {
        let key = (resource_type.into(), resource_id.into());
        self.state(region).map_or(&[], |state| state.items_of(&key))
    }

    /// The items of every resource that has any, oldest first.
    pub fn histories(&self, region: &Region) -> impl Iterator<Item = &[Arc<Item>]> {
        self.state(region).into_iter().flat_map(RegionState::histories)
    }

    fn state(&self, region: &Region) -> Option<&RegionState> {
        self.regions.get(region)
    }

    fn state_mut(&mut self, region: &Region) -> &mut RegionState {
        self.regions.entry(region.clone()).or_default()
    }
}

impl Service for Config {
    fn name(&self) -> ServiceName {
        ServiceName::Config
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::Resource(change) => return self.write_item(change, region, out),
            Parcel::Timer(Timer::EvaluateRule { rule, .. }) => return self.conclude(rule, region, out),
            Parcel::Timer(Timer::Named { name, key }) => self.ring(name, key, region, out),
            _ => {}
        }
        Ok(())
    }

    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        match &receipt.parcel {
            Parcel::Invoke(_) => self.function_was_asked(receipt, out),
            Parcel::PutObject { .. } => self.file_was_put(receipt, out),
            Parcel::Publish(_) => self.topic_was_told(receipt, out),
            Parcel::Call(_) => remediation::run::call_was_made(self, receipt, out),
            _ => {}
        }
    }
}
