//! What EventBridge remembers: per region the buses, their rules, and the targets of each rule.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::metrics::Counters;
use super::pattern::Pattern;
use super::transformer::TargetInput;
use super::{ApiError, DEFAULT_BUS, Region, errors};
use crate::aws::arn::arn;

/// The state of this service.
#[derive(Clone, Debug)]
pub struct EventBridge {
    pub(super) account_id: Arc<str>,
    /// Region -> bus name -> bus. A region's default bus exists whether or not it is listed here.
    pub(super) regions: BTreeMap<Region, BTreeMap<Arc<str>, Bus>>,
    pub(super) counters: Counters,
}

/// An event bus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bus {
    pub description: Option<Arc<str>>,
    /// By name, which is also the order in which they look at an event. Shared between clones of the account.
    pub rules: BTreeMap<Arc<str>, Arc<Rule>>,
}

/// Whether a rule looks at events, and at which of them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum RuleState {
    #[default]
    #[serde(rename = "ENABLED")]
    Enabled,
    #[serde(rename = "DISABLED")]
    Disabled,
    /// Looks at read-only management calls too.
    #[serde(rename = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")]
    EnabledWithAllCloudTrailManagementEvents,
}

impl RuleState {
    /// The value as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
            Self::EnabledWithAllCloudTrailManagementEvents => "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        }
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub name: Arc<str>,
    pub arn: Arc<str>,
    pub bus: Arc<str>,
    pub pattern: Pattern,
    pub state: RuleState,
    pub description: Option<Arc<str>>,
    /// In the order they were put.
    pub targets: Vec<Target>,
}

/// Where a rule sends what it matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub id: Arc<str>,
    pub arn: Arc<str>,
    pub input: TargetInput,
    /// The target as `PutTargets` was given it, to list it back.
    pub given: super::targets::TargetParameters,
}

impl EventBridge {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), regions: BTreeMap::new(), counters: Counters::default() }
    }

    /// The rules of a bus, in the order of their names; none if the bus does not exist.
    pub fn rules(&self, region: &Region, bus: &str) -> impl Iterator<Item = &Arc<Rule>> {
        self.bus(region, bus).into_iter().flat_map(|bus| bus.rules.values())
    }

    /// A rule by name.
    pub fn rule(&self, region: &Region, bus: &str, name: &str) -> Option<&Arc<Rule>> {
        self.bus(region, bus)?.rules.get(name)
    }

    /// The names of a region's buses, the default one included.
    pub fn bus_names(&self, region: &Region) -> Vec<Arc<str>> {
        let custom = self.regions.get(region).into_iter().flat_map(BTreeMap::keys).cloned();
        let mut names: Vec<Arc<str>> = custom.collect();
        if !names.iter().any(|name| &**name == DEFAULT_BUS) {
            names.push(DEFAULT_BUS.into());
        }
        names.sort();
        names
    }

    /// Whether some rule of the region's default bus wants read-only management calls, so that CloudTrail must
    /// offer them.
    pub fn wants_reads(&self, region: &Region) -> bool {
        self.rules(region, DEFAULT_BUS)
            .any(|rule| rule.state == RuleState::EnabledWithAllCloudTrailManagementEvents)
    }

    pub(super) fn bus(&self, region: &Region, bus: &str) -> Option<&Bus> {
        self.regions.get(region)?.get(bus)
    }

    /// Whether a bus exists; the default one always does.
    pub(super) fn has_bus(&self, region: &Region, bus: &str) -> bool {
        bus == DEFAULT_BUS || self.bus(region, bus).is_some()
    }

    /// A bus to change.
    pub(super) fn bus_mut(&mut self, region: &Region, bus: &str) -> Result<&mut Bus, ApiError> {
        if !self.has_bus(region, bus) {
            return Err(errors::no_such_bus(bus));
        }
        Ok(self.regions.entry(region.clone()).or_default().entry(bus.into()).or_default())
    }

    /// A rule to look at, by the parameters of a call.
    pub(super) fn find_rule(&self, region: &Region, bus: &str, name: &str) -> Result<&Arc<Rule>, ApiError> {
        if !self.has_bus(region, bus) {
            return Err(errors::no_such_bus(bus));
        }
        self.rule(region, bus, name).ok_or_else(|| errors::no_such_rule(name, bus))
    }

    /// A rule to change.
    pub(super) fn rule_mut(&mut self, region: &Region, bus: &str, name: &str) -> Result<&mut Rule, ApiError> {
        let rules = &mut self.bus_mut(region, bus)?.rules;
        rules.get_mut(name).map(Arc::make_mut).ok_or_else(|| errors::no_such_rule(name, bus))
    }

    /// `arn:…:rule/name`, with the bus before the name unless it is the default one.
    pub(super) fn rule_arn(&self, region: &Region, bus: &str, name: &str) -> String {
        let bus = if bus == DEFAULT_BUS { String::new() } else { format!("{bus}/") };
        arn("events", region, &self.account_id, &format!("rule/{bus}{name}"))
    }

    pub(super) fn bus_arn(&self, region: &Region, bus: &str) -> String {
        arn("events", region, &self.account_id, &format!("event-bus/{bus}"))
    }
}

/// The bus a call means: by name or by ARN, the default one if it says nothing.
pub(super) fn bus_name(given: Option<&str>) -> &str {
    let given = given.unwrap_or(DEFAULT_BUS);
    given.split_once(":event-bus/").map_or(given, |(_, name)| name)
}
