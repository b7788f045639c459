//! Intrinsic functions: `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::Join`, `Fn::Select`, `Fn::Split`, `Fn::Base64`, and their
//! short tags.
//!
//! Two passes look at them: [`references`] says what a tree names (order of creation, names that do not exist),
//! [`resolve`] puts the values in. Any other function is refused by name.

use base64::Engine as _;
use serde_json::Value;

use super::{
    error::DeployError,
    node::{Key, Location, Node, NodeValue},
};
use crate::aws::Advice;

/// The functions there are, by their short tag.
pub const FUNCTIONS: &[&str] = &["Ref", "GetAtt", "Sub", "Join", "Select", "Split", "Base64"];

/// What a name in a template stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub name: String,
    /// The attribute `Fn::GetAtt` asks for; `None` for `Ref`.
    pub attribute: Option<String>,
    pub at: Location,
}

/// What gives names their values. `None` from it means `AWS::NoValue`.
pub trait Scope {
    /// # Errors
    /// The name has no value.
    fn value(&self, reference: &Reference) -> Result<Option<Value>, DeployError>;
}

/// An entry of a mapping.
type Entry = (Key, Node);

/// A call of a function: its short name, and what it is given.
fn function(node: &Node) -> Option<(&str, Node)> {
    if let Some(tag) = &node.tag {
        let argument = Node { tag: None, ..node.clone() };
        return Some((tag.trim_start_matches('!'), argument));
    }
    let [(key, argument)] = node.entries() else { return None };
    let name = if key.text == "Ref" { "Ref" } else { key.text.strip_prefix("Fn::")? };
    Some((name, argument.clone()))
}

fn wrong(at: Location, function: &str, wanted: &str) -> DeployError {
    DeployError::new(at, format!("Template error: {function} takes {wanted}"))
}

/// The name and attribute of `Fn::GetAtt`, from `Name.Attribute` or `[Name, Attribute]`.
fn get_att(argument: &Node) -> Result<Reference, DeployError> {
    let bad = || wrong(argument.at, "Fn::GetAtt", "a logical id and an attribute: `Name.Attribute`");
    if let Some((name, attribute)) = argument.as_str().and_then(|text| text.split_once('.')) {
        let (name, attribute) = (name.to_owned(), Some(attribute.to_owned()));
        return Ok(Reference { name, attribute, at: argument.at });
    }
    let [name, attribute] = argument.items() else { return Err(bad()) };
    let (Some(name_text), Some(attribute)) = (name.as_str(), attribute.as_str()) else { return Err(bad()) };
    Ok(Reference { name: name_text.to_owned(), attribute: Some(attribute.to_owned()), at: name.at })
}

/// A piece of the text of `Fn::Sub`.
enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Cuts the text of `Fn::Sub`; `${!Name}` is the text `${Name}`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        found.push(Piece::Text(&rest[..start]));
        let after = &rest[start + 2..];
        if let Some(literal) = after.strip_prefix('!') {
            found.push(Piece::Text("${"));
            rest = literal;
        } else if let Some((name, after)) = after.split_once('}') {
            found.push(Piece::Name(name.trim()));
            rest = after;
        } else {
            found.push(Piece::Text("${"));
            rest = after;
        }
    }
    found.push(Piece::Text(rest));
    found
}

fn sub_reference(name: &str, at: Location) -> Reference {
    let (name, attribute) = match name.split_once('.') {
        Some((name, attribute)) => (name, Some(attribute.to_owned())),
        None => (name, None),
    };
    Reference { name: name.to_owned(), attribute, at }
}

/// The text of `Fn::Sub` and the variables given beside it.
fn sub_parts(argument: &Node) -> Result<(&str, &[Entry]), DeployError> {
    let bad = || wrong(argument.at, "Fn::Sub", "a string, or a list of a string and a mapping of variables");
    if let Some(text) = argument.as_str() {
        return Ok((text, &[]));
    }
    let [text, variables] = argument.items() else { return Err(bad()) };
    Ok((text.as_str().ok_or_else(bad)?, variables.entries()))
}

/// Everything a tree names, in the order it is written.
///
/// # Errors
/// A function that is not there, or is given what it does not take.
pub fn references(node: &Node, found: &mut Vec<Reference>) -> Result<(), DeployError> {
    let Some((name, argument)) = function(node) else {
        for (_, child) in node.entries() {
            references(child, found)?;
        }
        for child in node.items() {
            references(child, found)?;
        }
        return Ok(());
    };
    match name {
        "Ref" => {
            let name = argument.as_str().ok_or_else(|| wrong(argument.at, "Ref", "a name"))?;
            found.push(Reference { name: name.to_owned(), attribute: None, at: argument.at });
        }
        "GetAtt" => found.push(get_att(&argument)?),
        "Sub" => {
            let (text, variables) = sub_parts(&argument)?;
            for (_, value) in variables {
                references(value, found)?;
            }
            for piece in pieces(text) {
                if let Piece::Name(name) = piece
                    && !variables.iter().any(|(variable, _)| variable.text == name)
                {
                    found.push(sub_reference(name, argument.at));
                }
            }
        }
        "Join" | "Select" | "Split" | "Base64" => {
            references(&argument, found)?;
        }
        _ => {
            return Err(DeployError::new(node.at, format!("Vigie does not have the function `{name}`"))
                .with_help(Advice::choice(name, FUNCTIONS)));
        }
    }
    Ok(())
}

