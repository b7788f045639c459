//! `AWS::RDS::DBInstance`.

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, text_at},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::RDS::DBInstance",
    service: ServiceName::Rds,
    properties: &[
        Property::text("DBInstanceIdentifier"),
        Property::text("DBInstanceClass"),
        Property::text("DBName"),
        Property::text("Engine"),
        Property::text("EngineVersion"),
        Property::integer("AllocatedStorage"),
        Property::text("StorageType"),
        Property::boolean("StorageEncrypted"),
        Property::text("MasterUsername"),
        Property::text("MasterUserPassword"),
        Property::boolean("MultiAZ"),
        Property::boolean("PubliclyAccessible"),
        Property::boolean("DeletionProtection"),
        Property::integer("BackupRetentionPeriod"),
        Property::integer("Port"),
        Property::integer("MonitoringInterval"),
        Property::text("AvailabilityZone"),
        Property::texts("VPCSecurityGroups").to("VpcSecurityGroupIds"),
        Property::tags(),
    ],
    attributes: &["DBInstanceArn", "DbiResourceId", "Endpoint.Address", "Endpoint.Port"],
    after: &[],
    create: db_instance,
}];

fn db_instance(making: &mut Making<'_>) -> Result<Created, DeployError> {
    if making.text("DBInstanceIdentifier").is_none() {
        // RDS stores identifiers in small letters.
        let name = making.generated_name().to_lowercase();
        making.properties.insert("DBInstanceIdentifier".to_owned(), name.into());
    }
    let name = making.name("DBInstanceIdentifier");
    let parameters = making.rest();
    let answer = making.call("CreateDBInstance", parameters)?;
    let at = |name: &str| answer.pointer(&format!("/DBInstance/{name}")).cloned();
    let address = format!("{name}.{}.rds.amazonaws.com", making.region());
    let arn = text_at(&answer, "/DBInstance/DBInstanceArn");
    Ok(Created::new(name)
        .with("DBInstanceArn", arn)
        .with("DbiResourceId", at("DbiResourceId"))
        // The answer names no endpoint while the instance is being created.
        .with("Endpoint.Address", at("Endpoint/Address").unwrap_or_else(|| address.into()))
        .with("Endpoint.Port", at("Endpoint/Port").or_else(|| at("DbInstancePort")).unwrap_or(3306.into())))
}
