//! Relationships seen from the other side: an instance names its security groups, and each group is then associated
//! with the instance. A change on one side so changes the items of its direct neighbours.
//!
//! Source: Config Developer Guide, "Supported resource types" (the relationships of each type).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Value, json};

use super::state::Key;
use crate::aws::parcel::ResourceChange;

/// The most neighbours an item lists beside those its resource names itself. AWS lists them all; ours is a bound on what
/// a crowd of instances makes of their one security group.
const LISTED: usize = 25;

/// Who points at whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbours {
    /// Resource pointed at → resource that points, and the name of the relationship seen from the former.
    pointing: Arc<BTreeMap<Key, BTreeMap<Key, Arc<str>>>>,
}

impl Neighbours {
    /// Takes note of a resource as it now is; gives the neighbours it has gained or lost.
    pub(super) fn update(&mut self, before: Option<&ResourceChange>, now: &ResourceChange) -> Vec<Key> {
        let old: BTreeMap<Key, Arc<str>> = before.map(relations).unwrap_or_default();
        let new = relations(now);
        if old == new {
            return Vec::new();
        }
        let own: Key = (Arc::clone(&now.resource_type), Arc::clone(&now.resource_id));
        let pointing = Arc::make_mut(&mut self.pointing);
        for target in old.keys().filter(|target| !new.contains_key(*target)) {
            if let Some(sources) = pointing.get_mut(target) {
                sources.remove(&own);
            }
        }
        for (target, name) in &new {
            pointing.entry(target.clone()).or_default().insert(own.clone(), Arc::clone(name));
        }
        let all: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
        all.into_iter().filter(|target| old.get(*target) != new.get(*target)).cloned().collect()
    }

    /// The relationships of a resource: its own, then those of others with it.
    pub(super) fn relationships(&self, resource: &ResourceChange) -> Value {
        let own = resource.relationships.as_array().map_or(&[][..], Vec::as_slice);
        let key = (Arc::clone(&resource.resource_type), Arc::clone(&resource.resource_id));
        let others = self.pointing.get(&key).into_iter().flatten();
        let is_named = |(resource_type, id): &Key| {
            let text = |one: &Value, member: &str| one.get(member).and_then(Value::as_str).map(str::to_owned);
            own.iter().any(|one| {
                text(one, "resourceType").as_deref() == Some(resource_type)
                    && text(one, "resourceId").as_deref() == Some(id)
            })
        };
        let others = others.filter(|(source, _)| !is_named(source)).take(LISTED).map(
            |((resource_type, resource_id), name)| {
                json!({
                    "resourceId": &**resource_id,
                    "resourceName": null,
                    "resourceType": &**resource_type,
                    "name": &**name,
                })
            },
        );
        own.iter().cloned().chain(others).collect()
    }
}

/// The neighbours a resource names, and what it is to each.
fn relations(resource: &ResourceChange) -> BTreeMap<Key, Arc<str>> {
    if resource.deleted {
        return BTreeMap::new();
    }
    let text = |one: &Value, member: &str| one.get(member).and_then(Value::as_str).map(Arc::<str>::from);
    resource
        .relationships
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| {
            let key = (text(one, "resourceType")?, text(one, "resourceId")?);
            Some((key, inverse(&text(one, "name")?, &resource.resource_type).into()))
        })
        .collect()
}

/// What a relationship is called from the other side.
fn inverse(name: &str, resource_type: &str) -> String {
    let kind = match resource_type.rsplit("::").next().unwrap_or_default() {
        "VPC" => "Vpc",
        kind => kind,
    };
    if name.starts_with("Is contained in") {
        format!("Contains {kind}")
    } else if name == "Contains NetworkInterface" {
        format!("Is attached to {kind}")
    } else if name.starts_with("Contains") {
        format!("Is contained in {kind}")
    } else if name.starts_with("Is attached to") {
        format!("Is attached to {kind}")
    } else {
        format!("Is associated with {kind}")
    }
}
