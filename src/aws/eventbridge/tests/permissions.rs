//! Policies of buses, tags, pages.

use serde_json::{Value, json};

use super::{Tower, security_group_edits};

fn policy(tower: &mut Tower) -> Value {
    let shown = tower.call("DescribeEventBus", json!({})).unwrap();
    shown.get("Policy").map_or(Value::Null, |text| serde_json::from_str(text.as_str().unwrap()).unwrap())
}

fn refusal(tower: &mut Tower, operation: &str, parameters: Value) -> String {
    tower.call(operation, parameters).unwrap_err().to_string()
}

#[test]
fn a_permission_is_a_statement_of_the_buss_policy() {
    let mut tower = Tower::new();
    let permission = |id: &str, principal: &str| json!({ "Action": "events:PutEvents", "Principal": principal, "StatementId": id });

    tower.call("PutPermission", permission("voisin", "222222222222")).unwrap();
    tower.call("PutPermission", permission("tous", "*")).unwrap();
    tower.call("PutPermission", permission("voisin", "333333333333")).unwrap();

    let bus = "arn:aws:events:eu-west-3:111122223333:event-bus/default";
    assert_eq!(
        policy(&mut tower),
        json!({ "Version": "2012-10-17", "Statement": [
            {
                "Sid": "voisin",
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::333333333333:root" },
                "Action": "events:PutEvents",
                "Resource": bus,
            },
            {
                "Sid": "tous",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": bus,
            },
        ] })
    );
    tower.call("RemovePermission", json!({ "StatementId": "voisin" })).unwrap();
    assert_eq!(policy(&mut tower)["Statement"].as_array().unwrap().len(), 1);
    tower.call("RemovePermission", json!({ "RemoveAllPermissions": true })).unwrap();
    assert_eq!(policy(&mut tower), Value::Null);
}

#[test]
fn a_whole_policy_replaces_the_one_there_was() {
    let mut tower = Tower::new();
    let document = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "regles",
        "Effect": "Allow",
        "Principal": { "AWS": "222222222222" },
        "Action": ["events:PutRule", "events:PutTargets"],
        "Resource": "arn:aws:events:eu-west-3:111122223333:rule/*",
    }] });

    tower.call("PutPermission", json!({ "Policy": document.to_string() })).unwrap();
    assert_eq!(policy(&mut tower), document);

    let other = document.to_string().replace("events:PutRule", "events:CreateEventBus");
    let refused = refusal(&mut tower, "PutPermission", json!({ "Policy": other }));
    assert!(refused.contains("events:CreateEventBus is not supported"), "{refused}");
    let refused = refusal(&mut tower, "PutPermission", json!({ "Policy": "{" }));
    assert!(refused.starts_with("ValidationException"), "{refused}");
}

#[test]
fn what_the_service_refuses_of_permissions() {
    let mut tower = Tower::new();
    let mut refused = |operation: &str, parameters: Value| refusal(&mut tower, operation, parameters);

    assert_eq!(
        refused("PutPermission", json!({})),
        "ValidationException: Parameter(s) Action must be specified."
    );
    let mut permission = json!({ "Action": "events:PutRule", "Principal": "*", "StatementId": "a" });
    assert_eq!(
        refused("PutPermission", permission.clone()),
        "ValidationException: Provided value in parameter 'action' is not supported."
    );
    permission["Action"] = "events:PutEvents".into();
    permission["Principal"] = "123".into();
    assert!(refused("PutPermission", permission.clone()).contains(r"(\d{12}|\*)"));
    permission["Principal"] = "*".into();
    permission["EventBusName"] = "nulle-part".into();
    assert!(refused("PutPermission", permission).starts_with("ResourceNotFoundException"));
    assert_eq!(
        refused("RemovePermission", json!({ "StatementId": "absent" })),
        "ResourceNotFoundException: Statement with the provided id does not exist."
    );
}

#[test]
fn buses_and_rules_have_tags_that_putting_a_rule_again_leaves_alone() {
    let mut tower = Tower::new();
    let rule = |owner: &str| {
        json!({
            "Name": "r",
            "EventPattern": security_group_edits().to_string(),
            "Tags": [{ "Key": "owner", "Value": owner }],
        })
    };
    tower.call("PutRule", rule("amina")).unwrap();
    tower.call("PutRule", rule("bruno")).unwrap();
    let arn = json!("arn:aws:events:eu-west-3:111122223333:rule/r");
    let tags = json!([{ "Key": "quartier", "Value": "nord" }]);
    tower.call("TagResource", json!({ "ResourceARN": arn, "Tags": tags })).unwrap();

    let listed = tower.call("ListTagsForResource", json!({ "ResourceARN": arn })).unwrap();
    let both = json!([{ "Key": "owner", "Value": "amina" }, { "Key": "quartier", "Value": "nord" }]);
    assert_eq!(listed["Tags"], both);
    tower.call("UntagResource", json!({ "ResourceARN": arn, "TagKeys": ["owner", "absent"] })).unwrap();
    let listed = tower.call("ListTagsForResource", json!({ "ResourceARN": arn })).unwrap();
    assert_eq!(listed["Tags"], tags);
}

