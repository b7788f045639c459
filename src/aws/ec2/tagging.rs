//! Tags of EC2 resources.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    super::{
        ApiError, ApiOutcome, CallContext,
        tags::{Tag, Tags},
    },
    Ec2, Place,
    errors::{invalid_value, no_group, no_instances, no_rule_id, no_subnet, no_vpc, stop_if_dry},
};

/// Tags for what a call creates.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagSpecification {
    /// Such as `instance` or `security-group`.
    pub resource_type: String,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// Adds tags to resources, or overwrites them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateTags {
    /// Ids.
    pub resources: Vec<String>,
    pub tags: Vec<Tag>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Removes tags from resources.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteTags {
    /// Ids.
    pub resources: Vec<String>,
    /// With a value, only if it has that value; without any tag, all of them.
    #[serde(default)]
    pub tags: Vec<TagToDelete>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// A key, and perhaps the value it must have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TagToDelete {
    pub key: String,
    pub value: Option<String>,
}

/// The tags meant for one kind of resource.
pub(super) fn tags_for(kind: &str, specifications: &[TagSpecification]) -> Result<Tags, ApiError> {
    let mut tags = Tags::default();
    for specification in specifications.iter().filter(|specification| specification.resource_type == kind) {
        check(&specification.tags)?;
        tags.set(&specification.tags);
    }
    Ok(tags)
}

fn check(tags: &[Tag]) -> Result<(), ApiError> {
    if tags.iter().any(|tag| tag.key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(invalid_value("Tag keys starting with 'aws:' are reserved for internal use"));
    }
    if tags.iter().any(|tag| tag.key.chars().count() > 127) {
        return Err(invalid_value("Tag key exceeds the maximum length of 127 characters"));
    }
    if tags.iter().any(|tag| tag.value.chars().count() > 255) {
        return Err(invalid_value("Tag value exceeds the maximum length of 255 characters"));
    }
    Ok(())
}

/// `instance/i-0abc`, for permissions.
pub(super) fn resource_of(id: &str) -> String {
    let kind = match id.split('-').next() {
        Some("i") => "instance",
        Some("sg") => "security-group",
        Some("sgr") => "security-group-rule",
        Some("vpc") => "vpc",
        Some("subnet") => "subnet",
        _ => return "*".to_owned(),
    };
    format!("{kind}/{id}")
}

impl Place {
    fn tags_mut(&mut self, id: &str) -> Result<&mut Tags, ApiError> {
        match id.split('-').next() {
            Some("i") => self
                .instances
                .get_mut(id)
                .map(|instance| &mut instance.tags)
                .ok_or_else(|| no_instances(&[id])),
            Some("sg") => self.groups.get_mut(id).map(|group| &mut group.tags).ok_or_else(|| no_group(id)),
            Some("sgr") => self
                .groups
                .values_mut()
                .flat_map(|group| &mut group.rules)
                .find(|rule| *rule.id == *id)
                .map(|rule| &mut rule.tags)
                .ok_or_else(|| no_rule_id(id)),
            Some("vpc") if *self.network.vpc_id == *id => Ok(&mut self.network.vpc_tags),
            Some("vpc") => Err(no_vpc(id)),
            Some("subnet") => {
                let mut subnets = self.network.subnets.iter_mut();
                subnets
                    .find(|subnet| *subnet.id == *id)
                    .map(|subnet| &mut subnet.tags)
                    .ok_or_else(|| no_subnet(id))
            }
            _ => Err(ApiError::client("InvalidID", format!("The ID '{id}' is not valid"))),
        }
    }
}

impl Ec2 {
    pub(super) fn create_tags(&mut self, input: CreateTags, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        check(&input.tags)?;
        self.retag(&input.resources, |tags| tags.set(&input.tags), cx)
    }

    pub(super) fn delete_tags(&mut self, input: DeleteTags, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let change = |tags: &mut Tags| {
            if input.tags.is_empty() {
                *tags = Tags::default();
            }
            for tag in &input.tags {
                tags.remove(&tag.key, tag.value.as_deref());
            }
        };
        self.retag(&input.resources, change, cx)
    }

    /// Changes all of them or none.
    fn retag(
        &mut self,
        ids: &[String],
        change: impl Fn(&mut Tags),
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        for id in ids {
            self.place(&region).tags_mut(id)?;
        }
        for id in ids {
            let tags = self.place(&region).tags_mut(id)?;
            let before = tags.clone();
            change(tags);
            if *tags != before {
                self.announce_instance(&region, id, cx);
                self.announce_group(&region, id, cx);
            }
        }
        Ok(Value::Null)
    }
}
