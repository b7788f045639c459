//! The cloud view: one row per hop, in AWS's words.

use ratatui::{layout::Rect, style::Modifier};

use super::pen::{Pen, width};
use crate::{
    text::{Key, Lang},
    tui::theme::Role,
};

/// What became of a hop, as its row says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Bad,
    Pending,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub time: String,
    pub path: String,
    pub object: String,
    pub result: String,
    pub tone: Tone,
    pub selected: bool,
    /// The row the playhead is on.
    pub here: bool,
}

/// The last rows that fit, with the selected one kept in sight.
pub fn table(pen: &mut Pen<'_>, area: Rect, lang: Lang, rows: &[Row]) {
    if area.height < 2 || area.width < 20 {
        return;
    }
    pen.fill(area, Role::HudPaper);
    let (ink, dim) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim));
    let is_narrow = area.width < 60;
    let time_w = if is_narrow { 7 } else { 8 };
    let path_w = if is_narrow { 13 } else { 14 };
    let rest = area.width.saturating_sub(time_w + path_w + 2);
    // A verdict is never cut: the object's column gives way first.
    let widest_result = rows.iter().map(|row| width(&row.result)).max().unwrap_or(0).max(8);
    let result_w =
        if is_narrow { widest_result.min(13).min(rest / 2 + 1) } else { widest_result.min(rest / 2) };
    let object_w = rest.saturating_sub(result_w + 1);
    let columns = [
        (area.x + 1, time_w - 1, Key::ColumnTime),
        (area.x + 1 + time_w, path_w, Key::ColumnHop),
        (area.x + 1 + time_w + path_w, object_w, Key::ColumnObject),
        (area.x + 2 + time_w + path_w + object_w, result_w, Key::ColumnResult),
    ];
    for (x, w, key) in columns {
        pen.text(x, area.y, w, lang.get(key), dim);
    }
    let rule = Rect::new(area.x, area.y + 1, area.width, 1);
    pen.rule(rule, area.y + 1, '─', dim);
    let room = usize::from(area.height.saturating_sub(2));
    let anchor = rows.iter().position(|row| row.selected).unwrap_or(rows.len().saturating_sub(1));
    let first = (anchor + 1)
        .saturating_sub(room)
        .max(rows.len().saturating_sub(room).min(anchor.saturating_sub(room / 2)));
    for (line, row) in rows.iter().skip(first).take(room).enumerate() {
        let y = area.y + 2 + line as u16;
        let mark = match row.tone {
            Tone::Good => Role::Ok,
            Tone::Bad => Role::Bad,
            Tone::Pending | Tone::Plain => Role::HudDim,
        };
        let style = if row.selected { ink.add_modifier(Modifier::REVERSED) } else { ink };
        if row.selected {
            for x in area.left()..area.right() {
                if let Some(cell) = pen.buf.cell_mut((x, y)) {
                    cell.set_style(style);
                }
            }
        }
        let result_style = if row.selected { style } else { pen.ink(mark) };
        let path_style = if row.here && !row.selected { pen.ink(Role::HudKey) } else { style };
        pen.text(columns[0].0, y, columns[0].1, &row.time, if row.selected { style } else { dim });
        if row.here {
            pen.text(columns[1].0 - 2, y, 1, "▸", path_style);
        }
        pen.text(columns[1].0, y, columns[1].1, &row.path, path_style);
        pen.text(columns[2].0, y, columns[2].1, &row.object, style);
        // A reason that has no room is in the inspector; that it did not travel is said here.
        let result = if width(&row.result) > result_w && row.result.starts_with('✗') {
            format!("✗ {}", lang.get(Key::NotSent))
        } else {
            row.result.clone()
        };
        pen.text(columns[3].0, y, columns[3].1, &result, result_style);
    }
}
