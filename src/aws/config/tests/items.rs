use super::*;

/// A car parked behind a group.
fn parked(id: &str, group: &str) -> ResourceChange {
    let relationships = json!([{
        "resourceId": group,
        "resourceName": null,
        "resourceType": "AWS::EC2::SecurityGroup",
        "name": "Is associated with SecurityGroup",
    }]);
    ResourceChange { relationships, ..car(id, "ami-1", "enabled") }
}

fn group_items(account: &Sandbox) -> &[std::sync::Arc<crate::aws::config::Item>] {
    account.services().config.items(&Region::new("us-east-1"), "AWS::EC2::SecurityGroup", "sg-garage")
}

#[test]
fn a_relationship_is_seen_from_both_sides_and_a_change_of_it_gives_the_neighbour_an_item() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    announce(&mut account, parked("i-rouge", "sg-garage"));
    announce(&mut account, parked("i-bleue", "sg-garage"));
    account.wait(10);

    let items = group_items(&account);
    assert_eq!(items.len(), 2, "both cars came within one item");
    let names: Vec<&str> = items[1].json["relationships"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["resourceId"].as_str())
        .collect();
    assert_eq!(names, ["i-bleue", "i-rouge"]);
    assert_eq!(items[1].json["relationships"][0]["name"], "Is associated with Instance");
    assert_eq!(items[1].diff["changeType"], "UPDATE");

    announce(&mut account, parked("i-rouge", "sg-autre"));
    account.wait(10);
    let last = group_items(&account).last().expect("it has items");
    assert_eq!(last.json["relationships"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_change_that_leaves_the_relationships_alone_is_no_business_of_the_neighbours() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    announce(&mut account, parked("i-rouge", "sg-garage"));
    account.wait(10);
    let before = group_items(&account).len();

    let mut repainted = parked("i-rouge", "sg-garage");
    repainted.tags = json!({ "couleur": "verte" });
    announce(&mut account, repainted);
    account.wait(10);

    assert_eq!(group_items(&account).len(), before);
}

#[test]
fn any_two_items_can_be_compared_and_lead_to_the_records_of_who_did_it() {
    let mut account = an_inspected_account();
    for cidr in ["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0"] {
        announce(&mut account, garage(cidr));
        account.wait(10);
    }
    let [first, _, last] = group_items(&account) else { panic!("three items") };

    let diff = last.diff_from(first);

    let changed = diff["changedProperties"].as_object().expect("an object");
    assert_eq!(changed["Configuration.IpPermissions.0"]["changeType"], "DELETE");
    assert_eq!(changed["Configuration.IpPermissions.1"]["changeType"], "CREATE");
    let lookup = last.lookup(Some(first));
    assert_eq!(
        lookup["LookupAttributes"],
        json!([{ "AttributeKey": "ResourceName", "AttributeValue": "sg-garage" }])
    );
    assert_eq!(lookup["StartTime"], "2026-11-20T09:00:04+00:00");
}

#[test]
fn a_resource_that_comes_back_is_discovered_anew() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    announce(&mut account, ResourceChange { deleted: true, ..garage("10.0.0.0/8") });
    account.wait(10);
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);

    let statuses: Vec<&str> = group_items(&account).iter().map(|item| item.status).collect();
    assert_eq!(statuses, ["ResourceDiscovered", "ResourceDeleted", "ResourceDiscovered"]);
}

#[test]
fn an_item_too_large_for_a_message_is_told_of_in_short_and_goes_to_the_bucket() {
    let mut account = an_inspected_account();
    let long: Vec<String> =
        (0..20_000).map(|number| format!("10.{}.{}.0/24", number / 256, number % 256)).collect();
    announce(&mut account, resource("AWS::EC2::SecurityGroup", "sg-garage", json!({ "ipRanges": long })));
    account.wait(20);

    let event = &account.payloads(HopPath::ConfigBus)[0]["detail"];
    assert_eq!(event["messageType"], "OversizedConfigurationItemChangeNotification");
    assert_eq!(event["configurationItemSummary"]["changeType"], "CREATE");
    assert!(event["configurationItemSummary"].get("configuration").is_none());
    let place = event["s3DeliverySummary"]["s3BucketLocation"].as_str().expect("a place");
    assert!(place.starts_with("archives-ville/AWSLogs/123456789012/Config/us-east-1/2026/11/20/Oversized"));
    assert_eq!(account.hops(HopPath::ConfigS3).len(), 1);
}

#[test]
fn a_batch_gives_the_last_item_of_each_without_tags() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    account.wait(10);
    let key = |id: &str| json!({ "resourceType": "AWS::EC2::SecurityGroup", "resourceId": id });
    let keys = json!({ "resourceKeys": [key("sg-garage"), key("sg-autre")] });

    let answer = account.ok(Config, "BatchGetResourceConfig", keys);

    let item = &answer["baseConfigurationItems"][0];
    assert_eq!(item["recordingFrequency"], "CONTINUOUS");
    assert!(item["configuration"].is_string() && item.get("tags").is_none());
    assert_eq!(answer["unprocessedResourceKeys"], json!([key("sg-autre")]));
}

#[test]
fn resources_are_counted_by_type_most_first() {
    let mut account = an_inspected_account();
    announce(&mut account, garage("10.0.0.0/8"));
    announce(&mut account, car("i-rouge", "ami-1", "enabled"));
    announce(&mut account, car("i-bleue", "ami-1", "enabled"));
    account.wait(10);

    let counts = account.ok(Config, "GetDiscoveredResourceCounts", json!({ "limit": 1 }));

    assert_eq!(counts["totalDiscoveredResources"], 3);
    let most = json!([{ "resourceType": "AWS::EC2::Instance", "count": 2 }]);
    assert_eq!((&counts["resourceCounts"], &counts["nextToken"]), (&most, &json!("1")));
}

#[test]
fn a_history_is_read_page_by_page_within_a_range_of_time() {
    let mut account = an_inspected_account();
    for cidr in ["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0"] {
        announce(&mut account, garage(cidr));
        account.wait(10);
    }
    let ask = |more: Value| {
        let mut parameters = json!({ "resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-garage" });
        for (name, value) in more.as_object().expect("an object") {
            parameters[name] = value.clone();
        }
        parameters
    };
    let captured = |answer: &Value| -> Vec<String> {
        let items = answer["configurationItems"].as_array().expect("a list").iter();
        items
            .map(|item| item["configurationItemCaptureTime"].as_str().expect("a text")[17..19].to_owned())
            .collect()
    };

    let first = account.ok(Config, "GetResourceConfigHistory", ask(json!({ "limit": 2 })));
    assert_eq!(captured(&first), ["24", "14"]);
    let token = first["nextToken"].clone();
    let second =
        account.ok(Config, "GetResourceConfigHistory", ask(json!({ "limit": 2, "nextToken": token })));
    assert_eq!(captured(&second), ["04"]);
    let range = json!({
        "earlierTime": "2026-11-20T09:00:10Z", "laterTime": "2026-11-20T09:00:20Z", "chronologicalOrder": "Forward",
    });
    assert_eq!(captured(&account.ok(Config, "GetResourceConfigHistory", ask(range))), ["14"]);
}
