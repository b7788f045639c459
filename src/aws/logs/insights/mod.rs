//! Logs Insights QL: a query is a pipeline of commands over the events of log groups.
//!
//! [`Query::parse`] reads it, or says at which line and position it stops being a query, what was expected there and
//! what was probably meant. [`Query::run`] carries the events through the commands and answers a table of texts.
//!
//! What is not simulated (`pattern`, `diff`, `unnest`, `join` …) is refused by name. Source: CloudWatch Logs user
//! guide, "Logs Insights QL", as gathered in the project's reference.

mod aggregate;
mod ast;
mod discovered;
mod eval;
mod event;
mod extract;
mod fault;
mod functions;
mod lexer;
mod order;
mod parser;
mod period;
mod run;
#[cfg(test)]
mod tests;
mod value;
mod words;

use self::ast::Command;
pub use self::{
    event::Event,
    fault::Fault,
    run::{Answer, AnswerRow},
};

/// Characters a query may have. Source: the service model's `QueryString`.
const LONGEST: usize = 10_000;
/// Rows an answer has at most when the query sets no limit. Source: user guide, `limit`.
pub const DEFAULT_LIMIT: usize = 10_000;
/// Source: user guide, `limit`.
pub const MOST_ROWS: usize = 100_000;

/// A query that was understood.
#[derive(Clone, Debug)]
pub struct Query {
    commands: Vec<Command>,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// Where the text stops being a query.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            return Err(Fault::new(text, end..text.len(), format!("no more than {LONGEST} characters")));
        }
        parser::parse(text).map(|commands| Self { commands })
    }

    /// Carries events through the commands; at most `limit` rows, unless the query sets its own.
    pub fn run(&self, events: Vec<Event>, limit: usize) -> Answer {
        run::run(&self.commands, events, limit)
    }
}
