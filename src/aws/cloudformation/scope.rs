//! The names of a template: whether they exist, and what they stand for so far.

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    deploy::{DeployContext, Physical},
    error::DeployError,
    intrinsics::{self, Reference, Scope},
    making::ResourceType,
    node::{Location, Node, NodeValue},
    property,
    template::{Resource, Template},
    types,
};
use crate::aws::{Advice, advice::closest};

/// The row of a resource's type.
///
/// # Errors
/// It has none; the nearest, or all there are.
pub fn known_type(resource: &Resource) -> Result<&'static ResourceType, DeployError> {
    types::find(&resource.resource_type).ok_or_else(|| {
        let message = format!("Vigie cannot deploy a resource of type `{}`", resource.resource_type);
        let names: Vec<_> = types::all().map(|known| known.name).collect();
        DeployError::new(resource.type_at, message).with_help(Advice::choice(&resource.resource_type, &names))
    })
}

/// What the names of a template stand for.
pub struct Names<'a> {
    pub template: &'a Template,
    pub context: &'a DeployContext,
    pub parameters: &'a IndexMap<String, Value>,
    pub created: &'a IndexMap<String, Physical>,
}

impl Names<'_> {
    /// Everything wrong with a resource that shows before anything is made.
    pub fn check_resource(&self, resource: &Resource, found: &mut Vec<DeployError>) {
        match known_type(resource) {
            Err(error) => found.push(error),
            Ok(resource_type) => {
                let owner = Node::new(NodeValue::Null, resource.at);
                property::check(&resource.properties, resource_type.properties, &owner, found);
            }
        }
        for (name, at) in &resource.depends_on {
            if !self.template.resources.contains_key(name) {
                found.push(self.unresolved(name, *at));
            }
        }
        for (_, node) in &resource.properties {
            self.check_references(node, found);
        }
    }

    /// Every name in a tree that does not exist.
    pub fn check_references(&self, node: &Node, found: &mut Vec<DeployError>) {
        let mut references = Vec::new();
        if let Err(error) = intrinsics::references(node, &mut references) {
            found.push(error);
        }
        found.extend(references.iter().filter_map(|reference| self.check_reference(reference).err()));
    }

    fn check_reference(&self, reference: &Reference) -> Result<(), DeployError> {
        let name = reference.name.as_str();
        let Some(attribute) = &reference.attribute else {
            let is_known = name == "AWS::NoValue"
                || self.context.pseudo(name).is_some()
                || self.parameters.contains_key(name)
                || self.template.resources.contains_key(name);
            return if is_known { Ok(()) } else { Err(self.unresolved(name, reference.at)) };
        };
        let resource =
            self.template.resources.get(name).ok_or_else(|| self.unresolved(name, reference.at))?;
        let Some(resource_type) = types::find(&resource.resource_type) else { return Ok(()) };
        if resource_type.attributes.contains(&attribute.as_str()) {
            return Ok(());
        }
        let message = format!(
            "Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
        );
        Err(DeployError::new(reference.at, message)
            .with_help(Advice::choice(attribute, resource_type.attributes)))
    }

    fn unresolved(&self, name: &str, at: Location) -> DeployError {
        let message = format!(
            "Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
        );
        let names = self.template.resources.keys().chain(self.template.parameters.keys()).map(String::as_str);
        DeployError::new(at, message).with_help(closest(name, names).map(Advice::did_you_mean))
    }
}

impl Scope for Names<'_> {
    fn value(&self, reference: &Reference) -> Result<Option<Value>, DeployError> {
        let name = reference.name.as_str();
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        let physical = self.created.get(name);
        let value = match &reference.attribute {
            None => self
                .context
                .pseudo(name)
                .or_else(|| self.parameters.get(name).cloned())
                .or_else(|| physical.map(|physical| physical.ref_value.as_str().into())),
            Some(attribute) => physical.and_then(|physical| physical.attributes.get(attribute).cloned()),
        };
        value.map(Some).ok_or_else(|| match &reference.attribute {
            Some(attribute) if physical.is_some() => {
                let message = format!("resource {name} has no value yet for attribute {attribute}");
                DeployError::new(reference.at, message)
            }
            _ => self.unresolved(name, reference.at),
        })
    }
}
