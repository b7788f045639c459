//! CloudTrail: writes down every call, keeps ninety days of them, and hands them to whoever a trail names.
//!
//! The event history needs no trail: each region keeps its management events, which show a few minutes after the
//! act. A trail adds a bucket, a log group and, as long as it logs, the default event bus of the region. Nothing
//! here decides or alerts; CloudTrail only records and delivers.
//!
//! Source: CloudTrail User Guide ("Viewing events with event history", "Finding your CloudTrail log files",
//! "Logging data events"), EventBridge User Guide ("AWS service events delivered via CloudTrail").

mod deliver;
mod history;
mod lookup;
mod operations;
mod selectors;
#[cfg(test)]
mod tests;
mod trail;

use std::{collections::BTreeMap, sync::Arc};

use super::{Operation, Outbox, Parcel, Receipt, Region, Service, ServiceName, service::Reception};
pub use history::HistoryEvent;
pub use selectors::{EventSelector, ReadWriteType};
pub use trail::Trail;

/// Where trails and event history live.
#[derive(Clone, Debug)]
pub struct CloudTrail {
    account_id: Arc<str>,
    /// In the order they were made.
    trails: Vec<Trail>,
    /// Oldest first.
    history: BTreeMap<Region, Vec<Arc<HistoryEvent>>>,
    /// A trail that the call being recorded stops or deletes: it still delivers that call's own record.
    closing: Option<Trail>,
}

impl CloudTrail {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), trails: Vec::new(), history: BTreeMap::new(), closing: None }
    }

    /// Every record of the region's event history, oldest first, those not yet visible included.
    pub fn history(&self, region: &Region) -> &[Arc<HistoryEvent>] {
        self.history.get(region).map_or(&[], Vec::as_slice)
    }

    /// The trails, in the order they were made.
    pub fn trails(&self) -> &[Trail] {
        &self.trails
    }

    /// Whether some trail logs what happens in `region`.
    pub fn is_logging(&self, region: &Region) -> bool {
        self.trails.iter().any(|trail| trail.is_logging && trail.reaches(region))
    }

    fn by_arn(&mut self, arn: &str) -> Option<&mut Trail> {
        self.trails.iter_mut().find(|trail| *trail.arn == *arn)
    }
}

impl Service for CloudTrail {
    fn name(&self) -> ServiceName {
        ServiceName::CloudTrail
    }

    fn receive(&mut self, _parcel: &Parcel, _region: &Region, _out: &mut Outbox<'_>) -> Reception {
        Ok(())
    }

    /// Keeps what `GetTrailStatus` tells of the last delivery.
    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        let now = out.moment().utc;
        let Some(trail) = receipt.reference.as_deref().and_then(|arn| self.by_arn(arn)) else { return };
        let to_logs = matches!(receipt.parcel, Parcel::LogEvents { .. });
        let delivery = if to_logs { &mut trail.to_logs } else { &mut trail.to_bucket };
        delivery.error = receipt.refused.as_ref().map(|reason| Arc::clone(&reason.detail));
        if delivery.error.is_none() {
            delivery.latest = Some(now);
        }
    }

    fn resources(
        &self,
        _operation: &'static Operation,
        call: &super::ApiCall,
        account_id: &str,
    ) -> Vec<String> {
        let name = ["Name", "TrailName"].iter().find_map(|key| call.parameters.get(key)?.as_str());
        vec![match name {
            Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
            Some(name) => super::arn::arn("cloudtrail", &call.region, account_id, &format!("trail/{name}")),
            None => "*".to_owned(),
        }]
    }
}
