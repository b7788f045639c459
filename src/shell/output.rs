//! What the AWS CLI prints: the answer in the form of `--output`, after `--query`, or the error in one line.

use serde_json::Value;

use super::{names::kebab, parse::Command, print, query};
use crate::aws::{ApiError, ApiOutcome};

/// A form of output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    #[default]
    Json,
    Yaml,
    Text,
    Table,
}

/// The words after `--output`.
pub const NAMES: &[&str] = &["json", "text", "table", "yaml"];

impl Output {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "yaml" => Some(Self::Yaml),
            "text" => Some(Self::Text),
            "table" => Some(Self::Table),
            _ => None,
        }
    }

    /// A value in this form; `title` heads a table. An answer with nothing in it prints nothing, as in the CLI.
    pub fn print(self, value: &Value, title: &str) -> String {
        match self {
            Self::Json => print::json(value),
            Self::Yaml => print::yaml(value),
            Self::Text => print::text(value),
            Self::Table => print::table(value, title),
        }
    }
}

/// What the terminal shows after a command, without a last line break.
pub fn render(command: &Command, outcome: &ApiOutcome) -> String {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(error) => return error_text(error, command.operation.name),
    };
    let is_nothing =
        |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty) || value.is_null();
    let Some(expression) = &command.query else {
        return if is_nothing(answer) { String::new() } else { print_answer(command, answer) };
    };
    match query::search(expression, answer) {
        Ok(found) => print_answer(command, &found),
        Err(error) => error,
    }
}

fn print_answer(command: &Command, answer: &Value) -> String {
    command.output.print(answer, command.operation.name).trim_end().to_owned()
}

/// An error as the AWS CLI prints it.
pub fn error_text(error: &ApiError, operation: &str) -> String {
    if error.malformed && &*error.code == "ParamValidation" {
        return error.message.to_string();
    }
    format!("An error occurred ({}) when calling the {operation} operation: {}", error.code, error.message)
}

/// The service and operation of a command as they are typed, for headings.
pub fn spelled(command: &Command) -> String {
    format!("{} {}", command.service.cli(), kebab(command.operation.name))
}
