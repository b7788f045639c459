//! The title: the picture first, then the scenarios over it.

use ratatui::{
    layout::Rect,
    style::{Color, Modifier},
};

use super::pen::{Pen, width};
use crate::{
    text::{Key, Lang},
    tui::theme::Role,
};

/// One scenario of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub id: String,
    pub track: String,
    pub title: String,
    pub hook: String,
    pub objective: String,
    pub minutes: u64,
    pub view: String,
    pub teaches: String,
}

/// The line under the picture while the menu is closed: the tracks.
pub fn tracks(pen: &mut Pen<'_>, area: Rect, lang: Lang, cards: &[Card]) {
    let sign = pen.theme.style(Role::SignInk, Role::SignPaper);
    let key = pen.theme.style(Role::HudKey, Role::SignPaper);
    let mut groups: Vec<(&str, u64)> = Vec::new();
    for card in cards {
        match groups.last_mut() {
            Some((track, n)) if *track == card.track => *n += 1,
            _ => groups.push((&card.track, 1)),
        }
    }
    let texts: Vec<String> = groups
        .iter()
        .map(|(track, n)| format!(" {track} · {} ", lang.plural(Key::ScenarioCount, *n)))
        .collect();
    let total: u16 = texts.iter().map(|text| width(text) + 3).sum();
    let mut x = area.x + area.width.saturating_sub(total + 2) / 2;
    for text in &texts {
        x += pen.pieces(x, area.y, area.right().saturating_sub(x), &[(" ▸", key), (text, sign)]) + 2;
    }
}

/// The scenarios on the left, the selected one's card on the right.
pub fn menu(pen: &mut Pen<'_>, area: Rect, lang: Lang, cards: &[Card], selected: usize) {
    let frame = pen.ink(Role::HudDim);
    let wide = area.width >= 70;
    let list_w = if wide { (area.width / 2).clamp(34, 68) } else { area.width };
    let list = Rect { width: list_w, ..area };
    let inside = pen.panel(list, lang.get(Key::Tracks), frame);
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    // Lines: a heading per track, a line per scenario.
    let mut lines: Vec<(Option<usize>, String)> = Vec::new();
    let mut last = "";
    for (index, card) in cards.iter().enumerate() {
        if card.track != last {
            if !last.is_empty() {
                lines.push((None, String::new()));
            }
            lines.push((None, card.track.clone()));
            last = &card.track;
        }
        lines.push((Some(index), format!("{}  {}", card.id, card.title)));
    }
    let at = lines.iter().position(|(index, _)| *index == Some(selected)).unwrap_or(0);
    let room = usize::from(inside.height.saturating_sub(1));
    let first = (at + 2).saturating_sub(room);
    for (row, (index, text)) in lines.iter().skip(first).take(room).enumerate() {
        let y = inside.y + 1 + row as u16;
        match index {
            None => {
                pen.text(inside.x, y, inside.width, text, dim);
            }
            Some(index) if *index == selected => {
                pen.text(inside.x, y, 1, "▸", key);
                pen.text(inside.x + 2, y, inside.width - 2, text, ink.add_modifier(Modifier::REVERSED));
            }
            Some(_) => {
                pen.text(inside.x + 2, y, inside.width.saturating_sub(2), text, ink);
            }
        }
    }
    if cards.is_empty() {
        pen.text(inside.x, inside.y + 1, inside.width, lang.get(Key::MenuEmpty), dim);
    }
    let (Some(card), true) = (cards.get(selected), wide) else { return };
    let right = Rect { x: list.right() + 1, width: area.width.saturating_sub(list_w + 1), ..area };
    self::card(pen, right, lang, card);
}

/// Everything the menu says of one scenario.
fn card(pen: &mut Pen<'_>, area: Rect, lang: Lang, card: &Card) {
    let frame = pen.ink(Role::HudDim);
    let inside = pen.panel(area, &card.id, frame);
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let mut y = inside.y + 1;
    let below = |y: u16| Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
    // The list cuts long titles; here they stand whole.
    y += pen.paragraph(below(y), &card.title, key.add_modifier(Modifier::BOLD));
    let numbers = format!(
        "{} · {}",
        lang.plural(Key::Minutes, card.minutes),
        lang.fill(Key::ViewLabel, &[("view", &card.view)])
    );
    y += pen.paragraph(below(y), &numbers, dim) + 1;
    y += pen.paragraph(below(y), &card.hook, ink.add_modifier(Modifier::BOLD)) + 1;
    y += pen.paragraph(
        below(y),
        &format!("{}{} {}", lang.get(Key::Objective), lang.colon(), card.objective),
        ink,
    ) + 1;
    y += pen.paragraph(below(y), &format!("{}  {}", lang.get(Key::Services), card.teaches), dim);
    let _ = y;
}

/// Darkens what lies beneath an open panel; without true colour it stays as it is.
pub fn dim(pen: &mut Pen<'_>, area: Rect) {
    let area = area.intersection(pen.buf.area);
    let darker = |colour: Color| match colour {
        Color::Rgb(r, g, b) => Color::Rgb(r / 5 * 2, g / 5 * 2, b / 5 * 2),
        other => other,
    };
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = pen.buf.cell_mut((x, y)) {
                cell.fg = darker(cell.fg);
                cell.bg = darker(cell.bg);
            }
        }
    }
}
