//! A template becomes calls: what is wrong with it is found first, then resources are created in the order their
//! names demand.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{
    error::DeployError,
    intrinsics,
    making::Making,
    node::{Location, Node, NodeValue},
    order::creation_order,
    property,
    scope::{Names, known_type},
    template::Template,
};
use crate::aws::{ApiCall, ApiOutcome, Principal, Region, Via};

/// Where, by whom and with what a template is deployed.
#[derive(Clone, Debug)]
pub struct DeployContext {
    pub account_id: String,
    pub region: Region,
    pub stack_name: String,
    /// The identity every call is made by.
    pub by: Principal,
    pub via: Via,
    /// Values for the template's parameters; the others have their defaults.
    pub parameters: IndexMap<String, Value>,
}

impl DeployContext {
    /// A stack deployed by the role `installateur` through CloudFormation.
    pub fn new(account_id: &str, region: &Region, stack_name: &str) -> Self {
        Self {
            account_id: account_id.to_owned(),
            region: region.clone(),
            stack_name: stack_name.to_owned(),
            by: Principal::role("installateur", "AWSCloudFormation"),
            via: Via::service("cloudformation.amazonaws.com"),
            parameters: IndexMap::new(),
        }
    }

    /// The value of a pseudo parameter.
    pub(super) fn pseudo(&self, name: &str) -> Option<Value> {
        Some(match name {
            "AWS::AccountId" => self.account_id.as_str().into(),
            "AWS::Region" => self.region.as_str().into(),
            "AWS::Partition" => "aws".into(),
            "AWS::URLSuffix" => "amazonaws.com".into(),
            "AWS::StackName" => self.stack_name.as_str().into(),
            "AWS::StackId" => format!(
                "arn:aws:cloudformation:{}:{}:stack/{}/00000000-0000-4000-8000-{}",
                self.region, self.account_id, self.stack_name, self.account_id
            )
            .into(),
            "AWS::NotificationARNs" => Value::Array(Vec::new()),
            _ => return None,
        })
    }
}

/// A resource that exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Physical {
    pub resource_type: String,
    /// What `Ref` gives.
    pub ref_value: String,
    /// What `Fn::GetAtt` gives.
    pub attributes: Map<String, Value>,
    pub region: Region,
}

/// What a template has become.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deployed {
    /// By logical id, in the order of creation.
    pub resources: IndexMap<String, Physical>,
    pub outputs: IndexMap<String, Value>,
}

impl Deployed {
    /// What `${name}` stands for: `SgGarage`, or `Corrige.Arn`.
    pub fn value(&self, name: &str) -> Option<String> {
        let (logical_id, attribute) = match name.split_once('.') {
            Some((logical_id, attribute)) => (logical_id, Some(attribute)),
            None => (name, None),
        };
        let physical = self.resources.get(logical_id)?;
        match attribute {
            None => Some(physical.ref_value.clone()),
            Some(attribute) => {
                let value = physical.attributes.get(attribute)?;
                Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            }
        }
    }
}

/// Everything wrong with a template that can be said without deploying it.
pub fn check(template: &Template, context: &DeployContext) -> Vec<DeployError> {
    let mut found = Vec::new();
    let parameters = match parameters(template, context) {
        Ok(parameters) => parameters,
        Err(error) => return vec![error],
    };
    let names = Names { template, context, parameters: &parameters, created: &IndexMap::new() };
    for (logical_id, resource) in &template.resources {
        let mut own = Vec::new();
        names.check_resource(resource, &mut own);
        found.extend(own.into_iter().map(|error| error.of(logical_id)));
    }
    for output in template.outputs.values() {
        let mut own = Vec::new();
        names.check_references(output, &mut own);
        found.extend(own);
    }
    if found.is_empty()
        && let Err(error) = creation_order(template)
    {
        found.push(error);
    }
    found
}

