//! What the JavaScript side can ask of us, and what it leaves behind: lines, timers, requests, an answer.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rquickjs::{Ctx, Error, Function, Object, Persistent, Runtime, function::Opt};
use serde_json::Value as Json;

use super::{
    FunctionError, LogLine,
    budget::{Clock, MAX_ANSWER_BYTES, MAX_LINES, MAX_LOG_BYTES, MAX_REQUEST_BYTES},
    pump::Ending,
};

/// An SDK call waiting to leave.
pub(super) struct Request {
    pub id: u32,
    pub service: String,
    pub operation: String,
    pub input: String,
    /// When the code asked, in microseconds.
    pub asked_us: u64,
}

/// How many frames the stack of an error shows.
const STACK_FRAMES: u32 = 3;

/// What the event loop will do when a time comes.
pub(super) enum Due {
    Timer(u32),
    Answer { id: u32, text: String },
}

pub(super) struct Host {
    pub clock: Rc<Clock>,
    start_utc: DateTime<Utc>,
    request_id: String,
    chance: RefCell<ChaCha8Rng>,
    lines: RefCell<Vec<LogLine>>,
    log_bytes: Cell<usize>,
    /// By (due, order of arming), so ties are settled.
    due: RefCell<BTreeMap<(u64, u32), Due>>,
    armed: Cell<u32>,
    requests: RefCell<VecDeque<Request>>,
    request_bytes: Cell<usize>,
    sends: Cell<u32>,
    finished: RefCell<Option<Ending>>,
}

impl Host {
    pub fn new(clock: Rc<Clock>, start_utc: DateTime<Utc>, request_id: &str, seed: u64) -> Self {
        Self {
            clock,
            start_utc,
            request_id: request_id.to_owned(),
            chance: RefCell::new(ChaCha8Rng::seed_from_u64(seed)),
            lines: RefCell::default(),
            log_bytes: Cell::new(0),
            due: RefCell::default(),
            armed: Cell::new(0),
            requests: RefCell::default(),
            request_bytes: Cell::new(0),
            sends: Cell::new(0),
            finished: RefCell::default(),
        }
    }

