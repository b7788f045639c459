//! `RunInstances`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, arn::global_arn, unique_id::unique_id},
    Ec2, Place,
    errors::{invalid_value, is_well_formed, missing, stop_if_dry},
    instance::{Instance, InstanceState, Profile},
    network::Subnet,
    tagging::{TagSpecification, tags_for},
};

/// The most instances one call may start: teaching default, far above any lesson's need.
const MAX_COUNT: u32 = 20;

/// Starts new instances.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RunInstances {
    pub image_id: Option<String>,
    /// `m1.small`, if not given, as in AWS.
    pub instance_type: Option<String>,
    pub key_name: Option<String>,
    pub max_count: u32,
    pub min_count: u32,
    pub monitoring: Option<Monitoring>,
    pub placement: Option<Placement>,
    #[serde(default)]
    pub security_group_ids: Vec<String>,
    /// Names of groups of the default VPC.
    #[serde(default)]
    pub security_groups: Vec<String>,
    pub subnet_id: Option<String>,
    /// An address of the subnet; the next free one, if not given.
    pub private_ip_address: Option<std::net::Ipv4Addr>,
    #[expect(dead_code, reason = "nothing boots here, so it only shows in the record, hidden")]
    pub user_data: Option<String>,
    #[serde(default)]
    pub tag_specifications: Vec<TagSpecification>,
    pub metadata_options: Option<MetadataOptions>,
    pub disable_api_stop: Option<bool>,
    pub disable_api_termination: Option<bool>,
    pub client_token: Option<String>,
    #[serde(default)]
    pub network_interfaces: Vec<NetworkInterface>,
    pub iam_instance_profile: Option<InstanceProfile>,
    pub ebs_optimized: Option<bool>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Whether detailed monitoring is on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Monitoring {
    pub enabled: bool,
}

/// Where to place an instance.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Placement {
    pub availability_zone: Option<String>,
}

/// How an instance may read about itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "AWS's names")]
pub struct MetadataOptions {
    /// `optional` or `required`.
    pub http_tokens: Option<String>,
    pub http_put_response_hop_limit: Option<u32>,
    /// `enabled` or `disabled`.
    pub http_endpoint: Option<String>,
}

/// The interface an instance is born with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct NetworkInterface {
    pub device_index: Option<u32>,
    pub subnet_id: Option<String>,
    pub associate_public_ip_address: Option<bool>,
    #[serde(default)]
    pub groups: Vec<String>,
}

/// The role an instance acts as.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct InstanceProfile {
    pub arn: Option<String>,
    pub name: Option<String>,
}

impl Place {
    fn subnet_for(&self, input: &RunInstances) -> Result<&Subnet, ApiError> {
        let interface = input.network_interfaces.first();
        let id = input.subnet_id.as_deref().or_else(|| interface?.subnet_id.as_deref());
        if let Some(id) = id {
            return self.network.subnet(id);
        }
        match input.placement.as_ref().and_then(|placement| placement.availability_zone.as_deref()) {
            Some(zone) => self
                .network
                .subnets
                .iter()
                .find(|subnet| *subnet.zone == *zone)
                .ok_or_else(|| invalid_value(format!("Invalid availability zone: [{zone}]"))),
            None => Ok(&self.network.subnets[0]),
        }
    }

    fn groups_for(&self, input: &RunInstances) -> Result<Vec<Arc<str>>, ApiError> {
        let of_interface = input.network_interfaces.iter().flat_map(|interface| &interface.groups);
        let mut groups = Vec::new();
        for id in input.security_group_ids.iter().chain(of_interface) {
            groups.push(self.group_id(Some(id), None)?);
        }
        for name in &input.security_groups {
            groups.push(self.group_id(None, Some(name))?);
        }
        if groups.is_empty() {
            groups.push(self.group_id(None, Some("default"))?);
        }
        Ok(groups)
    }
}

fn check(input: &RunInstances) -> Result<(&str, &str), ApiError> {
    let image_id = input.image_id.as_deref().ok_or_else(|| missing("ImageId"))?;
    if !is_well_formed("ami-", image_id) {
        let message = format!("Invalid id: \"{image_id}\" (expecting \"ami-...\")");
        return Err(ApiError::client("InvalidAMIID.Malformed", message));
    }
    let instance_type = input.instance_type.as_deref().unwrap_or("m1.small");
    check_type(instance_type)?;
    let (least, most) = (input.min_count, input.max_count);
    if least == 0 || most == 0 || least > most {
        let message =
            format!("Invalid value '{least}' for min-count. Must be between 1 and max-count ({most}).");
        return Err(invalid_value(message));
    }
    if most > MAX_COUNT {
        let message = format!(
            "You have requested more instances ({most}) than your current instance limit of {MAX_COUNT} allows for the specified instance type. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
        );
        return Err(ApiError::client("InstanceLimitExceeded", message));
    }
    if !input.network_interfaces.is_empty()
        && (input.subnet_id.is_some() || !input.security_group_ids.is_empty())
    {
        return Err(ApiError::client(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level subnet ID may not be specified on the same request",
        ));
    }
    if let Some(index) = input
        .network_interfaces
        .iter()
        .find_map(|interface| interface.device_index.filter(|index| *index > 0))
    {
        return Err(invalid_value(format!(
            "Vigie gives an instance one interface, so device index {index} is not there"
        )));
    }
    if input.private_ip_address.is_some() && most > 1 {
        return Err(ApiError::client(
            "InvalidParameterCombination",
            "The parameter PrivateIpAddress cannot be used when launching more than one instance",
        ));
    }
    Ok((image_id, instance_type))
}

