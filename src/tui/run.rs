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
use crate::{lesson::introduction::Introduction, scenario::compose::Script, text::Lang};

/// Why a scenario cannot be played.
#[derive(Clone, Debug)]
pub struct Refused {
    /// In one sentence, for the screen.
    pub sentence: String,
    /// Drawn over its file, for the shell.
    pub drawn: String,
}

/// What the loop needs from outside: a way to open scenarios.
pub trait Opener {
    /// Reads the scenario at this place of the menu, or says in one sentence why not.
    ///
    /// # Errors
    /// The sentence.
    fn read(&mut self, index: usize) -> Result<Arc<Script>, String>;

    /// Sets its stage, or says why not.
    ///
    /// # Errors
    /// What keeps the scenario from being played.
    fn open(&mut self, script: &Arc<Script>) -> Result<Play, Refused>;

    /// The menu and the limits cards in a language.
    fn words(&mut self, lang: Lang) -> (Vec<Card>, Vec<LimitCard>);
}

/// Runs the program until the person leaves, or says why the scenario named on the command line cannot be played.
///
/// # Errors
/// When the terminal cannot be used.
pub fn run(mut model: Model, opener: &mut dyn Opener) -> io::Result<Result<(), String>> {
    let mut terminal = Terminal::enter()?;
    let frame = Duration::from_secs_f64(1.0 / FRAMES_PER_SECOND);
    let mut last = Instant::now();
    while !model.quit {
        load_city(&mut model);
        terminal.draw(|frame| root::draw(&model, frame.buffer_mut()))?;
        let drawn = Instant::now();
        match set_stage(&mut model, opener) {
            Ok(false) => {}
            Ok(true) => continue,
            Err(why) => return Ok(Err(why)),
        }
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
    Ok(Ok(()))
}

/// Sets the stage of a briefing that is already on screen, if it is not set: most of a first screen's time would go
/// into it otherwise. Answers whether there is something new to draw.
fn set_stage(model: &mut Model, opener: &mut dyn Opener) -> Result<bool, String> {
    let Screen::Briefing(briefing) = &mut model.screen else { return Ok(false) };
    if briefing.play.is_some() {
        return Ok(false);
    }
    match opener.open(briefing.introduction.script()) {
        Ok(mut play) => {
            play.speed = model.settings.speed;
            briefing.introduction = play.session.introduction().clone();
            briefing.play = Some(Box::new(play));
        }
        Err(refused) if briefing.is_named => return Err(refused.drawn),
        Err(refused) => {
            model.screen = Screen::Title { open: true };
            model.city = None;
            model.message = Some(refused.sentence);
        }
    }
    Ok(true)
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
        Command::Open(index) => match opener.read(*index) {
            Ok(script) => model.brief(&script, false),
            Err(why) => model.message = Some(why),
        },
        Command::Again => {
            let Screen::Story(play) = &mut model.screen else { return Ok(()) };
            match opener.open(play.session.introduction().script()) {
                Ok(again) => {
                    **play = again;
                    play.speed = model.settings.speed;
                    play.playing = true;
                    model.city = None;
                }
                Err(refused) => model.message = Some(refused.sentence),
            }
        }
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
        Screen::Briefing(briefing) => (city::View::City, hour_of(&briefing.introduction)),
        Screen::Story(play) => {
            let view = match play.view {
                View::Split => city::View::Split,
                View::City | View::Cloud => city::View::City,
            };
            (view, hour_of(play.session.introduction()))
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
fn hour_of(introduction: &Introduction) -> Hour {
    match introduction.start_hour() {
        5..8 => Hour::Dawn,
        8..17 => Hour::Day,
        17..21 => Hour::Dusk,
        _ => Hour::Night,
    }
}
