//! What a security group lets through: the API's `IpPermissions`, and the single rules they stand for.

use std::{net::IpAddr, sync::Arc};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, tags::Tags},
    errors::{invalid_value, missing},
};

/// A protocol, ports, and who may use them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct IpPermission {
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for all.
    pub ip_protocol: Option<String>,
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
    #[serde(default)]
    pub user_id_group_pairs: Vec<UserIdGroupPair>,
    #[serde(default)]
    pub ip_ranges: Vec<IpRange>,
    #[serde(default)]
    pub ipv6_ranges: Vec<Ipv6Range>,
    #[serde(default)]
    pub prefix_list_ids: Vec<PrefixListId>,
}

/// An IPv4 block.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct IpRange {
    pub cidr_ip: String,
    pub description: Option<String>,
}

/// An IPv6 block.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Ipv6Range {
    pub cidr_ipv6: String,
    pub description: Option<String>,
}

/// Members of another security group.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UserIdGroupPair {
    pub user_id: Option<String>,
    pub group_id: Option<String>,
    pub group_name: Option<String>,
    pub description: Option<String>,
}

/// A managed list of blocks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PrefixListId {
    pub prefix_list_id: String,
    pub description: Option<String>,
}

/// Protocol and ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Traffic {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1`.
    pub protocol: Arc<str>,
    /// None where the protocol is not bound to ports (`-1`).
    pub ports: Option<(i32, i32)>,
}

/// Who is at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    Ipv4(Arc<str>),
    Ipv6(Arc<str>),
    Group(Arc<str>),
    PrefixList(Arc<str>),
}

/// One rule of a security group.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub id: Arc<str>,
    pub egress: bool,
    pub traffic: Traffic,
    pub peer: Peer,
    pub description: Option<Arc<str>>,
    pub tags: Tags,
}

impl Traffic {
    pub(super) fn new(protocol: &str, from: Option<i32>, to: Option<i32>) -> Result<Self, ApiError> {
        let protocol: Arc<str> = match protocol.to_ascii_lowercase().as_str() {
            "6" => "tcp".into(),
            "17" => "udp".into(),
            "1" => "icmp".into(),
            "58" => "icmpv6".into(),
            "all" => "-1".into(),
            other => other.into(),
        };
        let named = matches!(protocol.as_ref(), "tcp" | "udp" | "icmp" | "icmpv6" | "-1");
        if !named && protocol.parse::<u8>().is_err() {
            return Err(invalid_value(format!(
                "Invalid value '{protocol}' for IP protocol. Unknown protocol."
            )));
        }
        let ports = match (protocol.as_ref(), from, to) {
            ("tcp" | "udp", Some(from), Some(to)) => {
                for port in [from, to] {
                    if !(0..=65_535).contains(&port) {
                        return Err(invalid_value(format!("TCP/UDP port ({port}) out of range")));
                    }
                }
                if from > to {
                    let message = format!("Invalid TCP/UDP port range ({from}:{to})");
                    return Err(ApiError::client("InvalidParameterValue", message));
                }
                Some((from, to))
            }
            ("tcp" | "udp", ..) => {
                return Err(invalid_value(
                    "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
                ));
            }
            ("icmp" | "icmpv6", from, to) => Some((from.unwrap_or(-1), to.unwrap_or(-1))),
            _ => None,
        };
        Ok(Self { protocol, ports })
    }
}

impl Peer {
    pub(super) fn ipv4(text: &str) -> Result<Self, ApiError> {
        match block(text) {
            Some(IpNet::V4(block)) => Ok(Self::Ipv4(block.to_string().into())),
            _ => Err(malformed_block(text)),
        }
    }

    pub(super) fn ipv6(text: &str) -> Result<Self, ApiError> {
        match block(text) {
            Some(IpNet::V6(block)) => Ok(Self::Ipv6(block.to_string().into())),
            _ => Err(malformed_block(text)),
        }
    }

    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Ipv4(text) | Self::Ipv6(text) | Self::Group(text) | Self::PrefixList(text) => text,
        }
    }
}

/// A block whose host bits are zero.
fn block(text: &str) -> Option<IpNet> {
    let block: IpNet = text.parse().ok()?;
    let first: IpAddr = block.network();
    (block.addr() == first).then_some(block)
}

fn malformed_block(text: &str) -> ApiError {
    invalid_value(format!("CIDR block {text} is malformed"))
}

