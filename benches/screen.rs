//! What a whole animated frame costs, and what it writes: the story of crs-05 on a moving clock, drawn over and over,
//! diffed and encoded for the terminal as the program does.
//!
//! A story never has forty envelopes on the road, so the town is drawn a second time with them, over its first
//! picture, and what the first took, measured apart, is taken off: a frame draws its town once.
//!
//! Budgets at 200x60: half the frames within 0.5 ms, 99 of 100 within 2 ms, 8 kB written a frame at most.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

use std::{
    cell::Cell,
    io::{self, Write},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use crossterm::{
    queue,
    terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate},
};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, buffer::Buffer, layout::Rect};
use vigie::{
    lesson::session::Session,
    scenario::{library::Library, stage},
    text::Lang,
    tui::{
        app,
        city::{CityState, Envelope, EnvelopeKind, Flow, Traffic, Way},
        model::{Model, Screen, Settings},
        play::{Panel, Play, View},
        projection::FRAMES_PER_SECOND,
        run::load_city,
        theme::Look,
        view::{root, story},
    },
};

const FRAMES: usize = 4_000;
const ENVELOPES: usize = 40;

/// Where a terminal's bytes go: counted, and forgotten.
#[derive(Clone, Default)]
struct Sink {
    bytes: Rc<Cell<usize>>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.set(self.bytes.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() -> io::Result<()> {
    for (size, view, name) in
        [((80, 24), View::City, "city"), ((120, 36), View::Split, "split"), ((200, 60), View::City, "city")]
    {
        for envelopes in [0, ENVELOPES] {
            measure(size, view, name, envelopes)?;
        }
    }
    Ok(())
}

fn story(size: (u16, u16), view: View) -> Model {
    let library = Library::bundled();
    let place = library.find("crs-05").expect("the binary holds it");
    let script = Arc::new(library.script(&place).expect("it is read"));
    let session = Session::open(&script, &stage::Options::default()).expect("it opens");
    let settings = Settings { lang: Lang::Fr, look: Look::default(), calm: false, speed: 1.0 };
    let mut model = Model::new(settings, Vec::new(), app::limits(Lang::Fr), size);
    let mut play = Play::new(session, view, 1.0);
    play.playing = true;
    model.screen = Screen::Story(Box::new(play));
    load_city(&mut model);
    model
}

/// Lets a frame's time pass; a question that stops the clock is left aside, and the end begins anew.
fn advance(model: &mut Model, frame_ms: f64) {
    let Screen::Story(play) = &mut model.screen else { return };
    play.advance(frame_ms);
    play.panel = Panel::None;
    if !play.playing {
        play.playing = true;
        if play.departed() >= play.schedule.len() {
            play.screen = 0.0;
        } else {
            play.screen += frame_ms;
        }
    }
}

/// Forty envelopes of all roads, each moving a little at every frame.
fn crowd(count: usize, frame: usize) -> CityState {
    let hops = ["alarm>bus", "alarm>sns", "api>trail", "bus>lambda", "lambda>email", "bus>sns"];
    let envelope = |n: usize| Envelope {
        kind: EnvelopeKind::Alarm,
        way: Way::Hop(hops[n % hops.len()].to_owned()),
        progress: ((n as f32 / count as f32) + frame as f32 / 100.0).fract(),
        is_blocked: false,
    };
    CityState {
        traffic: Traffic { flow: Flow::Moving, odometer: frame as u64 },
        envelopes: (0..count).map(envelope).collect(),
        ..CityState::default()
    }
}

/// What drawing the story's own town takes.
fn first_town(model: &Model, (width, height): (u16, u16)) -> Duration {
    let (Some(city), Screen::Story(play)) = (model.city.as_deref(), &model.screen) else {
        return Duration::ZERO;
    };
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let begun = Instant::now();
    story::picture(model, play, city, city.areas().picture, &mut buffer);
    begun.elapsed()
}

fn measure(size: (u16, u16), view: View, name: &str, envelopes: usize) -> io::Result<()> {
    let mut model = story(size, view);
    let viewport = Viewport::Fixed(Rect::new(0, 0, size.0, size.1));
    let sink = Sink::default();
    let mut terminal =
        Terminal::with_options(CrosstermBackend::new(sink.clone()), TerminalOptions { viewport })?;
    let frame_ms = 1_000.0 / FRAMES_PER_SECOND;
    let (mut times, mut written): (Vec<Duration>, Vec<usize>) = Default::default();
    for frame in 0..FRAMES {
        let crowd = crowd(envelopes, frame);
        let before = sink.bytes.get();
        let begun = Instant::now();
        queue!(terminal.backend_mut(), BeginSynchronizedUpdate)?;
        terminal.draw(|frame| {
            root::draw(&model, frame.buffer_mut());
            if let Some(city) = model.city.as_deref().filter(|_| envelopes > 0) {
                city.draw(&crowd, 7, frame.buffer_mut(), city.areas().picture);
            }
        })?;
        queue!(terminal.backend_mut(), EndSynchronizedUpdate)?;
        let took = begun.elapsed();
        times.push(took.saturating_sub(if envelopes > 0 {
            first_town(&model, size)
        } else {
            Duration::ZERO
        }));
        written.push(sink.bytes.get() - before);
        advance(&mut model, frame_ms);
    }
    // The first frame paints the whole screen; it is start-up, not animation.
    let (times, written) = (sorted(&times[1..]), sorted(&written[1..]));
    println!(
        "{}x{} {name}, {envelopes} envelopes added: p50 {:?}, p99 {:?}; bytes p50 {}, p99 {}, most {}",
        size.0,
        size.1,
        percentile(&times, 50),
        percentile(&times, 99),
        percentile(&written, 50),
        percentile(&written, 99),
        written[written.len() - 1],
    );
    Ok(())
}

fn sorted<T: Ord + Clone>(values: &[T]) -> Vec<T> {
    let mut values = values.to_vec();
    values.sort();
    values
}

fn percentile<T: Copy>(sorted: &[T], percent: usize) -> T {
    sorted[(sorted.len() - 1) * percent / 100]
}