    /// The object the JavaScript side calls us through.
    pub fn object<'js>(self: &Rc<Self>, ctx: &Ctx<'js>) -> Result<Object<'js>, Error> {
        let object = Object::new(ctx.clone())?;
        let me = Rc::clone(self);
        object.set("now", Function::new(ctx.clone(), move || me.now_ms()))?;
        let me = Rc::clone(self);
        object.set("elapsed", Function::new(ctx.clone(), move || me.clock.now_us() as f64 / 1_000.0))?;
        let me = Rc::clone(self);
        object.set("random", Function::new(ctx.clone(), move || me.chance()))?;
        let me = Rc::clone(self);
        object.set(
            "log",
            Function::new(ctx.clone(), move |level: String, text: String, id: Opt<String>| {
                me.log(&level, &text, id.0.as_deref());
            }),
        )?;
        let me = Rc::clone(self);
        object.set(
            "request",
            Function::new(ctx.clone(), move |id, service, operation, input| {
                me.request(id, service, operation, input);
            }),
        )?;
        let me = Rc::clone(self);
        object.set(
            "timer",
            Function::new(ctx.clone(), move |id: u32, wait_ms: f64| {
                me.clock.timer();
                let due_us = me.clock.now_us().saturating_add((wait_ms * 1_000.0) as u64);
                me.arm(due_us, Due::Timer(id));
            }),
        )?;
        let me = Rc::clone(self);
        object.set(
            "error",
            Function::new(ctx.clone(), move || {
                me.clock.error();
                STACK_FRAMES
            }),
        )?;
        let me = Rc::clone(self);
        object.set(
            "work",
            Function::new(ctx.clone(), move |bytes: f64| {
                me.clock.memory(bytes as usize);
                me.clock.stop().is_some()
            }),
        )?;
        let me = Rc::clone(self);
        object.set("writing", Function::new(ctx.clone(), move |begins: bool| me.clock.writing(begins)))?;
        let me = Rc::clone(self);
        object.set("exit", Function::new(ctx.clone(), move |code: u8| me.clock.exit(code)))?;
        let me = Rc::clone(self);
        object.set(
            "finish",
            Function::new(ctx.clone(), move |kind: String, text: String| {
                me.finish(&kind, &text);
            }),
        )?;
        Ok(object)
    }

    /// Milliseconds since 1970, with a fraction.
    pub fn now_ms(&self) -> f64 {
        self.start_utc.timestamp_millis() as f64 + self.clock.now_us() as f64 / 1_000.0
    }

    /// A number in 0..1 with 53 bits, as `Math.random` gives.
    pub fn chance(&self) -> f64 {
        (self.chance.borrow_mut().next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Now, as log lines write it.
    pub fn stamp(&self) -> String {
        let elapsed = TimeDelta::milliseconds((self.clock.now_us() / 1_000) as i64);
        let now = self.start_utc.checked_add_signed(elapsed).unwrap_or(self.start_utc);
        now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    fn log(&self, level: &str, text: &str, id: Option<&str>) {
        self.clock.line();
        if level.is_empty() {
            self.say(text.to_owned());
        } else {
            let id = id.unwrap_or(&self.request_id);
            self.say(format!("{}\t{id}\t{level}\t{text}", self.stamp()));
        }
    }

    /// Adds a line as it is, until a flood has been shown to be one.
    pub fn say(&self, text: String) {
        let mut lines = self.lines.borrow_mut();
        let bytes = self.log_bytes.get() + text.len();
        if lines.len() < MAX_LINES && bytes <= MAX_LOG_BYTES {
            self.log_bytes.set(bytes);
            lines.push(LogLine { elapsed_ms: self.clock.now_us() / 1_000, text });
        }
    }

    pub fn take_lines(&self) -> Vec<LogLine> {
        self.lines.take()
    }

    fn request(&self, id: u32, service: String, operation: String, input: String) {
        self.clock.request();
        let asked_us = self.clock.now_us();
        let bytes = self.request_bytes.get() + input.len();
        if bytes > MAX_REQUEST_BYTES {
            self.clock.kill();
            return;
        }
        self.request_bytes.set(bytes);
        self.requests.borrow_mut().push_back(Request { id, service, operation, input, asked_us });
    }

    pub fn next_request(&self) -> Option<Request> {
        let request = self.requests.borrow_mut().pop_front()?;
        self.request_bytes.set(self.request_bytes.get() - request.input.len());
        self.sends.set(self.sends.get().saturating_add(1));
        Some(request)
    }

    pub fn sends(&self) -> u32 {
        self.sends.get()
    }

    pub fn arm(&self, due_us: u64, due: Due) {
        let order = self.armed.get();
        self.armed.set(order.wrapping_add(1));
        self.due.borrow_mut().insert((due_us, order), due);
    }

    pub fn next_due(&self) -> Option<(u64, Due)> {
        self.due.borrow_mut().pop_first().map(|((due_us, _), due)| (due_us, due))
    }

    /// The first ending counts; what the code does after it has no effect.
    fn end(&self, ending: Ending) {
        self.finished.borrow_mut().get_or_insert(ending);
    }

    pub fn ending(&self) -> Option<Ending> {
        self.finished.take()
    }

    fn finish(&self, kind: &str, text: &str) {
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
        self.end(ending);
    }

    /// Our own JavaScript threw: the code was stopped, or it broke what we stand on.
    pub fn broken(&self, ctx: &Ctx<'_>, error: Error) {
        if matches!(error, Error::Exception) {
            ctx.catch();
        }
        self.clock.exit(1);
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

/// Tells the JavaScript side about promises rejected with nobody listening.
pub(super) struct Rejections(Rc<RefCell<Option<Persistent<Function<'static>>>>>);

impl Rejections {
    pub fn watch(runtime: &Runtime) -> Self {
        let listener = Rc::new(RefCell::new(None::<Persistent<Function<'static>>>));
        let told = Rc::clone(&listener);
        runtime.set_host_promise_rejection_tracker(Some(Box::new(move |ctx, promise, reason, handled| {
            let Some(listener) = told.borrow().clone() else { return };
            if let Ok(listener) = listener.restore(&ctx)
                && listener.call::<_, ()>((promise, reason, handled)).is_err()
            {
                ctx.catch();
            }
        })));
        Self(listener)
    }

    pub fn tell<'js>(&self, ctx: &Ctx<'js>, parts: &Object<'js>) {
        let listener = parts.get::<_, Function>("rejected").ok();
        *self.0.borrow_mut() = listener.map(|function| Persistent::save(ctx, function));
    }

    /// Nothing may outlive the runtime.
    pub fn forget(&self) {
        self.0.take();
    }
}
