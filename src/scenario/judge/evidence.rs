//! What a world's ledger and account testify, from where its story begins to count.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::verdict_fits;
use crate::{
    aws::{
        ApiCall, HopPath, Ledger, Note, PayloadKind, Principal, ServiceName, Via, call::InputKind, hop::Hop,
        meters::Usage, note::Fate, record,
    },
    engine::Engine,
    kernel::{Cause, HopId, InputId, SimDuration, SimTime},
    scenario::{
        model::{
            Duration,
            condition::{AlarmState, CallCondition, FateWord, HopCondition, MailCondition, MailWord},
        },
        names::Names,
        prices::Prices,
    },
};

/// Where counting begins: what a ledger held at some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    pub at: SimTime,
    hops: usize,
    inputs: usize,
    notes: usize,
}

impl Mark {
    /// The first hop after it.
    pub const fn first_hop(&self) -> HopId {
        HopId::from_index(self.hops)
    }
}

impl Mark {
    /// Here and now.
    pub fn now(engine: &Engine) -> Self {
        let ledger = engine.ledger();
        Self {
            at: engine.now(),
            hops: ledger.hops().len(),
            inputs: ledger.inputs().len(),
            notes: ledger.notes().len(),
        }
    }
}

/// One world.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    pub engine: &'a Engine,
    pub since: Mark,
    pub names: &'a Names,
    pub prices: &'a Prices,
}

/// How many are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    least: u64,
    most: u64,
}

impl Quantity {
    /// At least one, unless something else is said.
    pub fn new(count: Option<u64>, at_most: Option<u64>, at_least: Option<u64>) -> Self {
        match (count, at_most, at_least) {
            (Some(count), _, _) => Self { least: count, most: count },
            (None, None, None) => Self { least: 1, most: u64::MAX },
            (None, most, least) => Self { least: least.unwrap_or(0), most: most.unwrap_or(u64::MAX) },
        }
    }

    pub fn admits(self, count: u64) -> bool {
        (self.least..=self.most).contains(&count)
    }
}

/// A call somebody or some function made.
struct Act<'a> {
    event: &'a str,
    by: &'a str,
    error: Option<String>,
    cause: Cause,
    /// For how many alike it stands.
    count: u64,
}

