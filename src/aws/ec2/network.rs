//! The default VPC of a Region and its three subnets: there from the beginning, and enough for every lesson.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, Region, arn::arn, tags::Tags, unique_id::resource_id},
    Ec2,
    errors::{no_subnet, no_vpc, stop_if_dry},
    filter::{Filter, keep},
};

/// Addresses of the default VPC (VPC user guide, "Default VPC components").
const VPC_CIDR: &str = "172.31.0.0/16";

#[derive(Clone, Debug)]
pub(super) struct Network {
    pub vpc_id: Arc<str>,
    pub vpc_tags: Tags,
    pub subnets: [Subnet; 3],
}

/// A default subnet: a /20 of the VPC in one zone.
#[derive(Clone, Debug)]
pub(super) struct Subnet {
    pub id: Arc<str>,
    pub zone: Arc<str>,
    /// Third byte of its first address.
    third_byte: u8,
    pub tags: Tags,
}

/// Lists VPCs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeVpcs {
    #[serde(default)]
    pub vpc_ids: Vec<String>,
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Lists subnets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeSubnets {
    #[serde(default)]
    pub subnet_ids: Vec<String>,
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

impl Network {
    pub(super) fn new(account_id: &str, region: &Region) -> Self {
        let id = |prefix: &str, name: &str| resource_id(prefix, account_id, &format!("{region}{name}"), 17);
        let subnet = |zone: &str, third_byte| Subnet {
            id: id("subnet-", zone).into(),
            zone: format!("{region}{zone}").into(),
            third_byte,
            tags: Tags::default(),
        };
        Self {
            vpc_id: id("vpc-", "").into(),
            vpc_tags: Tags::default(),
            subnets: [subnet("a", 0), subnet("b", 16), subnet("c", 32)],
        }
    }

    pub(super) fn subnet(&self, id: &str) -> Result<&Subnet, ApiError> {
        self.subnets.iter().find(|subnet| *subnet.id == *id).ok_or_else(|| no_subnet(id))
    }

    pub(super) fn check_vpc(&self, id: &str) -> Result<(), ApiError> {
        if *self.vpc_id == *id { Ok(()) } else { Err(no_vpc(id)) }
    }
}

impl Subnet {
    fn cidr(&self) -> String {
        format!("172.31.{}.0/20", self.third_byte)
    }

    /// The address of its `number`th interface; the first four of a subnet are AWS's.
    pub(super) fn address(&self, number: u32) -> String {
        let host = number + 10;
        format!("172.31.{}.{}", u32::from(self.third_byte) + (host / 256) % 16, host % 256)
    }
}

impl Ec2 {
    pub(super) fn describe_vpcs(&mut self, input: DescribeVpcs, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let network = &self.place(cx.region()).network;
        for id in &input.vpc_ids {
            network.check_vpc(id)?;
        }
        let found = keep(
            std::iter::once(network),
            &input.filters,
            |network| network.vpc_tags.clone(),
            |network, name| {
                Some(vec![match name {
                    "vpc-id" => network.vpc_id.to_string(),
                    "is-default" | "isDefault" => "true".to_owned(),
                    "cidr" | "cidr-block" => VPC_CIDR.to_owned(),
                    "state" => "available".to_owned(),
                    _ => return None,
                }])
            },
        )?;
        let vpcs: Vec<Value> = found
            .into_iter()
            .map(|network| {
                json!({
                    "OwnerId": cx.account_id,
                    "InstanceTenancy": "default",
                    "CidrBlockAssociationSet": [{
                        "AssociationId": resource_id("vpc-cidr-assoc-", cx.account_id, &network.vpc_id, 17),
                        "CidrBlock": VPC_CIDR,
                        "CidrBlockState": { "State": "associated" },
                    }],
                    "IsDefault": true,
                    "Tags": network.vpc_tags.list(),
                    "VpcId": network.vpc_id.as_ref(),
                    "State": "available",
                    "CidrBlock": VPC_CIDR,
                    "DhcpOptionsId": resource_id("dopt-", cx.account_id, cx.call.region.as_str(), 17),
                })
            })
            .collect();
        Ok(json!({ "Vpcs": vpcs }))
    }

    pub(super) fn describe_subnets(
        &mut self,
        input: DescribeSubnets,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let network = &self.place(&region).network;
        for id in &input.subnet_ids {
            network.subnet(id)?;
        }
        let wanted = network.subnets.iter().filter(|subnet| {
            input.subnet_ids.is_empty() || input.subnet_ids.iter().any(|id| **id == *subnet.id)
        });
        let found = keep(
            wanted,
            &input.filters,
            |subnet| subnet.tags.clone(),
            |subnet, name| {
                Some(vec![match name {
                    "subnet-id" => subnet.id.to_string(),
                    "vpc-id" => network.vpc_id.to_string(),
                    "availability-zone" | "availabilityZone" => subnet.zone.to_string(),
                    "default-for-az" | "defaultForAz" => "true".to_owned(),
                    "cidr-block" | "cidr" | "cidrBlock" => subnet.cidr(),
                    "state" => "available".to_owned(),
                    _ => return None,
                }])
            },
        )?;
        let subnets: Vec<Value> = found
            .into_iter()
            .map(|subnet| {
                json!({
                    "MapCustomerOwnedIpOnLaunch": false,
                    "OwnerId": cx.account_id,
                    "AssignIpv6AddressOnCreation": false,
                    "Tags": subnet.tags.list(),
                    "SubnetArn": arn("ec2", &region, cx.account_id, &format!("subnet/{}", subnet.id)),
                    "SubnetId": subnet.id.as_ref(),
                    "State": "available",
                    "VpcId": network.vpc_id.as_ref(),
                    "CidrBlock": subnet.cidr(),
                    "AvailableIpAddressCount": 4_091,
                    "AvailabilityZone": subnet.zone.as_ref(),
                    "DefaultForAz": true,
                    "MapPublicIpOnLaunch": true,
                })
            })
            .collect();
        Ok(json!({ "Subnets": subnets }))
    }
}
