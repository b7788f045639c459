//! The terminal: the only place that knows the real clock, and a picture of the ledger.

pub mod schedule;
pub mod terminal;
