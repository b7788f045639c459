//! Rules about instances: how they are watched, reached, placed and equipped.

use serde_json::Value;

use super::{ManagedRule, Parameter, Subject, Verdict, on_change, parameter::Kind, periodic, subject::field};

const INSTANCE: &[&str] = &["AWS::EC2::Instance"];

pub(super) const RULES: &[ManagedRule] = &[
    on_change(
        "EC2_INSTANCE_DETAILED_MONITORING_ENABLED",
        "ec2-instance-detailed-monitoring-enabled",
        INSTANCE,
        |subject| is_text(subject, "/monitoring/state", "enabled"),
    ),
    on_change("EC2_INSTANCE_NO_PUBLIC_IP", "ec2-instance-no-public-ip", INSTANCE, no_public_ip),
    on_change("DESIRED_INSTANCE_TYPE", "desired-instance-type", INSTANCE, |subject| {
        subject.on_list("/instanceType", "instanceType")
    })
    .taking(&[Parameter::list("instanceType").required()]),
    on_change("DESIRED_INSTANCE_TENANCY", "desired-instance-tenancy", INSTANCE, tenancy).taking(&[
        Parameter::new("tenancy", Kind::OneOf(&["DEDICATED", "HOST", "DEFAULT"])).required(),
        Parameter::list("imageId"),
        Parameter::list("hostId"),
    ]),
    on_change("EC2_IMDSV2_CHECK", "ec2-imdsv2-check", INSTANCE, |subject| {
        is_text(subject, "/metadataOptions/httpTokens", "required")
    }),
    on_change("EC2_TOKEN_HOP_LIMIT_CHECK", "ec2-token-hop-limit-check", INSTANCE, hop_limit)
        .taking(&[Parameter::integer("tokenHopLimit").default("1")]),
    on_change("EC2_INSTANCE_PROFILE_ATTACHED", "ec2-instance-profile-attached", INSTANCE, |subject| {
        subject.on_list("/iamInstanceProfile/arn", "IamInstanceProfileArnList")
    })
    .taking(&[Parameter::list("IamInstanceProfileArnList")]),
    on_change("INSTANCES_IN_VPC", "ec2-instances-in-vpc", INSTANCE, |subject| {
        subject.on_list("/vpcId", "vpcId")
    })
    .taking(&[Parameter::text("vpcId")]),
    on_change("EBS_OPTIMIZED_INSTANCE", "ebs-optimized-instance", INSTANCE, ebs_optimized),
    on_change(
        "EC2_INSTANCE_MULTIPLE_ENI_CHECK",
        "ec2-instance-multiple-eni-check",
        INSTANCE,
        single_interface,
    )
    .taking(&[Parameter::list("NetworkInterfaceIds")]),
    on_change("EC2_NO_AMAZON_KEY_PAIR", "ec2-no-amazon-key-pair", INSTANCE, no_key_pair),
    periodic("EC2_STOPPED_INSTANCE", "ec2-stopped-instance", INSTANCE, stopped)
        .taking(&[Parameter::integer("AllowedDays").default("30")]),
];

fn is_text(subject: &Subject<'_>, pointer: &str, expected: &str) -> Verdict {
    if subject.text(pointer) == Some(expected) {
        Verdict::compliant()
    } else {
        let actual = subject.get(pointer).cloned().unwrap_or_default();
        Verdict::non_compliant(field(pointer), expected, actual)
    }
}

/// Whether it runs, or is about to.
pub(super) fn is_running(subject: &Subject<'_>) -> bool {
    subject.text("/state/name").is_none_or(|state| matches!(state, "running" | "pending"))
}

/// IPv4 only, as the guide says.
fn no_public_ip(subject: &Subject<'_>) -> Verdict {
    let of_interfaces =
        subject.list("/networkInterfaces").filter_map(|one| one.pointer("/association/publicIp")?.as_str());
    match subject.text("/publicIpAddress").into_iter().chain(of_interfaces).next() {
        Some(address) => Verdict::non_compliant("publicIpAddress", "none", address),
        None => Verdict::compliant(),
    }
}

