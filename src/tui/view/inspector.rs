//! The inspector: one event, what caused it, what it caused, what it did not, and its whole JSON.

use ratatui::{layout::Rect, style::Modifier};

use super::{
    json,
    pen::{Pen, cut},
};
use crate::{
    text::{Key, Lang},
    tui::theme::Role,
};

/// One link of the chain, the inspected one first, its causes below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub text: String,
    pub time: String,
    pub path: String,
    pub here: bool,
}

/// One field of a pattern against the event at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldCheck {
    pub field: String,
    pub expected: String,
    pub actual: String,
    pub holds: bool,
}

/// Everything the inspector shows of one hop.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub title: String,
    pub city: String,
    pub cloud: String,
    pub chain: Vec<Link>,
    pub effects: Vec<String>,
    pub misses: Vec<String>,
    pub facts: Vec<(String, String)>,
    pub pattern: Option<(String, Vec<FieldCheck>)>,
    pub delay: String,
    pub json: serde_json::Value,
}

/// Rows that one link of the chain may take.
const LINK_ROWS: u16 = 3;

/// The two panels, or the JSON over the whole area; `scroll` is the first line of what overflows.
pub fn inspector(pen: &mut Pen<'_>, area: Rect, lang: Lang, sheet: &Sheet, show_json: bool, scroll: usize) {
    pen.fill(area, Role::HudPaper);
    let frame = pen.ink(Role::HudDim);
    if show_json {
        let inside = pen.panel(area, &format!("{} · {}", lang.get(Key::InspectorJson), sheet.title), frame);
        json::tree(pen, inside, &sheet.json, scroll);
        return;
    }
    let captions = 2.min(area.height / 6);
    let body = Rect { height: area.height.saturating_sub(captions), ..area };
    if area.width >= 76 {
        let left_w = area.width * 53 / 100;
        let left = Rect { width: left_w, ..body };
        let right = Rect { x: body.x + left_w + 1, width: body.width - left_w - 1, ..body };
        chain(pen, left, lang, sheet);
        envelope(pen, right, lang, sheet, Some(scroll));
    } else {
        let top = Rect { height: body.height / 2, ..body };
        let below = Rect { y: body.y + body.height / 2, height: body.height - body.height / 2, ..body };
        chain(pen, top, lang, sheet);
        envelope(pen, below, lang, sheet, Some(scroll));
    }
    if captions == 2 {
        let (label, ink) = (pen.ink(Role::HudKey), pen.ink(Role::HudInk));
        for (line, (word, text)) in
            [(Key::CaptionCity, &sheet.city), (Key::CaptionCloud, &sheet.cloud)].into_iter().enumerate()
        {
            let y = body.bottom() + line as u16;
            let used = pen.text(area.x + 1, y, 8, lang.get(word), label);
            pen.text(area.x + used + 3, y, area.width.saturating_sub(used + 4), text, ink);
        }
    }
}

