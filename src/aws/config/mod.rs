//! Config: how resources are configured, how they were, and whether that is in order.
//!
//! The account announces every changed resource; while the recorder of the region is on, Config writes a
//! *configuration item* a little later, has the rules in whose scope it lies judge it, and tells the default bus
//! and its delivery channel what is new. It never changes anything and never names an author.
//!
//! Source: Config Developer Guide ("Components of a configuration item", "Evaluating resources with rules",
//! "Example configuration item change notification" and "compliance change notification").

mod channel;
mod compliance;
mod diff;
mod item;
mod lookup;
pub mod managed;
mod notify;
mod react;
mod recorder;
mod rule;
mod rules;
mod state;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Region, Service, ServiceName,
    operation::operations, outbox::Send, parcel::ResourceChange, service::Reception,
};
pub use channel::DeliveryChannel;
use channel::{DescribeDeliveryChannels, PutDeliveryChannel};
use compliance::{
    DescribeComplianceByConfigRule, DescribeComplianceByResource, GetComplianceDetailsByConfigRule,
    GetComplianceDetailsByResource,
};
pub use item::Item;
use lookup::{GetResourceConfigHistory, ListDiscoveredResources};
pub use managed::{Compliance, Verdict};
use recorder::{
    DescribeConfigurationRecorderStatus, DescribeConfigurationRecorders, PutConfigurationRecorder,
    StartConfigurationRecorder, StopConfigurationRecorder,
};
pub use recorder::{Recorded, Recorder};
pub use rule::{Frequency, Rule, Scope};
use rules::{DeleteConfigRule, DescribeConfigRules, PutConfigRule, StartConfigRulesEvaluation};
pub use state::EvaluationResult;
use state::RegionState;

operations! { Config:
    PutConfigurationRecorder: Write => put_configuration_recorder;
    DescribeConfigurationRecorders: Read => describe_configuration_recorders;
    DescribeConfigurationRecorderStatus: Read => describe_configuration_recorder_status;
    StartConfigurationRecorder: Write => start_configuration_recorder;
    StopConfigurationRecorder: Write => stop_configuration_recorder;
    PutDeliveryChannel: Write => put_delivery_channel;
    DescribeDeliveryChannels: Read => describe_delivery_channels;
    PutConfigRule: Write => put_config_rule;
    DescribeConfigRules: Read => describe_config_rules;
    DeleteConfigRule: Write => delete_config_rule;
    StartConfigRulesEvaluation: Write => start_config_rules_evaluation;
    DescribeComplianceByConfigRule: Read => describe_compliance_by_config_rule;
    DescribeComplianceByResource: Read => describe_compliance_by_resource;
    GetComplianceDetailsByConfigRule: Read => get_compliance_details_by_config_rule;
    GetComplianceDetailsByResource: Read => get_compliance_details_by_resource;
    GetResourceConfigHistory: Read => get_resource_config_history;
    ListDiscoveredResources: Read => list_discovered_resources;
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
    pub fn rules(&self, region: &Region) -> &[Rule] {
        self.state(region).map_or(&[], |state| &state.rules)
    }

    /// What every rule last said of every resource, by rule.
    pub fn compliance(&self, region: &Region) -> impl Iterator<Item = &EvaluationResult> {
        self.results(region).map(AsRef::as_ref)
    }

    /// The items of a resource, oldest first.
    pub fn items(&self, region: &Region, resource_type: &str, resource_id: &str) -> &[Arc<Item>] {
        self.items_of(region, &(resource_type.into(), resource_id.into()))
    }

    fn state(&self, region: &Region) -> Option<&RegionState> {
        self.regions.get(region)
    }

    fn state_mut(&mut self, region: &Region) -> &mut RegionState {
        self.regions.entry(region.clone()).or_default()
    }
}

/// Has the recorder of a region write an item of a resource.
pub(super) fn send_change(region: &Region, change: Arc<ResourceChange>, out: &mut Outbox<'_>) {
    out.send(Send {
        path: HopPath::ApiConfig,
        from: Node::new(ServiceName::owning(&change.resource_type), region, change.shown_name()),
        to: Node::new(ServiceName::Config, region, "default"),
        payload: Payload::json(
            PayloadKind::Compliance,
            Arc::clone(&change.resource_type),
            change.configuration.clone(),
        ),
        parcel: Parcel::Resource(change),
        delay: Delay::ConfigItem,
        reference: None,
    });
}

impl Service for Config {
    fn name(&self) -> ServiceName {
        ServiceName::Config
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        self.take(parcel, region, out)
    }
}
