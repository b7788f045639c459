//! What an invocation leaves behind on our side: lines, timers, requests, an answer.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;

use super::{
    FunctionError, LogLine,
    budget::{Clock, MAX_ANSWER_BYTES, MAX_LINES, MAX_LOG_BYTES, MAX_REQUEST_BYTES},
    pump::Ending,
};

/// An SDK call waiting to leave.
#[derive(Debug)]
pub(super) struct Request {
    pub id: u32,
    pub service: String,
    pub operation: String,
    pub input: String,
    /// When the code asked, in microseconds.
    pub asked_us: u64,
}

/// What the event loop will do when a time comes.
#[derive(Debug)]
pub(super) enum Due {
    Timer(u32),
    Answer { id: u32, text: String },
}

#[derive(Debug)]
pub(super) struct Host {
    pub clock: Clock,
    start_utc: DateTime<Utc>,
    request_id: String,
    chance: ChaCha8Rng,
    lines: Vec<LogLine>,
    log_bytes: usize,
    /// By (due, order of arming), so ties are settled.
    due: BTreeMap<(u64, u32), Due>,
    armed: u32,
    requests: VecDeque<Request>,
    request_bytes: usize,
    sends: u32,
    finished: Option<Ending>,
}

impl Host {
    pub fn new(timeout_ms: u64, start_utc: DateTime<Utc>, request_id: &str, seed: u64) -> Self {
        Self {
            clock: Clock::new(timeout_ms),
            start_utc,
            request_id: request_id.to_owned(),
            chance: ChaCha8Rng::seed_from_u64(seed),
            lines: Vec::new(),
            log_bytes: 0,
            due: BTreeMap::new(),
            armed: 0,
            requests: VecDeque::new(),
            request_bytes: 0,
            sends: 0,
            finished: None,
        }
    }

    /// Milliseconds since 1970, with a fraction, so many microseconds after the start.
    pub fn date_ms(&self, elapsed_us: u64) -> f64 {
        self.start_utc.timestamp_millis() as f64 + elapsed_us as f64 / 1_000.0
    }

    /// A number in 0..1 with 53 bits, as `Math.random` gives.
    pub fn chance(&mut self) -> f64 {
        (self.chance.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A moment as log lines write it.
    pub fn stamp(&self, elapsed_us: u64) -> String {
        let elapsed = TimeDelta::milliseconds((elapsed_us / 1_000) as i64);
        let now = self.start_utc.checked_add_signed(elapsed).unwrap_or(self.start_utc);
        now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// What `console` says, at a level or bare.
    pub fn line(&mut self, elapsed_us: u64, level: &str, text: String, id: &str) {
        if level.is_empty() {
            self.say(elapsed_us, text);
        } else {
            let id = if id.is_empty() { &self.request_id } else { id };
            let line = format!("{}\t{id}\t{level}\t{text}", self.stamp(elapsed_us));
            self.say(elapsed_us, line);
        }
    }

    /// Adds a line as it is, until a flood has been shown to be one.
    pub fn say(&mut self, elapsed_us: u64, text: String) {
        let bytes = self.log_bytes + text.len();
        if self.lines.len() < MAX_LINES && bytes <= MAX_LOG_BYTES {
            self.log_bytes = bytes;
            self.lines.push(LogLine { elapsed_ms: elapsed_us / 1_000, text });
        }
    }

    pub fn take_lines(&mut self) -> Vec<LogLine> {
        std::mem::take(&mut self.lines)
    }

    /// Keeps a request until it can leave; `false` if the memory is full.
    pub fn request(&mut self, request: Request) -> bool {
        let bytes = self.request_bytes + request.input.len();
        let fits = bytes <= MAX_REQUEST_BYTES;
        if fits {
            self.request_bytes = bytes;
            self.requests.push_back(request);
        }
        fits
    }

    pub fn next_request(&mut self) -> Option<Request> {
        let request = self.requests.pop_front()?;
        self.request_bytes -= request.input.len();
        self.sends = self.sends.saturating_add(1);
        Some(request)
    }

    pub const fn sends(&self) -> u32 {
        self.sends
    }

    pub fn arm(&mut self, due_us: u64, due: Due) {
        self.due.insert((due_us, self.armed), due);
        self.armed = self.armed.wrapping_add(1);
    }

    pub fn next_due(&mut self) -> Option<(u64, Due)> {
        self.due.pop_first().map(|((due_us, _), due)| (due_us, due))
    }

    pub fn ending(&mut self) -> Option<Ending> {
        self.finished.take()
    }

    /// The first ending counts; what the code does after it has no effect.
    pub fn finish(&mut self, kind: &str, text: &str) {
        let ending = match (kind, serde_json::from_str::<Json>(text)) {
            ("ok", Ok(_)) if text.len() > MAX_ANSWER_BYTES => Ending::Error(FunctionError {
                error_type: "Function.ResponseSizeTooLarge".to_owned(),
                error_message: format!(
                    "Response payload size exceeded maximum allowed payload size ({MAX_ANSWER_BYTES} bytes)."
                ),
                trace: None,
            }),
            ("ok", Ok(value)) => Ending::Answer(value),
            (_, Ok(value)) => error_of(&value),
            // Half of a surrogate pair, or nested deeper than JSON readers follow.
            (_, Err(_)) => Ending::Error(FunctionError {
                error_type: "Error".to_owned(),
                error_message: "Unable to stringify response body".to_owned(),
                trace: Some(Vec::new()),
            }),
        };
        self.finished.get_or_insert(ending);
    }
}

fn error_of(report: &Json) -> Ending {
    let text = |key: &str| report[key].as_str().unwrap_or_default().to_owned();
    Ending::Error(FunctionError {
        error_type: text("errorType"),
        error_message: text("errorMessage"),
        trace: report["trace"]
            .as_array()
            .map(|lines| lines.iter().filter_map(Json::as_str).map(str::to_owned).collect()),
    })
}
