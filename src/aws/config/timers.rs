//! Config's own alarm clocks: periodic rules, the daily round, history files, snapshots, further attempts.
//!
//! A timer cannot be taken back, so each carries the version of what set it, and is void when that has changed since.

use std::sync::Arc;

use super::{Config, observe, remediation, rule::Rule};
use crate::{
    aws::{Node, Outbox, Region, ServiceName, parcel::Timer},
    kernel::SimDuration,
};

/// A periodic rule looks again; key `version:rule`.
const PERIOD: &str = "config-rule-period";
/// Types that are recorded daily get their items; key: the recorder's run.
const DAILY: &str = "config-daily-round";
/// History files are delivered; key: the recorder's run.
const HISTORY: &str = "config-history";
/// A snapshot is delivered; key: the channel's version.
const SNAPSHOT: &str = "config-snapshot";
/// A remediation that failed is tried again; key `rule/type/id`.
pub(super) const ATTEMPT: &str = "config-remediation";

/// How often history files are delivered. Source: developer guide, "Delivery channel": every six hours.
const HISTORY_PERIOD: SimDuration = SimDuration::HOUR.times(6);

const DAY: SimDuration = SimDuration::HOUR.times(24);

fn arm(
    region: &Region,
    resource: &str,
    name: &'static str,
    key: String,
    wait: SimDuration,
    out: &mut Outbox<'_>,
) {
    let to = Node::new(ServiceName::Config, region, resource);
    out.timer(to, Timer::Named { name, key: key.into() }, wait);
}

/// Has a periodic rule look again when its period is over.
pub(super) fn arm_period(rule: &Rule, region: &Region, out: &mut Outbox<'_>) {
    if let Some(frequency) = rule.period() {
        arm(region, &rule.name, PERIOD, format!("{}:{}", rule.version, rule.name), frequency.wait(), out);
    }
}

pub(super) fn arm_daily(region: &Region, run: u64, out: &mut Outbox<'_>) {
    arm(region, "default", DAILY, run.to_string(), DAY, out);
}

pub(super) fn arm_history(region: &Region, run: u64, out: &mut Outbox<'_>) {
    arm(region, "default", HISTORY, run.to_string(), HISTORY_PERIOD, out);
}

pub(super) fn arm_snapshot(region: &Region, version: u64, wait: SimDuration, out: &mut Outbox<'_>) {
    arm(region, "default", SNAPSHOT, version.to_string(), wait, out);
}

pub(super) fn arm_attempt(
    region: &Region,
    rule: &str,
    key: &super::state::Key,
    wait: SimDuration,
    out: &mut Outbox<'_>,
) {
    arm(region, rule, ATTEMPT, format!("{rule}\n{}\n{}", key.0, key.1), wait, out);
}

impl Config {
    pub(super) fn ring(&mut self, name: &str, key: &str, region: &Region, out: &mut Outbox<'_>) {
        match name {
            PERIOD => self.end_period(key, region, out),
            DAILY => self.daily_round(key, region, out),
            HISTORY => self.history_is_due(key, region, out),
            SNAPSHOT => self.snapshot_is_due(key, region, out),
            ATTEMPT => remediation::run::attempt_again(self, key, region, out),
            _ => {}
        }
    }

    /// A periodic rule looks again, unless it was changed or deleted since.
    fn end_period(&mut self, key: &str, region: &Region, out: &mut Outbox<'_>) {
        let Some((version, name)) = key.split_once(':') else { return };
        let Some(rule) = self.state(region).and_then(|state| state.rule(name)).map(Arc::clone) else {
            return;
        };
        if rule.version.to_string() == version {
            arm_period(&rule, region, out);
            self.look_periodically(region, &rule, out);
        }
    }

    /// Whether the recorder is still in the run that set a timer.
    fn is_run(&self, region: &Region, key: &str) -> Option<u64> {
        let recorder = self.recorder(region).filter(|recorder| recorder.is_recording)?;
        (recorder.run.to_string() == key).then_some(recorder.run)
    }

    fn daily_round(&mut self, key: &str, region: &Region, out: &mut Outbox<'_>) {
        let Some(run) = self.is_run(region, key) else { return };
        arm_daily(region, run, out);
        let state = self.state_mut(region);
        for (key, cause) in std::mem::take(&mut state.waiting) {
            out.with_cause(cause, |out| observe::record(state, region, &key, out));
        }
    }

    fn history_is_due(&mut self, key: &str, region: &Region, out: &mut Outbox<'_>) {
        if let Some(run) = self.is_run(region, key) {
            arm_history(region, run, out);
            self.deliver_history(region, out);
        }
    }

    fn snapshot_is_due(&mut self, key: &str, region: &Region, out: &mut Outbox<'_>) {
        let channel = self.channel(region).filter(|channel| channel.version.to_string() == key);
        let Some((version, frequency)) = channel.and_then(|one| Some((one.version, one.snapshots?))) else {
            return;
        };
        arm_snapshot(region, version, frequency.wait(), out);
        if self.recorder(region).is_some_and(|recorder| recorder.is_recording) {
            self.deliver_snapshot(region, out);
        }
    }
}
