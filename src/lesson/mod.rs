//! What the learner is told, asked and credited for. Reads the ledger and the account; never writes them.

pub mod answer_key;
pub mod answers;
pub mod cards;
pub mod introduction;
pub mod letters;
pub mod meters;
pub mod narration;
pub mod open;
pub mod response;
pub mod session;
mod verbs;
