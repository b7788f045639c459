//! The scenario format as types: what a file says, before anything is done with it.
//!
//! The same structs read the file, give editors their JSON Schema and are what the stage plays.
//! They hold no rule beyond shape; the rules are in [`super::check`].

pub mod condition;
pub mod lesson;
pub mod pick;
pub mod right;
pub mod step;
pub mod table;
pub mod time;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use condition::{Condition, Count};
pub use lesson::{Ask, AskKind, Choice, Task};
pub use pick::Pick;
pub use right::Right;
pub use step::{Line, Load, Step};
pub use table::Table;
pub use time::{Duration, Instant};

use super::{spanned::Spanned, tree::Tree, words::Text};
use crate::{aws::Profile, kernel::SimDuration};

/// A scenario or a fixture, as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of the format; this is version 1.
    pub vigie: Spanned<Version>,
    /// A `fixture` is an account to start from; everything else is a `scenario`.
    #[serde(default)]
    pub kind: Kind,
    /// Short name, unique in its library: `crs-04`.
    pub id: Spanned<String>,
    /// The series it belongs to: `discovery`, `course`, `detective`, `builder`, `expert`, or your own.
    pub track: Option<Spanned<String>>,
    pub title: Option<Text>,
    /// At most three lines, the metaphor first.
    pub hook: Option<Text>,
    /// What the learner can do afterwards.
    pub objective: Option<Text>,
    /// How long it takes, in minutes.
    #[schemars(range(min = 1, max = 120))]
    pub minutes: Option<u32>,
    /// Services it teaches, by their word on the command line or their name: `cloudtrail`, `eventbridge`, `sns`.
    #[serde(default)]
    pub teaches: Vec<Spanned<String>>,
    /// The simulated clock at 0:00, in UTC: `2026-03-02T09:00:00Z`.
    pub start: Option<Spanned<Instant>>,
    /// The home region; `eu-west-3` unless said.
    pub region: Option<Spanned<String>>,
    /// Which table of service latencies.
    #[serde(default)]
    pub delays: Profile,
    /// How it opens.
    #[serde(default)]
    pub view: View,
    /// Seed of everything left to chance.
    pub seed: Option<u64>,
    /// A fixture to start from; a resource of the same name replaces the fixture's, `null` removes it.
    pub base: Option<Spanned<String>>,
    /// A CloudFormation template.
    pub account: Option<Template>,
    /// The same, in other Regions.
    #[serde(default)]
    pub elsewhere: Table<Template>,
    /// `aws` lines run after the template, before the clock starts.
    #[serde(default)]
    pub before: Vec<Spanned<Line>>,
    /// Baseline load of resources; CPU 20 % unless said.
    #[serde(default)]
    pub load: Vec<Spanned<Load>>,
    /// Unit prices of the meters shown.
    #[serde(default)]
    pub prices: Table<f64>,
    /// Files that `file://` in an `aws` line may read.
    #[serde(default)]
    pub files: Table<String>,
    /// Who acts, and what a template cannot say about them.
    #[serde(default)]
    pub people: Table<Person>,
    /// Who acts when the learner does; `amina` unless said.
    pub learner: Option<Spanned<String>>,
    /// Other worlds in which the same story is played, for questions of the kind "and if …?".
    #[serde(default)]
    pub worlds: Table<World>,
    /// What happens, in order.
    #[serde(default)]
    pub story: Vec<Spanned<Step>>,
    /// What must be true at the end, played with no learner.
    #[serde(default)]
    pub expect: Vec<Spanned<Condition>>,
    /// Cards on the limits of the metaphor that this scenario opens: `L2`.
    #[serde(default)]
    pub limits: Vec<Spanned<String>>,
    /// Questions that go to the review deck.
    #[serde(default)]
    pub review: Vec<Spanned<String>>,
    /// For the presenter.
    pub notes: Option<Text>,
}

/// The version of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u32);

impl JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "enum": [1] })
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Kind {
    #[default]
    Scenario,
    Fixture,
}

/// How a scenario opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum View {
    City,
    Cloud,
    #[default]
    Split,
}

/// A CloudFormation template: kept as it was written, because the account reads it, not we.
#[derive(Clone, Debug)]
pub struct Template {
    pub tree: Tree,
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer)?;
        // The loader puts the tree in: serde has no word for a tagged, located node.
        Ok(Self {
            tree: Tree {
                span: super::diagnostic::Span::default(),
                tag: None,
                value: super::tree::TreeValue::Null,
            },
        })
    }
}

impl JsonSchema for Template {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An AWS CloudFormation template. Under a name of the fixture, `null` removes the resource.",
            "type": "object",
            "properties": {
                "AWSTemplateFormatVersion": { "type": "string" },
                "Description": { "type": "string" },
                "Parameters": { "type": "object" },
                "Resources": { "type": "object" },
                "Outputs": { "type": "object" }
            },
            "additionalProperties": false
        })
    }
}

/// Somebody: a user of the account, a role, or a mail address.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// AWS managed policies by name: `PowerUserAccess`.
    #[serde(default)]
    pub policies: Vec<Spanned<String>>,
    /// The address they call from: `203.0.113.24`.
    pub from: Option<Spanned<String>>,
    /// Whose access key they sign with, when it is not their own: a stolen one.
    pub key_of: Option<Spanned<String>>,
    /// A mail address or a web endpoint that opens the confirmation when it comes: `true`, or how long after.
    #[serde(default)]
    pub confirms: Confirms,
    /// A mail address or a sender that SES has verified.
    #[serde(default)]
    pub verified: bool,
    /// Signs in with a second factor.
    #[serde(default)]
    pub mfa: bool,
    /// Who they are, for the screen.
    pub who: Option<Text>,
}

/// Whether, and how long after it came, somebody opens a confirmation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Confirms {
    #[default]
    Never,
    After(Duration),
}

impl Confirms {
    /// How long after, if at all.
    pub fn after(self) -> Option<SimDuration> {
        match self {
            Self::Never => None,
            Self::After(time) => Some(time.0),
        }
    }
}

impl<'de> Deserialize<'de> for Confirms {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ConfirmsVisitor;

        impl serde::de::Visitor<'_> for ConfirmsVisitor {
            type Value = Confirms;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, false or a time")
            }

            fn visit_bool<E>(self, at_once: bool) -> Result<Confirms, E> {
                Ok(if at_once { Confirms::After(Duration::default()) } else { Confirms::Never })
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Confirms, E> {
                let time = Duration::parse(text);
                time.map(Confirms::After).ok_or_else(|| E::custom(format_args!("`{text}` is not a time")))
            }
        }

        deserializer.deserialize_any(ConfirmsVisitor)
    }
}

impl JsonSchema for Confirms {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Confirms".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let time = generator.subschema_for::<Duration>();
        schemars::json_schema!({ "anyOf": [{ "type": "boolean" }, time] })
    }
}

/// Another world: the same story after other preparations.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// `aws` lines run after the scenario's own, before the clock starts.
    #[serde(default)]
    pub before: Vec<Spanned<Line>>,
    /// What this world is, for the screen.
    pub title: Option<Text>,
}
