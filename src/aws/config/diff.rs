//! What changed between two configuration items of a resource: `configurationItemDiff`.
//!
//! Lists are compared as sets, as Config does: what left and what came are numbered together from 0
//! (`Configuration.IpPermissions.0`). Everything else is compared leaf by leaf.

use serde_json::{Map, Value, json};

/// The parts of an item that are compared, and what their keys begin with.
const PARTS: &[(&str, &str)] = &[
    ("configuration", "Configuration"),
    ("supplementaryConfiguration", "SupplementaryConfiguration"),
    ("relationships", "Relationships"),
    ("tags", "Tags"),
];

/// The diff that leads from one item to the next; a first item is a creation with nothing to compare.
pub(super) fn between(before: Option<&Value>, after: &Value) -> Value {
    let Some(before) = before else {
        return json!({ "changedProperties": {}, "changeType": "CREATE" });
    };
    let mut changed = Map::new();
    for (part, name) in PARTS {
        let of = |item: &Value| item.get(part).cloned().unwrap_or_default();
        compare((*name).to_owned(), &of(before), &of(after), &mut changed);
    }
    let is_deletion = after.get("configuration").is_some_and(Value::is_null);
    let change_type = if is_deletion {
        "DELETE"
    } else if changed.is_empty() {
        "NONE"
    } else {
        "UPDATE"
    };
    json!({ "changedProperties": changed, "changeType": change_type })
}

fn compare(path: String, before: &Value, after: &Value, changed: &mut Map<String, Value>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in names {
                let of = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or_default();
                compare(format!("{path}.{}", big_first(name)), &of(old), &of(new), changed);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            let mut came = new.clone();
            let mut left = old.clone();
            left.retain(|item| match came.iter().position(|other| other == item) {
                Some(place) => {
                    came.remove(place);
                    false
                }
                None => true,
            });
            let gone = left.into_iter().map(|item| (item, Value::Null));
            let fresh = came.into_iter().map(|item| (Value::Null, item));
            for (place, (old, new)) in gone.chain(fresh).enumerate() {
                put(format!("{path}.{place}"), &old, &new, changed);
            }
        }
        _ => put(path, before, after, changed),
    }
}

fn put(path: String, before: &Value, after: &Value, changed: &mut Map<String, Value>) {
    let change_type = match (before, after) {
        (Value::Null, _) => "CREATE",
        (_, Value::Null) => "DELETE",
        _ => "UPDATE",
    };
    changed
        .insert(path, json!({ "previousValue": before, "updatedValue": after, "changeType": change_type }));
}

fn big_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opened_port_is_a_created_permission() {
        let closed = json!({ "configuration": { "ipPermissions": [], "groupId": "sg-1" } });
        let open = json!({ "configuration": { "ipPermissions": [{ "fromPort": 22 }], "groupId": "sg-1" } });

        assert_eq!(
            between(Some(&closed), &open),
            json!({
                "changedProperties": { "Configuration.IpPermissions.0": {
                    "previousValue": null, "updatedValue": { "fromPort": 22 }, "changeType": "CREATE" } },
                "changeType": "UPDATE",
            })
        );
    }

    #[test]
    fn a_list_in_another_order_has_not_changed() {
        let one = json!({ "tags": {}, "configuration": { "a": [1, 2] } });
        let other = json!({ "tags": {}, "configuration": { "a": [2, 1] } });

        assert_eq!(between(Some(&one), &other)["changeType"], "NONE");
    }

    #[test]
    fn a_leaf_shows_both_its_values() {
        let one = json!({ "configuration": { "monitoring": { "state": "enabled" } } });
        let other = json!({ "configuration": { "monitoring": { "state": "disabled" } } });

        let diff = between(Some(&one), &other);

        assert_eq!(diff["changedProperties"]["Configuration.Monitoring.State"]["previousValue"], "enabled");
        assert_eq!(diff["changedProperties"]["Configuration.Monitoring.State"]["changeType"], "UPDATE");
    }

    #[test]
    fn a_first_item_is_a_creation_and_a_last_one_a_deletion() {
        let item = json!({ "configuration": { "groupId": "sg-1" } });

        assert_eq!(between(None, &item)["changeType"], "CREATE");
        assert_eq!(between(Some(&item), &json!({ "configuration": null }))["changeType"], "DELETE");
    }
}
