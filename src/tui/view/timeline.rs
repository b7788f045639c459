//! The timeline: a mark per stop already passed, the playhead, and an unknown future.

use ratatui::layout::Rect;

use super::pen::{Pen, width};
use crate::{
    text::{Key, Lang},
    tui::theme::Role,
};

/// One mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which stop of the schedule, from the left.
    pub stop: usize,
    pub letter: char,
    pub role: Role,
}

/// What the timeline shows.
#[derive(Clone, Debug, Default)]
pub struct Line<'a> {
    pub marks: &'a [Mark],
    /// Stops passed, and stops in all.
    pub passed: usize,
    pub stops: usize,
    pub now: &'a str,
    pub end: &'a str,
}

/// One line of marks, and a legend below where there is room.
pub fn timeline(pen: &mut Pen<'_>, area: Rect, lang: Lang, line: &Line<'_>) {
    pen.fill(area, Role::HudPaper);
    let (ink, dim) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim));
    let left = width(line.now).max(5) + 2;
    let right = width(line.end).max(5) + 2;
    let Some(track) = area.width.checked_sub(left + right).filter(|track| *track > 4) else { return };
    pen.text(area.x + 1, area.y, left, line.now, ink);
    pen.text(area.right().saturating_sub(right) + 1, area.y, right, line.end, dim);
    // Stops are spread evenly: the story's own rhythm, not the clock's.
    let column = |stop: usize| {
        let share = (stop as f64 + 0.5) / (line.stops.max(1) as f64);
        ((f64::from(track) * share) as u16).min(track - 1)
    };
    let here = if line.passed == 0 { 0 } else { column(line.passed - 1) };
    let past: String = std::iter::repeat_n('─', usize::from(here)).collect();
    let future: String = std::iter::repeat_n('╌', usize::from(track - here)).collect();
    let x = area.x + left;
    pen.text(x, area.y, here, &past, ink);
    pen.text(x + here, area.y, track - here, &future, dim);
    for mark in line.marks {
        let style = pen.ink(mark.role);
        pen.text(x + column(mark.stop), area.y, 1, mark.letter.encode_utf8(&mut [0; 4]), style);
    }
    let strong = pen.ink(Role::Focus);
    pen.text(x + (here + 1).min(track - 1), area.y, 1, "┃", strong);
    if area.height > 1 {
        legend(pen, Rect::new(x, area.y + 1, track, 1), lang);
    }
}

fn legend(pen: &mut Pen<'_>, area: Rect, lang: Lang) {
    let dim = pen.ink(Role::HudDim);
    let mut x = area.x;
    for (letter, role, word) in [
        ("t", Role::Act, Key::LegendAct),
        ("m", Role::Measure, Key::LegendMeasure),
        ("a", Role::Measure, Key::LegendAlarm),
        ("c", Role::State, Key::LegendCompliance),
        ("n", Role::Deliver, Key::LegendNotice),
        ("λ", Role::Do, Key::LegendMission),
        ("◆", Role::HudKey, Key::LegendPrediction),
        ("┃", Role::Focus, Key::LegendHere),
    ] {
        let room = area.right().saturating_sub(x);
        if room < width(lang.get(word)) + 4 {
            return;
        }
        let style = pen.ink(role);
        x += pen.pieces(x, area.y, room, &[(letter, style), (" ", dim), (lang.get(word), dim)]) + 2;
    }
}
