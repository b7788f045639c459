//! The small language of conditions, as written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Duration, Table, step::Opened};
use crate::scenario::spanned::Spanned;

/// One condition: a map with exactly one verb, and `in` for the world or run it is about.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Hops of a path.
    pub hop: Option<Spanned<HopCondition>>,
    /// An alarm's state.
    pub alarm: Option<Spanned<AlarmCondition>>,
    /// Mails in somebody's box.
    pub mail: Option<Spanned<MailCondition>>,
    /// Calls to the account.
    pub call: Option<Spanned<CallCondition>>,
    /// A verdict of Config.
    pub compliance: Option<Spanned<ComplianceCondition>>,
    /// Runs of a function.
    pub invoked: Option<Spanned<InvokedCondition>>,
    /// What a read operation answers.
    pub query: Option<Spanned<QueryCondition>>,
    /// Hop paths, effect first, each caused by the next.
    pub chain: Option<Spanned<Vec<Spanned<String>>>>,
    /// Which steps a rule matches.
    pub matches: Option<Spanned<MatchesCondition>>,
    /// What was spent.
    pub cost: Option<Spanned<CostCondition>>,
    /// A view the learner opened.
    pub opened: Option<Spanned<Opened>>,
    /// Not this.
    pub never: Option<Box<Spanned<Condition>>>,
    /// At least one of these.
    pub any: Option<Vec<Spanned<Condition>>>,
    /// What the learner answered: `{q1: b}`.
    pub answer: Option<Table<Spanned<Value>>>,
    /// The world or the run of a task it is about.
    #[serde(rename = "in")]
    pub within: Option<Spanned<String>>,
}

/// How many: exactly, at most, at least. At least one unless said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub count: Option<u64>,
    pub at_most: Option<u64>,
    pub at_least: Option<u64>,
}

/// What became of a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum FateWord {
    Delivered,
    Retried,
    Dropped,
    DeadLettered,
}

/// What a rule made of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Verdict {
    Match,
    NoMatch,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HopCondition {
    /// Such as `alarm>sns`.
    pub path: Spanned<String>,
    /// Only what this step caused.
    pub of: Option<Spanned<String>>,
    /// Where it leaves from, by the name AWS shows; `*` stands for anything.
    pub from: Option<Spanned<String>>,
    /// Where it goes.
    pub to: Option<Spanned<String>>,
    pub count: Option<u64>,
    pub at_most: Option<u64>,
    pub at_least: Option<u64>,
    /// What travels, as its envelope says: an event's name, `OK→ALARM`, `NON_COMPLIANT`; `*` stands for anything.
    pub title: Option<String>,
    /// How long after what began it all the hop is there.
    pub within: Option<Duration>,
    pub fate: Option<FateWord>,
    /// For `bus>rule`: `match` unless said.
    pub verdict: Option<Verdict>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmCondition {
    pub name: Spanned<String>,
    /// The state it is in, or (with `first_at`) once came to.
    pub is: AlarmState,
    /// Story time of the newest datapoint when it first came to that state: `11m` is the eleventh minute.
    pub first_at: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum AlarmState {
    #[serde(rename = "OK")]
    Ok,
    #[serde(rename = "ALARM")]
    Alarm,
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl AlarmState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailCondition {
    /// Whose box.
    pub to: Spanned<String>,
    /// The subject; `*` stands for anything.
    pub subject: Option<String>,
    /// Only what this step caused.
    pub of: Option<Spanned<String>>,
    pub count: Option<u64>,
    pub at_most: Option<u64>,
    pub at_least: Option<u64>,
    /// Confirmation mails are counted only when asked for.
    pub kind: Option<MailWord>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum MailWord {
    Notification,
    Confirmation,
    Personal,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallCondition {
    /// The operation; `*` stands for anything: `Describe*`.
    pub event: Option<Spanned<String>>,
    /// Who made it: a user, a role, `root`.
    pub by: Option<Spanned<String>>,
    /// The error it was answered.
    pub error: Option<String>,
    /// A hop path that it caused.
    pub reaches: Option<Spanned<String>>,
    /// Only what this step caused.
    pub of: Option<Spanned<String>>,
    pub count: Option<u64>,
    pub at_most: Option<u64>,
    pub at_least: Option<u64>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplianceCondition {
    /// The rule's name, its city word: `freins`.
    pub rule: Spanned<String>,
    /// The resource, by the name AWS shows or its id.
    pub resource: Spanned<String>,
    pub is: ComplianceWord,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum ComplianceWord {
    Compliant,
    NonCompliant,
}

impl ComplianceWord {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compliant => "COMPLIANT",
            Self::NonCompliant => "NON_COMPLIANT",
        }
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvokedCondition {
    pub function: Spanned<String>,
    /// Only what this step caused.
    pub of: Option<Spanned<String>>,
    pub count: Option<u64>,
    pub at_most: Option<u64>,
    pub at_least: Option<u64>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryCondition {
    /// A reading `aws` line.
    pub aws: Spanned<String>,
    /// What to take of its answer.
    pub jmespath: Option<Spanned<String>>,
    /// What that must be.
    pub equals: Value,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchesCondition {
    pub rule: Spanned<String>,
    /// These steps and no other.
    pub exactly: Vec<Spanned<String>>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostCondition {
    /// A meter, such as `config-item`, or `total`.
    pub meter: Spanned<String>,
    /// In dollars, from 0:00 on.
    pub at_most: Option<f64>,
    pub at_least: Option<f64>,
}

/// The verbs of conditions, as authors write them.
pub const VERBS: [&str; 14] = [
    "hop",
    "alarm",
    "mail",
    "call",
    "compliance",
    "invoked",
    "query",
    "chain",
    "matches",
    "cost",
    "opened",
    "never",
    "any",
    "answer",
];

impl Condition {
    /// Whether it, or a part of it, is about another world or a run.
    pub fn is_about_another_world(&self) -> bool {
        let inner = self.never.iter().map(|never| &never.value);
        let options = self.any.iter().flatten().map(|option| &option.value);
        self.within.is_some() || inner.chain(options).any(Self::is_about_another_world)
    }

    /// The verbs this condition has; a good condition has one.
    pub fn verbs(&self) -> Vec<&'static str> {
        let present = [
            self.hop.is_some(),
            self.alarm.is_some(),
            self.mail.is_some(),
            self.call.is_some(),
            self.compliance.is_some(),
            self.invoked.is_some(),
            self.query.is_some(),
            self.chain.is_some(),
            self.matches.is_some(),
            self.cost.is_some(),
            self.opened.is_some(),
            self.never.is_some(),
            self.any.is_some(),
            self.answer.is_some(),
        ];
        VERBS.iter().zip(present).filter_map(|(verb, present)| present.then_some(*verb)).collect()
    }
}
