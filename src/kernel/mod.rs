//! Time, order, chance and cause. Knows nothing about AWS.
//!
//! Everything above is deterministic because everything here is: whole milliseconds,
//! ties settled by insertion order, one seeded stream per purpose, append-only memory.

pub mod dice;
pub mod ids;
pub mod ledger;
pub mod queue;
pub mod time;

pub use dice::{Dice, Stream};
pub use ledger::{Cause, Entry, Hop, HopId, InputId, Ledger, NodeId, Note, Vocabulary};
pub use queue::EventQueue;
pub use time::{SimDuration, SimTime};