/// A family and a size, such as `t3.micro`.
pub(super) fn check_type(instance_type: &str) -> Result<(), ApiError> {
    let fits = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-')
    };
    match instance_type.split_once('.') {
        Some((family, size)) if fits(family) && fits(size) => Ok(()),
        _ => Err(invalid_value(format!("Invalid value '{instance_type}' for InstanceType."))),
    }
}

impl Ec2 {
    pub(super) fn run_instances(&mut self, input: RunInstances, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let (image_id, instance_type) = check(&input)?;
        let account_id = cx.account_id;
        let place = self.place(&region);
        let subnet = place.subnet_for(&input)?.clone();
        let groups = place.groups_for(&input)?;
        let tags = tags_for("instance", &input.tag_specifications)?;
        let public = input
            .network_interfaces
            .first()
            .and_then(|interface| interface.associate_public_ip_address)
            .unwrap_or(true);
        let reservation_id: Arc<str> = format!("r-0{}", cx.out.hex(16)).into();
        let client_token: Arc<str> = match &input.client_token {
            Some(token) => token.as_str().into(),
            None => cx.out.uuid().into(),
        };
        let options = input.metadata_options.as_ref();
        let mut launched = Vec::new();
        for launch_index in 0..input.max_count {
            let lease = place.leases.entry(Arc::clone(&subnet.id)).or_default();
            let number = *lease;
            *lease += 1;
            let instance = Instance {
                id: format!("i-0{}", cx.out.hex(16)).into(),
                reservation_id: Arc::clone(&reservation_id),
                launch_index,
                image_id: image_id.into(),
                instance_type: instance_type.into(),
                state: InstanceState::Pending,
                launched: cx.moment().utc,
                vpc_id: Arc::clone(&place.network.vpc_id),
                subnet_id: Arc::clone(&subnet.id),
                zone: Arc::clone(&subnet.zone),
                private_ip: input
                    .private_ip_address
                    .map_or_else(|| subnet.address(number), |wanted| wanted.to_string())
                    .into(),
                // A block kept for documentation (RFC 5737): nobody's real address shows on a screen.
                public_ip: public.then(|| format!("192.0.2.{}", number % 250 + 4).into()),
                groups: groups.clone(),
                detailed_monitoring: input.monitoring.as_ref().is_some_and(|monitoring| monitoring.enabled),
                tags: tags.clone(),
                client_token: Arc::clone(&client_token),
                key_name: input.key_name.as_deref().map(Into::into),
                profile: input.iam_instance_profile.as_ref().map(|profile| profile_of(profile, account_id)),
                interface_id: format!("eni-0{}", cx.out.hex(16)).into(),
                mac: mac(&cx.out.hex(10)).into(),
                ebs_optimized: input.ebs_optimized.unwrap_or_default(),
                source_dest_check: true,
                termination_protected: input.disable_api_termination.unwrap_or_default(),
                stop_protected: input.disable_api_stop.unwrap_or_default(),
                http_tokens: options
                    .and_then(|options| options.http_tokens.as_deref())
                    .unwrap_or("required")
                    .into(),
                http_hop_limit: options.and_then(|options| options.http_put_response_hop_limit).unwrap_or(2),
                http_endpoint: options
                    .and_then(|options| options.http_endpoint.as_deref())
                    .unwrap_or("enabled")
                    .into(),
            };
            launched.push(Arc::clone(&instance.id));
            place.instances.insert(Arc::clone(&instance.id), instance);
        }
        for id in &launched {
            self.enter(&region, id, InstanceState::Pending, cx.out);
        }
        let place = self.place(&region);
        let instances: Vec<Value> =
            launched.iter().map(|id| place.describe_instance(id, &region, account_id)).collect();
        Ok(json!({
            "ReservationId": reservation_id.as_ref(),
            "OwnerId": account_id,
            "Groups": [],
            "Instances": instances,
        }))
    }
}

fn profile_of(profile: &InstanceProfile, account_id: &str) -> Profile {
    let arn = profile.arn.clone().unwrap_or_else(|| {
        let name = profile.name.as_deref().unwrap_or_default();
        global_arn("iam", account_id, &format!("instance-profile/{name}"))
    });
    let id = unique_id("AIPA", account_id, &arn, 17);
    Profile { arn: arn.into(), id: id.into() }
}

/// `12:34:56:78:9a:bc`, with a locally administered first byte.
fn mac(digits: &str) -> String {
    let pairs = digits.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned());
    std::iter::once("02".to_owned()).chain(pairs).collect::<Vec<_>>().join(":")
}
