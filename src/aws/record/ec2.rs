//! How EC2 spells a call: its query protocol shows through. Lists are wrapped (`tagSet: {items: […]}`, an empty one
//! is `{}`), points in time are epoch milliseconds, an answer repeats `requestId`, a yes is `_return: true`.
//!
//! Names come from the service model (`locationName`) and from real records, which differ in requests.

use serde_json::{Map, Value, json};

use super::Wording;
use crate::aws::{service::TrailShape, spelling::lower_first, timestamps};

/// Calls of newer make, recorded as the XML body itself: name, and its list members with their XML names.
const WRAPPED: &[(&str, &str, &str)] =
    &[("ModifySecurityGroupRules", "SecurityGroupRules", "SecurityGroupRule")];

/// Calls whose model answers nothing about success, but whose records say `_return: true` all the same.
const SAYS_RETURN: &[&str] = &["CreateSecurityGroup"];

/// Names in requests: member, name in the record, and what each item of a list of ids is wrapped in.
const REQUEST: &[(&str, &str, Option<&str>)] = &[
    ("InstanceIds", "instancesSet", Some("instanceId")),
    ("Resources", "resourcesSet", Some("resourceId")),
    ("Groups", "groupSet", Some("groupId")),
    ("SecurityGroupIds", "groupSet", Some("groupId")),
    ("GroupIds", "securityGroupIdSet", Some("groupId")),
    ("GroupNames", "securityGroupSet", Some("groupName")),
    ("SecurityGroupRuleIds", "securityGroupRuleIds", Some("securityGroupRuleId")),
    ("Filters", "filterSet", None),
    ("Values", "valueSet", Some("value")),
    ("BlockDeviceMappings", "blockDeviceMapping", None),
    ("Tags", "tagSet", None),
    ("TagSpecifications", "tagSpecificationSet", None),
    ("NetworkInterfaces", "networkInterfaceSet", None),
    ("UserIdGroupPairs", "groups", None),
    ("Description", "groupDescription", None),
];

/// Names in answers.
const ANSWER: &[(&str, &str)] = &[
    ("Return", "_return"),
    ("Groups", "groupSet"),
    ("SecurityGroups", "groupSet"),
    ("Instances", "instancesSet"),
    ("StartingInstances", "instancesSet"),
    ("StoppingInstances", "instancesSet"),
    ("TerminatingInstances", "instancesSet"),
    ("InstanceMonitorings", "instancesSet"),
    ("NetworkInterfaces", "networkInterfaceSet"),
    ("BlockDeviceMappings", "blockDeviceMapping"),
    ("Ipv6Addresses", "ipv6AddressesSet"),
    ("PrivateIpAddresses", "privateIpAddressesSet"),
    ("Tags", "tagSet"),
    ("SecurityGroupRules", "securityGroupRuleSet"),
    ("RevokedSecurityGroupRules", "revokedSecurityGroupRuleSet"),
    ("UserIdGroupPairs", "groups"),
    ("StateTransitionReason", "reason"),
    ("PublicDnsName", "dnsName"),
    ("PublicIpAddress", "ipAddress"),
];

/// Spells a call; the answer, however it is worded, begins with `requestId`.
pub(super) fn word(
    operation: &'static str,
    parameters: &Value,
    answer: Option<&Value>,
    request_id: &str,
    shape: &TrailShape,
) -> Wording {
    if let Some((_, list, item)) = WRAPPED.iter().find(|(name, ..)| *name == operation) {
        return wrapped(operation, parameters, (list, item), answer.is_some(), request_id);
    }
    let response = answer.map_or(Value::Null, |answer| {
        let spelled = shape.response.clone().unwrap_or_else(|| Value::Object(members(answer, Side::Answer)));
        let Value::Object(rest) = spelled else { return spelled };
        let mut elements = Map::from_iter([("requestId".to_owned(), request_id.into())]);
        if rest.contains_key("_return") || rest.is_empty() || SAYS_RETURN.contains(&operation) {
            elements.insert("_return".to_owned(), true.into());
        }
        for (key, value) in rest {
            elements.entry(key).or_insert(value);
        }
        Value::Object(elements)
    });
    Wording {
        request: Value::Object(members(parameters, Side::Request)),
        response,
        additional_event_data: None,
    }
}

