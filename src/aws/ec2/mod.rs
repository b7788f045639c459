//! EC2: instances, security groups, tags, and the default network they live in.
//!
//! State is kept per Region. Every Region begins with a default VPC, its three subnets and its default security
//! group, as in AWS. A changed instance or group is announced to Config; an instance that changes state tells the
//! bus itself (`EC2 Instance State-change Notification`). It publishes no metrics: the engine asks
//! [`Ec2::metric_sources`] who is running.
//!
//! Source: EC2 API reference; error texts as the service answers them.

mod config_item;
mod describe;
mod ebs_defaults;
mod errors;
mod filter;
mod group;
mod groups;
mod images;
mod instance;
mod instances;
mod launch;
mod lifecycle;
mod network;
mod permission;
mod rules;
mod tagging;
#[cfg(test)]
mod tests;
mod trail;
mod view;

pub use view::WayIn;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{
    ApiCall, ApiOutcome, Operation, Outbox, Parcel, Region, Service, ServiceName,
    arn::arn,
    operation::operations,
    parcel::{ResourceChange, Timer},
    service::{Reception, TrailShape},
};
use describe::{DescribeInstances, DescribeTags};
use ebs_defaults::{DisableEbsEncryptionByDefault, EnableEbsEncryptionByDefault, GetEbsEncryptionByDefault};
use group::SecurityGroup;
use groups::{CreateSecurityGroup, DeleteSecurityGroup, DescribeSecurityGroups};
use images::DescribeImages;
use instance::Instance;
use instances::{
    ModifyInstanceAttribute, MonitorInstances, RebootInstances, StartInstances, StopInstances,
    TerminateInstances, UnmonitorInstances,
};
use launch::RunInstances;
use network::{DescribeSubnets, DescribeVpcs, Network};
use rules::{
    AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupIngress, DescribeSecurityGroupRules,
    ModifySecurityGroupRules, RevokeSecurityGroupEgress, RevokeSecurityGroupIngress,
};
use tagging::{CreateTags, DeleteTags};

/// The state of this service.
#[derive(Clone, Debug)]
pub struct Ec2 {
    account_id: Arc<str>,
    regions: BTreeMap<Region, Place>,
}

/// What one Region holds.
#[derive(Clone, Debug)]
struct Place {
    network: Network,
    instances: BTreeMap<Arc<str>, Instance>,
    groups: BTreeMap<Arc<str>, SecurityGroup>,
    /// How many addresses have been handed out, per subnet.
    leases: BTreeMap<Arc<str>, u32>,
    /// Whether new volumes are encrypted unless asked otherwise.
    encrypts_volumes: bool,
}

/// A running instance, as the world's load sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceSource {
    pub region: Region,
    pub instance_id: Arc<str>,
    /// Its Name tag, or its id.
    pub name: Arc<str>,
    pub image_id: Arc<str>,
    pub instance_type: Arc<str>,
    /// Detailed monitoring: a datapoint a minute instead of one in five.
    pub detailed: bool,
}

operations! { pub(super) Ec2:
    RunInstances: Write => run_instances;
    StartInstances: Write => start_instances;
    StopInstances: Write => stop_instances;
    RebootInstances: Write => reboot_instances;
    TerminateInstances: Write => terminate_instances;
    DescribeInstances: Read => describe_instances;
    ModifyInstanceAttribute: Write => modify_instance_attribute;
    MonitorInstances: Write => monitor_instances;
    UnmonitorInstances: Write => unmonitor_instances;
    CreateTags: Write => create_tags;
    DeleteTags: Write => delete_tags;
    DescribeTags: Read => describe_tags;
    CreateSecurityGroup: Write => create_security_group;
    DeleteSecurityGroup: Write => delete_security_group;
    DescribeSecurityGroups: Read => describe_security_groups;
    AuthorizeSecurityGroupIngress: Write => authorize_security_group_ingress;
    AuthorizeSecurityGroupEgress: Write => authorize_security_group_egress;
    RevokeSecurityGroupIngress: Write => revoke_security_group_ingress;
    RevokeSecurityGroupEgress: Write => revoke_security_group_egress;
    ModifySecurityGroupRules: Write => modify_security_group_rules;
    DescribeSecurityGroupRules: Read => describe_security_group_rules;
    DescribeVpcs: Read => describe_vpcs;
    DescribeSubnets: Read => describe_subnets;
    DescribeImages: Read => describe_images;
    EnableEbsEncryptionByDefault: Write => enable_ebs_encryption_by_default;
    DisableEbsEncryptionByDefault: Write => disable_ebs_encryption_by_default;
    GetEbsEncryptionByDefault: Read => get_ebs_encryption_by_default;
}

