//! What rules are told beside a resource's own item: what the account is like, and what other resources say of one.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Config, evaluate::Judged, managed::ManagedRule, observe::ACCOUNT, state::RegionState};
use crate::aws::{Region, parcel::ResourceChange};

/// The account as rules about it see it: what each service tells of it, and the trails that reach the Region.
pub(super) fn account(config: &Config, region: &Region) -> Option<Arc<ResourceChange>> {
    let state = config.state(region)?;
    let told = state.present.values().filter(|change| &*change.resource_type == ACCOUNT);
    let mut configuration = Map::new();
    for change in told {
        configuration.extend(change.configuration.as_object().cloned().unwrap_or_default());
    }
    configuration.insert("trails".to_owned(), trails(config, region));
    let told = Value::Object(configuration);
    Some(Arc::new(ResourceChange::of_account(&config.account_id, &config.account_id, told)))
}

/// The trails of the Region, and those of others that reach every Region.
fn trails(config: &Config, region: &Region) -> Value {
    let all = config
        .regions
        .iter()
        .flat_map(|(home, state)| state.present.values().map(move |change| (home == region, change)));
    all.filter(|(_, change)| &*change.resource_type == "AWS::CloudTrail::Trail" && !change.deleted)
        .filter(|(is_home, change)| {
            *is_home || change.configuration.get("isMultiRegionTrail") == Some(&Value::Bool(true))
        })
        .map(|(_, change)| change.configuration.clone())
        .collect()
}

/// The item of a resource with what the rule would ask other services; `None` when it asks nothing.
pub(super) fn supplement(state: &RegionState, rule: &ManagedRule, judged: &Judged) -> Option<Arc<Value>> {
    let (name, value) = match rule.identifier {
        "CLOUDWATCH_ALARM_RESOURCE_CHECK" => ("Alarms", alarms_on(state, &judged.resource)),
        "APPROVED_AMIS_BY_TAG" => ("ImageTags", image_tags(state, &judged.resource)),
        _ => return None,
    };
    let mut item = judged.json.as_ref().clone();
    item["supplementaryConfiguration"][name] = value;
    Some(Arc::new(item))
}

/// The alarms that have the resource among their dimensions.
fn alarms_on(state: &RegionState, resource: &ResourceChange) -> Value {
    let names = [Some(&*resource.resource_id), resource.resource_name.as_deref()];
    let is_on = |alarm: &Value| {
        let dimensions = alarm.get("dimensions").and_then(Value::as_array).into_iter().flatten();
        dimensions.into_iter().any(|one| {
            let value = one.get("value").and_then(Value::as_str);
            value.is_some() && names.contains(&value)
        })
    };
    let alarms = state.present.values().filter(|change| &*change.resource_type == "AWS::CloudWatch::Alarm");
    let alarms = alarms.filter(|change| !change.deleted).map(|change| &change.configuration);
    alarms.filter(|alarm| is_on(alarm)).cloned().collect()
}

fn image_tags(state: &RegionState, instance: &ResourceChange) -> Value {
    let image = instance.configuration.get("imageId").and_then(Value::as_str).unwrap_or_default();
    let key = (Arc::from("AWS::EC2::Image"), Arc::from(image));
    state.present.get(&key).map(|change| change.tags.clone()).unwrap_or_default()
}
