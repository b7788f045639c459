//! The cloud view where the terminal is wide: the table of hops, and beside it the hop in focus, opened.

use ratatui::layout::Rect;

use super::{cloud, inspector, json, pen::Pen};
use crate::{
    text::{Key, Lang},
    tui::{play::Play, sheet, theme::Role},
};

/// Columns from which both find room (ux.md §6: an inspector docked from 160 columns on).
const WIDE: u16 = 150;
/// Rows from which a console of its own does not crowd the table.
const TALL: u16 = 40;
/// Rows of that console.
const CONSOLE: u16 = 13;
/// The most rows of the chain and of the envelope's facts, above the JSON.
const CHAIN: u16 = 14;
const ENVELOPE: u16 = 15;
/// The fewest rows that make the JSON a panel of its own.
const JSON: u16 = 8;

/// How many rows below the table a console gets for itself, of a terminal so many rows tall.
pub(super) fn console_rows(height: u16) -> u16 {
    if height >= TALL { CONSOLE } else { 0 }
}

/// The table of hops.
pub(super) fn table(pen: &mut Pen<'_>, area: Rect, lang: Lang, play: &Play) {
    let outlook = sheet::Outlook {
        lang,
        ledger: play.session.ledger(),
        story_start: play.session.story_start(),
        home: play.session.introduction().region(),
        now: play.clock(),
    };
    let rows = sheet::rows(outlook, &play.departed_hops(), play.selected, play.only_failures);
    cloud::table(pen, area, lang, &rows);
}

/// The table; beside it, from a certain width on, the causes, the envelope and the JSON of the hop in focus.
pub(super) fn desk(pen: &mut Pen<'_>, area: Rect, lang: Lang, play: &Play) {
    let Some(focus) = play.focus().filter(|_| area.width >= WIDE) else {
        return table(pen, area, lang, play);
    };
    let beside = area.width * 2 / 5;
    let left = Rect { width: area.width - beside - 1, ..area };
    let right = Rect { x: left.right() + 1, width: beside, ..area };
    table(pen, left, lang, play);
    let ledger = play.session.ledger();
    let sheet = sheet::sheet(lang, ledger, play.session.story_start(), focus, play.clock());
    pen.fill(right, Role::HudPaper);
    // Its frame, and a blank row and a heading before what followed.
    let told = sheet.chain.len() + 2 * sheet.effects.len() + 2 * sheet.misses.len() + 6;
    let chain = Rect { height: CHAIN.min(right.height).min(told as u16), ..right };
    let below = right.height - chain.height;
    // Where the JSON finds no place of its own it stands in the envelope.
    let facts = inspector::envelope_rows(&sheet).min(ENVELOPE);
    let has_own_json = below >= facts + JSON;
    let envelope = Rect { y: chain.bottom(), height: if has_own_json { facts } else { below }, ..right };
    let text = Rect { y: envelope.bottom(), height: below - envelope.height, ..right };
    inspector::chain(pen, chain, lang, &sheet);
    if envelope.height > 2 {
        inspector::envelope(pen, envelope, lang, &sheet, (!has_own_json).then_some(0));
    }
    if has_own_json {
        let frame = pen.ink(Role::HudDim);
        let inside = pen.panel(text, lang.get(Key::InspectorJson), frame);
        json::tree(pen, inside, &sheet.json, 0);
    }
}
