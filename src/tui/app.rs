//! Opens the terminal program: the menu, or one scenario at once.

use std::sync::Arc;

use anyhow::Context;

use super::{
    model::{Model, Settings},
    play::{Play, View},
    run::{self, Opener, Refused},
    theme::{self, Glyphs, ThemeName},
    view::{pages::LimitCard, title::Card},
};
use crate::{
    cli::Options,
    lesson::{cards, introduction, open, session::Session},
    scenario::{
        compose::Script,
        diagnostic::{Diagnostic, harmless},
        library::{Header, Library},
        model, stage,
    },
    text::{Key, Lang},
};

/// Opens scenarios for the loop.
struct Shelf<'a> {
    library: &'a Library,
    headers: Vec<Header>,
    options: stage::Options,
    lang: Lang,
}

impl Opener for Shelf<'_> {
    fn read(&mut self, index: usize) -> Result<Arc<Script>, String> {
        let header = self.headers.get(index).ok_or_else(|| self.lang.get(Key::MenuEmpty).to_owned())?;
        let script = self.library.script(&header.place);
        script.map(Arc::new).map_err(|refused| first_line(&refused.diagnostics, self.lang))
    }

    fn open(&mut self, script: &Arc<Script>) -> Result<Play, Refused> {
        let session = Session::open(script, &self.options).map_err(|found| Refused {
            sentence: first_line(&found, self.lang),
            drawn: open::drawn(&found, script.source(), self.lang),
        })?;
        let view = match session.introduction().view() {
            model::View::City => View::City,
            model::View::Cloud => View::Cloud,
            model::View::Split => View::Split,
        };
        Ok(Play::new(session, view, 1.0))
    }

    fn words(&mut self, lang: Lang) -> (Vec<Card>, Vec<LimitCard>) {
        self.lang = lang;
        (self.headers.iter().map(|header| card(header, lang)).collect(), limits(lang))
    }
}

fn first_line(diagnostics: &[Diagnostic], lang: Lang) -> String {
    diagnostics.first().map_or_else(String::new, |diagnostic| match lang {
        Lang::Fr => diagnostic.message.fr.clone(),
        Lang::En => diagnostic.message.en.clone(),
    })
}

/// Opens the menu.
///
/// # Errors
/// When the terminal cannot be used.
pub fn menu(library: &Library, options: &Options) -> anyhow::Result<()> {
    start(library, options, None)
}

/// Opens one scenario.
///
/// # Errors
/// What is wrong with the scenario, or with the terminal.
pub fn play(library: &Library, options: &Options, name: &str) -> anyhow::Result<()> {
    let script = open::script(library, name, options.lang).map_err(anyhow::Error::msg)?;
    start(library, options, Some(script))
}

fn start(library: &Library, options: &Options, named: Option<Arc<Script>>) -> anyhow::Result<()> {
    let headers = library.list();
    let selected = named
        .as_ref()
        .and_then(|script| headers.iter().position(|header| header.id == script.scenario().id.value));
    let mut shelf = Shelf {
        library,
        headers,
        options: stage::Options { seed: options.seed, delays: options.delays, ..Default::default() },
        lang: options.lang,
    };
    let settings = settings(options);
    let (cards, limits) = shelf.words(options.lang);
    let size = crossterm::terminal::size().context("terminal")?;
    let mut model = Model::new(settings, cards, limits, size);
    model.selected = selected.unwrap_or(0);
    match &named {
        Some(script) => model.brief(script, true),
        // A file of one's own that is missing from the menu, and nobody says why, is looked for in vain.
        None => {
            model.message = library.unreadable().first().map(|path| {
                let path = path.display().to_string();
                harmless(&options.lang.fill(Key::NotListed, &[("path", &path)]))
            });
        }
    }
    run::run(model, &mut shelf).context("terminal")?.map_err(anyhow::Error::msg)
}

fn settings(options: &Options) -> Settings {
    let mut look = theme::detect(&|name| std::env::var(name).ok());
    if options.ascii {
        look.glyphs = Glyphs::Ascii;
    }
    match options.theme.as_deref() {
        Some("light") => look.theme = ThemeName::Light,
        Some("contrast") => look.theme = ThemeName::Contrast,
        _ => {}
    }
    Settings { lang: options.lang, look, calm: options.calm, speed: options.speed.unwrap_or(1.0) }
}

/// What the menu shows of a scenario.
pub fn card(header: &Header, lang: Lang) -> Card {
    let text = |text: &Option<crate::scenario::words::Text>| {
        text.as_ref().map_or("", |text| text.get(lang)).to_owned()
    };
    Card {
        id: header.id.clone(),
        track: lang.track(&header.track).to_owned(),
        title: header.title.get(lang).to_owned(),
        hook: text(&header.hook),
        objective: text(&header.objective),
        minutes: u64::from(header.minutes.unwrap_or_default()),
        view: lang
            .get(match header.view {
                model::View::City => Key::ViewCity,
                model::View::Cloud => Key::ViewCloud,
                model::View::Split => Key::ViewSplit,
            })
            .to_owned(),
        teaches: introduction::teaches(header.teaches.iter().map(String::as_str)),
    }
}

/// The limits cards in one language.
pub fn limits(lang: Lang) -> Vec<LimitCard> {
    cards::cards()
        .into_iter()
        .map(|(id, card)| LimitCard {
            id,
            title: card.title.get(lang).to_owned(),
            city: card.city.get(lang).to_owned(),
            aws: card.aws.get(lang).to_owned(),
            breaks_here: false,
        })
        .collect()
}
