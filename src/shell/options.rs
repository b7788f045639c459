//! The options of an operation: its parameters as the AWS CLI spells them, and what the CLI adds or renames.

use serde_json::Value;

use super::{
    customise::{self, Custom},
    names::kebab,
    shape::{Kind, Shape},
};
use crate::aws::{Operation, ServiceName};

/// How many words an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// None: its presence is the value.
    Flag(bool),
    /// None or one: the `Value` of EC2's boolean structures, true if nothing follows.
    Perhaps,
    One,
    Many,
}

/// What an option's words become.
#[derive(Clone, Copy, Debug)]
pub enum Meaning<'a> {
    /// A parameter of the API.
    Parameter(&'a str, Shape<'a>),
    /// Something the AWS CLI makes of it.
    Custom(&'static Custom),
}

/// One option of an operation.
#[derive(Clone, Debug)]
pub struct CliOption<'a> {
    /// Without the two dashes.
    pub name: String,
    pub takes: Takes,
    pub is_required: bool,
    pub meaning: Meaning<'a>,
    pub doc: &'a str,
}

impl CliOption<'_> {
    /// The word for its type, as in the CLI's help.
    pub fn type_word(&self) -> &'static str {
        match self.meaning {
            Meaning::Parameter(_, shape) => shape.word(),
            Meaning::Custom(custom) if matches!(custom.takes, Takes::Flag(_)) => "boolean",
            Meaning::Custom(_) => "string",
        }
    }

    /// The only values it may have.
    pub fn choices(&self) -> Vec<String> {
        match self.meaning {
            Meaning::Parameter(_, shape) => {
                let shape = if let Kind::List(of) = shape.kind() { of } else { shape };
                shape.choices().unwrap_or_default().into_iter().map(str::to_owned).collect()
            }
            Meaning::Custom(_) => Vec::new(),
        }
    }
}

/// The options of an operation whose parameters have this schema, in the order of the model.
pub fn options<'a>(service: ServiceName, operation: &Operation, schema: &'a Value) -> Vec<CliOption<'a>> {
    let shape = Shape::of(schema);
    let customs: Vec<_> = customise::of(service, operation.name).collect();
    let required: Vec<_> = shape.required().collect();
    let mut found = Vec::new();
    for (parameter, member) in shape.members() {
        let name = kebab(parameter);
        if customs.iter().any(|custom| custom.hides.contains(&parameter)) {
            continue;
        }
        let option = |name: String, takes| CliOption {
            name: customise::renamed(service, operation.name, &name).map_or(name, str::to_owned),
            takes,
            is_required: required.contains(&parameter)
                && !customs.iter().any(|custom| custom.relaxes.contains(&parameter)),
            meaning: Meaning::Parameter(parameter, member),
            doc: shape.member_doc(parameter),
        };
        match member.kind() {
            Kind::Boolean => {
                found.push(option(name.clone(), Takes::Flag(true)));
                found.push(option(format!("no-{name}"), Takes::Flag(false)));
            }
            Kind::Structure if service == ServiceName::Ec2 && is_boolean_value(member) => {
                // Not renamed: the CLI makes these two after its renames.
                found.push(CliOption { name: name.clone(), ..option(name.clone(), Takes::Perhaps) });
                let negative = format!("no-{name}");
                found.push(CliOption { name: negative.clone(), ..option(negative, Takes::Flag(false)) });
            }
            Kind::List(_) => found.push(option(name, Takes::Many)),
            _ => found.push(option(name, Takes::One)),
        }
    }
    found.extend(customs.into_iter().filter(|custom| custom.applies(shape)).map(|custom| CliOption {
        name: custom.option.to_owned(),
        takes: custom.takes,
        is_required: false,
        meaning: Meaning::Custom(custom),
        doc: custom.doc,
    }));
    found
}

/// A structure of one boolean called `Value`, which the CLI shows as a flag. Source: `toplevelbool.py`.
pub fn is_boolean_value(shape: Shape<'_>) -> bool {
    let mut members = shape.members();
    matches!((members.next(), members.next()), (Some(("Value", value)), None) if matches!(value.kind(), Kind::Boolean))
}
