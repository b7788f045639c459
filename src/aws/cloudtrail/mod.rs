//! CloudTrail: writes down every call, keeps ninety days of them, and hands them to whoever a trail names.
//!
//! The event history needs no trail: each region keeps its management events, which show a few minutes after the
//! act. A trail adds a bucket, a log group and, as long as it logs, the default event bus of the region. Nothing
//! here decides or alerts; CloudTrail only records and delivers.
//!
//! Source: CloudTrail User Guide ("Viewing events with event history", "Finding your CloudTrail log files",
//! "Logging data events"), EventBridge User Guide ("AWS service events delivered via CloudTrail").

mod bus;
mod deliver;
mod digest;
mod files;
mod history;
mod lookup;
mod operations;
pub mod selectors;
mod status;
#[cfg(test)]
mod tests;
mod trail;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    ApiCall, Operation, Outbox, Parcel, Receipt, Region, Service, ServiceName,
    chunks::Chunks,
    parcel::Timer,
    record::{self, Record},
    service::{Need, Reception},
};
use digest::Digests;
use files::Files;
pub use history::HistoryEvent;
pub use selectors::{EventSelector, ReadWriteType, Selectors};
pub use trail::Trail;

/// The principal that writes to buckets, topics and log groups.
const PRINCIPAL: &str = "cloudtrail.amazonaws.com";

/// Where trails and event history live.
#[derive(Clone, Debug)]
pub struct CloudTrail {
    account_id: Arc<str>,
    /// In the order they were made.
    trails: Vec<Arc<Trail>>,
    /// Oldest first.
    history: BTreeMap<Region, Chunks<Arc<HistoryEvent>>>,
    files: Files,
    digests: Digests,
    /// A trail that the call being recorded stops or deletes: it still delivers that call's own record.
    closing: Option<Arc<Trail>>,
}

impl CloudTrail {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self {
            account_id: account_id.into(),
            trails: Vec::new(),
            history: BTreeMap::new(),
            files: Files::default(),
            digests: Digests::default(),
            closing: None,
        }
    }

    /// Every record of the region's event history, oldest first, those not yet visible included.
    pub fn history(&self, region: &Region) -> impl DoubleEndedIterator<Item = &Arc<HistoryEvent>> {
        self.history.get(region).into_iter().flat_map(Chunks::iter)
    }

    /// The trails, in the order they were made.
    pub fn trails(&self) -> &[Arc<Trail>] {
        &self.trails
    }

    /// Whether some trail logs what happens in `region`.
    pub fn is_logging(&self, region: &Region) -> bool {
        self.trails.iter().any(|trail| trail.is_logging && trail.reaches(region))
    }

    /// Whether some trail that logs in `region` asks for data events at all.
    pub fn asks_for_data(&self, region: &Region) -> bool {
        let mut logging = self.trails.iter().filter(|trail| trail.is_logging && trail.reaches(region));
        logging.any(|trail| trail.selectors.ask_for_data())
    }

    /// Whether some trail delivers such a record.
    pub fn delivers(&self, record: &Record) -> bool {
        self.trails.iter().any(|trail| trail.is_logging && trail.keeps_out(record).is_none())
    }

    fn by_arn(&mut self, arn: &str) -> Option<&mut Trail> {
        self.trails.iter_mut().find(|trail| *trail.arn == *arn).map(Arc::make_mut)
    }

    fn trail_mut(&mut self, place: usize) -> &mut Trail {
        Arc::make_mut(&mut self.trails[place])
    }
}

impl Service for CloudTrail {
    fn name(&self) -> ServiceName {
        ServiceName::CloudTrail
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::ServiceEvent(event) => {
                let account_id = Arc::clone(&self.account_id);
                self.record(record::of_service(event, region, &account_id, out), false, out);
            }
            Parcel::Timer(Timer::Named { name: files::CLOSE, key }) => self.close_file(key, out),
            Parcel::Timer(Timer::Named { name: files::TRY_AGAIN, key }) => self.redeliver(key, out),
            Parcel::Timer(Timer::Named { name: digest::DELIVER, key }) => self.deliver_digests(key, out),
            _ => {}
        }
        Ok(())
    }

    /// Keeps what `GetTrailStatus` tells of the last deliveries, and tells of a file that has arrived.
    fn receipt(&mut self, receipt: &Receipt, out: &mut Outbox<'_>) {
        let now = out.moment().utc;
        let refused = receipt.refused.as_ref();
        let Some(arn) = receipt.reference.as_deref() else { return };
        if let Some(trail) = self.by_arn(arn) {
            let status = &mut trail.status;
            match &receipt.parcel {
                Parcel::LogEvents { .. } => status.log_events.note(now, refused),
                Parcel::Publish(_) => status.notices.note(now, refused),
                Parcel::PutObject { key, .. } if digest::is_digest(key) => status.digests.note(now, refused),
                Parcel::PutObject { .. } => status.files.note(now, refused),
                _ => {}
            }
        }
        if let Parcel::PutObject { key, .. } = &receipt.parcel {
            self.file_has_arrived(key, receipt.hop, refused, out);
        }
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let text = |key: &str| call.parameters.get(key).and_then(serde_json::Value::as_str);
        let name = ["Name", "TrailName", "ResourceId"].iter().find_map(|key| text(key));
        vec![
            name.map_or_else(|| "*".to_owned(), |name| operations::trail_arn(name, &call.region, account_id)),
        ]
    }

    fn needs(&self, _operation: &'static Operation, call: &ApiCall) -> Vec<Need> {
        self.needs_of(call)
    }
}
