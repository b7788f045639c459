//! Looking at instances and tags.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiOutcome, CallContext, Region, tags::Tags},
    Ec2, Place,
    errors::stop_if_dry,
    filter::{Filter, keep},
    instance::Instance,
};

/// Lists instances, by reservation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeInstances {
    #[serde(default)]
    pub instance_ids: Vec<String>,
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Lists tags, one line per resource and key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeTags {
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

impl Place {
    pub(super) fn describe_instance(&self, id: &str, region: &Region, account_id: &str) -> Value {
        let named =
            |group: &str| self.groups.get(group).map_or_else(String::new, |group| group.name.to_string());
        self.instances.get(id).map_or(Value::Null, |instance| instance.describe(region, account_id, named))
    }
}

impl Ec2 {
    pub(super) fn describe_instances(
        &mut self,
        input: DescribeInstances,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        let asked = place.known(&input.instance_ids)?;
        let wanted =
            place.instances.values().filter(|instance| asked.is_empty() || asked.contains(&instance.id));
        let found = keep(
            wanted,
            &input.filters,
            |instance| instance.tags.clone(),
            |instance, name| values(place, instance, name),
        )?;
        let mut reservations: Vec<Value> = Vec::new();
        for instance in found {
            let shown = place.describe_instance(&instance.id, &region, cx.account_id);
            let known = reservations
                .iter_mut()
                .find(|reservation| reservation["ReservationId"] == *instance.reservation_id);
            match known.and_then(|reservation| reservation["Instances"].as_array_mut()) {
                Some(instances) => instances.push(shown),
                None => reservations.push(json!({
                    "ReservationId": instance.reservation_id.as_ref(),
                    "OwnerId": cx.account_id,
                    "Groups": [],
                    "Instances": [shown],
                })),
            }
        }
        Ok(json!({ "Reservations": reservations }))
    }

    pub(super) fn describe_tags(&mut self, input: DescribeTags, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        let mut lines: Vec<(String, &'static str, String, String)> = Vec::new();
        let mut add = |id: &str, kind: &'static str, tags: &Tags| {
            for (key, value) in tags.iter() {
                lines.push((id.to_owned(), kind, key.to_owned(), value.to_owned()));
            }
        };
        for instance in place.instances.values() {
            add(&instance.id, "instance", &instance.tags);
        }
        for group in place.groups.values() {
            add(&group.id, "security-group", &group.tags);
            for rule in &group.rules {
                add(&rule.id, "security-group-rule", &rule.tags);
            }
        }
        add(&place.network.vpc_id, "vpc", &place.network.vpc_tags);
        for subnet in &place.network.subnets {
            add(&subnet.id, "subnet", &subnet.tags);
        }
        let found = keep(
            lines.into_iter(),
            &input.filters,
            |_| Tags::default(),
            |(id, kind, key, value), name| {
                Some(vec![match name {
                    "resource-id" => id.clone(),
                    "resource-type" => (*kind).to_owned(),
                    "key" => key.clone(),
                    "value" => value.clone(),
                    _ => return None,
                }])
            },
        )?;
        let tags: Vec<Value> = found
            .into_iter()
            .map(|(id, kind, key, value)| {
                json!({ "Key": key, "ResourceId": id, "ResourceType": kind, "Value": value })
            })
            .collect();
        Ok(json!({ "Tags": tags }))
    }
}

fn values(place: &Place, instance: &Instance, filter: &str) -> Option<Vec<String>> {
    let group_names =
        || instance.groups.iter().filter_map(|id| place.groups.get(id)).map(|group| group.name.to_string());
    Some(match filter {
        "instance-id" => vec![instance.id.to_string()],
        "instance-state-name" => vec![instance.state.name().to_owned()],
        "instance-type" => vec![instance.instance_type.to_string()],
        "image-id" => vec![instance.image_id.to_string()],
        "vpc-id" => vec![instance.vpc_id.to_string()],
        "subnet-id" => vec![instance.subnet_id.to_string()],
        "availability-zone" => vec![instance.zone.to_string()],
        "private-ip-address" => vec![instance.private_ip.to_string()],
        "key-name" => instance.key_name.iter().map(ToString::to_string).collect(),
        "monitoring-state" => vec![instance.monitoring_state().to_owned()],
        "reservation-id" => vec![instance.reservation_id.to_string()],
        "instance.group-id" | "network-interface.group-id" => {
            instance.groups.iter().map(ToString::to_string).collect()
        }
        "instance.group-name" | "network-interface.group-name" => group_names().collect(),
        _ => return None,
    })
}
