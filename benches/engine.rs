//! The engine: a simulated day without a screen, and going anywhere in a long session.
//!
//! Goals: 24 hours of crs-05's account within 1 s; a seek anywhere in 10,000 hops within 50 ms.

use std::sync::Arc;

use divan::Bencher;
use vigie::{
    engine::{Engine, Timeline},
    kernel::SimDuration,
    lesson::open,
    scenario::{compose::Script, library::Library, stage},
    text::Lang,
};

fn main() {
    divan::main();
}

fn script() -> Arc<Script> {
    open::script(&Library::bundled(), "crs-05", Lang::En).expect("crs-05 is in the binary")
}

fn staged() -> Engine {
    stage::set(&script(), &stage::Options::default()).expect("crs-05 deploys").engine
}

/// A session of at least 10,000 hops.
fn long_session() -> Timeline {
    let mut timeline = Timeline::new(staged());
    while timeline.ledger().hops().len() < 10_000 {
        let next = timeline.now().after(SimDuration::HOUR);
        timeline.run_until(next);
    }
    timeline
}

#[divan::bench(sample_count = 20)]
fn read_and_stage_the_worked_case(bencher: Bencher<'_, '_>) {
    bencher.bench(staged);
}

#[divan::bench(sample_count = 10)]
fn a_day_of_the_worked_case(bencher: Bencher<'_, '_>) {
    let engine = staged();
    bencher.with_inputs(|| engine.clone()).bench_values(|mut engine| {
        let end = engine.now().after(SimDuration::HOUR.times(24));
        engine.run_until(end);
        engine
    });
}

#[divan::bench(args = [1, 25, 50, 75, 99], sample_count = 20)]
fn seek_back_in_ten_thousand_hops(bencher: Bencher<'_, '_>, percent: u64) {
    let timeline = long_session();
    let start = timeline.engine().story_start();
    let length = timeline.now().since(start).as_millis();
    let target = start.after(SimDuration::from_millis(length * percent / 100));
    bencher.with_inputs(|| timeline.clone()).bench_values(|mut timeline| {
        timeline.seek(target);
        timeline
    });
}