/// A rule before it has an id.
#[derive(Clone, Debug)]
pub(super) struct RuleDraft {
    pub traffic: Traffic,
    pub peer: Peer,
    pub description: Option<Arc<str>>,
}

impl IpPermission {
    /// The single rules it stands for. `group_of` finds a security group's id by the id or name it was given as.
    pub(super) fn drafts(
        &self,
        group_of: impl Fn(&UserIdGroupPair) -> Result<Arc<str>, ApiError>,
    ) -> Result<Vec<RuleDraft>, ApiError> {
        let protocol = self.ip_protocol.as_deref().ok_or_else(|| missing("ipProtocol"))?;
        let traffic = Traffic::new(protocol, self.from_port, self.to_port)?;
        let mut drafts = Vec::new();
        let mut add = |peer: Peer, description: &Option<String>| {
            let description = description.as_deref().map(Arc::from);
            drafts.push(RuleDraft { traffic: traffic.clone(), peer, description });
        };
        for range in &self.ip_ranges {
            add(Peer::ipv4(&range.cidr_ip)?, &range.description);
        }
        for range in &self.ipv6_ranges {
            add(Peer::ipv6(&range.cidr_ipv6)?, &range.description);
        }
        for pair in &self.user_id_group_pairs {
            add(Peer::Group(group_of(pair)?), &pair.description);
        }
        for list in &self.prefix_list_ids {
            add(Peer::PrefixList(list.prefix_list_id.as_str().into()), &list.description);
        }
        Ok(drafts)
    }
}

impl RuleDraft {
    pub(super) fn is_same(&self, rule: &Rule, egress: bool) -> bool {
        rule.egress == egress && rule.traffic == self.traffic && rule.peer == self.peer
    }

    /// The words of `InvalidPermission.Duplicate`.
    pub(super) fn words(&self) -> String {
        let peer = self.peer.shown();
        match (self.traffic.protocol.as_ref(), self.traffic.ports) {
            ("-1", _) => format!("peer: {peer}, ALL, ALLOW"),
            (protocol @ ("icmp" | "icmpv6"), Some((kind, code))) => {
                format!("peer: {peer}, {}, type: {kind}, code: {code}, ALLOW", protocol.to_uppercase())
            }
            (protocol, Some((from, to))) => {
                format!("peer: {peer}, {}, from port: {from}, to port: {to}, ALLOW", protocol.to_uppercase())
            }
            (protocol, None) => format!("peer: {peer}, protocol: {protocol}, ALLOW"),
        }
    }
}

impl Rule {
    /// A member of `SecurityGroupRules`.
    pub(super) fn describe(&self, group_id: &str, owner: &str) -> Value {
        let mut shown = json!({
            "SecurityGroupRuleId": self.id.as_ref(),
            "GroupId": group_id,
            "GroupOwnerId": owner,
            "IsEgress": self.egress,
            "IpProtocol": self.traffic.protocol.as_ref(),
        });
        let (from, to) = self.traffic.ports.unwrap_or((-1, -1));
        shown["FromPort"] = from.into();
        shown["ToPort"] = to.into();
        match &self.peer {
            Peer::Ipv4(block) => shown["CidrIpv4"] = block.as_ref().into(),
            Peer::Ipv6(block) => shown["CidrIpv6"] = block.as_ref().into(),
            Peer::PrefixList(id) => shown["PrefixListId"] = id.as_ref().into(),
            Peer::Group(id) => {
                shown["ReferencedGroupInfo"] = json!({ "GroupId": id.as_ref(), "UserId": owner });
            }
        }
        if let Some(description) = &self.description {
            shown["Description"] = description.as_ref().into();
        }
        if !self.tags.is_empty() {
            shown["Tags"] = self.tags.list();
        }
        shown
    }
}

/// The rules of one direction, gathered by protocol and ports as `IpPermissions` shows them.
pub(super) fn gather<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<(&'r Traffic, Vec<&'r Rule>)> {
    let mut gathered: Vec<(&Traffic, Vec<&Rule>)> = Vec::new();
    for rule in rules {
        match gathered.iter_mut().find(|(traffic, _)| **traffic == rule.traffic) {
            Some((_, rules)) => rules.push(rule),
            None => gathered.push((&rule.traffic, vec![rule])),
        }
    }
    gathered
}
