//! JSON, coloured and scrollable.

use ratatui::layout::Rect;
use serde_json::Value;

use super::pen::{Pen, wrap};
use crate::tui::theme::Role;

/// Lines of a value, as `serde_json` would indent them by two.
pub fn lines(value: &Value) -> Vec<String> {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.lines().map(ToOwned::to_owned).collect()
}

/// Draws a value from line `scroll` on.
pub fn tree(pen: &mut Pen<'_>, area: Rect, value: &Value, scroll: usize) {
    if area.is_empty() {
        return;
    }
    let (key, ink, dim) = (pen.ink(Role::Route), pen.ink(Role::HudInk), pen.ink(Role::HudDim));
    let all = lines(value);
    let first = scroll.min(all.len().saturating_sub(1));
    let mut y = area.y;
    for line in &all[first..] {
        for (part, text) in wrap(line, area.width).into_iter().enumerate() {
            if y >= area.bottom() {
                let more = format!("… {}/{}", first + usize::from(area.height), all.len());
                pen.right(area, area.bottom() - 1, &more, dim);
                return;
            }
            if let (0, Some((name, rest))) = (part, text.split_once("\": ")) {
                let name = format!("{name}\": ");
                pen.pieces(area.x, y, area.width, &[(&name, key), (rest, ink)]);
            } else {
                let bare = text.trim_start().starts_with(['{', '}', '[', ']']);
                pen.text(area.x, y, area.width, &text, if bare { dim } else { ink });
            }
            y += 1;
        }
    }
}