impl<'a> Evidence<'a> {
    fn ledger(&self) -> &'a Ledger {
        self.engine.ledger()
    }

    fn new_hops(&self) -> impl Iterator<Item = &'a Hop> + use<'a> {
        self.ledger().hops().iter().skip(self.since.hops)
    }

    /// The story step at the root of a cause.
    fn step_of(&self, cause: Cause) -> Option<&'a str> {
        let ledger = self.ledger();
        ledger.input(ledger.root(cause)).body.step.as_deref()
    }

    fn name(&self, node: crate::kernel::NodeId) -> &'a str {
        &self.ledger().node(node).resource
    }

    /// Hops that fit a condition.
    pub fn hops(&self, wanted: &HopCondition, path: HopPath) -> u64 {
        let fits = |hop: &&Hop| {
            hop.path == path
                && wanted.of.as_ref().is_none_or(|of| self.step_of(hop.cause) == Some(of.value.as_str()))
                && wanted.from.as_ref().is_none_or(|from| glob(from, self.name(hop.from)))
                && wanted.to.as_ref().is_none_or(|to| glob(to, self.name(hop.to)))
                && wanted.title.as_ref().is_none_or(|title| glob(title, &hop.payload.title()))
                && (path != HopPath::BusRule || verdict_fits(matched(hop), wanted.verdict))
                && wanted.within.is_none_or(|within| {
                    let root = self.ledger().root(hop.cause);
                    hop.due_at.since(self.ledger().input(root).at) <= within.0
                })
                && wanted.fate.is_none_or(|fate| self.fate(hop) == fate)
        };
        // Bulk is one hop with a count.
        self.new_hops().filter(fits).map(|hop| hop.payload.count()).sum()
    }

    /// What became of a hop: delivered, unless a note says otherwise.
    fn fate(&self, hop: &Hop) -> FateWord {
        let last =
            self.ledger().notes().iter().skip(self.since.notes).rev().find_map(|note| match &note.body {
                Note::Fate { hop: of, fate } if *of == hop.id => Some(fate),
                _ => None,
            });
        match last {
            None => FateWord::Delivered,
            Some(Fate::Retried { .. }) => FateWord::Retried,
            Some(Fate::Dropped(_)) => FateWord::Dropped,
            Some(Fate::DeadLettered(_)) => FateWord::DeadLettered,
        }
    }

    /// Mails that have arrived.
    pub fn mails(&self, wanted: &MailCondition) -> u64 {
        let is_post =
            |hop: &&Hop| matches!(hop.path, HopPath::SnsSub | HopPath::LambdaEmail | HopPath::AppEmail);
        let fits = |hop: &&Hop| {
            hop.due_at <= self.engine.now()
                && glob(&wanted.to, self.name(hop.to))
                && wanted.of.as_ref().is_none_or(|of| self.step_of(hop.cause) == Some(of.value.as_str()))
                && match (wanted.kind, mail_kind(hop)) {
                    (Some(wanted), kind) => wanted == kind,
                    (None, kind) => kind != MailWord::Confirmation,
                }
                && wanted.subject.as_ref().is_none_or(|subject| glob(subject, &subject_of(hop)))
                && self.fate(hop) == FateWord::Delivered
        };
        self.new_hops().filter(is_post).filter(fits).count() as u64
    }

    /// Calls that fit a condition.
    pub fn calls(&self, wanted: &CallCondition, reaches: Option<HopPath>) -> u64 {
        let fits = |act: &Act<'_>| {
            wanted.event.as_ref().is_none_or(|event| glob(event, act.event))
                && wanted.by.as_ref().is_none_or(|by| glob(by, act.by))
                && wanted
                    .error
                    .as_ref()
                    .is_none_or(|error| act.error.as_deref().is_some_and(|code| glob(error, code)))
                && wanted.of.as_ref().is_none_or(|of| self.step_of(act.cause) == Some(of.value.as_str()))
                && reaches.is_none_or(|path| self.reaches(act.cause, path))
        };
        self.acts().iter().filter(|act| fits(act)).map(|act| act.count).sum()
    }

    /// Lines of the notebook that tell of a call that fits.
    pub fn lines(&self, wanted: &CallCondition) -> Vec<HopId> {
        let fits = |hop: &&Hop| {
            let record = hop.payload.body();
            let error = record.get("errorCode").and_then(Value::as_str);
            wanted.event.as_ref().is_none_or(|event| glob(event, &hop.payload.title()))
                && wanted.by.as_ref().is_none_or(|by| glob(by, record::actor(&record)))
                && wanted.error.as_ref().is_none_or(|wanted| error.is_some_and(|code| glob(wanted, code)))
                && wanted.of.as_ref().is_none_or(|of| self.step_of(hop.cause) == Some(of.value.as_str()))
        };
        self.new_hops().filter(|hop| hop.path == HopPath::ApiTrail).filter(fits).map(|hop| hop.id).collect()
    }

    /// Whether a line of the notebook has exactly these values at these dotted paths.
    pub fn has_line_with(&self, fields: &[(String, Option<String>)]) -> bool {
        self.new_hops().filter(|hop| hop.path == HopPath::ApiTrail).any(|hop| {
            let record = hop.payload.body();
            fields.iter().all(|(path, wanted)| record::field(&record, path) == *wanted)
        })
    }

    fn acts(&self) -> Vec<Act<'a>> {
        let people = self.ledger().inputs().iter().skip(self.since.inputs).filter_map(|input| {
            let InputKind::Call { call, count, outcome } = &input.body.kind else { return None };
            let error = outcome.as_ref().and_then(|outcome| outcome.as_ref().as_ref().err());
            Some(Act {
                event: &call.operation,
                by: call.by.name(),
                error: error.map(|error| error.code.to_string()),
                cause: Cause::Input(input.id),
                count: *count,
            })
        });
        let functions =
            self.new_hops().filter(|hop| matches!(hop.path, HopPath::LambdaApi | HopPath::LambdaEmail));
        let functions = functions.map(|hop| {
            let body = hop.payload.body();
            let error =
                ["errorCode", "error"].into_iter().find_map(|key| body.get(key).and_then(Value::as_str));
            let event = match &hop.payload {
                crate::aws::Payload::Json { title, .. } if hop.path == HopPath::LambdaApi => title,
                _ => "SendEmail",
            };
            Act {
                event,
                by: self.name(hop.from),
                error: error.map(str::to_owned),
                cause: Cause::Hop(hop.id),
                count: 1,
            }
        });
        people.chain(functions).collect()
    }

    /// Whether a cause led to a hop of that path; a rule counts when it matched.
    fn reaches(&self, cause: Cause, path: HopPath) -> bool {
        let ledger = self.ledger();
        self.new_hops().filter(|hop| hop.path == path && (path != HopPath::BusRule || matched(hop))).any(
            |hop| match cause {
                Cause::Input(input) => ledger.root(hop.cause) == input,
                Cause::Hop(_) => ledger.causes(hop.id).any(|above| above == cause),
            },
        )
    }

    /// Deliveries to a function, whoever sent them, that it accepted.
    pub fn invocations(&self, function: &str, of: Option<&str>) -> u64 {
        let to_functions =
            [HopPath::BusLambda, HopPath::AlarmLambda, HopPath::AppLambda, HopPath::ConfigLambda];
        let fits = |hop: &&Hop| {
            let by_topic =
                hop.path == HopPath::SnsSub && self.ledger().node(hop.to).service == ServiceName::Lambda;
            (to_functions.contains(&hop.path) || by_topic)
                && glob(function, self.name(hop.to))
                && of.is_none_or(|of| self.step_of(hop.cause) == Some(of))
                && self.fate(hop) != FateWord::Dropped
        };
        self.new_hops().filter(fits).count() as u64
    }

    /// Whether a hop of the first path was caused by one of the second, and so on; others may lie between.
    pub fn has_chain(&self, paths: &[HopPath]) -> bool {
        let Some((first, rest)) = paths.split_first() else { return true };
        let ledger = self.ledger();
        self.new_hops().filter(|hop| hop.path == *first).any(|hop| {
            let mut wanted = rest.iter();
            let mut next = wanted.next();
            for cause in ledger.causes(hop.id) {
                let Cause::Hop(above) = cause else { break };
                let above: &Hop = ledger.hop(above);
                if next == Some(&above.path) && (above.path != HopPath::BusRule || matched(above)) {
                    next = wanted.next();
                }
            }
            next.is_none()
        })
    }

    /// The steps whose events a rule matched; what no step caused has the name `-`.
    pub fn steps_matched(&self, rule: &str) -> BTreeSet<&'a str> {
        self.new_hops()
            .filter(|hop| hop.path == HopPath::BusRule && matched(hop) && self.name(hop.to) == rule)
            .map(|hop| self.step_of(hop.cause).unwrap_or("-"))
            .collect()
    }

    /// The last verdict of a rule on a resource, set-up included.
    pub fn verdict(&self, rule: &str, resource: &str) -> Option<String> {
        let hops = self.ledger().hops().iter().rev();
        let mut judged =
            hops.filter(|hop| hop.path == HopPath::ConfigRule && hop.due_at <= self.engine.now());
        judged.find_map(|hop| {
            let is_rule = [hop.from, hop.to].into_iter().any(|node| self.name(node) == rule);
            let body = hop.payload.body();
            let is_resource = [hop.from, hop.to].into_iter().any(|node| self.name(node) == resource)
                || ["resourceId", "resourceName"].into_iter().any(|key| text(&body, key) == Some(resource));
            let verdict = ["complianceType", "verdict"].into_iter().find_map(|key| text(&body, key))?;
            (is_rule && is_resource).then(|| verdict.to_owned())
        })
    }

    /// The state an alarm is in.
    pub fn alarm_state(&self, name: &str) -> Option<String> {
        self.describe_alarm(name)?.get("StateValue")?.as_str().map(str::to_owned)
    }

    /// Story time of the end of the newest datapoint's period when an alarm first came to a state.
    ///
    /// An alarm looks a few seconds past the minute at periods that end on it.
    pub fn first_change(&self, name: &str, state: AlarmState) -> Option<Duration> {
        let change = self.new_hops().find(|hop| {
            hop.path == HopPath::MetricAlarm
                && self.name(hop.to) == name
                && new_state(hop).as_deref() == Some(state.as_str())
        })?;
        let looked_ms = self.engine.utc(change.sent_at).timestamp_millis();
        let end_ms = looked_ms - looked_ms.rem_euclid(60_000);
        let since_ms = end_ms - self.engine.utc(self.since.at).timestamp_millis();
        Some(Duration(SimDuration::from_millis(u64::try_from(since_ms).ok()?)))
    }

    fn describe_alarm(&self, name: &str) -> Option<Value> {
        let mut copy = self.engine.clone();
        let call = ApiCall {
            by: Principal::Root,
            via: Via::cli("198.51.100.1"),
            region: copy.account().home().clone(),
            service: ServiceName::CloudWatch,
            operation: "DescribeAlarms".into(),
            parameters: json!({ "AlarmNames": [name] }),
        };
        let (_, outcome) = copy.call(call, None);
        outcome.ok()?.pointer("/MetricAlarms/0").cloned()
    }

    /// What the account used since the story began to count.
    pub fn usage(&self) -> Usage {
        Usage::of(self.ledger(), self.since.first_hop())
    }

    /// What was spent on a meter, in dollars; none for a name that is no meter.
    pub fn cost(&self, meter: &str) -> Option<f64> {
        self.prices.cost_of(&self.usage(), meter)
    }

    /// The inputs of the story so far.
    pub fn inputs(&self) -> impl Iterator<Item = InputId> + use<> {
        (self.since.inputs..self.ledger().inputs().len()).map(InputId::from_index)
    }

    /// The hops of the story so far.
    pub fn hop_ids(&self) -> impl Iterator<Item = HopId> + use<> {
        (self.since.hops..self.ledger().hops().len()).map(HopId::from_index)
    }
}

