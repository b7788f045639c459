//! One step of a story: optional keys and exactly one verb.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Visitor},
};
use serde_json::Value;

use super::{Ask, Condition, Duration, Pick, Table, Task};
use crate::{
    aws::FaultKind,
    scenario::{spanned::Spanned, words::Text},
};

/// One step. No flatten and no untagged enum: places would be lost.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What conditions call it: `of: s1`.
    pub id: Option<Spanned<String>>,
    /// When, from the start: `"2:00"`. Right after the step before unless said.
    pub at: Option<Spanned<Duration>>,
    /// Who: a name of `people`, `root`, a role of the account, or a session of one: `robot-deploiement/bruno-laptop`.
    #[serde(rename = "as")]
    pub by: Option<Spanned<String>>,
    /// Where: the home Region unless said. `--region` in the line itself wins.
    pub region: Option<Spanned<String>>,
    /// How the call reaches AWS.
    #[serde(default)]
    pub via: Via,
    /// Parts of the answer (JMESPath) that later steps use as `${name}`.
    #[serde(default)]
    pub keep: Table<Spanned<String>>,
    /// An AWS CLI command line, with or without `aws` in front.
    pub aws: Option<Spanned<Line>>,
    /// Drives metrics of a resource.
    pub load: Option<Spanned<Load>>,
    /// Console sign-in attempts.
    #[serde(rename = "sign-in")]
    pub sign_in: Option<Spanned<SignIn>>,
    /// Application lines into a log group.
    pub log: Option<Spanned<Log>>,
    /// Messages, reads or app events at a rate.
    pub traffic: Option<Spanned<Traffic>>,
    /// A finished event on a bus, as a service would put it.
    pub event: Option<Spanned<BusEvent>>,
    /// Some of these steps, chosen by the seed.
    pub pick: Option<Spanned<Pick>>,
    /// Makes something fail on purpose.
    pub fault: Option<Spanned<Fault>>,
    /// A caption: the metaphor.
    pub say: Option<Spanned<Text>>,
    /// A caption: the services. Goes with `say`.
    pub cloud: Option<Text>,
    /// A prediction; the clock stops.
    pub ask: Option<Spanned<Ask>>,
    /// The learner acts.
    pub task: Option<Spanned<Task>>,
    /// Time runs.
    pub advance: Option<Spanned<Advance>>,
    /// The same stretch side by side in several worlds.
    pub compare: Option<Spanned<Compare>>,
}

/// How a call reaches AWS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Via {
    #[default]
    Cli,
    Console,
}

/// An `aws` line: a string, `{call, input}` for long parameters, or (in a solution) `{open}` for a look at a screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// `ec2 describe-instances …`.
    Words(String),
    /// A call with its parameters as a map, like `--cli-input-yaml`.
    Call { call: Spanned<String>, input: Value },
    /// The learner opens a view: only in the solution of a task.
    Open(Opened),
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LineVisitor;

        impl<'de> Visitor<'de> for LineVisitor {
            type Value = Line;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an `aws` line, or a map with `call` and `input`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Line, E> {
                Ok(Line::Words(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
                let (mut call, mut input, mut open) = (None, None, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "call" => call = Some(map.next_value()?),
                        "input" => input = Some(map.next_value()?),
                        "open" => open = Some(map.next_value()?),
                        other => return Err(de::Error::unknown_field(other, &["call", "input", "open"])),
                    }
                }
                match (call, open) {
                    (Some(call), None) => Ok(Line::Call {
                        call,
                        input: input.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
                    }),
                    (None, Some(open)) => Ok(Line::Open(open)),
                    _ => Err(de::Error::missing_field("call")),
                }
            }
        }

        deserializer.deserialize_any(LineVisitor)
    }
}

