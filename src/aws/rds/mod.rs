//! RDS: databases, as far as one creates them, measures them and breaks them.
//!
//! State is kept per Region. A database takes a while to become available; from then on the engine publishes its
//! metrics ([`Rds::metric_sources`]). Its changes are announced to Config and, where RDS has an event for them, to the bus.
//!
//! Source: RDS API reference; "Amazon RDS event categories and event messages".

mod database;
mod ops;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, Delay, HopPath, Node, Operation, Outbox, Parcel, Payload, PayloadKind, Region, Send,
    Service, ServiceName, arn::arn, operation::operations, parcel::Timer, service::Reception,
};
use database::{Database, Status};
use ops::{CreateDBInstance, DeleteDBInstance, DescribeDBInstances, ModifyDBInstance};

/// The timer that moves a database on.
const STATUS_TIMER: &str = "database-status";

/// The state of this service.
#[derive(Clone, Debug)]
pub struct Rds {
    account_id: Arc<str>,
    regions: BTreeMap<Region, BTreeMap<Arc<str>, Database>>,
}

/// A database that publishes metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseSource {
    pub region: Region,
    /// `DBInstanceIdentifier`: its name, its id and its metrics' dimension.
    pub identifier: Arc<str>,
    pub class: Arc<str>,
    pub engine: Arc<str>,
}

operations! { pub(super) Rds:
    CreateDBInstance: Write => create_db_instance;
    DescribeDBInstances: Read => describe_db_instances;
    ModifyDBInstance: Write => modify_db_instance;
    DeleteDBInstance: Write => delete_db_instance;
}

impl Rds {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), regions: BTreeMap::new() }
    }

    /// Every database that is up, and so publishes metrics, by Region and name.
    pub fn metric_sources(&self) -> impl Iterator<Item = DatabaseSource> + '_ {
        self.regions.iter().flat_map(|(region, databases)| {
            databases.values().filter(|database| database.status.is_up()).map(|database| DatabaseSource {
                region: region.clone(),
                identifier: Arc::clone(&database.identifier),
                class: Arc::clone(&database.class),
                engine: Arc::clone(&database.engine),
            })
        })
    }

    fn database(&self, region: &Region, identifier: &str) -> Result<&Database, ApiError> {
        let found = self.regions.get(region).and_then(|databases| databases.get(identifier));
        found.ok_or_else(|| no_such(identifier))
    }

    fn database_mut(&mut self, region: &Region, identifier: &str) -> Result<&mut Database, ApiError> {
        let found = self.regions.get_mut(region).and_then(|databases| databases.get_mut(identifier));
        found.ok_or_else(|| no_such(identifier))
    }

    fn announce(&self, region: &Region, identifier: &str, out: &mut Outbox<'_>) {
        if let Ok(database) = self.database(region, identifier) {
            out.changed(region, database.change(region, &self.account_id));
        }
    }

    /// Winds the clock that takes a database out of the status it has just entered.
    fn wind(region: &Region, identifier: &Arc<str>, out: &mut Outbox<'_>) {
        let wait = out.delay(Delay::DatabaseCreation);
        let itself = Node::new(ServiceName::Rds, region, Arc::clone(identifier));
        out.timer(itself, Timer::Named { name: STATUS_TIMER, key: Arc::clone(identifier) }, wait);
    }

    fn advance(&mut self, region: &Region, identifier: &Arc<str>, out: &mut Outbox<'_>) {
        let account_id = Arc::clone(&self.account_id);
        let Ok(database) = self.database_mut(region, identifier) else { return };
        match database.status {
            Status::Available => {}
            Status::Creating => {
                database.status = Status::Available;
                database.created = Some(out.moment().utc);
                self.announce(region, identifier, out);
                self.tell_bus(
                    region,
                    identifier,
                    &["creation"],
                    "DB instance created",
                    "RDS-EVENT-0005",
                    out,
                );
            }
            Status::Modifying => {
                database.status = Status::Available;
                database.apply_pending();
                self.announce(region, identifier, out);
                let message = "Finished applying modification to DB instance class";
                self.tell_bus(region, identifier, &["configuration change"], message, "RDS-EVENT-0014", out);
            }
            Status::Deleting => {
                let mut change = database.change(region, &account_id);
                change.configuration = Value::Null;
                change.deleted = true;
                out.changed(region, change);
                self.tell_bus(
                    region,
                    identifier,
                    &["deletion"],
                    "DB instance deleted",
                    "RDS-EVENT-0003",
                    out,
                );
                if let Some(databases) = self.regions.get_mut(region) {
                    databases.remove(identifier);
                }
            }
        }
    }

    fn tell_bus(
        &self,
        region: &Region,
        identifier: &Arc<str>,
        categories: &[&str],
        message: &str,
        event_id: &str,
        out: &mut Outbox<'_>,
    ) {
        let source_arn = arn("rds", region, &self.account_id, &format!("db:{identifier}"));
        let utc = out.moment().utc;
        let event = Arc::new(json!({
            "version": "0",
            "id": out.uuid(),
            "detail-type": "RDS DB Instance Event",
            "source": "aws.rds",
            "account": self.account_id.as_ref(),
            "time": utc.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": region.as_str(),
            "resources": [source_arn],
            "detail": {
                "EventCategories": categories,
                "SourceType": "DB_INSTANCE",
                "SourceArn": source_arn,
                "Date": utc.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
                "SourceIdentifier": identifier.as_ref(),
                "Message": message,
                "EventID": event_id,
            },
        }));
        out.send(Send {
            path: HopPath::ResBus,
            from: Node::new(ServiceName::Rds, region, Arc::clone(identifier)),
            to: Node::new(ServiceName::EventBridge, region, "default"),
            payload: Payload::json(PayloadKind::Event, message, Arc::clone(&event)),
            parcel: Parcel::BusEvent { bus: "default".into(), event, read_only: false },
            delay: Delay::ResourceToBus,
            reference: None,
        });
    }
}

fn no_such(identifier: &str) -> ApiError {
    ApiError::not_found("DBInstanceNotFound", format!("DBInstance {identifier} not found."))
}

impl Service for Rds {
    fn name(&self) -> ServiceName {
        ServiceName::Rds
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        if let Parcel::Timer(Timer::Named { name: STATUS_TIMER, key }) = parcel {
            self.advance(region, key, out);
        }
        Ok(())
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let identifier = call.parameters.get("DBInstanceIdentifier").and_then(Value::as_str).unwrap_or("*");
        vec![arn("rds", &call.region, account_id, &format!("db:{}", identifier.to_ascii_lowercase()))]
    }
}
