//! What an invocation may use, and what it costs in simulated time.
//!
//! Time is counted, never measured: the code pays for its steps by [fuel](super::meter), and what the world outside
//! does for it (a line, a timer, a request) is charged when it asks. So the same code takes the same time on every
//! machine, and the time it really takes has a bound. The numbers are teaching defaults.

use super::meter::FUEL_PER_US;

/// Setting a timer.
pub(super) const TIMER_US: u64 = 50;
/// A line on the console.
pub(super) const LINE_US: u64 = 300;
/// A turn of the event loop that calls a timer.
pub(super) const TURN_US: u64 = 300;
/// Preparing and signing one SDK request.
pub(super) const REQUEST_US: u64 = 1_000;
/// A request's way to the service and back.
pub(super) const ANSWER_US: u64 = 40_000;
/// Handing the event to the handler, before chance adds up to one millisecond.
const FIRST_US: u64 = 1_500;
/// Computing beyond this counts as running until the timeout: it bounds the real time of a long `Timeout`.
const CPU_CAP_US: u64 = 2_000_000;

/// Requests in flight at once: the SDK's default `maxSockets`.
pub(super) const MAX_IN_FLIGHT: usize = 50;
/// What is kept of a flood of lines: lines, then bytes.
pub(super) const MAX_LINES: usize = 10_000;
pub(super) const MAX_LOG_BYTES: usize = 4 << 20;
/// Requests waiting to leave, together: beyond it they would not fit in the function's memory.
pub(super) const MAX_REQUEST_BYTES: usize = 32 << 20;
/// The largest answer of a synchronous invocation (Lambda quotas: 6 MB).
pub(super) const MAX_ANSWER_BYTES: usize = 6_291_556;

/// What Node.js itself occupies, in MB: a function that does nothing shows about this much.
const NODE_MB: u32 = 64;
/// The heap the code gets, in bytes: a quarter of `MemorySize`, as its values are smaller than Node's.
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
    /// The interpreter itself fell over its own stack.
    Crashed,
    Exited(u8),
}

/// The invocation's simulated clock. Fuel burns while the code runs; the clock knows how much was granted, so what is
/// left says how late it is.
#[derive(Debug)]
pub(super) struct Clock {
    timeout_us: u64,
    granted: u64,
    waited_us: u64,
    stop: Option<Stop>,
}

impl Clock {
    pub fn new(timeout_ms: u64) -> Self {
        let mut clock =
            Self { timeout_us: timeout_ms.saturating_mul(1_000), granted: 0, waited_us: 0, stop: None };
        clock.granted = clock.allowance();
        clock
    }

    /// The fuel that brings the code to its timeout, or to the most that is really computed.
    fn allowance(&self) -> u64 {
        CPU_CAP_US.min(self.timeout_us.saturating_sub(self.waited_us)) * FUEL_PER_US
    }

    /// The fuel to start with.
    pub const fn granted(&self) -> u64 {
        self.granted
    }

    /// Microseconds since the invocation began, with so much fuel left.
    pub const fn now_us(&self, fuel: u64) -> u64 {
        match self.stop {
            Some(Stop::TimedOut) => self.timeout_us,
            _ => self.waited_us.saturating_add(self.granted.saturating_sub(fuel) / FUEL_PER_US),
        }
    }

    /// Takes the price of something from the fuel; `None` if that is the end of it.
    pub fn spend(&mut self, fuel: u64, cost_us: u64) -> Option<u64> {
        let left = fuel.checked_sub(cost_us.saturating_mul(FUEL_PER_US));
        if left.is_none() {
            self.stop_for(Stop::TimedOut);
        }
        left
    }

    /// Nothing to do until `due_us`: the clock jumps there. Answers the fuel left to compute with.
    pub fn wait_until(&mut self, fuel: u64, due_us: u64) -> u64 {
        let burnt = self.granted.saturating_sub(fuel);
        self.waited_us = self.waited_us.saturating_add(due_us.saturating_sub(self.now_us(fuel)));
        self.granted = self.allowance();
        let left = self.granted.saturating_sub(burnt);
        if left == 0 {
            self.stop_for(Stop::TimedOut);
        }
        left
    }

    /// The first reason counts.
    pub fn stop_for(&mut self, why: Stop) {
        self.stop.get_or_insert(why);
    }

    pub const fn stop(&self) -> Option<Stop> {
        self.stop
    }
}
