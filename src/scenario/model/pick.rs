//! Steps that the seed chooses from.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::Step;
use crate::scenario::spanned::Spanned;

/// Some of these steps, in their order, chosen by the seed; the checker plays every choice.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// How many of them.
    #[schemars(range(min = 1, max = 8))]
    pub n: Spanned<u32>,
    /// Each a step, or a list of steps that go together.
    #[schemars(length(max = 8))]
    pub of: Vec<Alternative>,
}

/// What may be chosen: one step, or several that go together.
#[derive(Clone, Debug)]
pub struct Alternative {
    pub steps: Vec<Spanned<Step>>,
}

/// As it is written.
enum Written {
    One(Box<Step>),
    Several(Vec<Spanned<Step>>),
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WrittenVisitor;

        impl<'de> Visitor<'de> for WrittenVisitor {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a step, or a list of steps")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
                Step::deserialize(MapAccessDeserializer::new(map)).map(|step| Written::One(Box::new(step)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Written, A::Error> {
                let mut steps = Vec::new();
                while let Some(step) = items.next_element()? {
                    steps.push(step);
                }
                Ok(Written::Several(steps))
            }
        }

        deserializer.deserialize_any(WrittenVisitor)
    }
}

impl<'de> Deserialize<'de> for Alternative {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, span } = Spanned::<Written>::deserialize(deserializer)?;
        let steps = match value {
            Written::One(step) => vec![Spanned::new(*step, span)],
            Written::Several(steps) => steps,
        };
        Ok(Self { steps })
    }
}

impl JsonSchema for Alternative {
    fn schema_name() -> Cow<'static, str> {
        "Alternative".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let step = generator.subschema_for::<Step>();
        json_schema!({ "anyOf": [step, { "type": "array", "minItems": 1, "items": step }] })
    }
}