impl JsonSchema for Line {
    fn schema_name() -> Cow<'static, str> {
        "Line".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let opened = generator.subschema_for::<Opened>();
        json_schema!({
            "description": "An AWS CLI command line, or the same as a map when the parameters are long.",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": {
                        "call": { "type": "string", "description": "`events put-rule`" },
                        "input": { "type": "object", "description": "Its parameters, named as in the API." },
                        "open": opened
                    },
                    "additionalProperties": false
                }
            ]
        })
    }
}

/// A view the learner opens, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// `why` (the causal chain), `diff`, `mail`, `limits`, `record`.
    pub view: String,
    /// Of what: a hop path, a resource, an address, a card.
    pub of: Option<String>,
}

/// Load on a resource: each list is one value per `every`; `null` is a missing datapoint.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// The resource, by its logical id in the template or the name AWS shows.
    pub on: Spanned<String>,
    /// CPU, in percent.
    pub cpu: Option<Spanned<Series>>,
    /// Response time of the application on a server, in milliseconds: the value that 95 requests of 100 do not
    /// exceed in that minute (`Ville/Appli` `Latency`, statistic `p95`).
    pub latency_ms: Option<Spanned<Series>>,
    /// Open connections of a database.
    pub connections: Option<Spanned<Series>>,
    /// Writes of a database, a second.
    pub write_iops: Option<Spanned<Series>>,
    /// Errors of the application on a server, a minute (`Ville/Appli` `Errors`).
    pub errors: Option<Spanned<Series>>,
    /// How long each value of a list lasts; a minute unless said.
    pub every: Option<Spanned<Duration>>,
    /// How many times the list is played.
    #[schemars(range(min = 1, max = 1000))]
    pub repeat: Option<u32>,
}

/// A constant, a list of values, or a ramp.
#[derive(Clone, Debug, PartialEq)]
pub enum Series {
    Constant(f64),
    Values(Vec<Option<f64>>),
    Ramp { to: f64, over: Duration, lasting: Option<Duration> },
}

impl<'de> Deserialize<'de> for Series {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SeriesVisitor;

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ramp {
            to: f64,
            over: Duration,
            #[serde(rename = "for")]
            lasting: Option<Duration>,
        }

        impl<'de> Visitor<'de> for SeriesVisitor {
            type Value = Series;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a list of numbers, or a ramp")
            }