fn text<'v>(body: &'v Value, key: &str) -> Option<&'v str> {
    body.get(key).and_then(Value::as_str)
}

/// Whether a `bus>rule` hop says that the rule matched.
fn matched(hop: &Hop) -> bool {
    let body = hop.payload.body();
    text(&body, "verdict") == Some("match") || body.get("matched").and_then(Value::as_bool) == Some(true)
}

fn new_state(hop: &Hop) -> Option<String> {
    let body = hop.payload.body();
    let state = text(&body, "NewStateValue")
        .or_else(|| body.pointer("/state/value").and_then(Value::as_str))
        .map(str::to_owned);
    state.or_else(|| hop.payload.title().rsplit('→').next().map(|state| state.trim().to_owned()))
}

fn mail_kind(hop: &Hop) -> MailWord {
    let body = hop.payload.body();
    match text(&body, "kind") {
        Some("confirmation") => MailWord::Confirmation,
        Some("personal") => MailWord::Personal,
        Some(_) => MailWord::Notification,
        None if hop.path == HopPath::SnsSub && hop.payload.kind() == PayloadKind::Notice => {
            MailWord::Notification
        }
        None => MailWord::Personal,
    }
}

fn subject_of(hop: &Hop) -> String {
    let body = hop.payload.body();
    text(&body, "subject").map_or_else(|| hop.payload.title().into_owned(), str::to_owned)
}

