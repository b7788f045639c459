//! The console: what was typed and answered, the line at hand, its completions.

use ratatui::{layout::Rect, style::Modifier};

use super::pen::{Pen, wrap};
use crate::{
    text::{Key, Lang},
    tui::{
        console::{Console, LineKind},
        theme::Role,
    },
};

/// The panel; the last line is the prompt, with a cursor while it is open.
pub fn console(pen: &mut Pen<'_>, area: Rect, lang: Lang, console: &Console, is_open: bool) {
    let frame = pen.ink(Role::HudDim);
    let inside = pen.panel(area, lang.get(Key::ConsoleTitle), frame);
    if inside.height == 0 {
        return;
    }
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let bad = pen.ink(Role::Bad);
    let candidates = u16::from(!console.candidates.is_empty());
    let room = usize::from(inside.height.saturating_sub(1 + candidates));
    let mut lines: Vec<(String, LineKind)> = Vec::new();
    for line in console.lines.iter().rev().skip(console.scroll).take(room) {
        let lead = match line.kind {
            LineKind::Typed => "$ ",
            LineKind::Error => "✗ ",
            LineKind::Answer | LineKind::Remark => "",
        };
        let wrapped = wrap(&format!("{lead}{}", line.text), inside.width);
        lines.extend(wrapped.into_iter().rev().map(|text| (text, line.kind)));
    }
    lines.truncate(room);
    let top = inside.y + (room - lines.len()) as u16;
    for (row, (text, kind)) in lines.iter().rev().enumerate() {
        let style = match kind {
            LineKind::Typed => ink.add_modifier(Modifier::BOLD),
            LineKind::Answer => ink,
            LineKind::Error => bad,
            LineKind::Remark => dim,
        };
        pen.text(inside.x, top + row as u16, inside.width, text, style);
    }
    let y = inside.bottom() - 1 - candidates;
    let lead = if console.text().starts_with(':') { "$ " } else { "$ aws " };
    let used = pen.text(inside.x, y, 6, lead, if is_open { key } else { dim });
    let width = inside.width.saturating_sub(used + 1);
    let cursor = console.cursor() as u16;
    let skip = cursor.saturating_sub(width.saturating_sub(1));
    let shown: String = console.text().chars().skip(usize::from(skip)).collect();
    if shown.is_empty() {
        pen.text(inside.x + used + 1, y, width, lang.get(Key::ConsolePrompt), dim);
    }
    pen.text(inside.x + used, y, width, &shown, ink);
    let x = inside.x + used + cursor - skip;
    if is_open && let Some(cell) = pen.buf.cell_mut((x, y)) {
        cell.set_style(ink.add_modifier(Modifier::REVERSED));
    }
    if candidates == 1 {
        pen.text(
            inside.x + used,
            y + 1,
            inside.width.saturating_sub(used),
            &console.candidates.join("   "),
            dim,
        );
    }
}
