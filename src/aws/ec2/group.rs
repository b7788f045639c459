//! A security group and how it is shown: to API callers, and to Config.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    super::{
        Region,
        arn::arn,
        parcel::ResourceChange,
        tags::Tags,
        unique_id::{default_group_id, resource_id},
    },
    permission::{Peer, Rule, Traffic, gather},
};

#[derive(Clone, Debug)]
pub(super) struct SecurityGroup {
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub description: Arc<str>,
    pub vpc_id: Arc<str>,
    pub rules: Vec<Rule>,
    pub tags: Tags,
}

impl SecurityGroup {
    /// The group every VPC is born with: everything from its own members, everything out.
    pub(super) fn default_of(account_id: &str, region: &Region, vpc_id: &Arc<str>) -> Self {
        let id: Arc<str> = default_group_id(account_id, region).into();
        let rule = |name: &str, egress, peer| Rule {
            id: resource_id("sgr-", account_id, &format!("{region}{name}"), 17).into(),
            egress,
            traffic: Traffic { protocol: "-1".into(), ports: None },
            peer,
            description: None,
            tags: Tags::default(),
        };
        Self {
            rules: vec![
                rule("in", false, Peer::Group(Arc::clone(&id))),
                rule("out", true, Peer::Ipv4("0.0.0.0/0".into())),
            ],
            id,
            name: "default".into(),
            description: "default VPC security group".into(),
            vpc_id: Arc::clone(vpc_id),
            tags: Tags::default(),
        }
    }

    pub(super) fn is_default(&self) -> bool {
        &*self.name == "default"
    }

    pub(super) fn arn(&self, region: &Region, account_id: &str) -> String {
        arn("ec2", region, account_id, &format!("security-group/{}", self.id))
    }

    fn direction(&self, egress: bool) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.egress == egress)
    }

    /// A member of `SecurityGroups`.
    pub(super) fn describe(&self, region: &Region, account_id: &str) -> Value {
        let mut shown = json!({
            "GroupId": self.id.as_ref(),
            "IpPermissionsEgress": self.permissions(true, account_id),
        });
        if !self.tags.is_empty() {
            shown["Tags"] = self.tags.list();
        }
        shown["VpcId"] = self.vpc_id.as_ref().into();
        shown["SecurityGroupArn"] = self.arn(region, account_id).into();
        shown["OwnerId"] = account_id.into();
        shown["GroupName"] = self.name.as_ref().into();
        shown["Description"] = self.description.as_ref().into();
        shown["IpPermissions"] = self.permissions(false, account_id);
        shown
    }

    fn permissions(&self, egress: bool, account_id: &str) -> Value {
        let permission = |(traffic, rules): (&Traffic, Vec<&Rule>)| {
            let mut shown = json!({ "IpProtocol": traffic.protocol.as_ref() });
            if let Some((from, to)) = traffic.ports {
                shown["FromPort"] = from.into();
                shown["ToPort"] = to.into();
            }
            let list = |pick: &dyn Fn(&Peer) -> Option<Value>| -> Value {
                rules
                    .iter()
                    .filter_map(|rule| {
                        let mut entry = pick(&rule.peer)?;
                        if let Some(description) = &rule.description {
                            entry["Description"] = description.as_ref().into();
                        }
                        Some(entry)
                    })
                    .collect()
            };
            shown["UserIdGroupPairs"] = list(&|peer| match peer {
                Peer::Group(id) => Some(json!({ "UserId": account_id, "GroupId": id.as_ref() })),
                _ => None,
            });
            shown["IpRanges"] = list(&|peer| match peer {
                Peer::Ipv4(block) => Some(json!({ "CidrIp": block.as_ref() })),
                _ => None,
            });
            shown["Ipv6Ranges"] = list(&|peer| match peer {
                Peer::Ipv6(block) => Some(json!({ "CidrIpv6": block.as_ref() })),
                _ => None,
            });
            shown["PrefixListIds"] = list(&|peer| match peer {
                Peer::PrefixList(id) => Some(json!({ "PrefixListId": id.as_ref() })),
                _ => None,
            });
            shown
        };
        gather(self.direction(egress)).into_iter().map(permission).collect()
    }

    /// The group as a configuration item shows it.
    pub(super) fn change(&self, region: &Region, account_id: &str) -> ResourceChange {
        ResourceChange {
            resource_type: "AWS::EC2::SecurityGroup".into(),
            resource_id: Arc::clone(&self.id),
            resource_name: Some(Arc::clone(&self.name)),
            arn: self.arn(region, account_id).into(),
            availability_zone: "Not Applicable".into(),
            created_at: None,
            tags: self.tags.map(),
            relationships: json!([{
                "resourceId": self.vpc_id.as_ref(),
                "resourceName": null,
                "resourceType": "AWS::EC2::VPC",
                "name": "Is contained in Vpc",
            }]),
            configuration: json!({
                "description": self.description.as_ref(),
                "groupName": self.name.as_ref(),
                "ipPermissions": self.config_permissions(false, account_id),
                "ownerId": account_id,
                "groupId": self.id.as_ref(),
                "ipPermissionsEgress": self.config_permissions(true, account_id),
                "tags": self.tags.lower_list(),
                "vpcId": self.vpc_id.as_ref(),
            }),
            supplementary: json!({}),
            deleted: false,
        }
    }

    fn config_permissions(&self, egress: bool, account_id: &str) -> Value {
        let permission = |(traffic, rules): (&Traffic, Vec<&Rule>)| {
            let mut shown = json!({});
            if let Some((from, _)) = traffic.ports {
                shown["fromPort"] = from.into();
            }
            shown["ipProtocol"] = traffic.protocol.as_ref().into();
            let list = |member: &str, pick: &dyn Fn(&Peer) -> Option<&Arc<str>>| -> Value {
                rules
                    .iter()
                    .filter_map(|rule| {
                        let mut entry = json!({ member: pick(&rule.peer)?.as_ref() });
                        if let Some(description) = &rule.description {
                            entry["description"] = description.as_ref().into();
                        }
                        Some(entry)
                    })
                    .collect()
            };
            let ipv4 = |peer: &Peer| matches!(peer, Peer::Ipv4(_));
            shown["ipv6Ranges"] = list("cidrIpv6", &|peer| match peer {
                Peer::Ipv6(block) => Some(block),
                _ => None,
            });
            shown["prefixListIds"] = list("prefixListId", &|peer| match peer {
                Peer::PrefixList(id) => Some(id),
                _ => None,
            });
            if let Some((_, to)) = traffic.ports {
                shown["toPort"] = to.into();
            }
            let pairs = rules.iter().filter_map(|rule| match &rule.peer {
                Peer::Group(id) => Some(json!({ "groupId": id.as_ref(), "userId": account_id })),
                _ => None,
            });
            shown["userIdGroupPairs"] = pairs.collect();
            shown["ipv4Ranges"] = list("cidrIp", &|peer| match peer {
                Peer::Ipv4(block) => Some(block),
                _ => None,
            });
            let blocks = rules.iter().filter(|rule| ipv4(&rule.peer)).map(|rule| rule.peer.shown());
            shown["ipRanges"] = blocks.collect();
            shown
        };
        gather(self.direction(egress)).into_iter().map(permission).collect()
    }
}
