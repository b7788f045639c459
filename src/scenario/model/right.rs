//! The right answer of a question that is no choice.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::Condition;
use crate::scenario::spanned::Spanned;

/// What is right, as the kind of question wants it.
#[derive(Clone, Debug)]
pub enum Right {
    /// `number`.
    Number(f64),
    /// `sort`: for each card in turn the letter of its place. `rank`: the letters of the cards, in order.
    Letters(Vec<String>),
    /// `number`: as many as this condition counts. `record`: a line that tells of such a call.
    From(Box<Spanned<Condition>>),
    /// `record`: fields of a line, by dotted path, each with its value; none for a field that is absent.
    Fields(Vec<(String, Option<String>)>),
}

impl Right {
    /// Whether the run says what is right.
    pub const fn is_found(&self) -> bool {
        matches!(self, Self::From(_))
    }
}

/// The letter of a card or place: `a` for the first.
pub fn letter(place: usize) -> char {
    char::from(b'a' + place.min(25) as u8)
}

/// The card or place a letter stands for.
pub fn place(letter: &str) -> Option<usize> {
    match letter.as_bytes() {
        [letter @ b'a'..=b'z'] => Some(usize::from(letter - b'a')),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Right {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RightVisitor;

        impl<'de> Visitor<'de> for RightVisitor {
            type Value = Right;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a list of letters, `{from: …}`, or fields of a record")
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Right, E> {
                Ok(Right::Number(number))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Right, E> {
                Ok(Right::Number(number as f64))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Right, E> {
                Ok(Right::Number(number as f64))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Right, A::Error> {
                let mut letters = Vec::new();
                while let Some(letter) = list.next_element()? {
                    letters.push(letter);
                }
                Ok(Right::Letters(letters))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Right, A::Error> {
                let mut fields = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "from" && fields.is_empty() {
                        let condition = map.next_value()?;
                        if let Some(other) = map.next_key::<String>()? {
                            return Err(de::Error::unknown_field(&other, &["from"]));
                        }
                        return Ok(Right::From(Box::new(condition)));
                    }
                    let value = match map.next_value::<Value>()? {
                        Value::Null => None,
                        Value::String(text) => Some(text),
                        other => Some(other.to_string()),
                    };
                    fields.push((key, value));
                }
                Ok(Right::Fields(fields))
            }
        }

        deserializer.deserialize_any(RightVisitor)
    }
}

impl JsonSchema for Right {
    fn schema_name() -> Cow<'static, str> {
        "Right".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let condition = generator.subschema_for::<Condition>();
        json_schema!({
            "description": "What is right: a number; letters of places or cards; what a condition counts or finds; \
                            fields of a record.",
            "anyOf": [
                { "type": "number" },
                { "type": "array", "items": { "type": "string" } },
                {
                    "type": "object",
                    "properties": { "from": condition },
                    "required": ["from"],
                    "additionalProperties": false
                },
                { "type": "object", "additionalProperties": { "type": ["string", "number", "boolean", "null"] } }
            ]
        })
    }
}
