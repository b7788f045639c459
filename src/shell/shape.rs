//! What a parameter may be, read from an operation's JSON Schema: botocore's shapes, without botocore.
//!
//! The schema is the only description of an operation's parameters, so options, values, validation, completion
//! and help all look through this window at it.

use serde_json::{Map, Value};

/// Deep enough for any honest reference, short enough to leave a circle.
const MOST_REFERENCES: usize = 16;

/// A type in a schema.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    root: &'a Value,
    at: &'a Value,
}

/// The kinds of values the AWS CLI tells apart.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    String,
    Integer,
    Number,
    Boolean,
    List(Shape<'a>),
    Structure,
    Map(Shape<'a>),
    /// Any JSON: what botocore calls a document.
    Document,
}

impl<'a> Shape<'a> {
    /// The type of an operation's parameters.
    pub fn of(schema: &'a Value) -> Self {
        Self { root: schema, at: schema }.resolved()
    }

    fn child(self, at: &'a Value) -> Self {
        Self { root: self.root, at }.resolved()
    }

    /// Follows references and looks through "this or null".
    fn resolved(self) -> Self {
        let mut at = self.at;
        for _ in 0..MOST_REFERENCES {
            let next = if let Some(path) = at.get("$ref").and_then(Value::as_str) {
                self.root.pointer(path.trim_start_matches('#'))
            } else {
                ["anyOf", "oneOf", "allOf"].iter().find_map(|word| the_one_that_is(at.get(*word)?))
            };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        Self { root: self.root, at }
    }

    pub fn kind(self) -> Kind<'a> {
        match type_name(self.at) {
            Some("string") => Kind::String,
            Some("integer") => Kind::Integer,
            Some("number") => Kind::Number,
            Some("boolean") => Kind::Boolean,
            Some("array") => match self.at.get("items") {
                Some(items) => Kind::List(self.child(items)),
                None => Kind::Document,
            },
            Some("object") => match self.at.get("additionalProperties") {
                Some(values) if self.properties().is_none() && values != &Value::Bool(false) => {
                    Kind::Map(self.child(values))
                }
                _ => Kind::Structure,
            },
            _ if self.choices().is_some() => Kind::String,
            _ => Kind::Document,
        }
    }

    /// Lists, structures and maps: what `--option value` alone cannot say.
    pub fn is_complex(self) -> bool {
        matches!(self.kind(), Kind::List(_) | Kind::Structure | Kind::Map(_))
    }

    /// Whether shorthand (`Key=a,Value=b`) is allowed: structures and maps, and lists of anything but scalars.
    pub fn takes_shorthand(self) -> bool {
        match self.kind() {
            Kind::Structure | Kind::Map(_) => true,
            Kind::List(item) => item.is_complex(),
            _ => false,
        }
    }

    fn properties(self) -> Option<&'a Map<String, Value>> {
        self.at.get("properties").and_then(Value::as_object)
    }

    /// The members of a structure, in the order of the model.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.properties().into_iter().flatten().map(move |(name, at)| (name.as_str(), self.child(at)))
    }

    pub fn member(self, name: &str) -> Option<Self> {
        self.properties()?.get(name).map(|at| self.child(at))
    }

    /// The members a structure cannot be without.
    pub fn required(self) -> impl Iterator<Item = &'a str> {
        self.at.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// The doc comment of a member.
    pub fn member_doc(self, name: &str) -> &'a str {
        let own = self
            .properties()
            .and_then(|properties| properties.get(name))
            .and_then(|at| at.get("description"));
        let doc = own.and_then(Value::as_str);
        doc.or_else(|| self.member(name).map(Self::doc)).unwrap_or_default()
    }

    /// The doc comment of the type itself.
    pub fn doc(self) -> &'a str {
        self.at.get("description").and_then(Value::as_str).unwrap_or_default()
    }

    /// The only values a string may have.
    pub fn choices(self) -> Option<Vec<&'a str>> {
        if let Some(choices) = self.at.get("enum").and_then(Value::as_array) {
            return choices.iter().filter(|choice| !choice.is_null()).map(Value::as_str).collect();
        }
        if let Some(only) = self.at.get("const") {
            return only.as_str().map(|only| vec![only]);
        }
        let variants = self.at.get("oneOf").and_then(Value::as_array)?;
        let mut choices = Vec::new();
        for variant in variants {
            choices.extend(Self { root: self.root, at: variant }.choices()?);
        }
        Some(choices)
    }

    /// The word the help uses for it, as the AWS CLI's own help does.
    pub fn word(self) -> &'static str {
        match self.kind() {
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Number => "float",
            Kind::Boolean => "boolean",
            Kind::List(_) => "list",
            Kind::Structure => "structure",
            Kind::Map(_) => "map",
            Kind::Document => "document",
        }
    }
}

/// The one alternative that is not null, if there is exactly one.
fn the_one_that_is(alternatives: &Value) -> Option<&Value> {
    let mut real = alternatives.as_array()?.iter().filter(|one| type_name(one) != Some("null"));
    let only = real.next()?;
    real.next().is_none().then_some(only)
}

/// The type a schema names, `null` beside another left out.
fn type_name(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => {
            let mut real = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            let only = real.next()?;
            real.next().is_none().then_some(only)
        }
        _ => None,
    }
}
