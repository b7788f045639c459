//! What a story used so far and what that would cost, as a list.

use ratatui::{layout::Rect, style::Modifier};

use super::pen::{Pen, width};
use crate::{
    lesson::meters::Reading,
    text::{Key, Lang},
    tui::theme::Role,
};

/// Columns of a count, and of a cost.
const COUNT: u16 = 12;
const COST: u16 = 12;

/// The title, one row a meter, the sum. Answers how many rows were used.
pub fn meters(pen: &mut Pen<'_>, area: Rect, lang: Lang, readings: &[Reading]) -> u16 {
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    if area.is_empty() {
        return 0;
    }
    pen.text(area.x, area.y, area.width, lang.get(Key::MetersTitle), key);
    let name = readings.iter().map(|reading| width(reading.name)).max().unwrap_or(0);
    let room = area.height.saturating_sub(1);
    for (reading, row) in readings.iter().zip(1..=room) {
        let y = area.y + row;
        let is_sum = reading.count.is_empty();
        let style = if is_sum { ink.add_modifier(Modifier::BOLD) } else { ink };
        pen.text(area.x, y, name, reading.name, style);
        let count = Rect { x: area.x + name, y, width: COUNT, height: 1 }.intersection(area);
        pen.right(count, y, &reading.count, ink);
        let cost = Rect { x: count.right(), y, width: COST, height: 1 }.intersection(area);
        pen.right(cost, y, &reading.cost, if is_sum { style } else { dim });
    }
    1 + (readings.len() as u16).min(room)
}
