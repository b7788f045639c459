//! The heap of one invocation, and the brake that ends it: the only place of this crate with unsafe code.
//!
//! The interpreter asks before every ten thousandth step whether to stop ([`Clock::tick`]). That alone does not bound
//! real time: one step may copy megabytes, and code may swallow the error that stops it (an endless loop in the
//! `return()` of an iterator, whose error gives way to the one that closed the iterator). So memory traffic is paid for
//! in simulated time too, and once the code is to stop, no function of it can be called again: whatever runs then
//! ends at its next question, frame by frame.
//!
//! Counting bytes here, as they are asked for, also makes the moment at which the memory is full the same on every
//! machine; the system's allocator rounds as it likes.

#![expect(unsafe_code, reason = "an allocator and a stack limit can be given to QuickJS in no other way")]

use std::{
    cell::Cell,
    ptr::{self, NonNull},
    rc::Rc,
};

use rquickjs::{
    Ctx,
    allocator::{Allocator, RustAllocator},
    qjs,
};

use super::budget::{Clock, LARGE_BLOCK};

/// What code that is to stop may still allocate once it was told so: errors on its way out. Before, it gets nothing,
/// so that native work in progress fails. Small blocks come from arenas of four kilobytes; larger ones are no errors.
const RESERVE_BYTES: usize = 256 << 10;
const LARGEST_OF_RESERVE: usize = 5_000;

/// How much the code holds, and how much it may.
#[derive(Debug)]
pub(super) struct Heap {
    limit: usize,
    held: Cell<usize>,
    in_large_blocks: Cell<usize>,
    peak: Cell<usize>,
    reserve: Cell<usize>,
    clock: Rc<Clock>,
    runtime: Cell<Option<NonNull<qjs::JSRuntime>>>,
}

impl Heap {
    pub fn new(limit: usize, clock: Rc<Clock>) -> Self {
        Self {
            limit,
            held: Cell::new(0),
            in_large_blocks: Cell::new(0),
            peak: Cell::new(0),
            reserve: Cell::new(0),
            clock,
            runtime: Cell::new(None),
        }
    }

    /// The most it ever held, in bytes.
    pub fn peak(&self) -> usize {
        self.peak.get()
    }

    /// Whether so many more bytes may be had. A full heap ends the invocation: a process that is killed catches
    /// nothing.
    fn admits(&self, traffic: usize, growth: usize) -> bool {
        self.clock.memory(traffic);
        if self.held.get().saturating_add(growth) > self.limit {
            self.clock.kill();
        }
        if self.clock.stop().is_none() {
            return true;
        }
        self.brake();
        let left = self.reserve.get().checked_sub(traffic).filter(|_| traffic <= LARGEST_OF_RESERVE);
        self.reserve.set(left.unwrap_or(self.reserve.get()));
        left.is_some()
    }

    fn took(&self, before: usize, now: usize) {
        let held = self.held.get().saturating_sub(before).saturating_add(now);
        self.held.set(held);
        self.peak.set(self.peak.get().max(held));
        let large = |size: usize| if size < LARGE_BLOCK { 0 } else { size };
        let in_large = self.in_large_blocks.get().saturating_sub(large(before)).saturating_add(large(now));
        self.in_large_blocks.set(in_large);
    }

    /// Learns which interpreter it is the heap of.
    pub fn serves(&self, ctx: &Ctx<'_>) {
        // SAFETY: the context is alive, as `ctx` is borrowed from it.
        let runtime = unsafe { qjs::JS_GetRuntime(ctx.as_raw().as_ptr()) };
        self.runtime.set(NonNull::new(runtime));
    }

    /// The interpreter's question: must the code stop here? Then it gets room for the error that says so.
    pub fn tick(&self) -> bool {
        let must_stop = self.clock.tick(self.in_large_blocks.get());
        if must_stop {
            self.reserve.set(RESERVE_BYTES);
            self.brake();
        }
        must_stop
    }

    /// From here on no function can be called, and native work on nested things fails.
    fn brake(&self) {
        if let Some(runtime) = self.runtime.get() {
            // SAFETY: only the interpreter itself calls this, by its question or for memory, so it is alive and on its
            // own thread. The limit is read at the next call and changes nothing before.
            unsafe { qjs::JS_SetMaxStackSize(runtime.as_ptr(), 1) };
        }
    }
}

/// The interpreter's way to the machine's memory, past the heap's count.
pub(super) struct Counted(pub Rc<Heap>);

// SAFETY: every block comes from `RustAllocator` and goes back to it; a refusal is a null pointer, as its contract
// allows.
unsafe impl Allocator for Counted {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        if !self.0.admits(size, size) {
            return ptr::null_mut();
        }
        self.count(RustAllocator.alloc(size))
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        match count.checked_mul(size) {
            Some(bytes) if self.0.admits(bytes, bytes) => self.count(RustAllocator.calloc(count, size)),
            _ => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&mut self, block: *mut u8) {
        // SAFETY: the caller's promise is `RustAllocator`'s own.
        unsafe {
            self.0.took(RustAllocator::usable_size(block), 0);
            RustAllocator.dealloc(block);
        }
    }

    unsafe fn realloc(&mut self, block: *mut u8, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is `RustAllocator`'s own; a block it could not move stays as it was.
        unsafe {
            let before = RustAllocator::usable_size(block);
            if new_size > before && !self.0.admits(new_size, new_size - before) {
                return ptr::null_mut();
            }
            let moved = RustAllocator.realloc(block, new_size);
            if !moved.is_null() {
                self.0.took(before, RustAllocator::usable_size(moved));
            }
            moved
        }
    }

    unsafe fn usable_size(block: *mut u8) -> usize {
        // SAFETY: the caller's promise is `RustAllocator`'s own.
        unsafe { RustAllocator::usable_size(block) }
    }
}

impl Counted {
    fn count(&self, block: *mut u8) -> *mut u8 {
        if !block.is_null() {
            // SAFETY: `RustAllocator` has just given it.
            self.0.took(0, unsafe { RustAllocator::usable_size(block) });
        }
        block
    }
}
