use serde_json::{Value, json};

use crate::aws::{HopPath, Principal, ServiceName, testing::Sandbox};

const EC2: ServiceName = ServiceName::Ec2;

fn launch(account: &mut Sandbox, name: &str) -> String {
    let answer = account.ok(
        EC2,
        "RunInstances",
        json!({
            "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
            "TagSpecifications": [{ "ResourceType": "instance", "Tags": [{ "Key": "Name", "Value": name }] }],
        }),
    );
    answer["Instances"][0]["InstanceId"].as_str().unwrap().to_owned()
}

fn group(account: &mut Sandbox) -> String {
    let answer =
        account.ok(EC2, "CreateSecurityGroup", json!({ "GroupName": "garage", "Description": "the garage" }));
    answer["GroupId"].as_str().unwrap().to_owned()
}

fn open(group: &str, port: u16, from: &str) -> Value {
    json!({ "GroupId": group, "IpPermissions": [
        { "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{ "CidrIp": from }] },
    ]})
}

fn state(account: &mut Sandbox, id: &str) -> String {
    let answer = account.ok(EC2, "DescribeInstances", json!({ "InstanceIds": [id] }));
    answer["Reservations"][0]["Instances"][0]["State"]["Name"].as_str().unwrap().to_owned()
}

#[test]
fn an_instance_is_pending_then_running_and_the_bus_hears_both() {
    let mut account = Sandbox::new();
    let id = launch(&mut account, "voiture-rouge");

    assert_eq!(state(&mut account, &id), "pending");
    account.wait(5);
    assert_eq!(state(&mut account, &id), "running");

    let heard = account.payloads(HopPath::ResBus);
    let states: Vec<_> = heard.iter().map(|event| event["detail"]["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["pending", "running"]);
    assert_eq!(heard[1]["detail-type"], "EC2 Instance State-change Notification");
    assert_eq!(heard[1]["resources"][0], format!("arn:aws:ec2:us-east-1:123456789012:instance/{id}"));
    assert_eq!(heard[1]["time"], "2026-11-20T09:00:03Z");
}

#[test]
fn a_stopped_instance_can_change_its_type_and_a_running_one_cannot() {
    let mut account = Sandbox::new();
    let id = launch(&mut account, "voiture-rouge");
    account.wait(5);
    let wish = json!({ "InstanceId": id, "InstanceType": { "Value": "t3.nano" } });

    assert_eq!(
        account.error(EC2, "ModifyInstanceAttribute", wish.clone()),
        format!("IncorrectInstanceState: The instance '{id}' is not in the 'stopped' state.")
    );
    let stopped = account.ok(EC2, "StopInstances", json!({ "InstanceIds": [id] }));
    account.wait(5);
    account.ok(EC2, "ModifyInstanceAttribute", wish);
    account.ok(EC2, "StartInstances", json!({ "InstanceIds": [id] }));
    account.wait(5);

    assert_eq!(
        stopped["StoppingInstances"],
        json!([{
            "InstanceId": id,
            "CurrentState": { "Code": 64, "Name": "stopping" },
            "PreviousState": { "Code": 16, "Name": "running" },
        }])
    );
    assert_eq!(account.services().ec2.metric_sources().next().unwrap().instance_type.as_ref(), "t3.nano");
}

#[test]
fn only_running_instances_are_measured_and_monitoring_says_how_often() {
    let mut account = Sandbox::new();
    let red = launch(&mut account, "voiture-rouge");
    let blue = launch(&mut account, "voiture-bleue");
    assert_eq!(account.services().ec2.metric_sources().count(), 0);
    account.wait(5);
    account.ok(EC2, "MonitorInstances", json!({ "InstanceIds": [red] }));
    account.ok(EC2, "StopInstances", json!({ "InstanceIds": [blue] }));

    let sources: Vec<_> = account.services().ec2.metric_sources().collect();

    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0].name.as_ref(), "voiture-rouge");
    assert!(sources[0].detailed);
}

#[test]
fn opening_a_port_twice_is_a_duplicate_in_the_words_of_ec2() {
    let mut account = Sandbox::new();
    let id = group(&mut account);

    let opened = account.ok(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"));

    assert_eq!(opened["Return"], true);
    let rule = &opened["SecurityGroupRules"][0];
    assert!(rule["SecurityGroupRuleId"].as_str().unwrap().starts_with("sgr-0"));
    assert_eq!(rule["CidrIpv4"], "0.0.0.0/0");
    assert_eq!(
        account.error(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0")),
        "InvalidPermission.Duplicate: the specified rule \"peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, \
         ALLOW\" already exists"
    );
    account.ok(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "10.0.0.0/8"));
}

#[test]
fn closing_what_is_not_open_is_refused() {
    let mut account = Sandbox::new();
    let id = group(&mut account);

    assert_eq!(
        account.error(EC2, "RevokeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0")),
        "InvalidPermission.NotFound: The specified rule does not exist in this security group."
    );
    account.ok(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"));
    account.ok(EC2, "RevokeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"));
    let shown = account.ok(EC2, "DescribeSecurityGroups", json!({ "GroupIds": [id] }));
    assert_eq!(shown["SecurityGroups"][0]["IpPermissions"], json!([]));
}

#[test]
fn the_short_form_of_a_permission_is_the_same_as_the_long_one() {
    let mut account = Sandbox::new();
    let id = group(&mut account);
    account.ok(
        EC2,
        "AuthorizeSecurityGroupIngress",
        json!({ "GroupId": id, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0" }),
    );

    assert!(
        account
            .error(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"))
            .starts_with("InvalidPermission.Duplicate")
    );
}

#[test]
fn a_rule_can_be_edited_where_it_stands() {
    let mut account = Sandbox::new();
    let id = group(&mut account);
    account.ok(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"));
    let filter = json!({ "Filters": [{ "Name": "group-id", "Values": [id] }] });
    let rules = account.ok(EC2, "DescribeSecurityGroupRules", filter.clone());
    let ingress =
        rules["SecurityGroupRules"].as_array().unwrap().iter().find(|rule| rule["IsEgress"] == false);
    let rule_id = ingress.unwrap()["SecurityGroupRuleId"].clone();

    let answer = account.ok(
        EC2,
        "ModifySecurityGroupRules",
        json!({ "GroupId": id, "SecurityGroupRules": [{
            "SecurityGroupRuleId": rule_id,
            "SecurityGroupRule": { "IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389, "CidrIpv4": "0.0.0.0/0" },
        }]}),
    );

    assert_eq!(answer, json!({ "Return": true }));
    let group = account.ok(EC2, "DescribeSecurityGroups", json!({ "GroupIds": [id] }));
    assert_eq!(group["SecurityGroups"][0]["IpPermissions"][0]["FromPort"], 3389);
    assert!(
        account
            .error(
                EC2,
                "ModifySecurityGroupRules",
                json!({ "GroupId": id, "SecurityGroupRules": [{
                    "SecurityGroupRuleId": "sgr-0aaaaaaaaaaaaaaaa",
                    "SecurityGroupRule": { "IpProtocol": "-1", "CidrIpv4": "0.0.0.0/0" },
                }]})
            )
            .starts_with("InvalidSecurityGroupRuleId.NotFound")
    );
}

#[test]
fn a_group_in_use_cannot_be_deleted() {
    let mut account = Sandbox::new();
    let id = group(&mut account);
    let instance = launch(&mut account, "voiture-rouge");
    account.ok(EC2, "ModifyInstanceAttribute", json!({ "InstanceId": instance, "Groups": [id] }));

    assert_eq!(
        account.error(EC2, "DeleteSecurityGroup", json!({ "GroupId": id })),
        format!("DependencyViolation: resource {id} has a dependent object")
    );
    account.ok(EC2, "TerminateInstances", json!({ "InstanceIds": [instance] }));
    account.wait(5);
    account.ok(EC2, "DeleteSecurityGroup", json!({ "GroupId": id }));
    assert_eq!(
        account.error(EC2, "DescribeSecurityGroups", json!({ "GroupIds": [id] })),
        format!("InvalidGroup.NotFound: The security group '{id}' does not exist")
    );
}

#[test]
fn every_region_has_a_default_network_and_a_default_group() {
    let mut account = Sandbox::new();
    let home = account.ok(EC2, "DescribeVpcs", json!({}));
    account.in_region("eu-west-3");
    let paris = account.ok(EC2, "DescribeVpcs", json!({}));
    let subnets = account.ok(EC2, "DescribeSubnets", json!({}));
    let groups = account.ok(EC2, "DescribeSecurityGroups", json!({ "GroupNames": ["default"] }));

    assert_ne!(home["Vpcs"][0]["VpcId"], paris["Vpcs"][0]["VpcId"]);
    assert_eq!(subnets["Subnets"].as_array().unwrap().len(), 3);
    assert_eq!(subnets["Subnets"][1]["AvailabilityZone"], "eu-west-3b");
    assert_eq!(groups["SecurityGroups"][0]["VpcId"], paris["Vpcs"][0]["VpcId"]);
    let id = groups["SecurityGroups"][0]["GroupId"].as_str().unwrap().to_owned();
    assert!(account.error(EC2, "DeleteSecurityGroup", json!({ "GroupId": id })).starts_with("CannotDelete"));
}

#[test]
fn tags_are_set_seen_and_removed() {
    let mut account = Sandbox::new();
    let id = launch(&mut account, "voiture-rouge");

    account.ok(
        EC2,
        "CreateTags",
        json!({ "Resources": [id], "Tags": [{ "Key": "amende", "Value": "oui" }] }),
    );
    let found = account.ok(
        EC2,
        "DescribeInstances",
        json!({ "Filters": [{ "Name": "tag:amende", "Values": ["o*"] }] }),
    );
    assert_eq!(found["Reservations"][0]["Instances"][0]["InstanceId"], id.as_str());
    account.ok(EC2, "DeleteTags", json!({ "Resources": [id], "Tags": [{ "Key": "amende" }] }));

    let left =
        account.ok(EC2, "DescribeTags", json!({ "Filters": [{ "Name": "key", "Values": ["amende"] }] }));
    assert_eq!(left["Tags"], json!([]));
}

#[test]
fn what_does_not_exist_or_does_not_look_right_is_said_in_the_words_of_ec2() {
    let mut account = Sandbox::new();

    for (operation, parameters, expected) in [
        (
            "StopInstances",
            json!({ "InstanceIds": ["i-0aaaaaaaaaaaaaaaa"] }),
            "InvalidInstanceID.NotFound: The instance ID 'i-0aaaaaaaaaaaaaaaa' does not exist",
        ),
        (
            "StopInstances",
            json!({ "InstanceIds": ["i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb"] }),
            "InvalidInstanceID.NotFound: The instance IDs 'i-0aaaaaaaaaaaaaaaa, i-0bbbbbbbbbbbbbbbb' do not exist",
        ),
        (
            "StopInstances",
            json!({ "InstanceIds": ["web-1"] }),
            "InvalidInstanceID.Malformed: Invalid id: \"web-1\"",
        ),
        (
            "AuthorizeSecurityGroupIngress",
            open("sg-0aaaaaaaaaaaaaaaa", 22, "0.0.0.0/0"),
            "InvalidGroup.NotFound: The security group 'sg-0aaaaaaaaaaaaaaaa' does not exist",
        ),
        (
            "CreateTags",
            json!({ "Resources": ["door-1"], "Tags": [{ "Key": "a", "Value": "b" }] }),
            "InvalidID: The ID 'door-1' is not valid",
        ),
    ] {
        assert_eq!(account.error(EC2, operation, parameters), expected);
    }
    let id = group(&mut account);
    assert_eq!(
        account.error(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/40")),
        "InvalidParameterValue: CIDR block 0.0.0.0/40 is malformed"
    );
    assert_eq!(
        account.error(EC2, "CreateSecurityGroup", json!({ "GroupName": "garage", "Description": "again" })),
        format!(
            "InvalidGroup.Duplicate: The security group 'garage' already exists for VPC '{}'",
            account.services().ec2.default_vpc_id(account.account.home()).unwrap()
        )
    );
}

#[test]
fn an_auditor_may_look_and_not_touch() {
    let mut account = Sandbox::new();
    let id = group(&mut account);
    account.act_as_user("claire", &["ViewOnlyAccess"]);

    assert!(account.call(EC2, "DescribeSecurityGroups", json!({})).is_ok());
    let refused = account.call(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0")).unwrap_err();

    assert_eq!(&*refused.code, "UnauthorizedOperation");
    assert!(refused.refused);
    assert!(refused.message.contains(&format!(
        "is not authorized to perform: ec2:AuthorizeSecurityGroupIngress on resource: \
         arn:aws:ec2:us-east-1:123456789012:security-group/{id} because no identity-based policy allows"
    )));
}

#[test]
fn a_role_bound_to_one_group_may_not_touch_another() {
    let mut account = Sandbox::new();
    let id = group(&mut account);
    account.ok(
        ServiceName::Iam,
        "CreateRole",
        json!({ "RoleName": "fixer", "AssumeRolePolicyDocument":
            r#"{"Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}"# }),
    );
    let policy = json!({ "Statement": { "Effect": "Allow", "Action": "ec2:RevokeSecurityGroupIngress",
        "Resource": format!("arn:aws:ec2:*:*:security-group/{id}") } });
    account.ok(
        ServiceName::Iam,
        "PutRolePolicy",
        json!({ "RoleName": "fixer", "PolicyName": "p", "PolicyDocument": policy.to_string() }),
    );
    let other = account.services().ec2.default_group_id(account.account.home()).unwrap().to_string();
    account.act_as(Principal::role("fixer", "corrige-sg"));

    assert!(
        account
            .error(EC2, "RevokeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"))
            .starts_with("InvalidPermission.NotFound")
    );
    assert!(
        account
            .error(EC2, "RevokeSecurityGroupIngress", open(&other, 22, "0.0.0.0/0"))
            .starts_with("UnauthorizedOperation")
    );
}

/// The paths of every scalar, empty list and empty object of a document.
fn shape(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                shape(value, &format!("{at}.{key}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                shape(item, &format!("{at}[]"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

fn shape_of(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    shape(value, "", &mut found);
    found.sort();
    found.dedup();
    found
}

fn sample(name: &str) -> Value {
    let path = format!("{}/tests/samples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn launching_an_instance_is_recorded_field_by_field_as_in_the_sample() {
    let mut account = Sandbox::new();
    let id = group(&mut account);
    let subnet = account.ok(EC2, "DescribeSubnets", json!({}))["Subnets"][0]["SubnetId"].clone();
    let launch = json!({
        "ImageId": "ami-0123456789abcdef0", "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro",
        "NetworkInterfaces": [{
            "DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": true, "Groups": [id],
        }],
        "TagSpecifications": [{ "ResourceType": "instance", "Tags": [{ "Key": "Name", "Value": "web-1" }] }],
    });

    account.ok(EC2, "RunInstances", launch);

    let record = account.payloads(HopPath::ApiTrail).pop().unwrap();
    let real = sample("ct-ec2-RunInstances");
    assert_eq!(shape_of(&record["requestParameters"]), shape_of(&real["requestParameters"]));
    let mut answered = shape_of(&real["responseElements"]);
    // Our answer is the API's own, in which an interface has no tags.
    answered.retain(|path| path != ".instancesSet.items[].networkInterfaceSet.items[].tagSet");
    assert_eq!(shape_of(&record["responseElements"]), answered);
}

#[test]
fn a_refused_launch_keeps_its_parameters_in_the_record() {
    let mut account = Sandbox::new();
    account.act_as_user("mallory", &[]);
    let launch = json!({
        "ImageId": "ami-0123456789abcdef0", "MinCount": 5, "MaxCount": 5, "InstanceType": "p5.48xlarge",
    });

    account.error(EC2, "RunInstances", launch);

    let record = account.payloads(HopPath::ApiTrail).pop().unwrap();
    let real = sample("ct-ec2-RunInstances-unauthorized");
    assert_eq!(record["requestParameters"], real["requestParameters"]);
    assert_eq!(record["errorCode"], "Client.UnauthorizedOperation");
    assert_eq!(record["responseElements"], Value::Null);
}

#[test]
fn stopping_and_closing_are_recorded_as_in_the_samples() {
    let mut account = Sandbox::new();
    let id = group(&mut account);
    let instance = launch(&mut account, "voiture-rouge");
    account.wait(5);

    account.ok(EC2, "StopInstances", json!({ "InstanceIds": [instance] }));
    let stop = account.payloads(HopPath::ApiTrail).pop().unwrap();
    account.ok(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"));
    account.ok(EC2, "RevokeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"));
    let close = account.payloads(HopPath::ApiTrail).pop().unwrap();

    for (record, name) in [(stop, "ct-ec2-StopInstances"), (close, "ct-ec2-RevokeSecurityGroupIngress")] {
        let real = sample(name);
        assert_eq!(shape_of(&record["requestParameters"]), shape_of(&real["requestParameters"]), "{name}");
        assert_eq!(shape_of(&record["responseElements"]), shape_of(&real["responseElements"]), "{name}");
    }
}

#[test]
fn a_configuration_item_of_a_group_has_the_shape_of_the_sample() {
    let mut account = Sandbox::new();
    let id = group(&mut account);
    account.ok(EC2, "AuthorizeSecurityGroupIngress", open(&id, 22, "0.0.0.0/0"));
    let change = {
        let place = &account.services().ec2.regions[account.account.home()];
        place.groups[id.as_str()].change(account.account.home(), "123456789012")
    };

    let sample = sample("config-ci-security-group");
    let mut body = sample["configuration"].clone();
    body["description"] = json!("the garage");
    body["groupName"] = json!("garage");
    body["groupId"] = json!(id);
    body["tags"] = json!([]);
    body["vpcId"] = change.configuration["vpcId"].clone();
    body["ipPermissions"][0]["ipv4Ranges"] = json!([{ "cidrIp": "0.0.0.0/0" }]);
    assert_eq!(change.configuration, body);
    assert_eq!(change.relationships[0]["name"], sample["relationships"][0]["name"]);
    assert_eq!(&*change.availability_zone, "Not Applicable");
}

#[test]
fn a_dry_run_says_whether_one_may_and_does_nothing() {
    let mut account = Sandbox::new();
    let id = launch(&mut account, "voiture-rouge");
    account.wait(5);
    let tried = json!({ "InstanceIds": [id.as_str()], "DryRun": true });

    assert_eq!(
        account.error(EC2, "TerminateInstances", tried.clone()),
        "DryRunOperation: Request would have succeeded, but DryRun flag is set."
    );
    assert_eq!(state(&mut account, &id), "running");
    let records = account.payloads(HopPath::ApiTrail);
    let record =
        records.iter().find(|record| record["eventName"] == "TerminateInstances").expect("it is recorded");
    assert_eq!(record["errorCode"], "Client.DryRunOperation");
    assert_eq!(record["requestParameters"]["dryRun"], Value::Null, "the flag itself is not");

    let meant = json!({ "InstanceIds": [id.as_str()], "DryRun": false });
    account.ok(EC2, "StopInstances", meant);
    assert_eq!(state(&mut account, &id), "stopping");

    account.act_as_user("mallory", &[]);
    assert!(account.error(EC2, "TerminateInstances", tried).starts_with("UnauthorizedOperation: "));
}
