//! The lines a run leaves in its log group: Lambda's own around the code's.
//!
//! Source: `samples/lambda-log-lines.json`; developer guide, "Working with Lambda function logs".

use std::{fmt::Write, sync::Arc};

use super::{
    Start,
    configuration::runtime_version_arn,
    runtime::{Outcome, Run},
};
use crate::aws::parcel::LogEvent;

/// What a waiting caller may be shown of the log, in bytes. Source: API reference, `Invoke`: last four kilobytes.
const TAIL_BYTES: usize = 4_096;

impl Start {
    /// The end of the log of a run that started so.
    pub fn last_lines(&self, run: &Run) -> String {
        let text: String = lines(self, run, 0).iter().map(|line| &*line.message).collect();
        let mut from = text.len().saturating_sub(TAIL_BYTES);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        text[from..].to_owned()
    }
}

/// All lines of a run, in order. `received_ms` is when the environment began to start, in epoch milliseconds.
pub(super) fn lines(start: &Start, run: &Run, received_ms: i64) -> Vec<LogEvent> {
    let who = &start.program.identity;
    let init_ms = start.init.map_or(0, |init| init.as_millis() as i64);
    let began_ms = received_ms + init_ms;
    let ended_ms = began_ms + run.duration_ms() as i64;
    let line = |timestamp: i64, text: String| LogEvent { timestamp, message: Arc::from(text + "\n") };
    let mut lines = Vec::with_capacity(run.lines.len() + 4);
    if start.init.is_some() {
        let version = runtime_version_arn(&who.region);
        let text = format!("INIT_START Runtime Version: nodejs:22.v50\tRuntime Version ARN: {version}");
        lines.push(line(received_ms, text));
    }
    lines.push(line(began_ms, format!("START RequestId: {} Version: {}", who.request_id, who.version)));
    for said in &run.lines {
        lines.push(line(began_ms + said.elapsed_ms as i64, said.text.clone()));
    }
    lines.push(line(ended_ms, format!("END RequestId: {}", who.request_id)));
    lines.push(line(ended_ms, report(start, run)));
    lines
}

fn report(start: &Start, run: &Run) -> String {
    let init_us = start.init.map_or(0, |init| init.as_millis() * 1_000);
    let billed_ms = (run.duration_us + init_us).div_ceil(1_000);
    let mut text = format!(
        "REPORT RequestId: {}\tDuration: {} ms\tBilled Duration: {billed_ms} ms\tMemory Size: {} MB\tMax Memory Used: \
         {} MB\t",
        start.program.identity.request_id,
        hundredths(run.duration_us),
        start.program.memory_mb,
        run.max_memory_mb
    );
    if start.init.is_some() {
        let _ = write!(text, "Init Duration: {} ms\t", hundredths(init_us));
    }
    match status(&run.outcome) {
        Some(status) => text + &status,
        None => text,
    }
}

/// What REPORT says of a run that did not come to its end by itself.
fn status(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::TimedOut => Some("Status: timeout".to_owned()),
        Outcome::OutOfMemory => Some("Status: error\tError Type: Runtime.OutOfMemory".to_owned()),
        Outcome::Failure(error) if error.error_type.starts_with("Runtime.") => {
            Some(format!("Status: error\tError Type: {}", error.error_type))
        }
        Outcome::Success(_) | Outcome::Failure(_) => None,
    }
}

/// Microseconds as milliseconds with two decimals.
fn hundredths(us: u64) -> String {
    format!("{}.{:02}", us / 1_000, us % 1_000 / 10)
}