impl Ec2 {
    pub fn new(account_id: &str, home: &Region) -> Self {
        let mut ec2 = Self { account_id: account_id.into(), regions: BTreeMap::new() };
        ec2.place(home);
        ec2
    }

    /// Every instance that runs now, and so publishes metrics, by Region and id.
    pub fn metric_sources(&self) -> impl Iterator<Item = InstanceSource> + '_ {
        self.regions.iter().flat_map(|(region, place)| {
            place.instances.values().filter(|instance| instance.state.is_running()).map(|instance| {
                InstanceSource {
                    region: region.clone(),
                    instance_id: Arc::clone(&instance.id),
                    name: instance.shown_name(),
                    image_id: Arc::clone(&instance.image_id),
                    instance_type: Arc::clone(&instance.instance_type),
                    detailed: instance.detailed_monitoring,
                }
            })
        })
    }

    /// The id of the default security group of a Region's default VPC.
    pub fn default_group_id(&self, region: &Region) -> Option<Arc<str>> {
        let place = self.regions.get(region)?;
        place.groups.values().find(|group| group.is_default()).map(|group| Arc::clone(&group.id))
    }

    /// The id of a Region's default VPC.
    pub fn default_vpc_id(&self, region: &Region) -> Option<Arc<str>> {
        self.regions.get(region).map(|place| Arc::clone(&place.network.vpc_id))
    }

    fn place(&mut self, region: &Region) -> &mut Place {
        let account_id = &self.account_id;
        self.regions.entry(region.clone()).or_insert_with(|| Place::new(account_id, region))
    }
}

impl Place {
    fn new(account_id: &str, region: &Region) -> Self {
        let network = Network::new(account_id, region);
        let group = SecurityGroup::default_of(account_id, region, &network.vpc_id);
        Self {
            groups: BTreeMap::from([(Arc::clone(&group.id), group)]),
            network,
            instances: BTreeMap::new(),
            leases: BTreeMap::new(),
            encrypts_volumes: false,
        }
    }
}

impl Service for Ec2 {
    fn name(&self) -> ServiceName {
        ServiceName::Ec2
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        if let Parcel::Timer(Timer::InstanceState { instance_id }) = parcel {
            self.advance(region, instance_id, out);
        }
        Ok(())
    }

    fn of_account(&self, region: &Region) -> Option<ResourceChange> {
        Some(self.account_fact(region))
    }

    fn resources(&self, operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let of = |resource: &str| arn("ec2", &call.region, account_id, resource);
        let ids = |member: &str, kind: &str| -> Vec<String> {
            let ids = call.parameters.get(member).and_then(Value::as_array).into_iter().flatten();
            ids.filter_map(Value::as_str).map(|id| of(&format!("{kind}/{id}"))).collect()
        };
        let text = |member: &str| call.parameters.get(member).and_then(Value::as_str);
        let found = match operation.name {
            "RunInstances" => vec![of("instance/*")],
            "CreateSecurityGroup" => vec![of("security-group/*")],
            "CreateTags" | "DeleteTags" => {
                let ids = call.parameters.get("Resources").and_then(Value::as_array).into_iter().flatten();
                ids.filter_map(Value::as_str).map(|id| of(&tagging::resource_of(id))).collect()
            }
            name if name.starts_with("Describe") => Vec::new(),
            _ => match (text("GroupId"), text("InstanceId")) {
                (Some(group), _) => vec![of(&format!("security-group/{group}"))],
                (_, Some(instance)) => vec![of(&format!("instance/{instance}"))],
                _ => ids("InstanceIds", "instance"),
            },
        };
        if found.is_empty() { vec!["*".to_owned()] } else { found }
    }

    fn trail_shape(&self, operation: &'static Operation, call: &ApiCall, outcome: &ApiOutcome) -> TrailShape {
        trail::shape(operation.name, call, outcome)
    }
}
