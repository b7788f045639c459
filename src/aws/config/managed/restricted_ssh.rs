//! `restricted-ssh`: no security group lets the whole world in on TCP port 22, over IPv4 or IPv6.

use serde_json::Value;

use super::{ManagedRule, Subject, Verdict};

pub(super) const RULE: ManagedRule = ManagedRule {
    identifier: "INCOMING_SSH_DISABLED",
    name: "restricted-ssh",
    resource_types: &["AWS::EC2::SecurityGroup"],
    is_periodic: true,
    parameters: &[],
    judge,
};

const PORT: i64 = 22;

fn judge(subject: &Subject<'_>) -> Verdict {
    let open =
        subject.list("/ipPermissions").filter(|permission| allows_port(permission)).find_map(world_source);
    Verdict::unless(open.map(|source| format!("TCP port {PORT} is open to {source}.")))
}

/// All protocols (`-1`) have no ports: they allow every one.
fn allows_port(permission: &Value) -> bool {
    let port = |key: &str| permission.get(key).and_then(Value::as_i64);
    match permission.get("ipProtocol").and_then(Value::as_str) {
        Some("-1") => true,
        Some("tcp" | "6") => {
            port("fromPort").unwrap_or(0) <= PORT && PORT <= port("toPort").unwrap_or(65_535)
        }
        _ => false,
    }
}

fn world_source(permission: &Value) -> Option<&'static str> {
    let has = |list: &str, member: &str, world: &str| {
        let ranges = permission.get(list).and_then(Value::as_array).into_iter().flatten();
        ranges.into_iter().any(|range| {
            let cidr = range.get(member).unwrap_or(range);
            cidr.as_str() == Some(world)
        })
    };
    if has("ipv4Ranges", "cidrIp", "0.0.0.0/0") || has("ipRanges", "cidrIp", "0.0.0.0/0") {
        Some("0.0.0.0/0")
    } else if has("ipv6Ranges", "cidrIpv6", "::/0") {
        Some("::/0")
    } else {
        None
    }
}
