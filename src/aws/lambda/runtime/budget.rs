//! What an invocation may use, and what it costs in simulated time.
//!
//! Time is counted, never measured: the engine calls [`Clock::tick`] every ten thousand steps of the interpreter, so
//! the same code takes the same time on every machine. The numbers are teaching defaults.

use std::cell::Cell;

/// Ten thousand calls or turns of a loop (one interrupt): two microseconds each, as on a fraction of a processor.
const INTERRUPT_US: u64 = 20_000;
/// A line on the console.
const LINE_US: u64 = 300;
/// A turn of the event loop that calls a timer.
pub(super) const TURN_US: u64 = 300;
/// A job of the microtask queue.
pub(super) const JOB_US: u64 = 20;
/// Preparing and signing one SDK request.
const REQUEST_US: u64 = 1_000;
/// A request's way to the service and back.
pub(super) const ANSWER_US: u64 = 40_000;
/// Handing the event to the handler, before chance adds up to one millisecond.
const FIRST_US: u64 = 1_500;
/// Computing beyond this counts as running until the timeout: it bounds the real time of a long `Timeout`.
const CPU_CAP_US: u64 = 6_000_000;

/// Requests in flight at once: the SDK's default `maxSockets`.
pub(super) const MAX_IN_FLIGHT: usize = 50;
/// What is kept of a flood of lines: lines, then bytes.
pub(super) const MAX_LINES: usize = 10_000;
pub(super) const MAX_LOG_BYTES: usize = 4 << 20;
/// Requests waiting to leave, together: beyond it they would not fit in the function's memory.
pub(super) const MAX_REQUEST_BYTES: usize = 32 << 20;
/// The largest answer of a synchronous invocation (Lambda quotas: 6 MB).
pub(super) const MAX_ANSWER_BYTES: usize = 6_291_556;

pub(super) const STACK_BYTES: usize = 256 << 10;
pub(super) const GC_THRESHOLD: usize = 1 << 20;

/// What Node.js itself occupies, in MB: a function that does nothing shows about this much.
const NODE_MB: u32 = 64;
/// The heap the engine gets, in bytes: a quarter of `MemorySize`, as its values are smaller than Node's.
pub(super) fn heap_bytes(memory_mb: u32) -> usize {
    (memory_mb / 4).clamp(32, 64) as usize * 1_048_576
}

/// `Max Memory Used` for a heap use: the heap's limit stands for `MemorySize`.
pub(super) fn memory_mb(memory_mb: u32, used: usize) -> u32 {
    let room = u64::from(memory_mb.saturating_sub(NODE_MB));
    let share = room * used as u64 / heap_bytes(memory_mb) as u64;
    NODE_MB.saturating_add(share as u32).min(memory_mb)
}

/// How long a function lasted that filled its memory: not counted, because the machine's allocator rounds sizes in
/// its own way, and the count at which the heap is full would differ a little from one machine to the next.
pub(super) fn killed_us(timeout_ms: u64) -> u64 {
    timeout_ms.saturating_mul(1_000) / 2
}

/// The fixed part of a duration, with a chance part in microseconds.
pub(super) fn first_cost_us(chance: f64) -> u64 {
    FIRST_US + (chance * 1_000.0) as u64
}

/// Why the code was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    TimedOut,
    Exited(u8),
}

/// The invocation's simulated clock, which is also its meter.
#[derive(Debug)]
pub(super) struct Clock {
    timeout_us: u64,
    running: Cell<bool>,
    cpu_us: Cell<u64>,
    waited_us: Cell<u64>,
    stop: Cell<Option<Stop>>,
}

impl Clock {
    pub fn new(timeout_ms: u64) -> Self {
        Self {
            timeout_us: timeout_ms.saturating_mul(1_000),
            running: Cell::new(false),
            cpu_us: Cell::new(0),
            waited_us: Cell::new(0),
            stop: Cell::new(None),
        }
    }

    /// Our own preparation is over: from here on, steps count.
    pub fn begin(&self, cost_us: u64) {
        self.running.set(true);
        self.spend(cost_us);
    }

    /// One interrupt. Says whether the code must stop here.
    pub fn tick(&self) -> bool {
        if self.running.get() {
            self.spend(INTERRUPT_US);
        }
        self.stop.get().is_some()
    }

    pub fn line(&self) {
        self.spend(LINE_US);
    }

    pub fn request(&self) {
        self.spend(REQUEST_US);
    }

    pub fn spend(&self, cost_us: u64) {
        if self.stop.get().is_some() {
            return;
        }
        self.cpu_us.set(self.cpu_us.get().saturating_add(cost_us));
        if self.cpu_us.get() >= CPU_CAP_US || self.now_us() >= self.timeout_us {
            self.time_out();
        }
    }

    /// Nothing to do until `due_us`: the clock jumps there.
    pub fn wait_until(&self, due_us: u64) {
        if self.stop.get().is_some() {
            return;
        }
        let wait = due_us.saturating_sub(self.now_us());
        self.waited_us.set(self.waited_us.get().saturating_add(wait));
        if self.now_us() >= self.timeout_us {
            self.time_out();
        }
    }

    /// The function runs on until its timeout, where it is cut.
    fn time_out(&self) {
        if self.stop.get().is_none() {
            self.stop.set(Some(Stop::TimedOut));
            self.waited_us.set(self.timeout_us.saturating_sub(self.cpu_us.get()));
            self.cpu_us.set(self.cpu_us.get().min(self.timeout_us));
        }
    }

    pub fn exit(&self, code: u8) {
        if self.stop.get().is_none() {
            self.stop.set(Some(Stop::Exited(code)));
        }
    }

    pub fn stop(&self) -> Option<Stop> {
        self.stop.get()
    }

    /// Microseconds since the invocation began.
    pub fn now_us(&self) -> u64 {
        self.cpu_us.get().saturating_add(self.waited_us.get())
    }
}