pub(super) fn chain(pen: &mut Pen<'_>, area: Rect, lang: Lang, sheet: &Sheet) {
    let frame = pen.ink(Role::HudDim);
    let inside = pen.panel(area, lang.get(Key::InspectorWhy), frame);
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let mut y = inside.y;
    let effects = if sheet.effects.is_empty() { 0 } else { sheet.effects.len() as u16 + 2 };
    let misses = if sheet.misses.is_empty() { 0 } else { sheet.misses.len() as u16 + 2 };
    let reserved = (effects + misses).min(inside.height / 2);
    for (depth, link) in sheet.chain.iter().enumerate() {
        if y + reserved >= inside.bottom() {
            break;
        }
        let indent = (depth as u16 * 2).min(inside.width / 3);
        let lead = if depth == 0 { "⊠ ".to_owned() } else { "└▲ ".to_owned() };
        let room = inside.width.saturating_sub(indent + 7);
        let style = if link.here { ink.add_modifier(Modifier::REVERSED) } else { ink };
        let used = pen.text(inside.x + indent, y, 3, &lead, key);
        pen.right(inside, y, &link.time, dim);
        let height = (inside.bottom() - y).min(LINK_ROWS);
        let text = Rect::new(inside.x + indent + used, y, room.saturating_sub(used), height);
        y += pen.paragraph(text, &link.text, style).max(1);
    }
    for (heading, lines, mark) in
        [(Key::InspectorEffects, &sheet.effects, Role::Ok), (Key::InspectorNot, &sheet.misses, Role::Bad)]
    {
        if lines.is_empty() || y + 2 >= inside.bottom() {
            continue;
        }
        y += 1;
        pen.text(inside.x, y, inside.width, lang.get(heading), dim);
        y += 1;
        let style = pen.ink(mark);
        // What did not happen ends with its reason, so those lines are never cut short of it.
        let most = if heading == Key::InspectorNot { u16::MAX } else { 2 };
        for line in lines {
            if y >= inside.bottom() {
                break;
            }
            let height = (inside.bottom() - y).min(most);
            let room = Rect::new(inside.x + 1, y, inside.width.saturating_sub(1), height);
            y += pen.paragraph(room, line, style);
        }
    }
}

/// Rows of an envelope without its JSON, frame included.
pub(super) fn envelope_rows(sheet: &Sheet) -> u16 {
    let checks = sheet
        .pattern
        .as_ref()
        .map_or(0, |(_, checks)| 2 + checks.len() + checks.iter().filter(|check| !check.holds).count());
    // A blank row and the delay, and the frame.
    (sheet.facts.len() + checks + 4) as u16
}

/// What travels, in a few facts; below them its JSON from some line on, unless that is shown elsewhere.
pub(super) fn envelope(pen: &mut Pen<'_>, area: Rect, lang: Lang, sheet: &Sheet, json: Option<usize>) {
    let frame = pen.ink(Role::HudDim);
    let inside = pen.panel(area, lang.get(Key::InspectorEnvelope), frame);
    let (ink, dim) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim));
    let column =
        sheet.facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(16) as u16 + 2;
    let mut y = inside.y;
    for (name, value) in &sheet.facts {
        if y >= inside.bottom() {
            return;
        }
        pen.text(inside.x, y, column, name, dim);
        let room = Rect::new(
            inside.x + column,
            y,
            inside.width.saturating_sub(column),
            (inside.bottom() - y).min(2),
        );
        y += pen.paragraph(room, value, ink).max(1);
    }
    if let Some((rule, checks)) = &sheet.pattern {
        y += 1;
        let heading = lang.fill(Key::InspectorPattern, &[("rule", rule)]);
        pen.text(inside.x, y.min(inside.bottom()), inside.width, &heading, dim);
        y += 1;
        for check in checks {
            if y + 2 >= inside.bottom() {
                break;
            }
            let (mark, style) =
                if check.holds { ("✓", pen.ink(Role::Ok)) } else { ("✗", pen.ink(Role::Bad)) };
            let line = format!("{} = {}", check.field, check.expected);
            pen.pieces(
                inside.x,
                y,
                inside.width,
                &[(mark, style), (" ", ink), (&cut(&line, inside.width - 2), ink)],
            );
            y += 1;
            if !check.holds {
                let line = format!("{}{} {}", lang.get(Key::Actual), lang.colon(), check.actual);
                pen.text(inside.x + 2, y, inside.width.saturating_sub(2), &line, style);
                y += 1;
            }
        }
    }
    y += 1;
    if y < inside.bottom() {
        pen.text(inside.x, y, inside.width, &sheet.delay, dim);
        y += 2;
    }
    if let Some(first) = json
        && y + 3 < inside.bottom()
    {
        let room = Rect::new(inside.x, y, inside.width, inside.bottom() - y);
        json::tree(pen, room, &sheet.json, first);
    }
}
