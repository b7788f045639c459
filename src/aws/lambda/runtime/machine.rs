//! One interpreter: QuickJS as WebAssembly, started from an image of its memory with our own JavaScript loaded.

use std::sync::OnceLock;

use wasmi::{Engine, Error, Instance, Linker, Memory, Module, Store, StoreLimits, TrapCode, TypedFunc};

use super::{budget::Stop, doors, host::Host, meter};

/// Made by `assets/lambda/build`.
const QUICKJS: &[u8] = include_bytes!("../../../../assets/lambda/quickjs.wasm");
/// Its memory after [`image::make`](super::image), from the end of the stack on.
const IMAGE: &[u8] = include_bytes!("../../../../assets/lambda/image.bin");
/// The stack stands first and is empty between calls (see `assets/lambda/build`).
pub(super) const STACK_BYTES: usize = 1 << 20;
const PAGE_BYTES: usize = 1 << 16;

/// What the interpreter occupies before the code does anything.
const fn base_bytes() -> usize {
    (STACK_BYTES + IMAGE.len()).next_multiple_of(PAGE_BYTES)
}

/// What every invocation shares: the machine and the translated interpreter.
#[derive(Debug)]
pub(super) struct Works {
    engine: Engine,
    module: Module,
    linker: Linker<Guest>,
}

impl Works {
    pub fn shared() -> &'static Self {
        static WORKS: OnceLock<Works> = OnceLock::new();
        WORKS.get_or_init(|| {
            let engine = meter::engine();
            let module = Module::new(&engine, QUICKJS).expect("the interpreter in the assets is WebAssembly");
            let mut linker = Linker::new(&engine);
            doors::open(&mut linker).expect("each door has a name of its own");
            Self { engine, module, linker }
        })
    }

    pub fn instance(&self, host: Host, fuel: u64, limits: StoreLimits) -> (Store<Guest>, Instance) {
        let mut store = Store::new(&self.engine, Guest { host, limits });
        store.limiter(|guest| &mut guest.limits);
        store.set_fuel(fuel).expect("fuel is counted");
        let instance = self
            .linker
            .instantiate_and_start(&mut store, &self.module)
            .expect("the interpreter fits its doors and its memory");
        (store, instance)
    }
}

/// What belongs to one invocation.
#[derive(Debug)]
pub(super) struct Guest {
    pub host: Host,
    limits: StoreLimits,
}

/// The interpreter of one invocation.
pub(super) struct Machine {
    store: Store<Guest>,
    memory: Memory,
    room: TypedFunc<u32, u32>,
    call: TypedFunc<(u32, u32, u32, u32, u32), i32>,
    job: TypedFunc<(), i32>,
}

impl Machine {
    /// Wakes up with a heap of so many bytes.
    pub fn new(host: Host, heap_bytes: usize) -> Self {
        let fuel = host.clock.granted();
        let limits = meter::limits(base_bytes() + heap_bytes);
        // Instantiating is ours, not the code's: it is not paid for.
        let (mut store, instance) = Works::shared().instance(host, u64::MAX, limits);
        let memory = instance.get_memory(&store, "memory").expect("the interpreter exports its memory");
        let missing = base_bytes() / PAGE_BYTES - memory.size(&store) as usize;
        memory.grow(&mut store, missing as u64).expect("the heap's limit has room for the image");
        memory.write(&mut store, STACK_BYTES, IMAGE).expect("the memory was grown to the image's size");
        store.set_fuel(fuel).expect("fuel is counted");
        Self {
            room: instance.get_typed_func(&store, "room").expect("assets/lambda/door.c exports room"),
            call: instance.get_typed_func(&store, "call").expect("assets/lambda/door.c exports call"),
            job: instance.get_typed_func(&store, "job").expect("assets/lambda/door.c exports job"),
            store,
            memory,
        }
    }

    /// Calls one of our own functions with a number and a text; `None` if it threw, or if the code was stopped.
    pub fn call(&mut self, name: &str, id: u32, text: &str) -> Option<bool> {
        let answer = self.try_call(name, id, text);
        match self.heed(answer)? {
            -1 => {
                // The code broke what we stand on.
                self.host_mut().clock.stop_for(Stop::Exited(1));
                None
            }
            truth => Some(truth == 1),
        }
    }

    fn try_call(&mut self, name: &str, id: u32, text: &str) -> Result<i32, Error> {
        let (name_at, text_at) = (self.put(name)?, self.put(text)?);
        self.call.call(&mut self.store, (name_at, name.len() as u32, id, text_at, text.len() as u32))
    }

    /// Runs one job of the microtask queue; `false` if there is none left to run. What code throws rejects a promise;
    /// a job itself does not fail.
    pub fn run_job(&mut self) -> bool {
        let ran = self.job.call(&mut self.store, ());
        self.heed(ran) == Some(1)
    }

    /// Copies a text in, where `call` frees it.
    fn put(&mut self, text: &str) -> Result<u32, Error> {
        let at = self.room.call(&mut self.store, text.len() as u32)?;
        self.memory.write(&mut self.store, at as usize, text.as_bytes())?;
        Ok(at)
    }

    /// A trap ends the invocation, and says how.
    fn heed<T>(&mut self, answer: Result<T, Error>) -> Option<T> {
        let trap = match answer {
            Ok(value) => return Some(value),
            Err(error) => error.as_trap_code(),
        };
        let why = match trap {
            Some(TrapCode::OutOfFuel) => Stop::TimedOut,
            Some(TrapCode::GrowthOperationLimited) => Stop::Killed,
            _ => Stop::Crashed,
        };
        self.host_mut().clock.stop_for(why);
        None
    }

    pub fn host(&self) -> &Host {
        &self.store.data().host
    }

    pub fn host_mut(&mut self) -> &mut Host {
        &mut self.store.data_mut().host
    }

    fn fuel(&self) -> u64 {
        self.store.get_fuel().expect("fuel is counted")
    }

    fn refuel(&mut self, fuel: u64) {
        self.store.set_fuel(fuel).expect("fuel is counted");
    }

    pub fn now_us(&self) -> u64 {
        self.host().clock.now_us(self.fuel())
    }

    pub fn stop(&self) -> Option<Stop> {
        self.host().clock.stop()
    }

    pub fn spend(&mut self, cost_us: u64) {
        let fuel = self.fuel();
        let left = self.host_mut().clock.spend(fuel, cost_us);
        self.refuel(left.unwrap_or_default());
    }

    pub fn wait_until(&mut self, due_us: u64) {
        let fuel = self.fuel();
        let left = self.host_mut().clock.wait_until(fuel, due_us);
        self.refuel(left);
    }

    /// Bytes the code has needed so far. The memory only grows.
    pub fn heap_used(&self) -> usize {
        self.memory.data_size(&self.store).saturating_sub(base_bytes())
    }
}
