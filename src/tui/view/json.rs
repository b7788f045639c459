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

/// Draws a value from some row on, a long line taking several; the last page stays full.
pub fn tree(pen: &mut Pen<'_>, area: Rect, value: &Value, scroll: usize) {
    if area.is_empty() {
        return;
    }
    let (key, ink, dim) = (pen.ink(Role::Route), pen.ink(Role::HudInk), pen.ink(Role::HudDim));
    let all: Vec<(usize, String)> =
        lines(value).iter().flat_map(|line| wrap(line, area.width).into_iter().enumerate()).collect();
    let room = usize::from(area.height);
    let first = scroll.min(all.len().saturating_sub(room));
    for (y, (part, text)) in (area.y..).zip(all[first..].iter().take(room)) {
        if let (0, Some((name, rest))) = (part, text.split_once("\": ")) {
            let name = format!("{name}\": ");
            pen.pieces(area.x, y, area.width, &[(&name, key), (rest, ink)]);
        } else {
            let bare = *part == 0 && text.trim_start().starts_with(['{', '}', '[', ']']);
            pen.text(area.x, y, area.width, text, if bare { dim } else { ink });
        }
    }
    if first + room < all.len() {
        let more = format!("… {}/{}", first + room, all.len());
        pen.right(area, area.bottom() - 1, &more, dim);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use serde_json::json;

    use super::*;
    use crate::tui::theme::{Look, Theme};

    fn shown(value: &Value, scroll: usize) -> String {
        let area = Rect::new(0, 0, 12, 4);
        let mut buf = Buffer::empty(area);
        tree(&mut Pen { buf: &mut buf, theme: Theme::new(Look::default()) }, area, value, scroll);
        buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn one_long_line_can_be_read_to_its_end() {
        let value = json!({ "Message": "abcdefghij klmnopqrst uvwxyz" });

        assert!(shown(&value, 0).contains("… 4/"), "{}", shown(&value, 0));
        assert!(!shown(&value, 0).contains("uvwxyz"));
        assert!(shown(&value, 1_000).contains("uvwxyz"), "{}", shown(&value, 1_000));
        assert!(!shown(&value, 1_000).contains('…'), "the last page says that it is the last");
    }
}
