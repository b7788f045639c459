//! What each action does to the model. A table gave the action; here is one match.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, MouseEventKind};

use super::{
    action::Action,
    console::{Asked, LineKind},
    keymap::{self, Place},
    model::{Model, Screen},
    panels,
    play::{Panel, Play, View},
};
use crate::{
    lesson::session::BeatKind,
    text::{Key, Lang, format},
};

/// What the program must do that a model cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Open the chosen scenario's briefing.
    Open(usize),
    /// Play the scenario on screen again from its start.
    Again,
    /// Draw everything anew.
    Redraw,
    /// Say the menu and the cards in the language just chosen.
    Reword,
}

/// Takes one event of the terminal.
pub fn event(model: &mut Model, event: &Event) -> Option<Command> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => self::key(model, *key),
        Event::Resize(width, height) => {
            model.size = (*width, *height);
            model.city = None;
            Some(Command::Redraw)
        }
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollDown => act(model, Action::Down),
            MouseEventKind::ScrollUp => act(model, Action::Up),
            _ => None,
        },
        _ => None,
    }
}

fn key(model: &mut Model, key: KeyEvent) -> Option<Command> {
    model.message = None;
    if model.help.is_none()
        && let Screen::Story(play) = &mut model.screen
        && play.panel == Panel::Console
    {
        let is_control_c = keymap::action(Place::Story, key) == Some(Action::QuitAtOnce);
        if !is_control_c {
            console_key(model, key);
            return None;
        }
    }
    if model.help.is_none()
        && let Screen::Story(play) = &mut model.screen
        && let Panel::Question(beat) = play.panel
        && !play.is_answered(beat)
        && play.draft.take(key)
    {
        return None;
    }
    let place = place(model);
    if let Some(action) = keymap::action(place, key) {
        return act(model, action);
    }
    let lang = model.lang();
    model.message = Some(lang.fill(Key::NoSuchKey, &[("key", &key_name(lang, key.code))]));
    None
}

/// What a person calls a key.
fn key_name(lang: Lang, code: KeyCode) -> String {
    match code {
        KeyCode::Char(' ') => lang.get(Key::SpaceKey).to_owned(),
        KeyCode::Char(c) => c.to_string(),
        other => other.to_string(),
    }
}

/// Where the keyboard is.
pub fn place(model: &Model) -> Place {
    if model.help.is_some() {
        return Place::Help;
    }
    match &model.screen {
        Screen::Title { .. } => Place::Title,
        Screen::Briefing(_) => Place::Briefing,
        Screen::Story(play) => play.place(),
    }
}

/// Does what an action says, where the keyboard is.
pub fn act(model: &mut Model, action: Action) -> Option<Command> {
    match action {
        Action::QuitAtOnce => {
            model.quit = true;
            return None;
        }
        Action::Language => {
            model.settings.lang = model.settings.lang.other();
            model.city = None;
            return Some(Command::Reword);
        }
        Action::Help => {
            model.help = Some(0);
            return None;
        }
        _ => {}
    }
    if let Some(scroll) = &mut model.help {
        match action {
            Action::Up => *scroll = scroll.saturating_sub(1),
            Action::Down => *scroll += 1,
            Action::Close => model.help = None,
            _ => {}
        }
        return None;
    }
    match &mut model.screen {
        Screen::Title { .. } => title(model, action),
        Screen::Briefing(_) => {
            briefing(model, action);
            None
        }
        Screen::Story(_) => story(model, action),
    }
}

fn title(model: &mut Model, action: Action) -> Option<Command> {
    let Screen::Title { open } = &mut model.screen else { return None };
    let last = model.cards.len().saturating_sub(1);
    match action {
        Action::Quit => model.quit = true,
        Action::Close | Action::PreviousHop => *open = false,
        Action::Confirm if !*open => *open = true,
        Action::Confirm if !model.cards.is_empty() => return Some(Command::Open(model.selected)),
        Action::Up if *open => model.selected = model.selected.saturating_sub(1),
        Action::Down if *open => model.selected = (model.selected + 1).min(last),
        Action::Up | Action::Down => *open = true,
        _ => {}
    }
    None
}

fn briefing(model: &mut Model, action: Action) {
    match action {
        Action::Confirm => {
            let Screen::Briefing(briefing) = &mut model.screen else { return };
            if let Some(mut play) = briefing.play.take() {
                play.playing = true;
                model.screen = Screen::Story(play);
                model.city = None;
            }
        }
        Action::Close => {
            model.screen = Screen::Title { open: true };
            model.city = None;
        }
        _ => {}
    }
}

