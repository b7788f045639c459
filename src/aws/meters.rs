//! What an account used, counted from its ledger. No service keeps a meter: the same ledger gives the same count.

use std::collections::BTreeMap;

use super::{HopPath, Ledger, Note, PayloadKind, ServiceName, hop::Hop, note::Fate};
use crate::kernel::{Cause, HopId};

macro_rules! meters {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something that is counted, and that AWS charges for (or that only makes noise).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Meter { $($(#[$doc])* $name,)* }

        impl Meter {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What scenarios and the price table call it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

meters! {
    /// A configuration item that a recorder wrote.
    ConfigItem = "config-item",
    /// A rule's verdict on a resource.
    RuleEvaluation = "rule-evaluation",
    /// A data event that a trail delivered.
    DataEvent = "data-event",
    /// An event that an application put on a bus.
    Event = "event",
    /// An event that an AWS service put on a bus.
    ServiceEvent = "service-event",
    /// A mail of a topic that arrived.
    Mail = "mail",
    /// A mail sent through SES.
    Letter = "letter",
    /// A run of a function, tries included.
    Invocation = "invocation",
}

impl Meter {
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|meter| meter.as_str() == text)
    }
}

/// How much of each was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage([u64; Meter::ALL.len()]);

impl Usage {
    /// Counts what the ledger holds from the hop `first` on.
    pub fn of(ledger: &Ledger, first: HopId) -> Self {
        Self::along(ledger, first).last().unwrap_or_default()
    }

    /// What the meters show after each hop from `first` on.
    pub fn along(ledger: &Ledger, first: HopId) -> impl Iterator<Item = Self> {
        let (fates, silent) = (last_fates(ledger), silent_runs(ledger));
        let hops = ledger.hops().iter().skip(first.index());
        hops.scan(Self::default(), move |usage, hop| {
            if let Some(meter) = meter_of(ledger, hop, fates.get(&hop.id).copied()) {
                usage.0[meter as usize] += hop.payload.count();
            }
            usage.0[Meter::Invocation as usize] += silent.get(&hop.id).copied().unwrap_or_default();
            Some(*usage)
        })
    }

    pub const fn count(&self, meter: Meter) -> u64 {
        self.0[meter as usize]
    }

    /// Every meter, with what it shows.
    pub fn iter(&self) -> impl Iterator<Item = (Meter, u64)> {
        Meter::ALL.iter().map(|meter| (*meter, self.count(*meter)))
    }
}

fn last_fates(ledger: &Ledger) -> BTreeMap<HopId, &Fate> {
    let fates = ledger.notes().iter().filter_map(|note| match &note.body {
        Note::Fate { hop, fate } => Some((*hop, fate)),
        _ => None,
    });
    fates.collect()
}

/// Runs of functions whose role may not write to the log, by the hop that invoked them.
fn silent_runs(ledger: &Ledger) -> BTreeMap<HopId, u64> {
    let mut runs = BTreeMap::new();
    for note in ledger.notes() {
        if let (Note::NearMiss(miss), Cause::Hop(hop)) = (&note.body, note.cause)
            && miss.path == HopPath::LambdaLogs
        {
            *runs.entry(hop).or_default() += 1;
        }
    }
    runs
}

/// Which meter a hop turns, if any.
fn meter_of(ledger: &Ledger, hop: &Hop, fate: Option<&Fate>) -> Option<Meter> {
    let to = ledger.node(hop.to).service;
    match hop.path {
        HopPath::ApiConfig => Some(Meter::ConfigItem),
        HopPath::ConfigRule => Some(Meter::RuleEvaluation),
        HopPath::TrailS3 if is_data_event(hop) => Some(Meter::DataEvent),
        HopPath::AppBus => Some(Meter::Event),
        HopPath::TrailBus | HopPath::AlarmBus | HopPath::ConfigBus | HopPath::ResBus => {
            Some(Meter::ServiceEvent)
        }
        HopPath::LambdaEmail | HopPath::AppEmail => Some(Meter::Letter),
        HopPath::SnsSub if to == ServiceName::Outside => {
            (fate.is_none() && is_notice(hop)).then_some(Meter::Mail)
        }
        // A run files its report, whatever became of it; what was throttled or refused did not run.
        HopPath::LambdaLogs => Some(Meter::Invocation),
        _ => None,
    }
}

/// Whether what travels is the record of a data event.
fn is_data_event(hop: &Hop) -> bool {
    hop.payload.body().pointer("/Records/0/managementEvent").and_then(serde_json::Value::as_bool)
        == Some(false)
}

/// A mail of a topic, which is neither a confirmation nor a text message.
fn is_notice(hop: &Hop) -> bool {
    let body = hop.payload.body();
    let kind = body.get("kind").and_then(serde_json::Value::as_str);
    hop.payload.kind() == PayloadKind::Notice && kind.is_none_or(|kind| kind == "notification")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_is_known_by_its_name() {
        assert!(Meter::ALL.iter().all(|meter| Meter::parse(meter.as_str()) == Some(*meter)));
        assert_eq!(Meter::parse("config-items"), None);
    }
}
