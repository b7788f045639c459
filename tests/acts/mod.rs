//! The acts that the samples show, a file a family of services.

pub mod configuration;
pub mod desk;
pub mod functions;
pub mod identities;
pub mod keys;
pub mod logs;
pub mod messages;
pub mod resources;
pub mod trails;
