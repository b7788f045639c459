//! Rules about security groups: what they let in from the whole world, and the default one.

use serde_json::Value;

use super::{
    ManagedRule, Parameter, Subject, Verdict, hybrid, on_change,
    ports::{self, Protocol},
};

const GROUP: &[&str] = &["AWS::EC2::SecurityGroup"];

pub(super) const RULES: &[ManagedRule] = &[
    hybrid("INCOMING_SSH_DISABLED", "restricted-ssh", GROUP, restricted_ssh),
    hybrid("RESTRICTED_INCOMING_TRAFFIC", "restricted-common-ports", GROUP, restricted_common_ports).taking(
        &[
            Parameter::integer("blockedPort1").default("20"),
            Parameter::integer("blockedPort2").default("21"),
            Parameter::integer("blockedPort3").default("3389"),
            Parameter::integer("blockedPort4").default("3306"),
            Parameter::integer("blockedPort5").default("4333"),
            Parameter::list("blockedPorts"),
        ],
    ),
    hybrid(
        "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
        "vpc-sg-open-only-to-authorized-ports",
        GROUP,
        open_only_to_authorized_ports,
    )
    .taking(&[Parameter::list("authorizedTcpPorts"), Parameter::list("authorizedUdpPorts")]),
    on_change(
        "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        "vpc-default-security-group-closed",
        GROUP,
        default_closed,
    ),
];

const SSH: i64 = 22;

fn restricted_ssh(subject: &Subject<'_>) -> Verdict {
    closed_to_the_world(subject, &[SSH..=SSH])
}

fn restricted_common_ports(subject: &Subject<'_>) -> Verdict {
    let numbered = (1..=5).filter_map(|place| subject.integer(&format!("blockedPort{place}")));
    let mut blocked: Vec<_> = numbered.map(|port| port..=port).collect();
    blocked.extend(ports::written(&subject.listed("blockedPorts").unwrap_or_default()));
    closed_to_the_world(subject, &blocked)
}

/// No permission lets the whole world in on one of these TCP ports.
fn closed_to_the_world(subject: &Subject<'_>, blocked: &[std::ops::RangeInclusive<i64>]) -> Verdict {
    for (place, permission) in subject.list("/ipPermissions").enumerate() {
        let Some(source) = ports::world_source(permission) else { continue };
        let Some(open) = ports::opened(permission, Protocol::Tcp) else { continue };
        let hit = blocked.iter().find(|ports| open.start() <= ports.end() && ports.start() <= open.end());
        if let Some(ports) = hit {
            let port = ports.start().max(open.start());
            return Verdict::non_compliant(
                format!("ipPermissions[{place}]"),
                format!("TCP port {port} closed to {source}"),
                source,
            );
        }
    }
    Verdict::compliant()
}

fn open_only_to_authorized_ports(subject: &Subject<'_>) -> Verdict {
    let mut is_open = false;
    for (place, permission) in subject.list("/ipPermissions").enumerate() {
        let Some(source) = ports::world_source(permission) else { continue };
        is_open = true;
        for (protocol, parameter) in
            [(Protocol::Tcp, "authorizedTcpPorts"), (Protocol::Udp, "authorizedUdpPorts")]
        {
            let authorized = ports::written(&subject.listed(parameter).unwrap_or_default());
            let opened = ports::opened(permission, protocol);
            if let Some(port) = opened.and_then(|range| ports::first_outside(&range, &authorized)) {
                return Verdict::non_compliant(
                    format!("ipPermissions[{place}]"),
                    format!("only authorized ports open to {source}"),
                    format!("{} port {port}", protocol.title()),
                );
            }
        }
    }
    if is_open { Verdict::compliant() } else { Verdict::not_applicable() }
}

fn default_closed(subject: &Subject<'_>) -> Verdict {
    if subject.text("/groupName") != Some("default") {
        return Verdict::not_applicable();
    }
    Verdict::all(["ipPermissions", "ipPermissionsEgress"].map(|list| {
        let first: Option<&Value> = subject.list(&format!("/{list}")).next();
        first.map_or(Verdict::compliant(), |rule| Verdict::non_compliant(list, "no rule", rule.clone()))
    }))
}