/// The tree with every function's value in its place; `None` where that value is `AWS::NoValue`.
///
/// # Errors
/// A name without a value, or a function given what it does not take.
pub fn resolve(node: &Node, scope: &dyn Scope) -> Result<Option<Node>, DeployError> {
    let value = match function(node) {
        Some((name, argument)) => match call(name, &argument, node.at, scope)? {
            Some(value) => value,
            None => return Ok(None),
        },
        None => match &node.value {
            NodeValue::List(items) => {
                let mut resolved = Vec::new();
                for item in items {
                    resolved.extend(resolve(item, scope)?);
                }
                NodeValue::List(resolved)
            }
            NodeValue::Map(entries) => {
                let mut resolved = Vec::new();
                for (key, child) in entries {
                    resolved.extend(resolve(child, scope)?.map(|child| (key.clone(), child)));
                }
                NodeValue::Map(resolved)
            }
            scalar => scalar.clone(),
        },
    };
    Ok(Some(Node::new(value, node.at)))
}

fn call(
    name: &str,
    argument: &Node,
    at: Location,
    scope: &dyn Scope,
) -> Result<Option<NodeValue>, DeployError> {
    let value = match name {
        "Ref" => {
            let name = argument.as_str().ok_or_else(|| wrong(argument.at, "Ref", "a name"))?;
            let reference = Reference { name: name.to_owned(), attribute: None, at: argument.at };
            return Ok(scope.value(&reference)?.map(|value| Node::from(value).value));
        }
        "GetAtt" => return Ok(scope.value(&get_att(argument)?)?.map(|value| Node::from(value).value)),
        "Sub" => sub(argument, scope)?,
        "Join" => {
            let wanted = || wrong(argument.at, "Fn::Join", "a delimiter and a list of strings");
            let [delimiter, list] = argument.items() else { return Err(wanted()) };
            let delimiter = delimiter.as_str().ok_or_else(wanted)?;
            let list = resolve(list, scope)?.ok_or_else(wanted)?;
            if !matches!(list.value, NodeValue::List(_)) {
                return Err(wanted());
            }
            let texts: Option<Vec<_>> = list.items().iter().map(text).collect();
            texts.ok_or_else(wanted)?.join(delimiter)
        }
        "Split" => {
            let wanted = || wrong(argument.at, "Fn::Split", "a delimiter and a string");
            let [delimiter, source] = argument.items() else { return Err(wanted()) };
            let delimiter = delimiter.as_str().filter(|text| !text.is_empty()).ok_or_else(wanted)?;
            let source = resolve(source, scope)?.as_ref().and_then(text).ok_or_else(wanted)?;
            return Ok(Some(NodeValue::List(source.split(delimiter).map(Node::from).collect())));
        }
        "Select" => {
            let wanted = || wrong(argument.at, "Fn::Select", "an index and a list that is long enough");
            let [index, list] = argument.items() else { return Err(wanted()) };
            let index = resolve(index, scope)?.as_ref().and_then(text).ok_or_else(wanted)?;
            let list = resolve(list, scope)?.ok_or_else(wanted)?;
            let item = index.parse::<usize>().ok().and_then(|index| list.items().get(index).cloned());
            return item.map(|item| Some(item.value)).ok_or_else(wanted);
        }
        "Base64" => {
            let plain = resolve(argument, scope)?.as_ref().and_then(text);
            let plain = plain.ok_or_else(|| wrong(argument.at, "Fn::Base64", "a string"))?;
            base64::engine::general_purpose::STANDARD.encode(plain)
        }
        _ => {
            return Err(DeployError::new(at, format!("Vigie does not have the function `{name}`"))
                .with_help(Advice::choice(name, FUNCTIONS)));
        }
    };
    Ok(Some(NodeValue::String(value)))
}

fn sub(argument: &Node, scope: &dyn Scope) -> Result<String, DeployError> {
    let (template, variables) = sub_parts(argument)?;
    let not_text = |name: &str| DeployError::new(argument.at, format!("Fn::Sub: `{name}` is not a string"));
    let mut result = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => result.push_str(text),
            Piece::Name(name) => {
                let value = match variables.iter().find(|(variable, _)| variable.text == name) {
                    Some((_, value)) => resolve(value, scope)?,
                    None => scope.value(&sub_reference(name, argument.at))?.map(Node::from),
                };
                result.push_str(&value.as_ref().and_then(text).ok_or_else(|| not_text(name))?);
            }
        }
    }
    Ok(result)
}

/// A scalar as text; nothing for lists, mappings and null.
pub fn text(node: &Node) -> Option<String> {
    match &node.value {
        NodeValue::String(text) => Some(text.clone()),
        NodeValue::Bool(flag) => Some(flag.to_string()),
        NodeValue::Int(number) => Some(number.to_string()),
        NodeValue::Float(number) => Some(number.to_string()),
        NodeValue::Null | NodeValue::List(_) | NodeValue::Map(_) => None,
    }
}
