//! The sections of a template: parameters, resources, outputs.
//!
//! A section or an attribute that CloudFormation has and we do not is refused by name, never passed over: a
//! template that deploys here means the same in a real account.

use indexmap::IndexMap;

use super::{
    error::DeployError,
    node::{Key, Location, Node, NodeValue},
};
use crate::aws::Advice;

/// A template, cut into its parts.
#[derive(Clone, Debug, Default)]
pub struct Template {
    pub parameters: IndexMap<String, Parameter>,
    pub resources: IndexMap<String, Resource>,
    pub outputs: IndexMap<String, Node>,
}

/// A value the stack is given.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub at: Location,
    /// `String`, `Number`, `CommaDelimitedList`, …
    pub kind: String,
    pub default: Option<Node>,
    pub allowed_values: Vec<Node>,
}

/// A resource as it is written.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Where its logical id stands.
    pub at: Location,
    pub resource_type: String,
    pub type_at: Location,
    pub properties: Vec<(Key, Node)>,
    /// The resources its `DependsOn` names.
    pub depends_on: Vec<(String, Location)>,
}

const SECTIONS: &[&str] =
    &["AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Resources", "Outputs"];
const ATTRIBUTES: &[&str] =
    &["Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"];

impl Template {
    /// Cuts a tree into the parts of a template.
    ///
    /// # Errors
    /// A section, an attribute or a shape that a template may not have.
    pub fn read(tree: &Node) -> Result<Self, DeployError> {
        let mut template = Self::default();
        for (section, node) in mapping(tree, "a template")? {
            match section.text.as_str() {
                "AWSTemplateFormatVersion" | "Description" | "Metadata" => {}
                "Parameters" => {
                    for (name, node) in mapping(node, "`Parameters`")? {
                        template.parameters.insert(name.text.clone(), Parameter::read(name, node)?);
                    }
                }
                "Resources" => {
                    for (name, node) in mapping(node, "`Resources`")? {
                        let resource = Resource::read(name, node).map_err(|error| error.of(&name.text))?;
                        template.resources.insert(name.text.clone(), resource);
                    }
                }
                "Outputs" => {
                    for (name, node) in mapping(node, "`Outputs`")? {
                        if let Some(value) = node.get("Value") {
                            template.outputs.insert(name.text.clone(), value.clone());
                        }
                    }
                }
                _ => return Err(not_supported("section", section, SECTIONS)),
            }
        }
        Ok(template)
    }
}

impl Parameter {
    fn read(name: &Key, node: &Node) -> Result<Self, DeployError> {
        const WORDS: &[&str] =
            &["Type", "Default", "AllowedValues", "Description", "NoEcho", "ConstraintDescription"];
        let mut parameter =
            Self { at: name.at, kind: "String".to_owned(), default: None, allowed_values: Vec::new() };
        for (word, node) in mapping(node, "a parameter")? {
            match word.text.as_str() {
                "Type" => string(node, "`Type`")?.clone_into(&mut parameter.kind),
                "Default" => parameter.default = Some(node.clone()),
                "AllowedValues" => parameter.allowed_values = node.items().to_vec(),
                "Description" | "NoEcho" | "ConstraintDescription" => {}
                _ => return Err(not_supported("parameter attribute", word, WORDS)),
            }
        }
        Ok(parameter)
    }
}

impl Resource {
    fn read(name: &Key, node: &Node) -> Result<Self, DeployError> {
        if name.text.is_empty() || !name.text.chars().all(char::is_alphanumeric) {
            let message = format!("Template format error: Resource name {} is non alphanumeric.", name.text);
            return Err(DeployError::new(name.at, message));
        }
        let mut resource = Self {
            at: name.at,
            resource_type: String::new(),
            type_at: name.at,
            properties: Vec::new(),
            depends_on: Vec::new(),
        };
        for (word, node) in mapping(node, "a resource")? {
            match word.text.as_str() {
                "Type" => {
                    resource.type_at = node.at;
                    string(node, "`Type`")?.clone_into(&mut resource.resource_type);
                }
                "Properties" if node.is_null() => {}
                "Properties" => resource.properties = mapping(node, "`Properties`")?.to_vec(),
                "DependsOn" => resource.depends_on = dependencies(node)?,
                "DeletionPolicy" | "UpdateReplacePolicy" | "Metadata" => {}
                _ => return Err(not_supported("resource attribute", word, ATTRIBUTES)),
            }
        }
        if resource.resource_type.is_empty() {
            let message = "Template format error: every Resources object must contain a Type member.";
            return Err(DeployError::new(name.at, message));
        }
        Ok(resource)
    }
}

fn dependencies(node: &Node) -> Result<Vec<(String, Location)>, DeployError> {
    if let Some(one) = node.as_str() {
        return Ok(vec![(one.to_owned(), node.at)]);
    }
    if !matches!(node.value, NodeValue::List(_)) {
        return Err(DeployError::new(node.at, "`DependsOn` is a logical id or a list of them"));
    }
    node.items().iter().map(|item| Ok((string(item, "`DependsOn`")?.to_owned(), item.at))).collect()
}

fn mapping<'n>(node: &'n Node, what: &str) -> Result<&'n [(Key, Node)], DeployError> {
    match &node.value {
        NodeValue::Map(entries) if node.tag.is_none() => Ok(entries),
        _ => Err(DeployError::new(node.at, format!("{what} is a mapping, not a {}", node.kind()))),
    }
}

fn string<'n>(node: &'n Node, what: &str) -> Result<&'n str, DeployError> {
    node.as_str()
        .ok_or_else(|| DeployError::new(node.at, format!("{what} is a string, not a {}", node.kind())))
}

fn not_supported(what: &str, key: &Key, known: &[&str]) -> DeployError {
    DeployError::new(key.at, format!("Vigie does not have the {what} `{}`", key.text))
        .with_help(Advice::choice(&key.text, known))
}
