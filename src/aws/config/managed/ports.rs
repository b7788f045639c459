//! Which ports a permission of a security group, or an entry of a network ACL, opens to the whole world.

use std::ops::RangeInclusive;

use serde_json::Value;

/// Everybody, over IPv4 and IPv6.
pub(super) const WORLD: [&str; 2] = ["0.0.0.0/0", "::/0"];

pub(super) const ALL_PORTS: RangeInclusive<i64> = 0..=65_535;

/// The protocols whose ports rules speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tcp,
    Udp,
}

impl Protocol {
    /// Whether a protocol as EC2 writes it (a name, a number, `-1` for all) includes this one.
    pub(super) fn is_in(self, written: &str) -> bool {
        written == "-1"
            || match self {
                Self::Tcp => matches!(written, "tcp" | "6"),
                Self::Udp => matches!(written, "udp" | "17"),
            }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// The ports a permission opens for a protocol; every one when it names none, as `-1` (all protocols) does.
pub(super) fn opened(permission: &Value, protocol: Protocol) -> Option<RangeInclusive<i64>> {
    let written = permission.get("ipProtocol").and_then(Value::as_str).unwrap_or_default();
    if !protocol.is_in(written) {
        return None;
    }
    let port = |key: &str| permission.get(key).and_then(Value::as_i64).filter(|_| written != "-1");
    Some(port("fromPort").unwrap_or(*ALL_PORTS.start())..=port("toPort").unwrap_or(*ALL_PORTS.end()))
}

/// The source of a permission that is the whole world, if it has one.
pub(super) fn world_source(permission: &Value) -> Option<&'static str> {
    let has = |list: &str, member: &str, world: &str| {
        let ranges = permission.get(list).and_then(Value::as_array);
        ranges.into_iter().flatten().any(|range| range.get(member).unwrap_or(range).as_str() == Some(world))
    };
    let [ipv4, ipv6] = WORLD;
    if has("ipv4Ranges", "cidrIp", ipv4) || has("ipRanges", "cidrIp", ipv4) {
        Some(ipv4)
    } else if has("ipv6Ranges", "cidrIpv6", ipv6) {
        Some(ipv6)
    } else {
        None
    }
}

/// Ports written as `443,1020-1025`.
pub(super) fn written(list: &[&str]) -> Vec<RangeInclusive<i64>> {
    list.iter()
        .filter_map(|one| match one.split_once('-') {
            Some((from, to)) => Some(from.trim().parse().ok()?..=to.trim().parse().ok()?),
            None => one.parse().ok().map(|port| port..=port),
        })
        .collect()
}

/// The first port of a range that none of the others holds.
pub(super) fn first_outside(range: &RangeInclusive<i64>, allowed: &[RangeInclusive<i64>]) -> Option<i64> {
    let mut port = *range.start();
    while port <= *range.end() {
        let last = allowed.iter().filter(|one| one.contains(&port)).map(RangeInclusive::end).max();
        match last {
            Some(last) => port = last + 1,
            None => return Some(port),
        }
    }
    None
}