#[test]
fn rules_come_in_pages() {
    let mut tower = Tower::new();
    for number in 0..5 {
        tower = tower.with_rule(&format!("r-{number}"), &security_group_edits(), &[]);
    }
    let names = |answer: &Value| -> Vec<String> {
        let rules = answer["Rules"].as_array().unwrap().iter();
        rules.map(|rule| rule["Name"].as_str().unwrap().to_owned()).collect()
    };

    let first = tower.call("ListRules", json!({ "Limit": 3 })).unwrap();
    assert_eq!(names(&first), ["r-0", "r-1", "r-2"]);
    let rest = tower.call("ListRules", json!({ "Limit": 3, "NextToken": first["NextToken"] })).unwrap();
    assert_eq!(names(&rest), ["r-3", "r-4"]);
    assert!(rest.get("NextToken").is_none());
    assert!(refusal(&mut tower, "ListRules", json!({ "Limit": 101 })).contains("less than or equal to 100"));
    assert!(refusal(&mut tower, "ListRules", json!({ "NextToken": "?" })).starts_with("ValidationException"));
}

#[test]
fn a_bus_is_described_with_its_times_and_changed() {
    let mut tower = Tower::new();
    let created = json!({ "Name": "capteurs", "Description": "eau", "Tags": [{ "Key": "a", "Value": "b" }] });
    assert_eq!(tower.call("CreateEventBus", created).unwrap()["Description"], "eau");
    let changed = json!({ "Name": "capteurs", "Description": "air" });
    let answer = tower.call("UpdateEventBus", changed).unwrap();
    let arn = "arn:aws:events:eu-west-3:111122223333:event-bus/capteurs";
    assert_eq!(answer, json!({ "Arn": arn, "Name": "capteurs", "Description": "air" }));

    let shown = tower.call("DescribeEventBus", json!({ "Name": arn })).unwrap();
    assert_eq!(shown["Description"], "air");
    assert_eq!(shown["CreationTime"], "2026-11-18T11:06:40+00:00");
    let elsewhere = "arn:aws:events:us-east-1:111122223333:event-bus/capteurs";
    assert_eq!(
        refusal(&mut tower, "DescribeEventBus", json!({ "Name": elsewhere })),
        "ValidationException: Cross-region api call is not allowed."
    );
}

#[test]
fn quotas_hold() {
    let mut tower = Tower::new();
    for number in 0..99 {
        tower.call("CreateEventBus", json!({ "Name": format!("bus-{number}") })).unwrap();
    }
    let refused = refusal(&mut tower, "CreateEventBus", json!({ "Name": "bus-99" }));
    assert!(refused.starts_with("LimitExceededException"), "{refused}");

    let pattern = security_group_edits().to_string();
    for number in 0..300 {
        let rule = json!({ "Name": format!("r-{number}"), "EventPattern": pattern });
        tower.call("PutRule", rule).unwrap();
    }
    let rule = |name: &str, pattern: &str| json!({ "Name": name, "EventPattern": pattern });
    let refused = refusal(&mut tower, "PutRule", rule("r-300", &pattern));
    assert!(refused.starts_with("LimitExceededException"), "{refused}");
    tower.call("PutRule", rule("r-0", &pattern)).unwrap();

    let long = json!({ "source": ["x".repeat(2_040)] }).to_string();
    let refused = refusal(&mut tower, "PutRule", rule("r-0", &long));
    assert!(refused.starts_with("LimitExceededException"), "{refused}");
    let longer = json!({ "source": ["x".repeat(4_090)] }).to_string();
    assert!(refusal(&mut tower, "PutRule", rule("r-0", &longer)).contains("less than or equal to 4096"));
}

#[test]
fn a_hostile_pattern_ends_in_an_error() {
    let mut tower = Tower::new();
    let stars = format!("{{\"a\":[{{\"wildcard\":\"{}\"}}]}}", "*a".repeat(200));
    let deep = format!("{}[1]{}", "{\"a\":".repeat(500), "}".repeat(500));
    let branches = r#"{"a":[1]},{"b":[1]},{"c":[1]},{"d":[1]},{"e":[1]},{"f":[1]}"#;
    let or = (0..6).map(|level| format!("\"l{level}\":{{\"$or\":[{branches}]}}")).collect::<Vec<_>>();
    let wide = format!("{{{}}}", or.join(","));

    for pattern in [stars, deep, wide] {
        let refused = refusal(&mut tower, "PutRule", json!({ "Name": "r", "EventPattern": pattern }));
        assert!(refused.starts_with("InvalidEventPatternException"), "{refused:.200}");
    }
}
