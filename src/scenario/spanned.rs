//! Values that remember where they were written, read from a [`Tree`] through serde.

use std::{borrow::Cow, fmt, marker::PhantomData, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IntoDeserializer, SeqAccess, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

use super::{
    diagnostic::Span,
    tree::{Entry, Tree, TreeValue},
};

/// A value and where it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

const MARKER: &str = "$vigie::Spanned";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpannedVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a located value")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Spanned<T>, A::Error> {
                let missing = || de::Error::custom("a located value has a start, an end and a value");
                let start = parts.next_element()?.ok_or_else(missing)?;
                let end = parts.next_element()?.ok_or_else(missing)?;
                let value = parts.next_element()?.ok_or_else(missing)?;
                Ok(Spanned { value, span: Span { start, end } })
            }
        }

        deserializer.deserialize_tuple_struct(MARKER, 3, SpannedVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Reads a model out of a tree.
///
/// # Errors
/// What does not fit, where.
pub fn read<T: for<'de> Deserialize<'de>>(tree: &Tree, text: &str) -> Result<T, ReadError> {
    T::deserialize(TreeReader { tree, text })
}

/// Why a tree is not the model; the shape check before it should have said so in better words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    pub message: String,
    pub span: Option<Span>,
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), span: None }
    }
}

#[derive(Clone, Copy)]
struct TreeReader<'t> {
    tree: &'t Tree,
    text: &'t str,
}

impl<'t> TreeReader<'t> {
    fn at(&self, tree: &'t Tree) -> Self {
        Self { tree, text: self.text }
    }

    fn locate<T>(&self, result: Result<T, ReadError>) -> Result<T, ReadError> {
        result.map_err(|error| ReadError { span: error.span.or(Some(self.tree.span)), ..error })
    }

    /// A scalar as its author wrote it, for a number where a text is wanted (`fr: 1.10`).
    fn written(&self) -> Cow<'t, str> {
        match &self.tree.value {
            TreeValue::Text(text) => Cow::Borrowed(text),
            _ => Cow::Borrowed(self.text.get(self.tree.span.start..self.tree.span.end).unwrap_or_default()),
        }
    }
}

impl<'de, 't: 'de> Deserializer<'de> for TreeReader<'t> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let read = match &self.tree.value {
            TreeValue::Null => visitor.visit_unit(),
            TreeValue::Bool(flag) => visitor.visit_bool(*flag),
            TreeValue::Int(number) => visitor.visit_i64(*number),
            TreeValue::Float(number) => visitor.visit_f64(*number),
            TreeValue::Text(text) => visitor.visit_str(text),
            TreeValue::List(items) => {
                let items = items.iter().map(|item| self.at(item));
                visitor.visit_seq(de::value::SeqDeserializer::new(items))
            }
            TreeValue::Map(entries) => {
                visitor.visit_map(Map { reader: self, entries: entries.iter(), value: None })
            }
        };
        self.locate(read)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.tree.value {
            TreeValue::List(_) | TreeValue::Map(_) | TreeValue::Null => self.deserialize_any(visitor),
            _ => self.locate(visitor.visit_str(&self.written())),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.tree.value {
            TreeValue::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.tree.value {
            TreeValue::Int(number) => self.locate(visitor.visit_f64(*number as f64)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == MARKER {
            visitor.visit_seq(Located { reader: self, part: 0 })
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let word = self.written();
        let plain: StrDeserializer<'_, ReadError> = word.as_ref().into_deserializer();
        self.locate(plain.deserialize_enum(name, variants, visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 char bytes byte_buf unit unit_struct seq tuple map
        struct identifier ignored_any
    }
}

impl<'de, 't: 'de> IntoDeserializer<'de, ReadError> for TreeReader<'t> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct Map<'t> {
    reader: TreeReader<'t>,
    entries: std::slice::Iter<'t, Entry>,
    value: Option<&'t Entry>,
}

impl<'de, 't: 'de> de::MapAccess<'de> for Map<'t> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        self.value = Some(entry);
        seed.deserialize(Key { entry })
            .map(Some)
            .map_err(|error| ReadError { span: error.span.or(Some(entry.key_span)), ..error })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let entry = self.value.take().expect("serde asks for a key before its value");
        seed.deserialize(self.reader.at(&entry.value))
    }
}

/// A key, which may be wanted with its place.
struct Key<'t> {
    entry: &'t Entry,
}

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_str(&self.entry.key)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_seq(LocatedKey { entry: self.entry, part: 0 })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple map struct enum identifier ignored_any
    }
}

struct Located<'t> {
    reader: TreeReader<'t>,
    part: u8,
}

impl<'de, 't: 'de> SeqAccess<'de> for Located<'t> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ReadError> {
        self.part += 1;
        match self.part {
            1 => seed.deserialize(self.reader.tree.span.start.into_deserializer()).map(Some),
            2 => seed.deserialize(self.reader.tree.span.end.into_deserializer()).map(Some),
            _ => seed.deserialize(self.reader).map(Some),
        }
    }
}

struct LocatedKey<'t> {
    entry: &'t Entry,
    part: u8,
}

impl<'de> SeqAccess<'de> for LocatedKey<'_> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ReadError> {
        self.part += 1;
        match self.part {
            1 => seed.deserialize(self.entry.key_span.start.into_deserializer()).map(Some),
            2 => seed.deserialize(self.entry.key_span.end.into_deserializer()).map(Some),
            _ => seed.deserialize(self.entry.key.as_str().into_deserializer()).map(Some),
        }
    }
}
