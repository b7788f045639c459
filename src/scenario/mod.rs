//! Scenarios: YAML in, a played and judged story out.
//!
//! 1. [`load`] reads a text into the [`model`], within budgets; what is wrong with its shape is a [`diagnostic`].
//! 2. [`check`] resolves every name, plays the story headless and proves what the file promises.
//! 3. [`stage`] builds an engine from the account, [`story`] plays the steps on it, [`judge`] answers conditions.
//! 4. [`library`] finds scenarios: those in the binary, and the user's own.
//!
//! Nothing here draws or knows what a screen is.

mod cast;
pub mod check;
mod commands;
pub mod compose;
mod deploy;
pub mod diagnostic;
pub mod judge;
pub mod library;
pub mod load;
mod loads;
pub mod model;
pub mod names;
pub mod prices;
mod references;
pub mod schema;
mod shape;
pub mod spanned;
pub mod stage;
pub mod story;
pub mod tree;
pub mod unfold;
pub mod words;

#[cfg(test)]
mod plays;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod tests;
