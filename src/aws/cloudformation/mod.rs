//! CloudFormation: a template becomes the API calls that create its resources, through the same door as
//! everybody else's.
//!
//! It keeps no state of its own and touches no service: what it cannot say with a call, it refuses by name.

mod node;

pub use node::{Key, Location, Node, NodeValue};
