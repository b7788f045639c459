//! Operations on security groups themselves.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext, Region, tags::Tags},
    Ec2, Place,
    errors::{is_well_formed, malformed_group, missing, no_group, stop_if_dry},
    filter::{Filter, keep},
    group::SecurityGroup,
    permission::{Peer, Rule, Traffic},
    tagging::{TagSpecification, tags_for},
};

/// Creates a security group, closed to everything from outside.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateSecurityGroup {
    pub description: String,
    pub group_name: String,
    /// The default VPC, if not given.
    pub vpc_id: Option<String>,
    #[serde(default)]
    pub tag_specifications: Vec<TagSpecification>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Deletes a security group that nothing uses.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteSecurityGroup {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Lists security groups and what they let through.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeSecurityGroups {
    #[serde(default)]
    pub group_ids: Vec<String>,
    #[serde(default)]
    pub group_names: Vec<String>,
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

impl Place {
    /// The group with that id, or with that name in the default VPC.
    pub(super) fn find_group(
        &self,
        id: Option<&str>,
        name: Option<&str>,
    ) -> Result<&SecurityGroup, ApiError> {
        match (id, name) {
            (Some(id), _) if !is_well_formed("sg-", id) => Err(malformed_group(id)),
            (Some(id), _) => self.groups.get(id).ok_or_else(|| no_group(id)),
            (None, Some(name)) => {
                self.groups.values().find(|group| *group.name == *name).ok_or_else(|| no_group(name))
            }
            (None, None) => Err(missing("groupName or groupId")),
        }
    }

    pub(super) fn group_id(&self, id: Option<&str>, name: Option<&str>) -> Result<Arc<str>, ApiError> {
        self.find_group(id, name).map(|group| Arc::clone(&group.id))
    }
}

impl Ec2 {
    /// Tells Config what a group now looks like.
    pub(super) fn announce_group(&mut self, region: &Region, id: &str, cx: &mut CallContext<'_, '_>) {
        let change = self.place(region).groups.get(id).map(|group| group.change(region, cx.account_id));
        if let Some(change) = change {
            cx.out.changed(region, change);
        }
    }

    pub(super) fn create_security_group(
        &mut self,
        input: CreateSecurityGroup,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        if let Some(vpc_id) = &input.vpc_id {
            place.network.check_vpc(vpc_id)?;
        }
        let vpc_id = Arc::clone(&place.network.vpc_id);
        if place.groups.values().any(|group| *group.name == *input.group_name) {
            let message =
                format!("The security group '{}' already exists for VPC '{vpc_id}'", input.group_name);
            return Err(ApiError::client("InvalidGroup.Duplicate", message));
        }
        let id: Arc<str> = format!("sg-0{}", cx.out.hex(16)).into();
        let everything_out = Rule {
            id: format!("sgr-0{}", cx.out.hex(16)).into(),
            egress: true,
            traffic: Traffic { protocol: "-1".into(), ports: None },
            peer: Peer::Ipv4("0.0.0.0/0".into()),
            description: None,
            tags: Tags::default(),
        };
        let tags = tags_for("security-group", &input.tag_specifications)?;
        let group = SecurityGroup {
            id: Arc::clone(&id),
            name: input.group_name.into(),
            description: input.description.into(),
            vpc_id,
            rules: vec![everything_out],
            tags,
        };
        let mut answer = json!({ "GroupId": id.as_ref() });
        if !group.tags.is_empty() {
            answer["Tags"] = group.tags.list();
        }
        answer["SecurityGroupArn"] = group.arn(&region, cx.account_id).into();
        place.groups.insert(Arc::clone(&id), group);
        self.announce_group(&region, &id, cx);
        Ok(answer)
    }

    pub(super) fn delete_security_group(
        &mut self,
        input: DeleteSecurityGroup,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        let id = place.group_id(input.group_id.as_deref(), input.group_name.as_deref())?;
        if place.groups.get(&id).is_some_and(SecurityGroup::is_default) {
            let message =
                format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user");
            return Err(ApiError::client("CannotDelete", message));
        }
        let worn = place.instances.values().any(|instance| {
            !instance.state.is_terminated() && instance.groups.iter().any(|group| **group == *id)
        });
        let named = place.groups.values().any(|group| {
            group.id != id && group.rules.iter().any(|rule| rule.peer == Peer::Group(Arc::clone(&id)))
        });
        if worn || named {
            let message = format!("resource {id} has a dependent object");
            return Err(ApiError::client("DependencyViolation", message));
        }
        if let Some(group) = place.groups.remove(&id) {
            let mut change = group.change(&region, cx.account_id);
            change.configuration = Value::Null;
            change.deleted = true;
            cx.out.changed(&region, change);
        }
        Ok(json!({ "Return": true, "GroupId": id.as_ref() }))
    }

    pub(super) fn describe_security_groups(
        &mut self,
        input: DescribeSecurityGroups,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let account_id = cx.account_id;
        let place = self.place(&region);
        for id in &input.group_ids {
            place.find_group(Some(id), None)?;
        }
        for name in &input.group_names {
            place.find_group(None, Some(name))?;
        }
        let by_id = |group: &&SecurityGroup| {
            input.group_ids.is_empty() || input.group_ids.iter().any(|id| **id == *group.id)
        };
        let by_name = |group: &&SecurityGroup| {
            input.group_names.is_empty() || input.group_names.iter().any(|name| **name == *group.name)
        };
        let wanted = place.groups.values().filter(by_id).filter(by_name);
        let found =
            keep(wanted, &input.filters, |group| group.tags.clone(), |group, name| values(group, name))?;
        let groups: Vec<Value> = found.into_iter().map(|group| group.describe(&region, account_id)).collect();
        Ok(json!({ "SecurityGroups": groups }))
    }
}

fn values(group: &SecurityGroup, filter: &str) -> Option<Vec<String>> {
    let (egress, about) = match (filter.strip_prefix("egress."), filter) {
        (Some(about), _) => (true, about),
        (None, about) => (false, about),
    };
    let of_rules = |pick: &dyn Fn(&Rule) -> Option<String>| {
        group.rules.iter().filter(|rule| rule.egress == egress).filter_map(pick).collect()
    };
    Some(match about {
        "group-id" => vec![group.id.to_string()],
        "group-name" => vec![group.name.to_string()],
        "vpc-id" => vec![group.vpc_id.to_string()],
        "description" => vec![group.description.to_string()],
        "ip-permission.cidr" => of_rules(&|rule| match &rule.peer {
            Peer::Ipv4(block) => Some(block.to_string()),
            _ => None,
        }),
        "ip-permission.ipv6-cidr" => of_rules(&|rule| match &rule.peer {
            Peer::Ipv6(block) => Some(block.to_string()),
            _ => None,
        }),
        "ip-permission.group-id" => of_rules(&|rule| match &rule.peer {
            Peer::Group(id) => Some(id.to_string()),
            _ => None,
        }),
        "ip-permission.protocol" => of_rules(&|rule| Some(rule.traffic.protocol.to_string())),
        "ip-permission.from-port" => of_rules(&|rule| rule.traffic.ports.map(|(from, _)| from.to_string())),
        "ip-permission.to-port" => of_rules(&|rule| rule.traffic.ports.map(|(_, to)| to.to_string())),
        _ => return None,
    })
}