/// Whether `name` fits `pattern`, in which `*` stands for anything. Linear in both but for one step back per star.
pub fn glob(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut of, mut star) = (0, 0, None);
    while of < name.len() {
        if at < pattern.len() && pattern[at] == '*' {
            star = Some((at, of));
            at += 1;
        } else if at < pattern.len() && pattern[at] == name[of] {
            at += 1;
            of += 1;
        } else if let Some((after, seen)) = star {
            at = after + 1;
            of = seen + 1;
            star = Some((after, seen + 1));
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_everything_else_for_itself() {
        assert!(glob("ALARM*", "ALARM: \"radar-110\" in EU (Paris)"));
        assert!(glob("*radar*", "un radar-110"));
        assert!(glob("Describe*", "DescribeInstances"));
        assert!(!glob("Describe", "DescribeInstances"));
        assert!(glob("**", ""));
        assert!(!glob(&"*a".repeat(500), &"a".repeat(400)));
    }

    #[test]
    fn a_quantity_is_at_least_one_unless_something_is_said() {
        assert!(!Quantity::new(None, None, None).admits(0));
        assert!(Quantity::new(None, Some(2), None).admits(0));
        assert!(!Quantity::new(Some(2), None, None).admits(3));
        assert!(Quantity::new(None, None, Some(2)).admits(9));
    }
}
