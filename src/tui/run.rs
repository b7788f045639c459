//! The loop: draw, then wait for a key or the next frame, whichever is first. When nothing moves, wait for a key
//! only, so that an idle screen costs nothing.
#![allow(clippy::disallowed_methods, reason = "the screen is the one place that knows the real clock")]

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use crossterm::event;

use super::{
    city::{self, City},
    model::{Model, Screen},
    play::{Play, View},
    projection::FRAMES_PER_SECOND,
    terminal::Screen as Terminal,
    theme::Hour,
    update::{self, Command},
    view::{pages::LimitCard, root, title::Card},
};
use crate::text::Lang;

/// What the loop needs from outside: a way to open scenarios.
pub trait Opener {
    /// Opens the scenario at this place of the menu, or says in one sentence why not.
    ///
    /// # Errors
    /// The sentence.
    fn open(&mut self, index: usize) -> Result<Play, String>;

    /// The menu and the limits cards in a language.
    fn words(&mut self, lang: Lang) -> (Vec<Card>, Vec<LimitCard>);
}

/// Runs the program until the person leaves.
///
/// # Errors
/// When the terminal cannot be used.
pub fn run(mut model: Model, opener: &mut dyn Opener) -> io::Result<()> {
    let mut terminal = Terminal::enter()?;
    let frame = Duration::from_secs_f64(1.0 / FRAMES_PER_SECOND);
    let mut last = Instant::now();
    while !model.quit {
        load_city(&mut model);
        terminal.draw(|frame| root::draw(&model, frame.buffer_mut()))?;
        let drawn = Instant::now();
        if model.is_moving() {
            let left = (last + frame).saturating_duration_since(drawn);
            if event::poll(left)? {
                take(&mut model, opener, &mut terminal)?;
            }
            let now = Instant::now();
            let passed = now.duration_since(last);
            if passed >= frame {
                // A frame that came late (a slow terminal) shows what it missed, up to a quarter of a second.
                let millis = passed.as_secs_f64().min(0.25) * 1_000.0;
                if let Screen::Story(play) = &mut model.screen {
                    play.advance(millis);
                }
                last = now;
            }
        } else {
            take(&mut model, opener, &mut terminal)?;
            last = Instant::now();
        }
    }
    Ok(())
}

/// Takes one event, and whatever else is already waiting.
fn take(model: &mut Model, opener: &mut dyn Opener, terminal: &mut Terminal) -> io::Result<()> {
    loop {
        let event = event::read()?;
        if let Some(command) = update::event(model, &event) {
            obey(model, opener, terminal, &command)?;
        }
        if model.quit || !event::poll(Duration::ZERO)? {
            return Ok(());
        }
    }
}

fn obey(
    model: &mut Model,
    opener: &mut dyn Opener,
    terminal: &mut Terminal,
    command: &Command,
) -> io::Result<()> {
    match command {
        Command::Redraw => terminal.clear()?,
        Command::Reword => (model.cards, model.limits) = opener.words(model.settings.lang),
        Command::Open(index) | Command::Again(index) => match opener.open(*index) {
            Ok(play) => {
                let mut play = Box::new(play);
                play.speed = model.settings.speed;
                model.screen = if matches!(command, Command::Open(_)) {
                    Screen::Briefing(play)
                } else {
                    play.playing = true;
                    Screen::Story(play)
                };
                model.city = None;
            }
            Err(why) => model.message = Some(why),
        },
    }
    Ok(())
}

/// Draws the still picture anew when size, view or language changed.
pub fn load_city(model: &mut Model) {
    if model.city.is_some() {
        return;
    }
    let (view, hour) = match &model.screen {
        Screen::Title { .. } => (city::View::Title, Hour::Dusk),
        Screen::Briefing(play) => (city::View::City, hour_of(play)),
        Screen::Story(play) => {
            let view = match play.view {
                View::Split => city::View::Split,
                View::City | View::Cloud => city::View::City,
            };
            (view, hour_of(play))
        }
    };
    let options = city::Options {
        size: model.size,
        view,
        districts: 1,
        hour,
        look: model.settings.look,
        language: model.settings.lang,
        labels: city::Labels::Both,
    };
    model.city = City::load(&options).map(Arc::new);
}

/// The light of a story is that of its simulated clock, and stays: a changing sky is noise.
fn hour_of(play: &Play) -> Hour {
    match play.session.start_hour() {
        5..8 => Hour::Dawn,
        8..17 => Hour::Day,
        17..21 => Hour::Dusk,
        _ => Hour::Night,
    }
}
