//! `aws service operation --option value` and back: one parser for scenarios, the console and checks.
//!
//! A line goes through [`references`] (its `${…}` get their values), [`parse`] (it becomes a [`Command`], hence an
//! `ApiCall`) and, once called, [`output`] (the answer as the AWS CLI prints it). All it knows of services is the
//! operation table of `aws`; it calls nothing and reads no file.

#[cfg(test)]
mod account_tests;
mod arguments;
mod checks;
mod choose;
mod coerce;
pub mod complete;
mod customise;
mod error;
mod globals;
pub mod help;
mod line;
mod names;
mod options;
pub mod output;
mod parse;
mod print;
pub mod query;
mod references;
mod settings;
mod shape;
mod shorthand;
mod table;
#[cfg(test)]
mod tests;
mod unparse;
mod validate;
mod values;
mod yaml;

pub use complete::{Candidate, Completion, complete};
pub use error::{ParseError, ParseErrorKind};
pub use globals::REGIONS;
pub use help::Topic;
pub use names::kebab;
pub use output::Output;
pub use parse::{Catalogue, Command, Context, Line, parse, read};
pub use references::{Reference, Substituted, references, substitute};
pub use unparse::unparse;
