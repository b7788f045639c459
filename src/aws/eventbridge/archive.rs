//! Archives: what a bus has heard, kept to be replayed.
//!
//! An archive is filled by a rule that EventBridge makes and keeps for it. Its pattern is the archive's own, and
//! that the event is no replay, so that what is replayed is not archived again. Counts are right at once here; in
//! AWS they may lag by a day.
//!
//! Source: `EventBridge` user guide, "Archiving events"; recorded answers and managed rules.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::addressee::Addressee;
use super::metrics::Metric;
use super::pattern::Pattern;
use super::send::Matched;
use super::targets::{InputTransformer, TargetParameters};
use super::transformer::TargetInput;
use super::{ApiError, EventBridge, Region, Rule, RuleState, Target, rules};
use crate::aws::{
    Delay, HopPath, Node, Outbox, Payload, PayloadKind, ServiceName,
    arn::arn,
    chunks::{Chunks, Timed},
    tags::Tags,
    timestamps,
};

/// The service that keeps the rules of archives, as AWS shows it. Source: recorded rules.
const KEEPER: &str = "prod.vhs.events.aws.internal";
const MS_PER_DAY: i64 = 86_400_000;

/// An archive of one bus.
#[derive(Clone, Debug)]
pub struct Archive {
    pub name: Arc<str>,
    pub bus: Arc<str>,
    pub description: Option<Arc<str>>,
    pub pattern: Option<Pattern>,
    /// How long events are kept; 0 is for ever.
    pub retention_days: u32,
    pub created: DateTime<Utc>,
    events: Chunks<Archived>,
}

/// One event that was kept.
#[derive(Clone, Debug)]
pub struct Archived {
    /// The event's own time, epoch milliseconds.
    at: i64,
    ingested_at: i64,
    bytes: u32,
    pub event: Arc<Value>,
}

impl Timed for Archived {
    fn at(&self) -> i64 {
        self.at
    }
}

impl Archived {
    /// The event's own time, epoch milliseconds.
    pub const fn event_time(&self) -> i64 {
        self.at
    }
}

impl Archive {
    pub fn new(name: &str, bus: &str, created: DateTime<Utc>) -> Self {
        Self {
            name: name.into(),
            bus: bus.into(),
            description: None,
            pattern: None,
            retention_days: 0,
            created,
            events: Chunks::default(),
        }
    }

    pub fn keep(&mut self, event: &Arc<Value>, now: i64) {
        let time = event.get("time").and_then(Value::as_str).and_then(timestamps::parse);
        let at = time.map_or(now, |utc| utc.timestamp_millis());
        let bytes = u32::try_from(event.to_string().len()).unwrap_or(u32::MAX);
        self.events.insert(Archived { at, ingested_at: now, bytes, event: Arc::clone(event) });
    }

    /// What is still kept of the events at or after `from` and before `until`, oldest first.
    pub fn between(&self, from: i64, until: i64, now: i64) -> impl Iterator<Item = &Archived> {
        self.events.between(from, until).filter(move |entry| self.still_keeps(entry, now))
    }

    /// Retention counts from when the bus received an event, whatever time the event bears.
    fn still_keeps(&self, entry: &Archived, now: i64) -> bool {
        let age = now - entry.ingested_at;
        self.retention_days == 0 || age < i64::from(self.retention_days) * MS_PER_DAY
    }

    /// How many events it holds, and how many bytes they take.
    fn size(&self, now: i64) -> (usize, u64) {
        let kept = self.events.iter().filter(|entry| self.still_keeps(entry, now));
        kept.fold((0, 0), |(count, bytes), entry| (count + 1, bytes + u64::from(entry.bytes)))
    }

    /// The name of the rule that fills it.
    pub fn rule_name(&self) -> String {
        format!("Events-Archive-{}", self.name)
    }

    /// What `ListArchives` shows of it; `DescribeArchive` shows more.
    pub fn listed(&self, bus_arn: String, state: &str, now: i64) -> Value {
        let (count, bytes) = self.size(now);
        json!({
            "ArchiveName": self.name,
            "EventSourceArn": bus_arn,
            "State": state,
            "RetentionDays": self.retention_days,
            "SizeBytes": bytes,
            "EventCount": count,
            "CreationTime": timestamps::cli(self.created),
        })
    }
}

impl EventBridge {
    pub(super) fn archive_arn(&self, region: &Region, name: &str) -> String {
        arn("events", region, &self.account_id, &format!("archive/{name}"))
    }

    /// The rule that fills an archive, as EventBridge makes it.
    pub(super) fn managed_rule(&self, region: &Region, archive: &Archive) -> Result<Rule, ApiError> {
        let name = archive.rule_name();
        let arn: Arc<str> = self.rule_arn(region, &archive.bus, &name).into();
        let mut pattern = match &archive.pattern {
            Some(pattern) => serde_json::from_str(pattern.text()).unwrap_or_else(|_| json!({})),
            None => json!({}),
        };
        pattern["replay-name"] = json!([{ "exists": false }]);
        let template = format!(
            "{{\"archive-arn\": \"{}\",\"event\": <aws.events.event.json>,\"ingestion-time\": <aws.events.event.ingestion-time>}}",
            self.archive_arn(region, &archive.name)
        );
        let target = Target {
            id: name.as_str().into(),
            arn: format!("arn:aws:events:{region}:::").into(),
            addressee: Addressee {
                service: ServiceName::EventBridge,
                region: region.clone(),
                name: Arc::clone(&archive.name),
                path: HopPath::BusArchive,
            },
            role_arn: None,
            input: TargetInput::Event,
            partition_key: None,
            reference: format!("{arn} {name}").into(),
            given: Arc::new(TargetParameters {
                id: name.clone(),
                arn: format!("arn:aws:events:{region}:::"),
                input_transformer: Some(InputTransformer {
                    input_paths_map: BTreeMap::new(),
                    input_template: template,
                }),
                ..TargetParameters::default()
            }),
        };
        Ok(Rule {
            name: name.as_str().into(),
            arn,
            bus: Arc::clone(&archive.bus),
            pattern: Some(rules::compile(&pattern.to_string())?),
            schedule: None,
            wound: None,
            state: RuleState::Enabled,
            description: None,
            role_arn: None,
            managed_by: Some(KEEPER),
            tags: Tags::default(),
            targets: vec![target],
        })
    }

    /// Keeps an event that an archive's rule matched.
    pub(super) fn archive(&mut self, matched: Matched<'_>, target: &Target, out: &mut Outbox<'_>) {
        let now = out.moment().epoch_ms();
        let Matched { region, rule, event, title, .. } = matched;
        let Some(archive) = self.regional(region).archives.get_mut(&target.addressee.name) else { return };
        archive.keep(event, now);
        self.count(&rule.key(region), Metric::Invocations, out);
        let from = Node::new(ServiceName::EventBridge, region, Arc::clone(&rule.name));
        let to = Node::new(ServiceName::EventBridge, region, Arc::clone(&target.addressee.name));
        let payload = Payload::json(PayloadKind::Event, Arc::clone(title), Arc::clone(event));
        out.mark(HopPath::BusArchive, from, to, payload, Delay::None);
    }

    /// `ENABLED` while its rule is there, is enabled and has its target.
    pub(super) fn archive_state(&self, region: &Region, archive: &Archive) -> &'static str {
        let rule = self.rule(region, &archive.bus, &archive.rule_name());
        if rule.is_some_and(|rule| rule.is_enabled() && !rule.targets.is_empty()) {
            "ENABLED"
        } else {
            "DISABLED"
        }
    }
}
