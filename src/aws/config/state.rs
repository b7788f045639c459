//! What Config remembers of a region.
//!
//! A keyframe clones it, so what grows with the number of resources is shared and copied only by the one who changes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{
    Compliance, channel::DeliveryChannel, custom::Asked, item::Item, neighbours::Neighbours,
    recorder::Recorder, remediation::Remediations, rule::Rule, status::RuleStatus,
};
use crate::{
    aws::parcel::ResourceChange,
    kernel::{Cause, HopId, SimTime},
};

/// A resource: its type and id.
pub(super) type Key = (Arc<str>, Arc<str>);

/// The last result of each rule on each resource.
pub(super) type Results = BTreeMap<(Arc<str>, Key), Arc<EvaluationResult>>;

/// The items of a resource, oldest first.
pub(super) type History = Arc<Vec<Arc<Item>>>;

/// Config in one region.
#[derive(Clone, Debug, Default)]
pub(super) struct RegionState {
    pub(super) recorder: Option<Recorder>,
    pub(super) channel: Option<DeliveryChannel>,
    /// In the order they were made.
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) statuses: BTreeMap<Arc<str>, RuleStatus>,
    /// Every resource as it was last announced, recorded or not.
    pub(super) present: Arc<BTreeMap<Key, Arc<ResourceChange>>>,
    pub(super) neighbours: Neighbours,
    pub(super) items: Arc<BTreeMap<Key, History>>,
    /// Resources whose next item is on its way.
    pub(super) expected: BTreeSet<Key>,
    /// Changes that wait for the daily round, and what caused them.
    pub(super) waiting: BTreeMap<Key, Cause>,
    /// The last result of a rule on a resource.
    pub(super) results: Arc<Results>,
    /// Verdicts on their way, by the hop they travel as.
    pub(super) pending: BTreeMap<HopId, EvaluationResult>,
    /// What functions were asked, by result token.
    pub(super) asked: BTreeMap<Arc<str>, Asked>,
    pub(super) remediations: Remediations,
}

/// What a rule said of a resource.
#[derive(Clone, Debug)]
pub struct EvaluationResult {
    pub rule: Arc<str>,
    pub rule_arn: Arc<str>,
    pub resource_type: Arc<str>,
    pub resource_id: Arc<str>,
    pub compliance: Compliance,
    pub annotation: Option<Arc<str>>,
    /// What made the rule look: the item's capture, or the moment of asking.
    pub ordering: DateTime<Utc>,
    pub invoked: DateTime<Utc>,
    pub recorded: DateTime<Utc>,
    /// When it was asked for; a later question's answer stands.
    pub(super) asked_at: SimTime,
    /// Whether nothing is kept of the resource after it: it is gone, or has left the rule's scope.
    pub(super) is_last: bool,
}

impl EvaluationResult {
    pub(super) fn key(&self) -> Key {
        (Arc::clone(&self.resource_type), Arc::clone(&self.resource_id))
    }
}

impl RegionState {
    pub(super) fn rule(&self, name: &str) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|rule| *rule.name == *name)
    }

    pub(super) fn histories(&self) -> impl Iterator<Item = &[Arc<Item>]> {
        self.items.values().map(|items| items.as_slice())
    }

    pub(super) fn items_of(&self, key: &Key) -> &[Arc<Item>] {
        self.items.get(key).map_or(&[], |items| items.as_slice())
    }

    pub(super) fn last_item(&self, key: &Key) -> Option<&Arc<Item>> {
        self.items_of(key).last()
    }

    /// The last item of every resource that is still there.
    pub(super) fn current_items(&self) -> impl Iterator<Item = &Arc<Item>> {
        self.items.values().filter_map(|items| items.last()).filter(|item| !item.is_deletion())
    }

    pub(super) fn result(&self, rule: &Arc<str>, key: &Key) -> Option<&Arc<EvaluationResult>> {
        self.results.get(&(Arc::clone(rule), key.clone()))
    }

    pub(super) fn status_mut(&mut self, rule: &Arc<str>) -> &mut RuleStatus {
        self.statuses.entry(Arc::clone(rule)).or_default()
    }
}
