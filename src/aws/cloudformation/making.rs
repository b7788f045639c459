//! One resource in the making: its properties, the calls that create it, and the names it is known by.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{deploy::DeployContext, error::DeployError, property::Property, template::Resource};
use crate::aws::{ApiCall, ApiError, ApiOutcome, ServiceName};

/// What `Ref` and `Fn::GetAtt` give for a resource that exists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Created {
    pub ref_value: String,
    pub attributes: Map<String, Value>,
}

impl Created {
    pub fn new(ref_value: impl Into<String>) -> Self {
        Self { ref_value: ref_value.into(), attributes: Map::new() }
    }

    /// Adds an attribute, if there is a value for it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            self.attributes.insert(name.to_owned(), value);
        }
        self
    }
}

/// A row of the table of resource types.
#[derive(Debug)]
pub struct ResourceType {
    pub name: &'static str,
    pub service: ServiceName,
    pub properties: &'static [Property],
    /// What `Fn::GetAtt` may ask for.
    pub attributes: &'static [&'static str],
    /// Types that, in the same template, had better be there before this one though nothing names them.
    pub after: &'static [&'static str],
    pub create: fn(&mut Making<'_>) -> Result<Created, DeployError>,
}

/// A resource in the making.
pub struct Making<'a> {
    pub(super) resource_type: &'static ResourceType,
    pub(super) logical_id: &'a str,
    pub(super) resource: &'a Resource,
    pub(super) context: &'a DeployContext,
    pub(super) properties: Map<String, Value>,
    /// Attributes that the template asks this resource for.
    pub(super) wanted: &'a [String],
    pub(super) call: &'a mut dyn FnMut(ApiCall) -> ApiOutcome,
}

impl Making<'_> {
    /// A property under its API name, taken away from those that are left.
    pub fn take(&mut self, parameter: &str) -> Option<Value> {
        self.properties.shift_remove(parameter)
    }

    /// A list property, taken away; empty if it is not there.
    pub fn take_list(&mut self, parameter: &str) -> Vec<Value> {
        match self.take(parameter) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        }
    }

    pub fn text(&self, parameter: &str) -> Option<String> {
        self.properties.get(parameter).and_then(Value::as_str).map(str::to_owned)
    }

    /// Everything that is left, ready to be sent.
    pub fn rest(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.properties)
    }

    /// The name that was given, or one that is made up as CloudFormation does; it is put among the properties.
    pub fn name(&mut self, parameter: &str) -> String {
        if let Some(name) = self.text(parameter) {
            return name;
        }
        let name = self.generated_name();
        self.properties.insert(parameter.to_owned(), name.as_str().into());
        name
    }

    /// `stack-LogicalId-1A2B3C4D5E6F`: the same for the same stack and logical id.
    pub fn generated_name(&self) -> String {
        const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let seed = format!("{}/{}/{}", self.context.account_id, self.context.stack_name, self.logical_id);
        let suffix: String = Sha256::digest(seed.as_bytes())
            .iter()
            .take(12)
            .map(|byte| char::from(DIGITS[usize::from(*byte) % DIGITS.len()]))
            .collect();
        format!("{}-{}-{suffix}", self.context.stack_name, self.logical_id)
    }

    pub fn wants(&self, attribute: &str) -> bool {
        self.wanted.iter().any(|wanted| wanted == attribute)
    }

    /// `arn:aws:<service>:<region>:<account>:<rest>`
    pub fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.context.region, self.context.account_id)
    }

    pub fn region(&self) -> &str {
        self.context.region.as_str()
    }

    /// Calls an operation of the type's own service.
    ///
    /// # Errors
    /// What the account answers, at the property that it blames.
    pub fn call(&mut self, operation: &str, parameters: impl Into<Value>) -> Result<Value, DeployError> {
        let call = ApiCall {
            by: self.context.by.clone(),
            via: self.context.via.clone(),
            region: self.context.region.clone(),
            service: self.resource_type.service,
            operation: Arc::from(operation),
            parameters: parameters.into(),
        };
        (self.call)(call).map_err(|error| self.refused(operation, &error))
    }

    /// Attaches, adds or tags once per item: `operation({owner: name, item: value})`.
    ///
    /// # Errors
    /// The first refusal.
    pub fn call_each(
        &mut self,
        operation: &str,
        owner: (&str, &str),
        item: &str,
        values: Vec<Value>,
    ) -> Result<(), DeployError> {
        for value in values {
            self.call(operation, json!({owner.0: owner.1, item: value}))?;
        }
        Ok(())
    }

    fn refused(&self, operation: &str, error: &ApiError) -> DeployError {
        let message = if error.malformed {
            format!("{operation}: {}", error.message)
        } else {
            format!(
                "An error occurred ({}) when calling the {operation} operation: {}",
                error.code, error.message
            )
        };
        // A complaint that quotes a parameter or a value is shown at the property that holds it.
        let quotes = |word: &str| {
            ["`", "'", "\"", "("].iter().any(|mark| error.message.contains(&format!("{mark}{word}")))
        };
        let blamed = self.resource.properties.iter().find(|(key, node)| {
            let listed = self.resource_type.properties.iter().find(|property| property.name == key.text);
            listed.is_some_and(|property| quotes(property.parameter))
                || node.as_str().is_some_and(|text| text.len() > 2 && quotes(text))
        });
        DeployError::new(blamed.map_or(self.resource.at, |(key, _)| key.at), message).of(self.logical_id)
    }
}

impl std::fmt::Debug for Making<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Making").field("logical_id", &self.logical_id).finish_non_exhaustive()
    }
}

/// A text at a JSON pointer of an answer; empty if it is not there.
pub fn text_at(answer: &Value, pointer: &str) -> String {
    answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A list of `{Key, Value}` as a mapping, for the APIs that take tags so.
pub fn tag_map(tags: Vec<Value>) -> Value {
    let pairs = tags.iter().map(|tag| (text_at(tag, "/Key"), tag.get("Value").cloned().unwrap_or_default()));
    Value::Object(pairs.collect())
}