fn story(model: &mut Model, action: Action) -> Option<Command> {
    let lang = model.lang();
    let wide = model.size.0 >= 120;
    let cards = model.limits.len();
    let Screen::Story(play) = &mut model.screen else { return None };
    let asked_to_leave = std::mem::take(&mut play.asked_to_leave);
    let asked_to_restart = std::mem::take(&mut play.asked_to_restart);
    if !matches!(action, Action::Digit(_) | Action::Start) {
        play.count = 0;
    }
    let mut say = None;
    match (&mut play.panel, action) {
        (Panel::Question(beat), action) => {
            let beat = *beat;
            say = panels::question(play, beat, action);
        }
        (Panel::Task(beat), action) => {
            let beat = *beat;
            say = panels::task(play, beat, action);
        }
        (Panel::Inspector { .. }, action) => say = panels::inspector(play, action),
        (Panel::Mail(selected), action) => {
            let selected = *selected;
            panels::mail(play, selected, action);
        }
        (Panel::Limits(selected), Action::Up) => *selected = selected.saturating_sub(1),
        (Panel::Limits(selected), Action::Down) => *selected = (*selected + 1).min(cards.saturating_sub(1)),
        (Panel::Report, Action::PreviousHop) => {
            play.panel = Panel::None;
            play.step_back();
        }
        (_, Action::Quit) => {
            let open_task = play
                .waiting_beat()
                .is_some_and(|beat| matches!(play.session.beats()[beat].kind, BeatKind::Task));
            if open_task && !asked_to_leave && play.panel != Panel::Report {
                play.asked_to_leave = true;
                say = Some(Key::QuitTask);
            } else {
                model.screen = Screen::Title { open: true };
                model.city = None;
                return None;
            }
        }
        (_, Action::Restart) => {
            if asked_to_restart || play.panel == Panel::Report {
                return Some(Command::Again);
            }
            play.asked_to_restart = true;
            say = Some(Key::RestartAsk);
        }
        (_, Action::TogglePlay) => play.toggle(),
        (_, Action::NextHop) => {
            let moved = if model.settings.calm { play.jump_forward() } else { play.step_forward() };
            if !moved {
                say = Some(Key::AtEnd);
                if play.session.is_over() {
                    play.panel = Panel::Report;
                }
            }
        }
        (_, Action::PreviousHop) => say = (!play.step_back()).then_some(Key::AtStart),
        (_, Action::NextBeat) => say = (!play.to_beat(true)).then_some(Key::AtEnd),
        (_, Action::PreviousBeat) => say = (!play.to_beat(false)).then_some(Key::AtStart),
        (_, Action::Start) => {
            let count = std::mem::take(&mut play.count);
            go_to(play, count);
        }
        (_, Action::Latest) => play.to_latest(),
        (_, Action::Digit(digit)) => {
            play.count = (play.count * 10 + usize::from(digit)).min(1_000_000);
            model.message = Some(format!("{} g", play.count));
        }
        (_, Action::Slower | Action::Faster) => {
            play.speed = if action == Action::Faster { play.speed * 2.0 } else { play.speed / 2.0 };
            play.speed = play.speed.clamp(0.25, 16.0);
            model.message = Some(lang.fill(Key::SpeedIs, &[("speed", &format::factor(lang, play.speed))]));
        }
        (_, Action::CycleView) => {
            play.view = match play.view {
                View::City => View::Cloud,
                View::Cloud if wide => View::Split,
                View::Cloud | View::Split => View::City,
            };
            model.city = None;
        }
        (_, Action::CityView | Action::CloudView | Action::SplitView) => {
            play.view = match action {
                Action::CityView => View::City,
                Action::CloudView => View::Cloud,
                _ => View::Split,
            };
            model.city = None;
        }
        (_, Action::Why | Action::Effects | Action::Inspect) => match play.focus() {
            Some(hop) => {
                play.playing = false;
                play.until = None;
                panels::inspect(play, hop);
            }
            None => say = Some(Key::NothingSelected),
        },
        (_, Action::ShowOnMap) => play.spotlight = !play.spotlight,
        (_, Action::FilterFailures) => play.only_failures = !play.only_failures,
        (_, Action::Up | Action::Down | Action::PageUp | Action::PageDown) => select(play, action),
        (_, Action::Predict | Action::Hint) => say = (!play.open_waiting()).then_some(Key::PredictNone),
        (_, Action::Mail) => {
            play.playing = false;
            play.panel = Panel::Mail(usize::MAX);
        }
        (_, Action::Limits) => {
            play.playing = false;
            panels::open_limits(play);
        }
        (_, Action::Console) => {
            play.playing = false;
            play.panel = Panel::Console;
        }
        (_, Action::Close | Action::Confirm) => panels::close(play),
        _ => {}
    }
    if let Some(key) = say {
        model.message = Some(lang.get(key).to_owned());
    }
    None
}

fn select(play: &mut Play, action: Action) {
    let hops = play.departed_hops();
    let at = play.focus().and_then(|focus| hops.iter().position(|id| *id == focus)).unwrap_or(hops.len());
    let step = if matches!(action, Action::PageUp | Action::PageDown) { 10 } else { 1 };
    let to = match action {
        Action::Up | Action::PageUp => at.saturating_sub(step),
        _ => (at + step).min(hops.len().saturating_sub(1)),
    };
    play.playing = false;
    play.selected = hops.get(to).copied();
}

/// `12g` goes to the twelfth stop, `g` alone to the start; a question that waits is never jumped over.
fn go_to(play: &mut Play, count: usize) {
    play.selected = None;
    play.rest_at(0);
    for _ in 0..count.min(play.schedule.len()) {
        if play.waiting_beat().is_some() || !play.jump_forward() {
            break;
        }
    }
}

fn console_key(model: &mut Model, key: KeyEvent) {
    let lang = model.lang();
    let Screen::Story(play) = &mut model.screen else { return };
    match play.console.key(key) {
        Asked::Nothing => {}
        Asked::Leave => {
            play.panel = Panel::None;
            play.open_waiting();
        }
        Asked::Complete(text) => {
            let (completed, candidates) = play.session.complete(&text);
            play.console.set(completed);
            play.console.candidates = candidates;
        }
        Asked::Run(line) => {
            let waiting = play.waiting_beat();
            let screen = play.screen;
            let is_past = screen < play.furthest;
            let said = play.session.act(play.clock(), &line, lang);
            play.console.say(if said.is_error { LineKind::Error } else { LineKind::Answer }, &said.text);
            if said.forgotten > 0 && is_past {
                play.furthest = screen;
                play.console.say(LineKind::Remark, lang.get(Key::ConsoleForked));
            }
            play.lay_out();
            play.screen = screen;
            if let Some(beat) = waiting
                && play.session.task_done(beat)
            {
                play.panel = Panel::Task(beat);
            }
        }
    }
}
