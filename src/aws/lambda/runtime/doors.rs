//! What the JavaScript side can ask of us: the functions `assets/lambda/door.c` imports, and their prices.

use wasmi::{Caller, Error, Linker, TrapCode};

use super::{
    budget::{LINE_US, REQUEST_US, Stop, TIMER_US},
    host::{Due, Request},
    machine::Guest,
};

pub(super) fn open(linker: &mut Linker<Guest>) -> Result<(), Error> {
    const MODULE: &str = "host";
    linker
        .func_wrap(MODULE, "now", |visit: Caller<'_, Guest>| visit.data().host.date_ms(now_us(&visit)))?
        .func_wrap(MODULE, "elapsed", |visit: Caller<'_, Guest>| now_us(&visit) as f64 / 1_000.0)?
        .func_wrap(MODULE, "chance", |mut visit: Caller<'_, Guest>| visit.data_mut().host.chance())?
        .func_wrap(MODULE, "line", line)?
        .func_wrap(MODULE, "request", request)?
        .func_wrap(MODULE, "timer", timer)?
        .func_wrap(MODULE, "exit", exit)?
        .func_wrap(MODULE, "finish", finish)?;
    Ok(())
}

fn fuel(visit: &Caller<'_, Guest>) -> u64 {
    visit.get_fuel().expect("fuel is counted")
}

fn now_us(visit: &Caller<'_, Guest>) -> u64 {
    visit.data().host.clock.now_us(fuel(visit))
}

/// Takes the price of what is asked.
fn pay(visit: &mut Caller<'_, Guest>, cost_us: u64) -> Result<(), Error> {
    let fuel = fuel(visit);
    let left = visit.data_mut().host.clock.spend(fuel, cost_us);
    visit.set_fuel(left.unwrap_or_default())?;
    left.map(drop).ok_or_else(|| TrapCode::OutOfFuel.into())
}

/// A text of the interpreter's memory. What is no UTF-8, half of a surrogate pair, becomes the replacement character.
fn text(visit: &Caller<'_, Guest>, at: u32, length: u32) -> String {
    let memory = visit.get_export("memory").and_then(wasmi::Extern::into_memory);
    let bytes = memory.and_then(|memory| memory.data(visit).get(at as usize..)?.get(..length as usize));
    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
}

fn line(
    mut visit: Caller<'_, Guest>,
    level: u32,
    level_length: u32,
    said: u32,
    said_length: u32,
    id: u32,
    id_length: u32,
) -> Result<(), Error> {
    pay(&mut visit, LINE_US)?;
    let now_us = now_us(&visit);
    let (level, said, id) =
        (text(&visit, level, level_length), text(&visit, said, said_length), text(&visit, id, id_length));
    visit.data_mut().host.line(now_us, &level, said, &id);
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "a number and three texts, each by address and length")]
fn request(
    mut visit: Caller<'_, Guest>,
    id: u32,
    service: u32,
    service_length: u32,
    operation: u32,
    operation_length: u32,
    input: u32,
    input_length: u32,
) -> Result<(), Error> {
    pay(&mut visit, REQUEST_US)?;
    let request = Request {
        id,
        service: text(&visit, service, service_length),
        operation: text(&visit, operation, operation_length),
        input: text(&visit, input, input_length),
        asked_us: now_us(&visit),
    };
    if visit.data_mut().host.request(request) { Ok(()) } else { Err(TrapCode::GrowthOperationLimited.into()) }
}

fn timer(mut visit: Caller<'_, Guest>, id: u32, wait_ms: f64) -> Result<(), Error> {
    pay(&mut visit, TIMER_US)?;
    let due_us = now_us(&visit).saturating_add((wait_ms * 1_000.0) as u64);
    visit.data_mut().host.arm(due_us, Due::Timer(id));
    Ok(())
}

/// A process that leaves does not come back.
fn exit(mut visit: Caller<'_, Guest>, code: u32) -> Result<(), Error> {
    visit.data_mut().host.clock.stop_for(Stop::Exited(code as u8));
    Err(Error::new("the process left"))
}

fn finish(
    mut visit: Caller<'_, Guest>,
    kind: u32,
    kind_length: u32,
    answer: u32,
    answer_length: u32,
) -> Result<(), Error> {
    let (kind, answer) = (text(&visit, kind, kind_length), text(&visit, answer, answer_length));
    visit.data_mut().host.finish(&kind, &answer);
    Ok(())
}