/// The tenancy, and the host where hosts are given; with images given, only instances of those are looked at.
fn tenancy(subject: &Subject<'_>) -> Verdict {
    let image = subject.text("/imageId").unwrap_or_default();
    if subject.listed("imageId").is_some_and(|images| !images.contains(&image)) {
        return Verdict::not_applicable();
    }
    let wanted = subject.parameter("tenancy").unwrap_or("DEFAULT");
    let actual = subject.text("/placement/tenancy").unwrap_or("default");
    if !actual.eq_ignore_ascii_case(wanted) {
        return Verdict::non_compliant("placement.tenancy", wanted.to_lowercase(), actual);
    }
    match subject.listed("hostId") {
        Some(_) => subject.on_list("/placement/hostId", "hostId"),
        None => Verdict::compliant(),
    }
}

fn hop_limit(subject: &Subject<'_>) -> Verdict {
    let limit = subject.integer("tokenHopLimit").unwrap_or(1);
    match subject.number("/metadataOptions/httpPutResponseHopLimit") {
        Some(hops) if hops > limit => Verdict::non_compliant(
            "metadataOptions.httpPutResponseHopLimit",
            format!("at most {limit}"),
            hops,
        ),
        _ => Verdict::compliant(),
    }
}

/// Only instances that can be EBS-optimized. Source: EC2 user guide, "Amazon EBS-optimized instance types": these
/// older types cannot, nor can these sizes of families that otherwise do.
fn ebs_optimized(subject: &Subject<'_>) -> Verdict {
    const FAMILIES: &[&str] = &["t1", "t2", "cc2", "cr1", "hs1", "hi1", "cg1"];
    const TYPES: &[&str] = &[
        "m1.small",
        "m1.medium",
        "m2.xlarge",
        "m3.medium",
        "m3.large",
        "c1.medium",
        "c3.large",
        "c3.8xlarge",
        "r3.large",
        "r3.8xlarge",
        "i2.8xlarge",
        "g2.8xlarge",
    ];
    let instance_type = subject.text("/instanceType").unwrap_or_default();
    let family = instance_type.split('.').next().unwrap_or_default();
    if FAMILIES.contains(&family) || TYPES.contains(&instance_type) {
        return Verdict::not_applicable();
    }
    subject.flag("/ebsOptimized", true)
}

/// One interface; those listed do not count.
fn single_interface(subject: &Subject<'_>) -> Verdict {
    let expected = subject.listed("NetworkInterfaceIds").unwrap_or_default();
    let interfaces: Vec<&str> = subject
        .list("/networkInterfaces")
        .map(|one| one.get("networkInterfaceId").and_then(Value::as_str).unwrap_or_default())
        .filter(|id| !expected.contains(id))
        .collect();
    if interfaces.len() > 1 {
        Verdict::non_compliant("networkInterfaces", "one interface", interfaces.len())
    } else {
        Verdict::compliant()
    }
}

fn no_key_pair(subject: &Subject<'_>) -> Verdict {
    if !is_running(subject) {
        return Verdict::not_applicable();
    }
    match subject.text("/keyName") {
        Some(name) => Verdict::non_compliant("keyName", "none", name),
        None => Verdict::compliant(),
    }
}

/// Stopped for longer than allowed, by the moment in `User initiated (2026-11-20 09:14:27 GMT)`.
fn stopped(subject: &Subject<'_>) -> Verdict {
    if subject.text("/state/name") != Some("stopped") {
        return Verdict::compliant();
    }
    let reason = subject.text("/stateTransitionReason").unwrap_or_default();
    let since = reason.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let since = since.map(|text| text.trim_end_matches(" GMT").trim_end_matches(" UTC"));
    let allowed = subject.integer("AllowedDays").unwrap_or(30);
    match since.and_then(|since| subject.days_since(since)) {
        Some(days) if days > allowed => Verdict::non_compliant(
            "stateTransitionReason",
            format!("stopped for at most {allowed} days"),
            days,
        ),
        _ => Verdict::compliant(),
    }
}
