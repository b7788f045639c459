//! `AWS::EC2::Instance` and `AWS::EC2::SecurityGroup`.

use serde_json::{Map, Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, text_at},
        property::Property,
    },
};

const RULE: &[Property] = &[
    Property::text("IpProtocol").required(),
    Property::integer("FromPort"),
    Property::integer("ToPort"),
    Property::text("CidrIp"),
    Property::text("CidrIpv6"),
    Property::text("Description"),
    Property::text("SourceSecurityGroupId"),
    Property::text("SourceSecurityGroupOwnerId"),
    Property::text("DestinationSecurityGroupId"),
];

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::EC2::Instance",
        service: ServiceName::Ec2,
        properties: &[
            Property::text("ImageId"),
            Property::text("InstanceType"),
            Property::text("KeyName"),
            Property::boolean("Monitoring"),
            Property::texts("SecurityGroupIds"),
            Property::texts("SecurityGroups"),
            Property::text("SubnetId"),
            Property::text("AvailabilityZone"),
            Property::text("IamInstanceProfile"),
            Property::boolean("EbsOptimized"),
            Property::text("UserData"),
            Property::tags(),
        ],
        attributes: &[
            "InstanceId",
            "PrivateIp",
            "PrivateDnsName",
            "PublicIp",
            "PublicDnsName",
            "AvailabilityZone",
            "VpcId",
        ],
        after: &[],
        create: instance,
    },
    ResourceType {
        name: "AWS::EC2::SecurityGroup",
        service: ServiceName::Ec2,
        properties: &[
            Property::text("GroupDescription").required().to("Description"),
            Property::text("GroupName"),
            Property::text("VpcId"),
            Property::records("SecurityGroupIngress", RULE),
            Property::records("SecurityGroupEgress", RULE),
            Property::tags(),
        ],
        attributes: &["GroupId", "VpcId"],
        after: &[],
        create: security_group,
    },
];

fn instance(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let monitoring = making.take("Monitoring");
    let zone = making.take("AvailabilityZone");
    let profile = making.take("IamInstanceProfile");
    let tags = making.take_list("Tags");
    let mut parameters = making.rest();
    parameters.insert("MinCount".to_owned(), 1.into());
    parameters.insert("MaxCount".to_owned(), 1.into());
    if let Some(enabled) = monitoring {
        parameters.insert("Monitoring".to_owned(), json!({"Enabled": enabled}));
    }
    if let Some(zone) = zone {
        parameters.insert("Placement".to_owned(), json!({"AvailabilityZone": zone}));
    }
    if let Some(name) = profile {
        parameters.insert("IamInstanceProfile".to_owned(), json!({"Name": name}));
    }
    tag_specification(&mut parameters, "instance", tags);
    let answer = making.call("RunInstances", parameters)?;
    let at = |name: &str| text_at(&answer, &format!("/Instances/0/{name}"));
    let public_ip = answer.pointer("/Instances/0/PublicIpAddress").cloned();
    Ok(Created::new(at("InstanceId"))
        .with("InstanceId", at("InstanceId"))
        .with("PrivateIp", at("PrivateIpAddress"))
        .with("PrivateDnsName", at("PrivateDnsName"))
        .with("PublicIp", public_ip)
        .with("PublicDnsName", at("PublicDnsName"))
        .with("AvailabilityZone", at("Placement/AvailabilityZone"))
        .with("VpcId", at("VpcId")))
}

fn security_group(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let ingress = making.take_list("SecurityGroupIngress");
    let egress = making.take("SecurityGroupEgress");
    let tags = making.take_list("Tags");
    making.name("GroupName");
    let mut parameters = making.rest();
    let mut vpc_id = parameters.get("VpcId").cloned().unwrap_or_default();
    tag_specification(&mut parameters, "security-group", tags);
    let group_id = text_at(&making.call("CreateSecurityGroup", parameters)?, "/GroupId");

    if !ingress.is_empty() {
        let permissions: Vec<_> =
            ingress.iter().map(|rule| permission(rule, "SourceSecurityGroupId")).collect();
        let parameters = json!({"GroupId": group_id, "IpPermissions": permissions});
        making.call("AuthorizeSecurityGroupIngress", parameters)?;
    }
    if let Some(Value::Array(egress)) = egress {
        // Written egress rules take the place of the one every new group has.
        let everything = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
        making
            .call("RevokeSecurityGroupEgress", json!({"GroupId": group_id, "IpPermissions": everything}))?;
        if !egress.is_empty() {
            let permissions: Vec<_> =
                egress.iter().map(|rule| permission(rule, "DestinationSecurityGroupId")).collect();
            let parameters = json!({"GroupId": group_id, "IpPermissions": permissions});
            making.call("AuthorizeSecurityGroupEgress", parameters)?;
        }
    }
    if vpc_id.is_null() && making.wants("VpcId") {
        let answer = making.call("DescribeSecurityGroups", json!({"GroupIds": [group_id]}))?;
        vpc_id = text_at(&answer, "/SecurityGroups/0/VpcId").into();
    }
    Ok(Created::new(group_id.clone()).with("GroupId", group_id).with("VpcId", vpc_id))
}

/// One rule as the API takes it: a permission with one source.
fn permission(rule: &Value, group_property: &str) -> Value {
    let mut permission = Map::new();
    for name in ["IpProtocol", "FromPort", "ToPort"] {
        if let Some(value) = rule.get(name) {
            permission.insert(name.to_owned(), value.clone());
        }
    }
    let source = |names: &[(&str, &str)]| {
        let mut source = Map::new();
        for (property, parameter) in names {
            if let Some(value) = rule.get(*property) {
                source.insert((*parameter).to_owned(), value.clone());
            }
        }
        Value::Array(vec![Value::Object(source)])
    };
    if rule.get("CidrIp").is_some() {
        permission
            .insert("IpRanges".to_owned(), source(&[("CidrIp", "CidrIp"), ("Description", "Description")]));
    }
    if rule.get("CidrIpv6").is_some() {
        permission.insert(
            "Ipv6Ranges".to_owned(),
            source(&[("CidrIpv6", "CidrIpv6"), ("Description", "Description")]),
        );
    }
    if rule.get(group_property).is_some() {
        let names = [
            (group_property, "GroupId"),
            ("SourceSecurityGroupOwnerId", "UserId"),
            ("Description", "Description"),
        ];
        permission.insert("UserIdGroupPairs".to_owned(), source(&names));
    }
    Value::Object(permission)
}

fn tag_specification(parameters: &mut Map<String, Value>, resource_type: &str, tags: Vec<Value>) {
    if !tags.is_empty() {
        let specification = json!([{"ResourceType": resource_type, "Tags": tags}]);
        parameters.insert("TagSpecifications".to_owned(), specification);
    }
}
