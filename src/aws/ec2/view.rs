//! What pictures show of security groups.

use std::sync::Arc;

use super::{
    super::Region,
    Ec2,
    permission::{Peer, Traffic},
};

/// A way in through a security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayIn {
    pub group: Arc<str>,
    /// `22`, `8000-8080`, `*`.
    pub ports: String,
    /// Anybody on the Internet may come: `0.0.0.0/0` or `::/0`.
    pub from_anywhere: bool,
}

impl Ec2 {
    /// Every inbound rule of the groups people made, group by group, in the order it was added.
    pub fn ways_in(&self, region: &Region) -> Vec<WayIn> {
        let groups = self.regions.get(region).into_iter().flat_map(|place| place.groups.values());
        groups
            .filter(|group| &*group.name != "default")
            .flat_map(|group| {
                group.rules.iter().filter(|rule| !rule.egress).map(|rule| WayIn {
                    group: Arc::clone(&group.name),
                    ports: ports(&rule.traffic),
                    from_anywhere: is_anywhere(&rule.peer),
                })
            })
            .collect()
    }
}

fn ports(traffic: &Traffic) -> String {
    match traffic.ports {
        Some((from, to)) if from == to => from.to_string(),
        Some((from, to)) => format!("{from}-{to}"),
        None => "*".to_owned(),
    }
}

fn is_anywhere(peer: &Peer) -> bool {
    match peer {
        Peer::Ipv4(block) => &**block == "0.0.0.0/0",
        Peer::Ipv6(block) => &**block == "::/0",
        Peer::Group(_) | Peer::PrefixList(_) => false,
    }
}
