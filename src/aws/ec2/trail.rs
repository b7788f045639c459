//! What CloudTrail's general spelling of EC2 calls does not give: defaults that the service fills in, and answers
//! that records leave shorter than the API does.
//!
//! Source: real records, as in `samples/ct-ec2-*.json`.

use serde_json::{Map, Value, json};

use super::super::{ApiCall, ApiOutcome, service::TrailShape, spelling::small_first};

pub(super) fn shape(operation: &str, call: &ApiCall, outcome: &ApiOutcome) -> TrailShape {
    match operation {
        "RunInstances" => {
            TrailShape { request: Some(run_instances(&call.parameters, outcome)), ..TrailShape::default() }
        }
        "StopInstances" => {
            TrailShape { request: Some(stop_instances(&call.parameters)), ..TrailShape::default() }
        }
        "RevokeSecurityGroupIngress" | "RevokeSecurityGroupEgress" | "DeleteSecurityGroup" => {
            TrailShape { response: Some(json!({ "_return": true })), ..TrailShape::default() }
        }
        _ => TrailShape::default(),
    }
}

fn stop_instances(parameters: &Value) -> Value {
    json!({
        "instancesSet": { "items": items(&parameters["InstanceIds"], "instanceId") },
        "force": parameters["Force"].as_bool().unwrap_or_default(),
    })
}

/// A list of ids, each wrapped.
fn items(ids: &Value, member: &str) -> Value {
    ids.as_array().into_iter().flatten().map(|id| json!({ member: id })).collect()
}

fn run_instances(parameters: &Value, outcome: &ApiOutcome) -> Value {
    let given = |member: &str| parameters.get(member).filter(|value| !value.is_null());
    let mut image = Map::new();
    for (member, name) in
        [("ImageId", "imageId"), ("MinCount", "minCount"), ("MaxCount", "maxCount"), ("KeyName", "keyName")]
    {
        if let Some(value) = given(member) {
            image.insert(name.to_owned(), value.clone());
        }
    }
    let mut request = Map::from_iter([("instancesSet".to_owned(), json!({ "items": [image] }))]);
    let mut put = |name: &str, value: Value| {
        request.insert(name.to_owned(), value);
    };
    if let Some(groups) = given("SecurityGroupIds") {
        put("groupSet", json!({ "items": items(groups, "groupId") }));
    } else if let Some(names) = given("SecurityGroups") {
        put("groupSet", json!({ "items": items(names, "groupName") }));
    }
    if given("UserData").is_some() {
        put("userData", "<sensitiveDataRemoved>".into());
    }
    put("instanceType", given("InstanceType").cloned().unwrap_or_else(|| "m1.small".into()));
    put("blockDeviceMapping", json!({}));
    if let Some(zone) = given("Placement").and_then(|placement| placement.get("AvailabilityZone")) {
        put("availabilityZone", zone.clone());
    }
    let monitored = parameters["Monitoring"]["Enabled"].as_bool().unwrap_or_default();
    put("monitoring", json!({ "enabled": monitored }));
    if let Some(subnet) = given("SubnetId") {
        put("subnetId", subnet.clone());
    }
    if let Some(address) = given("PrivateIpAddress") {
        put("privateIpAddress", address.clone());
    }
    put("disableApiTermination", given("DisableApiTermination").cloned().unwrap_or_else(|| false.into()));
    put("disableApiStop", given("DisableApiStop").cloned().unwrap_or_else(|| false.into()));
    // The CLI invents a token for every call; the answer repeats it.
    let token = outcome.as_ref().ok().and_then(|answer| answer["Instances"][0].get("ClientToken"));
    if let Some(token) = given("ClientToken").or(token) {
        put("clientToken", token.clone());
    }
    if let Some(interfaces) = given("NetworkInterfaces").and_then(Value::as_array) {
        let interfaces: Vec<Value> = interfaces.iter().map(interface).collect();
        put("networkInterfaceSet", json!({ "items": interfaces }));
    }
    if let Some(profile) = given("IamInstanceProfile") {
        put("iamInstanceProfile", small_first(profile));
    }
    if outcome.is_ok() {
        put("ebsOptimized", given("EbsOptimized").cloned().unwrap_or_else(|| false.into()));
    }
    if let Some(options) = given("MetadataOptions") {
        put("metadataOptions", small_first(options));
    }
    if let Some(specifications) = given("TagSpecifications").and_then(Value::as_array) {
        let specifications: Vec<Value> = specifications
            .iter()
            .map(|specification| {
                let tags = specification["Tags"].as_array().into_iter().flatten();
                json!({
                    "resourceType": specification["ResourceType"],
                    "tags": tags.map(small_first).collect::<Vec<_>>(),
                })
            })
            .collect();
        put("tagSpecificationSet", json!({ "items": specifications }));
    }
    Value::Object(request)
}

fn interface(specification: &Value) -> Value {
    let mut shown = Map::new();
    for (member, name) in [
        ("DeviceIndex", "deviceIndex"),
        ("SubnetId", "subnetId"),
        ("AssociatePublicIpAddress", "associatePublicIpAddress"),
    ] {
        if let Some(value) = specification.get(member) {
            shown.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(groups) = specification.get("Groups") {
        shown.insert("groupSet".to_owned(), json!({ "items": items(groups, "groupId") }));
    }
    Value::Object(shown)
}
