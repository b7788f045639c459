use serde_json::{Value, json};

use crate::aws::{HopPath, ServiceName, testing::Sandbox};

const RDS: ServiceName = ServiceName::Rds;

fn orders() -> Value {
    json!({
        "DBInstanceIdentifier": "orders", "DBInstanceClass": "db.t4g.micro", "Engine": "postgres",
        "AllocatedStorage": 20, "MasterUsername": "orders_admin", "MasterUserPassword": "correct-horse",
        "PubliclyAccessible": false, "StorageEncrypted": true, "MultiAZ": false, "BackupRetentionPeriod": 7,
        "DeletionProtection": false,
    })
}

fn status(account: &mut Sandbox) -> String {
    let answer = account.ok(RDS, "DescribeDBInstances", json!({ "DBInstanceIdentifier": "orders" }));
    answer["DBInstances"][0]["DBInstanceStatus"].as_str().unwrap().to_owned()
}

#[test]
fn a_database_is_creating_then_available_and_only_then_measured() {
    let mut account = Sandbox::new();
    account.ok(RDS, "CreateDBInstance", orders());

    assert_eq!(status(&mut account), "creating");
    assert_eq!(account.services().rds.metric_sources().count(), 0);
    account.wait(11);
    assert_eq!(status(&mut account), "available");
    assert_eq!(account.services().rds.metric_sources().next().unwrap().identifier.as_ref(), "orders");
    let heard = account.payloads(HopPath::ResBus);
    assert_eq!(heard[0]["detail"]["EventID"], "RDS-EVENT-0005");
}

#[test]
fn creating_a_database_is_recorded_with_the_members_of_the_sample_and_no_password() {
    let mut account = Sandbox::new();
    account.ok(RDS, "CreateDBInstance", orders());

    let record = account.payloads(HopPath::ApiTrail).pop().unwrap();
    let path = format!("{}/tests/samples/ct-rds-CreateDBInstance.json", env!("CARGO_MANIFEST_DIR"));
    let real: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(record["requestParameters"], real["requestParameters"]);
    for (member, value) in real["responseElements"].as_object().unwrap() {
        let ours = &record["responseElements"][member];
        assert!(!ours.is_null(), "{member} is missing");
        assert_eq!(ours.is_object(), value.is_object(), "{member}");
    }
    assert!(!record.to_string().contains("correct-horse"));
}

#[test]
fn a_class_is_changed_now_or_left_pending() {
    let mut account = Sandbox::new();
    account.ok(RDS, "CreateDBInstance", orders());
    let later = json!({ "DBInstanceIdentifier": "orders", "DBInstanceClass": "db.t4g.small" });
    assert_eq!(
        account.error(RDS, "ModifyDBInstance", later.clone()),
        "InvalidDBInstanceState: Database instance is not in available state."
    );
    account.wait(11);

    let answer = account.ok(RDS, "ModifyDBInstance", later);
    assert_eq!(answer["DBInstance"]["PendingModifiedValues"], json!({ "DBInstanceClass": "db.t4g.small" }));
    assert_eq!(answer["DBInstance"]["DBInstanceClass"], "db.t4g.micro");
    account.ok(
        RDS,
        "ModifyDBInstance",
        json!({ "DBInstanceIdentifier": "orders", "ApplyImmediately": true }),
    );
    assert_eq!(status(&mut account), "modifying");
    account.wait(11);

    assert_eq!(status(&mut account), "available");
    assert_eq!(account.services().rds.metric_sources().next().unwrap().class.as_ref(), "db.t4g.small");
}

#[test]
fn a_protected_database_cannot_be_deleted() {
    let mut account = Sandbox::new();
    account.ok(RDS, "CreateDBInstance", orders());
    account.wait(11);
    let protect = |on: bool| json!({ "DBInstanceIdentifier": "orders", "DeletionProtection": on });
    let delete = json!({ "DBInstanceIdentifier": "orders", "SkipFinalSnapshot": true });

    account.ok(RDS, "ModifyDBInstance", protect(true));
    assert!(
        account
            .error(RDS, "DeleteDBInstance", delete.clone())
            .contains("Cannot delete protected DB Instance")
    );
    account.ok(RDS, "ModifyDBInstance", protect(false));
    account.ok(RDS, "DeleteDBInstance", delete);
    account.wait(11);

    assert_eq!(
        account.error(RDS, "DescribeDBInstances", json!({ "DBInstanceIdentifier": "orders" })),
        "DBInstanceNotFound: DBInstance orders not found."
    );
}
