//! What a handler can count on, as sentences.

mod endings;
mod logs;
mod sandbox;
mod sdk;

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::{Value, json};

use super::{Identity, Outcome, Program, Run, SdkError, SdkSend, run};

const REQUEST_ID: &str = "8f507cfc-1111-4222-8333-444455556666";

fn program(code: &str) -> Program {
    Program {
        code: code.to_owned(),
        handler: "index.handler".to_owned(),
        memory_mb: 128,
        timeout_ms: 3_000,
        env: BTreeMap::from([("VILLE".to_owned(), "Vigie".to_owned())]),
        identity: Identity {
            arn: "arn:aws:lambda:eu-west-3:123456789012:function:corrige-sg".to_owned(),
            name: "corrige-sg".to_owned(),
            version: "$LATEST".to_owned(),
            region: "eu-west-3".to_owned(),
            request_id: REQUEST_ID.to_owned(),
            log_group: "/aws/lambda/corrige-sg".to_owned(),
            log_stream: "2026/03/02/[$LATEST]0123456789abcdef0123456789abcdef".to_owned(),
        },
    }
}

/// Runs with a service that answers `answer` to everything; gives the calls it got, too.
fn play(
    program: &Program,
    event: Value,
    mut answer: impl FnMut(&SdkSend) -> Result<Value, SdkError>,
) -> (Run, Vec<SdkSend>) {
    let start = DateTime::from_timestamp_millis(1_772_442_000_000).expect("2026-03-02T09:00:00Z exists");
    let mut sends = Vec::new();
    let run = run(program, &event, start, 7, &mut |send| {
        let answered = answer(&send);
        sends.push(send);
        answered
    });
    (run, sends)
}

fn run_code(code: &str) -> Run {
    play(&program(code), json!({"key": "value"}), |_| Ok(json!({}))).0
}

/// The body of an async handler, and what it answers.
fn answer_of(body: &str) -> Value {
    let run = run_code(&format!("exports.handler = async (event, context) => {{ {body} }}"));
    match run.outcome {
        Outcome::Success(value) => value,
        other => panic!("{other:?}"),
    }
}

/// `errorType: errorMessage` of a program that fails.
fn failure_of(code: &str) -> String {
    let program = program(code);
    let payload = play(&program, json!({}), |_| Ok(json!({}))).0.outcome.payload(&program);
    format!(
        "{}: {}",
        payload["errorType"].as_str().unwrap_or("no error"),
        payload["errorMessage"].as_str().unwrap_or("")
    )
}

fn texts(run: &Run) -> Vec<&str> {
    run.lines.iter().map(|line| line.text.as_str()).collect()
}
