//! Everything the screens show, and nothing the engine needs.

use std::sync::Arc;

use super::{
    city::City,
    play::Play,
    theme::{Look, Theme},
    view::{pages::LimitCard, title::Card},
};
use crate::{lesson::introduction::Introduction, scenario::compose::Script, text::Lang};

/// What the person asked for on the command line, and what the terminal is.
#[derive(Clone, Debug)]
pub struct Settings {
    pub lang: Lang,
    pub look: Look,
    /// Reduced motion.
    pub calm: bool,
    /// Screen speed to open stories with.
    pub speed: f64,
}

/// A scenario about to be watched.
#[derive(Debug)]
pub struct Briefing {
    pub introduction: Introduction,
    /// None until the stage is set, behind the words that are already being read.
    pub play: Option<Box<Play>>,
    /// Asked for on the command line, which is then told why it cannot be played; else from the menu.
    pub is_named: bool,
}

/// Where the person is.
#[derive(Debug)]
pub enum Screen {
    Title { open: bool },
    Briefing(Briefing),
    Story(Box<Play>),
}

/// The whole state of the terminal program.
#[derive(Debug)]
pub struct Model {
    pub settings: Settings,
    pub size: (u16, u16),
    pub screen: Screen,
    /// Scenarios of the menu, in order, and which one is chosen.
    pub cards: Vec<Card>,
    pub selected: usize,
    pub limits: Vec<LimitCard>,
    /// The help is open, from this line on.
    pub help: Option<usize>,
    /// One sentence in place of the keys, until the next key.
    pub message: Option<String>,
    /// The still picture for the present size, view and language.
    pub city: Option<Arc<City>>,
    pub quit: bool,
}

impl Model {
    /// The program as it opens: the title, with nothing chosen.
    pub fn new(settings: Settings, cards: Vec<Card>, limits: Vec<LimitCard>, size: (u16, u16)) -> Self {
        Self {
            settings,
            size,
            screen: Screen::Title { open: false },
            cards,
            selected: 0,
            limits,
            help: None,
            message: None,
            city: None,
            quit: false,
        }
    }

    /// Shows a scenario's first page.
    pub fn brief(&mut self, script: &Arc<Script>, is_named: bool) {
        let introduction = Introduction::new(script);
        self.screen = Screen::Briefing(Briefing { introduction, play: None, is_named });
        self.city = None;
    }

    pub fn theme(&self) -> Theme {
        Theme::new(self.settings.look)
    }

    pub fn lang(&self) -> Lang {
        self.settings.lang
    }

    /// Whether the next frame may differ without a key being pressed.
    pub fn is_moving(&self) -> bool {
        match &self.screen {
            Screen::Story(play) => play.is_moving(),
            Screen::Title { .. } | Screen::Briefing(_) => false,
        }
    }
}
