//! An instance: what is remembered of it, and how API callers see it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::{Region, arn::arn, tags::Tags};

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InstanceState {
    Pending,
    Running,
    ShuttingDown,
    Terminated,
    Stopping,
    Stopped,
}

impl InstanceState {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    /// The low byte of the state code (`InstanceState` in the API reference).
    const fn code(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    pub(super) const fn is_running(self) -> bool {
        matches!(self, Self::Running)
    }

    pub(super) const fn is_terminated(self) -> bool {
        matches!(self, Self::Terminated)
    }

    /// Where it goes by itself, in a while.
    pub(super) const fn next(self) -> Option<Self> {
        match self {
            Self::Pending => Some(Self::Running),
            Self::ShuttingDown => Some(Self::Terminated),
            Self::Stopping => Some(Self::Stopped),
            Self::Running | Self::Terminated | Self::Stopped => None,
        }
    }

    pub(super) fn describe(self) -> Value {
        json!({ "Code": self.code(), "Name": self.name() })
    }
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_field_names, reason = "AWS's names")]
pub(super) struct Instance {
    pub id: Arc<str>,
    pub reservation_id: Arc<str>,
    pub launch_index: u32,
    pub image_id: Arc<str>,
    pub instance_type: Arc<str>,
    pub state: InstanceState,
    pub launched: DateTime<Utc>,
    pub vpc_id: Arc<str>,
    pub subnet_id: Arc<str>,
    pub zone: Arc<str>,
    pub private_ip: Arc<str>,
    /// Has one while it runs, if its interface was made with one.
    pub public_ip: Option<Arc<str>>,
    pub groups: Vec<Arc<str>>,
    pub detailed_monitoring: bool,
    pub tags: Tags,
    pub client_token: Arc<str>,
    pub key_name: Option<Arc<str>>,
    pub profile: Option<Profile>,
    pub interface_id: Arc<str>,
    pub mac: Arc<str>,
    pub ebs_optimized: bool,
    pub source_dest_check: bool,
    pub termination_protected: bool,
    pub stop_protected: bool,
    /// `required` or `optional`.
    pub http_tokens: Arc<str>,
    pub http_hop_limit: u32,
    pub http_endpoint: Arc<str>,
}

/// An instance profile.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    pub arn: Arc<str>,
    pub id: Arc<str>,
}

impl Instance {
    /// Its Name tag, or its id.
    pub(super) fn shown_name(&self) -> Arc<str> {
        self.tags.get("Name").filter(|name| !name.is_empty()).map_or_else(|| Arc::clone(&self.id), Into::into)
    }

    pub(super) fn arn(&self, region: &Region, account_id: &str) -> String {
        arn("ec2", region, account_id, &format!("instance/{}", self.id))
    }

    fn public_ip(&self) -> Option<&Arc<str>> {
        self.public_ip.as_ref().filter(|_| self.state.is_running())
    }