            fn visit_i64<E>(self, number: i64) -> Result<Series, E> {
                Ok(Series::Constant(number as f64))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Series, E> {
                Ok(Series::Constant(number))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Series, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = items.next_element()? {
                    values.push(value);
                }
                Ok(Series::Values(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Series, A::Error> {
                let ramp = Ramp::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Series::Ramp { to: ramp.to, over: ramp.over, lasting: ramp.lasting })
            }
        }

        deserializer.deserialize_any(SeriesVisitor)
    }
}

impl JsonSchema for Series {
    fn schema_name() -> Cow<'static, str> {
        "Series".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let time = generator.subschema_for::<Duration>();
        json_schema!({
            "anyOf": [
                { "type": "number" },
                { "type": "array", "minItems": 1, "maxItems": 2000, "items": { "type": ["number", "null"] } },
                {
                    "type": "object",
                    "properties": { "to": { "type": "number" }, "over": time, "for": time },
                    "required": ["to", "over"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

/// Console sign-in attempts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// A name of `people`, `root`, `unknown` for a name the account does not have, or `role/session` for somebody
    /// federated.
    pub user: Spanned<String>,
    /// `right` unless said.
    #[serde(default)]
    pub password: PasswordWord,
    /// Whether a second factor is given; as `people` says unless said here.
    pub mfa: Option<bool>,
    /// How many attempts, one after the other.
    #[schemars(range(min = 1, max = 1000))]
    pub times: Option<u32>,
    /// Between two attempts; five seconds unless said.
    pub every: Option<Duration>,
    /// The address it comes from; the person's own unless said.
    pub from: Option<String>,
}

/// What is typed in the password box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum PasswordWord {
    #[default]
    Right,
    Wrong,
}

/// Application lines into a log group: `lines` as they are, or `count` lines of a `template`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The log group, by the name AWS shows.
    pub group: Spanned<String>,
    /// The log stream; `appli` unless said. It is made when it is missing.
    pub stream: Option<String>,
    #[serde(default)]
    pub lines: Vec<String>,
    /// One line, in which `<n>` counts from 1, `<20..80>` is a number and `<GET|POST>` a word, chosen by the seed.
    pub template: Option<Spanned<String>>,
    /// How many lines the template gives; one unless said.
    #[schemars(range(min = 1, max = 100_000))]
    pub count: Option<u32>,
    /// Between two lines; all at once unless said.
    pub every: Option<Duration>,
}

/// Object reads, messages or app events at a rate: `count` of them each `every`, for as long as `for` says.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// The bucket, topic, queue or bus, by the name AWS shows.
    pub to: Spanned<String>,
    pub kind: TrafficKind,
    /// How many each time.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub count: u64,
    /// Between two times; a minute unless said.
    pub every: Option<Spanned<Duration>>,
    /// How long it lasts; once unless said.
    #[serde(rename = "for")]
    pub lasting: Option<Spanned<Duration>>,
    /// The text of a message, or the object that is read. `<n>`, `<20..80>` and `<a|b>` as in `log`.
    pub text: Option<Spanned<String>>,
}

/// What a stretch of traffic is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum TrafficKind {
    /// Objects of a bucket are read: however many, one entry of the ledger each time, with its count.
    #[default]
    Reads,
    /// Messages published to a topic or sent to a queue, each a call of its own.
    Messages,
    /// Events of an application put on a bus, each a call of its own.
    Events,
}

/// A finished event on a bus.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BusEvent {
    /// `default` unless said.
    pub bus: Option<String>,
    pub source: String,
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    #[serde(default)]
    pub resources: Vec<String>,
    #[schemars(with = "serde_json::Map<String, Value>")]
    pub detail: Value,
}

/// Something fails on purpose, for a while.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The function, the addressee, or one end of the road, by the name AWS shows.
    pub on: Spanned<String>,
    pub kind: FaultKind,
    /// Only on this road, such as `bus>lambda`.
    pub path: Option<Spanned<String>>,
    /// How long; to the end of the story unless said.
    #[serde(rename = "for")]
    pub lasting: Option<Duration>,
    /// How often it strikes at most.
    #[schemars(range(min = 1, max = 1000))]
    pub times: Option<u32>,
}

/// Time runs: to an instant, or until a condition holds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// Story time to run to.
    pub to: Option<Spanned<Duration>>,
    /// Runs until this holds.
    pub until: Option<Spanned<Condition>>,
    /// How long to wait for `until` at most; an hour unless said.
    pub within: Option<Spanned<Duration>>,
}

/// The same stretch in several worlds, for a look at them side by side.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Names of `worlds`.
    pub worlds: Vec<Spanned<String>>,
    /// What is played in each, and in the story itself.
    pub steps: Vec<Spanned<Step>>,
}

/// The verbs, as authors write them.
pub const VERBS: [&str; 13] = [
    "aws", "load", "sign-in", "log", "traffic", "event", "pick", "fault", "say", "ask", "task", "advance",
    "compare",
];

impl Step {
    /// The verbs this step has; a good step has one.
    pub fn verbs(&self) -> Vec<&'static str> {
        let present = [
            self.aws.is_some(),
            self.load.is_some(),
            self.sign_in.is_some(),
            self.log.is_some(),
            self.traffic.is_some(),
            self.event.is_some(),
            self.pick.is_some(),
            self.fault.is_some(),
            self.say.is_some(),
            self.ask.is_some(),
            self.task.is_some(),
            self.advance.is_some(),
            self.compare.is_some(),
        ];
        VERBS.iter().zip(present).filter_map(|(verb, present)| present.then_some(*verb)).collect()
    }
}

/// Stretches of a task in which the learner's setting is tried.
pub type Runs = Table<Vec<Spanned<Step>>>;
