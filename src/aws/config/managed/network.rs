//! Rules about the network: addresses, subnets, routes, gateways, network ACLs, flow logs.

use serde_json::Value;

use super::{
    ManagedRule, Parameter, Subject, Verdict, on_change,
    parameter::Kind,
    periodic,
    ports::{self, Protocol},
};

pub(super) const RULES: &[ManagedRule] = &[
    on_change("EIP_ATTACHED", "eip-attached", &["AWS::EC2::EIP"], attached),
    on_change(
        "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
        "subnet-auto-assign-public-ip-disabled",
        &["AWS::EC2::Subnet"],
        |subject| subject.flag("/mapPublicIpOnLaunch", false),
    ),
    on_change(
        "NO_UNRESTRICTED_ROUTE_TO_IGW",
        "no-unrestricted-route-to-igw",
        &["AWS::EC2::RouteTable"],
        no_default_route,
    )
    .taking(&[Parameter::list("routeTableIds")]),
    on_change(
        "INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY",
        "internet-gateway-authorized-vpc-only",
        &["AWS::EC2::InternetGateway"],
        authorized_vpc,
    )
    .taking(&[Parameter::list("AuthorizedVpcIds")]),
    on_change(
        "NACL_NO_UNRESTRICTED_SSH_RDP",
        "nacl-no-unrestricted-ssh-rdp",
        &["AWS::EC2::NetworkAcl"],
        no_remote_login,
    ),
    periodic("VPC_FLOW_LOGS_ENABLED", "vpc-flow-logs-enabled", &["AWS::EC2::VPC"], flow_logs)
        .taking(&[Parameter::new("trafficType", Kind::OneOf(&["ACCEPT", "REJECT", "ALL"]))]),
];

fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member).and_then(Value::as_str)
}

fn attached(subject: &Subject<'_>) -> Verdict {
    if subject.text("/instanceId").or_else(|| subject.text("/networkInterfaceId")).is_some() {
        Verdict::compliant()
    } else {
        Verdict::non_compliant("associationId", "an instance or a network interface", Value::Null)
    }
}

/// No route of the whole world leads to an internet gateway, but in the tables listed.
fn no_default_route(subject: &Subject<'_>) -> Verdict {
    let table = subject.text("/routeTableId").unwrap_or_default();
    if subject.listed("routeTableIds").is_some_and(|tables| tables.contains(&table)) {
        return Verdict::compliant();
    }
    let is_open = |route: &&Value| {
        let destinations = [text(route, "destinationCidrBlock"), text(route, "destinationIpv6CidrBlock")]
            .into_iter()
            .flatten();
        text(route, "gatewayId").is_some_and(|gateway| gateway.starts_with("igw-"))
            && destinations.into_iter().any(|cidr| ports::WORLD.contains(&cidr))
    };
    match subject.list("/routes").find(is_open) {
        Some(route) => {
            Verdict::non_compliant("routes", "no default route to an internet gateway", route.clone())
        }
        None => Verdict::compliant(),
    }
}

/// Attached to an authorized VPC, or to none; without a list no VPC is authorized.
fn authorized_vpc(subject: &Subject<'_>) -> Verdict {
    let authorized = subject.listed("AuthorizedVpcIds").unwrap_or_default();
    let vpcs = subject.list("/attachments").filter(|one| text(one, "state") != Some("detached"));
    match vpcs.filter_map(|one| text(one, "vpcId")).find(|vpc| !authorized.contains(vpc)) {
        Some(vpc) => {
            Verdict::non_compliant("attachments.vpcId", format!("one of [{}]", authorized.join(", ")), vpc)
        }
        None => Verdict::compliant(),
    }
}

/// No inbound entry allows SSH or RDP, over TCP or UDP, from the whole world. Each entry is judged by itself: the
/// guide does not speak of one that is denied by an earlier number.
fn no_remote_login(subject: &Subject<'_>) -> Verdict {
    const PORTS: [i64; 2] = [22, 3389];
    for entry in subject.list("/entries") {
        let is_inbound_allow = entry.get("egress").and_then(Value::as_bool) == Some(false)
            && text(entry, "ruleAction") == Some("allow");
        let from = [text(entry, "cidrBlock"), text(entry, "ipv6CidrBlock")];
        let world = from.into_iter().flatten().find(|cidr| ports::WORLD.contains(cidr));
        let protocol = text(entry, "protocol").unwrap_or_default();
        let port = |end: &str, default: i64| {
            entry.pointer(&format!("/portRange/{end}")).and_then(Value::as_i64).unwrap_or(default)
        };
        let range = port("from", *ports::ALL_PORTS.start())..=port("to", *ports::ALL_PORTS.end());
        let is_remote_login = Protocol::Tcp.is_in(protocol) || Protocol::Udp.is_in(protocol);
        if let (true, true, Some(world)) = (is_inbound_allow, is_remote_login, world)
            && let Some(port) = PORTS.iter().find(|port| range.contains(port))
        {
            return Verdict::non_compliant(
                "entries",
                format!("port {port} closed to {world}"),
                entry.clone(),
            );
        }
    }
    Verdict::compliant()
}

/// An active flow log of the VPC, of that traffic where one is named. They stand in `flowLogs`, our addition.
fn flow_logs(subject: &Subject<'_>) -> Verdict {
    let wanted = subject.parameter("trafficType");
    let fits = |log: &Value| {
        text(log, "flowLogStatus").is_none_or(|status| status == "ACTIVE")
            && wanted.is_none_or(|wanted| {
                text(log, "trafficType").is_some_and(|kind| kind.eq_ignore_ascii_case(wanted))
            })
    };
    if subject.list("/flowLogs").any(fits) {
        Verdict::compliant()
    } else {
        Verdict::non_compliant("flowLogs", wanted.unwrap_or("an active flow log"), Value::Null)
    }
}