    /// `arm64` for the types that end their family with a `g`, such as `t4g` or `m7gd`.
    fn architecture(&self) -> &'static str {
        let family = self.instance_type.split('.').next().unwrap_or_default();
        let letters = family.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        if letters.trim_start_matches(|digit: char| digit.is_ascii_digit()).contains('g') {
            "arm64"
        } else {
            "x86_64"
        }
    }

    /// Cores and threads per core, by size: teaching default.
    fn cpu(&self) -> (u32, u32) {
        let size = self.instance_type.split('.').nth(1).unwrap_or_default();
        let cores = match size.strip_suffix("xlarge") {
            Some("") => 2,
            Some(times) => times.parse::<u32>().map_or(2, |times| times.saturating_mul(2)),
            None => 1,
        };
        if self.architecture() == "arm64" { (cores * 2, 1) } else { (cores, 2) }
    }

    fn state_reason(&self) -> Option<(&'static str, &'static str)> {
        match self.state {
            InstanceState::Pending => Some(("pending", "pending")),
            InstanceState::Running => None,
            _ => Some((
                "Client.UserInitiatedShutdown",
                "Client.UserInitiatedShutdown: User initiated shutdown",
            )),
        }
    }

    /// A member of `Instances`. `named` gives the name of a security group.
    pub(super) fn describe(&self, region: &Region, owner: &str, named: impl Fn(&str) -> String) -> Value {
        let groups: Vec<Value> =
            self.groups.iter().map(|id| json!({ "GroupId": id.as_ref(), "GroupName": named(id) })).collect();
        let (cores, threads) = self.cpu();
        let terminated = self.state.is_terminated();
        let dns = self.private_dns_name(region);
        let mut shown = json!({
            "InstanceId": self.id.as_ref(),
            "ImageId": self.image_id.as_ref(),
            "CurrentInstanceBootMode": "legacy-bios",
            "State": self.state.describe(),
            "PrivateDnsName": if terminated { String::new() } else { dns.clone() },
        });
        if let Some(ip) = self.public_ip() {
            shown["PublicDnsName"] = public_dns_name(ip, region).into();
        }
        if let Some(key_name) = &self.key_name {
            shown["KeyName"] = key_name.as_ref().into();
        }
        shown["AmiLaunchIndex"] = self.launch_index.into();
        shown["ProductCodes"] = json!([]);
        shown["InstanceType"] = self.instance_type.as_ref().into();
        shown["LaunchTime"] = date(self.launched).into();
        shown["Placement"] = json!({ "AvailabilityZone": self.zone.as_ref(), "Tenancy": "default" });
        shown["Monitoring"] = json!({ "State": self.monitoring_state() });
        if !terminated {
            shown["SubnetId"] = self.subnet_id.as_ref().into();
            shown["VpcId"] = self.vpc_id.as_ref().into();
            shown["PrivateIpAddress"] = self.private_ip.as_ref().into();
        }
        if let Some(ip) = self.public_ip() {
            shown["PublicIpAddress"] = ip.as_ref().into();
        }
        if let Some((code, message)) = self.state_reason() {
            shown["StateReason"] = json!({ "Code": code, "Message": message });
        }
        shown["Architecture"] = self.architecture().into();
        if let Some(profile) = &self.profile {
            shown["IamInstanceProfile"] = json!({ "Arn": profile.arn.as_ref(), "Id": profile.id.as_ref() });
        }
        shown["RootDeviceType"] = "ebs".into();
        shown["RootDeviceName"] = "/dev/xvda".into();
        shown["BlockDeviceMappings"] = json!([]);
        shown["VirtualizationType"] = "hvm".into();
        shown["Hypervisor"] = "xen".into();
        if !self.tags.is_empty() {
            shown["Tags"] = self.tags.list();
        }
        shown["ClientToken"] = self.client_token.as_ref().into();
        shown["SecurityGroups"] = if terminated { json!([]) } else { groups.clone().into() };
        shown["SourceDestCheck"] = self.source_dest_check.into();
        shown["NetworkInterfaces"] =
            if terminated { json!([]) } else { json!([self.interface(region, owner, &groups)]) };
        shown["EbsOptimized"] = self.ebs_optimized.into();
        shown["EnaSupport"] = true.into();
        shown["CpuOptions"] = json!({ "CoreCount": cores, "ThreadsPerCore": threads });
        shown["CapacityReservationSpecification"] = json!({ "CapacityReservationPreference": "open" });
        shown["EnclaveOptions"] = json!({ "Enabled": false });
        shown["MetadataOptions"] = json!({
            "State": if self.state == InstanceState::Pending { "pending" } else { "applied" },
            "HttpTokens": self.http_tokens.as_ref(),
            "HttpPutResponseHopLimit": self.http_hop_limit,
            "HttpEndpoint": self.http_endpoint.as_ref(),
            "HttpProtocolIpv4": "enabled",
            "HttpProtocolIpv6": "disabled",
            "InstanceMetadataTags": "disabled",
        });
        shown["MaintenanceOptions"] = json!({ "AutoRecovery": "default" });
        shown["PrivateDnsNameOptions"] = json!({
            "HostnameType": "ip-name",
            "EnableResourceNameDnsARecord": false,
            "EnableResourceNameDnsAAAARecord": false,
        });
        shown
    }

    pub(super) const fn monitoring_state(&self) -> &'static str {
        if self.detailed_monitoring { "enabled" } else { "disabled" }
    }

    fn interface(&self, region: &Region, owner: &str, groups: &[Value]) -> Value {
        let attachment_id = self.interface_id.replacen("eni-", "eni-attach-", 1);
        let mut shown = json!({
            "NetworkInterfaceId": self.interface_id.as_ref(),
            "SubnetId": self.subnet_id.as_ref(),
            "VpcId": self.vpc_id.as_ref(),
            "OwnerId": owner,
            "Status": "in-use",
            "MacAddress": self.mac.as_ref(),
            "PrivateIpAddress": self.private_ip.as_ref(),
            "SourceDestCheck": self.source_dest_check,
            "InterfaceType": "interface",
            "Groups": groups,
            "Attachment": {
                "AttachmentId": attachment_id,
                "DeviceIndex": 0,
                "NetworkCardIndex": 0,
                "Status": if self.state == InstanceState::Pending { "attaching" } else { "attached" },
                "AttachTime": date(self.launched),
                "DeleteOnTermination": true,
            },
            "PrivateIpAddresses": [{ "PrivateIpAddress": self.private_ip.as_ref(), "Primary": true }],
            "Ipv6Addresses": [],
        });
        if let Some(ip) = self.public_ip() {
            shown["Association"] = json!({
                "IpOwnerId": "amazon",
                "PublicDnsName": public_dns_name(ip, region),
                "PublicIp": ip.as_ref(),
            });
        }
        shown
    }

    fn private_dns_name(&self, region: &Region) -> String {
        let domain = match region.as_str() {
            "us-east-1" => "ec2.internal".to_owned(),
            other => format!("{other}.compute.internal"),
        };
        format!("ip-{}.{domain}", self.private_ip.replace('.', "-"))
    }
}

fn public_dns_name(ip: &str, region: &Region) -> String {
    let domain = match region.as_str() {
        "us-east-1" => "compute-1".to_owned(),
        other => format!("{other}.compute"),
    };
    format!("ec2-{}.{domain}.amazonaws.com", ip.replace('.', "-"))
}

/// A date as the CLI prints it.
fn date(utc: DateTime<Utc>) -> String {
    utc.format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
