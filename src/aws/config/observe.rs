//! What happens when a resource changes: it is remembered in any case, and gets an item if its type is recorded.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Config,
    recorder::{RecordingFrequency, is_global},
    state::{Key, RegionState},
};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, Region, ServiceName, note::reasons,
    outbox::Send, parcel::ResourceChange,
};

/// The account itself: judged by rules, never recorded.
pub(super) const ACCOUNT: &str = "AWS::::Account";

fn key_of(change: &ResourceChange) -> Key {
    (Arc::clone(&change.resource_type), Arc::clone(&change.resource_id))
}

impl Config {
    /// Takes a resource as it now is: its next item is on its way if the recorder follows its type, and so are those of
    /// its direct neighbours where the change is one of theirs, too.
    pub fn announce(&mut self, region: &Region, change: ResourceChange, out: &mut Outbox<'_>) {
        let state = self.state_mut(region);
        let change = Arc::new(change);
        let key = key_of(&change);
        let neighbours = remember(state, &change);
        match state.objection(&change.resource_type) {
            Some(objection) => not_recorded(region, &change, &objection, out),
            None => follow(state, region, &key, out),
        }
        for neighbour in neighbours {
            let is_followed = state.last_item(&neighbour).is_some_and(|item| !item.is_deletion())
                && state.objection(&neighbour.0).is_none();
            if is_followed && !state.expected.contains(&neighbour) {
                follow(state, region, &neighbour, out);
            }
        }
    }

    /// Takes what a service knows to be there now, for rules that look at that. Nothing is recorded by it.
    pub(in crate::aws) fn learn(&mut self, region: &Region, facts: &[ResourceChange]) {
        let state = self.state_mut(region);
        for change in state.differences(facts) {
            remember(state, &Arc::new(change));
        }
    }

    /// Takes what a service tells of the account itself in a Region where Config is at work. It is never recorded, and
    /// rules look at it when their period comes.
    pub(in crate::aws) fn learn_of_account(&mut self, region: &Region, told: &Arc<ResourceChange>) {
        if let Some(state) = self.regions.get_mut(region) {
            remember(state, told);
        }
    }

    /// The Regions where Config is at work.
    pub(in crate::aws) fn at_work(&self) -> impl Iterator<Item = &Region> {
        self.regions.keys()
    }

    /// Takes everything a service without Regions has, and announces what differs from before wherever a recorder
    /// follows such types; where none does, `home` hears that they are not recorded.
    pub(in crate::aws) fn announce_global(
        &mut self,
        home: &Region,
        facts: &[ResourceChange],
        out: &mut Outbox<'_>,
    ) {
        let follows =
            |state: &RegionState| facts.iter().any(|fact| state.objection(&fact.resource_type).is_none());
        let mut regions: Vec<Region> = self
            .regions
            .iter()
            .filter(|(_, state)| follows(state))
            .map(|(region, _)| region.clone())
            .collect();
        if regions.is_empty() {
            regions.push(home.clone());
        }
        for region in &regions {
            for change in self.state_mut(region).differences(facts) {
                self.announce(region, change, out);
            }
        }
    }
}

impl RegionState {
    /// Why a type is not recorded, if it is not.
    pub(super) fn objection(&self, resource_type: &str) -> Option<String> {
        match &self.recorder {
            None => Some("configurationRecorder: expected a recorder, found none".to_owned()),
            Some(_) if resource_type == ACCOUNT => Some("not a recorded type".to_owned()),
            Some(recorder) => recorder.objection(resource_type),
        }
    }

    /// What is new, changed or gone, `all` being everything a service knows.
    fn differences(&self, all: &[ResourceChange]) -> Vec<ResourceChange> {
        let new = all.iter().filter(|fact| self.present.get(&key_of(fact)).is_none_or(|old| **old != **fact));
        let knows_global = all.iter().any(|fact| is_global(&fact.resource_type));
        let there: BTreeSet<Key> = all.iter().map(key_of).collect();
        let gone = self
            .present
            .iter()
            .filter(|(key, old)| knows_global && is_global(&key.0) && !old.deleted && !there.contains(*key));
        let gone = gone.map(|(_, old)| ResourceChange { deleted: true, ..old.as_ref().clone() });
        new.cloned().chain(gone).collect()
    }
}

/// Remembers a resource; gives the neighbours it has gained or lost by the change.
fn remember(state: &mut RegionState, change: &Arc<ResourceChange>) -> Vec<Key> {
    let before = Arc::make_mut(&mut state.present).insert(key_of(change), Arc::clone(change));
    state.neighbours.update(before.as_deref(), change)
}

/// Has the next item of a recorded resource written: a little later, or with the next daily round.
fn follow(state: &mut RegionState, region: &Region, key: &Key, out: &mut Outbox<'_>) {
    let frequency = state.recorder.as_ref().map(|recorder| recorder.mode.of(&key.0)).unwrap_or_default();
    match frequency {
        RecordingFrequency::Continuous => record(state, region, key, out),
        RecordingFrequency::Daily => {
            state.waiting.insert(key.clone(), out.cause());
            if let Some(change) = state.present.get(key) {
                let reason = Reason::new(reasons::RECORDED_DAILY, Arc::clone(&key.0));
                out.near_miss(HopPath::ApiConfig, place(change, region), recorder_of(region), reason);
            }
        }
    }
}

/// Sends the recorder to write the next item of a resource.
pub(super) fn record(state: &mut RegionState, region: &Region, key: &Key, out: &mut Outbox<'_>) {
    let Some(change) = state.present.get(key) else { return };
    state.expected.insert(key.clone());
    out.send(Send {
        path: HopPath::ApiConfig,
        from: place(change, region),
        to: recorder_of(region),
        payload: Payload::json(
            PayloadKind::Compliance,
            Arc::clone(&change.resource_type),
            change.configuration.clone(),
        ),
        parcel: Parcel::Resource(Arc::clone(change)),
        delay: Delay::ConfigItem,
        reference: None,
    });
}

/// Has an item written of every resource that is recorded and differs from its last item.
pub(super) fn discover(state: &mut RegionState, region: &Region, out: &mut Outbox<'_>) {
    let unseen: Vec<Key> = state
        .present
        .iter()
        .filter(|((resource_type, _), _)| state.objection(resource_type).is_none())
        .filter(|(key, change)| match state.last_item(key) {
            Some(item) => item.resource != **change,
            None => !change.deleted,
        })
        .map(|(key, _)| key.clone())
        .collect();
    for key in unseen {
        record(state, region, &key, out);
    }
}

fn not_recorded(region: &Region, change: &ResourceChange, objection: &str, out: &mut Outbox<'_>) {
    let reason = Reason::new(reasons::NOT_RECORDED, format!("{} ({objection})", change.resource_type));
    out.near_miss(HopPath::ApiConfig, place(change, region), recorder_of(region), reason);
}

/// Where a resource stands in its own service.
fn place(change: &ResourceChange, region: &Region) -> Node {
    Node::new(ServiceName::owning(&change.resource_type), region, change.shown_name())
}

fn recorder_of(region: &Region) -> Node {
    Node::new(ServiceName::Config, region, "default")
}