/// The request's XML body as it is, with the list members numbered by `tag`.
fn wrapped(
    operation: &str,
    parameters: &Value,
    (list, item): (&str, &str),
    succeeded: bool,
    request_id: &str,
) -> Wording {
    let mut body = Map::new();
    for (key, value) in parameters.as_object().into_iter().flatten() {
        if key != list {
            body.insert(key.clone(), value.clone());
            continue;
        }
        let tagged: Vec<Value> = (1..)
            .zip(value.as_array().into_iter().flatten())
            .map(|(tag, entry)| {
                let mut entry = entry.as_object().cloned().unwrap_or_default();
                entry.insert("tag".to_owned(), tag.into());
                Value::Object(entry)
            })
            .collect();
        let entries = match <[Value; 1]>::try_from(tagged) {
            Ok([only]) => only,
            Err(several) => Value::Array(several),
        };
        body.insert(item.to_owned(), entries);
    }
    let response = succeeded.then(|| {
        json!({ format!("{operation}Response"): {
            "xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/",
            "return": true,
            "requestId": request_id,
        }})
    });
    Wording {
        request: json!({ format!("{operation}Request"): body }),
        response: response.unwrap_or_default(),
        additional_event_data: None,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Request,
    Answer,
}

fn members(value: &Value, side: Side) -> Map<String, Value> {
    let mut spelled = Map::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        if key == "DryRun" || key == "SecurityGroupArn" {
            continue; // Neither shows in records.
        }
        let (name, item) = name_of(key, value, side);
        spelled.insert(name, spell(key, value, side, item));
    }
    let is_permission = spelled.contains_key("ipProtocol") && side == Side::Request;
    if is_permission && !spelled.contains_key("cidrIp") {
        for list in ["groups", "ipRanges", "ipv6Ranges", "prefixListIds"] {
            spelled.entry(list).or_insert_with(|| json!({}));
        }
    }
    spelled
}

fn name_of(key: &str, value: &Value, side: Side) -> (String, Option<&'static str>) {
    match side {
        Side::Request => REQUEST
            .iter()
            .find(|(member, ..)| *member == key)
            .map_or_else(|| (lower_first(key), None), |(_, name, item)| ((*name).to_owned(), *item)),
        Side::Answer if key == "State" && value.is_object() => ("instanceState".to_owned(), None),
        Side::Answer => ANSWER
            .iter()
            .find(|(member, _)| *member == key)
            .map_or_else(|| (lower_first(key), None), |(_, name)| ((*name).to_owned(), None)),
    }
}

fn spell(key: &str, value: &Value, side: Side, item: Option<&str>) -> Value {
    match value {
        Value::Object(_) => Value::Object(members(value, side)),
        Value::Array(entries) if entries.is_empty() => json!({}),
        Value::Array(entries) => {
            let entries: Vec<Value> = entries
                .iter()
                .map(|entry| match (entry, item) {
                    (Value::Object(_), _) if key == "TagSpecifications" => tag_specification(entry),
                    (Value::Object(_), _) if matches!(key, "IpRanges" | "Ipv6Ranges" | "PrefixListIds") => {
                        small_members(entry)
                    }
                    (Value::Object(_), _) => Value::Object(members(entry, side)),
                    (scalar, Some(item)) => json!({ item: scalar }),
                    (scalar, None) => scalar.clone(),
                })
                .collect();
            let inside = if key == "PrivateIpAddresses" { "item" } else { "items" };
            json!({ inside: entries })
        }
        Value::String(text) if key.ends_with("Time") => {
            timestamps::parse(text).map_or_else(|| value.clone(), |moment| moment.timestamp_millis().into())
        }
        Value::String(_) if key == "UserData" => "<sensitiveDataRemoved>".into(),
        other => other.clone(),
    }
}

/// `tags` stays a plain list here.
fn tag_specification(entry: &Value) -> Value {
    let tags: Vec<Value> =
        entry.get("Tags").and_then(Value::as_array).into_iter().flatten().map(small_members).collect();
    json!({ "resourceType": entry.get("ResourceType"), "tags": tags })
}

fn small_members(entry: &Value) -> Value {
    entry
        .as_object()
        .map(|members| {
            members.iter().map(|(key, value)| (lower_first(key), value.clone())).collect::<Map<_, _>>()
        })
        .map_or_else(|| entry.clone(), Value::Object)
}
