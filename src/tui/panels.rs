//! What each action does in a panel that lies over the picture: a question, a task, the inspector, the mailboxes.

use super::{
    action::Action,
    play::{Panel, Play},
};
use crate::{
    kernel::{Cause, HopId},
    scenario::model::AskKind,
    text::Key,
};

pub(super) fn open_limits(play: &mut Play) {
    let card = play.session.first_limit();
    play.limit_opened = true;
    play.session.opened("limits", &format!("L{}", card + 1));
    play.panel = Panel::Limits(card);
}

/// Opens the inspector on a hop; a task may ask the learner to walk a chain.
pub(super) fn inspect(play: &mut Play, hop: HopId) {
    play.panel = Panel::Inspector { hop, json: false, scroll: 0 };
    let path = play.session.ledger().hop(hop).path;
    play.session.opened("why", path.as_str());
}

/// Leaves a panel for what lies beneath: the question or task that waits keeps waiting, and one just done says so.
pub(super) fn close(play: &mut Play) {
    let done =
        play.beat_in_force().filter(|beat| play.session.task_done(*beat) && !play.passed.contains(beat));
    play.panel = done.map_or(Panel::None, Panel::Task);
}

pub(super) fn question(play: &mut Play, beat: usize, action: Action) -> Option<Key> {
    if play.is_answered(beat) {
        if action == Action::Why {
            if let Some(hop) = play.focus() {
                inspect(play, hop);
            }
        } else {
            play.panel = Panel::None;
            play.playing = true;
        }
        return None;
    }
    if play.draft.act(action) {
        return None;
    }
    match action {
        Action::Hint => {
            let hints = play.session.hint_count(beat);
            if hints == 0 {
                return Some(Key::NoHint);
            }
            play.draft.hints = (play.draft.hints + 1).min(hints);
        }
        Action::Skip => play.commit(beat, None),
        Action::Confirm => match play.draft.response() {
            Some(response) => play.commit(beat, Some(response)),
            None => {
                return Some(if play.draft.kind == AskKind::Choice {
                    Key::ChooseFirst
                } else {
                    Key::AnswerFirst
                });
            }
        },
        Action::Limits => open_limits(play),
        Action::Close => close(play),
        _ => {}
    }
    None
}

pub(super) fn task(play: &mut Play, beat: usize, action: Action) -> Option<Key> {
    if play.session.task_done(beat) {
        go_on(play, beat);
        return None;
    }
    match action {
        Action::Console => play.panel = Panel::Console,
        Action::Mail => play.panel = Panel::Mail(usize::MAX),
        Action::Hint => {
            let hints = play.session.hint_count(beat);
            play.task_hints = (play.task_hints + 1).min(hints);
        }
        Action::Solution => {
            if play.task_hints < play.session.hint_count(beat) {
                return Some(Key::SolutionAfterHints);
            }
            play.show_solution = true;
        }
        Action::Skip => go_on(play, beat),
        Action::Close => close(play),
        _ => {}
    }
    None
}

/// The story goes on after a task, done or passed.
fn go_on(play: &mut Play, beat: usize) {
    play.passed.push(beat);
    play.task_hints = 0;
    play.show_solution = false;
    play.panel = Panel::None;
    play.session.go_on_after(beat);
    play.lay_out();
    play.playing = true;
}

pub(super) fn inspector(play: &mut Play, action: Action) -> Option<Key> {
    let Panel::Inspector { hop, json, scroll } = &mut play.panel else { return None };
    let shown = *hop;
    let ledger = play.session.ledger();
    match action {
        Action::Why => match ledger.hop(shown).cause {
            Cause::Hop(cause) => inspect(play, cause),
            Cause::Input(_) => return Some(Key::NoCauseAbove),
        },
        Action::Effects => {
            let effect = ledger.effects(Cause::Hop(shown)).next().map(|effect| effect.id);
            match effect {
                Some(effect) => inspect(play, effect),
                None => return Some(Key::NoEffectBelow),
            }
        }
        Action::Json => (*json, *scroll) = (!*json, 0),
        Action::PageDown => *scroll += 10,
        Action::PageUp => *scroll = scroll.saturating_sub(10),
        Action::NextHop | Action::PreviousHop => {
            let hops = play.departed_hops();
            let at = hops.iter().position(|id| *id == shown);
            let next = match (at, action) {
                (Some(at), Action::NextHop) => hops.get(at + 1),
                (Some(at), _) => at.checked_sub(1).and_then(|at| hops.get(at)),
                (None, _) => hops.last(),
            };
            if let Some(next) = next.copied() {
                inspect(play, next);
            }
        }
        Action::ShowOnMap => {
            play.selected = Some(shown);
            play.spotlight = true;
            close(play);
        }
        Action::Close => {
            play.selected = Some(shown);
            close(play);
        }
        _ => {}
    }
    None
}

pub(super) fn mail(play: &mut Play, selected: usize, action: Action) {
    let letters = play.session.letters(play.departed_hops());
    let selected = selected.min(letters.len().saturating_sub(1));
    match action {
        Action::Up => play.panel = Panel::Mail(selected.saturating_sub(1)),
        Action::Down => play.panel = Panel::Mail((selected + 1).min(letters.len().saturating_sub(1))),
        Action::Why => {
            if let Some(letter) = letters.get(selected) {
                inspect(play, letter.hop);
            }
        }
        Action::ConfirmSubscription => {
            if let Some((topic, token)) = letters.get(selected).and_then(|letter| letter.confirms.clone()) {
                let screen = play.screen;
                play.session.confirm_subscription(play.clock(), &topic, &token);
                play.lay_out();
                play.screen = screen;
            }
        }
        Action::Close => close(play),
        _ => {}
    }
}
