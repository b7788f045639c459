//! What EventBridge remembers: per Region the buses with their rules, the archives, the replays and the partners'
//! event sources; and, for a while, deliveries that failed and will be tried again.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::addressee::Addressee;
use super::archive::Archive;
use super::attempt::Attempt;
use super::partner::PartnerSource;
use super::pattern::Pattern;
use super::permissions::BusPolicy;
use super::replay::Replay;
use super::schedule::Schedule;
use super::targets::TargetParameters;
use super::transformer::{JsonPath, TargetInput};
use super::{ApiError, DEFAULT_BUS, Region, errors};
use crate::aws::{ServiceName, arn::arn, counters::Counters, tags::Tags};

/// The state of this service.
#[derive(Clone, Debug)]
pub struct EventBridge {
    pub(super) account_id: Arc<str>,
    pub(super) regions: BTreeMap<Region, Regional>,
    pub(super) counters: Counters,
    /// Deliveries that failed and wait for their next try, by number.
    pub(super) attempts: BTreeMap<u64, Arc<Attempt>>,
    /// The number of the next failed delivery, and of the next schedule that is wound up.
    pub(super) next_number: u64,
}

/// What there is in one Region.
#[derive(Clone, Debug, Default)]
pub(super) struct Regional {
    /// The default bus exists whether or not it is listed here.
    pub buses: BTreeMap<Arc<str>, Bus>,
    pub archives: BTreeMap<Arc<str>, Archive>,
    pub replays: BTreeMap<Arc<str>, Replay>,
    pub sources: BTreeMap<Arc<str>, PartnerSource>,
}

/// An event bus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bus {
    pub description: Option<Arc<str>>,
    /// By name, which is also the order in which they look at an event. Shared between clones of the account.
    pub rules: BTreeMap<Arc<str>, Arc<Rule>>,
    pub policy: BusPolicy,
    pub tags: Tags,
    /// When it was created and last changed; the default bus was there before anybody.
    pub created: Option<DateTime<Utc>>,
    pub modified: Option<DateTime<Utc>>,
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

/// A rule. It has a pattern, a schedule, or both.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub name: Arc<str>,
    pub arn: Arc<str>,
    pub bus: Arc<str>,
    pub pattern: Option<Pattern>,
    pub schedule: Option<Schedule>,
    /// The number of the timer its schedule waits for; `None` while it does not run.
    pub(super) wound: Option<u64>,
    pub state: RuleState,
    pub description: Option<Arc<str>>,
    pub role_arn: Option<Arc<str>>,
    /// The AWS service that made it, where none of the account did.
    pub managed_by: Option<&'static str>,
    pub tags: Tags,
    /// In the order they were put.
    pub targets: Vec<Target>,
}

/// Where a rule sends what it matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub id: Arc<str>,
    pub arn: Arc<str>,
    pub addressee: Addressee,
    pub role_arn: Option<Arc<str>>,
    pub input: TargetInput,
    /// Where in the event a stream's partition key stands.
    pub partition_key: Option<JsonPath>,
    /// What the receipt of a delivery is recognised by: rule and id.
    pub reference: Arc<str>,
    /// The target as `PutTargets` was given it, to list it back.
    pub given: Arc<TargetParameters>,
}

/// Which rule, of which bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RuleKey {
    pub region: Region,
    pub bus: Arc<str>,
    pub name: Arc<str>,
}

impl Rule {
    /// Whether it is enabled, for all events or not.
    pub fn is_enabled(&self) -> bool {
        self.state != RuleState::Disabled
    }

    pub(super) fn key(&self, region: &Region) -> RuleKey {
        RuleKey { region: region.clone(), bus: Arc::clone(&self.bus), name: Arc::clone(&self.name) }
    }
}

impl EventBridge {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self {
            account_id: account_id.into(),
            regions: BTreeMap::new(),
            counters: Counters::new(ServiceName::EventBridge, "AWS/Events", "RuleName"),
            attempts: BTreeMap::new(),
            next_number: 0,
        }
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
        let custom = self.regions.get(region).into_iter().flat_map(|regional| regional.buses.keys()).cloned();
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

    pub(super) fn regional(&mut self, region: &Region) -> &mut Regional {
        self.regions.entry(region.clone()).or_default()
    }

    pub(super) fn bus(&self, region: &Region, bus: &str) -> Option<&Bus> {
        self.regions.get(region)?.buses.get(bus)
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
        Ok(self.regional(region).buses.entry(bus.into()).or_default())
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

    /// A number that nothing else has.
    pub(super) fn new_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }
}

/// The bus a call means, the default one if it says nothing.
///
/// # Errors
/// An ARN of another Region: a call reaches the buses of its own.
pub(super) fn bus_of<'a>(given: Option<&'a str>, region: &Region) -> Result<&'a str, ApiError> {
    let given = given.unwrap_or(DEFAULT_BUS);
    let Some((before, name)) = given.split_once(":event-bus/") else { return Ok(given) };
    if before.split(':').nth(3) != Some(region.as_str()) {
        return Err(errors::validation("Cross-region api call is not allowed."));
    }
    Ok(name)
}

/// The bus that a name or an ARN means, whatever its Region.
pub(super) fn bus_name(given: Option<&str>) -> &str {
    let given = given.unwrap_or(DEFAULT_BUS);
    given.split_once(":event-bus/").map_or(given, |(_, name)| name)
}
