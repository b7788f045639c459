//! What an invocation may use, and what it costs in simulated time.
//!
//! Time is counted, never measured: the interpreter asks every ten thousand steps ([`Clock::tick`]), and what a step
//! may cost beside (memory, errors, timers, work on large things) is charged when it happens, so the same code takes
//! the same time on every machine, and the time it really takes has a bound. The numbers are teaching defaults.

use std::cell::Cell;

/// Ten thousand calls or turns of a loop: a microsecond each.
const STEPS_US: u64 = 10_000;
/// The same again for so many bytes in large blocks: a step may go through all of them, as a comparison does.
const BYTES_THAT_DOUBLE_A_STEP: usize = 64 << 10;
/// From here on a block is large.
pub(super) const LARGE_BLOCK: usize = 1 << 20;
/// Memory asked for: a hundred megabytes a second.
const BYTES_PER_US: u64 = 100;
/// How much dearer memory is while JSON or another long text is being written into it.
const WRITING: u64 = 16;
/// An error with its stack.
const ERROR_US: u64 = 100;
/// Setting a timer.
const TIMER_US: u64 = 50;
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

/// The fixed part of a duration, with a chance part in microseconds.
pub(super) fn first_cost_us(chance: f64) -> u64 {
    FIRST_US + (chance * 1_000.0) as u64
}

/// Why the code was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    TimedOut,
    /// The heap is full.
    Killed,
    Exited(u8),
}

/// The invocation's simulated clock, which is also its meter.
#[derive(Debug)]
pub(super) struct Clock {
    timeout_us: u64,
    running: Cell<bool>,
    cpu_us: Cell<u64>,
    unpaid_bytes: Cell<u64>,
    writing: Cell<u32>,
    waited_us: Cell<u64>,
    stop: Cell<Option<Stop>>,
}

impl Clock {
    pub fn new(timeout_ms: u64) -> Self {
        Self {
            timeout_us: timeout_ms.saturating_mul(1_000),
            running: Cell::new(false),
            cpu_us: Cell::new(0),
            unpaid_bytes: Cell::new(0),
            writing: Cell::new(0),
            waited_us: Cell::new(0),
            stop: Cell::new(None),
        }
    }

    /// Our own preparation is over: from here on, steps count.
    pub fn begin(&self, cost_us: u64) {
        self.running.set(true);
        self.spend(cost_us);
    }

    /// Ten thousand steps of code that holds so many bytes in large blocks. Says whether it must stop here.
    pub fn tick(&self, in_large_blocks: usize) -> bool {
        if self.running.get() {
            self.spend(STEPS_US * (1 + in_large_blocks / BYTES_THAT_DOUBLE_A_STEP) as u64);
        }
        self.stop.get().is_some()
    }

    /// So many bytes were asked for.
    pub fn memory(&self, bytes: usize) {
        if self.running.get() {
            let price = if self.writing.get() > 0 { WRITING } else { 1 };
            let bytes = self.unpaid_bytes.get().saturating_add((bytes as u64).saturating_mul(price));
            self.unpaid_bytes.set(bytes % BYTES_PER_US);
            self.spend(bytes / BYTES_PER_US);
        }
    }

    /// A long text begins or ends to be written.
    pub fn writing(&self, begins: bool) {
        let depth = self.writing.get();
        self.writing.set(if begins { depth.saturating_add(1) } else { depth.saturating_sub(1) });
    }

    pub fn error(&self) {
        self.spend(ERROR_US);
    }

    pub fn timer(&self) {
        self.spend(TIMER_US);
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
        self.stop_for(Stop::Exited(code));
    }

    /// The heap is full.
    pub fn kill(&self) {
        self.stop_for(Stop::Killed);
    }

    fn stop_for(&self, why: Stop) {
        if self.stop.get().is_none() {
            self.stop.set(Some(why));
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
