//! A template as it was written: a tree that keeps YAML tags and where each thing stands.
//!
//! Whoever reads the file (the scenario loader) builds it; `deploy` reads it, so every refusal can point at the
//! word that caused it. It knows no YAML and no file: a tree built from JSON simply has no locations.

use std::fmt;

use serde_json::Value;

/// Where something stands in its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// Counted from 1; 0 when there is no source.
    pub line: usize,
    /// In characters, counted from 1; 0 when there is no source.
    pub column: usize,
    /// First byte, counted from the start of the source.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Location {
    /// Whether it says anything: a tree built from JSON has no places.
    pub const fn is_known(self) -> bool {
        self.line > 0
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A key of a mapping, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    pub text: String,
    pub at: Location,
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), at: Location::default() }
    }
}

/// What a node holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum NodeValue {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// One scalar, list or mapping of a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    pub value: NodeValue,
    /// The YAML tag without its `!`, such as `Ref`, `Sub`, `GetAtt`.
    pub tag: Option<String>,
    pub at: Location,
}

impl Node {
    pub fn new(value: NodeValue, at: Location) -> Self {
        Self { value, tag: None, at }
    }

    /// The entry of that name, if this is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|(key, _)| key.text == name).map(|(_, node)| node)
    }

    /// The entries of a mapping, in the order they are written; nothing for anything else.
    pub fn entries(&self) -> &[(Key, Self)] {
        match &self.value {
            NodeValue::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            NodeValue::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a string without a tag.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            NodeValue::String(text) if self.tag.is_none() => Some(text),
            _ => None,
        }
    }

    pub const fn is_null(&self) -> bool {
        matches!(self.value, NodeValue::Null) && self.tag.is_none()
    }

    /// What it is, in a word for messages.
    pub const fn kind(&self) -> &'static str {
        match self.value {
            NodeValue::Null => "null",
            NodeValue::Bool(_) => "boolean",
            NodeValue::Int(_) | NodeValue::Float(_) => "number",
            NodeValue::String(_) => "string",
            NodeValue::List(_) => "list",
            NodeValue::Map(_) => "mapping",
        }
    }

    /// The same as JSON, if no tag is left in it.
    ///
    /// # Errors
    /// The first node that still carries a tag.
    pub fn to_json(&self) -> Result<Value, &Self> {
        if self.tag.is_some() {
            return Err(self);
        }
        Ok(match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(flag) => (*flag).into(),
            NodeValue::Int(number) => (*number).into(),
            NodeValue::Float(number) => (*number).into(),
            NodeValue::String(text) => text.as_str().into(),
            NodeValue::List(items) => {
                Value::Array(items.iter().map(Self::to_json).collect::<Result<_, _>>()?)
            }
            NodeValue::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, node)| Ok((key.text.clone(), node.to_json()?)))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        let value = match value {
            Value::Null => NodeValue::Null,
            Value::Bool(flag) => NodeValue::Bool(flag),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => NodeValue::Int(whole),
                None => NodeValue::Float(number.as_f64().unwrap_or(f64::MAX)),
            },
            Value::String(text) => NodeValue::String(text),
            Value::Array(items) => NodeValue::List(items.into_iter().map(Self::from).collect()),
            Value::Object(entries) => NodeValue::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (Key::from(key.as_str()), Self::from(value)))
                    .collect(),
            ),
        };
        Self { value, tag: None, at: Location::default() }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::new(NodeValue::String(text.to_owned()), Location::default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tree_built_from_json_keeps_the_order_of_keys_and_goes_back_unchanged() {
        let value = json!({"Type": "AWS::SNS::Topic", "Properties": {"b": [1, 2.5, null], "a": true}});

        let node = Node::from(value.clone());

        assert_eq!(node.to_json().expect("no tags").to_string(), value.to_string());
        assert!(!node.at.is_known());
    }

    #[test]
    fn a_tag_that_is_still_there_is_pointed_at() {
        let mut inner = Node::from("Alertes");
        inner.tag = Some("Ref".to_owned());
        inner.at = Location { line: 3, column: 7, start: 40, end: 47 };
        let node = Node::new(NodeValue::List(vec![inner.clone()]), Location::default());

        assert_eq!(node.to_json(), Err(&inner));
        assert_eq!(inner.at.to_string(), "3:7");
    }
}
