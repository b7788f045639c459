//! The parameters of the calls that documents make.

use serde_json::{Value, json};

use super::documents::Inputs;

const WORLD_V4: &str = "0.0.0.0/0";
const WORLD_V6: &str = "::/0";
const SSH: u16 = 22;
const RDP: u16 = 3389;

fn close(inputs: &Inputs<'_>, port: u16, source: &str) -> Option<Value> {
    let mut permission = json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port });
    if source == WORLD_V6 {
        permission["Ipv6Ranges"] = json!([{ "CidrIpv6": source }]);
    } else {
        permission["IpRanges"] = json!([{ "CidrIp": source }]);
    }
    Some(json!({ "GroupId": inputs.text("GroupId"), "IpPermissions": [permission] }))
}

pub(super) fn close_ssh_v4(inputs: &Inputs<'_>) -> Option<Value> {
    close(inputs, SSH, WORLD_V4)
}

pub(super) fn close_ssh_v6(inputs: &Inputs<'_>) -> Option<Value> {
    close(inputs, SSH, WORLD_V6)
}

pub(super) fn close_rdp_v4(inputs: &Inputs<'_>) -> Option<Value> {
    close(inputs, RDP, WORLD_V4)
}

pub(super) fn close_rdp_v6(inputs: &Inputs<'_>) -> Option<Value> {
    close(inputs, RDP, WORLD_V6)
}

pub(super) fn describe_group(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({ "GroupIds": [inputs.text("SecurityGroupId")] }))
}

/// Every permission of the group that the step before saw, reduced to its world-wide sources.
pub(super) fn revoke_world(inputs: &Inputs<'_>) -> Option<Value> {
    let described = inputs.answers.first()?;
    let permissions = described.pointer("/SecurityGroups/0/IpPermissions")?.as_array()?;
    let world = |permission: &Value, list: &str, member: &str, cidr: &str| {
        let ranges = permission.get(list).and_then(Value::as_array).into_iter().flatten();
        let has = ranges.into_iter().any(|range| range.get(member).and_then(Value::as_str) == Some(cidr));
        has.then(|| json!([{ member: cidr }]))
    };
    let open: Vec<Value> = permissions
        .iter()
        .filter_map(|permission| {
            let v4 = world(permission, "IpRanges", "CidrIp", WORLD_V4);
            let v6 = world(permission, "Ipv6Ranges", "CidrIpv6", WORLD_V6);
            if v4.is_none() && v6.is_none() {
                return None;
            }
            let mut revoked = json!({ "IpProtocol": permission.get("IpProtocol") });
            for port in ["FromPort", "ToPort"] {
                if let Some(number) = permission.get(port) {
                    revoked[port] = number.clone();
                }
            }
            for (list, ranges) in [("IpRanges", v4), ("Ipv6Ranges", v6)] {
                if let Some(ranges) = ranges {
                    revoked[list] = ranges;
                }
            }
            Some(revoked)
        })
        .collect();
    (!open.is_empty()).then(|| json!({ "GroupId": inputs.text("SecurityGroupId"), "IpPermissions": open }))
}

pub(super) fn private_acl(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({ "Bucket": inputs.text("S3BucketName"), "ACL": "private" }))
}

pub(super) fn of_bucket(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({ "Bucket": inputs.text("BucketName") }))
}

pub(super) fn block_public_access(inputs: &Inputs<'_>) -> Option<Value> {
    let is_on = |name: &str| inputs.text(name).eq_ignore_ascii_case("true");
    Some(json!({
        "Bucket": inputs.text("BucketName"),
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": is_on("BlockPublicAcls"),
            "IgnorePublicAcls": is_on("IgnorePublicAcls"),
            "BlockPublicPolicy": is_on("BlockPublicPolicy"),
            "RestrictPublicBuckets": is_on("RestrictPublicBuckets"),
        },
    }))
}

pub(super) fn encrypt_bucket(inputs: &Inputs<'_>) -> Option<Value> {
    let by_default = json!({ "SSEAlgorithm": inputs.text("SSEAlgorithm") });
    Some(json!({
        "Bucket": inputs.text("BucketName"),
        "ServerSideEncryptionConfiguration": { "Rules": [{ "ApplyServerSideEncryptionByDefault": by_default }] },
    }))
}

pub(super) fn version_bucket(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({
        "Bucket": inputs.text("BucketName"),
        "VersioningConfiguration": { "Status": inputs.text("VersioningState") },
    }))
}

pub(super) fn create_trail(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({ "Name": inputs.text("TrailName"), "S3BucketName": inputs.text("S3BucketName") }))
}

pub(super) fn of_trail(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({ "Name": inputs.text("TrailName") }))
}

pub(super) fn validate_log_files(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({ "Name": inputs.text("TrailName"), "EnableLogFileValidation": true }))
}

pub(super) fn of_instance(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({ "InstanceIds": [inputs.text("InstanceId")] }))
}

pub(super) fn publish(inputs: &Inputs<'_>) -> Option<Value> {
    Some(json!({ "TopicArn": inputs.text("TopicArn"), "Message": inputs.text("Message") }))
}