/// Deploys a template through the account's door.
///
/// # Errors
/// The first thing that is wrong with it, or that the account refuses.
pub fn deploy(
    template: &Template,
    context: &DeployContext,
    call: &mut dyn FnMut(ApiCall) -> ApiOutcome,
) -> Result<Deployed, DeployError> {
    if let Some(error) = check(template, context).into_iter().next() {
        return Err(error);
    }
    let parameters = parameters(template, context)?;
    let wanted = wanted_attributes(template)?;
    let mut deployed = Deployed::default();
    for logical_id in creation_order(template)? {
        let resource = &template.resources[&logical_id];
        let resource_type = known_type(resource)?;
        let scope = Names { template, context, parameters: &parameters, created: &deployed.resources };
        let tree = Node::new(NodeValue::Map(resource.properties.clone()), resource.at);
        let properties = intrinsics::resolve(&tree, &scope)
            .and_then(|resolved| {
                let resolved = resolved.unwrap_or_default();
                property::read(resolved.entries(), resource_type.properties, &resolved)
            })
            .map_err(|error| error.of(&logical_id))?;
        let created = (resource_type.create)(&mut Making {
            resource_type,
            logical_id: &logical_id,
            resource,
            context,
            properties,
            wanted: wanted.get(&logical_id).map_or(&[], Vec::as_slice),
            call,
        })
        .map_err(|error| error.of(&logical_id))?;
        let physical = Physical {
            resource_type: resource.resource_type.clone(),
            ref_value: created.ref_value,
            attributes: created.attributes,
            region: context.region.clone(),
        };
        deployed.resources.insert(logical_id, physical);
    }
    let scope = Names { template, context, parameters: &parameters, created: &deployed.resources };
    let mut outputs = IndexMap::new();
    for (name, node) in &template.outputs {
        if let Some(value) = intrinsics::resolve(node, &scope)?
            && let Ok(value) = value.to_json()
        {
            outputs.insert(name.clone(), value);
        }
    }
    deployed.outputs = outputs;
    Ok(deployed)
}

/// The attributes that the template asks each resource for.
fn wanted_attributes(template: &Template) -> Result<IndexMap<String, Vec<String>>, DeployError> {
    let mut found = Vec::new();
    for resource in template.resources.values() {
        for (_, node) in &resource.properties {
            intrinsics::references(node, &mut found)?;
        }
    }
    for node in template.outputs.values() {
        intrinsics::references(node, &mut found)?;
    }
    let mut wanted: IndexMap<String, Vec<String>> = IndexMap::new();
    for reference in found {
        if let Some(attribute) = reference.attribute {
            wanted.entry(reference.name).or_default().push(attribute);
        }
    }
    Ok(wanted)
}

/// The values of the template's parameters.
fn parameters(template: &Template, context: &DeployContext) -> Result<IndexMap<String, Value>, DeployError> {
    let mut values = IndexMap::new();
    if let Some(name) = context.parameters.keys().find(|name| !template.parameters.contains_key(*name)) {
        let message = format!("Parameters: [{name}] do not exist in the template");
        return Err(DeployError::new(Location::default(), message));
    }
    for (name, parameter) in &template.parameters {
        let given = context.parameters.get(name).cloned().map(Node::from);
        let Some(node) = given.or_else(|| parameter.default.clone()) else {
            return Err(DeployError::new(parameter.at, format!("Parameters: [{name}] must have values")));
        };
        let Some(text) = intrinsics::text(&node) else {
            let message =
                format!("Template format error: parameter {name} must be a string, not a {}", node.kind());
            return Err(DeployError::new(node.at, message));
        };
        let allowed: Vec<_> = parameter.allowed_values.iter().filter_map(intrinsics::text).collect();
        if !allowed.is_empty() && !allowed.contains(&text) {
            let message = format!("Parameter {name} must be one of: {}", allowed.join(", "));
            return Err(DeployError::new(node.at, message));
        }
        let is_list = parameter.kind.starts_with("List<") || parameter.kind == "CommaDelimitedList";
        let value = if is_list { text.split(',').map(str::trim).collect() } else { Value::from(text) };
        values.insert(name.clone(), value);
    }
    Ok(values)
}
