//! What Config remembers of a region.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};

use super::{Compliance, channel::DeliveryChannel, item::Item, recorder::Recorder, rule::Rule};
use crate::{
    aws::parcel::ResourceChange,
    kernel::{HopId, SimTime},
};

/// A resource: its type and id.
pub(super) type Key = (Arc<str>, Arc<str>);

/// Config in one region.
#[derive(Clone, Debug, Default)]
pub(super) struct RegionState {
    pub(super) recorder: Option<Recorder>,
    pub(super) channel: Option<DeliveryChannel>,
    /// In the order they were made.
    pub(super) rules: Vec<Rule>,
    /// Every resource as it was last announced, recorded or not.
    pub(super) present: BTreeMap<Key, Arc<ResourceChange>>,
    /// Oldest first.
    pub(super) items: BTreeMap<Key, Vec<Arc<Item>>>,
    /// The last result of a rule on a resource.
    pub(super) results: BTreeMap<(Arc<str>, Key), Arc<EvaluationResult>>,
    /// Verdicts on their way, by the hop they travel as.
    pub(super) pending: BTreeMap<HopId, EvaluationResult>,
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
}

impl EvaluationResult {
    pub(super) fn key(&self) -> Key {
        (Arc::clone(&self.resource_type), Arc::clone(&self.resource_id))
    }
}

impl RegionState {
    pub(super) fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| *rule.name == *name)
    }

    /// The last item of every resource that is still there.
    pub(super) fn current_items(&self) -> impl Iterator<Item = &Arc<Item>> {
        self.items.values().filter_map(|items| items.last()).filter(|item| !item.is_deletion())
    }
}
