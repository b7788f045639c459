//! The properties of a resource type: what each may hold, and which API parameter it becomes.
//!
//! CloudFormation takes `"5"` for 5 and `"true"` for true; so does [`read`]. A property nobody listed is refused
//! by name, nested ones too.

use serde_json::{Map, Value};

use super::{
    error::DeployError,
    intrinsics::text,
    node::{Key, Node, NodeValue},
};
use crate::aws::Advice;

/// What a property holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// A list of texts.
    Texts,
    /// A structure, passed on as it is written.
    Json,
    /// A structure that the API takes as one string of JSON, such as a policy.
    JsonText,
    /// A structure of these properties.
    Record(&'static [Property]),
    /// A list of such structures.
    Records(&'static [Property]),
}

/// One property.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    pub name: &'static str,
    pub kind: Kind,
    pub is_required: bool,
    /// The API's name for it, where it is another one.
    pub parameter: &'static str,
}

impl Property {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false, parameter: name }
    }

    pub const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    pub const fn integer(name: &'static str) -> Self {
        Self::new(name, Kind::Integer)
    }

    pub const fn number(name: &'static str) -> Self {
        Self::new(name, Kind::Number)
    }

    pub const fn boolean(name: &'static str) -> Self {
        Self::new(name, Kind::Boolean)
    }

    pub const fn texts(name: &'static str) -> Self {
        Self::new(name, Kind::Texts)
    }

    pub const fn json(name: &'static str) -> Self {
        Self::new(name, Kind::Json)
    }

    pub const fn json_text(name: &'static str) -> Self {
        Self::new(name, Kind::JsonText)
    }

    pub const fn record(name: &'static str, of: &'static [Self]) -> Self {
        Self::new(name, Kind::Record(of))
    }

    pub const fn records(name: &'static str, of: &'static [Self]) -> Self {
        Self::new(name, Kind::Records(of))
    }

    /// `Tags`, as nearly every type has them.
    pub const fn tags() -> Self {
        const TAG: &[Property] = &[Property::text("Key").required(), Property::text("Value").required()];
        Self::records("Tags", TAG)
    }

    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Names the API's parameter.
    #[must_use]
    pub const fn to(mut self, parameter: &'static str) -> Self {
        self.parameter = parameter;
        self
    }
}

/// The values of the properties that are there, in the order of the table, under the API's names.
///
/// # Errors
/// A property that is not listed, is missing, or holds something else.
pub fn read(
    entries: &[(Key, Node)],
    table: &[Property],
    owner: &Node,
) -> Result<Map<String, Value>, DeployError> {
    for (key, _) in entries {
        if !table.iter().any(|property| property.name == key.text) {
            return Err(unsupported(key, table));
        }
    }
    let mut values = Map::new();
    for property in table {
        match entries.iter().find(|(key, _)| key.text == property.name) {
            Some((_, node)) => {
                values.insert(property.parameter.to_owned(), value(node, property)?);
            }
            None if property.is_required => {
                return Err(DeployError::new(owner.at, format!("Property {} is required", property.name)));
            }
            None => {}
        }
    }
    Ok(values)
}

/// Checks names only, before any value is known: properties that are not listed, or are missing.
pub fn check(entries: &[(Key, Node)], table: &[Property], owner: &Node, found: &mut Vec<DeployError>) {
    for (key, node) in entries {
        let Some(property) = table.iter().find(|property| property.name == key.text) else {
            found.push(unsupported(key, table));
            continue;
        };
        let is_function = |node: &Node| {
            node.tag.is_some()
                || matches!(node.entries(), [(key, _)] if key.text == "Ref" || key.text.starts_with("Fn::"))
        };
        match property.kind {
            Kind::Record(inner) if !is_function(node) => check(node.entries(), inner, node, found),
            Kind::Records(inner) if !is_function(node) => {
                for item in node.items().iter().filter(|item| !is_function(item)) {
                    check(item.entries(), inner, item, found);
                }
            }
            _ => {}
        }
    }
    for property in table.iter().filter(|property| property.is_required) {
        if !entries.iter().any(|(key, _)| key.text == property.name) {
            found.push(DeployError::new(owner.at, format!("Property {} is required", property.name)));
        }
    }
}

fn unsupported(key: &Key, table: &[Property]) -> DeployError {
    let names: Vec<_> = table.iter().map(|property| property.name).collect();
    DeployError::new(key.at, format!("Encountered unsupported property {}", key.text))
        .with_help(Advice::choice(&key.text, &names))
}

fn value(node: &Node, property: &Property) -> Result<Value, DeployError> {
    let wrong = |wanted: &str| {
        let message =
            format!("Value of property {} must be of type {wanted}, not {}", property.name, node.kind());
        DeployError::new(node.at, message)
    };
    let json = || node.to_json().map_err(|node| DeployError::new(node.at, "a function was left unresolved"));
    Ok(match property.kind {
        Kind::Text => text(node).ok_or_else(|| wrong("String"))?.into(),
        Kind::Integer => {
            let number = text(node).and_then(|text| text.trim().parse::<i64>().ok());
            number.ok_or_else(|| wrong("Integer"))?.into()
        }
        Kind::Number => {
            if let NodeValue::Int(number) = &node.value {
                return Ok((*number).into());
            }
            let number = text(node).and_then(|text| text.trim().parse::<f64>().ok());
            serde_json::Number::from_f64(number.ok_or_else(|| wrong("Number"))?)
                .map_or(Value::Null, Value::Number)
        }
        Kind::Boolean => match text(node).as_deref() {
            Some("true") => true.into(),
            Some("false") => false.into(),
            _ => return Err(wrong("Boolean")),
        },
        Kind::Texts => {
            let NodeValue::List(items) = &node.value else { return Err(wrong("List of String")) };
            let texts = items.iter().map(|item| text(item).ok_or_else(|| wrong("List of String")));
            texts.map(|text| text.map(Value::from)).collect::<Result<_, _>>()?
        }
        Kind::Json => json()?,
        Kind::JsonText => match text(node) {
            Some(text) => text.into(),
            None => json()?.to_string().into(),
        },
        Kind::Record(inner) => {
            let NodeValue::Map(entries) = &node.value else { return Err(wrong("Object")) };
            Value::Object(read(entries, inner, node)?)
        }
        Kind::Records(inner) => {
            let NodeValue::List(items) = &node.value else { return Err(wrong("List")) };
            let mut records = Vec::new();
            for item in items {
                let NodeValue::Map(entries) = &item.value else {
                    let message =
                        format!("Every item of {} is an Object, not {}", property.name, item.kind());
                    return Err(DeployError::new(item.at, message));
                };
                records.push(Value::Object(read(entries, inner, item)?));
            }
            Value::Array(records)
        }
    })
}
