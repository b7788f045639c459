//! CloudFormation: a template becomes the API calls that create its resources, through the same door as
//! everybody else's.
//!
//! [`Template::read`] cuts a [`Node`] tree into its parts, [`check`] finds everything wrong with it at once,
//! [`deploy`] creates the resources in order and says what each became. It keeps no state of its own and touches
//! no service: what it cannot say with a call, it refuses by name.
//!
//! Adding a resource type is a row in a file of [`types`].

#[cfg(test)]
mod city_tests;
mod deploy;
mod error;
mod intrinsics;
mod making;
mod node;
mod order;
mod property;
mod scope;
mod template;
#[cfg(test)]
mod tests;
mod types;

pub use deploy::{DeployContext, Deployed, Physical, check, deploy};
pub use error::DeployError;
pub use node::{Key, Location, Node, NodeValue};
pub use template::{Parameter, Resource, Template};

/// The names of the resource types that can be deployed.
pub fn resource_types() -> impl Iterator<Item = &'static str> {
    types::all().map(|known| known.name)
}
