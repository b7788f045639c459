//! One step of a story: optional keys and exactly one verb.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Visitor},
};
use serde_json::Value;

use super::{Ask, Condition, Duration, Table, Task};
use crate::scenario::{spanned::Spanned, words::Text};

/// One step. No flatten and no untagged enum: places would be lost.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What conditions call it: `of: s1`.
    pub id: Option<Spanned<String>>,
    /// When, from the start: `"2:00"`. Right after the step before unless said.
    pub at: Option<Spanned<Duration>>,
    /// Who: a name of `people`, `root`, or a role of the account.
    #[serde(rename = "as")]
    pub by: Option<Spanned<String>>,
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
    /// Response time of the application, in milliseconds.
    pub latency_ms: Option<Spanned<Series>>,
    /// Open connections of a database.
    pub connections: Option<Spanned<Series>>,
    /// Errors of the application.
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
    /// A name of `people`, `root` or `unknown`.
    pub user: Spanned<String>,
    /// `right` or `wrong`.
    pub password: Option<String>,
    pub mfa: Option<bool>,
    #[schemars(range(min = 1, max = 1000))]
    pub times: Option<u32>,
    pub from: Option<String>,
    pub region: Option<String>,
    pub federated: Option<bool>,
}

/// Application lines into a log group.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub group: Spanned<String>,
    pub stream: Option<String>,
    #[serde(default)]
    pub lines: Vec<String>,
    pub template: Option<String>,
    #[schemars(range(min = 1, max = 100_000))]
    pub count: Option<u32>,
    pub every: Option<Duration>,
}

/// Messages, object reads or app events at a rate.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    pub to: Spanned<String>,
    /// `messages`, `reads`, `events`.
    pub kind: Option<String>,
    pub count: Option<u64>,
    pub every: Option<Duration>,
    #[serde(rename = "for")]
    pub lasting: Option<Duration>,
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

/// Some of these steps, chosen by the seed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    pub n: u32,
    pub of: Vec<Spanned<Step>>,
}

/// Something fails on purpose.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub on: Spanned<String>,
    /// `throws`, `times-out`, `throttled`, `down`, `duplicates`, `reorders`.
    pub kind: String,
    #[serde(rename = "for")]
    pub lasting: Option<Duration>,
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

/// The same stretch in several worlds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Names of `worlds`.
    pub worlds: Vec<Spanned<String>>,
    /// What is played in each.
    #[serde(default)]
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
