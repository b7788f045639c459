//! One page of a long answer; the token is where the next one begins.

use serde_json::{Value, json};

use crate::aws::{ApiError, ApiOutcome};

/// A page of `entries` under `name`, as long as the call asks for (up to `most`), and the token of the next page. A call
/// that asks for no length gets everything, as the AWS CLI shows it, which puts the service's pages together.
///
/// # Errors
/// A token that is none, a limit that is too large.
pub(super) fn page(
    (name, token_name): (&str, &str),
    entries: Vec<Value>,
    (limit, most): (Option<usize>, usize),
    token: Option<&str>,
) -> ApiOutcome {
    let from = match token.map(str::parse::<usize>) {
        None => 0,
        Some(Ok(from)) => from,
        Some(Err(_)) => {
            let message = "The specified next token is not valid.";
            return Err(ApiError::client("InvalidNextTokenException", message));
        }
    };
    let size = match limit {
        None | Some(0) => usize::MAX,
        Some(size) if size <= most => size,
        Some(_) => {
            let message = format!("The limit must be from 0 to {most}.");
            return Err(ApiError::client("InvalidLimitException", message));
        }
    };
    let count = entries.len();
    let entries: Vec<Value> = entries.into_iter().skip(from).take(size).collect();
    let mut answer = json!({ name: entries });
    if from.saturating_add(size) < count {
        answer[token_name] = (from + size).to_string().into();
    }
    Ok(answer)
}
