//! What a frame of the town costs. Budgets: loading a scene 2 ms, drawing 200 x 60 with forty envelopes 0.3 ms.

use divan::{Bencher, black_box};
use ratatui::buffer::Buffer;
use vigie::tui::city::{
    AlarmState, City, CityState, Depot, District, Door, Envelope, EnvelopeKind, Flow, Lamp, Note, Options,
    Radar, RuleLine, Traffic, Vault, Verdict, View, Way,
};
use vigie::tui::theme::{Hour, Palette};

fn main() {
    divan::main();
}

/// Terminal size and regions.
const SIZES: [((u16, u16), u8); 4] = [((80, 24), 1), ((120, 36), 1), ((200, 60), 1), ((200, 60), 2)];

fn options(index: usize) -> Options {
    let (size, districts) = SIZES[index];
    Options { size, districts, hour: Hour::Night, view: View::City, ..Options::default() }
}

fn district() -> District {
    let note = Note { time: "05:20".into(), text: "AuthorizeSecurityGroupIngress".into() };
    let rule = RuleLine { name: "r-alarme".into(), lamp: Lamp::On, verdict: Some(Verdict::Ok) };
    District {
        radar: Some(Radar {
            speed_kmh: Some(121),
            cpu_pct: Some(88),
            lamps_lit: 5,
            lamps: 5,
            count: "5/5".into(),
            alarm: Some(AlarmState::Alarm),
            alarm_name: "radar-110".into(),
        }),
        rules: vec![rule; 5],
        waves: 3,
        notebook: vec![note; 9],
        depot: Depot { doors: [Door::Crew, Door::Open, Door::Half], beacon: true, dropped: 1 },
        vault: Some(Vault { is_public: true }),
        ..District::default()
    }
}

fn state(envelopes: usize, focus: bool) -> CityState {
    let hops = ["alarm>bus", "alarm>sns", "api>trail", "bus>lambda", "lambda>email", "bus>sns"];
    let pairs = [("lambda", "sns"), ("s3", "eventbridge")];
    let way = |n: usize| match n % 4 {
        3 => Way::Between(pairs[n % 2].0.into(), pairs[n % 2].1.into()),
        _ => Way::Hop(hops[n % hops.len()].into()),
    };
    let envelope = |n: usize| Envelope {
        kind: EnvelopeKind::Alarm,
        way: way(n),
        progress: n as f32 / envelopes as f32,
        is_blocked: false,
    };
    CityState {
        districts: vec![district(), district()],
        traffic: Traffic { flow: Flow::Moving, odometer: 12_000 },
        envelopes: (0..envelopes).map(envelope).collect(),
        focus: focus.then(|| "eventbridge".to_owned()),
        ..CityState::default()
    }
}

/// Reading the palette, a scene and its sprites, and drawing the still picture.
#[divan::bench(args = 0..SIZES.len())]
fn load(bencher: Bencher<'_, '_>, size: usize) {
    bencher.bench(|| City::load(black_box(&options(size))));
}

/// Reading the palette: once per process.
#[divan::bench]
fn palette() -> Palette {
    Palette::parse(black_box(include_str!("../assets/city/palette.yaml"))).expect("a test reads it")
}

/// One frame with three envelopes.
#[divan::bench(args = 0..SIZES.len())]
fn draw(bencher: Bencher<'_, '_>, size: usize) {
    draw_with(bencher, size, &state(3, false));
}

/// The stress test: forty envelopes.
#[divan::bench(args = 0..SIZES.len())]
fn draw_forty(bencher: Bencher<'_, '_>, size: usize) {
    draw_with(bencher, size, &state(40, false));
}

/// The spotlight touches every cell.
#[divan::bench(args = 0..SIZES.len())]
fn draw_focus(bencher: Bencher<'_, '_>, size: usize) {
    draw_with(bencher, size, &state(3, true));
}

fn draw_with(bencher: Bencher<'_, '_>, size: usize, state: &CityState) {
    let city = City::load(&options(size)).expect("a picture fits");
    let picture = city.areas().picture;
    let mut buf = Buffer::empty(picture);
    bencher.bench_local(|| city.draw(black_box(state), 7, &mut buf, picture));
}
